"""Search results quote a page's text, not the theme's buttons and not a formula three times."""

from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

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


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the last step."""
    app.connect("build-finished", mend_search)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
