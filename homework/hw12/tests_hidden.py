"""The tests of homework 12 that students do not see. The first line of each is their hint.

Inputs are drawn from the grader's seed and break every symmetry; what is right comes from the
reference, or was worked by hand where a number says more.
"""

import numpy as np

from cnnutils.homework.testing import close, points, raises

# --- q1 --------------------------------------------------------------------------------------


@points(1)
def test_q1_many_axes(hw, reference, rng):
    """One to five axes, each with another size, kernel, stride, gap and padding."""
    for axes in (1, 2, 3, 5, 4):
        kernels, strides, gaps, *ends = rng.integers(1, 5, size=(5, axes)).tolist()
        sizes = [
            max(1, gap * (taps - 1) + 1 - sum(both) + more)
            for taps, gap, *both, more in zip(
                kernels, gaps, *ends, rng.integers(0, 9, size=axes).tolist(), strict=True
            )
        ]
        setting = tuple(sizes), kernels, strides, gaps, tuple(zip(*ends, strict=True))
        assert close(hw.output_sizes(*setting), reference.output_sizes(*setting))
    kernels = rng.integers(2, 6, size=4).tolist()
    want = reference.count_parameters(kernels, 3, 7)
    assert close(hw.count_parameters(kernels, 3, 7), want)


@points(1)
def test_q1_extremes(hw):
    """Kernels that just fit, that fit by their padding alone, or that do not fit on some axis."""
    just = (5,), (3,), (4,), (2,), ((0, 0),)  # 1 + 2·2 = 5
    assert close(hw.output_sizes(*just), (1,))
    assert close(hw.output_sizes((2, 9), (3, 1), (1, 4), (2, 3), ((0, 3), (0, 0))), (1, 3))
    assert raises(ValueError, hw.output_sizes, (4,), (3,), (4,), (2,), ((0, 0),))
    assert raises(ValueError, hw.output_sizes, (9, 4), (3, 2), (1, 5), (2, 6), ((0, 0), (1, 1)))
    assert raises(ValueError, hw.output_sizes, (1, 9), (5, 2), (7, 1), (1, 1), ((2, 1), (0, 0)))


# --- q2 --------------------------------------------------------------------------------------


@points(1)
def test_q2_noise(hw, reference, rng):
    """A long recording of noise, and a shape that is not the same back to front."""
    for length, taps in ((60, 9), (7, 7), (25, 2)):
        recording, shape = rng.normal(size=length), rng.normal(1, 1, size=taps)
        assert close(hw.find_shape(recording, shape), reference.find_shape(recording, shape))


@points(1)
def test_q2_equals(hw, rng):
    """Whole numbers; a shape that occurs more than once, on a ground that may be high or low."""
    low, high = (rng.integers(-9, 9, size=2) * 100).tolist()
    shape = np.array([0, 9, 3])  # without its mean: −4, 5, −1
    recording = np.array([low, low, low + 9, low + 3, high, high + 9, high + 3, high + 3])
    by_hand = [-9, 42, -36 + 15 - (high - low), -12 + 5 * (high - low) - (high + 9 - low),
               42, -36 + 15 - 3]  # fmt: skip
    scores, place = hw.find_shape(recording, shape)
    assert close(scores, np.array(by_hand, float))
    assert close(place, by_hand.index(max(by_hand)))
    twice = np.array([1, 1, 0, 9, 3, 7, 7, 0, 9, 3, 2])  # 42 at places 2 and 7
    assert close(hw.find_shape(twice, shape)[1], 2)
    assert close(hw.find_shape(np.full(6, high), shape), (np.zeros(4), 0))


# --- q3 and q4 -------------------------------------------------------------------------------

CASES = [  # recordings, kernel, outputs; stride, dilation, padding
    ((3, 7, 2), (3, 2, 4), 5, 1, 1, (0, 0)),
    ((2, 11, 3), (3, 3, 2), 6, 2, 2, (4, 0)),
    ((2, 10, 2), (4, 2, 3), 3, 3, 3, (1, 5)),
    ((1, 9, 2), (2, 2, 1), 2, 4, 3, (0, 1)),  # samples that no window uses
    ((2, 3, 1), (4, 1, 2), 1, 2, 2, (1, 3)),  # the whole padded recording
    ((2, 4, 3), (1, 3, 2), 4, 2, 5, (3, 0)),  # a single tap
]


def draw_layer(rng, signals, kernel, outputs):
    """Recordings, kernel, bias, and gradients of the output's shape."""
    shapes = signals, kernel, kernel[-1:], (signals[0], outputs, kernel[-1])
    return [rng.normal(size=shape) for shape in shapes]


@points(1)
def test_q3_batch(hw, reference, rng):
    """Several recordings, channels and filters; stride 1, no gaps, no padding."""
    signals, kernel, bias, _ = draw_layer(rng, *CASES[0][:3])
    want = reference.conv1d(signals, kernel, bias, 1, 1, (0, 0))
    assert close(hw.conv1d(signals, kernel, bias, 1, 1, (0, 0)), want)


@points(1)
def test_q3_settings(hw, reference, rng):
    """Strides, gaps and uneven padding together; kernels that just fit, kernels of one tap."""
    for *shapes, stride, dilation, padding in CASES[1:]:
        signals, kernel, bias, _ = draw_layer(rng, *shapes)
        layer = signals, kernel, bias, stride, dilation, padding
        assert close(hw.conv1d(*layer), reference.conv1d(*layer))


@points(1)
def test_q3_whole_numbers(hw, reference, rng):
    """Samples that are whole numbers, with weights that are not; and gaps that are too wide."""
    signals = rng.integers(-9, 9, size=(2, 8, 2))
    kernel, bias = rng.normal(size=(3, 2, 3)), rng.normal(size=3)
    layer = signals, kernel, bias, 1
    assert close(hw.conv1d(*layer, 3, (0, 2)), reference.conv1d(*layer, 3, (0, 2)))
    assert close(hw.conv1d(*layer, 4, (1, 0)), reference.conv1d(*layer, 4, (1, 0)))
    assert raises(ValueError, hw.conv1d, *layer, 4, (0, 0))
    assert raises(ValueError, hw.conv1d, *layer, 6, (1, 3))


def same_gradients(hw, reference, rng, cases):
    """Compare the gradients in some settings."""
    for *shapes, stride, dilation, padding in cases:
        signals, kernel, _, grads = draw_layer(rng, *shapes)
        layer = grads, signals, kernel, stride, dilation, padding
        close(hw.conv1d_gradients(*layer), reference.conv1d_gradients(*layer))
    return True


@points(1)
def test_q4_batch(hw, reference, rng):
    """Several recordings, channels and filters; stride 1, no gaps, no padding."""
    assert same_gradients(hw, reference, rng, CASES[:1])


@points(1)
def test_q4_settings(hw, reference, rng):
    """Strides, gaps and uneven padding together; samples that no window uses."""
    assert same_gradients(hw, reference, rng, CASES[1:])


# --- q5 --------------------------------------------------------------------------------------


@points(1)
def test_q5_batch(hw, reference, rng):
    """Several recordings and channels; samples that are left over; numbers below zero."""
    for shape, size in (((3, 11, 2), 3), ((2, 8, 3), 4), ((2, 5, 2), 1), ((1, 7, 4), 6)):
        signals = rng.normal(-3, 1, size=shape)
        grads = rng.normal(size=(shape[0], shape[1] // size, shape[2]))
        assert close(hw.max_pool1d(signals, size), reference.max_pool1d(signals, size))
        want = reference.max_pool1d_gradient(grads, signals, size)
        assert close(hw.max_pool1d_gradient(grads, signals, size), want)


@points(1)
def test_q5_equals(hw, rng):
    """Whole numbers among which several of a block are the largest; gradients below zero."""
    signals = np.array([[2, 0], [2, 5], [1, 5], [7, 0], [7, 0], [7, 0], [9, 9]])[np.newaxis]
    one, two, three, four = rng.uniform(-3, 3, size=4).tolist()
    want = np.zeros((1, 7, 2))  # blocks of three: 2 2 1 and 7 7 7; 0 5 5 and 0 0 0
    want[0, 0, 0], want[0, 1, 1], want[0, 3, 0], want[0, 3, 1] = one, two, three, four
    got = hw.max_pool1d_gradient(np.array([[[one, two], [three, four]]]), signals, 3)
    assert close(got, want)
    assert close(hw.max_pool1d(signals, 3), np.array([[[2.0, 5], [7, 0]]]))


# --- q6 --------------------------------------------------------------------------------------


def draw_network(rng, shape, filters, taps, outputs):
    """Recordings, and weights for two layers; both loud, so that every derivative counts."""
    return 20 * rng.normal(size=shape), {
        "kernel1": 0.3 * rng.normal(size=(taps[0], shape[2], filters)),
        "bias1": rng.normal(size=filters),
        "kernel2": 0.03 * rng.normal(size=(taps[1], filters, outputs)),
        "bias2": rng.normal(size=outputs),
    }


NETWORKS = [
    (((3, 12, 1), 2, (3, 2), 1), 2, 1),
    (((2, 23, 2), 3, (4, 3), 2), 5, 2),
    (((1, 14, 1), 4, (1, 4), 1), 3, 3),
]


@points(1)
def test_q6_shapes(hw, reference, rng):
    """Several recordings and filters, gaps in the second layer, samples left over by the blocks."""
    for shapes, size, dilation in NETWORKS:
        signals, weights = draw_network(rng, *shapes)
        want = reference.run_network(signals, weights, size, dilation)
        assert close(hw.run_network(signals, weights, size, dilation), want)


@points(1)
def test_q6_gradients(hw, reference, rng):
    """The cost and all derivatives, with several recordings and filters, and mixed targets."""
    for shapes, size, dilation in NETWORKS:
        signals, weights = draw_network(rng, *shapes)
        blocks = signals.shape[1] // size
        targets = rng.integers(0, 2, size=(len(signals), blocks, shapes[3])).astype(float)
        want = reference.network_gradients(signals, targets, weights, size, dilation)
        assert close(hw.network_gradients(signals, targets, weights, size, dilation), want)


# --- q7 --------------------------------------------------------------------------------------


@points(1)
def test_q7_alarms(hw, rng):
    """Scores at, above and below the threshold, at the beginning and at the end, high for long."""
    bar = float(rng.integers(-5, 5))
    for steps, want in (
        ([0, 1, -1, 0, 0, -2, 3], [0, 3, 6]),
        ([-1, -2, 5, 5, 0, 9, -1], [2]),
        ([-3, -1], []),
        ([2], [0]),
    ):
        assert close(hw.raise_alarms(bar + np.array(steps, float), bar), want)


@points(1)
def test_q7_judged(hw):
    """No alarms or no odd beats; alarms in the beat's own block, just in time, just too late."""

    def judge(alarms, odd_beats, patience, found, missed, false):
        want = {"found": found, "missed": missed, "false alarm": false}
        return close(hw.judge_alarms(alarms, odd_beats, patience), want)

    assert judge([], [3, 8], 2, [], [3, 8], [])
    assert judge([3, 8], [], 2, [], [], [3, 8])
    assert judge([5, 14, 23], [5, 10, 20, 30], 3, [5, 20], [10, 30], [14])  # 0, 4 and 3 later
    assert judge([9, 12], [10], 5, [10], [], [9])  # an alarm before the beat
    assert judge([4, 5], [2, 3], 2, [2, 3], [], [])  # several alarms, several beats
    assert judge([7], [4, 6, 7], 1, [6, 7], [4], [])


# --- q8 --------------------------------------------------------------------------------------


@points(1)
def test_q8_stack(hw):
    """How many layers it takes to see a second, and what they learn."""
    # 1 + 2·(1 + 2 + ... + 2^(n − 1)) = 2^(n + 1) − 1 samples: 127 for n = 6, 255 for n = 7
    assert close(hw.layers, 7)
    assert close(hw.parameters, 1232)  # (3 + 1)·8 = 32, then six times (24 + 1)·8 = 200


@points(1)
def test_q8_looks(hw):
    """What a stack with holes sees, and how far the trained network looks back."""
    assert close(hw.seen, 8)  # 0, 1, 3, 4, 9, 10, 12 and 13 back
    assert close(hw.field, 139)  # 12·2 + 1 = 25 blocks, 125 answers of layer 1, and 14 more
