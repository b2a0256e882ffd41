"""What a score rests on: saliency, guided backpropagation, and Grad-CAM."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import layers, ops
from numpy.typing import ArrayLike

from cnnutils._gradients import InputGradient
from cnnutils._networks import as_model
from cnnutils.insight.arguments import as_images, as_layer, as_one_hot

Unit = int | Sequence[int] | np.ndarray


def saliency(model: keras.Model, images: ArrayLike, unit: Unit) -> np.ndarray:
    """Gradient of one output of a model by the images.

    Args:
        model: a model from images (N, H, W, C) to scores (N, K), best taken before a softmax.
        images: (N, H, W, C).
        unit: which of the K scores; one for all images, or (N,) one for each.

    Returns:
        (N, H, W, C), with the sign; its size says how much a pixel's change changes the score.

    Raises:
        TypeError: `model` is not a Keras model, or the images are not real numbers.
        ValueError: the unit is not among the outputs, or the images are empty or not finite.

    Source:
        K. Simonyan, A. Vedaldi, A. Zisserman, "Deep Inside Convolutional Networks", 2013,
        arXiv:1312.6034, section 3.

    Example:
        >>> model = keras.Sequential([keras.Input((2, 2, 1)), layers.Flatten(),
        ...                           layers.Dense(1, kernel_initializer="ones")])
        >>> saliency(model, np.zeros((1, 2, 2, 1)), 0).ravel()  # the score is the pixels' sum
        array([1., 1., 1., 1.], dtype=float32)
    """
    return _score_gradient("saliency", model, images, unit)


def guided_backpropagation(model: keras.Model, images: ArrayLike, unit: Unit) -> np.ndarray:
    """Gradient of one output by the images, where every ReLU lets only positive gradients pass.

    At a ReLU the gradient passes where the ReLU's input is positive (as ever) and where the
    gradient itself is. The result is no gradient of anything; it shows strokes and outlines more
    sharply, and depends little on which output was asked for.

    Args:
        model: as for `saliency`; every ReLU, as an activation of a layer or as a layer of its
            own, is replaced in a copy.
        images: (N, H, W, C).
        unit: which of the scores; one for all images, or (N,) one for each.

    Returns:
        (N, H, W, C).

    Raises:
        TypeError: `model` is not a Keras model, or the images are not real numbers.
        ValueError: as `saliency`.

    Source:
        J. Springenberg, A. Dosovitskiy, T. Brox, M. Riedmiller, "Striving for Simplicity", 2014,
        arXiv:1412.6806, section 3.4. On what it does not show: J. Adebayo and others, "Sanity
        Checks for Saliency Maps", 2018, arXiv:1810.03292.

    Example:
        >>> model = keras.Sequential([keras.Input((1, 1, 2)), layers.ReLU(), layers.Flatten(),
        ...                           layers.Dense(1)])
        >>> model.layers[-1].set_weights([np.array([[2.0], [-3.0]]), np.zeros(1)])
        >>> images = np.ones((1, 1, 1, 2))
        >>> saliency(model, images, 0).ravel(), guided_backpropagation(model, images, 0).ravel()
        (array([ 2., -3.], dtype=float32), array([2., 0.], dtype=float32))
    """
    function = "guided_backpropagation"
    as_model(function, model)
    as_one_hot(function, model, unit, as_images(function, model, images))

    def guided(layer: layers.Layer) -> layers.Layer:
        if isinstance(layer, layers.ReLU) and layer.max_value is None:
            return layers.Activation(_guided_relu, name=layer.name)
        copy = type(layer).from_config(layer.get_config())
        if getattr(layer, "activation", None) is keras.activations.relu:
            copy.activation = _guided_relu
        return copy

    copy = keras.models.clone_model(model, clone_function=guided)
    copy.set_weights(model.get_weights())
    return _score_gradient(function, copy, images, unit)


def grad_cam(model: keras.Model, images: ArrayLike, unit: Unit, *, layer: str) -> np.ndarray:
    """Where the maps of a layer speak for one output of the model: Grad-CAM.

    Each channel of the layer gets the mean of its gradients as its weight,
    w_c = mean over positions of ∂score/∂A_c, and the map is ReLU(Σ_c w_c·A_c).

    Args:
        model: a functional or Sequential model from images to scores, best before a softmax.
        images: (N, H, W, C).
        unit: which of the scores; one for all images, or (N,) one for each.
        layer: name of a layer with maps (N, H_l, W_l, C_l), mostly the last convolution.

    Returns:
        (N, H_l, W_l), at least 0, in the units of the score per position; not enlarged.

    Raises:
        TypeError: `model` is not a Keras model, or the images are not real numbers.
        ValueError: as `saliency`; the layer is missing, or has no maps.

    Source:
        R. Selvaraju and others, "Grad-CAM", 2016, arXiv:1610.02391, equations 1 and 2.

    Example:
        >>> model = keras.Sequential([keras.Input((2, 2, 1)), layers.ReLU(name="maps"),
        ...                           layers.GlobalAveragePooling2D()])
        >>> images = np.array([[0.0, 1.0], [2.0, 3.0]]).reshape(1, 2, 2, 1)
        >>> grad_cam(model, images, 0, layer="maps")[0]  # ∂score/∂A is ¼ everywhere
        array([[0.  , 0.25],
               [0.5 , 0.75]], dtype=float32)
    """
    function = "grad_cam"
    maps_of = as_layer(function, model, layer)
    array = as_images(function, model, images)
    one_hot = as_one_hot(function, model, unit, array)
    if len(maps_of.output.shape) != 4:
        raise ValueError(
            f"{function}: {layer} must give maps (N, H, W, C), its output has the shape "
            f"{tuple(maps_of.output.shape)}."
        )
    body = keras.Model(model.inputs[0], maps_of.output)
    head = keras.Model(maps_of.output, model.outputs[0])
    maps = ops.convert_to_numpy(body(array, training=False))
    gradients = InputGradient(head, _score)(maps, one_hot)[1]
    weights = gradients.mean(axis=(1, 2), keepdims=True)
    shown: np.ndarray = np.maximum((weights * maps).sum(axis=-1), 0)
    return shown


def _score_gradient(function: str, model: keras.Model, images: ArrayLike, unit: Unit) -> np.ndarray:
    as_model(function, model)
    array = as_images(function, model, images)
    return InputGradient(model, _score)(array, as_one_hot(function, model, unit, array))[1]


def _score(scores: Any, images: Any, one_hot: Any) -> Any:
    return ops.sum(scores * one_hot)


@ops.custom_gradient  # type: ignore[untyped-decorator]
def _guided_relu(x: Any) -> Any:
    def gradient(*arguments: Any, upstream: Any = None) -> Any:
        upstream = arguments[0] if upstream is None else upstream  # PyTorch names it
        passes = ops.logical_and(x > 0, upstream > 0)
        return ops.where(passes, upstream, ops.zeros_like(upstream))

    return ops.relu(x), gradient
