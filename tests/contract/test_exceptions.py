"""A cell that is not compared says why, and somebody looks at it again."""

from datetime import UTC, date, datetime

import nbformat
import pytest

from tools import exceptions

from .conftest import say


def test_every_exemption_has_a_reason_and_has_not_expired(notebook_path):
    found = exceptions.faults(notebook_path, datetime.now(UTC).date())
    assert not found, say(found)


@pytest.fixture
def judge(tmp_path):
    """Return the faults of a notebook with one cell that carries these tags."""

    def faults(*tags, on=date(2026, 11, 30)):
        cell = nbformat.v4.new_code_cell("1 + 1", metadata={"tags": list(tags)})
        path = tmp_path / "01_made.ipynb"
        nbformat.write(nbformat.v4.new_notebook(cells=[cell]), path)
        return exceptions.faults(path, on)

    return faults


def test_a_reason_and_a_month_are_enough(judge):
    assert judge("nbval-ignore-output", "exempt-time-2027-05") == []
    assert judge("nbval-ignore-output", "exempt-time-2026-11") == []  # to the end of the month
    assert judge("hide-input") == []


@pytest.mark.parametrize(
    ("tags", "fault"),
    [
        (["nbval-ignore-output"], "go together"),
        (["exempt-time-2027-05"], "go together"),
        (["nbval-ignore-output", "exempt-time-2027-05", "exempt-training-2027-05"], "go together"),
        (["nbval-ignore-output", "exempt-laziness-2027-05"], "kind of training, time, machine"),
        (["nbval-ignore-output", "exempt-time-2027-13"], "exempt-KIND-YEAR-MONTH"),
        (["nbval-ignore-output", "exempt-time-forever"], "exempt-KIND-YEAR-MONTH"),
        (["nbval-ignore-output", "exempt-time-2026-10"], "expired after 2026-10"),
        (["nbval-ignore-output", "exempt-time-2027-12"], "more than 12 months away"),
    ],
)
def test_anything_else_is_refused(judge, tags, fault):
    (found,) = judge(*tags)
    assert fault in found
    assert "01_made, code cell 0" in found
