"""Every chapter's exercises in one place, and the glossary as flash cards.

Directives ``{exercises}`` and ``{cards}``. All of it can be read without scripts; with them, an
exercise can be ticked and the cards are dealt one by one (``site/static/study.js``).
"""

import re
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from tools import chapters

INVITATION = "Tick what you have done; the ticks are kept in this browser alone."
COLLECTED = "book/pages/exercises"
NUMBER = re.compile(r"(\d+)\.")
TITLE = re.compile(r"(?m)^# (.+)$")
SECTION = re.compile(r"(?ms)^## Exercises\n(.*?)(?=^## |\Z)")
CELL = re.compile(r"(?ms)^```\{code-cell\}.*?^```\n")
ENTRIES = re.compile(r"(?ms)^```\{glossary\}\n(.*?)^```")


def exercises(text: str) -> str:
    """Return the exercises of a chapter's text, with their answers, without its code cells."""
    found = SECTION.search(text)
    return CELL.sub("", found[1]).strip() if found else ""


def entries(text: str) -> list[tuple[str, str]]:
    r"""Return the terms of a glossary's text and their definitions.

    >>> entries("```{glossary}\nkernel\n  A table\n  of weights.\n\nlogit\n  A score.\n```\n")
    [('kernel', 'A table\nof weights.'), ('logit', 'A score.')]
    """
    blocks = ENTRIES.search(text)[1].strip().split("\n\n")  # type: ignore[index]
    lines = [block.split("\n") for block in blocks]
    return [(term, "\n".join(line.strip() for line in rest)) for term, *rest in lines]


def mark(section: nodes.section, chapter: str) -> int:
    """Give each exercise in a section a name of its own; return how many there are."""
    count = 0
    for paragraph in section.findall(nodes.paragraph):
        head = next((child for child in paragraph if child.astext().strip()), None)
        number = NUMBER.fullmatch(head.astext()) if isinstance(head, nodes.strong) else None
        if number:
            paragraph["ids"].append(f"exercise-{chapter}-{number[1]}")
            paragraph["classes"].append("exercise")
            count += 1
    return count


def contents(sections: list[nodes.section]) -> nodes.bullet_list:
    """Return links to sections, for a phone, which has no room for contents beside the text."""
    items = nodes.bullet_list()
    for section in sections:
        link = nodes.reference("", section[0].astext(), refuri=f"#{section['ids'][0]}")
        link["internal"] = True
        items += nodes.list_item("", nodes.paragraph("", "", link))
    return items


def mark_all(app: Sphinx, doctree: nodes.document) -> None:
    """Name the exercises of a chapter, and those on the page that collects them, alike."""
    name = app.env.docname
    sections = list(doctree.findall(nodes.section))
    if name.startswith("notebooks/"):
        app.env.note_dependency(__file__)
        for section in sections:
            if "exercises" in section["ids"] and mark(section, name.split("/")[-1]):
                section.append(nodes.paragraph("", INVITATION, classes=["ticks"]))
    elif name == COLLECTED:
        texts = chapters.texts(Path(app.srcdir))
        for section, path in zip(sections[1:], texts, strict=True):
            mark(section, path.stem)
        ticks = nodes.paragraph("", INVITATION, classes=["ticks"])
        sections[0].insert(2, [contents(sections[1:]), ticks])


def fold(summary: str, *content: nodes.Node) -> nodes.container:
    """Return what is folded away under a line."""
    begin = nodes.raw("", f"<details><summary>{escape(summary)}</summary>", format="html")
    return nodes.container("", begin, *content, nodes.raw("", "</details>", format="html"))


class ExercisesDirective(SphinxDirective):  # type: ignore[misc]
    """The exercises of all chapters, by chapter."""

    def run(self) -> list[nodes.Node]:
        """Read the chapters' texts and parse what belongs here."""
        self.env.note_dependency(__file__)
        found: list[nodes.Node] = []
        for path in chapters.texts(Path(self.env.srcdir)):
            self.env.note_dependency(str(path))
            text = path.read_text("utf-8")
            number = path.stem.split("_")[0].lstrip("0")
            heading = f"## {number}. {TITLE.search(text)[1]}"  # type: ignore[index]
            link = f"After [chapter {number}](/notebooks/{path.stem}.ipynb)."
            found += self.parse_text_to_nodes(
                f"{heading}\n\n{link}\n\n{exercises(text)}\n", allow_section_headings=True
            )
        return found


class CardsDirective(SphinxDirective):  # type: ignore[misc]
    """A card for each term of the glossary: the term, and folded away what it means."""

    def run(self) -> list[nodes.Node]:
        """Read the glossary's text."""
        path = Path(self.env.srcdir) / "book" / "pages" / "glossary.md"
        for source in (str(path), __file__):
            self.env.note_dependency(source)
        cards = []
        for term, definition in entries(path.read_text("utf-8")):
            card = fold(term.replace("'", "’"), *self.parse_text_to_nodes(definition))
            card["classes"].append("card-of-deck")
            cards.append(card)
        return [nodes.container("", *cards, classes=["deck"])]


def load(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Have a page with exercises or cards load what makes them tick."""
    body = context.get("body") or ""
    if 'class="exercise"' in body or 'class="deck' in body:
        app.add_js_file("study.js", defer="defer")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directives and the hooks."""
    app.add_directive("exercises", ExercisesDirective)
    app.add_directive("cards", CardsDirective)
    app.connect("doctree-read", mark_all)
    app.connect("html-page-context", load)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
