"""Look up known weaknesses of the locked packages, and write the list of all parts (an SBOM).

Usage: python -m tools.audit

Its own tools come from tools/audit.lock into an environment of their own. Needs the network. A
weakness is reported and does not fail: what to do about it is for people to decide.
"""

import json
import subprocess
import sys
from pathlib import Path

from tools.chapters import ROOT

PLACE = ROOT / "_build" / "audit"
LOCK = ROOT / "requirements.lock"
TOOLS = ROOT / "tools" / "audit.lock"
PARTS = ROOT / "_build" / "sbom.json"
FOUND = PLACE / "found.json"


def prepare() -> Path:
    """Return the folder with the programs, installed from their lock."""
    uv = Path(sys.executable).with_name("uv")
    quiet: list[str | Path] = ["--quiet", "--python", PLACE / "bin" / "python"]
    subprocess.run(
        [uv, "venv", "--quiet", "--clear", "--python", sys.executable, PLACE], check=True
    )
    subprocess.run([uv, "pip", "sync", *quiet, "--require-hashes", TOOLS], check=True)
    return PLACE / "bin"


def list_parts(programs: Path) -> int:
    """Write the list of all parts; return how many there are."""
    command: list[str | Path] = [
        programs / "cyclonedx-py",
        "requirements",
        LOCK,
        "--pyproject",
        "pyproject.toml",
    ]
    command += ["--output-reproducible", "--output-format", "JSON", "--output-file", PARTS]
    subprocess.run(command, check=True, cwd=ROOT, stderr=subprocess.DEVNULL)
    return len(json.loads(PARTS.read_text("utf-8"))["components"])


def weaknesses(report: str) -> list[str]:
    """Return a line for each known weakness in pip-audit's report."""
    return [
        f"{package['name']} {package['version']}: {known['id']}, "
        + (
            f"mended in {', '.join(known['fix_versions'])}"
            if known["fix_versions"]
            else "not mended yet"
        )
        for package in json.loads(report)["dependencies"]
        for known in package.get("vulns", [])
    ]


def look_up(programs: Path) -> list[str]:
    """Return the known weaknesses of the locked packages."""
    FOUND.unlink(missing_ok=True)
    command: list[str | Path] = [
        programs / "pip-audit",
        "--requirement",
        LOCK,
        "--require-hashes",
        "--disable-pip",
    ]
    command += ["--format", "json", "--output", FOUND, "--progress-spinner", "off"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if not FOUND.exists():
        last = (run.stderr.strip() or "no reason given").splitlines()[-1]
        raise SystemExit(f"The weaknesses could not be looked up: {last}")
    return weaknesses(FOUND.read_text("utf-8"))


def main() -> int:
    programs = prepare()
    print(f"{list_parts(programs)} parts listed in {PARTS.relative_to(ROOT)}")
    found = look_up(programs)
    print("\n".join(found) or "No weakness of a locked package is known.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
