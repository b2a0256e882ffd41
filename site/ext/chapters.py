"""The list of chapters on the landing page: a link where a chapter is there, else "to come".

A line of the directive's content is ``file name | title | what it is about``. Whether a chapter is
there is asked of the book itself, so that the list cannot promise too much or too little.
"""

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective


class ChaptersDirective(SphinxDirective):  # type: ignore[misc]
    """A list of chapters; see the module's text."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return the list."""
        entries = [self.entry(line) for line in self.content if line.strip()]
        return [nodes.bullet_list("", *entries, classes=["chapters"])]

    def entry(self, line: str) -> nodes.Node:
        """Return one chapter's entry."""
        try:
            name, title, about = (part.strip() for part in line.split("|"))
        except ValueError as error:
            raise self.error(f"'{line}' should read: file name | title | about.") from error
        page = f"notebooks/{name}"
        there = page in self.env.found_docs
        head = f"**[{title}](/{page}.ipynb)**" if there else f"**{title}** [to come]{{.to-come}}"
        paragraphs = self.parse_text_to_nodes(f"{head}\n\n{about}")
        return nodes.list_item("", *paragraphs, classes=["there" if there else "planned"])


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive."""
    app.add_directive("chapters", ChaptersDirective)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
