"""The assignments: a list for the students' page, a sentence for the chapters that they continue.

Directive ``{assignments}``: what is found in ``homework/hwNN``, so that the list cannot promise too
much or too little. Role ``{repository}``: a path in the repository, which has to exist.
"""

import re
from pathlib import Path
from typing import Any

from addresses import BRANCH, COLAB  # type: ignore[import-not-found]
from docutils import nodes
from docutils.parsers.rst.states import Inliner
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from cnnutils.homework.assignment import TEST_FILES, Assignment, read_assignment
from tools.addresses import Project, project
from tools.chapters import ROOT

RELEASES = Path("homework") / "release"
STUDENTS_PAGE = "book/pages/homework"
CHAPTER = re.compile(r'"([^"\]]*)"\]\([^)\s]*/(notebooks/\w+)\.html\)')  # [8a, "its title"](…)


def masters(root: Path) -> list[Path]:
    """Return the assignments' texts, in order."""
    return sorted((root / "homework").glob("hw[0-9]*/hw[0-9]*.md"))


def shown(assignment: Assignment, names: Project, *, released: bool) -> str:
    """Return one assignment in Markdown: where to get it, what it asks, what an answer may use."""
    file = f"{RELEASES.as_posix()}/{assignment.name}.ipynb"
    slug, blob = names.slug, f"{names.repository}/blob/{BRANCH}/{file}"
    packages = ", ".join(f"`{name}`" for name in assignment.packages)
    packages += " and " if packages else ""
    lines = [f"({assignment.name})=", f"### {assignment.name}: {assignment.title}", ""]
    if released:
        lines += [
            f"[Open in Colab]({COLAB}/github/{slug}/blob/{BRANCH}/{file}){{.button .primary}}",
            "",
            f"[Download the notebook](path:/{file}), or see it [in the repository]({blob}).",
            "",
        ]
    else:
        lines += ["Not released yet.", ""]
    lines += [
        f"{assignment.points} points. Answers may import {packages}Python's standard library; one"
        f" call may take {assignment.seconds:g} seconds, one process {assignment.memory_gib:g} GiB"
        " of memory.",
        "",
        "<details>",
        f"<summary>The {len(assignment.questions)} questions</summary>",
        "",
        "| question | builds on | points |",
        "| --- | --- | ---: |",
    ]
    for question in assignment.questions.values():
        points = sum(t.points for t in assignment.tests if t.question == question.name)
        uses = ", ".join(question.uses) or "–"
        lines.append(f"| {question.name}: {question.title} | {uses} | {points} |")
    return "\n".join([*lines, "", "</details>", ""])


def continued(assignment: Assignment) -> dict[str, str]:
    """Return the chapters that learners need, page → title; only those called by their title."""
    texts = (text for kind, text in assignment.cells if kind == "markdown")
    parts = [part for text in texts for part in text.split("\n\n") if "**You need**" in part]
    return {page: title for part in parts for title, page in CHAPTER.findall(part)}


def lead_on(app: Sphinx, doctree: nodes.document) -> None:
    """Say at the end of a chapter's exercises which homework continues it."""
    here = app.env.docname
    if not here.startswith("notebooks/"):
        return
    for master in masters(Path(app.srcdir)):
        app.env.note_dependency(str(master))
        assignment = read_assignment(master.parent)
        if here in continued(assignment):
            sections = (s for s in doctree.findall(nodes.section) if "exercises" in s["ids"])
            next(sections, doctree).append(_sentence(app, assignment))


def _sentence(app: Sphinx, assignment: Assignment) -> nodes.paragraph:
    page = app.builder.get_relative_uri(app.env.docname, STUDENTS_PAGE)
    title = nodes.reference("", assignment.title, refuri=f"{page}#{assignment.name}", internal=True)
    size = f": {len(assignment.questions)} questions, {assignment.points} points."
    parts = [nodes.strong("", "Homework. "), title, nodes.Text(f" continues this chapter{size}")]
    return nodes.paragraph("", "", *parts, classes=["homework"])


class AssignmentsDirective(SphinxDirective):  # type: ignore[misc]
    """All assignments; see the module's text."""

    def run(self) -> list[nodes.Node]:
        """Read the folders and parse the text made from them."""
        root = Path(self.env.srcdir)
        for path in (root / "pyproject.toml", Path(__file__)):
            self.env.note_dependency(str(path))
        texts = []
        for master in masters(root):
            release = root / RELEASES / f"{master.stem}.ipynb"
            for path in (master, *(master.with_name(name) for name in TEST_FILES), release):
                self.env.note_dependency(str(path))
            assignment = read_assignment(master.parent)
            texts.append(shown(assignment, project(root), released=release.is_file()))
        text = "\n".join(texts) or "The first assignment is being written."
        parsed: list[nodes.Node] = self.parse_text_to_nodes(text, allow_section_headings=True)
        return parsed


def repository_role(
    name: str,
    rawtext: str,
    text: str,
    lineno: int,
    inliner: Inliner,
    options: dict[str, Any] | None = None,
    content: list[str] | None = None,
) -> tuple[list[nodes.Node], list[nodes.system_message]]:
    """Return a link to a file or a folder of the repository."""
    path = ROOT / text
    if not path.exists():
        message = inliner.reporter.error(f"The repository has no {text}.", line=lineno)
        return [inliner.problematic(rawtext, rawtext, message)], [message]
    kind = "tree" if path.is_dir() else "blob"
    address = f"{project().repository}/{kind}/{BRANCH}/{text}"
    literal = nodes.literal("", text, classes=["code"])
    return [nodes.reference("", "", literal, refuri=address, internal=False)], []


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive and the role."""
    app.add_directive("assignments", AssignmentsDirective)
    app.add_role("repository", repository_role)
    app.connect("doctree-read", lead_on)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
