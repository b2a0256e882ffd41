"""Executing a notebook: nothing volatile is kept, and a failure leaves the file as it was."""

import nbformat
import nbformat.v4 as nbf
import pytest

from tools import chapters, execute


@pytest.fixture
def chapter(tmp_path, monkeypatch):
    """A chapter of two cells in a checkout of its own."""
    (tmp_path / "book").mkdir()
    (tmp_path / "notebooks").mkdir()
    monkeypatch.setattr(chapters, "ROOT", tmp_path)
    notebook = nbf.new_notebook(
        cells=[
            nbf.new_markdown_cell("# A title"),
            nbf.new_code_cell("print(6 * 7)"),
            nbf.new_code_cell("print(6 * 7)"),
        ],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    )
    path = tmp_path / "notebooks" / "01_small.ipynb"
    nbformat.write(notebook, path)
    return path


def test_running_twice_gives_the_same_bytes(chapter):
    text = chapters.ROOT / "book" / "01_small.md"
    assert execute.update(text, always=True)
    first = chapter.read_bytes()
    assert execute.update(text, always=True)
    assert chapter.read_bytes() == first
    notebook = chapters.read(chapter)
    assert [cell.outputs[0].text for cell in chapters.code_cells(notebook)] == ["42\n", "42\n"]
    assert notebook.metadata["executed_sha256"] == chapters.code_sha256(notebook)
    ids = [cell.id for cell in notebook.cells]
    assert ids[2] == ids[1] + "-2"  # equal cells get different names, and the same ones each time


def test_code_that_did_not_change_is_not_run_again(chapter, monkeypatch):
    text = chapters.ROOT / "book" / "01_small.md"
    assert execute.update(text, always=False)
    monkeypatch.setattr(execute, "execute", lambda *_: pytest.fail("it was run again"))
    assert execute.update(text, always=False)


def test_a_failing_cell_is_named_and_changes_nothing(chapter, capsys):
    notebook = chapters.read(chapter)
    notebook.cells[2].source = "1 / 0"
    nbformat.write(notebook, chapter)
    before = chapter.read_bytes()
    assert not execute.update(chapters.ROOT / "book" / "01_small.md", always=False)
    assert chapter.read_bytes() == before
    assert not list(chapter.parent.glob("*.partial"))
    message = capsys.readouterr().err
    assert "01_small: a cell failed, the notebook stays as it was" in message
    assert "ZeroDivisionError" in message


def test_an_unknown_chapter_is_refused(capsys):
    assert execute.main(["99_nothing"]) == 2
    assert "no such chapter: 99_nothing" in capsys.readouterr().err
