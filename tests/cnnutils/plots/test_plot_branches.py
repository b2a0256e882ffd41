"""Drawings of branches: every box is there, in its column, and the last ones stand in one row."""

import matplotlib.pyplot as plt
import pytest
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from cnnutils import plots


def test_branches_stand_side_by_side_and_end_in_one_row():
    ax = plots.plot_branches([["a"], ["b", "c"], ["d"]], before="in", after="out", title="a module")
    places = {text.get_text(): text.get_position() for text in ax.texts}
    assert list(places) == ["in", "a", "b", "c", "d", "out"]
    assert places["b"][0] == places["c"][0] == places["in"][0] == places["out"][0]
    assert places["a"][0] < places["b"][0] < places["d"][0]
    assert places["a"][1] == places["c"][1] == places["d"][1]
    assert places["in"][1] > places["b"][1] > places["c"][1] > places["out"][1]
    assert ax.get_title() == "a module"
    assert not ax.axison


def test_each_box_has_an_arrow_in_and_each_branch_one_out():
    ax = plots.plot_branches([["a"], ["b", "c"], ["d"]])
    boxes = [patch for patch in ax.patches if isinstance(patch, FancyBboxPatch)]
    arrows = [patch for patch in ax.patches if isinstance(patch, FancyArrowPatch)]
    assert (len(boxes), len(arrows)) == (4 + 2, 4 + 3)


def test_nothing_that_is_drawn_is_cut_off():
    ax = plots.plot_branches([["a", "b"], ["c"]])
    (left, right), (low, high) = ax.get_xlim(), ax.get_ylim()
    for patch in ax.patches:
        if isinstance(patch, FancyBboxPatch):
            x, y = patch.get_x(), patch.get_y()
            assert left <= x <= x + patch.get_width() <= right
            assert low <= y <= y + patch.get_height() <= high


def test_it_draws_on_the_axes_that_it_is_given():
    _, axes = plt.subplots(1, 2)
    assert plots.plot_branches([["a"]], ax=axes[1]) is axes[1]
    assert not axes[0].patches


@pytest.mark.parametrize("branches", [[], [["a"], []]])
def test_a_missing_branch_or_box_is_refused(branches):
    message = r"^plot_branches: there must be at least one branch, and a box in each, got \["
    with pytest.raises(ValueError, match=message):
        plots.plot_branches(branches)
