"""U-Net against figure 1 of its paper, by hand, and its options and errors."""

import re

import numpy as np
import pytest
from zoo_checks import answers, images, unallocated

from cnnutils import zoo

# Figure 1: the side of the map after each 3 × 3 convolution, level by level, down and up.
DOWN = [(570, 568), (282, 280), (138, 136), (66, 64)]
BOTTOM = (30, 28)
UP = [(54, 52), (102, 100), (198, 196), (390, 388)]


def convolutions(channels_in, channels_out, size):
    """Weights and biases of one convolution."""
    return (size * size * channels_in + 1) * channels_out


def sides(model, name):
    return tuple(model.get_layer(f"{name}_conv{i}").output.shape[1] for i in (1, 2))


def test_every_size_of_the_figure():
    model = unallocated(zoo.build_unet)
    assert [sides(model, f"down{i}") for i in (1, 2, 3, 4)] == DOWN
    assert sides(model, "bottom") == BOTTOM
    assert [sides(model, f"up{i}") for i in (4, 3, 2, 1)] == UP
    channels = [model.get_layer(f"up{i}_concatenate").output.shape[-1] for i in (4, 3, 2, 1)]
    assert channels == [1024, 512, 256, 128]
    assert model.output.shape == (None, 388, 388, 2)


def test_parameters_by_hand():
    levels = [64, 128, 256, 512]
    total, before = 0, 1
    for channels in [*levels, 1024]:
        total += convolutions(before, channels, 3) + convolutions(channels, channels, 3)
        before = channels
    for channels in reversed(levels):
        total += convolutions(2 * channels, channels, 2)  # up
        total += convolutions(2 * channels, channels, 3) + convolutions(channels, channels, 3)
    total += convolutions(64, 2, 1)
    model = unallocated(zoo.build_unet)
    assert model.count_params() == total == 31_030_658
    kinds = [type(layer).__name__ for layer in model.layers]
    assert kinds.count("Conv2D") + kinds.count("Conv2DTranspose") == 23  # as the paper counts


def test_with_same_padding_the_size_stays():
    model = zoo.build_unet(
        input_shape=(16, 24, 3), num_classes=5, filters=2, depth=3, padding="same"
    )
    out = answers(model, images(model))
    assert out.shape == (2, 16, 24, 5)
    np.testing.assert_allclose(out.sum(axis=-1), 1, rtol=1e-5)


def test_bridges_are_cropped_in_their_middle():
    model = unallocated(zoo.build_unet)
    crops = [model.get_layer(f"up{i}_crop").cropping for i in (4, 3, 2, 1)]
    # 64 to 56, 136 to 104, 280 to 200, 568 to 392.
    assert crops == [((side,) * 2,) * 2 for side in (4, 16, 40, 88)]


@pytest.mark.parametrize("upsampling", ["transposed", "nearest", "bilinear"])
def test_the_bridges_carry_what_the_way_down_loses(upsampling):
    # A change of one pixel by a fine pattern must be seen in the output at that pixel.
    model = zoo.build_unet(
        input_shape=(16, 16, 1), filters=4, depth=2, padding="same", upsampling=upsampling,
        classifier_activation=None,
    )  # fmt: skip
    model.set_weights([np.abs(array) for array in model.get_weights()])  # no ReLU may be silent
    x = np.zeros((2, 16, 16, 1), "float32")
    x[1, 5, 9] = 1
    changed = np.abs(np.diff(answers(model, x), axis=0)).sum(axis=(0, 3))
    assert changed[5, 9] > 0
    names = {type(layer).__name__ for layer in model.layers}
    assert ("Conv2DTranspose" in names) == (upsampling == "transposed")
    assert ("UpSampling2D" in names) == (upsampling != "transposed")


def test_without_bridges_the_finer_maps_have_no_influence():
    # With all kernels of the way down beyond the first pooling at zero, nothing but the bridges
    # tells the output about the input.
    options = {"input_shape": (16, 16, 1), "filters": 4, "depth": 2, "padding": "same"}
    options["classifier_activation"] = None
    models = [zoo.build_unet(**options, bridges=bridges) for bridges in (True, False)]
    assert models[0].count_params() == models[1].count_params()
    for model, sees in zip(models, (True, False), strict=True):
        model.set_weights([np.abs(array) for array in model.get_weights()])
        for name in ("down2_conv1", "bottom_conv1"):
            layer = model.get_layer(name)
            layer.set_weights([np.zeros_like(array) for array in layer.get_weights()])
        x = images(model, num=2)
        assert (np.ptp(answers(model, x), axis=0).max() > 1e-6) == sees


def test_batch_normalization_stands_before_each_relu():
    model = unallocated(
        zoo.build_unet, input_shape=(16, 16, 1), filters=4, depth=2, padding="same",
        batch_normalization=True,
    )  # fmt: skip
    kinds = [type(layer).__name__ for layer in model.layers]
    assert kinds.count("BatchNormalization") == kinds.count("ReLU") == 2 * 5
    assert all(kinds[i - 1] == "BatchNormalization" for i, k in enumerate(kinds) if k == "ReLU")


@pytest.mark.parametrize(
    ("options", "error", "sentence"),
    [
        (
            {"input_shape": (570, 572, 1)}, ValueError,
            "each map must have even sides before it is halved, the input (570, 572, 1) gives one "
            "of 279 × 280.",
        ),
        (
            {"input_shape": (20, 24, 3), "padding": "same"}, ValueError,
            "each map must have even sides before it is halved, the input (20, 24, 3) gives one "
            "of 5 × 6.",
        ),
        (
            {"input_shape": (60, 60, 3)}, ValueError,
            "the input (60, 60, 3) is too small for this depth.",
        ),
        (
            {"padding": "full"}, ValueError,
            "padding must be one of 'valid', 'same', got 'full'.",
        ),
        (
            {"upsampling": "cubic"}, ValueError,
            "upsampling must be one of 'transposed', 'nearest', 'bilinear', got 'cubic'.",
        ),
        ({"depth": 0}, ValueError, "depth must be at least 1, got 0."),
        ({"filters": 2.5}, TypeError, "filters must be an integer, got 2.5 (float)."),
    ],
)  # fmt: skip
def test_wrong_arguments(options, error, sentence):
    with pytest.raises(error, match=f"^{re.escape('build_unet: ' + sentence)}$"):
        zoo.build_unet(**options)
