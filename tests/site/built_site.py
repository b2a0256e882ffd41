"""The built site as the tests see it: its pages, what they load, what they link to."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

import pytest
from bs4 import BeautifulSoup, Tag

from tools import browser
from tools.build_site import SITE as BUILT
from tools.serve import book_path

# The canaries point this at a copy that they have broken.
SITE = Path(os.environ.get("SITE_DIR") or BUILT)
# A <link> with one of these says something about the page; with any other it loads something.
LINKS_THAT_LOAD_NOTHING = {"alternate", "author", "canonical", "license", "next", "prev", "search"}
LOADING = {
    "script": ["src"],
    "img": ["src", "srcset"],
    "source": ["src", "srcset"],
    "iframe": ["src"],
    "embed": ["src"],
    "audio": ["src"],
    "video": ["src", "poster"],
    "track": ["src"],
    "object": ["data"],
    "input": ["src"],
    "use": ["href", "xlink:href"],
    "image": ["href", "xlink:href"],
}
CSS_URL = re.compile(r"""url\(\s*["']?(?P<url>[^"')]+)|@import\s+["'](?P<imported>[^"']+)""")


class Use(NamedTuple):
    """An address and the piece of the site that names it."""

    url: str
    where: str


def need_chromium(purpose: str) -> str:
    """Return where Chromium is; skip, and say what was not verified, where there is none."""
    found = browser.find()
    if found is None:
        pytest.skip(
            f"NOT VERIFIED HERE: {purpose}: there is no Chromium on the path, and CHROMIUM names"
            " none."
        )
    return found


@dataclass(frozen=True)
class Page:
    """One HTML file of the site."""

    path: Path
    soup: BeautifulSoup

    @property
    def name(self) -> str:
        """Return the path inside the site."""
        return self.path.relative_to(SITE).as_posix()

    @property
    def text(self) -> Tag:
        """Return the part that holds the text, without the theme's bars."""
        main = self.soup.select_one("main")
        assert main is not None, f"{self.name}: no <main>"
        return main


@cache
def pages() -> list[Page]:
    """Return every page of the site."""
    files = sorted(path for path in SITE.rglob("*.html") if "_static" not in path.parts)
    assert files, f"{SITE} holds no pages: `make book` builds them"
    return [Page(file, BeautifulSoup(file.read_text("utf-8"), "html.parser")) for file in files]


def short(tag: Tag) -> str:
    """Return the beginning of an element, to find it by."""
    text = " ".join(str(tag).split())
    return text if len(text) <= 120 else text[:117] + "..."


def addresses_in_css(css: str) -> Iterator[str]:
    """Yield what a stylesheet names, pictures that it holds itself left out."""
    for found in CSS_URL.finditer(css):
        url = (found["url"] or found["imported"]).strip()
        if not url.startswith("data:"):
            yield url


def loaded(page: Page) -> Iterator[Use]:
    """Yield what a browser loads for a page, as the page's HTML names it."""
    for name, attributes in LOADING.items():
        for tag in page.soup.find_all(name):
            for attribute in attributes:
                for candidate in str(tag.get(attribute) or "").split(","):
                    if candidate.strip() and not candidate.startswith("data:"):
                        yield Use(candidate.split()[0], short(tag))
    for tag in page.soup.find_all("link", href=True):
        if not LINKS_THAT_LOAD_NOTHING & {rel.lower() for rel in tag.get("rel") or []}:
            yield Use(str(tag["href"]), short(tag))
    for tag in page.soup.find_all(style=True):
        yield from (Use(url, short(tag)) for url in addresses_in_css(str(tag["style"])))
    for tag in page.soup.find_all("style"):
        yield from (Use(url, short(tag)) for url in addresses_in_css(tag.get_text()))


def is_foreign(url: str) -> bool:
    """Say whether an address names a host."""
    return bool(urlsplit(url).netloc)


def local_file(url: str, base: Path) -> Path:
    """Return the file that a local address means, seen from the file ``base``."""
    path = unquote(urlsplit(url).path)
    if not path:
        return base
    prefix = book_path()
    if path.startswith("/"):
        start = SITE if path.startswith(prefix) else Path("/outside the book")
        target = start / path.removeprefix(prefix)
    else:
        target = base.parent / path
    target = Path(os.path.normpath(target))
    return target / "index.html" if target.is_dir() else target


@cache
def anchors(file: Path) -> frozenset[str]:
    """Return the places in a page that a link can lead to."""
    page = next(page for page in pages() if page.path == file)
    tags = page.soup.find_all(lambda tag: tag.has_attr("id") or tag.has_attr("name"))
    return frozenset(str(tag.get(name)) for tag in tags for name in ("id", "name") if tag.get(name))
