"""For every test, doctest and notebook: the environment, and what could not be verified here.

A check that needs a program which may be missing skips with a reason that starts with
"NOT VERIFIED HERE: ". Such skips are listed at the end where nobody overlooks them, and with
CI=true they fail.

A test that cannot hold when Keras runs on another backend than TensorFlow says so with the marker
``differs``; on that backend it must then fail, so that no such marker outlives its reason.
"""

import os
import sys
from collections.abc import Generator

import hypothesis
import pytest

from tools import environment

pytest_plugins = ["tools.verify_notebooks", "tools.count_checks", "tests.homework.unchanged"]

environment.apply()  # here, at import: before any test module imports NumPy or Keras

# A test is wrong if it fails, not if a busy machine is slow.
hypothesis.settings.register_profile("unhurried", deadline=None)
hypothesis.settings.load_profile("unhurried")

MARK = "NOT VERIFIED HERE: "


@pytest.fixture(autouse=True)
def seeded() -> None:
    """Begin every test with the same random numbers, whatever ran before it."""
    keras = sys.modules.get("keras")  # a test that draws weights has imported it
    if keras is not None:
        keras.utils.set_random_seed(1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Expect the tests to fail that are marked as different on this backend."""
    backend = os.environ["KERAS_BACKEND"]
    for item in items:
        for mark in item.iter_markers("differs"):
            if backend in mark.args:
                item.add_marker(pytest.mark.xfail(reason=mark.kwargs["reason"], strict=True))


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str | None:
    """Return what was not verified if the report is such a skip."""
    if not report.skipped or not isinstance(report.longrepr, tuple):
        return None
    reason = str(report.longrepr[2]).removeprefix("Skipped: ")
    return reason.removeprefix(MARK) if reason.startswith(MARK) else None


def _fail_in_ci(report: pytest.TestReport | pytest.CollectReport) -> None:
    reason = _reason(report)
    if reason is not None and os.environ.get("CI") == "true":
        report.outcome = "failed"
        report.longrepr = f"{MARK}{reason} (with CI=true this is a failure)"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Skips of a test, whether by a mark or from within."""
    report = yield
    _fail_in_ci(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Skips of a whole module."""
    report = yield
    _fail_in_ci(report)
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name, loudly and last, everything that this run did not verify."""
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = sorted({reason for report in skipped if (reason := _reason(report)) is not None})
    if not reasons:
        return
    terminalreporter.section("NOT VERIFIED HERE", sep="!", red=True, bold=True)
    for reason in reasons:
        terminalreporter.line(f"  - {reason}", red=True)
    terminalreporter.line("With CI=true each of these is a failure.", red=True)
