"""The assignments as the students' page lists them, and links to files of the repository.

Directive ``{assignments}``: what is found in ``homework/hwNN``, so that the list cannot promise too
much or too little. Role ``{repository}``: a path in the repository, which has to exist.
"""

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


def masters(root: Path) -> list[Path]:
    """Return the assignments' texts, in order."""
    return sorted((root / "homework").glob("hw[0-9]*/hw[0-9]*.md"))


def shown(assignment: Assignment, names: Project, *, released: bool) -> str:
    """Return one assignment in Markdown: where to get it, what it asks, what an answer may use."""
    file = f"{RELEASES.as_posix()}/{assignment.name}.ipynb"
    slug, blob = names.slug, f"{names.repository}/blob/{BRANCH}/{file}"
    packages = ", ".join(f"`{name}`" for name in assignment.packages)
    packages += " and " if packages else ""
    lines = [f"### {assignment.name}: {assignment.title}", ""]
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
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
