"""A copy of the checkout that may be broken, and the commands that must then go red."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import jupytext
import nbformat
import pytest

from tools import chapters

CHAPTER = "01_convolution"
PYTEST = [sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", "--color=no"]


@dataclass
class Checkout:
    """A copy of the repository, with what a canary needs to break it and to look at the result."""

    root: Path

    @property
    def text(self) -> Path:
        return self.root / "book" / f"{CHAPTER}.md"

    @property
    def notebook_path(self) -> Path:
        return self.root / "notebooks" / f"{CHAPTER}.ipynb"

    def replace(self, file: str, old: str, new: str) -> None:
        """Replace a text that must be there: a canary that breaks nothing proves nothing."""
        path = self.root / file
        content = path.read_text()
        assert old in content, f"the canary looks for a text that {file} no longer has: {old}"
        path.write_text(content.replace(old, new, 1))

    def notebook(self) -> chapters.Notebook:
        return chapters.read(self.notebook_path)

    def save(self, notebook: chapters.Notebook) -> None:
        nbformat.write(notebook, self.notebook_path)

    def edit_text(self, old: str, new: str, *, rehash: bool = True) -> None:
        """Change the text and its twin alike, so that only the wanted check can see it."""
        self.replace(f"book/{CHAPTER}.md", old, new)
        notebook, text = self.notebook(), jupytext.read(self.text)
        for cell, source in zip(notebook.cells, text.cells, strict=True):
            cell.source = source.source
            for key in ("tags", "mystnb"):
                cell.metadata.pop(key, None)
                if key in source.metadata:
                    cell.metadata[key] = source.metadata[key]
        if rehash:
            notebook.metadata["executed_sha256"] = chapters.code_sha256(notebook)
        self.save(notebook)

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a check in the copy, as make runs it."""
        environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("PYTEST_", "VERIFICATION_"))
        }
        environment["PYTHONPATH"] = str(self.root)
        # A folder of its own: two that clear the same one away disturb each other.
        environment["PYTEST_DEBUG_TEMPROOT"] = str(self.root.parent)
        return subprocess.run(
            command, cwd=self.root, env=environment, capture_output=True, text=True, timeout=300
        )

    def contracts(self) -> subprocess.CompletedProcess[str]:
        return self.run(*PYTEST, "tests/contract")

    def nbval(self) -> subprocess.CompletedProcess[str]:
        notebook = str(self.notebook_path.relative_to(self.root))
        return self.run(*PYTEST, "--nbval", "--nbval-current-env", notebook)

    def build(self) -> subprocess.CompletedProcess[str]:
        return self.run(sys.executable, "-m", "tools.build_site")

    def pages(self) -> subprocess.CompletedProcess[str]:
        return self.run(*PYTEST, "tests/site/test_pages.py")


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """Copy what git would commit; what make installed is linked."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=chapters.ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\0")
    root = tmp_path / "checkout"
    for name in filter(None, listed):
        source = chapters.ROOT / name
        if source.is_file():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, root / name)
    for name in (".venv", "node_modules"):
        (root / name).symlink_to(chapters.ROOT / name)
    return Checkout(root)


def assert_red(result: subprocess.CompletedProcess[str], *messages: str) -> None:
    """The check failed, and said what and where."""
    output = result.stdout + result.stderr
    assert result.returncode != 0, f"the check stayed green:\n{output[-3000:]}"
    for message in messages:
        assert message in output, f"{message!r} was not said in:\n{output[-5000:]}"


def assert_green(result: subprocess.CompletedProcess[str]) -> None:
    assert result.returncode == 0, (result.stdout + result.stderr)[-5000:]
