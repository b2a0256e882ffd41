"""Draw the explorers' pictures and write their vectors.

Usage: python -m tools.explorers [explorer ...]
"""

import sys

from tools import environment
from tools.chapters import ROOT
from tools.explorers.files import KINDS, made


def main(arguments: list[str]) -> int:
    unknown = set(arguments) - set(KINDS)
    if unknown:
        print(f"no such explorer: {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    environment.apply()
    for kind in arguments or KINDS:
        for file, make in made(kind).items():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(make(), encoding="utf-8")
            print(f"wrote {file.relative_to(ROOT)}, {file.stat().st_size / 1024:.0f} KiB")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
