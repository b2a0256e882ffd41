"""Boxes on an image: where they are drawn, what is written, what is refused."""

import re

import matplotlib.pyplot as plt
import numpy as np
import pytest

from cnnutils import plots

IMAGE = np.zeros((40, 60))
TWO = [[2, 20, 12, 30], [30, 1, 50, 39]]


def frames(ax, linestyle):
    """Left, top, width and height of the white frames that are drawn with this line."""
    return [
        (*patch.get_xy(), patch.get_width(), patch.get_height())
        for patch in ax.patches
        if patch.get_linestyle() == linestyle and patch.get_edgecolor()[:3] == (1, 1, 1)
    ]


def test_a_box_encloses_its_pixels():
    # Pixel 2 is drawn from 1.5 to 2.5; the box (2, 20, 12, 30) is 10 wide and 10 high.
    ax = plots.plot_boxes(IMAGE, TWO)
    assert frames(ax, "-") == [(1.5, 19.5, 10, 10), (29.5, 0.5, 20, 38)]
    assert not ax.texts


def test_labels_and_scores_are_written():
    ax = plots.plot_boxes(IMAGE, TWO, labels=["cat", 7], scores=[0.987, 0.5])
    assert [text.get_text() for text in ax.texts] == ["cat 0.99", "7 0.50"]
    ax = plots.plot_boxes(IMAGE, TWO, scores=[0.987, 0.5])
    assert [text.get_text() for text in ax.texts] == ["0.99", "0.50"]


def test_words_stay_inside_the_image():
    ax = plots.plot_boxes(IMAGE, TWO, labels=["a", "b"])
    assert [text.get_va() for text in ax.texts] == ["bottom", "top"]


def test_the_truth_has_another_line():
    ax = plots.plot_boxes(IMAGE, TWO[:1], truth_xyxy=TWO[1:])
    assert frames(ax, "--") == [(29.5, 0.5, 20, 38)]
    assert frames(ax, "-") == [(1.5, 19.5, 10, 10)]


def test_every_line_lies_on_a_dark_one():
    ax = plots.plot_boxes(IMAGE, TWO)
    colours = [patch.get_edgecolor()[:3] for patch in ax.patches]
    assert colours == [(0, 0, 0), (1, 1, 1)] * 2


def test_it_draws_on_the_axes_it_is_given():
    axes = plt.subplots(1, 2)[1]
    assert plots.plot_boxes(IMAGE, [], ax=axes[1], title="none") is axes[1]
    assert axes[1].get_title() == "none"
    assert not axes[0].images


@pytest.mark.parametrize(
    ("rows", "options", "sentence"),
    [
        (
            TWO, {"labels": ["a"]},
            "plot_boxes: there must be one label for each of the 2 boxes, got 1.",
        ),
        (
            TWO, {"scores": [1, 2, 3]},
            "plot_boxes: scores must hold one score for each of 2 boxes, got an array of shape "
            "(3,).",
        ),
        (
            [[5, 0, 2, 9]], {},
            "plot_boxes: boxes_xyxy must be (x1, y1, x2, y2) with x1 ≤ x2 and y1 ≤ y2; row 0 is "
            "(5, 0, 2, 9). Are they in another format? See convert_boxes.",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_drawn(rows, options, sentence):
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        plots.plot_boxes(IMAGE, rows, **options)
