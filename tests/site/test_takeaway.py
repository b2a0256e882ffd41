"""The book as one PDF and as one archive: whole, with links that hold, and the same each time."""

import json
import re
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup
from built_site import SITE, need_chromium
from test_pages import assert_none

from tools import browser, takeaway
from tools.addresses import project

PAGES = ["notebooks/05_inception.html", "notebooks/06_mobilenet.html"]


@pytest.fixture(scope="module")
def whole() -> BeautifulSoup:
    """Return the page that is printed."""
    return BeautifulSoup(takeaway.whole(takeaway.contents()), "html.parser")


def test_the_whole_has_every_chapter_in_order(whole):
    titles = [tag.get_text() for tag in whole.select("article.bd-article > section > h1")]
    numbers = [match[1] for title in titles if (match := re.match(r"(\d+[a-d]?)\.\s", title))]
    files = sorted((SITE / "notebooks").glob("*.html"))
    titles = [title.replace(takeaway.NO_BREAK_SPACE, " ") for title in titles]
    assert numbers == [file.name.split("_")[0].lstrip("0") for file in files]
    assert len(titles) == len(takeaway.contents())


def test_links_of_the_whole_lead_to_a_place_in_it_or_to_the_web(whole):
    names = [str(tag["id"]) for tag in whole.find_all(id=True)]
    assert len(names) == len(set(names))
    faults, inside = [], 0
    files = re.compile(re.escape(project().book) + r"(?!cnn-course\.)(.+)")
    for tag in whole.find_all("a", href=True):
        url = str(tag["href"])
        if url.startswith("#"):
            inside += 1
            holds = url[1:] in names
        elif file := files.fullmatch(url):
            holds = (SITE / urlsplit(file[1]).path).exists()
        else:
            holds = urlsplit(url).scheme in {"http", "https"}
        faults += [] if holds else [url]
    assert_none(faults, "Links of the PDF that lead nowhere:")
    assert inside > 300
    missing = [
        str(tag["src"]) for tag in whole.find_all("img") if not (SITE / str(tag["src"])).is_file()
    ]
    assert_none(missing, "Pictures of the PDF that are missing:")


def test_answers_are_open_and_buttons_are_left_out(whole):
    assert len(whole.select("details[open]")) == len(whole.select("details")) > 100
    assert not whole.select(".headerlink, script, .ticks")


def test_two_chapters_become_a_pdf_with_an_outline_and_links(tmp_path):
    need_chromium("the book as a PDF")
    file = tmp_path / "two.pdf"
    takeaway.make_pdf(file, PAGES)
    content = file.read_bytes()
    assert content.startswith(b"%PDF-")
    assert 30 < len(re.findall(rb"/Type /Page\b", content)) < 120
    assert b"/Type /Outlines" in content
    assert b"/StructTreeRoot" in content, "screen readers need the tags"
    for page in PAGES:
        title = BeautifulSoup((SITE / page).read_text("utf-8"), "html.parser").h1.get_text()
        title = title.rstrip("#").replace(" ", takeaway.NO_BREAK_SPACE)
        coded = title.encode("utf-16-be").hex().upper().encode()
        assert b"<FEFF" + coded in content or title.encode("latin1") in content, title
    assert [path.name for path in tmp_path.iterdir()] == ["two.pdf"]


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory) -> Path:
    """Return the folder that comes out of the archive."""
    folder = tmp_path_factory.mktemp("takeaway")
    first, second = folder / "1.zip", folder / "2.zip"
    takeaway.make_archive(first)
    takeaway.make_archive(second)
    assert first.read_bytes() == second.read_bytes()
    with zipfile.ZipFile(first) as archive:
        archive.extractall(folder)
    return folder / takeaway.NAME


def test_the_archive_is_the_site(unpacked):
    packed = {path.relative_to(unpacked) for path in unpacked.rglob("*") if path.is_file()}
    assert packed == {path.relative_to(SITE) for path in SITE.rglob("*") if path.is_file()}
    assert (unpacked / "index.html").read_bytes() == (SITE / "index.html").read_bytes()


def test_the_archive_can_be_read_from_a_disk(unpacked):
    chromium = need_chromium("the archive, opened from a disk")
    script = Path(__file__).with_name("disk.mjs")
    seen: dict[str, Any] = json.loads(browser.drive(script, unpacked.as_uri() + "/", chromium))
    assert seen["broken"] == []
    assert seen["formulas"] > 10
    assert seen["ticks"] > 5
    assert seen["cards"] == 1
    assert seen["known"].startswith("0 of ")
    assert "1. Convolution: what nine numbers can see" in seen["found"]
    assert seen["named"].startswith("padding: ")
    assert seen["next"] == "3. Classic networks: what changed between 1998 and 2014"
    assert seen["explorer"], "where modules do not load, the picture stands in"
