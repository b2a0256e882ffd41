"""The tests of homework 11 that students do not see. The first line of each is their hint.

Inputs are drawn from the grader's seed and break every symmetry; what is right comes from the
reference, or was worked by hand where a number says more.
"""

import numpy as np

from cnnutils.homework.testing import close, points, raises


def draw_maps(rng, *shape):
    """Maps as a network makes them: about a third of the numbers are 0."""
    return np.maximum(rng.normal(0.5, 1, size=shape), 0)


def draw_bank(rng, *shapes):
    """Filters (K, K, 3, C), one array for each shape (K, C)."""
    return [rng.normal(size=(k, k, 3, c)) / k for k, c in shapes]


# --- q1 --------------------------------------------------------------------------------------


@points(1)
def test_q1_many(hw, reference, rng):
    """Maps that are not square, with more channels than rows, and with fewer; negative numbers."""
    for shape in ((3, 5, 7), (6, 2, 3), (4, 4, 4)):
        maps = rng.normal(size=shape)
        assert close(hw.gram_of(maps), reference.gram_of(maps))


@points(1)
def test_q1_extremes(hw, rng):
    """One position; one channel; many positions; whole numbers."""
    assert close(hw.gram_of(np.array([[[2, -3]]])), np.array([[4.0, -6], [-6, 9]]))
    assert close(hw.gram_of(np.array([[[2.0], [3.0]]])), np.array([[13.0]]))
    assert close(hw.gram_of(np.ones((1, 7, 2))), np.full((2, 2), 7.0))
    assert close(hw.gram_of(np.ones((40, 30, 2))), np.full((2, 2), 1200.0))


# --- q2 --------------------------------------------------------------------------------------


@points(1)
def test_q2_many(hw, reference, rng):
    """Maps that are not square; content and generated maps change places; whole numbers."""
    content, maps = rng.normal(0, 9, size=(2, 3, 5, 4))
    assert close(hw.content_cost(content, maps), reference.content_cost(content, maps))
    assert close(hw.content_cost(maps, content), reference.content_cost(maps, content))
    content, maps = rng.integers(0, 9, size=(2, 2, 3, 2))
    assert close(hw.content_cost(content, maps), reference.content_cost(content, maps))


@points(1)
def test_q2_extremes(hw):
    """Equal maps; and shapes that differ in one axis only, where NumPy could stretch one."""
    maps = np.full((2, 3, 4), 7.0)
    assert close(hw.content_cost(maps, maps), (0.0, 0 * maps))
    for other in (maps[:1], maps[:, :1], maps[:, :, :1], maps[:, :2], maps.reshape(3, 2, 4)):
        assert raises(ValueError, hw.content_cost, other, maps)
        assert raises(ValueError, hw.content_cost, maps, other)
    upright, level = np.ones((6, 1, 2)), np.ones((1, 6, 2))  # as many numbers
    assert raises(ValueError, hw.content_cost, upright, level)


# --- q3 --------------------------------------------------------------------------------------


@points(1)
def test_q3_many(hw, reference, rng):
    """Maps of one shape, not square, with several channels of unequal strength."""
    style, maps = draw_maps(rng, 2, 4, 6, 5) * np.array([3, 1, 2, 0.5, 4])
    assert close(hw.style_cost(style, maps), reference.style_cost(style, maps))
    assert close(hw.style_cost(maps, style), reference.style_cost(maps, style))


@points(1)
def test_q3_sizes(hw, reference, rng):
    """A style that is larger than the generated picture, and one that is smaller."""
    large, small = 3 * draw_maps(rng, 7, 5, 3), 3 * draw_maps(rng, 2, 3, 3)
    assert close(hw.style_cost(large, small), reference.style_cost(large, small))
    assert close(hw.style_cost(small, large), reference.style_cost(small, large))


@points(1)
def test_q3_extremes(hw, rng):
    """Shuffled positions; a style that is repeated side by side; numbers of channels that differ.

    The first two have the same Gram matrix per position, so cost and gradient are 0.
    """
    maps = draw_maps(rng, 3, 4, 2)
    shuffled = rng.permutation(maps.reshape(-1, 2)).reshape(3, 4, 2)
    assert close(hw.style_cost(shuffled, maps), (0.0, 0 * maps))
    assert close(hw.style_cost(np.concatenate([maps] * 3, axis=1), maps), (0.0, 0 * maps))
    for other in (maps[:, :, :1], np.concatenate([maps, maps], axis=2)):
        assert raises(ValueError, hw.style_cost, other, maps)
        assert raises(ValueError, hw.style_cost, maps, other)


# --- q4 --------------------------------------------------------------------------------------


@points(1)
def test_q4_many(hw, reference, rng):
    """Pictures that are not square, with three colours, and with two."""
    for shape in ((4, 7, 3), (5, 2, 2), (2, 6, 1)):
        picture = rng.uniform(0, 5, size=shape)
        assert close(hw.total_variation(picture), reference.total_variation(picture))


@points(1)
def test_q4_extremes(hw, rng):
    """Stripes, upright and level; whole numbers; brighter and darker copies of a picture."""
    stripes = np.zeros((2, 4, 1), int)
    stripes[:, 1::2] = 3  # along: each of six differences is ±3, 2 · 3 / 6 = 1 for each pixel
    by_hand = np.array([[-1.0, 2, -2, 1]] * 2)[..., np.newaxis]
    assert close(hw.total_variation(stripes), (9.0, by_hand))
    level = stripes.transpose(1, 0, 2)
    assert close(hw.total_variation(level), (9.0, by_hand.transpose(1, 0, 2)))
    picture = rng.integers(0, 10, size=(3, 4, 3))
    cost, gradient = hw.total_variation(picture + 100)
    assert close(hw.total_variation(picture), (cost, gradient))
    assert close(gradient.sum(axis=(0, 1)), np.zeros(3))


# --- q5 --------------------------------------------------------------------------------------


def draw_colours(rng, *shape):
    """Pictures whose colours go together, more or less: (*shape, 3), around a middle brightness."""
    mix = np.array([[0.10, 0.02, -0.03], [0.07, 0.06, 0.02], [-0.05, 0.01, 0.09]])
    turn = np.linalg.qr(rng.normal(size=(3, 3)))[0]
    return np.clip(rng.uniform(0.4, 0.6, size=3) + rng.normal(size=(*shape, 3)) @ mix @ turn, 0, 1)


@points(1)
def test_q5_many(hw, reference, rng):
    """Colours that vary together, differently in the two pictures, whose sizes differ."""
    content, style = draw_colours(rng, 5, 8), draw_colours(rng, 6, 3)
    assert close(hw.match_colours(content, style), reference.match_colours(content, style))
    assert close(hw.match_colours(style, content), reference.match_colours(style, content))


@points(1)
def test_q5_extremes(hw, reference, rng):
    """A plain photograph, a plain style, a style of few pixels, a style with strong contrast."""
    content, plain = draw_colours(rng, 4, 3), np.full((3, 5, 3), [0.25, 0.5, 0.75])
    few = np.array([[[0.1, 0.2, 0.9], [0.3, 0.9, 0.2]]])
    strong = rng.integers(0, 2, size=(4, 6, 3)).astype(float)
    assert close(hw.match_colours(plain, content)[1:, 1:], np.full((2, 4, 3), content.mean((0, 1))))
    for style in (plain, few, strong):
        got, want = hw.match_colours(content, style), reference.match_colours(content, style)
        assert close(got, want, tolerance=2e-4)  # float32 finds small roots less precisely


# --- q6 --------------------------------------------------------------------------------------


def draw_task(rng, shapes=((3, 4), (2, 5)), size=(8, 12), style_size=(12, 8)):
    """A start, the maps of content and style, filters and a plan, all of it drawn."""
    filters = draw_bank(rng, *shapes)
    start, content = rng.uniform(size=(2, *size, 3))
    style = rng.uniform(size=(*style_size, 3)) ** 2
    plan = {
        "alpha": 40.0,
        "beta": 90.0,
        "gamma": 7.0,
        "content_layer": 0,
        "layer_weights": [*rng.uniform(0.2, 1, size=len(shapes))],
    }
    return start, content, style, filters, plan


@points(1)
def test_q6_content_and_variation(hw, reference, rng):
    """Several layers, the content at one of them, and total variation; the style weighs nothing."""
    start, content, style, filters, plan = draw_task(rng)
    for layer in (0, 1):
        settings = {**plan, "beta": 0, "content_layer": layer}
        given = reference.look(content, filters), reference.look(style, filters), filters, settings
        assert close(hw.transfer_cost(start, *given), reference.transfer_cost(start, *given))


@points(1)
def test_q6_style(hw, reference, rng):
    """Three layers whose weights differ; one of them weighs nothing; no content, no variation."""
    start, content, style, filters, plan = draw_task(rng, ((2, 3), (3, 2), (1, 4)))
    for weights in ([0.2, 0.7, 0.1], [1, 0, 3]):
        settings = {**plan, "alpha": 0, "gamma": 0, "layer_weights": weights}
        given = reference.look(content, filters), reference.look(style, filters), filters, settings
        assert close(hw.transfer_cost(start, *given), reference.transfer_cost(start, *given))


@points(1)
def test_q6_all(hw, reference, rng):
    """All parts at once, in a picture that is not square, with a style of another size."""
    start, content, style, filters, plan = draw_task(rng, style_size=(8, 16))
    given = reference.look(content, filters), reference.look(style, filters), filters
    for settings in (plan, {**plan, "alpha": 3.0, "content_layer": 1}):
        want = reference.transfer_cost(start, *given, settings)
        assert close(hw.transfer_cost(start, *given, settings), want)


# --- q7 --------------------------------------------------------------------------------------


@points(1)
def test_q7_many(hw, reference, rng):
    """Some steps with all parts of the cost, from a start that is not the content."""
    start, content, style, filters, plan = draw_task(rng, ((2, 3),), (4, 5), (6, 3))
    given = reference.look(content, filters), reference.look(style, filters), filters, plan
    for steps, rate in ((3, 0.01), (8, 0.05)):
        got = hw.paint(start, *given, steps, rate)
        assert close(got, reference.paint(start, *given, steps, rate), tolerance=1e-3)


@points(1)
def test_q7_extremes(hw, reference, rng):
    """A large rate, so that many pixels meet 0 and 1; derivatives of 0; many steps."""
    start, content, style, filters, plan = draw_task(rng, ((2, 3),), (4, 6), (6, 4))
    given = reference.look(content, filters), reference.look(style, filters), filters, plan
    got, want = (one.paint(start, *given, 6, 0.4) for one in (hw, reference))
    assert close(got, want, tolerance=1e-3)
    assert 0 <= got[0].min() <= got[0].max() <= 1
    red = [np.array([1.0, 0, 0]).reshape(1, 1, 3, 1)]
    plain, aim = np.zeros((2, 2, 3)), [np.full((2, 2, 1), 0.3)]
    plain[..., 0] = 0.9
    settings = {**plan, "beta": 0, "gamma": 0, "layer_weights": [1]}
    got, want = (one.paint(plain, aim, aim, red, settings, 40, 0.05) for one in (hw, reference))
    assert close(got, want, tolerance=1e-3)
    assert close(got[0][..., 1:], plain[..., 1:])


# --- q8 --------------------------------------------------------------------------------------


@points(1)
def test_q8_blind(hw):
    """The same things at other places; and other things at the same places."""
    # 12 of the 24 positions disagree, each with two squares of 1: 24 / (4 · 48)
    assert close(hw.chess_content, 0.125)
    assert close(hw.chess_style, 0.0)  # both Gram matrices are 12 0, 0 12
    # D: 0 beside two times 12 / 24; 2 · 0.25 / 16
    assert close(hw.together, 0.03125, tolerance=1e-4)


@points(1)
def test_q8_factors(hw):
    """How costs grow with the activations, and what the shape of a map says of its Gram matrix."""
    assert close(hw.beta_factor, 0.04, tolerance=1e-4)  # 5 ** 2 / 5 ** 4
    assert close(hw.rank, 35)  # not more than there are positions
