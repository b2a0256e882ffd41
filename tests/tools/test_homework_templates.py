"""The workflows that teachers and students copy, carried out as far as no network is needed."""

import csv
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from cnnutils.homework.assignment import read_assignment
from cnnutils.homework.release import release
from tools import page_sessions
from tools.chapters import ROOT

TEMPLATES = ROOT / "homework" / "templates"
TEACHER, STUDENT = TEMPLATES / "teacher-repository", TEMPLATES / "student-repository"
TINY = ROOT / "tests" / "homework" / "tiny"
PACKAGE = 'python -m pip install --quiet "cnnutils'
GIT = {
    "GIT_AUTHOR_NAME": "a",
    "GIT_AUTHOR_EMAIL": "a@example.org",
    "GIT_COMMITTER_NAME": "a",
    "GIT_COMMITTER_EMAIL": "a@example.org",
    "GIT_CONFIG_GLOBAL": os.devnull,
}
RIGHT = """
# ANSWER q1 - keep this line
def windows(row, size):
    return np.array([row[i : i + size] for i in range(len(row) - size + 1)])
# ANSWER q2 - keep this line
def moving_average(row, size):
    return windows(row, size).mean(axis=1)
# ANSWER q3 - keep this line
number_of_windows = 8
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    with page_sessions.scratch() as folder:
        yield folder


@pytest.fixture(scope="module")
def tiny() -> str:
    return release(read_assignment(TINY))


def step(workflow: Path, name: str) -> str:
    """Return the script of a workflow's step."""
    content = yaml.safe_load(workflow.read_text("utf-8"))
    found = [s for job in content["jobs"].values() for s in job["steps"] if s.get("name") == name]
    assert len(found) == 1
    return str(found[0]["run"])


def carry_out(script: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a step as an ordinary user, with the shell and the options that a runner uses."""
    file = folder / "step.sh"
    file.write_text(script, "utf-8")
    return subprocess.run(
        page_sessions.as_ordinary_user(["bash", "-e", str(file)]),
        cwd=folder,
        env=page_sessions.environment() | variables,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def repository(place: Path, **files: str) -> str:
    """Make a repository with one commit, and return its address."""
    git = ["git", "-C", str(place)]
    place.mkdir(parents=True)
    subprocess.run(["git", "init", "--quiet", str(place)], env=os.environ | GIT, check=True)
    for name, text in files.items():
        path = place / name.replace("__", ".")
        if text.startswith("->"):
            path.symlink_to(text[2:])
        else:
            path.write_text(text, "utf-8")
    if files:
        subprocess.run([*git, "add", "."], env=os.environ | GIT, check=True)
        subprocess.run([*git, "commit", "-qm", "x"], env=os.environ | GIT, check=True)
    return place.as_uri()


def collect(folder: Path, **students: str) -> subprocess.CompletedProcess[str]:
    lines = [f"{name} {address}\n" for name, address in students.items()]
    (folder / "students.txt").write_text("# the class\n" + "".join(lines), "utf-8")
    command = [sys.executable, TEACHER / "collect.py", "students.txt", "tiny.ipynb", "submissions"]
    return subprocess.run(
        command,
        cwd=folder,
        env=os.environ | GIT | {"SUBMISSIONS_TOKEN": "a token"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def states(folder: Path) -> dict[str, str]:
    with (folder / "submissions" / "commits.csv").open() as file:
        return {row["student"]: row["state"] for row in csv.DictReader(file)}


def test_a_class_is_collected_and_graded(folder, tiny):
    """Both jobs, from repositories to grades: what a teacher starts with one click."""
    if shutil.which("bwrap") is None:
        pytest.skip("NOT VERIFIED HERE: the teachers' workflow: bubblewrap is not installed")
    repos = folder / "repositories"
    done = collect(
        folder,
        ada=repository(repos / "ada", tiny__ipynb=page_sessions.answered(tiny, RIGHT)),
        bob=repository(repos / "bob", tiny__ipynb=tiny),
        cleo=repository(repos / "cleo", README="nothing yet"),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert states(folder) == {"ada": "collected", "bob": "collected", "cleo": "not handed in"}

    shutil.copytree(TINY, folder / "homework" / "tiny")
    workflow = TEACHER / ".github" / "workflows" / "grade.yml"
    where = {"RUNNER_TEMP": str(folder), "ASSIGNMENT": "tiny"}
    seed = carry_out(step(workflow, "Write the seed"), folder, SEED="a private seed", **where)
    assert seed.returncode == 0, seed.stderr
    assert oct((folder / "seed").stat().st_mode & 0o777) == "0o600"
    grade = carry_out(step(workflow, "Grade"), folder, **where)
    assert grade.returncode == 0, grade.stdout + grade.stderr
    assert re.search(r"^ada +4/4  4/4  2/2  10/10$", grade.stdout, re.MULTILINE), grade.stdout
    assert re.search(r"^bob +0/4  0/4  0/2 +0/10  6 todo$", grade.stdout, re.MULTILINE)
    assert '"seed": "a private seed"' in (folder / "grades" / "ada" / "result.json").read_text()
    assert "private" not in (folder / "grades" / "ada" / "feedback.md").read_text()


def test_without_the_secret_nothing_is_graded(folder):
    workflow = TEACHER / ".github" / "workflows" / "grade.yml"
    done = carry_out(step(workflow, "Write the seed"), folder, SEED="", RUNNER_TEMP=str(folder))
    assert done.returncode == 1
    assert done.stdout == "The secret HOMEWORK_SEED is not set.\n"
    assert not (folder / "seed").exists()


def test_a_repository_that_cannot_be_fetched_is_no_zero_and_stops_no_other(tmp_path, tiny):
    done = collect(
        tmp_path,
        away=(tmp_path / "nowhere").as_uri(),
        ada=repository(tmp_path / "ada", tiny__ipynb=tiny),
    )
    assert done.returncode == 1
    assert states(tmp_path)["away"].startswith("not fetched: ")
    assert states(tmp_path)["ada"] == "collected"
    assert (tmp_path / "submissions" / "ada" / "tiny.ipynb").read_text("utf-8") == tiny


def test_of_a_repository_only_the_notebook_is_taken(tmp_path, tiny):
    """Neither a link nor a filter that git would run at a checkout reaches anything."""
    secret = tmp_path / "secret"
    secret.write_text("the seed")
    done = collect(
        tmp_path,
        link=repository(tmp_path / "link", tiny__ipynb=f"->{secret}"),
        empty=repository(tmp_path / "empty"),
        ada=repository(
            tmp_path / "ada", tiny__ipynb=tiny, other="x", __gitattributes="* text=crlf"
        ),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert states(tmp_path) == {
        "link": "not handed in",
        "empty": "not handed in",
        "ada": "collected",
    }
    files = [path for path in (tmp_path / "submissions").rglob("*") if path.is_file()]
    assert {path.name for path in files} == {"commits.csv", "tiny.ipynb"}
    assert "a token" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("ada", "a line should read: name address, and not: ada"),
        ("../ada https://example.org/a", "a line should read: name address, and not: ../ada"),
        ("ada --upload-pack=x", "a line should read: name address, and not: ada --upload-pack=x"),
        ("ada file:///a\nAda file:///b", "Ada stands there twice."),
        ("# nobody", "names no student."),
    ],
)
def test_a_wrong_list_of_students_is_named(tmp_path, line, message):
    (tmp_path / "students.txt").write_text(line)
    command = [sys.executable, TEACHER / "collect.py", "students.txt", "a.ipynb", "out"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert message in done.stderr


def test_students_see_their_visible_tests(folder, tiny):
    workflow = STUDENT / ".github" / "workflows" / "check.yml"
    summary = folder / "summary.md"
    (folder / "tiny.ipynb").write_text(tiny, "utf-8")
    done = carry_out(step(workflow, "Check"), folder, GITHUB_STEP_SUMMARY=str(summary))
    assert done.returncode == 1
    assert done.stdout.endswith("0 of 3 visible tests passed\n")
    assert summary.read_text().startswith("### tiny.ipynb\n~~~text\nq1: 0 of 2 visible points\n")
    (folder / "tiny.ipynb").write_text(page_sessions.answered(tiny, RIGHT), "utf-8")
    done = carry_out(step(workflow, "Check"), folder, GITHUB_STEP_SUMMARY=str(summary))
    assert done.returncode == 0
    assert done.stdout.endswith("3 of 3 visible tests passed\n")


def test_what_students_install_is_all_that_a_check_needs():
    """They take the package without what releasing and grading need besides."""
    hidden = "import sys; sys.modules.update(dict.fromkeys(['jupytext', 'pytest', 'nbformat']));"
    code = f"{hidden} from cnnutils.homework.__main__ import main; sys.exit(main(['check', 'x']))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (2, "x cannot be read: No such file or directory.\n")
    assert f"{PACKAGE} @" in step(STUDENT / ".github" / "workflows" / "check.yml", "Install")
    grading = step(TEACHER / ".github" / "workflows" / "grade.yml", "Install")
    assert f"{PACKAGE}[homework] @" in grading
