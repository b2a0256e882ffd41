"""Weights from a file, as `data.fetch_imagenet_weights` brings it, into a network of the zoo."""

import os
import warnings
from pathlib import Path
from typing import Any

import h5py  # type: ignore[import-untyped]  # comes with Keras
import keras
import numpy as np

from cnnutils._networks import as_model


def load_weights(model: keras.Model, path: str | os.PathLike[str]) -> None:
    """Fill a model with the weights of a file; the model stays as it was if they do not fit.

    Layers are matched in the order of `model.layers`, as Keras does: the files that
    keras.applications publishes fit `build_vgg("D" or "E")`, `build_resnet(50, 101 or 152)`,
    `build_mobilenet_v1` and `build_mobilenet_v2` with their defaults, or with `num_classes=None`
    where the file has no top. Options that change no shape (`strides_in`, an activation) are not
    noticed: the network must be the one that was trained.

    Args:
        model: a model that was built.
        path: a file of Keras' older format (.h5, with or without the architecture), or of
            `model.save_weights` (.weights.h5).

    Raises:
        FileNotFoundError: there is no such file.
        TypeError: `model` is not a Keras model, or `path` no path.
        ValueError: the file is not HDF5 or not one of Keras', or it does not fit the model.

    Example:
        >>> from cnnutils import zoo
        >>> load_weights(zoo.build_lenet5(), "not_there.h5")
        Traceback (most recent call last):
            ...
        FileNotFoundError: load_weights: there is no file not_there.h5.
    """
    function = "load_weights"
    as_model(function, model)
    if not isinstance(path, str | os.PathLike):
        raise TypeError(f"{function}: path must name a file, got {path!r}.")
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"{function}: there is no file {path}.")
    if not h5py.is_hdf5(path):
        raise ValueError(f"{function}: {path.name} is not an HDF5 file.")
    with h5py.File(path) as file:
        root = file.get("model_weights", file)
        stored = _stored_arrays(root)
    if stored:
        _assign(function, model, stored, path.name)
        return
    if not path.name.endswith(".weights.h5"):
        raise ValueError(f"{function}: {path.name} does not hold the weights of a Keras model.")
    before = model.get_weights()
    try:
        with warnings.catch_warnings():
            # Keras warns where layers would be left as they are; that is no success.
            warnings.simplefilter("error", UserWarning)
            model.load_weights(path)
    except (UserWarning, ValueError) as error:
        model.set_weights(before)
        reason = str(error).split("\n")[0].rstrip(".")
        raise ValueError(f"{function}: {path.name} does not fit {model.name}: {reason}.") from None


def _stored_arrays(root: Any) -> dict[str, list[np.ndarray]]:
    """Read the arrays of each layer that has any, in the file's order."""
    stored = {}
    for name in _names(root, "layer_names"):
        arrays = [np.asarray(root[name][array]) for array in _names(root[name], "weight_names")]
        if arrays:
            stored[name] = arrays
    return stored


def _names(group: Any, attribute: str) -> list[str]:
    """Read a list of names; Keras splits a long one over attributes that end in 0, 1 and so on."""
    parts = [group.attrs[attribute]] if attribute in group.attrs else []
    while f"{attribute}{len(parts)}" in group.attrs:
        parts.append(group.attrs[f"{attribute}{len(parts)}"])
    names = [name for part in parts for name in part]
    return [name.decode() if isinstance(name, bytes) else str(name) for name in names]


def _assign(
    function: str, model: keras.Model, stored: dict[str, list[np.ndarray]], file: str
) -> None:
    layers = [layer for layer in model.layers if layer.weights]
    if len(layers) != len(stored):
        raise ValueError(
            f"{function}: {file} has {len(stored)} layers with weights, {model.name} has "
            f"{len(layers)}. Files without the top need num_classes=None."
        )
    for layer, (name, arrays) in zip(layers, stored.items(), strict=True):
        expected = [tuple(weight.shape) for weight in layer.weights]
        found = [array.shape for array in arrays]
        if expected != found:
            raise ValueError(
                f"{function}: {file} does not fit {model.name}: layer {layer.name} needs the "
                f"shapes {expected}, {name} in the file has {found}."
            )
    for layer, arrays in zip(layers, stored.values(), strict=True):
        layer.set_weights(arrays)
