"""The tests of homework 11 that students see: small, and worked by hand."""

import numpy as np

from cnnutils.homework.testing import close, points, raises


def as_maps(*rows):
    """Feature maps (H, W, 1) from their rows, in fractions."""
    return np.array(rows, float)[..., np.newaxis]


def part_by_part(got, names, *want):
    """Compare a tuple of two part by part, so that the message names the part that differs."""
    is_pair = isinstance(got, tuple) and len(got) == 2
    assert is_pair, f"expected a tuple of two, {' and '.join(names)}, got {type(got).__name__}"
    for name, one, other in zip(names, got, want, strict=True):
        try:
            close(one, other)
        except AssertionError as error:
            raise AssertionError(f"{name}: {error}") from None
    return True


def cost_and_gradient(got, cost, gradient):
    """Compare what a cost function gave with the cost and the gradient that are right."""
    return part_by_part(got, ("cost", "gradient"), cost, gradient)


def picture_and_costs(got, picture, costs):
    """Compare what the painter gave with the picture and the list that are right."""
    return part_by_part(got, ("picture", "costs"), picture, costs)


# A network of one filter of 1 × 1, which sees only red: its map is the red channel.
RED = [np.array([1.0, 0, 0]).reshape(1, 1, 3, 1)]


def in_red(*rows):
    """A picture whose red channel is given; green and blue are 0."""
    return as_maps(*rows) * [1.0, 0, 0]


# --- q1 --------------------------------------------------------------------------------------


@points(1)
def test_q1_by_hand(hw):
    """A map of 2 × 2 positions with two channels."""
    maps = np.array([[[1, 2], [3, 0]], [[0, 1], [2, -1]]])
    # G00: 1 + 9 + 0 + 4 = 14. G01: 2 + 0 + 0 − 2 = 0. G11: 4 + 0 + 1 + 1 = 6.
    assert close(hw.gram_of(maps), np.array([[14.0, 0], [0, 6]]))
    assert close(hw.gram_of(maps[:1]), np.array([[10.0, 2], [2, 4]]))  # the upper row


# --- q2 --------------------------------------------------------------------------------------


@points(1)
def test_q2_by_hand(hw):
    """The two numbers from the text; then maps of 1 × 2 × 2; then shapes that differ."""
    got = hw.content_cost(np.array([[[1.0, 5]]]), np.array([[[4.0, 4]]]))
    assert cost_and_gradient(got, 1.25, np.array([[[0.75, -0.25]]]))
    # Differences 2, 0, −4, 0; squares 4 + 16 = 20; 4·1·2·2 = 16. Gradient: twice each, over 16.
    content, maps = np.array([[[1.0, 1], [4, 2]]]), np.array([[[3.0, 1], [0, 2]]])
    got = hw.content_cost(content, maps)
    assert cost_and_gradient(got, 1.25, np.array([[[0.25, 0], [-0.5, 0]]]))
    assert raises(ValueError, hw.content_cost, content, maps[:, :, :1])


# --- q3 --------------------------------------------------------------------------------------


@points(1)
def test_q3_one_channel(hw):
    """One channel, as in the text; then a style that is already met, by a map of another size."""
    got = hw.style_cost(as_maps([2]), as_maps([1, 3]))
    assert cost_and_gradient(got, 0.25, as_maps([0.5, 1.5]))
    # G / n = (1 + 1 + 49 + 49) / 4 = 25, and S / m = 25: nothing to do.
    got = hw.style_cost(as_maps([5]), as_maps([1, 7], [7, 1]))
    assert cost_and_gradient(got, 0.0, as_maps([0, 0], [0, 0]))


@points(1)
def test_q3_two_channels(hw):
    """Two positions and two channels that answer together, against a style where they do not."""
    style, maps = np.array([[[2.0, 0], [0, 2]]]), np.array([[[2.0, 2], [0, 0]]])
    # Both matrices over 2: 2 2, 2 2 and 2 0, 0 2. D: 0 2, 2 0; the cost is 8 / (4·4) = 0.5.
    # Gradient: F D / (4·2), the first row of F D is (2·2, 2·2), the second one 0.
    got = hw.style_cost(style, maps)
    assert cost_and_gradient(got, 0.5, np.array([[[0.5, 0.5], [0, 0]]]))
    assert raises(ValueError, hw.style_cost, style, maps[:, :, :1])


# --- q4 --------------------------------------------------------------------------------------


@points(1)
def test_q4_by_hand(hw):
    """The picture of 2 × 3 pixels from the text, and a plain one."""
    # Down 0, 3, 0, each over 3; along 0, 6 above and 3, 3 below, each over 4; all times 2.
    # Above: 0; −2 − 3; 3 + 0. Below: −1.5; 2 + 1.5 − 1.5; 1.5 + 0.
    picture = as_maps([0, 0, 6], [0, 3, 6])
    gradient = as_maps([0, -5, 3], [-1.5, 2, 1.5])
    assert cost_and_gradient(hw.total_variation(picture), 16.5, gradient)
    plain = np.full((3, 2, 3), 0.25)
    assert cost_and_gradient(hw.total_variation(plain), 0.0, 0 * plain)


# --- q5 --------------------------------------------------------------------------------------


def independent(low, high):
    """Eight pixels, every way to take each colour from `low` or `high`: (2, 4, 3)."""
    corners = np.stack(np.meshgrid([0, 1], [0, 1], [0, 1], indexing="ij"), axis=-1)
    return np.where(corners == 0, low, high).reshape(2, 4, 3)


@points(1)
def test_q5_contrast(hw):
    """Colours that vary independently: each gets the style's mean and spread."""
    # Red: 0.4 and 0.6, the mean 0.5, the deviation 0.1. In the style: 0.1 and 0.5, the mean 0.3,
    # the deviation 0.2. So 0.4 becomes 0.1 and 0.6 becomes 0.5. The others likewise.
    content = independent([0.4, 0.2, 0.5], [0.6, 0.8, 0.6])
    style = independent([0.1, 0.4, 0.7], [0.5, 0.5, 1.0])
    assert close(hw.match_colours(content, style), style)
    assert close(hw.match_colours(content, content), content)


@points(1)
def test_q5_cut_off(hw):
    """Twice the contrast: two pixels would leave the range from 0 to 1."""
    few = np.array([[[0.8, 0.5, 0.5]], [[0.2, 0.5, 0.5]]])  # two pixels with much red, or little
    many = [independent(np.full(3, 0.4), np.full(3, 0.6))] * 3
    content = np.concatenate([*many, few], axis=1)
    # The colours still vary independently, around 0.5. In the style they do so with twice their
    # deviation, so each distance from 0.5 doubles: red 0.8 would become 1.1, and 0.2 become -0.1.
    deviation = content.std(axis=(0, 1))
    style = independent(0.5 - 2 * deviation, 0.5 + 2 * deviation)
    assert close(hw.match_colours(content, style), np.clip(2 * content - 0.5, 0, 1))


# --- q6 --------------------------------------------------------------------------------------


@points(1)
def test_q6_content_and_style(hw):
    """The plain red picture from the text."""
    plan = {"alpha": 2, "beta": 4, "gamma": 1, "content_layer": 0, "layer_weights": [1]}
    picture, content = in_red([1, 1], [1, 1]), as_maps([0.5, 0.5], [0.5, 0.5])
    got = hw.transfer_cost(picture, [content], [as_maps([0.5])], RED, plan)
    assert cost_and_gradient(got, 11 / 16, in_red([7 / 8, 7 / 8], [7 / 8, 7 / 8]))


@points(1)
def test_q6_rough(hw):
    """A rough red picture: content and total variation, and a style that does not count."""
    # Down 1 and 0, along 1 and 0; six pairs each, of all colours: TV = 1/6 + 1/6. Each of the
    # two differences hands 2/6 to its pixels: above -2/6 - 2/6 and 2/6, below 2/6 and 0.
    # Content: one error, 1, at the last pixel: the cost is 1/16, the derivative 1/8.
    plan = {"alpha": 8, "beta": 1, "gamma": 3, "content_layer": 0, "layer_weights": [0]}
    picture, content = in_red([0, 1], [1, 1]), as_maps([0, 1], [1, 0])
    got = hw.transfer_cost(picture, [content], [as_maps([9])], RED, plan)
    assert cost_and_gradient(got, 0.5 + 1, in_red([-2, 1], [1, 1]))


# --- q7 --------------------------------------------------------------------------------------

CONTENT_ONLY = {"alpha": 1, "beta": 0, "gamma": 0, "content_layer": 0, "layer_weights": [1]}


@points(1)
def test_q7_steps(hw):
    """No step at all, and then one: each pixel moves by the rate, up or down."""
    # Reds 0.5 and 0.5 where the content has 0.25 and 1: errors 0.25 and −0.5, and the same in the
    # second row. The cost is (0.0625 + 0.25) · 2 / 16 = 0.0390625.
    start, content = in_red([0.5, 0.5], [0.5, 0.5]), as_maps([0.25, 1], [0.25, 1])
    given = [content], [as_maps([1])], RED, CONTENT_ONLY
    assert picture_and_costs(hw.paint(start, *given, 0, 0.02), start, [])
    moved = in_red([0.48, 0.52], [0.48, 0.52])
    assert picture_and_costs(hw.paint(start, *given, 1, 0.02), moved, [0.0390625])


@points(1)
def test_q7_border(hw):
    """Pixels that would fall below 0, and the costs of two steps."""
    # Reds of 0.1, the content is 0: the cost is 4 · 0.01 / 16 = 0.0025. A step of 0.2 would lead
    # to −0.1, so to 0. There the derivative is 0, but the mean is not: the red stays at 0.
    start, content = in_red([0.1, 0.1], [0.1, 0.1]), as_maps([0, 0], [0, 0])
    got = hw.paint(start, [content], [as_maps([1])], RED, CONTENT_ONLY, 2, 0.2)
    assert picture_and_costs(got, 0 * start, [0.0025, 0.0])


# --- q8 --------------------------------------------------------------------------------------


@points(1)
def test_q8_kind(hw):
    """Four numbers and a whole one, of a likely size; whether they are right is not tested."""
    for name in ("chess_content", "chess_style", "together", "beta_factor"):
        number = getattr(hw, name)
        is_real = isinstance(number, (int, float, np.number)) and not isinstance(number, bool)
        assert is_real, f"{name}: expected a number, got {number!r}"
        assert 0 <= number < 1000, f"{name}: expected a number from 0 to 1000, got {number!r}"
    number = hw.rank
    is_whole = isinstance(number, (int, np.integer)) and not isinstance(number, bool)
    assert is_whole, f"rank: expected a whole number, got {number!r}"
    assert 1 <= number <= 64, f"rank: expected a whole number from 1 to 64, got {number!r}"
