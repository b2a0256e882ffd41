"""The two pages about homework keep to what the grader does; what they print is run elsewhere."""

import json
import re

import pytest

from cnnutils.homework import answers, sandbox, submission
from cnnutils.homework.assignment import Assignment
from tools import chapters, page_sessions

from .homework_commands import commands, refused

ROOT = chapters.ROOT
PAGES = {page.stem: page.read_text("utf-8") for page in page_sessions.PAGES}
DIRECTIVES = {"{assignments}"}


@pytest.mark.parametrize("page", PAGES)
def test_nothing_is_shown_that_is_neither_run_nor_used(page):
    kinds = {"console", "bash", *DIRECTIVES}  # what is typed into bash is parsed below
    for block in page_sessions.blocks(PAGES[page]):
        kind, body = block["kind"], block["body"]
        if kind.startswith("{code-block}"):
            assert page_sessions.CAPTION.match(body) or body == "# ANSWER q1 - keep this line\n"
        elif kind.startswith("{literalinclude}"):
            path = ROOT / "book" / "pages" / kind.split()[1]
            assert path.is_file(), f"{path} is not there"
        else:
            assert kind in kinds, f"a block of kind {kind}: {body}"


@pytest.mark.parametrize("page", PAGES)
def test_every_command_exists(page):
    assert commands(PAGES[page])
    assert not refused(PAGES[page])


def test_a_command_that_does_not_exist_is_noticed():
    text = "`python -m cnnutils.homework grade homework/hw01 submissions --seeds s -o out`"
    assert commands(text) == [
        ["grade", "homework/hw01", "submissions", "--seeds", "s", "-o", "out"]
    ]
    assert len(refused(text)) == 1
    assert not refused(text.replace("--seeds", "--seed-file"))
    assert commands('python -m cnnutils.homework check "$notebook" > a.txt 2>&1 || b=1\n') == [
        ["check", "$notebook"]
    ]


def test_students_are_told_of_every_outcome():
    rows = re.findall(r"^\| `(\w+)` \|", PAGES["homework"], re.MULTILINE)
    assert tuple(rows) == answers.OUTCOMES


def test_limits_on_the_pages_are_those_of_the_grader():
    plain = {name: " ".join(text.split()) for name, text in PAGES.items()}
    assert f"may have {submission.LARGEST_BYTES // 2**20} MiB at most" in plain["homework"]
    teaching = plain["teaching"]
    assert f"folder of {sandbox.SCRATCH_BYTES // 2**20} MiB in memory" in teaching

    def processes(*packages):
        return json.loads(sandbox.Limits(packages, 1, 1).settings("", []))["processes"]

    few, many = processes("numpy"), processes("keras")
    assert f"may start {few} processes ({many} where a package such as TensorFlow" in teaching


def test_the_default_memory_on_the_page_is_the_grader_s(tmp_path):
    from cnnutils.homework.assignment import read_assignment

    for block in page_sessions.blocks(PAGES["teaching"]):
        if caption := page_sessions.CAPTION.match(block["body"]):
            page_sessions.write(caption["name"], caption["rest"], tmp_path)
            if caption["name"].endswith("tests_hidden.py"):
                break
    assignment = read_assignment(tmp_path / "homework" / "contrast")
    assert isinstance(assignment, Assignment)
    limit = f"limited for each process: {assignment.memory_gib:g} GiB unless the header says"
    assert limit in " ".join(PAGES["teaching"].split())
