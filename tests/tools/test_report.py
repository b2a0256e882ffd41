"""The last lines of a verification: what was seen, or what the record lacks."""

import pytest

from tools import record, report
from tools.count_checks import GROUPS

NOTEBOOKS = {
    "01_a": {"cells_compared": 3, "cells_asserted": 1, "figures_compared": 2},
    "02_b": {"cells_compared": 4, "cells_asserted": 0, "figures_compared": 0},
}
WHOLE = {
    "notebooks": NOTEBOOKS,
    "homework": {"hw01": {"mutant": 5}},
    "checks": dict.fromkeys(GROUPS.values(), 7),
}


def test_a_whole_record_is_summed_up(monkeypatch, capsys):
    monkeypatch.setattr(record, "read", lambda: WHOLE)
    assert report.main() == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == (
        "verified: 01_a, 02_b: 7 cells compared, 1 held by assertions instead, 2 figures compared"
    )
    assert lines[1:] == [f"verified: 7 {name}" for name in GROUPS.values()]


@pytest.mark.parametrize("part", ["notebooks", "homework", *GROUPS.values()])
def test_a_record_that_lost_a_part_is_red(monkeypatch, capsys, part):
    lost = {**WHOLE, "checks": {k: v for k, v in WHOLE["checks"].items() if k != part}}
    monkeypatch.setattr(record, "read", lambda: {k: v for k, v in lost.items() if k != part})
    assert report.main() == 1
    assert capsys.readouterr().err == f"The record of this verification lacks: {part}.\n"
