"""The font of the text: one file of our own site, so that the book looks alike on every system.

It is loaded ahead of the stylesheets, and a page that it reaches too late keeps the system's
font (``font-display: optional``): nothing jumps. Slanted letters are made from the upright ones.
"""

import shutil
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ExtensionError

PACKAGE = Path("node_modules") / "@fontsource-variable" / "source-sans-3"
FONT = "source-sans-3-latin-wght-normal.woff2"


def copy_font(app: Sphinx, config: Config) -> None:
    """Copy the font and its licence, which asks to go with it, from the locked package."""
    package = Path(app.confdir) / PACKAGE
    if not (package / "files" / FONT).exists():
        raise ExtensionError(f"{package / 'files' / FONT} is missing. `make setup` installs it.")
    copy = Path(app.outdir).parent / "font_static"
    shutil.rmtree(copy, ignore_errors=True)
    (copy / "fonts").mkdir(parents=True)
    shutil.copy(package / "files" / FONT, copy / "fonts")
    shutil.copy(package / "LICENSE", copy / "fonts")
    config.html_static_path.append(str(copy))


def load_early(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Let a page ask for the font before it has read the stylesheet that names it."""
    address = context["pathto"](f"_static/fonts/{FONT}", 1)
    tag = f'\n<link rel="preload" href="{address}" as="font" type="font/woff2" crossorigin />'
    context["metatags"] = context.get("metatags", "") + tag


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the two steps."""
    app.connect("config-inited", copy_font)
    app.connect("html-page-context", load_early)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
