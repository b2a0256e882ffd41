"""Lighthouse gives one page of each kind full marks for what can be fully right.

With ``LIGHTHOUSE=all``, each page is looked at, as it is once a week. Loading times depend on the
machine, so they are reported when asked for, and never judged:
``LIGHTHOUSE_PERFORMANCE=1 pytest -s tests/site/test_lighthouse.py``.
"""

import gzip
import io
import json
import os
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from built_site import SITE, need_chromium
from test_pages import assert_none

from tools import browser
from tools.serve import SiteHandler, make_server

ONE_OF_EACH_KIND = [
    "index.html",
    "notebooks/01_convolution.html",
    "book/pages/explorer_boxes.html",
    "book/pages/exercises.html",
    "book/pages/glossary.html",
]
TEMPLATES = {"search.html", "404.html"}  # no search engine shall find them, so SEO is not full
FILES = {file.relative_to(SITE).as_posix() for file in SITE.rglob("*.html")}
EVERY = sorted(name for name in FILES - TEMPLATES if not name.startswith("_static/"))
PAGES = EVERY if os.environ.get("LIGHTHOUSE") == "all" else ONE_OF_EACH_KIND
CATEGORIES = ["accessibility", "best-practices", "seo"]
TEXTS = {".html", ".css", ".js", ".svg", ".xml"}


class ZippingHandler(SiteHandler):
    """Compresses texts, as the hosts of static pages do."""

    def send_head(self) -> Any:
        file = Path(self.translate_path(self.path))
        file = file / "index.html" if file.is_dir() else file
        if file.suffix not in TEXTS or not file.is_file():
            return super().send_head()
        content = gzip.compress(file.read_bytes(), 6)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(file))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        body: BinaryIO = io.BytesIO(content)
        return body


@pytest.fixture(scope="module")
def verdicts() -> dict[str, Any]:
    """Return what Lighthouse says, in one start of Chromium, cut off from other hosts."""
    chromium = need_chromium("Lighthouse's accessibility, best practices and SEO")
    asked = ["performance"] if os.environ.get("LIGHTHOUSE_PERFORMANCE") else []
    script = Path(__file__).with_name("lighthouse.mjs")
    with browser.running(make_server(SITE, handler=ZippingHandler)) as base:
        printed = browser.drive(script, base, chromium, pages=PAGES, categories=CATEGORIES + asked)
    report: dict[str, Any] = json.loads(printed)
    for page, verdict in report["pages"].items():
        print(f"{page}: {verdict['scores']}")
    return report


@pytest.mark.parametrize("page", PAGES)
def test_lighthouse_gives_full_marks(verdicts, page):
    verdict = verdicts["pages"][page]
    assert not verdict.get("error"), f"{page}: Lighthouse broke off: {verdict['error']}"
    scores = {category: verdict["scores"][category] for category in CATEGORIES}
    full = dict.fromkeys(CATEGORIES, 1)
    assert scores == full, f"{page}: {scores}\n  " + "\n  ".join(verdict["faults"])


def test_lighthouse_asks_no_other_host(verdicts):
    assert_none(verdicts["foreign"], "Requests to another host:")
