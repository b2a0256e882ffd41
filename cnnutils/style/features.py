"""Networks whose feature maps are to be compared: their layers by name, their pooling, their scale.

None of these functions changes the model that it is given, except `calibrate`, which says so.
"""

from collections.abc import Sequence

import keras
import numpy as np
from keras import layers, ops
from numpy.typing import ArrayLike

from cnnutils._checks import as_bool, as_float_array, as_texts
from cnnutils._networks import as_model, check_fits


def feature_maps(model: keras.Model, names: Sequence[str]) -> keras.Model:
    """A model that returns the feature maps of several layers, in a dictionary, by their names.

    It shares its layers with the given model and computes nothing beyond the deepest of them.

    Args:
        model: a functional or Sequential model that was built.
        names: names of its layers, such as "block2_conv1"; at least one.

    Returns:
        A model from images (N, H, W, C) to {name: (N, H_l, W_l, C_l)}.

    Raises:
        TypeError: `model` is not a Keras model, or `names` no list of texts.
        ValueError: a name is missing in the model, or there is none.

    Example:
        >>> from cnnutils import zoo
        >>> vgg = zoo.build_vgg("A", input_shape=(None, None, 3), num_classes=None)
        >>> maps = feature_maps(vgg, ["block1_conv1", "block2_conv1"])
        >>> maps.output["block2_conv1"].shape
        (None, None, None, 128)
    """
    function = "feature_maps"
    as_model(function, model)
    names = as_texts(function, "names", names)
    if not names:
        raise ValueError(f"{function}: there must be at least one name, got none.")
    known = [layer.name for layer in model.layers]
    for name in names:
        if name not in known:
            raise ValueError(
                f"{function}: {model.name} has no layer {name!r}; its layers are "
                f"{', '.join(known)}."
            )
    return keras.Model(model.inputs[0], {name: model.get_layer(name).output for name in names})


def with_average_pooling(model: keras.Model) -> keras.Model:
    """A copy of a model, weights included, in which average pooling stands for max pooling.

    Max pooling sends the gradient to one pixel of each window; average pooling spreads it, and
    the pictures become smoother.

    Args:
        model: a functional or Sequential model that was built.

    Raises:
        TypeError: `model` is not a Keras model.

    Source:
        L. Gatys, A. Ecker, M. Bethge, 2016, doi:10.1109/CVPR.2016.265, section 2.

    Example:
        >>> model = keras.Sequential([keras.Input((4, 4, 3)), layers.MaxPooling2D(2)])
        >>> copy = with_average_pooling(model)
        >>> type(copy.layers[0]).__name__
        'AveragePooling2D'
    """
    as_model("with_average_pooling", model)

    def replaced(layer: layers.Layer) -> layers.Layer:
        config = layer.get_config()
        if isinstance(layer, layers.MaxPooling2D):
            return layers.AveragePooling2D.from_config(config)
        return type(layer).from_config(config)

    copy = keras.models.clone_model(model, clone_function=replaced)
    copy.set_weights(model.get_weights())
    return copy


def calibrate(model: keras.Model, images: ArrayLike, *, shift: bool = True) -> None:
    """Scale and shift every convolution of a model, in place, to what it meets in the images.

    Afterwards each channel's sum, before the activation, has mean 0 and standard deviation 1 over
    all positions of the images: no layer is louder than another, and each unit is active about
    half of the time. Made for random weights, of which otherwise many channels are all but dead
    or all but constant. A trained network computes something else afterwards; for one, set
    `shift` to False.

    Args:
        model: a functional or Sequential chain of layers, one after the other, with biases.
        images: (N, H, W, C), of the kind that the network is to see.
        shift: True treats every channel by itself. False divides each layer by one number, so
            that its sums have standard deviation 1 over all channels: where all activations are
            ReLU, every map stays what it was, up to that factor.

    Raises:
        TypeError: `model` is not a Keras model, or the images are not real numbers.
        ValueError: the images are not (N, H, W, C), empty or not finite, the model branches, or a
            convolution has no bias.

    Source:
        P. Krähenbühl, C. Doersch, J. Donahue, T. Darrell, "Data-dependent Initializations of
        Convolutional Neural Networks", 2016, arXiv:1511.06856, algorithm 1, first part.

    Example:
        >>> keras.utils.set_random_seed(1)
        >>> layer = layers.Conv2D(4, 3)
        >>> model = keras.Sequential([keras.Input((8, 8, 3)), layer])
        >>> images = np.random.default_rng(1).uniform(size=(5, 8, 8, 3))
        >>> calibrate(model, images)
        >>> sums = ops.convert_to_numpy(model(images))
        >>> bool(abs(sums.mean()) < 1e-5), bool(abs(sums.std() - 1) < 1e-4)
        (True, True)
    """
    function = "calibrate"
    as_model(function, model)
    as_bool(function, "shift", shift)
    array = as_float_array(function, "images", images, axes="N, H, W, C").astype(np.float32)
    if array.size == 0 or not np.isfinite(array).all():
        raise ValueError(
            f"{function}: images must hold finite numbers, and at least one (shape {array.shape})."
        )
    check_fits(function, "images", model, array.shape)
    chain = [layer for layer in model.layers if not isinstance(layer, layers.InputLayer)]
    _check_chain(function, model, chain)
    x, factor_before = ops.convert_to_tensor(array), 1.0
    for layer in chain:
        if isinstance(layer, layers.Conv2D):
            kernel, bias = layer.get_weights()
            kernel = kernel * factor_before
            sums = layer.convolution_op(x, ops.convert_to_tensor(kernel))
            sums = np.asarray(ops.convert_to_numpy(sums), np.float64)
            if shift:
                deviation = sums.std((0, 1, 2))
                deviation = np.where(deviation > 1e-6, deviation, 1)  # a channel always equal
                bias = -sums.mean((0, 1, 2))
            else:
                factor_before = deviation = float(np.std(sums + bias)) or 1.0
            layer.set_weights([kernel / deviation, (bias / deviation).astype(kernel.dtype)])
        x = layer(x, training=False) if _takes_training(layer) else layer(x)


def _takes_training(layer: layers.Layer) -> bool:
    return isinstance(layer, layers.BatchNormalization | layers.Dropout)


def _check_chain(function: str, model: keras.Model, chain: list[layers.Layer]) -> None:
    for before, layer in zip([None, *chain], chain, strict=False):
        source = model.inputs[0] if before is None else before.output
        if layer.input is not source:
            raise ValueError(
                f"{function}: {model.name} must be a chain of layers, one after the other; "
                f"{layer.name} gets its input from elsewhere."
            )
        if isinstance(layer, layers.Conv2D) and not layer.use_bias:
            raise ValueError(f"{function}: {layer.name} has no bias to shift its sums with.")
