"""The tests of homework 11 that students see: small, and worked by hand."""

import numpy as np

from cnnutils.homework.testing import close, points, raises


def as_maps(*rows):
    """Feature maps (H, W, 1) from their rows, in fractions."""
    return np.array(rows, float)[..., np.newaxis]


def cost_and_gradient(got, cost, gradient, name=""):
    """Compare what a cost function gave with the cost and the gradient that are right."""
    return close(got, (cost, gradient), name=name, parts=("cost", "gradient"))


def picture_and_costs(got, picture, costs, name=""):
    """Compare what the painter gave with the picture and the list that are right."""
    return close(got, (picture, costs), name=name, parts=("picture", "costs"))


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
    assert close(hw.gram_of(maps), np.array([[14.0, 0], [0, 6]]), name="all positions")
    assert close(hw.gram_of(maps[:1]), np.array([[10.0, 2], [2, 4]]), name="the upper row alone")


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
    """Colours that vary independently; then two that vary together in the style."""
    # Red: 0.4 and 0.6, the mean 0.5, the deviation 0.1. In the style: 0.1 and 0.5, the mean 0.3,
    # the deviation 0.2. So 0.4 becomes 0.1 and 0.6 becomes 0.5. The others likewise.
    content = independent([0.4, 0.2, 0.5], [0.6, 0.8, 0.6])
    style = independent([0.1, 0.4, 0.7], [0.5, 0.5, 1.0])
    assert close(hw.match_colours(content, style), style, name="independent colours")
    assert close(hw.match_colours(content, content), content, name="its own colours")
    # The content's deviations are 0.1, 0.2 and 0.05: each pixel lies one deviation above or below
    # the mean, in each colour. The style's means are 0.4, 0.5 and 0.6, and red and green go
    # together there: both have the variance (0.24² + 0.08² + 0.08² + 0.24²) / 4 = 0.032, and the
    # mean product is (0.24² - 0.08² - 0.08² + 0.24²) / 4 = 0.0256. The root of 0.032 0.0256, 0.0256
    # 0.032 is 0.16 0.08, 0.08 0.16: for 0.16² + 0.08² = 0.032 and 2 · 0.16 · 0.08 = 0.0256.
    # Little red, little green: 0.4 - 0.16 - 0.08 = 0.16 and 0.5 - 0.08 - 0.16 = 0.26.
    # Little red, much green:   0.4 - 0.16 + 0.08 = 0.32 and 0.5 - 0.08 + 0.16 = 0.58.
    # Much red: 0.48 and 0.42 with little green, 0.64 and 0.74 with much. Blue is 0.55 or 0.65.
    content = independent([0.4, 0.3, 0.5], [0.6, 0.7, 0.6])
    red_and_green = [[0.16, 0.26], [0.32, 0.58], [0.48, 0.42], [0.64, 0.74]]
    together = np.array([[*two, blue] for two in red_and_green for blue in (0.55, 0.65)])
    want = together.reshape(2, 4, 3)
    style = np.concatenate([together[::-1], together])[np.newaxis]  # the same colours, elsewhere
    got = hw.match_colours(content, style)
    assert close(got, want, name="red and green together in the style")
    got = hw.match_colours(want, content)
    assert close(got, content, name="red and green together in the content")


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
    """A rough red picture, and two layers: one sees its reds, the other their mean."""
    picture = in_red([0, 1], [0.5, 0.5])
    content = [as_maps([1, 1], [1, 1]), as_maps([0.25])]  # the first of them does not count
    style = [as_maps([0.5, 0]), as_maps([0])]
    plan = {"alpha": 64, "beta": 16, "gamma": 12, "content_layer": 1, "layer_weights": [1, 2]}
    # Content, at the second layer: the mean red is 0.5, 0.25 more than it should be. The cost is
    # 0.0625 / 4 = 1/64, the derivative by the mean 0.25 / 2 = 1/8, by each red a fourth, 1/32.
    by_content = in_red([2, 2], [2, 2])
    # Style, first layer: G / n = 1.5 / 4 and S / m = 0.25 / 2, so D = 1/4, the cost is 1/64, and
    # the derivatives are F D / 4: 0, 1/16, 1/32, 1/32. All of it times 16.
    # Second layer: D = 0.5² - 0 = 1/4, the cost is 1/64, the derivative by the mean 0.5 / 4 = 1/8,
    # by each red 1/32. All of it times 16 · 2.
    by_style = in_red([0 + 1, 1 + 1], [0.5 + 1, 0.5 + 1])
    # Variation: down 0.5 and -0.5, along 1 and 0; six pairs each, of all colours: the mean squares
    # are 0.5/6 and 1/6, and each difference d hands 2d/6 to its pixels. All of it times 12.
    by_variation = in_red([-2 - 4, 2 + 4], [2, -2])
    parts = {
        "alpha alone": ({"beta": 0, "gamma": 0}, 1.0, by_content),
        "beta alone": ({"alpha": 0, "gamma": 0}, 0.25 + 0.5, by_style),
        "gamma alone": ({"alpha": 0, "beta": 0}, 1.0 + 2, by_variation),
        "all together": ({}, 4.75, by_content + by_style + by_variation),
    }
    for name, (off, *want) in parts.items():
        got = hw.transfer_cost(picture, content, style, RED * 2, {**plan, **off})
        assert cost_and_gradient(got, *want, name)


# --- q7 --------------------------------------------------------------------------------------

CONTENT_ONLY = {"alpha": 1, "beta": 0, "gamma": 0, "content_layer": 0, "layer_weights": [1]}


@points(1)
def test_q7_steps(hw):
    """No step, one and two: first each pixel moves by the rate, then by what its means say."""
    # Reds 0.5 and 0.5 where the content has 0.25 and 1: errors 0.25 and −0.5, and the same in the
    # second row. The cost is (0.0625 + 0.25) · 2 / 16 = 0.0390625.
    start, content = in_red([0.5, 0.5], [0.5, 0.5]), as_maps([0.25, 1], [0.25, 1])
    given = [content], [as_maps([1])], RED, CONTENT_ONLY
    assert picture_and_costs(hw.paint(start, *given, 0, 0.02), start, [], "no step")
    moved = in_red([0.48, 0.52], [0.48, 0.52])
    assert picture_and_costs(hw.paint(start, *given, 1, 0.02), moved, [0.0390625], "one step")
    little = *given[:3], {**CONTENT_ONLY, "alpha": 1e-6}  # derivatives far below 1e-6
    got = hw.paint(start, *little, 1, 0.02)
    assert picture_and_costs(got, moved, [0.0390625e-6], "one step on a very gentle slope")
    # The pixel from the text, and three others. With alpha = 320 a derivative is 320/8 = 40 times
    # the error: at first 3, 1, -2 and -5, and the cost is 320 · (9 + 1 + 4 + 25) / 1600 / 16.
    # All move by 0.1, so the derivatives become -1, -3, 2 and -1, and the second cost is
    # 320 · (1 + 9 + 4 + 1) / 1600 / 16. In the second step m is 0.09 times the first derivative
    # and 0.1 times the second: 0.17, -0.21, 0.02, -0.55; v is 0.0099 and 0.01 times their squares:
    # 0.0991, 0.0999, 0.0796, 0.2575. So the pixels move on by 0.1 (m / 0.19) / root(v / 0.0199).
    content = 0.5 - np.array([[3.0, 1], [-2, -5]])[..., np.newaxis] / 40
    plan = {**CONTENT_ONLY, "alpha": 320}
    got = hw.paint(start, [content], [as_maps([1])], RED, plan, 2, 0.1)
    second = [0.0400945, -0.0493302, 0.0052632, -0.0804720]
    moved = in_red([0.4 - second[0], 0.4 - second[1]], [0.6 - second[2], 0.6 - second[3]])
    assert picture_and_costs(got, moved, [0.4875, 0.1875], "two steps")


@points(1)
def test_q7_border(hw):
    """Pixels that would fall below 0 or rise above 1, and the costs of two steps."""
    # Reds of 0.1 and 0.9, the content is 0 and 1: the cost is 4 · 0.01 / 16 = 0.0025. A step of
    # 0.2 would lead to −0.1 and 1.1, so to 0 and 1, before the second cost is computed. There the
    # derivatives are 0, but their means are not: the reds want to go on, and stay at 0 and 1.
    start, content = in_red([0.1, 0.9], [0.1, 0.9]), as_maps([0, 1], [0, 1])
    got = hw.paint(start, [content], [as_maps([1])], RED, CONTENT_ONLY, 2, 0.2)
    assert picture_and_costs(got, in_red([0, 1], [0, 1]), [0.0025, 0.0])


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
