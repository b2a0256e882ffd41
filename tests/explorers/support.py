"""What the tests of all explorers need: a browser that uses one, and the Python that it shows."""

import contextlib
import io
import json
from pathlib import Path
from typing import Any

import pytest

from tools import browser
from tools.build_site import SITE
from tools.serve import make_server


def see(script: str, **task: Any) -> dict[str, Any]:
    """Run a script beside this file on the built site, and return what it saw."""
    chromium = browser.find()
    if chromium is None:
        pytest.skip(
            "NOT VERIFIED HERE: the explorers in a browser: there is no Chromium on the path, and"
            " CHROMIUM names none."
        )
    assert SITE.exists(), f"{SITE} is missing: `make book` builds it"
    path = Path(__file__).with_name(script)
    with browser.running(make_server(SITE)) as base:
        report: dict[str, Any] = json.loads(browser.drive(path, base, chromium, **task))
    return report


def run_snippet(code: str) -> tuple[dict[str, Any], str]:
    """Execute the Python that an explorer shows; return its names, and what it prints."""
    names: dict[str, Any] = {}
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(code, names)  # noqa: S102 (it is what readers are told to run)
    return names, printed.getvalue().strip()
