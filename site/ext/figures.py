"""Figures weigh a third on the site, take their place before they are there, and load when needed.

The notebooks keep their own figures as they are. The site's copies keep the 256 colours that a
figure needs most, without dithering, if that changes it by less than ``LARGEST_RMS``; the result
is stored without further loss. Its name is made from the source's content, so that a figure which
is there already is not made again.
"""

import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from docutils import nodes
from PIL import Image
from sphinx.application import Sphinx

COLOURS = 256
# Root mean square of the change, of 255 levels: 1 % of the range, far below what prints differ by.
LARGEST_RMS = 2.55
RECIPE = b"1"  # change it with the way in which figures are made: it is part of their names
IMAGE = re.compile(
    r'<img(?P<rest>[^>]*? src="(?P<folder>[^"]*_images/)(?P<name>[^"/]+\.png)"[^>]*?) ?/?>'
)


def slim(image: Image.Image) -> Image.Image:
    """Return a picture with few colours, or, where that would be seen, with all of its own."""
    full = image.convert("RGB")
    few = full.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, kmeans=2, dither=Image.Dither.NONE)
    few = few.convert("RGB")
    change = np.subtract(few, full, dtype=float)
    return few if np.sqrt(np.mean(change**2)) <= LARGEST_RMS else full


def is_opaque(image: Image.Image) -> bool:
    """Say whether a picture hides what lies behind it."""
    return "A" not in image.getbands() or image.getchannel("A").getextrema() == (255, 255)


def copy_for_site(source: Path, folder: Path) -> tuple[str, int, int]:
    """Make the site's copy of a picture in ``folder``; return its name, width and height."""
    content = source.read_bytes()
    name = hashlib.sha256(RECIPE + content).hexdigest()[:32] + ".webp"
    with Image.open(source) as image:
        if not (folder / name).exists():
            folder.mkdir(parents=True, exist_ok=True)
            picture = slim(image) if is_opaque(image) else image
            picture.save(folder / name, "WEBP", lossless=True, method=4)
        return name, *image.size


def replacer(sources: dict[str, Path], folder: Path) -> Callable[[re.Match[str]], str]:
    """Return what replaces a picture's HTML by that of the site's copy."""

    def replace(found: re.Match[str]) -> str:
        source = sources.get(found["name"])
        if source is None:
            return found[0]
        name, width, height = copy_for_site(source, folder)
        rest = found["rest"].replace(found["folder"] + found["name"], found["folder"] + name)
        # The size reserves the place; far below the window's edge, loading waits.
        size = f'width="{width}" height="{height}"'
        return f'<img{rest} {size} loading="lazy" decoding="async" />'

    return replace


def use_copies(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Let a page show the site's copies of its pictures."""
    if app.builder.format != "html" or "body" not in context:
        return
    source_folder = Path(app.srcdir)
    sources = {name: source_folder / uri for uri, name in app.builder.images.items()}
    folder = Path(app.outdir) / app.builder.imagedir
    context["body"] = IMAGE.sub(replacer(sources, folder), context["body"])


def drop_originals(app: Sphinx, exception: Exception | None) -> None:
    """Remove the pictures that Sphinx copied and that no page shows any more."""
    if exception is not None or app.builder.format != "html":
        return
    for name in app.builder.images.values():
        if name.endswith(".png"):
            (Path(app.outdir) / app.builder.imagedir / name).unlink(missing_ok=True)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the two steps."""
    app.connect("html-page-context", use_copies)
    app.connect("build-finished", drop_originals)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
