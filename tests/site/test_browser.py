"""What a reader's browser makes of the site: every page opened in Chromium, wide and narrow."""

import json
import re
import time
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit

import pytest
from built_site import SITE, need_chromium, pages
from test_lighthouse import PAGES as SOME_OF_EACH_KIND
from test_pages import BUDGET_KIB, RAW_FORMULA, assert_none, zipped_bytes

from tools import browser
from tools.serve import SiteHandler, book_path, make_server

BUDGET_WITH_FIGURES_KIB = 700
KEYBOARD = ["index.html", "notebooks/01_convolution.html"]
LARGEST_SHIFT = 0.02
# What people may search for, and where the book says what it calls it.
NAMED = {
    "NMS": ["non-maximum suppression #term-non-maximum-suppression"],
    "Batch Normalizations": ["batch normalisation #term-batch-normalisation"],
    "1x1 convolution": ["pointwise convolution #term-pointwise-convolution"],
    "\N{GREEK SMALL LETTER THETA}": ["\N{GREEK SMALL LETTER THETA} #layers"],
    "<b>": [],
}
BEGINNING, PIECE = 36 * 1024, 2 * 1024  # bytes: the bars and a phone's first screen of text
PAUSE_S = 0.06
FIGURES = {".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg"}


class SlowHandler(SiteHandler):
    """Sends the beginning of a page in pieces, as a network does: it is seen half there."""

    def copyfile(self, source: BinaryIO, outputfile: BinaryIO) -> None:
        """Pause between the first pieces of a page; send all else at once."""
        if urlsplit(self.path).path.endswith((".html", "/")):
            for piece in iter(lambda: source.read(PIECE), b""):
                outputfile.write(piece)
                outputfile.flush()
                time.sleep(PAUSE_S)
                if source.tell() >= BEGINNING:
                    break
        super().copyfile(source, outputfile)


@pytest.fixture(scope="session")
def seen() -> dict[str, Any]:
    """Return what Chromium saw on every page, in one start."""
    chromium = need_chromium(
        "the pages in a browser (scripts, contrast, screen readers, phone width, search)"
    )
    # The heaviest first, so that none of the two that are open at a time is left over.
    largest_first = sorted(pages(), key=lambda page: page.path.stat().st_size, reverse=True)
    names = [page.name for page in largest_first]
    words = ["padding", "issue", *NAMED]  # the second stands in a page's buttons, too
    script = Path(__file__).with_name("browser.mjs")
    with browser.running(make_server(SITE, handler=SlowHandler)) as base:
        report: dict[str, Any] = json.loads(
            browser.drive(
                script,
                base,
                chromium,
                pages=names,
                wide=SOME_OF_EACH_KIND,
                search=words,
                tabs=KEYBOARD,
            )
        )
    return report


def visits(seen: dict[str, Any]) -> dict[str, Any]:
    """Return every visit by what it was: a page, a page without scripts, a search."""
    visited = dict(seen["pages"])
    visited |= {f"{name} (without scripts)": visit for name, visit in seen["plain"].items()}
    return visited | {f"search for {words!r}": visit for words, visit in seen["search"].items()}


def test_no_visit_asks_another_host(seen):
    faults = [f"{name}: {url}" for name, visit in visits(seen).items() for url in visit["foreign"]]
    assert_none(faults, "Requests to another host:")


def test_no_visit_logs_an_error(seen):
    faults = [f"{name}: {line}" for name, visit in visits(seen).items() for line in visit["errors"]]
    assert_none(faults, "Errors in the browser's console:")


def test_formulas_are_seen(seen):
    faults = []
    for name, visit in seen["pages"].items():
        found, plain = visit["formulas"], seen["plain"][name]["formulas"]
        if found["visible"] != found["present"] or (found["present"] and not found["font"]):
            faults.append(f"{name}: {found}")
        if (plain > 0) != (found["present"] > 0):
            faults.append(f"{name}: {plain} formulas without scripts, {found['present']} with them")
    assert_none(faults, "Formulas that nobody sees, or that lack their fonts:")


def test_no_page_scrolls_sideways(seen):
    faults = [
        f"{name} at {width} px: {what}"
        for name, visit in seen["pages"].items()
        for width, what in visit["sideways"].items()
        if what
    ]
    assert_none(faults, "Pages wider than the window:")


def test_nothing_jumps_while_a_page_loads(seen):
    shifts = {name: visit["shifts"] for name, visit in seen["pages"].items()}
    report = [f"{name}: {shift['sum']:.3f} {shift['moved']}" for name, shift in shifts.items()]
    print("\n".join(["", *sorted(report)]))
    sums = [shift["sum"] for shift in shifts.values()]
    faults = [line for line, moved in zip(report, sums, strict=True) if moved > LARGEST_SHIFT]
    assert_none(faults, f"On a phone, parts of a page may move by {LARGEST_SHIFT} (CLS):")


def test_axe_finds_nothing(seen):
    """On each page in a narrow window; in a wide one on one page of each kind, weekly on all."""
    wide = [visit for visit in seen["pages"].values() if "1280 px, dark" in visit["axe"]]
    assert len(wide) == len(SOME_OF_EACH_KIND)
    faults = [
        f"{name} at {mode}: {line}"
        for name, visit in seen["pages"].items()
        for mode, lines in visit["axe"].items()
        for line in lines
    ]
    assert_none(faults, "Hurdles for readers with a disability (axe):")


def test_colours_of_the_text_do_not_depend_on_the_width(seen):
    """So axe looks at them on the phone, and in a wide window at those around the text."""
    faults = [
        f"{name} at {mode}: {other}"
        for name, visit in seen["pages"].items()
        for mode, other in visit["colours"].items()
        if other and name != "search.html"  # its text stands in no article
    ]
    assert_none(faults, "Texts that have other colours in another window:")


@pytest.mark.parametrize("page", KEYBOARD)
def test_the_keyboard_reaches_controls_and_shows_where_it_is(seen, page):
    stops = seen["tabs"][page]["stops"]
    words = [stop["words"] for stop in stops]
    assert words[:1] == ["Skip to main content"], f"{page}: the first stops are {words[:3]}"
    faults = [f"{page}: {stop['words']!r}" for stop in stops if not stop["visible"]]
    assert_none(faults, "Where the keyboard is cannot be seen:")
    for control in ("Search", "Color mode", "How this book checks itself"):
        assert any(control in word for word in words), f"{page}: no way to {control!r}: {words}"


def test_every_page_can_be_read_without_scripts(seen):
    faults = []
    for name, visit in seen["plain"].items():
        if not visit["title"] or visit["letters"] < 40:
            faults.append(f"{name}: title visible: {visit['title']}, {visit['letters']} letters")
        if visit["buttons"]:
            faults.append(f"{name}: {visit['buttons']} buttons that need scripts are shown")
    assert_none(faults, "Without JavaScript:")


def test_a_tooltip_points_at_its_button(seen):
    tooltip = seen["tooltip"]
    assert tooltip["words"]
    seen_sides = [colour for colour in tooltip["colours"] if colour != "rgba(0, 0, 0, 0)"]
    assert len(seen_sides) == 1, "a rule of the theme that is used was left out"


@pytest.mark.parametrize("page", ["notebooks/01_convolution.html", "book/pages/glossary.html"])
def test_search_finds_padding(seen, page):
    found = [
        urlsplit(link).path.removeprefix(book_path()) for link in seen["search"]["padding"]["links"]
    ]
    assert page in found, f"A search for 'padding' should find {page}, it finds {found}"


@pytest.mark.parametrize("words", NAMED)
def test_search_says_what_the_book_calls_it(seen, words):
    assert seen["search"][words]["named"] == NAMED[words]


def test_search_results_quote_the_text(seen):
    texts = [text for search in seen["search"].values() for text in search["texts"]]
    assert seen["search"]["issue"]["texts"], "A search for 'issue' should find a page"
    faults = [text for text in texts if re.search(r"Suggest edit|Open issue", text)]
    faults += [text for text in texts if RAW_FORMULA.search(text)]
    assert_none(faults, "Search results that quote buttons or raw formulas:")


def weights(seen: dict[str, Any], figures: bool) -> dict[str, float]:
    """Return how many KiB each page fetches, compressed, with its figures or without."""
    found = {}
    for name, visit in seen["pages"].items():
        paths = {urlsplit(url).path.removeprefix(book_path()) for url in visit["requests"]}
        files = [SITE / path for path in paths if figures or Path(path).suffix not in FIGURES]
        found[name] = sum(zipped_bytes(file) for file in files if file.is_file()) / 1024
    return found


@pytest.mark.parametrize(
    ("figures", "budget_kib"), [(False, BUDGET_KIB), (True, BUDGET_WITH_FIGURES_KIB)]
)
def test_no_page_is_heavy_in_the_browser(seen, figures, budget_kib):
    found = weights(seen, figures)
    report = [f"{name}: {kib:.0f} KiB" for name, kib in found.items()]
    print("\n".join(["", *sorted(report)]))
    faults = [line for line, kib in zip(report, found.values(), strict=True) if kib > budget_kib]
    which = "with" if figures else "without"
    assert_none(faults, f"Fetched, compressed, {which} figures; {budget_kib} KiB are allowed:")
