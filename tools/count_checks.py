"""A pytest plugin that counts the checks of a whole verification, for the site to show."""

from collections import Counter

import pytest

from tools import record

JUDGED = "statements of the claims ledger"
GROUPS = {
    "claims": JUDGED,  # counted by tools/ledger.py, which judges them
    "cnnutils": "doctests of the package",
    "tests/cnnutils": "tests of the package",
    "tests/contract": "contracts between texts, notebooks and numbers",
    "tests/tools": "tests of the checking tools",
    "tests/test_conftest.py": "tests of the rules for tests",
    "tests/homework": "tests of the homework and its grader",
    "tests/explorers": "tests of the explorers",
    "tests/site": "tests of the site",
    "tests/canaries": "canaries: copies broken on purpose that went red",
}


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, exitstatus: int, config: pytest.Config
) -> None:
    """Record how many checks of each group passed; a red session erases the record."""
    if not record.is_wanted() or hasattr(config, "workerinput"):
        return
    if exitstatus != 0:
        record.remove()
        return
    counts: Counter[str] = Counter()
    for report in terminalreporter.stats.get("passed", []):
        folder = "/".join(report.nodeid.split("::")[0].split("/")[:2])
        name = GROUPS.get(folder) or GROUPS.get(folder.split("/")[0])
        if name and "unbroken" not in report.nodeid:  # the control of the canaries is none itself
            counts[name] += 1
        for key, value in report.user_properties:  # what a test wrote down for the site
            record.update(**{key: value})
    if counts:
        record.update(checks=dict(counts), ran=dict.fromkeys(counts, record.now()))
