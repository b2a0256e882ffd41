"""Ticks stay in the reader's browser and can be cleared; cards come until all are known."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from built_site import SITE, need_chromium

from tools import browser
from tools.serve import make_server


@pytest.fixture(scope="module")
def seen() -> dict[str, Any]:
    """Return what one run through the browser saw."""
    chromium = need_chromium("ticked exercises and flash cards")
    with browser.running(make_server(SITE)) as base:
        printed = browser.drive(Path(__file__).with_name("study.mjs"), base, chromium)
    report: dict[str, Any] = json.loads(printed)
    return report


def names(*numbers: int) -> list[str]:
    """Return the names of exercises of chapter 2."""
    return [f"exercise-02_pooling-{number}" for number in numbers]


def test_scripts_run_without_an_error(seen):
    assert seen["errors"] == []


def test_a_tick_is_kept_and_counted(seen):
    assert seen["first"]["done"] == []
    assert not seen["first"]["clear"]
    assert seen["ticked"]["done"] == names(3, 5)
    assert seen["ticked"]["words"].startswith(f"2 of {seen['ticked']['boxes']} ticked")
    assert seen["collected"]["done"] == names(3, 5)
    assert seen["collected"]["boxes"] > seen["ticked"]["boxes"]


def test_a_tick_shows_in_other_windows(seen):
    assert seen["elsewhere"]["done"] == names(5)


def test_clearing_a_chapter_leaves_the_others(seen):
    assert seen["cleared"]["done"] == []
    assert not seen["cleared"]["clear"]
    assert seen["others"]["done"] == ["exercise-01_convolution-1"]


def test_nothing_is_left_behind_when_all_is_cleared(seen):
    assert seen["kept"] == []


def test_a_spoilt_or_missing_memory_only_forgets(seen):
    assert seen["nonsense"]["done"] == []
    assert seen["nonsense"]["boxes"] == seen["collected"]["boxes"]
    assert seen["forgetful"]["done"] == names(1)


def test_cards_come_one_at_a_time_closed_and_keep_the_keyboard(seen):
    deck = seen["deck"]
    views = [deck[name] for name in ("first", "second", "third", "later")]
    assert [len(view["shown"]) for view in views] == [1] * 4
    assert [view["open"] for view in views] == [0] * 4
    assert deck["opened"]["open"] == 1
    assert deck["second"]["focus"] == deck["second"]["shown"][0] != deck["first"]["shown"][0]
    assert deck["third"]["shown"] != deck["second"]["shown"]
    assert deck["first"]["buttons"] == ["I knew it", "Ask me again"]


def test_what_was_known_is_remembered_and_not_asked_again(seen):
    deck = seen["deck"]
    total = int(re.search(r"of (\d+) known", deck["first"]["words"])[1])
    assert deck["later"]["words"].startswith(f"1 of {total} known")
    assert len(deck["order"]) == len(set(deck["order"])) == total - 1
    assert deck["first"]["shown"][0] not in deck["order"]
    assert deck["second"]["shown"][0] in deck["order"]
    assert deck["order"] != sorted(deck["order"])
    assert deck["end"]["words"] == f"You know all {total} words."
    assert deck["end"]["buttons"] == ["Start over"]
    assert deck["over"]["words"].startswith("0 of")


def test_paper_and_readers_without_scripts_get_all_cards(seen):
    total = len(seen["deck"]["order"]) + 1
    assert seen["deck"]["paper"] == seen["deck"]["plain"] == total
