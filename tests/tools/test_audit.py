"""Known weaknesses are told as lines; when they cannot be looked up, that is said."""

import json
import subprocess

import pytest

from tools import audit

REPORT = {
    "dependencies": [
        {"name": "a", "version": "1", "vulns": [{"id": "CVE-1", "fix_versions": ["1.1", "2"]}]},
        {"name": "b", "version": "2", "vulns": []},
        {"name": "c", "version": "3", "vulns": [{"id": "CVE-2", "fix_versions": []}]},
        {"name": "d", "skip_reason": "not found"},
    ]
}


@pytest.fixture
def look_up(tmp_path, monkeypatch):
    """Look up with a program that writes this report, or none, and ends with this status."""
    monkeypatch.setattr(audit, "FOUND", tmp_path / "found.json")

    def run(report, status=0, words=""):
        def program(command, **_):
            if report is not None:
                audit.FOUND.write_text(json.dumps(report))
            return subprocess.CompletedProcess(command, status, "", words)

        monkeypatch.setattr(subprocess, "run", program)
        return audit.look_up(tmp_path)

    return run


def test_each_weakness_is_a_line(look_up):
    # pip-audit ends with 1 when it found something
    assert look_up(REPORT, status=1) == [
        "a 1: CVE-1, mended in 1.1, 2",
        "c 3: CVE-2, not mended yet",
    ]
    assert look_up({"dependencies": []}) == []


def test_an_old_report_does_not_stand_for_a_new_one(look_up):
    look_up(REPORT, status=1)
    with pytest.raises(SystemExit, match="could not be looked up: ConnectionError: no route"):
        look_up(None, status=1, words="Traceback\nConnectionError: no route")


def test_the_tools_are_locked_with_hashes_and_without_addresses():
    lock = audit.TOOLS.read_text("utf-8")
    packages = [line for line in lock.splitlines() if "==" in line and not line.startswith(" ")]
    assert {"cyclonedx-bom", "pip-audit"} <= {line.split("==")[0] for line in packages}
    assert all(line.endswith("\\") for line in packages)  # a hash follows
    assert "://" not in lock
