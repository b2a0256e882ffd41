"""Checks of arguments that come from Keras: models, feature maps and other tensors."""

from typing import Any

import keras
import numpy as np
from keras import ops

from cnnutils._checks import as_array


def as_model(function: str, model: Any) -> keras.Model:
    """Return `model` if it is a Keras model whose inputs and outputs are known."""
    if not isinstance(model, keras.Model):
        raise TypeError(f"{function}: model must be a Keras model, got {type(model).__name__}.")
    if not getattr(model, "_functional", model.built):  # a Sequential model holds a functional one
        raise ValueError(
            f"{function}: {model.name} must be built first; give it a keras.Input of the shape "
            "that it is to see."
        )
    return model


def check_fits(function: str, name: str, model: keras.Model, shape: tuple[int, ...]) -> None:
    """Refuse images (N, H, W, C) that a model has no place for, before the backend meets them."""
    wanted = tuple(model.inputs[0].shape)
    fits = len(wanted) == len(shape) and all(
        one is None or one == other for one, other in zip(wanted[1:], shape[1:], strict=True)
    )
    try:
        fits = fits and bool(model.compute_output_shape((1, *shape[1:])))
    except ValueError:  # a window is larger than what it should slide over
        fits = False
    if not fits:
        raise ValueError(
            f"{function}: {name} must fit {model.name}, whose input has the shape {wanted}, got "
            f"{shape}."
        )


def as_maps(function: str, x: Any) -> Any:
    """Return `x` if it is feature maps (N, H, W, C), of the graph of a model or computed."""
    known = isinstance(x, keras.KerasTensor | np.ndarray) or ops.is_tensor(x)
    if not known or len(x.shape) != 4:
        shape = f" of shape {tuple(x.shape)}" if known else ""
        raise TypeError(
            f"{function}: x must be feature maps (N, H, W, C), got {type(x).__name__}{shape}."
        )
    return x


def as_tensor(function: str, name: str, value: Any) -> Any:
    """Return a tensor of Keras' backend, or an array or lists of real numbers, as a tensor."""
    if ops.is_tensor(value) or isinstance(value, keras.KerasTensor | keras.Variable):
        return ops.convert_to_tensor(value)
    array = as_array(function, name, value)
    if array.dtype.kind not in "biuf":
        raise TypeError(
            f"{function}: {name} must hold real numbers, got {array.dtype} (shape {array.shape})."
        )
    if isinstance(value, np.ndarray):  # in the machine's order of bytes, which backends ask for
        return ops.convert_to_tensor(array.astype(array.dtype.newbyteorder("="), copy=False))
    return ops.convert_to_tensor(value)


def as_float_tensors(function: str, **named: Any) -> list[Any]:
    """Return tensors or arrays as floating-point tensors of one type, the widest among them."""
    tensors = [as_tensor(function, name, value) for name, value in named.items()]
    tensors = [
        tensor
        if keras.backend.is_float_dtype(tensor.dtype)
        else ops.cast(tensor, keras.config.floatx())
        for tensor in tensors
    ]
    types = [keras.backend.standardize_dtype(tensor.dtype) for tensor in tensors]
    # On PyTorch, Keras' rule makes one of 32 bits of one of 32 and one of 64.
    widest = "float64" if "float64" in types else keras.backend.result_type(*types)
    return [ops.cast(tensor, widest) for tensor in tensors]
