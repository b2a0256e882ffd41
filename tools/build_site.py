"""Build the site into _build/html; any warning is a failure.

Usage: python -m tools.build_site
"""

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SITE = ROOT / "_build" / "html"
# Warnings first: what to mend. Jupyter Book wraps failures in a long traceback that says no more.
COMPLAINT = re.compile(r"WARNING|ERROR|CRITICAL|^[\w.]*(Error|Exception): \S")
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def build() -> tuple[int, str]:
    """Run Jupyter Book; every warning counts, and all of them are collected."""
    program = Path(sys.executable).with_name("jupyter-book")
    command = [str(program), "build", str(ROOT), "-W", "-n", "--keep-going"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}  # our extensions import from tools/
    # Into a file: a pipe would stay open for as long as a helper of the build outlives it.
    with tempfile.TemporaryFile("w+", encoding="utf-8") as log:
        run = subprocess.run(
            command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT
        )
        log.seek(0)
        return run.returncode, log.read()


def complaints(log: str) -> str:
    """Return the lines of a failed build that say what is wrong; if none does, its last ones."""
    lines = COLOUR.sub("", log).splitlines()
    found = [line for line in lines if COMPLAINT.search(line)]
    return "\n".join(found or lines[-40:])


def main() -> int:
    start = time.monotonic()
    status, log = build()
    if status != 0:
        print(complaints(log), file=sys.stderr)
        print("The site was not built: mend the lines above.", file=sys.stderr)
        return 1
    (SITE / ".nojekyll").touch()  # else GitHub Pages hides every folder named _something
    pages = len([*SITE.rglob("*.html")])
    print(f"{pages} pages built into {SITE} in {time.monotonic() - start:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
