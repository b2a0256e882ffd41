"""The repositories that teachers and students copy: pinned, closed, with commands that exist."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tools import chapters

from .homework_commands import commands, refused

ROOT = chapters.ROOT
TEMPLATES = ROOT / "homework" / "templates"
WORKFLOWS = sorted(TEMPLATES.rglob("*.yml"))
PIN = re.compile(r"uses: (?P<action>[\w./-]+)@(?P<sha>[0-9a-f]{40}) # (?P<version>v\d+\.\d+\.\d+)")
NOT_IN_OURS = {"actions/download-artifact"}


def read(path: Path) -> dict[Any, Any]:
    content = yaml.safe_load(path.read_text("utf-8"))
    assert isinstance(content, dict)
    return content


def steps(path: Path) -> list[dict[str, Any]]:
    return [step for job in read(path)["jobs"].values() for step in job["steps"]]


@pytest.fixture(params=WORKFLOWS, ids=lambda path: path.stem)
def workflow(request: pytest.FixtureRequest) -> Path:
    return request.param


def test_there_is_one_for_students_and_one_for_teachers():
    assert {path.parents[2].name for path in WORKFLOWS} == {
        "student-repository",
        "teacher-repository",
    }


def test_actions_are_pinned_as_ours_are(workflow):
    ours = {}
    for path in (ROOT / ".github" / "workflows").glob("*.yml"):
        ours |= {pin["action"]: pin[0] for pin in PIN.finditer(path.read_text("utf-8"))}
    text = workflow.read_text("utf-8")
    pins = {pin["action"]: pin[0] for pin in PIN.finditer(text)}
    assert text.count("uses:") == len(PIN.findall(text)), "an action without a commit and a version"
    for action, pin in pins.items():
        assert ours.get(action, pin) == pin
        assert action in ours or action in NOT_IN_OURS


def test_a_workflow_may_read_and_nothing_else(workflow):
    content = read(workflow)
    assert content["permissions"] == {"contents": "read"}
    assert "pull_request_target" not in workflow.read_text("utf-8")
    for job in content["jobs"].values():
        assert "permissions" not in job
        assert job["runs-on"] == "ubuntu-24.04"
        assert job["timeout-minutes"] <= 120
    checkouts = [step for step in steps(workflow) if "actions/checkout@" in step.get("uses", "")]
    assert checkouts
    assert all(step["with"] == {"persist-credentials": False} for step in checkouts)


def test_no_text_from_elsewhere_becomes_a_part_of_a_script(workflow):
    for step in steps(workflow):
        assert "${{" not in step.get("run", ""), "pass it by the environment"


def test_secrets_stay_away_from_answers(workflow):
    """A secret is in the environment of one step, and that step starts no answer."""
    content = read(workflow)
    assert "secrets." not in str({**content, "jobs": None})
    for job in content["jobs"].values():
        assert "secrets." not in str({**job, "steps": None})
        for step in job["steps"]:
            if "secrets." in str(step):
                assert set(step) == {"name", "env", "run"}
                assert "cnnutils" not in step["run"]
        if "cnnutils.homework grade" in str(job):
            assert "SUBMISSIONS_TOKEN" not in str(job)


def test_commands_exist():
    texts = {path: path.read_text("utf-8") for path in TEMPLATES.rglob("*.[my]*") if path.is_file()}
    assert {"check.yml", "grade.yml", "README.md"} <= {path.name for path in texts}
    used = {arguments[0] for text in texts.values() for arguments in commands(text)}
    assert used == {"check", "grade", "release", "selfcheck"}
    assert {path.name: refused(text) for path, text in texts.items() if refused(text)} == {}


def test_the_package_is_installed_at_a_version(workflow):
    installs = [step["run"] for step in steps(workflow) if "pip install" in step.get("run", "")]
    assert installs
    assert all(re.search(r"git\+https://\S+@v\d+\.\d+\.\d+\"$", line) for line in installs)


def test_the_readme_of_a_template_names_what_is_there():
    for readme in TEMPLATES.glob("*/README.md"):
        for name in re.findall(r"^\| `([^`]+)` \|", readme.read_text("utf-8"), re.MULTILINE):
            assert (readme.parent / name).is_file(), f"{readme}: no {name}"


def test_nobody_commits_a_seed_or_grades():
    ignored = (TEMPLATES / "teacher-repository" / ".gitignore").read_text().split()
    assert {"/seed", "/grades/", "/submissions/"} <= set(ignored)
