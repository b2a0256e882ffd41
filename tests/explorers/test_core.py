"""The explorers' arithmetic: node runs its tests, and they fail when a bug is planted."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tools import explorer_pictures, export_explorers
from tools.node import NODE

ROOT = Path(__file__).resolve().parents[2]
MODULES = ROOT / "site" / "explorers"
TESTS = sorted(Path(__file__).parent.glob("*.test.mjs"))


def node_tests(folder: Path, tests: list[Path] = TESTS) -> subprocess.CompletedProcess[str]:
    """Run tests on a folder of modules."""
    return subprocess.run(
        [str(NODE), "--test", "--test-isolation=none", "--test-reporter=tap", *map(str, tests)],
        env=os.environ | {"EXPLORERS": str(folder)},
        capture_output=True,
        text=True,
        timeout=60,
    )


def bugs() -> list[tuple[str, str, str]]:
    """Read the list."""
    lines = Path(__file__).with_name("bugs.txt").read_text("utf-8").splitlines()
    return [tuple(map(str.strip, line.split("|"))) for line in lines if not line.startswith("#")]


def test_the_arithmetic_agrees_with_keras_and_with_cnnutils():
    run = node_tests(MODULES)
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-1000:]
    passed = int(re.search(r"# pass (\d+)", run.stdout)[1])
    assert passed > 180, f"node ran {passed} tests"


@pytest.mark.parametrize("bug", bugs(), ids=lambda bug: bug[1])
def test_a_planted_bug_is_caught(bug, tmp_path):
    module, old, new = bug
    shutil.copytree(MODULES / "core", tmp_path / "core")
    path = tmp_path / "core" / module
    code = path.read_text("utf-8")
    assert code.count(old) == 1, f"{module} should hold {old!r} once: mend bugs.txt"
    path.write_text(code.replace(old, new), "utf-8")
    run = node_tests(tmp_path, [Path(__file__).with_name(module.replace(".mjs", ".test.mjs"))])
    assert run.returncode != 0, f"nobody notices that {module} has {new!r} for {old!r}"
    assert "SyntaxError" not in run.stdout + run.stderr, "this bug does not even parse"


@pytest.mark.parametrize("name", export_explorers.FILES)
def test_the_vectors_are_those_that_the_tool_writes(name):
    file = export_explorers.FOLDER / name
    assert file.read_text("utf-8") == export_explorers.text(export_explorers.FILES[name]()), (
        f"{name} is out of date: run `python -m tools.export_explorers`"
    )
    assert file.stat().st_size < 100 * 1024


@pytest.mark.parametrize("name", explorer_pictures.PICTURES)
def test_the_pictures_are_those_that_the_tool_draws(name):
    drawn = (explorer_pictures.FOLDER / name).read_text("utf-8")
    assert drawn == explorer_pictures.PICTURES[name](), (
        f"{name} is out of date: run `python -m tools.explorer_pictures`"
    )
