"""Submissions are found and named so that no name means two of them, or leaves the folder."""

import json
import os

import pytest

from cnnutils.homework.assignment import AssignmentError
from cnnutils.homework.submission import (
    LARGEST_BYTES,
    SAFE_NAME,
    find_submissions,
    notebook_cells,
    read_submission,
)


def make(place, *names):
    for name in names:
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text('{"cells": []}', encoding="utf-8")
    return place


def test_one_notebook_a_folder_is_named_after_the_folder(tmp_path):
    make(tmp_path, "alice/hw01.ipynb", "bob/my homework.ipynb", "bob/notes.txt")
    assert list(find_submissions([tmp_path])) == ["alice", "bob"]


def test_several_notebooks_a_folder_are_named_after_both(tmp_path):
    make(tmp_path, "alice/hw01.ipynb", "alice/hw02.ipynb", "bob/hw01.ipynb")
    assert list(find_submissions([tmp_path])) == ["alice-hw01", "alice-hw02", "bob"]


def test_a_flat_folder_is_named_after_the_files(tmp_path):
    make(tmp_path, "alice.ipynb", "bob.ipynb")
    assert list(find_submissions([tmp_path])) == ["alice", "bob"]


def test_files_can_be_named_one_by_one(tmp_path):
    make(tmp_path, "alice/hw01.ipynb", "bob/hw01.ipynb")
    paths = [tmp_path / "alice/hw01.ipynb", tmp_path / "bob/hw01.ipynb"]
    assert list(find_submissions(paths)) == ["alice", "bob"]


def test_names_are_safe_and_stay_apart(tmp_path):
    make(
        tmp_path,
        "a b.ipynb",
        "a_b.ipynb",
        "A_B.ipynb",
        "=cmd|'calc'.ipynb",
        "-rf.ipynb",
        "...ipynb",
        "é" * 90 + ".ipynb",
        "日本.ipynb",
        "line\nbreak.ipynb",
        "x" * 200 + ".ipynb",
    )
    names = find_submissions([tmp_path])
    assert len(names) == 10
    assert len({name.lower() for name in names}) == 10
    for name in names:
        assert not SAFE_NAME.search(name)
        assert name[0] not in ".-_="
        assert len(name) <= 70
    assert not {"a_b", "A_B"} & set(names)  # neither may be taken for the other


def test_a_name_that_imitates_another_is_told_apart(tmp_path):
    make(tmp_path, "a b.ipynb")
    (made,) = find_submissions([tmp_path])
    make(tmp_path, f"{made}.ipynb")
    assert len(find_submissions([tmp_path])) == 2


def test_nothing_to_grade_is_said(tmp_path):
    with pytest.raises(AssignmentError, match="no notebook"):
        find_submissions([tmp_path])
    with pytest.raises(AssignmentError, match="nowhere does not exist"):
        find_submissions([tmp_path / "nowhere"])


def test_links_are_listed_and_refused(tmp_path):
    make(tmp_path, "alice.ipynb", "else/where.ipynb")
    (tmp_path / "link.ipynb").symlink_to(tmp_path / "alice.ipynb")
    (tmp_path / "gone.ipynb").symlink_to(tmp_path / "nowhere")
    (tmp_path / "folder.ipynb").symlink_to(tmp_path / "else")
    (tmp_path / "more").symlink_to(tmp_path / "else")  # not followed
    os.mkfifo(tmp_path / "pipe.ipynb")
    found = find_submissions([tmp_path])
    problems = {name: read_submission(name, path).problem for name, path in found.items()}
    linked = "The file cannot be read: it is a link to another file."
    assert problems == {
        "alice": None,
        "else": None,
        "link": linked,
        "gone": linked,
        "folder": linked,
        "pipe": "The file cannot be read: it is not a file.",
    }


def test_a_file_that_is_too_large_is_refused_unread(tmp_path):
    path = tmp_path / "large.ipynb"
    with path.open("wb") as file:
        file.truncate(LARGEST_BYTES + 1)
    assert read_submission("large", path).problem == (
        "The file cannot be read: it is larger than 20 MiB; clear its outputs."
    )


def cells(*sources):
    return {"cells": [{"cell_type": "code", "source": source} for source in sources]}


def test_sources_come_as_text_or_as_lines():
    content = json.dumps(cells("\n# ANSWER q1\r\nx", ["# ANSWER q2\n", "y"], None, ["z", 3]))
    expected = [("code", "# ANSWER q1\nx"), ("code", "# ANSWER q2\ny"), ("code", "z")]
    assert notebook_cells(content.encode()) == expected
    assert notebook_cells(b"\xef\xbb\xbf" + content.encode()) == expected  # a mark of UTF-8


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "not valid JSON"),
        (b"{", "not valid JSON"),
        (b"[" * 100_000, "not valid JSON"),
        (json.dumps(cells("x")).encode("utf-16"), "not UTF-8 text"),
        ("é".encode("latin-1"), "not UTF-8 text"),
        (b"null", "no list of cells"),
        (b"[]", "no list of cells"),
        (b'{"worksheets": []}', "no list of cells"),
        (b'{"cells": {"a": 1}}', "no list of cells"),
        (b'{"cells": [1]}', "one of its cells is no cell"),
    ],
)
def test_what_is_no_notebook_is_said(content, problem):
    with pytest.raises(AssignmentError, match=problem):
        notebook_cells(content)
