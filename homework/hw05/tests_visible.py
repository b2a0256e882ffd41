"""The tests of homework 5 that students see: small, and worked by hand."""

import numpy as np

from cnnutils.homework.testing import close, points

COST = "parameters", "multiplications"


def one_image(*rows):
    """One image (1, H, W, 1) from its rows, in fractions."""
    return np.array(rows, float)[np.newaxis, :, :, np.newaxis]


# --- q1 --------------------------------------------------------------------------------------


@points(1)
def test_q1_pixel(hw):
    """The pixel (1, 10) from the text, and its neighbour (2, −4)."""
    # filter 0: 1·3 + 10·0 + 1 = 4 and 2·3 − 4·0 + 1 = 7
    # filter 1: 1·0.5 + 10·2 − 1 = 19.5 and 2·0.5 − 4·2 − 1 = −8
    maps = np.array([[1, 10], [2, -4]]).reshape(1, 1, 2, 2)
    got = hw.pointwise(maps, np.array([[3, 0.5], [0, 2]]), np.array([1, -1]))
    assert close(got, np.array([[4, 19.5], [7, -8]]).reshape(1, 1, 2, 2))


# --- q2 --------------------------------------------------------------------------------------


@points(1)
def test_q2_one_channel(hw):
    """One channel: 10·(2a + 3) + 4 = 20a + 34."""
    got = hw.merged(np.array([[2.0]]), np.array([3.0]), np.array([[10.0]]), np.array([4.0]))
    assert close(got, (np.array([[20.0]]), np.array([34.0])), parts=("kernel", "bias"))


@points(1)
def test_q2_two_in_the_middle(hw):
    """One channel, two in the middle, one at the end."""
    # middle: a + 1 and 2a; then 10·(a + 1) + 100·2a + 5 = 210a + 15
    first = np.array([[1.0, 2.0]]), np.array([1.0, 0.0])
    second = np.array([[10.0], [100.0]]), np.array([5.0])
    want = np.array([[210.0]]), np.array([15.0])
    assert close(hw.merged(*first, *second), want, parts=("kernel", "bias"))


# --- q3 --------------------------------------------------------------------------------------


@points(1)
def test_q3_rows(hw):
    """Three rows of four pixels, a window of three: what is outside does not count."""
    # The 9 reaches its eight neighbours; the last column sees −1, −5, −6, −7, −8 and −2 only.
    maps = one_image([0, 1, -4, -5], [2, 9, -1, -6], [3, 4, -2, -7])
    want = one_image([9, 9, 9, -1], [9, 9, 9, -1], [9, 9, 9, -1])
    assert close(hw.max_pool_same(maps, 3), want)
    assert close(hw.max_pool_same(maps, 1), maps)  # a window of one pixel sees that pixel


# --- q4 --------------------------------------------------------------------------------------


def module(filters, channels=1):
    """Weights that are all 1, biases that are all 0."""
    reading = {"3x3": "3x3 reduce", "5x5": "5x5 reduce"}
    weights = {}
    for name, count in filters.items():
        inputs = filters[reading[name]] if name in reading else channels
        window = (3, 3) if name == "3x3" else (5, 5) if name == "5x5" else ()
        weights[name] = np.ones((*window, inputs, count)), np.zeros(count)
    return weights


ONE_EACH = dict.fromkeys(("1x1", "3x3 reduce", "3x3", "5x5 reduce", "5x5", "pool"), 1)


@points(1)
def test_q4_one_filter_each(hw):
    """One bright pixel, one filter in each layer, and all weights 1."""
    # 1 × 1: the pixel. 3 × 3: its nine neighbours see it, here all pixels of the first two columns;
    # 5 × 5: all pixels of three columns. Pooling, window 3: as the 3 × 3.
    image = one_image([0, 0, 0, 0], [7, 0, 0, 0], [0, 0, 0, 0])
    got = hw.inception(image, module(ONE_EACH))
    seen = np.zeros((1, 3, 4, 4))
    seen[0, 1, 0, 0] = 7
    seen[0, :, :2, 1] = seen[0, :, :2, 3] = 7
    seen[0, :, :3, 2] = 7
    assert close(got, seen)


@points(1)
def test_q4_order_and_relu(hw):
    """One pixel, 2 + 3 + 1 + 2 filters: the branches' order, and no number below 0."""
    filters = {"1x1": 2, "3x3 reduce": 1, "3x3": 3, "5x5 reduce": 2, "5x5": 1, "pool": 2}
    weights = module(filters)
    weights["1x1"] = np.array([[1.0, -1.0]]), np.array([0.0, 0.0])  # 5, and −5, which becomes 0
    weights["3x3 reduce"] = np.array([[-1.0]]), np.zeros(1)  # −5, so the 3 × 3 read 0 ...
    weights["3x3"] = weights["3x3"][0], np.array([1.0, 2.0, -3.0])  # ... and give their biases
    # 5 × 5: two channels of 5, added up. Pooling: 5, twice.
    want = np.array([5.0, 0, 1, 2, 0, 10, 5, 5]).reshape(1, 1, 1, 8)
    assert close(hw.inception(np.full((1, 1, 1, 1), 5.0), weights), want)


# --- q5 --------------------------------------------------------------------------------------


@points(1)
def test_q5_convolution(hw):
    """4 filters of 3 × 3 on 5 × 6 pixels with 2 channels."""
    # 4·(9·2 + 1) = 76; 5·6·4·(9·2) = 2160
    assert close(hw.conv_cost(5, 6, 3, 2, 4), (76, 2160), parts=COST)


@points(1)
def test_q5_module(hw):
    """One pixel with 10 channels, and one filter in each layer."""
    # four windows of 1 × 1 on the input: 10 weights each; 9 and 25 behind the reductions
    # 4·10 + 9 + 25 = 74 multiplications; 74 weights and 6 biases
    assert close(hw.inception_cost(1, 1, 10, ONE_EACH), (80, 74), parts=COST)


# --- q6 --------------------------------------------------------------------------------------


@points(1)
def test_q6_budget(hw):
    """3 × 3 from 6 channels to 2 filters: budgets of 50, of 48, which fits exactly, and of 23."""
    # each filter of the bottleneck costs 6 + 18 = 24
    for budget, want in ((50, 2), (48, 2), (23, 0)):
        got = hw.widest_bottleneck(3, 6, 2, budget)
        assert close(got, want, name=f"widest_bottleneck(3, 6, 2, {budget})")


@points(1)
def test_q6_direct(hw):
    """The text's 5; and a case in which 3 filters cost exactly as much as the direct way."""
    # 3 × 3: 4 filters cost 96, 5 cost 120, the direct way costs 108
    assert close(hw.first_useless(3, 6, 2), 5, name="first_useless(3, 6, 2)")
    # 1 × 1: a filter costs 12 + 4 = 16, 3 of them 48; the direct way 12·4 = 48
    assert close(hw.first_useless(1, 12, 4), 3, name="first_useless(1, 12, 4)")


# --- q7 --------------------------------------------------------------------------------------

NUMBERS = ("parameters", "multiplications", "channels", "largest_field", "smallest_field")


@points(2)
def test_q7_kind(hw):
    """Five whole numbers, 1 or more; whether they are right is not tested here."""
    for name in NUMBERS:
        number = getattr(hw, name)
        is_whole = isinstance(number, (int, np.integer)) and not isinstance(number, bool)
        assert is_whole, f"{name}: expected a whole number, got {number!r}"
        assert number >= 1, f"{name}: expected a number of 1 or more, got {number!r}"
