"""The hidden test of a question about a network: it compares what the models compute."""

import numpy as np

from cnnutils.homework.testing import close, points


def outputs(answers, weights, images):
    """Give the answer's model known weights, and let it see some images."""
    model = answers.build(3)
    model.set_weights(weights)
    return model.predict(images, verbose=0)


@points(2)
def test_q1_outputs(hw, rng):
    """With known weights, the network computes what it should."""
    shapes = (3, 3, 1, 4), (4,), (144, 3), (3,)
    weights = [rng.normal(size=shape).astype("float32") for shape in shapes]
    images = rng.normal(size=(2, 8, 8, 1)).astype("float32")
    windows = np.lib.stride_tricks.sliding_window_view(images[..., 0], (3, 3), axis=(1, 2))
    maps = np.tensordot(windows, weights[0][:, :, 0], 2) + weights[1]
    want = np.maximum(maps, 0).reshape(2, -1) @ weights[2] + weights[3]
    assert close(hw.run(outputs, weights, images), want, tolerance=1e-4)
