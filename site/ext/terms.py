"""The first use of a glossary's term in a chapter leads to the glossary.

A term is also found in the plural, with a capital letter, and by the other names that its entry
gives it ("Also called …", an abbreviation in brackets). Longer terms go before shorter ones.
"""

import re
from typing import Any, NamedTuple

from docutils import nodes
from sphinx.application import Sphinx

GLOSSARY = "book/pages/glossary"
ALIASES = re.compile(r"Also called ([\w× -]+)[.,]")
SHORT = re.compile(r"(.+) \(([\w-]+)\)")  # multiply-accumulate (MAC)
# Words in these are names of something, or lead somewhere already.
CLOSED = (nodes.reference, nodes.literal, nodes.math, nodes.Invisible)


def names_of(term: str, definition: str) -> list[str]:
    """Return all names of a term.

    >>> names_of("multiply-accumulate (MAC)", "A product.")
    ['multiply-accumulate', 'MAC']
    >>> names_of("shortcut", "A path. Also called skip connection.")
    ['shortcut', 'skip connection']
    >>> names_of("intersection over union", "A share. Also called IoU or Jaccard index.")
    ['intersection over union', 'IoU', 'Jaccard index']
    """
    short = SHORT.fullmatch(term)
    others = [name for found in ALIASES.findall(definition) for name in found.split(" or ")]
    return [*(short.groups() if short else [term]), *others]


class Entry(NamedTuple):
    """An entry of the glossary: its place on the page, all its names, what it says."""

    place: str
    names: list[str]
    definition: str


def read_glossary(doctree: nodes.document) -> list[Entry]:
    """Return the entries in their order."""
    entries = []
    for item in doctree.findall(nodes.definition_list_item):
        definition = item[-1].astext().replace("\n", " ")
        for term in item.findall(nodes.term):
            name = next(iter(term.findall(nodes.Text))).astext()
            entries.append(Entry(term["ids"][0], names_of(name, definition), definition))
    return entries


def as_written(name: str) -> str:
    """Return a pattern for a name: singular or plural, at the start of a sentence or not."""
    first = f"[{name[0].upper()}{name[0]}]" if name[1:].islower() else re.escape(name[0])
    return f"{first}{re.escape(name[1:])}(?:e?s)?"


def link_first_uses(doctree: nodes.document, places: dict[str, str], glossary: str) -> int:
    """Turn the first use of each term in a chapter's paragraphs into a link; return how many."""
    left = sorted(places, key=len, reverse=True)
    linked: set[str] = set()
    count = 0
    for paragraph in list(doctree.findall(nodes.paragraph)):
        for text in list(paragraph.findall(nodes.Text)):
            if _inside(text, paragraph, CLOSED):
                continue
            parts: list[nodes.Node] = []
            rest = str(text)
            while match := _first(rest, [name for name in left if places[name] not in linked]):
                place = places[next(n for n in left if re.fullmatch(as_written(n), match[0]))]
                linked.add(place)
                link = nodes.reference("", match[0], refuri=f"{glossary}#{place}", internal=True)
                link["classes"].append("term")
                parts += [nodes.Text(rest[: match.start()]), link]
                rest = rest[match.end() :]
                count += 1
            if parts:
                text.parent.replace(text, [*parts, nodes.Text(rest)])
    return count


def _first(text: str, names: list[str]) -> re.Match[str] | None:
    if not names:
        return None
    either = "|".join(as_written(name) for name in names)
    return re.search(rf"(?<![\w-])(?:{either})(?![\w-])", text)


def _inside(node: nodes.Node, root: nodes.Node, kinds: tuple[type, ...]) -> bool:
    while node is not root:
        if isinstance(node, kinds):
            return True
        node = node.parent
    return False


def link_terms(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Link the terms of a chapter."""
    if not docname.startswith("notebooks/") or app.builder.format != "html":
        return
    entries = read_glossary(app.env.get_doctree(GLOSSARY))
    places = {name: entry.place for entry in entries for name in entry.names}
    link_first_uses(doctree, places, app.builder.get_relative_uri(docname, GLOSSARY))


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the hook."""
    app.connect("doctree-resolved", link_terms)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
