"""Search results quote a page's text, not the theme's buttons and not a formula three times.

Above them stands what the book calls the thing that was searched for: the glossary's entries by all
of their names, and the notation's letters (``site/static/words.js``).
"""

import json
import re
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from terms import GLOSSARY, read_glossary  # type: ignore[import-not-found]

NOTATION = "book/pages/notation"
WORDS = Path("_static") / "words.js"
HOLE = "const WORDS = [];"
SCRIPT = Path("_static") / "searchtools.js"
CHANGES = {
    # The theme's bar of buttons lies inside the element that Sphinx takes for the text.
    '[role="main"]': "article.bd-article",
    # A formula stands on the page as MathML, as its source, and as what is seen.
    '[".headerlink", "script", "style"]': (
        '[".headerlink", "script", "style", ".katex-html", ".katex annotation"]'
    ),
}


def mend_search(app: Sphinx, exception: Exception | None) -> None:
    """Change the built site's copy of Sphinx's search script, which each build copies anew."""
    if exception is not None or app.builder.format != "html":
        return
    file = Path(app.outdir) / SCRIPT
    text = file.read_text(encoding="utf-8")
    for old, new in CHANGES.items():
        if old not in text and new not in text:
            raise ExtensionError(f"{SCRIPT} no longer holds {old!r}; see {__file__}.")
        text = text.replace(old, new) if new not in text else text
    file.write_text(text, encoding="utf-8")


def letters(source: str) -> list[str]:
    r"""Return the letters of a cell of symbols, as people type them.

    >>> letters(r"f^{[l]},\; \hat{y}"), letters(r"J(\theta)"), letters(r"\lfloor x \rfloor")
    (['f', 'y'], ['J', 'J(θ)'], [])
    """
    found: list[str] = []
    for symbol in source.split(","):
        plain = re.sub(r"\\;|\\hat|\^\{\[l\]\}|_[A-Z]|[{} ]", "", symbol).replace(r"\theta", "θ")
        if match := re.fullmatch(r"(\w)(\(\w\))?", plain):
            found += [match[1], plain] if match[2] else [plain]
    return found


def words(app: Sphinx) -> list[dict[str, Any]]:
    """Return what can be looked up: names, where the entry stands, what it says."""
    found = [
        {"names": entry.names, "to": f"{GLOSSARY}.html#{entry.place}", "says": entry.definition}
        for entry in read_glossary(app.env.get_doctree(GLOSSARY))
    ]
    for row in app.env.get_doctree(NOTATION).findall(nodes.row):
        symbols = [name for math in row[0].findall(nodes.math) for name in letters(math.astext())]
        if symbols:
            section = row
            while not isinstance(section, nodes.section):
                section = section.parent
            place = f"{NOTATION}.html#{section['ids'][0]}"
            found.append({"names": symbols, "to": place, "says": row[1].astext()})
    return found


def fill_in_words(app: Sphinx, exception: Exception | None) -> None:
    """Write the words into the built site's copy of the script that looks them up."""
    if exception is not None or app.builder.format != "html":
        return
    file = Path(app.outdir) / WORDS
    text = file.read_text(encoding="utf-8")
    if HOLE not in text and "const WORDS = [{" not in text:
        raise ExtensionError(f"{WORDS} no longer holds {HOLE!r}; see {__file__}.")
    content = json.dumps(words(app), ensure_ascii=False)
    filled = re.sub(r"const WORDS = \[.*\];", lambda _: f"const WORDS = {content};", text)
    file.write_text(filled, encoding="utf-8")


def load(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Have the search page load them."""
    if page == "search":
        app.add_js_file("words.js", defer="defer")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the last steps."""
    app.setup_extension("terms")
    app.connect("html-page-context", load)
    app.connect("build-finished", mend_search)
    app.connect("build-finished", fill_in_words)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
