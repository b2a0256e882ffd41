"""How the inputs of the explorers' arithmetic, and what comes of them, are written down.

Inputs are small integers or sixteenths, or drawn by a generator of integers, and what is no
quotient of small integers is rounded, so every machine gets the same file to the last byte.
"""

import json
from typing import Any

Case = dict[str, Any]


def text(content: dict[str, list[Case]]) -> str:
    """Write a case to a line."""
    lines = [
        f'"{name}": [\n'
        + ",\n".join(json.dumps(c, separators=(",", ":")) for c in content[name])
        + "\n]"
        for name in content
    ]
    return "{" + ",\n".join(lines) + "}\n"
