"""Checks of arguments that the functions share, and parts of a model by name."""

from typing import Any

import keras
import numpy as np
from numpy.typing import ArrayLike

from cnnutils._checks import as_array, as_float_array, as_int, as_text
from cnnutils._networks import as_model, check_fits


def as_layer(function: str, model: keras.Model, name: str) -> keras.layers.Layer:
    """Return the layer of that name."""
    as_model(function, model)
    as_text(function, "layer", name)
    known = [layer.name for layer in model.layers]
    if name not in known:
        raise ValueError(
            f"{function}: {model.name} has no layer {name!r}; its layers are {', '.join(known)}."
        )
    return model.get_layer(name)


def as_unit(function: str, model: keras.Model, unit: Any, *, layer: str | None = None) -> int:
    """Return the index of a channel of the layer, or of the model's output."""
    output = model.outputs[0] if layer is None else as_layer(function, model, layer).output
    index = as_int(function, "unit", unit, minimum=0)
    if index >= output.shape[-1]:
        where = "the output" if layer is None else layer
        raise ValueError(
            f"{function}: unit must be below {output.shape[-1]}, the channels of {where}, "
            f"got {unit}."
        )
    return index


def as_images(function: str, model: keras.Model, images: ArrayLike) -> np.ndarray:
    """Return images (N, H, W, C) that fit the model as float32, at least one, finite."""
    array = as_float_array(function, "images", images, axes="N, H, W, C").astype(np.float32)
    if array.size == 0 or not np.isfinite(array).all():
        raise ValueError(
            f"{function}: images must hold finite numbers, and at least one (shape {array.shape})."
        )
    check_fits(function, "images", model, array.shape)
    return array


def as_one_hot(function: str, model: keras.Model, unit: Any, images: np.ndarray) -> np.ndarray:
    """Return (N, K) zeros with a one at the output that was asked for, for each image."""
    if len(model.outputs) != 1 or len(model.outputs[0].shape) != 2:
        shapes = ", ".join(str(tuple(output.shape)) for output in model.outputs)
        raise ValueError(f"{function}: the model must give scores (N, K), it gives {shapes}.")
    array = unit if isinstance(unit, int | float | str) else as_array(function, "unit", unit)
    if np.ndim(array) == 0:
        units = [unit] * len(images)
    elif np.shape(array) == (len(images),):
        units = list(np.asarray(array))
    else:
        raise ValueError(
            f"{function}: unit must be one integer, or one for each of the {len(images)} images, "
            f"got an array of shape {np.shape(array)}."
        )
    chosen = [as_unit(function, model, one) for one in units]
    one_hot: np.ndarray = np.eye(model.outputs[0].shape[-1], dtype=np.float32)[chosen]
    return one_hot
