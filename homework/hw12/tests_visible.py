"""The tests of homework 12 that students see: small, and worked by hand."""

import numpy as np

from cnnutils.homework.testing import close, points, raises


def as_signal(*samples):
    """One recording (1, L, 1) with one channel, from its samples, in fractions."""
    return np.array(samples, float).reshape(1, -1, 1)


def as_taps(*taps):
    """One filter (K, 1, 1) for one channel, from its taps."""
    return np.array(taps, float).reshape(-1, 1, 1)


# --- q1 --------------------------------------------------------------------------------------


@points(1)
def test_q1_sizes(hw):
    """Windows are counted along one axis, two and three, with gaps, strides and uneven padding."""
    # the text's line: 2 + 10 = 12 places, the kernel covers 5 of them: it begins at 0, 3, 6
    assert close(hw.output_sizes((10,), (3,), (3,), (2,), ((2, 0),)), (3,), name="one axis")
    # a second axis: 6 places, a kernel of 2 without gaps: it begins at 0, 1, ..., 4
    got = hw.output_sizes((10, 6), (3, 2), (3, 1), (2, 1), ((2, 0), (0, 0)))
    assert close(got, (3, 5), name="two axes")
    # 4 places, a kernel of 4: at 0; 1 + 5 + 2 = 8 places, one tap: at 0, 2, 4, 6;
    # 7 places, two taps 3 apart cover 4: at 0, and one at 4 would need place 7
    ends = (0, 0), (1, 2), (0, 0)
    got = hw.output_sizes((4, 5, 7), (4, 1, 2), (1, 2, 4), (1, 9, 3), ends)
    assert close(got, (1, 4, 1), name="three axes")
    # the second axis: two taps 4 apart cover 5 places, and there are 4
    assert raises(ValueError, hw.output_sizes, (9, 4), (3, 2), (1, 1), (1, 4), ((0, 0), (0, 0)))


@points(1)
def test_q1_parameters(hw):
    """The text's layer, and one along a line: a weight for every tap and channel, and a bias."""
    assert close(hw.count_parameters((3, 2), 4, 5), 125, name="kernels of 3 × 2")  # (3·2·4 + 1)·5
    assert close(hw.count_parameters((15,), 1, 8), 128, name="kernels of 15")  # (15·1 + 1)·8


# --- q2 --------------------------------------------------------------------------------------


@points(1)
def test_q2_text(hw):
    """The text's recording, 1 1 5 4 2, and its shape, 0 3 3; and a recording with two best."""
    recording, shape = np.array([1.0, 1, 5, 4, 2]), np.array([0.0, 3, 3])
    # the kernel is −2 1 1: −2 + 1 + 5 = 4, −2 + 5 + 4 = 7, −10 + 4 + 2 = −4
    got = hw.find_shape(recording, shape)
    assert close(got, (np.array([4.0, 7, -4]), 1), parts=("scores", "place"))
    # 1 1 5 1 2: −2 + 1 + 5 = 4, −2 + 5 + 1 = 4, −10 + 1 + 2 = −7
    got = hw.find_shape(np.array([1.0, 1, 5, 1, 2]), shape)
    assert close(got, (np.array([4.0, 4, -7]), 0), parts=("scores", "place of equals"))


# --- q3 --------------------------------------------------------------------------------------


@points(1)
def test_q3_causal(hw):
    """The text's recording 1 2 3 4, taps 10 1 that are 2 apart, two zeros before, bias 0.5."""
    # 0 0 1 2 3 4: 10·0 + 1·1, 10·0 + 1·2, 10·1 + 1·3, 10·2 + 1·4, each + 0.5
    got = hw.conv1d(as_signal(1, 2, 3, 4), as_taps(10, 1), np.array([0.5]), 1, 2, (2, 0))
    assert close(got, as_signal(1.5, 2.5, 13.5, 24.5))


@points(1)
def test_q3_stride_and_no_place(hw):
    """A stride of two with a zero at the end; and a kernel that covers too much is a ValueError."""
    # 1 2 3 4 5 0, windows at 0, 2, 4: 10·1 + 2, 10·3 + 4, 10·5 + 0
    got = hw.conv1d(as_signal(1, 2, 3, 4, 5), as_taps(10, 1), np.array([0.0]), 2, 1, (0, 1))
    assert close(got, as_signal(12, 34, 50))
    too_far = as_signal(1, 2, 3, 4), as_taps(10, 1), np.array([0.0]), 1, 4, (0, 0)
    assert raises(ValueError, hw.conv1d, *too_far)  # two taps, 4 apart, cover 5 samples of 4


# --- q4 --------------------------------------------------------------------------------------


@points(1)
def test_q4_text(hw):
    """The text's recording 1 2 3 4, taps 10 1 that are 2 apart, gradients 5 7."""
    # taps: 5·1 + 7·2 = 19, 5·3 + 7·4 = 43; bias: 5 + 7 = 12
    # samples: 5·10, 7·10, 5·1, 7·1
    setting = as_signal(5, 7), as_signal(1, 2, 3, 4), as_taps(10, 1), 1, 2, (0, 0)
    got = hw.conv1d_gradients(*setting)
    want = as_signal(50, 70, 5, 7), as_taps(19, 43), np.array([12.0])
    assert close(got, want, parts=("by samples", "by kernel", "by bias"))


@points(1)
def test_q4_causal(hw):
    """The recording 1 2 3, taps 10 1, one zero before: three outputs with gradients 1 2 3."""
    # 0 1 2 3, outputs see 0 1, 1 2, 2 3; taps: 1·0 + 2·1 + 3·2 = 8, 1·1 + 2·2 + 3·3 = 14
    # samples: the zero gets 1·10 (thrown away), then 1·1 + 2·10, 2·1 + 3·10, 3·1
    setting = as_signal(1, 2, 3), as_signal(1, 2, 3), as_taps(10, 1), 1, 1, (1, 0)
    got = hw.conv1d_gradients(*setting)
    want = as_signal(21, 32, 3), as_taps(8, 14), np.array([6.0])
    assert close(got, want, parts=("by samples", "by kernel", "by bias"))


# --- q5 --------------------------------------------------------------------------------------


@points(1)
def test_q5_pool(hw):
    """The text's recording 3 1 4 4 9 in blocks of two, and in blocks of five."""
    signals = as_signal(3, 1, 4, 4, 9)
    assert close(hw.max_pool1d(signals, 2), as_signal(3, 4), name="blocks of two")  # 9 is left over
    assert close(hw.max_pool1d(signals, 5), as_signal(9), name="blocks of five")


@points(1)
def test_q5_back(hw):
    """The gradients 10 20 go back to the largest sample of each block of 3 1 4 4 9."""
    got = hw.max_pool1d_gradient(as_signal(10, 20), as_signal(3, 1, 4, 4, 9), 2)
    assert close(got, as_signal(10, 0, 20, 0, 0))


# --- q6 --------------------------------------------------------------------------------------


SMALL = {
    "kernel1": as_taps(1, 2),
    "bias1": np.array([-1.0]),
    "kernel2": as_taps(1, 3),
    "bias2": np.array([-7.0]),
}


@points(1)
def test_q6_forward(hw):
    """Two recordings, taps 1 2 with bias −1, blocks of two, taps 1 3; then the taps 2 apart."""
    # first layer: 0·1 + 1·2 − 1 = 1, 1·1 + 0·2 − 1 = 0, 0 + 0 − 1 = −1, 0 + 0 − 1 = −1,
    # 0 + 4 − 1 = 3, 2 + 6 − 1 = 7; with ReLU 1 0, 0 0, 3 7, and the largest of each: 1, 0, 7
    # second layer: 0·1 + 1·3 − 7 = −4, 1·1 + 0·3 − 7 = −6, 0·1 + 7·3 − 7 = 14
    got = hw.run_network(as_signal(1, 0, 0, 0, 2, 3), SMALL, 2, 1)
    want = as_signal(1, 0, -1, -1, 3, 7), as_signal(1, 0, 7), as_signal(-4, -6, 14)
    assert close(got, want, parts=("answers", "pooled", "scores"))
    # first layer: 0 + 4 − 1 = 3, 2 + 8 − 1 = 9, 4 − 6 − 1 = −3, −3 + 2 − 1 = −2, 1 + 6 − 1 = 6,
    # 3 + 0 − 1 = 2; the largest of each block, with ReLU: 9, 0, 6
    # second layer, dilation 2: 0 + 27 − 27 = 0, 0 + 0 − 27 = −27, 9 + 18 − 27 = 0
    weights = {**SMALL, "bias2": np.array([-27.0])}
    got = hw.run_network(as_signal(2, 4, -3, 1, 3, 0), weights, 2, 2)
    want = as_signal(3, 9, -3, -2, 6, 2), as_signal(9, 0, 6), as_signal(0, -27, 0)
    assert close(got, want, parts=("answers", "pooled", "scores with dilation 2"))


@points(1)
def test_q6_one_score(hw):
    """The recording 1 2 as one block, its score 0 and its target 1; then three scores."""
    # first layer: 0·1 + 1·2 − 1 = 1 and 1·1 + 2·2 − 1 = 4; pooled: 4; score: 4·3 − 12 = 0
    # p = 1/2, the cost is ln 2, by the score −0.5; taps of layer 2 met 0 and 4: 0 and −2
    # back: −0.5·3 = −1.5 to the second answer, whose taps met 1 and 2: −1.5 and −3
    weights = {**SMALL, "bias2": np.array([-12.0])}
    cost, slopes = hw.network_gradients(as_signal(1, 2), as_signal(1), weights, 2, 1)
    want = {
        "kernel1": as_taps(-1.5, -3),
        "bias1": np.array([-1.5]),
        "kernel2": as_taps(0, -2),
        "bias2": np.array([-0.5]),
    }
    assert close(cost, np.log(2), name="cost of one score")
    assert close(slopes, want, name="derivatives, one score")
    # the second network of the test above: scores 0, −27, 0; targets 1 1 0. p is 1/2, nearly 0,
    # 1/2; the costs are ln 2, nearly 27, ln 2; by the scores: −0.5, −1 and 0.5, each over 3
    # taps of layer 2 met 0 0 9 and 9 0 6: 9/6 and −9/6 + 6/6; bias: −1/6 − 1/3 + 1/6
    # back to the pooled 9, 0, 6: 3·(−1/6) + 1·(1/6) = −1/3; 3·(−1/3), which the ReLU stops, for
    # the answers of that block are below 0; 3·(1/6) = 1/2
    # the answer 9 saw 2 4, the answer 6 saw 1 3: −2/3 + 1/2, −4/3 + 3/2; bias: −1/3 + 1/2
    weights, targets = {**SMALL, "bias2": np.array([-27.0])}, as_signal(1, 1, 0)
    given = as_signal(2, 4, -3, 1, 3, 0), targets, weights
    cost, slopes = hw.network_gradients(*given, 2, 2)
    want = {
        "kernel1": as_taps(-1 / 6, 1 / 6),
        "bias1": np.array([1 / 6]),
        "kernel2": as_taps(1.5, -0.5),
        "bias2": np.array([-1 / 3]),
    }
    assert close(cost, (np.log(2) + 27 + np.log(2)) / 3, name="cost of three scores")
    assert close(slopes, want, name="derivatives, three scores")


# --- q7 --------------------------------------------------------------------------------------


@points(1)
def test_q7_text(hw):
    """The text's scores, −1 2 3 −2 0 4, and its two odd beats; then others, just in time."""
    # blocks 1, 2, 4 and 5 reach 0; 2 and 5 follow one that does
    got = hw.raise_alarms(np.array([-1.0, 2, 3, -2, 0, 4]), 0)
    assert close(got, [1, 4], name="the text's scores")
    got = hw.raise_alarms(np.array([2.0, 3, -1]), 0)
    assert close(got, [0], name="a first block that reaches the threshold")
    # alarm 1 comes 1 after beat 0; alarm 4 comes 4 after it, and before beat 6
    judged = hw.judge_alarms([1, 4], [0, 6], 3)
    want = {"found": [0], "missed": [6], "false alarm": [4]}
    assert close(judged, want, name="the text's alarms")
    # alarm 4 comes in the block of beat 4; alarm 12 comes 3 after beat 9 and 2 after beat 10
    judged = hw.judge_alarms([4, 12], [4, 9, 10, 20], 3)
    want = {"found": [4, 9, 10], "missed": [20], "false alarm": []}
    assert close(judged, want, name="alarms 4 and 12, beats 4, 9, 10, 20")


# --- q8 --------------------------------------------------------------------------------------


@points(1)
def test_q8_kind(hw):
    """Four whole numbers greater than 1; whether they are right is not tested here."""
    for name in ("layers", "parameters", "seen", "field"):
        number = getattr(hw, name)
        is_whole = isinstance(number, (int, np.integer)) and not isinstance(number, bool)
        assert is_whole, f"{name}: expected a whole number, got {number!r}"
        assert number > 1, f"{name}: expected a number greater than 1, got {number!r}"
