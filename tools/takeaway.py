"""Make the whole book as one PDF and as one archive that opens without a network.

Usage: python -m tools.takeaway

Both are made of the built site, into _build/takeaway: the PDF is the pages in the order of the
contents, printed by Chromium as one long page, so that links between chapters lead from place to
place in the file, and a reader's program shows the headings as its outline.
"""

import sys
import tempfile
import time
import zipfile
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import yaml
from bs4 import BeautifulSoup, Tag

from tools import browser
from tools.addresses import project
from tools.build_site import ROOT, SITE
from tools.serve import make_server

FOLDER = ROOT / "_build" / "takeaway"
NAME = "cnn-course"
SCRIPT = Path(__file__).with_suffix(".mjs")
# What is of use on a screen only.
ON_SCREEN = ".headerlink, .copybtn, script, noscript, .prev-next-area, .hero a.button, p.ticks"
# Pages that say again what others say.
LEFT_OUT = {"book/pages/exercises", "book/pages/cards"}
STYLE = "article.bd-article { break-before: page }"
NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
MOMENT = (1980, 1, 1, 0, 0, 0)  # the earliest that an archive can say: equal sites, equal archives


def contents() -> list[str]:
    """Return the pages of the PDF in their order, as paths inside the site."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))
    files = [toc["root"], *(entry["file"] for part in toc["parts"] for entry in part["chapters"])]
    return [f"{file}.html" for file in files if file not in LEFT_OUT]


def place(page: str, fragment: str) -> str:
    """Return the name that a place of a page has in the whole."""
    return f"{page.removesuffix('.html').replace('/', '-')}--{fragment or 'top'}"


def rewritten(page: str, pages: set[str]) -> Tag:
    """Return a page's article, with names and addresses that hold in the whole."""
    soup = BeautifulSoup((SITE / page).read_text("utf-8"), "html.parser")
    article = soup.select_one("article.bd-article")
    if article is None:
        raise ValueError(f"{page} has no article.")
    for tag in article.select(ON_SCREEN):
        tag.decompose()
    for tag in article.find_all(id=True):
        tag["id"] = place(page, str(tag["id"]))
    for tag in article.find_all(["img", "source"], src=True):
        tag["src"] = urljoin(page, str(tag["src"]))
        tag["loading"] = "eager"
    for tag in article.find_all("a", href=True):
        url = str(tag["href"])
        if urlsplit(url).scheme:
            continue
        target = urlsplit(urljoin(page, url))
        if target.path in pages:
            tag["href"] = f"#{place(target.path, target.fragment)}"
        else:
            tag["href"] = urljoin(project().book, urljoin(page, url))  # a file of the site
    for heading in article.select("h1, h2, h3, h4"):
        keep_spaces(heading)
    for tag in article.find_all("details"):
        tag["open"] = ""
    article["id"] = place(page, "")
    return article


def keep_spaces(heading: Tag) -> None:
    """Have a heading broken without losing a space, as Chromium's outline would lose it."""
    for text in list(heading.find_all(string=True)):
        first, *others = str(text).split(" ")
        parts: list[str | Tag] = [first]
        for word in others:
            parts += [NO_BREAK_SPACE, Tag(name="wbr", can_be_empty_element=True), word]
        text.replace_with(*parts)


def whole(pages: list[str]) -> str:
    """Return pages as one."""
    first = BeautifulSoup((SITE / "index.html").read_text("utf-8"), "html.parser")
    styles = "".join(str(tag) for tag in first.select("head link[rel=stylesheet], head style"))
    known = set(pages)
    articles = "\n".join(str(rewritten(page, known)) for page in pages)
    title = first.title.get_text() if first.title else NAME
    return (
        '<!DOCTYPE html><html lang="en" data-theme="light" data-mode="light">'
        f"<head><meta charset='utf-8'><title>{title}</title>{styles}"
        f"<style>{STYLE}</style></head>"
        f"<body><main>{articles}</main></body></html>"
    )


def make_pdf(file: Path, pages: list[str] | None = None) -> None:
    """Print the whole, or some of its pages.

    Raises:
        RuntimeError: There is no Chromium, or it broke off.
    """
    chromium = browser.find()
    if chromium is None:
        raise RuntimeError("Chromium is needed: install it, or name it in CHROMIUM.")
    with tempfile.TemporaryDirectory() as folder, browser.running(make_server(SITE)) as base:
        source = Path(folder) / "whole.html"
        source.write_text(whole(pages or contents()), "utf-8")
        browser.drive(SCRIPT, base, chromium, source=str(source), file=str(file))


def make_archive(file: Path) -> None:
    """Pack the site, so that it opens from a disk; the same site makes the same archive."""
    paths = sorted(path for path in SITE.rglob("*") if path.is_file())
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in paths:
            name = f"{NAME}/{path.relative_to(SITE).as_posix()}"
            archive.writestr(zipfile.ZipInfo(name, MOMENT), path.read_bytes(), zipfile.ZIP_DEFLATED)


def main() -> int:
    if not (SITE / "index.html").exists():
        print("There is no site yet: `make book` builds it.", file=sys.stderr)
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    for make, name in ((make_archive, f"{NAME}.zip"), (make_pdf, f"{NAME}.pdf")):
        start = time.monotonic()
        with tempfile.TemporaryDirectory(dir=FOLDER) as folder:  # nothing half-made stays
            partial = Path(folder) / name
            try:
                make(partial)
            except RuntimeError as error:
                print(f"{name} was not made. {error}", file=sys.stderr)
                return 1
            partial.replace(FOLDER / name)
        size = (FOLDER / name).stat().st_size / 2**20
        print(f"{FOLDER / name}: {size:.1f} MiB in {time.monotonic() - start:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
