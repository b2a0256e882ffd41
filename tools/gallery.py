"""Photograph the built site: every page in three widths, two modes and on paper.

Usage: python -m tools.gallery [--picture] [--only PART_OF_A_NAME]
Without --picture, the pictures go to _build/gallery; with it, the README's picture is made, and the
one that goes with a link to the book.
"""

import argparse
import io
import sys
import time
from pathlib import Path
from typing import Any

from PIL import Image

from tools import browser
from tools.build_site import ROOT, SITE
from tools.serve import make_server

SCRIPT = Path(__file__).with_suffix(".mjs")
GALLERY = ROOT / "_build" / "gallery"
PICTURE = ROOT / "site" / "picture.png"
PREVIEW = ROOT / "site" / "static" / "preview.png"
WIDTHS = {1440: 900, 820: 1180, 390: 844}
MODES = ["light", "dark"]


def pages() -> list[str]:
    """Return the site's pages, as paths inside it."""
    files = [file.relative_to(SITE) for file in SITE.rglob("*.html")]
    return sorted(file.as_posix() for file in files if "_static" not in file.parts)


def shots(page: str) -> list[dict[str, Any]]:
    """Return the shots of one page: on screens, with open answers, and on paper."""
    name = page.removesuffix(".html").replace("/", "-")
    found: list[dict[str, Any]] = [
        {
            "page": page,
            "file": str(GALLERY / f"{name}-{width}-{mode}.png"),
            "width": width,
            "height": height,
            "mode": mode,
        }
        for width, height in WIDTHS.items()
        for mode in MODES
    ]
    found[0]["open"] = True
    on_paper = {"page": page, "width": 680, "height": 1000, "mode": "light", "open": True}
    found.append(on_paper | {"file": str(GALLERY / f"{name}-paper.png"), "paper": True})
    return [*found, on_paper | {"file": str(GALLERY / f"{name}.pdf"), "mode": "dark", "pdf": True}]


def picture() -> dict[str, Any]:
    """Return the shot for the README: sidebar, formula and figure in one window."""
    return {
        "page": "notebooks/01_convolution.html",
        "file": str(PICTURE),
        "width": 1440,
        "height": 900,
        "scale": 10 / 9,
        "mode": "light",
        "to": "#stride div.math",
        "above": 160,
    }


def preview() -> dict[str, Any]:
    """Return the shot that goes with a link: the book's name, its promise and an edge detector."""
    return {
        "page": "index.html",
        "file": str(PREVIEW),
        "width": 1200,
        "height": 630,
        "mode": "light",
        "to": "main h1",
        "above": 70,
    }


def optimise(file: Path) -> None:
    """Keep the 256 colours that a picture needs most; screens of text need few."""
    with Image.open(file) as image:
        small = image.convert("RGB").quantize(256, dither=Image.Dither.NONE)
    buffer = io.BytesIO()
    small.save(buffer, "PNG", optimize=True)
    file.write_bytes(buffer.getvalue())


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument(
        "--picture", action="store_true", help="the README's and the links' pictures"
    )
    parser.add_argument("--only", default="", help="only pages whose names hold this")
    given = parser.parse_args(arguments)
    chromium = browser.find()
    if chromium is None or not (SITE / "index.html").exists():
        print("The gallery needs Chromium and a built site (`make book`).", file=sys.stderr)
        return 1
    start = time.monotonic()
    wanted = [name for name in pages() if given.only in name]
    fixed = [picture(), preview()]
    todo = fixed if given.picture else [shot for page in wanted for shot in shots(page)]
    GALLERY.mkdir(parents=True, exist_ok=True)
    with browser.running(make_server(SITE)) as base:
        browser.drive(SCRIPT, base, chromium, shots=todo)
    if given.picture:
        optimise(PICTURE)
        optimise(PREVIEW)
    where = PICTURE.parent if given.picture else GALLERY
    print(f"{len(todo)} pictures in {time.monotonic() - start:.1f} s: {where}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
