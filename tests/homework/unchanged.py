"""Which assignments were verified as they are now: `make test` leaves them out, CI does not.

A pytest plugin for `test_assignments.py`. What it remembers lies in _build/, with the hash of all
that decides how the tests come out; it is written when every test of an assignment has passed.
`HOMEWORK=all` (`make homework-all`) and `CI=true` try every assignment.
"""

import hashlib
import json
import os
import re
import sys

import pytest

from tools import record
from tools.chapters import ROOT

FILE = ROOT / "_build" / "homework.json"
TEST = re.compile(r"test_assignments\.py::(\w+)\[(\w+)\]")
UNCHANGED = "has not changed since it was verified; `make homework-all` tries it all the same"


def is_everything_wanted():
    """Whether assignments that have not changed are tried too."""
    return os.environ.get("CI") == "true" or os.environ.get("HOMEWORK") == "all"


def fingerprint(folder, root=ROOT):
    """Hash of an assignment, its release, the engine, its tests and the packages."""
    files = [root / "requirements.lock", root / "homework" / "release" / f"{folder.name}.ipynb"]
    for place in (folder, root / "cnnutils" / "homework", root / "tests" / "homework"):
        files += sorted(path for path in place.rglob("*") if path.suffix in (".py", ".md"))
    digest = hashlib.sha256(sys.version.encode())
    for file in files:
        digest.update(f"{file.relative_to(root)}\0".encode() + file.read_bytes())
    return digest.hexdigest()


def read(file=FILE):
    """Return what is remembered: assignment → fingerprint, and what its tests wrote down."""
    try:
        return dict(json.loads(file.read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError):
        return {}


def remember(outcomes, properties, file=FILE, root=ROOT):
    """Add the assignments of which every test has passed, and forget those of which one has not.

    Args:
        outcomes: assignment → {test: outcome} of the tests that ran.
        properties: assignment → what its tests wrote down for the site.
        file: where it is remembered.
        root: of the checkout.
    """
    remembered = read(file)
    for name, seen in outcomes.items():
        if set(seen.values()) != {"passed"}:
            remembered.pop(name, None)
        elif set(seen) == _all_tests(name):
            remembered[name] = {
                "fingerprint": fingerprint(root / "homework" / name, root),
                "properties": properties.get(name, {}),
            }
    file.parent.mkdir(exist_ok=True)
    partial = file.with_suffix(".partial")
    partial.write_text(json.dumps(remembered, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    os.replace(partial, file)


def pytest_collection_modifyitems(items):
    """Leave out what has not changed since all of its tests passed."""
    if is_everything_wanted():
        return
    unchanged = {
        name
        for name, known in read().items()
        if known["fingerprint"] == fingerprint(ROOT / "homework" / name)
    }
    for item in items:
        found = TEST.search(item.nodeid)
        if found and found[2] in unchanged:
            item.add_marker(pytest.mark.skip(reason=f"{found[2]} {UNCHANGED}"))


def pytest_terminal_summary(terminalreporter, config):
    """Remember what has passed; of what was left out, hand on what its tests once wrote down."""
    if hasattr(config, "workerinput"):
        return
    outcomes, properties, left_out = {}, {}, set()
    for kind in ("passed", "failed", "error", "skipped"):
        for report in terminalreporter.stats.get(kind, []):
            found = TEST.search(report.nodeid)
            if not found:
                continue
            test, name = found.groups()
            if kind == "skipped" and UNCHANGED in str(report.longrepr):
                left_out.add(name)
                continue
            outcomes.setdefault(name, {})[test] = kind
            properties.setdefault(name, {}).update(report.user_properties)
    if outcomes:
        remember(outcomes, properties)
    if record.is_wanted():
        for name in left_out:
            record.update(**read()[name]["properties"])


def _all_tests(assignment):
    from tests.homework import test_assignments

    return {
        name
        for name, test in vars(test_assignments).items()
        if name.startswith("test_")
        and any(assignment in mark.kwargs.get("ids", ()) for mark in test.pytestmark)
    }
