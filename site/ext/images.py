"""No image comes from another host, and none is without words for those who cannot see it."""

import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging

logger = logging.getLogger(__name__)
# Colab's and GitHub's own viewers can only show the badge from its address; the site has its own.
BADGE = "/colab-badge.svg"
OWN_BADGE = "/site/static/colab-badge.svg"
NO_WORDS = re.compile(
    r"\W*|.*/.*\.\w{2,4}|[0-9a-f]{32,}(\.\w+)?|\S+\.(png|jpe?g|svg|gif)", re.DOTALL
)


def keep_images_local(app: Sphinx, doctree: nodes.document) -> None:
    """Replace the Colab badge by our drawing; warn about every other image from elsewhere."""
    for image in doctree.findall(nodes.image):
        uri = image.get("uri", "")
        if not uri.startswith(("http:", "https:", "//")):
            continue
        if uri.endswith(BADGE):
            image["uri"] = OWN_BADGE
        else:
            logger.warning("image from another host: %s", uri, location=image)


def insist_on_words(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Warn about every image whose alternative text says nothing."""
    for image in doctree.findall(nodes.image):
        alt = image.get("alt", "")
        if NO_WORDS.fullmatch(alt.strip()):
            logger.warning(
                "image %s needs an alternative text, it has %r. For a figure made by code, set"
                " mystnb: image: alt in the cell's metadata.",
                image.get("uri", "?"),
                alt,
                location=image,
            )


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the two checks, and the copies that the site shows."""
    app.setup_extension("figures")
    # Before Sphinx collects the images that it copies, at 500.
    app.connect("doctree-read", keep_images_local, priority=400)
    app.connect("doctree-resolved", insist_on_words)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
