"""Run one build step: say what it does, run it, say how long it took.

Usage: python tools/step.py "what it does" command [argument ...]
Needs nothing but Python, because it also runs the steps that install the rest.
"""

import subprocess
import sys
import time


def main(title: str, command: list[str]) -> int:
    print(f"==> {title}", flush=True)
    start = time.monotonic()
    status = subprocess.run(command).returncode
    verdict = "done" if status == 0 else f"FAILED (exit status {status})"
    print(f"<== {title}: {verdict} in {time.monotonic() - start:.1f} s", flush=True)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
