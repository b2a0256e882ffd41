"""What the contract tests share: the checkout that they look at, and its chapters."""

from pathlib import Path

import pytest

from tools import chapters

CHAPTERS = [path.stem for path in chapters.texts()]


@pytest.fixture(params=CHAPTERS)
def chapter(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def notebook_path(chapter: str) -> Path:
    return chapters.ROOT / "notebooks" / f"{chapter}.ipynb"


@pytest.fixture
def notebook(notebook_path: Path) -> chapters.Notebook:
    return chapters.read(notebook_path)


def say(problems: list[str]) -> str:
    """Every problem on a line of its own: a red check names all that is to be mended."""
    return "\n" + "\n".join(problems)
