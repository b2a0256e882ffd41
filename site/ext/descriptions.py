"""Each page's description, which search engines and link previews show: its first sentences."""

import html
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

LONGEST = 200
SHORTEST = 50
# Pages that Sphinx makes from a template have no text of their own.
TEMPLATE_PAGES = {
    "search": "Search every page of this book for a word or a phrase.",
    "404": "There is no page at this address. The search field and the contents lead on.",
}


def plain_text(paragraph: nodes.paragraph) -> str:
    """Return a paragraph's text on one line."""
    return " ".join(paragraph.astext().split())


def describe(doctree: nodes.document) -> str:
    """Return the first paragraph that has a sentence without a formula, cut at a word."""
    texts = [
        plain_text(p)
        for p in doctree.findall(nodes.paragraph)
        if not list(p.findall(nodes.math)) and "companion" not in p["classes"]
    ]
    text = next((text for text in texts if len(text) >= SHORTEST), " ".join(texts))
    if len(text) <= LONGEST:
        return text
    return text[:LONGEST].rsplit(" ", 1)[0].rstrip(",;:") + " …"


def add_description(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Put the description into the page's head, before the preview tags are made from it."""
    text = TEMPLATE_PAGES.get(page) or (describe(doctree) if doctree else "")
    if not text:
        return
    tag = f'\n<meta name="description" content="{html.escape(text)}" />'
    context["metatags"] = context.get("metatags", "") + tag
    context["meta"] = {**(context.get("meta") or {}), "og:description": html.escape(text)}


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the hook ahead of the opengraph extension's, at 500."""
    app.connect("html-page-context", add_description, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
