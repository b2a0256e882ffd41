"""What a chapter tells of a statement is held against the ledger; each difference is named."""

import pytest

from tools import chapters, ledger, told_verdicts

LEDGER = {"NEW-C01": "wrong", "NEW-C02": "imprecise", "NEW-C03": "right"}
QUOTES = """# A chapter

> **Often written, and wrong:** "all" (NEW-C01). It is "half" (NEW-C02, imprecise) that holds.
>
> - "none" (NEW-C01) is no better.

> **Imprecise:** "some" (NEW-C02), and this one is sound (NEW-C03, right).

> Decide yourself. (NEW-C01)

Some text.

```{code-cell} ipython3
# imprecise arithmetic
compare("NEW-C99", 1, 2)
```

> Decide again. (NEW-C02)

Imprecise: it depends.

## A heading
"""


@pytest.fixture
def say_of(tmp_path):
    """Return the faults of a course with one chapter."""
    (tmp_path / "book").mkdir()

    def faults(text):
        (tmp_path / "book" / "01_one.md").write_text(text, "utf-8")
        return told_verdicts.faults(LEDGER, tmp_path)

    return faults


def test_each_form_of_telling_is_read():
    assert [(one.label, one.line, one.verdict) for one in told_verdicts.told(QUOTES)] == [
        ("NEW-C01", 3, "wrong"),
        ("NEW-C02", 3, "imprecise"),
        ("NEW-C01", 5, "wrong"),
        ("NEW-C02", 7, "imprecise"),
        ("NEW-C03", 7, "right"),
        ("NEW-C01", 9, "wrong"),
        ("NEW-C02", 18, "imprecise"),
    ]


def test_a_chapter_that_tells_the_ledgers_verdicts_has_no_fault(say_of):
    assert say_of(QUOTES) == []


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("and wrong:", "and imprecise:", "line 3: NEW-C01 is told as imprecise, and is wrong"),
        ("C02, imprecise", "C02, wrong", "line 3: NEW-C02 is told as wrong, and is imprecise"),
        ("(NEW-C03, right)", "(NEW-C03)", "line 7: NEW-C03 is told as imprecise, and is right"),
        ("Some text.", "It is imprecise.", "line 9: NEW-C01 is told as imprecise, and is wrong"),
        ("Imprecise: it", "It", "line 18: NEW-C02 is told as wrong, and is imprecise"),
        ("> Decide again.", "Decided.", "line 18: no verdict stands with NEW-C02, which is impr"),
        ("and wrong:", "and odd:", "line 3: no verdict stands with NEW-C01, which is wrong"),
        ("and wrong:", "wrong or right:", "line 3: no verdict stands with NEW-C01, which is wr"),
        ("again. (NEW-C02)", "again. (NEW-C04)", "line 18: the ledger has no NEW-C04"),
    ],
)
def test_each_difference_is_named_with_its_place(say_of, old, new, sentence):
    assert old in QUOTES
    assert any(
        fault.startswith(f"book/01_one.md, {sentence}")
        for fault in say_of(QUOTES.replace(old, new))
    )


def test_chapter_13_tells_thirty_statements_and_each_label_stands_with_a_verdict():
    found = {
        path.stem: list(told_verdicts.told(path.read_text("utf-8"))) for path in chapters.texts()
    }
    assert len({one.line for one in found["13_claims"]}) == 30  # as it says
    assert [one for told in found.values() for one in told if not one.verdict] == []


def test_the_ledger_is_not_written_when_a_chapter_tells_otherwise(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(ledger, "judge_all", lambda names: ([], []))
    monkeypatch.setattr(ledger, "write", lambda found: pytest.fail("it was written"))
    monkeypatch.setattr(told_verdicts, "faults", lambda verdicts: ["book/01_one.md, line 3: no"])
    monkeypatch.setattr("sys.argv", ["ledger"])
    assert ledger.main() == 1
    assert "book/01_one.md, line 3: no" in capsys.readouterr().err
