"""The claims ledger shows what running its checks found, and can be filtered."""

import json
from pathlib import Path
from typing import Any

import pytest
from built_site import SITE, need_chromium, pages

from tools import browser, ledger
from tools.serve import make_server


@pytest.fixture(scope="module")
def judged() -> list[dict[str, Any]]:
    """Return what the last run of the checks wrote."""
    found: list[dict[str, Any]] = json.loads(ledger.LEDGER.read_text("utf-8"))["claims"]
    return found


@pytest.fixture(scope="module")
def shown() -> dict[str, Any]:
    """Return the ledger's rows on the page, by their names."""
    (page,) = [page for page in pages() if page.name == "book/pages/ledger.html"]
    return {row["id"]: row for row in page.soup.select("table.ledger tbody tr")}


@pytest.fixture(scope="module")
def seen() -> dict[str, Any]:
    """Return what one run through the browser saw."""
    chromium = need_chromium("the filter of the claims ledger")
    with browser.running(make_server(SITE)) as base:
        printed = browser.drive(Path(__file__).with_name("ledger.mjs"), base, chromium)
    report: dict[str, Any] = json.loads(printed)
    return report


def test_every_judged_statement_stands_there_with_its_verdict(judged, shown):
    assert judged
    verdicts = {name: row.select_one(".verdict strong").text for name, row in shown.items()}
    assert verdicts == {one["label"].lower(): one["verdict"] for one in judged}


def test_a_statement_shows_what_its_check_found(judged, shown):
    for one in judged:
        row = shown[one["label"].lower()]
        items = [(item["class"], item.text.strip()) for item in row.select("details li")]
        assert [mark for mark, _ in items] == [
            ["agrees" if case["agrees"] else "differs"] for case in one["cases"]
        ]
        for (_, text), case in zip(items, one["cases"], strict=True):
            assert text.endswith(f"stated {case['says']}, found {case['finds']}"), one["label"]


def test_a_source_stands_there_with_its_numbers_and_with_what_was_read(judged, shown):
    cited = [one for one in judged if one["source"]]
    assert cited
    for one in cited:
        text = " ".join(shown[one["label"].lower()].text.split())
        for link in ledger.ADDRESS.finditer(one["source"]):
            number = f"DOI {link['doi']}" if link["doi"] else f"arXiv {link['arxiv']}"
            assert f"{link['name']} ({number})" in text, one["label"]
        assert f"Read: {one['read']}." in text, one["label"]


def names(judged: list[dict[str, Any]], **wanted: str) -> list[str]:
    """Return the names of the judged statements that have these properties, sorted."""
    return sorted(
        one["label"].lower()
        for one in judged
        if all(one[key] == value for key, value in wanted.items())
    )


def test_scripts_run_without_an_error(seen):
    assert seen["errors"] == []


def test_all_is_shown_at_first_and_without_the_script(seen, judged):
    assert sorted(seen["first"]["rows"]) == names(judged)
    assert seen["first"]["words"] == f"{len(judged)} of {len(judged)} statements"
    assert not seen["first"]["all"]
    assert sorted(seen["without"]["rows"]) == names(judged)
    assert seen["without"]["words"] is None


def test_verdicts_and_topics_are_chosen(seen, judged):
    wrong = names(judged, verdict="wrong")
    assert sorted(seen["wrong"]["rows"]) == wrong
    assert seen["wrong"]["words"] == f"{len(wrong)} of {len(judged)} statements"
    assert sorted(seen["topic"]["rows"]) == names(judged, verdict="wrong", topic="detection")
    assert seen["topic"]["topics"] == ["detection"]


def test_a_choice_can_be_sent_and_cleared(seen, judged):
    assert seen["topic"]["address"] == "?verdict=wrong&topic=detection"
    assert seen["sent"]["rows"] == seen["topic"]["rows"]
    assert sorted(seen["cleared"]["rows"]) == names(judged)
    assert seen["cleared"]["address"] == ""


def test_words_are_looked_for_in_any_order_and_case(seen):
    assert seen["words"]["rows"] == seen["matching"]
    assert 0 < len(seen["matching"]) < len(seen["cleared"]["rows"])


def test_when_nothing_fits_it_says_what_to_do(seen):
    assert seen["nothing"]["rows"] == []
    assert seen["nothing"]["words"].startswith("No statement fits. Show more verdicts")
    assert seen["nothing"]["all"]
    assert seen["entered"] == seen["nothing"]


def test_a_link_to_a_statement_shows_it(seen, judged):
    assert sorted(seen["led"]["rows"]) == names(judged)


def test_an_address_that_means_nothing_shows_all(seen, judged):
    assert sorted(seen["nonsense"]["rows"]) == names(judged)


def test_on_a_phone_each_cell_has_the_width_of_the_page(seen):
    assert seen["phone"] > 0.9
