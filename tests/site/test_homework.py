"""The site lists the assignments, and gives away none of their answers."""

import functools
import importlib
import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from built_site import SITE

from cnnutils.homework.assignment import Assignment, read_assignment
from cnnutils.homework.release import SHORTEST_LEAK
from tools.addresses import Project
from tools.chapters import ROOT, texts

MASTERS = sorted((ROOT / "homework").glob("hw*/hw*.md"))
NAMES = Project("https://github.com/ann/nets", "https://ann.github.io/nets/", "1.2.0")
TEXTS = {".html", ".ipynb", ".js", ".json", ".md", ".mjs", ".py", ".txt", ".xml"}


@pytest.fixture(scope="module")
def extension():
    """Import our extension, which only a build has on its path."""
    sys.path.insert(0, str(ROOT / "site" / "ext"))
    yield importlib.import_module("assignments")
    sys.path.remove(str(ROOT / "site" / "ext"))


def solution(assignment: Assignment) -> set[str]:
    """Return the lines of the solutions, without those that students get and that a chapter has."""
    taught = "\n".join(path.read_text("utf-8") for path in texts())
    lines = set()
    for question in assignment.questions.values():
        lines |= {line.strip() for line in question.reference.splitlines()}
        lines -= {line.strip() for line in question.starter.splitlines()}
    return {line for line in lines if len(line) >= SHORTEST_LEAK and line not in taught}


@functools.cache  # all assignments are looked for in the same pages
def words(path: Path) -> str:
    """Return a file's text as it was before it became HTML or JSON."""
    text = path.read_text("utf-8")
    if path.suffix == ".html":
        return BeautifulSoup(text, "html.parser").get_text()
    if path.suffix == ".ipynb":
        return "\n".join("".join(cell["source"]) for cell in json.loads(text)["cells"])
    return text


def given_away(site: Path, lines: set[str]) -> list[str]:
    """Return where on a site a line of a solution stands."""
    files = [path for path in site.rglob("*") if path.suffix in TEXTS and path.is_file()]
    contents = {path: words(path) for path in files}
    return [f"{path}: {line}" for path, text in contents.items() for line in lines if line in text]


@pytest.mark.parametrize("master", MASTERS, ids=lambda path: path.stem)
def test_no_line_of_a_solution_is_on_the_site(master):
    lines = solution(read_assignment(master.parent))
    assert len(lines) > 5
    assert not given_away(SITE, lines)


def test_a_solution_on_a_page_is_found(tmp_path):
    (tmp_path / "a.html").write_text("<pre><b>total</b> = images <i>*</i> kernel</pre>")
    (tmp_path / "b.ipynb").write_text(json.dumps({"cells": [{"source": 'f("a", "b", 1)'}]}))
    (tmp_path / "c.html").write_text("<p>total = images + kernel</p>")
    found = given_away(tmp_path, {"total = images * kernel", 'f("a", "b", 1)'})
    assert {line.split(": ")[0].split("/")[-1] for line in found} == {"a.html", "b.ipynb"}


def test_every_assignment_is_on_the_students_page():
    page = (SITE / "book" / "pages" / "homework.html").read_text("utf-8")
    soup = BeautifulSoup(page, "html.parser")
    headings = [heading.get_text().rstrip("#") for heading in soup.select("main h3")]
    for master in MASTERS:
        assignment = read_assignment(master.parent)
        assert f"{assignment.name}: {assignment.title}" in headings
        release = ROOT / "homework" / "release" / f"{assignment.name}.ipynb"
        copies = [*SITE.glob(f"_downloads/*/{release.name}")]
        assert [copy.read_bytes() for copy in copies] == [release.read_bytes()]


def test_every_assignment_continues_a_chapter_which_says_so(extension):
    for master in MASTERS:
        assignment = read_assignment(master.parent)
        chapters = extension.continued(assignment)
        assert chapters, f"{master.name} needs no chapter that it calls by its title"
        for chapter, title in chapters.items():
            page = BeautifulSoup((SITE / f"{chapter}.html").read_text("utf-8"), "html.parser")
            assert page.h1.get_text().rstrip("#").split(". ", 1)[1] == title
            said = next(p for p in page.select("p.homework") if assignment.title in p.get_text())
            sizes = f"{len(assignment.questions)} questions, {assignment.points} points."
            assert said.get_text().endswith(f"continues this chapter: {sizes}")
            assert said.a["href"] == f"../book/pages/homework.html#{assignment.name}"


def test_an_assignment_is_shown_with_its_ways_its_limits_and_its_points(extension):
    tiny = read_assignment(ROOT / "tests" / "homework" / "tiny")
    text = extension.shown(tiny, NAMES, released=True)
    assert text.startswith("(tiny)=\n### tiny: Three small questions\n")
    file = "homework/release/tiny.ipynb"
    colab = f"https://colab.research.google.com/github/ann/nets/blob/main/{file}"
    assert f"[Open in Colab]({colab})" in text
    assert f"[Download the notebook](path:/{file})" in text
    assert f"(https://github.com/ann/nets/blob/main/{file})" in text
    # seconds: 3 in its header; memory is not named there, and the default is 2
    assert "10 points. Answers may import `numpy` and Python's standard library" in text
    assert "one call may take 3 seconds, one process 2 GiB of memory." in text
    assert "| q2: A moving average | q1 | 4 |" in text
    assert "| q3: How many windows? | – | 2 |" in text


def test_an_assignment_without_its_notebook_promises_none(extension):
    tiny = read_assignment(ROOT / "tests" / "homework" / "tiny")
    text = extension.shown(tiny, NAMES, released=False)
    assert "Not released yet." in text
    assert "http" not in text


def test_packages_are_listed_as_in_a_sentence(extension):
    tiny = read_assignment(ROOT / "tests" / "homework" / "tiny")
    text = extension.shown(replace(tiny, packages=("numpy", "scipy")), NAMES, released=True)
    assert "Answers may import `numpy`, `scipy` and Python's standard library" in text
    alone = extension.shown(replace(tiny, packages=()), NAMES, released=True)
    assert "Answers may import Python's standard library" in alone


def test_of_a_session_only_commands_are_highlighted():
    sys.path.insert(0, str(ROOT / "site" / "ext"))
    try:
        lexer = importlib.import_module("sessions").SessionLexer()
    finally:
        sys.path.remove(str(ROOT / "site" / "ext"))
    tokens = [(str(kind), text) for kind, text in lexer.get_tokens("$ echo '# 1'\n# 1\n")]
    assert tokens[0] == ("Token.Generic.Prompt", "$ ")
    assert tokens[1] == ("Token.Name.Builtin", "echo")
    assert tokens[-1] == ("Token.Generic.Output", "# 1\n")
