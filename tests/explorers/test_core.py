"""The explorers' arithmetic: node runs its tests, and they fail when a bug is planted."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tools.explorers.files import KINDS, PICTURES, VECTORS, made
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


@pytest.mark.parametrize("kind", KINDS)
def test_picture_and_vectors_are_those_that_the_tool_makes(kind):
    for file, make in made(kind).items():
        assert file.read_text("utf-8") == make(), (
            f"{file.name} is out of date: run `python -m tools.explorers {kind}`"
        )
        assert file.stat().st_size < 100 * 1024


def test_no_file_of_vectors_is_left_over():
    known = {file for kind in KINDS for file in made(kind)}
    assert {*VECTORS.iterdir(), *PICTURES.glob("explorer-*.svg")} == known
