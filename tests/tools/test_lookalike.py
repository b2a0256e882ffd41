"""What the look-alike says of packages that moved, and of notebooks that are not there."""

from tools import installing, lookalike


def test_what_moved_is_named():
    before = {"numpy": "2.1", "h5py": "3", "keras": "3.13"}
    after = {"numpy": "2.2", "cnnutils": "1", "keras": "3.13"}
    moved = ["cnnutils: none -> 1", "h5py: 3 -> none", "numpy: 2.1 -> 2.2"]
    assert installing.moved(before, after) == moved
    assert installing.moved(before, before) == []


def test_an_unknown_notebook_is_refused_before_anything_is_installed(capsys):
    assert lookalike.main(["colab", "02_pooling", "99_nothing"]) == 2
    assert capsys.readouterr().err == "no such notebook: 99_nothing\n"
