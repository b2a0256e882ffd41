"""Formulas are rendered while the site is built; a formula that KaTeX rejects fails the build.

A reader's browser gets finished HTML, one stylesheet and the fonts that its formulas use: no
script, and nothing from another host.
"""

import json
import re
import shutil
import subprocess
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
SCRIPT = Path(__file__).with_name("katex_render.cjs")
Visitor = Callable[[Any, nodes.Node], None]


class Renderer:
    """KaTeX in a node process, started with the first formula.

    It takes the place of the server in sphinxcontrib-katex, which a busy machine can find not yet
    listening, and which then outlives the build.
    """

    def __init__(self, katex_script: Path) -> None:
        self.katex_script = katex_script
        self.process: subprocess.Popen[str] | None = None

    def render(self, latex: str, options: dict[str, Any] | None = None) -> str:
        """Return the HTML of a formula; raise ``KaTeXError`` when KaTeX rejects it."""
        if self.process is None:
            command = [str(NODE), str(SCRIPT), str(self.katex_script)]
            pipe = subprocess.PIPE
            self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, encoding="utf-8")
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({"latex": latex, "options": options or {}}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise ExtensionError(f"node ended while it rendered {latex!r}; see its message above.")
        answer = json.loads(line)
        if "error" in answer:
            raise katex.KaTeXError(answer["error"])
        return str(answer["html"])

    def stop(self, app: Sphinx, exception: Exception | None) -> None:
        """End the process with the build."""
        if self.process is not None:
            self.process.communicate(timeout=60)
            self.process = None


def configure(app: Sphinx, config: Config) -> None:
    """Render with the locked node and the locked KaTeX, and copy what pages need of KaTeX."""
    script = Path(app.confdir) / "node_modules" / "katex" / "dist" / "katex.min.js"
    if not script.exists():
        raise ExtensionError(f"{script} is missing. `make setup` installs it.")
    renderer = Renderer(script)
    katex.render_latex = renderer.render
    app.connect("build-finished", renderer.stop)
    config.katex_prerender = True
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
