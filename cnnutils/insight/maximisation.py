"""The picture that a unit would like best, found by climbing its activation."""

from typing import Any

import keras
import numpy as np
from keras import ops

from cnnutils._checks import as_int, as_number, as_pair
from cnnutils._gradients import InputGradient
from cnnutils._networks import check_fits
from cnnutils.insight.arguments import as_layer, as_unit


def maximise_activation(
    model: keras.Model,
    layer: str,
    unit: int,
    *,
    size: int | tuple[int, int],
    seed: int,
    steps: int = 60,
    step_size: float = 0.03,
    blur: float = 0.7,
) -> np.ndarray:
    """Climb from noise to a picture that excites a unit everywhere.

    Each step adds the gradient of the mean of the unit's map, blurred, and scaled so that the
    pixels change by `step_size` on average; then the pixels are kept in [0, 1]. The blur shrinks
    from four times `blur` to `blur`, so that large forms come before small ones. Without it the
    pictures become fine noise, to which networks answer more strongly than to any photograph.
    Before each step the picture is rolled by a few pixels at random, so that no pixel has a fixed
    place in the grid of the poolings, and rolled back after it. The picture is one of many that
    the unit likes.

    Args:
        model: a functional or Sequential model, images (N, H, W, C) in [0, 1] → anything.
        layer: name of a layer whose last axis are the units.
        unit: which of them.
        size: height and width of the picture in pixels; one number for a square.
        seed: of the noise at the start and of the rolling.
        steps: steps of gradient ascent, at most a million.
        step_size: mean change of a pixel in a step.
        blur: standard deviation of the last Gaussian, in pixels, from 0 to the longer side.

    Returns:
        (H, W, C) float32 in [0, 1]. A unit that the noise leaves silent has no gradient to climb:
        its picture is the noise.

    Raises:
        TypeError: `model` is not a Keras model, or an argument no number.
        ValueError: the layer is missing, the unit is not in it, or a number is out of range.

    Source:
        D. Erhan, Y. Bengio, A. Courville, P. Vincent, "Visualizing Higher-Layer Features of a
        Deep Network", 2009; blurring after J. Yosinski and others, 2015, arXiv:1506.06579,
        section 3; rolling after A. Mordvintsev and others, "Inceptionism", 2015.

    Example:
        >>> bright = keras.layers.Conv2D(1, 1, kernel_initializer="ones", name="bright")
        >>> model = keras.Sequential([keras.Input((None, None, 1)), bright])
        >>> picture = maximise_activation(model, "bright", 0, size=4, seed=1)
        >>> float(picture.min())  # the unit likes light, and gets white
        1.0
    """
    function = "maximise_activation"
    as_layer(function, model, layer)
    unit = as_unit(function, model, unit, layer=layer)
    height, width = as_pair(function, "size", size, minimum=2)
    check_fits(function, "size", model, (1, height, width, model.inputs[0].shape[-1]))
    seed = as_int(function, "seed", seed, minimum=0)
    steps = as_int(function, "steps", steps, minimum=1, maximum=1_000_000)
    step_size = as_number(function, "step_size", step_size, above=0)
    blur = as_number(function, "blur", blur)
    if not 0 <= blur <= max(height, width):
        raise ValueError(
            f"{function}: blur must be at least 0 and at most the picture's longer side, "
            f"{max(height, width)} pixels, got {blur:g}."
        )
    from scipy import ndimage

    rng = np.random.default_rng(seed)
    maps = keras.Model(model.inputs[0], model.get_layer(layer).output)
    one_hot = np.eye(maps.outputs[0].shape[-1], dtype="float32")[unit]
    climb = InputGradient(maps, _liking)
    noise = rng.normal(0, 0.1, (1, height, width, model.inputs[0].shape[-1]))
    picture = np.clip(0.5 + noise, 0, 1).astype("float32")
    for sigma in np.linspace(4 * blur, blur, steps):
        shift = tuple(int(amount) for amount in rng.integers(-8, 9, 2))
        gradient = climb(np.roll(picture, shift, axis=(1, 2)), one_hot)[1]
        gradient = np.roll(gradient, (-shift[0], -shift[1]), axis=(1, 2))
        gradient = ndimage.gaussian_filter(gradient, (0, sigma, sigma, 0), mode="wrap")
        scale = np.abs(gradient).mean()
        if scale > 0:
            picture = np.clip(picture + step_size / scale * gradient, 0, 1)
    shown: np.ndarray = picture[0].astype("float32")
    return shown


def _liking(maps: Any, images: Any, one_hot: Any) -> Any:
    return ops.mean(maps * one_hot)
