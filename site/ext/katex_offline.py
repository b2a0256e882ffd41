"""Formulas are rendered while the site is built; a formula that KaTeX rejects fails the build.

A reader's browser gets finished HTML, one stylesheet and the fonts that its formulas use: no
script, and nothing from another host.
"""

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ExtensionError
from sphinx.util import logging
from sphinxcontrib import katex

from tools.node import NODE

logger = logging.getLogger(__name__)
Visitor = Callable[[Any, nodes.Node], None]


def configure(app: Sphinx, config: Config) -> None:
    """Point the renderer to the locked node and the locked KaTeX, and make it strict."""
    script = Path(app.confdir) / "node_modules" / "katex" / "dist" / "katex.min.js"
    if not script.exists():
        raise ExtensionError(f"{script} is missing. `make setup` installs it.")
    katex.NODEJS_BINARY = str(NODE)
    katex.KATEX_DEFAULT_OPTIONS = {"throwOnError": True}
    # On a busy machine node needs longer than the usual 5 s, and one that is given up lives on.
    katex.STARTUP_TIMEOUT = katex.RENDER_TIMEOUT = 60.0
    config.katex_js_path = str(script)
    config.katex_css_path = "katex/katex.min.css"
    config.html_math_renderer = "katex_offline"
    copy = Path(app.outdir).parent / "katex_static"
    copy_stylesheet_and_fonts(script.parent, copy / "katex")
    config.html_static_path.append(str(copy))


def copy_stylesheet_and_fonts(dist: Path, target: Path) -> None:
    """Copy what a browser needs of KaTeX: the stylesheet and its woff2 fonts."""
    shutil.rmtree(target, ignore_errors=True)
    (target / "fonts").mkdir(parents=True)
    for font in sorted(dist.glob("fonts/*.woff2")):
        shutil.copy(font, target / "fonts")
    css = (dist / "katex.min.css").read_text(encoding="utf-8")
    # Every browser that knows the rest of our stylesheets reads woff2.
    pattern = r',url\([^)]*\.(?:woff|ttf)\) format\("(?:woff|truetype)"\)'
    css, count = re.subn(pattern, "", css)
    if count == 0:
        raise ExtensionError(f"katex.min.css no longer matches {pattern!r} (older font formats).")
    (target / "katex.min.css").write_text(css, encoding="utf-8")


def checked(visit: Visitor) -> Visitor:
    """Turn KaTeX's complaint about a formula into a warning that names file and line."""

    def visit_checked(writer: Any, node: nodes.Node) -> None:
        try:
            visit(writer, node)
        except katex.KaTeXError as error:
            logger.warning("KaTeX rejects %r: %s", node.astext(), error, location=node)
            raise nodes.SkipNode from error

    return visit_checked


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the renderer in place of the one that leaves bad formulas in red on the page."""
    app.setup_extension("sphinxcontrib.katex")
    app.add_html_math_renderer(
        "katex_offline",
        inline_renderers=(checked(katex.html_visit_math), None),
        block_renderers=(checked(katex.html_visit_displaymath), None),
    )
    app.connect("config-inited", configure)
    return {"parallel_read_safe": True, "parallel_write_safe": False}
