"""The last lines of `make test`: what was verified, from the record that the site shows too."""

import sys

from tools import record
from tools.count_checks import GROUPS


def main() -> int:
    seen = record.read()
    missing = [name for name in GROUPS.values() if name not in seen.get("checks", {})]
    missing += [name for name in ("notebooks", "homework") if not seen.get(name)]
    if missing:
        print(f"The record of this verification lacks: {'; '.join(missing)}.", file=sys.stderr)
        return 1
    notebooks = seen.get("notebooks", {})
    total = {
        key: sum(notebook[key] for notebook in notebooks.values())
        for key in ("cells_compared", "cells_asserted", "figures_compared")
    }
    print(
        f"verified: {', '.join(notebooks)}: {total['cells_compared']} cells compared, "
        f"{total['cells_asserted']} held by assertions instead, "
        f"{total['figures_compared']} figures compared"
    )
    for name, count in seen.get("checks", {}).items():
        print(f"verified: {count} {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
