"""What every explorer keeps to: without scripts, late, in the dark, on a phone, small."""

import gzip
import importlib
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.explorers.support import see
from tools.build_site import ROOT, SITE
from tools.explorers.files import KINDS

# Of each explorer the states that show most.
STATES = {
    "boxes": ["?scene=two&step=2", "?scene=tall"],
    "pooling": ["?kind=average&window=3&padding=same&shift=1,1", "?picture=line&window=6"],
    "receptive": ["?layers=pooled&cell=2", "?layers=7/3/1,7/3/1,3/1/4"],
    "digit": ["", "?layer=C5&map=13"],
    "gram": ["", "?style=level&other=paint-square&steps=20"],
    "inception": ["", "?module=5b&narrow3=none&narrow5=64"],
    "network": ["?layers=vgg16&open=15", "?input=28-30-1&layers=conv-6-5,dense-10,mean&open=2"],
    "mobilenet": ["", "?alpha=0.5&picture=160&window=7"],
    "residual": ["?depth=64&norm=yes&scale=1", "?last=zero&layer=0"],
    "convolution": [
        "?picture=digit&kernel=laplacian&padding=2&cell=4,4",
        "?picture=line&dilation=2",
    ],
    "triplets": ["?points=90,130,100", "?scene=mixed"],
}
OWN_BUDGET, SHARED_BUDGET = 9 * 1024, 4 * 1024  # code of an explorer, and of all, compressed
DATA_BUDGET = 30 * 1024  # of an explorer, as it lies on the disk
IMPORTED = re.compile(r'from "(\./[\w./-]+|\.\./[\w./-]+)"')


@pytest.fixture(scope="module")
def report() -> dict[str, Any]:
    """Return what one run through the browser saw."""
    pages = SITE / "book" / "pages"
    for kind in KINDS:
        assert (pages / f"explorer_{kind}.html").exists(), f"no page of {kind}: run `make book`"
    return see("every_explorer.mjs", kinds=STATES, folder=pages.as_uri())


@pytest.fixture(params=KINDS)
def kind(request) -> str:
    """Return one explorer's name after the other."""
    name: str = request.param
    return name


@pytest.fixture
def seen(report, kind) -> dict[str, Any]:
    """Return what was seen of it."""
    view: dict[str, Any] = report["kinds"][kind]
    return view


def test_the_browser_logs_no_error(report):
    assert report["errors"] == []


def test_every_explorer_is_known_to_the_build():
    sys.path.insert(0, str(ROOT / "site" / "ext"))
    try:
        known = importlib.import_module("explorer").KINDS
    finally:
        sys.path.remove(str(ROOT / "site" / "ext"))
    assert KINDS == sorted(known) == sorted(STATES)


@pytest.mark.parametrize("where", ["plain", "disk"])
def test_without_scripts_the_picture_stands_in(seen, where):
    view = seen[where]
    assert not view["live"]
    assert view["picture"]
    assert len(view["alt"]) > 40
    assert view["alt"].endswith("."), "MyST takes only the first line of :alt:"
    assert "needs JavaScript" in view["words"]


def test_it_wakes_late_and_for_the_printer(seen):
    assert seen["lazy"]["before"] == seen["lazy"]["buttons"] == 0


def test_the_keyboard_keeps_its_place_when_it_wakes(seen):
    assert seen["lazy"]["focus"] in {"input", "select"}


def test_nothing_jumps_when_it_wakes(seen):
    assert seen["shift"]["wide"] <= 0.02, seen["shift"]
    assert seen["shift"]["phone"] <= 0.02, seen["shift"]


def test_axe_finds_nothing_in_any_mode(seen, kind):
    assert len(seen["axe"]) == 4 * len(STATES[kind])
    assert {mode: found for mode, found in seen["axe"].items() if found} == {}


def test_dark_mode_reaches_it(seen):
    light, dark = seen["colours"]["light"], seen["colours"]["dark"]
    assert light[1] == "rgb(255, 255, 255)"
    assert dark[1] == "rgb(18, 24, 31)"
    assert light[0] != dark[0]


def test_a_phone_shows_it_without_scrolling_sideways(seen):
    assert max(seen["sideways"]) <= 0


def loaded(module: Path) -> set[Path]:
    """Return a module and all that it imports."""
    code = module.read_text("utf-8")
    others = [loaded((module.parent / name).resolve()) for name in IMPORTED.findall(code)]
    return {module.resolve()}.union(*others)


def weight(modules: set[Path]) -> int:
    """Return how many bytes travel."""
    return sum(len(gzip.compress(module.read_bytes(), 6)) for module in modules)


def test_the_code_is_small(kind):
    folder = (SITE / "_static" / "explorers").resolve()
    trees = {name: loaded(folder / f"{name}.mjs") for name in KINDS}
    shared = set.intersection(*trees.values()) | {folder / "index.mjs"}
    assert len(shared) >= 3
    assert len(trees[kind] - shared) >= 2
    assert weight(shared) <= SHARED_BUDGET
    assert weight(trees[kind] - shared) <= OWN_BUDGET
    data = (folder / "data").glob(f"{kind}.*")
    assert sum(file.stat().st_size for file in data) <= DATA_BUDGET


def test_only_pages_with_an_explorer_load_it():
    for path in SITE.rglob("*.html"):
        html = path.read_text("utf-8")
        wanted = '<div class="explorer ' in html
        assert wanted == ("explorers/index.mjs" in html) == ("explorers/page.css" in html), path
