"""Drawings of blocks: what was drawn is counted, and the shortcut ends at the sum."""

import matplotlib.pyplot as plt
import pytest
from matplotlib.patches import Circle, FancyBboxPatch

from cnnutils import plots


def drawn(ax, kind):
    return [patch for patch in ax.patches if isinstance(patch, kind)]


def test_a_plain_block_has_its_boxes_in_order_and_no_sum():
    ax = plots.plot_block(["a", "b", "c"], after=["d"], title="plain")
    heights = {text.get_text(): text.get_position()[1] for text in ax.texts}
    assert list(heights) == ["a", "b", "c", "d"]
    assert list(heights.values()) == [-1, -2, -3, -4]
    assert len(drawn(ax, FancyBboxPatch)) == 4
    assert not drawn(ax, Circle)
    assert not ax.lines
    assert ax.get_title() == "plain"
    assert not ax.axison


@pytest.mark.parametrize(("name", "boxes", "style"), [("identity", 3, "-"), ("1 × 1", 4, ":")])
def test_a_shortcut_runs_from_the_input_to_the_sum(name, boxes, style):
    ax = plots.plot_block(["a", "b"], shortcut=name, after=["d"])
    (circle,) = drawn(ax, Circle)
    (line,) = ax.lines
    xs, ys = line.get_data()
    assert (xs[0], circle.center) == (0, (0, -3))  # below two boxes
    assert -1 < ys[0] < 0  # it leaves above the first box
    assert ys[-1] == -3
    assert line.get_linestyle() == style
    assert len(drawn(ax, FancyBboxPatch)) == boxes
    heights = {text.get_text(): text.get_position()[1] for text in ax.texts}
    assert heights["d"] == -4
    assert name in heights


def test_it_draws_on_the_axes_that_it_is_given():
    _, axes = plt.subplots(1, 2)
    assert plots.plot_block(["a"], ax=axes[1]) is axes[1]
    assert not axes[0].patches


def test_no_layer_is_refused():
    with pytest.raises(ValueError, match=r"^plot_block: there must be at least one layer, got no"):
        plots.plot_block([])
