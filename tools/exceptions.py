"""Cells whose output is not compared: which, why, and until when that is accepted.

Such a cell carries two tags, ``nbval-ignore-output`` and ``exempt-KIND-YEAR-MONTH``: the kind names
the reason, and after that month somebody has to look at the cell again. (That it asserts its claim
instead is held by tests/contract/test_pairs.py.)
"""

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tools import chapters

KINDS = {
    "training": "follows from a training or another long iteration, in which the last digits of"
    " sums, which differ between processors, grow",
    "time": "measures time",
    "machine": "says what is installed on the machine",
}
_TAG = re.compile(r"exempt-([a-z]+)-(\d{4})-(0[1-9]|1[0-2])")
LONGEST_MONTHS = 12


@dataclass(frozen=True)
class Exemption:
    """A cell that is not compared."""

    chapter: str
    cell: int  # among the code cells, from 0, as the checks count
    kind: str
    until: str  # year and month

    def months_left(self, today: date) -> int:
        """Return how many months lie before it expires; below 0: it has expired."""
        year, month = map(int, self.until.split("-"))
        return 12 * (year - today.year) + month - today.month


def exemptions(path: Path) -> tuple[list[Exemption], list[str]]:
    """Return a notebook's exemptions, and what is wrong with its tags."""
    found, faults = [], []
    for index, cell in enumerate(chapters.code_cells(chapters.read(path))):
        tags = chapters.tags(cell)
        reasons = [tag for tag in tags if tag.startswith("exempt")]
        if ("nbval-ignore-output" in tags) != bool(reasons) or len(reasons) > 1:
            faults.append(
                f"{path.stem}, code cell {index}: nbval-ignore-output and one tag such as"
                f" exempt-training-2027-05 go together, got {tags}"
            )
            continue
        for reason in reasons:
            match = _TAG.fullmatch(reason)
            if match is None or match[1] not in KINDS:
                faults.append(
                    f"{path.stem}, code cell {index}: {reason} must be exempt-KIND-YEAR-MONTH,"
                    f" with a kind of {', '.join(KINDS)}"
                )
            else:
                found.append(Exemption(path.stem, index, match[1], f"{match[2]}-{match[3]}"))
    return found, faults


def faults(path: Path, today: date) -> list[str]:
    """Return what is wrong with a notebook's exemptions on a day."""
    found, wrong = exemptions(path)
    for one in found:
        left = one.months_left(today)
        if left < 0:
            wrong.append(
                f"{one.chapter}, code cell {one.cell}: its exemption ({one.kind}) expired after"
                f" {one.until}: compare its output, or look at it and give a new month"
            )
        elif left > LONGEST_MONTHS:
            wrong.append(
                f"{one.chapter}, code cell {one.cell}: exempt until {one.until}, which is more"
                f" than {LONGEST_MONTHS} months away"
            )
    return wrong
