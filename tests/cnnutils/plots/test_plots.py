"""The figures: what was drawn is counted and read back; their looks are judged by eye."""

import re

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgb
from skimage import color

from cnnutils import plots
from cnnutils.plots import images as images_module


def texts(ax):
    return [text.get_text() for text in ax.texts]


def inks(ax):
    return [to_rgb(text.get_color()) for text in ax.texts]


# --- plot_image -------------------------------------------------------------------------------


def test_numbers_of_a_grey_image_by_hand():
    # Two rows, three columns: 0 is drawn black and written in white, 100 the other way round.
    ax = plots.plot_image([[0, 50, 100], [0, 0, 25]], values=True, title="image")
    assert texts(ax) == ["0", "50", "100", "0", "0", "25"]
    assert [text.get_position() for text in ax.texts[:4]] == [(0, 0), (1, 0), (2, 0), (0, 1)]
    assert ax.images[0].get_clim() == (0, 100)
    white, black = to_rgb("white"), to_rgb("#111111")
    assert inks(ax) == [white, black, black, white, white, white]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("column (px)", "row (px)")
    assert ax.get_title() == "image"


@pytest.mark.parametrize("signed", [False, True])
def test_ink_always_has_the_better_contrast(signed):
    ax = plots.plot_image(np.linspace(-1, 1, 20).reshape(4, 5), signed=signed, values=True)
    artist = ax.images[0]
    for ink, value in zip(inks(ax), artist.get_array().flat, strict=True):
        # CIE lightness (0 to 100) from scikit-image: black on light, white on dark
        lightness = color.rgb2lab(np.array(artist.to_rgba(value)[:3]))[0]
        if abs(lightness - 49.5) > 1:  # there both are equally legible
            assert ink == to_rgb("#111111" if lightness > 49.5 else "white")


@pytest.mark.parametrize(
    ("numbers", "written"),
    [
        ([[1.0, -2.0]], ["1", "−2"]),
        ([[0.5, -0.004]], ["0.50", "0.00"]),
        ([[1.25, -9.5]], ["1.25", "−9.50"]),
        ([[12.34, 0.06]], ["12.3", "0.1"]),
        ([[True, False]], ["1", "0"]),
    ],
)
def test_how_numbers_are_written(numbers, written):
    assert texts(plots.plot_image(numbers, values=True)) == written


@pytest.mark.parametrize(
    ("numbers", "signed", "limits"),
    [
        ([[0.2, 0.7]], False, (0, 1)),
        ([[-3, 5]], False, (-3, 5)),
        ([[7, 7]], False, (6.5, 7.5)),
        ([[-3, 2]], True, (-3, 3)),
        ([[0, 0]], True, (-1, 1)),
    ],
)
def test_limits(numbers, signed, limits):
    assert plots.plot_image(numbers, signed=signed).images[0].get_clim() == limits
    given = plots.plot_image(numbers, signed=signed, limits=(-9, 9))
    assert given.images[0].get_clim() == (-9, 9)


def test_colours_are_drawn_as_they_are():
    photograph = np.random.default_rng(0).random((5, 7, 3))
    ax = plots.plot_image(photograph)
    np.testing.assert_array_equal(ax.images[0].get_array(), photograph)
    in_bytes = plots.plot_image(np.full((2, 3, 3), 51, np.uint8))
    np.testing.assert_allclose(in_bytes.images[0].get_array(), 0.2)


def test_a_single_channel_needs_no_squeezing():
    ax = plots.plot_image(np.eye(3)[:, :, np.newaxis])
    np.testing.assert_array_equal(ax.images[0].get_array(), np.eye(3))


def test_only_a_signed_image_gets_a_colour_bar_and_it_names_the_quantity():
    assert len(plots.plot_image([[1, 2]]).child_axes) == 0
    (bar,) = plots.plot_image([[1, -2]], signed=True).child_axes
    assert bar.get_ylabel() == "value"


def test_the_signed_scale_can_be_read_without_colour():
    ramp = plots.SIGNED_COLORMAP(np.linspace(0, 1, 256))[:, :3]
    lightness = color.rgb2lab(ramp)[:, 0]
    assert (np.diff(lightness) > 0).all()
    assert lightness[0] < 20 < 95 < lightness[-1]
    red, green, blue = ramp[127]
    assert abs(red - green) < 0.03 > abs(green - blue)  # zero is grey


@pytest.mark.parametrize(
    "draw",
    [
        lambda ax: plots.plot_image(np.eye(3), ax=ax, title="t", signed=True, values=True),
        lambda ax: plots.plot_kernel(np.eye(3), ax=ax, title="t"),
        lambda ax: plots.plot_history({"loss": [2, 1]}, ax=ax, title="t"),
        lambda ax: plots.plot_windows((5, 6), 3, ax=ax),
    ],
)
def test_draws_on_the_axes_that_are_given_and_nowhere_else(draw):
    figure, (left, right) = plt.subplots(1, 2)
    plt.figure()  # the current figure is another one
    assert draw(left) is left
    assert left.has_data()
    assert not right.has_data()
    assert plt.get_fignums() == [1, 2]
    assert figure.axes == [left, right]
    assert not plt.gcf().axes


def test_the_input_is_not_changed():
    image = np.arange(6.0).reshape(2, 3)
    plots.plot_image(image, signed=True, values=True)
    np.testing.assert_array_equal(image, np.arange(6.0).reshape(2, 3))


@pytest.mark.parametrize(
    ("image", "options", "sentence"),
    [
        (
            np.ones((2, 3, 4)),
            {},
            "plot_image: an image must have the axes (H, W), (H, W, 1) or (H, W, 3), "
            "got an array of shape (2, 3, 4).",
        ),
        (
            np.ones((2, 3, 3)) * 2,
            {},
            "plot_image: colours must lie in [0, 1], got 2 to 2; "
            "divide by 255, or clip with numpy.clip(image, 0, 1).",
        ),
        (
            np.ones((2, 3, 3)),
            {"signed": True},
            "plot_image: signed and values need one number a pixel, got an image in colour "
            "(shape (2, 3, 3)); draw one channel: image[:, :, 0].",
        ),
        (
            [[0.0, np.nan, np.inf]],
            {},
            "plot_image: every number must be finite, got 2 that are NaN or infinite "
            "(shape (1, 3)).",
        ),
        (
            np.ones((0, 3)),
            {},
            "plot_image: there is nothing to draw in an array of shape (0, 3).",
        ),
        (
            np.ones((33, 3)),
            {"values": True},
            "plot_image: at most 32 × 32 numbers can be read, got 33 × 3; cut a part out.",
        ),
        (
            np.array([[-3e38, 3e38]], "float32"),
            {"signed": True},
            "plot_image: what is drawn must lie between ±9e+37, got -3e+38 to 3e+38.",
        ),
        (
            np.ones((2, 3)),
            {"limits": (1, 1)},
            "plot_image: limits must be (darkest, lightest), got (1.0, 1.0).",
        ),
        (
            [[1, 2], [3]],
            {},
            "plot_image: the image must be an array, or nested lists of equal lengths.",
        ),
    ],
)
def test_images_that_cannot_be_drawn(image, options, sentence):
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        plots.plot_image(image, **options)
    assert plt.get_fignums() == []  # nothing half-drawn stays behind


@pytest.mark.parametrize(
    ("draw", "sentence"),
    [
        (
            lambda: plots.plot_image(np.ma.masked_less([[1.0, 2.0]], 2)),
            "plot_image: the image must not be a masked array; fill the masked values.",
        ),
        (
            lambda: plots.plot_image(np.eye(3), signed="False"),
            "plot_image: signed must be True or False, got 'False' (str).",
        ),
        (
            lambda: plots.plot_image(np.eye(3), ax=plt.subplots(1, 2)[1]),
            "plot_image: ax must be the axes of a figure, or None for a new one, got ndarray.",
        ),
        (
            lambda: plots.plot_images([np.eye(3)], titles="a"),
            "plot_images: titles must be a list of texts, got 'a' (str).",
        ),
        (
            lambda: plots.plot_images([np.eye(3)], titles=[7]),
            "plot_images: each of titles must be a text, got 7 (int).",
        ),
        (
            lambda: plots.plot_history([1, 2]),
            "plot_history: history must map names to values, got [1, 2] (list). "
            "Keras' fit returns an object whose .history does.",
        ),
        (
            lambda: plots.plot_boxes("nonsense", [[0, 0, 1, 1]]),
            "plot_boxes: an image must have the axes (H, W), (H, W, 1) or (H, W, 3), "
            "got an array of shape ().",
        ),
    ],
)
def test_other_kinds_of_arguments_are_refused(draw, sentence):
    with pytest.raises((TypeError, ValueError), match=f"^{re.escape(sentence)}$"):
        draw()


# --- plot_images ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("num_images", "columns", "grid"),
    [
        (1, None, (1, 1)),
        (8, None, (1, 8)),
        (9, None, (2, 5)),
        (17, None, (3, 6)),
        (5, 2, (3, 2)),
        (3, 5, (1, 5)),
        (6, 3, (2, 3)),
    ],
)
def test_no_image_is_left_out(num_images, columns, grid):
    stack = np.arange(num_images * 12.0).reshape(num_images, 4, 3)
    axes = plots.plot_images(stack, columns=columns)
    assert axes.shape == grid
    drawn = [ax.images[0].get_array() for ax in axes.flat if ax.images]
    np.testing.assert_array_equal(drawn, stack)
    assert [ax.axison for ax in axes.flat] == [True] * num_images + [False] * (
        axes.size - num_images
    )


def test_all_images_share_one_scale_and_one_colour_bar():
    axes = plots.plot_images([[[0, 1]], [[-4, 2]]], signed=True)
    assert [ax.images[0].get_clim() for ax in axes.flat] == [(-4, 4), (-4, 4)]
    assert len(axes[0, 0].figure.axes) == 3


def test_titles_and_size_are_written():
    axes = plots.plot_images(np.zeros((3, 8, 6, 1)), titles=["a", "b", "c"], columns=2)
    assert [ax.get_title() for ax in axes.flat] == ["a", "b", "c", ""]
    assert axes[0, 0].figure.get_supxlabel() == "each 8 × 6 px"


def test_images_of_different_sizes_and_kinds():
    axes = plots.plot_images([np.ones((4, 6)), np.ones((9, 3, 3))])
    assert [ax.images[0].get_array().shape for ax in axes.flat] == [(4, 6), (9, 3, 3)]
    assert axes[0, 0].figure.get_supxlabel() == ""


@pytest.mark.parametrize(
    ("images", "options", "sentence"),
    [
        ([], {}, "plot_images: there must be at least one image, got none."),
        (
            np.zeros((3, 2, 2)),
            {"titles": ["a", "b"]},
            "plot_images: there must be one title for each of the 3 images, got 2.",
        ),
        (
            np.zeros((3, 2, 2)),
            {"columns": 0},
            "plot_images: columns must be at least 1, got 0.",
        ),
        (
            np.zeros((3, 2, 2)),
            {"columns": 65},
            "plot_images: columns must be at most 64, got 65.",
        ),
    ],
)
def test_sets_of_images_that_cannot_be_drawn(images, options, sentence):
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        plots.plot_images(images, **options)


# --- plot_kernel ------------------------------------------------------------------------------


def test_a_kernel_is_a_matrix_with_its_numbers():
    ax = plots.plot_kernel([[1, 0, -1], [2, 0, -2]])
    assert texts(ax) == ["1", "0", "−1", "2", "0", "−2"]
    assert ax.images[0].get_clim() == (-2, 2)
    assert ax.images[0].get_cmap() is images_module.SIGNED_COLORMAP
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("kernel column", "kernel row")
    with_channels = plots.plot_kernel(np.array([[1, 0, -1], [2, 0, -2]])[:, :, None, None])
    assert texts(with_channels) == texts(ax)


def test_a_kernel_with_several_channels_is_refused():
    sentence = (
        "plot_kernel: the kernel must have the axes (KH, KW), got an array of shape (3, 3, 2, 1)."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        plots.plot_kernel(np.ones((3, 3, 2, 1)))


# --- plot_history -----------------------------------------------------------------------------

HISTORY = {"loss": [3, 2, 1], "accuracy": [0.1, 0.5, 0.9], "val_loss": [3, 2.5, 2]}


def test_the_losses_are_drawn_against_the_epochs():
    ax = plots.plot_history(HISTORY)
    assert [line.get_label() for line in ax.lines] == ["loss", "val_loss"]
    np.testing.assert_array_equal(ax.lines[1].get_xydata(), [[1, 3], [2, 2.5], [3, 2]])
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("epoch", "loss")
    assert [text.get_text() for text in ax.get_legend().texts] == ["loss", "val_loss"]


def test_chosen_curves_and_their_label():
    assert plots.plot_history(HISTORY, names=["accuracy"]).get_ylabel() == "accuracy"
    assert plots.plot_history(HISTORY, names=["accuracy", "loss"]).get_ylabel() == "value"
    assert plots.plot_history({"iou": [1, 2]}).get_ylabel() == "value"
    assert plots.plot_history(HISTORY, ylabel="cross-entropy").get_ylabel() == "cross-entropy"


def test_curves_differ_without_colour():
    ax = plots.plot_history({f"{index}_loss": [1, 2] for index in range(7)})
    patterns = {str(line._unscaled_dash_pattern) for line in ax.lines}
    assert len(patterns) == 7


def test_one_epoch_alone_is_visible():
    assert plots.plot_history({"loss": [1.5]}).lines[0].get_marker() == "o"


@pytest.mark.parametrize(
    ("history", "names", "sentence"),
    [
        ({"loss": []}, None, "the history must hold at least one epoch, got none."),
        ({}, None, "the history must hold at least one epoch, got none."),
        (HISTORY, ["lost"], "the history holds 'loss', 'accuracy', 'val_loss', but not 'lost'."),
    ],
)
def test_histories_that_cannot_be_drawn(history, names, sentence):
    with pytest.raises(ValueError, match=f"^{re.escape('plot_history: ' + sentence)}$"):
        plots.plot_history(history, names=names)


# --- plot_windows -----------------------------------------------------------------------------


def rectangles(ax, kind):
    """The outer cells that the drawn windows cover: (first row, first column, height, width)."""
    found = {}
    for patch in ax.patches:
        if (patch.get_gid() or "").startswith(kind):
            x, y = np.floor(patch.get_xy()).astype(int)
            height, width = np.ceil([patch.get_height(), patch.get_width()]).astype(int)
            found[patch.get_gid().removeprefix(kind + " ")] = (y, x, height, width)
    return found


def test_windows_by_hand():
    # 5 × 7 pixels, windows of 3 × 2 that move by 1 and 3: columns 0 and 3 (6 would stick out at
    # 7), rows 0, 1, 2. One pixel of padding moves the first one to (−1, −1); the padded width of 9
    # holds windows at −1, 2 and 5.
    ax = plots.plot_windows((5, 7), (3, 2), strides=(1, 3), num_windows=3)
    assert rectangles(ax, "window") == {"1": (0, 0, 3, 2), "2": (0, 3, 3, 2), "3": (1, 0, 3, 2)}
    assert [rectangles(ax, "output")[key][2:] for key in "123"] == [(1, 1)] * 3
    title = "input 5 × 7, kernel 3 × 2, strides 1 × 3, valid padding → output 3 × 2"
    assert ax.get_title() == title
    ax = plots.plot_windows((5, 7), (3, 2), strides=(1, 3), padding=1, num_windows=4)
    assert rectangles(ax, "window") == {
        "1": (-1, -1, 3, 2),
        "2": (-1, 2, 3, 2),
        "3": (-1, 5, 3, 2),
        "4": (0, -1, 3, 2),
    }
    assert texts(ax).count("0") == 7 * 9 - 5 * 7


def test_same_padding_puts_the_odd_pixel_at_the_end():
    # A window of 2 on 3 pixels needs one more for "same": below and to the right, not above.
    ax = plots.plot_windows((3, 3), 2, padding="same", num_windows=1)
    assert rectangles(ax, "window") == {"1": (0, 0, 2, 2)}
    zeros = {text.get_position() for text in ax.texts if text.get_text() == "0"}
    assert zeros == {
        (3.5, 0.5),
        (3.5, 1.5),
        (3.5, 2.5),
        (3.5, 3.5),
        (0.5, 3.5),
        (1.5, 3.5),
        (2.5, 3.5),
    }


def test_a_dilated_window_marks_its_taps():
    ax = plots.plot_windows((5, 7), (2, 3), dilation_rate=(3, 2), num_windows=1)
    assert rectangles(ax, "window") == {"1": (0, 0, 4, 5)}
    taps = {(line.get_xdata()[0], line.get_ydata()[0]) for line in ax.lines}
    assert taps == {(0.5, 0.5), (2.5, 0.5), (4.5, 0.5), (0.5, 3.5), (2.5, 3.5), (4.5, 3.5)}
    assert "dilation 3 × 2" in ax.get_title()


def test_no_more_windows_are_drawn_than_there_are():
    assert len(rectangles(plots.plot_windows(4, 3, num_windows=6), "window")) == 4


def test_padding_without_a_sign_is_drawn_where_padding_with_one_is():
    drawn = [
        rectangles(plots.plot_windows(5, 3, padding=kind(1)), "window") for kind in (int, np.uint8)
    ]
    assert drawn[0] == drawn[1]


def test_windows_that_cannot_be_drawn():
    sentence = "plot_windows: at most 24 × 24 pixels and 6 windows can be drawn, got 27 × 9 and 3."
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        plots.plot_windows((25, 7), 3, padding=1)
    sentence = (
        "plot_windows: a window of 5 pixels does not fit into 4 pixels with 0 of padding at "
        "each end; pad more, or use a smaller kernel_size."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        plots.plot_windows((8, 4), 5)


# --- the book's style -------------------------------------------------------------------------


def test_the_style_can_be_used_and_its_lines_differ_without_colour():
    with plt.style.context("cnnutils.book"):
        cycle = list(mpl.rcParams["axes.prop_cycle"])
        assert mpl.rcParams["image.cmap"] == "gray"
        assert mpl.rcParams["figure.dpi"] == 144
        figure = plt.figure()
        figure.add_subplot().plot([1, 2])
        figure.draw_without_rendering()
    assert len({str(entry["linestyle"]) for entry in cycle}) == len(cycle) == 7
    # WCAG asks 3:1 of graphics on white; relative luminance 0.3 is the limit
    for entry in cycle[:4]:
        assert images_module._luminance(np.array(to_rgb(entry["color"]))) < 0.31
