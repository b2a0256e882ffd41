"""Explorers: figures that answer, each with a picture that stands in where scripts do not run.

A page has one by the directive ``{explorer} kind``. A chapter has one by a linked picture,
``[![words](…/explorer-kind.svg)](…/explorer_kind.html)``, alone in a paragraph: Colab and GitHub
show picture and link, and here it comes to life. The link's query, such as ``?picture=digit``, says
how the explorer starts. Pages without an explorer load nothing of it.
"""

import re
import shutil
from html import escape, unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ExtensionError
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

logger = logging.getLogger(__name__)
SOURCE = Path("site") / "explorers"
COMMENT = re.compile(r"^ *//.*\n", re.MULTILINE)  # on a line of its own
PICTURE = re.compile(r"/explorer-(?P<kind>[\w-]+)\.svg$")
# What a link to an explorer may say about how it starts.
KINDS = {
    "convolution": {"picture", "kernel", "stride", "padding", "dilation", "cell"},
    "boxes": {"scene", "threshold", "boxes", "step"},
    "pooling": {"picture", "kind", "window", "stride", "padding", "cell", "shift"},
    "digit": {"picture", "layer", "map", "cell"},
    "receptive": {"layers", "cell"},
    "network": {"input", "layers", "open"},
    "gram": {"style", "other", "entry", "beta", "steps"},
    "inception": {"module", "narrow3", "narrow5"},
    "mobilenet": {"size", "window", "channels", "filters", "alpha", "picture"},
    "residual": {"depth", "scale", "norm", "last", "seed", "layer"},
    "triplets": {"scene", "margin", "points", "threshold"},
}


class explorer(nodes.General, nodes.Element):  # type: ignore[misc]  # noqa: N801 (docutils' way)
    """The element; its children are what a reader without scripts sees."""


def check(kind: str, state: str, root: Path) -> str:
    """Return what is wrong with the use of an explorer; nothing if it is all right."""
    if kind not in KINDS:
        return f"there is no explorer {kind!r}, but {', '.join(KINDS)}"
    names = [name for name, _ in parse_qsl(state, keep_blank_values=True)]
    if unknown := sorted(set(names) - KINDS[kind]):
        return f"explorer {kind}: no setting {', '.join(unknown)}; it has {sorted(KINDS[kind])}"
    for file in (picture(kind), f"book/pages/explorer_{kind}.md"):
        if not (root / file).is_file():
            return f"explorer {kind}: {file} is missing"
    return ""


def picture(kind: str) -> str:
    """Return where the fallback of an explorer lies."""
    return f"site/static/explorer-{kind}.svg"


def make(kind: str, state: str, *fallback: nodes.Node) -> explorer:
    """Return the element with its fallback."""
    return explorer("", *fallback, kind=kind, state=state)


class ExplorerDirective(SphinxDirective):  # type: ignore[misc]
    """An explorer where it stands; the content is said to readers without scripts."""

    required_arguments = 1
    has_content = True
    option_spec = {"alt": directives.unchanged_required, "state": directives.unchanged_required}  # noqa: RUF012

    def run(self) -> list[nodes.Node]:
        """Return the element."""
        kind, state = self.arguments[0], self.options.get("state", "")
        if wrong := check(kind, state, Path(self.env.srcdir)):
            raise self.error(f"{wrong}.")
        if "alt" not in self.options or not self.content:
            raise self.error(
                f"explorer {kind}: readers without scripts need :alt: (what the picture shows) and"
                " content (what to do instead)."
            )
        image = nodes.image(uri=f"/{picture(kind)}", alt=self.options["alt"])
        words: list[nodes.Node] = self.parse_content_to_nodes()
        return [make(kind, state, image, *words)]


def bring_to_life(app: Sphinx, doctree: nodes.document) -> None:
    """Turn linked pictures of explorers into explorers, with our own copy of the picture."""
    for image in list(doctree.findall(nodes.image)):
        found = PICTURE.search(urlsplit(image.get("uri", "")).path)
        link, paragraph = image.parent, image.parent.parent
        if not found or isinstance(link, explorer):
            continue
        # MyST has escaped the address for HTML already.
        kind, state = found["kind"], unescape(urlsplit(link.get("refuri", "")).query)
        if not isinstance(link, nodes.reference) or len(paragraph) != 1 or len(link) != 1:
            wrong = f"explorer {kind}: a linked picture, alone in its paragraph, is wanted"
        else:
            wrong = check(kind, state, Path(app.srcdir))
        if wrong:
            logger.warning("%s.", wrong, location=image)
            continue
        picture_node = nodes.image(uri=f"/{picture(kind)}", alt=image.get("alt", ""))
        address = app.builder.get_relative_uri(app.env.docname, f"book/pages/explorer_{kind}")
        reference = nodes.reference("", "", picture_node, internal=True, refuri=address)
        paragraph.replace_self(make(kind, state, nodes.paragraph("", "", reference)))


def visit_html(writer: Any, node: explorer) -> None:
    """Open the element; the second one of a kind on a page gets a number."""
    kind, state = node["kind"], node["state"]
    others = [other for other in node.document.findall(explorer) if other["kind"] == kind]
    place = next(n for n, other in enumerate(others, start=1) if other is node)
    name = f"explorer-{kind}" + (f"-{place}" if place > 1 else "")
    state = f' state="{escape(state)}"' if state else ""
    writer.body.append(f'<div class="explorer {kind}"><{kind}-explorer id="{name}"{state}>\n')


def depart_html(writer: Any, node: explorer) -> None:
    """Close the element."""
    writer.body.append(f"</{node['kind']}-explorer></div>\n")


def load(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Have a page with an explorer load what wakes it."""
    if doctree is not None and next(iter(doctree.findall(explorer)), None) is not None:
        app.add_css_file("explorers/page.css")
        app.add_js_file("explorers/index.mjs", type="module")


def configure(app: Sphinx, config: Config) -> None:
    """Have the modules copied, into a folder of their own."""
    source, copy = Path(app.confdir) / SOURCE, Path(app.outdir).parent / "explorers_static"
    if not (source / "index.mjs").is_file():
        raise ExtensionError(f"{source / 'index.mjs'} is missing.")
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(source, copy / "explorers")
    for module in copy.rglob("*.mjs"):  # a reader's browser has no use for our comments
        module.write_text(COMMENT.sub("", module.read_text("utf-8")), "utf-8")
    config.html_static_path.append(str(copy))


def nothing(writer: Any, node: explorer) -> None:
    """In print, the fallback is all there is."""


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive, the element and the two hooks."""
    app.add_node(
        explorer,
        html=(visit_html, depart_html),
        latex=(nothing, nothing),
        text=(nothing, nothing),
    )
    app.add_directive("explorer", ExplorerDirective)
    app.connect("config-inited", configure)
    # Before our check of pictures from elsewhere, at 400.
    app.connect("doctree-read", bring_to_life, priority=300)
    app.connect("html-page-context", load)
    return {"version": "1", "env_version": 1, "parallel_read_safe": True}
