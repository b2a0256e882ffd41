"""Verdicts follow from cases, and a claim that is not as it must be is refused with a reason."""

import doctest
import json
import re

import numpy as np
import pytest
from pybtex.database import parse_file

import claims
from claims import case
from tools import chapters, ledger

RIGHT = """
from claims import Cases, case, claim
from cnnutils import shapes

@claim("NEW-C01", "Stride 2 takes 7 to 3.", why="Three places fit.", taught="01_convolution#stride")
def three_places() -> Cases:
    yield case("7 pixels", says=3, finds=shapes.conv_output_size(7, 3, strides=2))
"""
WRONG = RIGHT.replace("to 3.", "to 4.").replace("says=3", "says=4")
CITED = """
from claims import cited

cited(
    "NEW-C02", "Canny's detector has four stages.", "right",
    source="[Canny 1986](https://doi.org/10.1109/TPAMI.1986.4767851)", read="passage",
    why="The paper lists them.", taught="01_convolution#stride",
)
"""


@pytest.fixture
def propose(tmp_path, monkeypatch):
    """Judge the text of a proposal; nothing that it enters stays."""
    monkeypatch.setattr(claims, "_CLAIMS", {})

    def judge(text, name="proposal.py"):
        path = tmp_path / name
        path.write_text(text, "utf-8")
        return ledger.judge_all([str(path)])

    return judge


def test_the_examples_in_the_docstrings_hold():
    assert doctest.testmod(claims) == (0, 3)


def test_verdicts_follow_from_the_cases():
    agrees, differs = case("", says=1, finds=1), case("", says=1, finds=2)
    assert claims.verdict([agrees, agrees]) == "right"
    assert claims.verdict([agrees, differs]) == "imprecise"
    assert claims.verdict([differs]) == "wrong"
    with pytest.raises(ValueError, match="in no case"):
        claims.verdict([])


@pytest.mark.parametrize(
    ("says", "finds", "within"),
    [
        (4, np.int64(4), 0),
        ((4, 4), np.ones((4, 4)).shape, 0),
        ([1.0, 2.0], np.array([1.0, 2.05]), 0.1),
        (True, np.True_, 0),
        ("relu", "relu", 0),
    ],
)
def test_equal_values_agree(says, finds, within):
    assert case("", says=says, finds=finds, within=within).agrees


@pytest.mark.parametrize(
    ("says", "finds", "within"),
    [
        (4, 5, 0),
        ([4], 4, 0),
        ((4, 4), (4, 4, 1), 0),
        (1.0, 1.2, 0.1),
        (1, True, 0),  # a count is no truth value
        (float("nan"), float("nan"), 1),
        ("relu", "tanh", 0),
    ],
)
def test_unequal_values_differ(says, finds, within):
    assert not case("", says=says, finds=finds, within=within).agrees


def test_a_proposal_is_judged_from_python_and_from_an_issue(propose):
    (found,), faults = propose(RIGHT)
    assert (found.verdict, found.label, faults) == ("right", "NEW-C01", [])
    assert found.code.startswith("yield case(")
    claims._CLAIMS.clear()
    issue = f"Some words.\n\n```python\n{RIGHT}```\n\nMore words.\n"
    (found,), _ = propose(issue, "issue.md")
    assert found.cases == [case("7 pixels", says=3, finds=3)]


def test_what_only_a_source_can_decide_needs_one(propose):
    (found,), _ = propose(CITED)
    assert (found.verdict, found.code, found.read) == ("right", "", "the passage itself")
    for link in (
        "doi.org/10.1109/TPAMI.1986.4767851",
        "https://example.org/canny",
        "https://doi.org",
    ):
        claims._CLAIMS.clear()
        _, (fault,) = propose(CITED.replace("https://doi.org/10.1109/TPAMI.1986.4767851", link))
        assert "its source has no link to a DOI or an arXiv number" in fault


@pytest.fixture(scope="module")
def cited():
    """Return the statements of the ledger that a source judges."""
    for topic in ledger.TOPICS:
        ledger.read(topic)
    return [entry for entry in claims.entered() if entry.cited]


def test_cited_statements_have_an_address_but_for_those_that_are_listed(cited):
    without = {one.label for one in cited if not ledger.ADDRESS.search(one.source)}
    assert without == ledger.NO_ADDRESS


def test_an_address_is_that_of_the_paper_which_the_bibliography_has_under_it(cited):
    papers = {}
    for paper in parse_file(str(chapters.ROOT / "book/pages/references.bib")).entries.values():
        year = int(paper.fields["year"])
        author = " ".join(paper.persons["author"][0].last_names)
        if number := paper.fields.get("eprint"):  # the preprint, under its own year or the paper's
            papers[number] = (author, {year, 2000 + int(number[:2])})
        if number := paper.fields.get("doi"):
            papers[number] = (author, {year})
    for one in cited:
        for link in ledger.ADDRESS.finditer(one.source):
            number = link["doi"] or link["arxiv"]
            assert number in papers, f"{one.label}: {number} is not in the bibliography"
            author, years = papers[number]
            named, year = re.fullmatch(r"([\w-]+).* (\d{4})", link["name"]).groups()
            assert (named, int(year) in years) == (author, True), (one.label, link["name"])


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (WRONG, "it is wrong, so `correct` must say what holds"),
        (
            RIGHT.replace("why=", 'correct="4.", why='),
            "it is right, so there is nothing to correct",
        ),
        (RIGHT.replace("NEW-C01", "C1"), "its label must look like CONV-C09, got C1"),
        (RIGHT.replace("places fit.", "places fit"), "`why` must be a sentence, got 'Three places"),
        (RIGHT.replace("#stride", "#strides"), "the book has no section 01_convolution#strides"),
        (RIGHT.replace("Three places", "1,234 places"), "`why` has 1,234, which the check neither"),
        (RIGHT.replace("to 3.", "to 3 in 5 ms."), "`statement` has 5 ms, which the check neither"),
        (RIGHT.replace("shapes.conv_output_size(7, 3, strides=2)", "7 // 2"), "computes nothing"),
        (RIGHT.replace("(7, 3, strides=2)", "(2, 3)"), "its check failed: ValueError: "),
        (RIGHT.replace("yield case", "if False: yield case"), "tried in no case"),
    ],
)
def test_a_claim_that_is_not_as_it_must_be_is_refused(propose, text, fault):
    found, (said,) = propose(text)
    assert found == []
    assert fault in said
    assert said.startswith("proposal, ")


@pytest.mark.parametrize(
    ("text", "name", "sentence"),
    [
        ("no code", "issue.md", "must hold one code block in Python, and holds 0"),
        ("def (", "proposal.py", "SyntaxError"),
        (RIGHT + RIGHT, "proposal.py", "the label NEW-C01 is given twice"),
        (CITED.replace('"right"', '"true"'), "proposal.py", "verdict must be one of right, impre"),
        (CITED.replace('"passage"', '"title"'), "proposal.py", "read must be one of passage, quo"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_a_sentence(propose, text, name, sentence):
    with pytest.raises(SystemExit, match=sentence):
        propose(text, name)


def test_a_name_that_is_no_topic_names_the_topics():
    with pytest.raises(SystemExit, match=r"nonsense is neither a topic .*convolution.* nor a file"):
        ledger.read("nonsense")


def test_a_ledger_knows_the_sources_that_it_was_made_from(tmp_path, propose, monkeypatch):
    (found, *_), _ = propose(RIGHT)
    path = tmp_path / "made" / "ledger.json"
    assert not ledger.is_current(path)
    ledger.write([found], path)
    assert [file.name for file in path.parent.iterdir()] == ["ledger.json"]
    assert json.loads(path.read_text("utf-8"))["claims"][0]["cases"][0]["finds"] == "3"
    assert ledger.is_current(path)
    monkeypatch.setattr(ledger, "sources_sha256", lambda: "others")
    assert not ledger.is_current(path)


def test_the_hash_sees_every_source(tmp_path):
    for folder in ("book", "claims", "cnnutils", "tools"):
        (tmp_path / folder).mkdir()
    (tmp_path / "requirements.lock").write_text("numpy==2")
    seen = {ledger.sources_sha256(tmp_path)}
    for name in ("book/a.md", "claims/a.py", "cnnutils/a.py", "tools/a.py", "requirements.lock"):
        (tmp_path / name).write_text("changed")
        seen.add(ledger.sources_sha256(tmp_path))
    assert len(seen) == 6
