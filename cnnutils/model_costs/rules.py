"""The cost of one call of a layer, by the rule for its kind."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

from keras import layers

from cnnutils import costs, shapes
from cnnutils.costs import LayerCost
from cnnutils.model_costs.results import Shape

_FUNCTION = "model_costs"

# Kinds that hand on their input's values when a trained network is used: nothing new is stored.
# The last line holds operations of keras.ops.
_HANDED_ON_NAMES = """
    ActivityRegularization AlphaDropout Dropout Flatten GaussianDropout GaussianNoise Identity
    Reshape SpatialDropout1D SpatialDropout2D SpatialDropout3D
    ExpandDims Squeeze
"""
# Other kinds that have no MACs by convention: Keras' layers, then operations of keras.ops.
_WITHOUT_MACS_NAMES = """
    Activation Add Average AveragePooling1D AveragePooling2D AveragePooling3D BatchNormalization
    CenterCrop Concatenate Cropping1D Cropping2D Cropping3D ELU Embedding GlobalAveragePooling1D
    GlobalAveragePooling2D GlobalAveragePooling3D GlobalMaxPooling1D GlobalMaxPooling2D
    GlobalMaxPooling3D GroupNormalization LayerNormalization LayerScale LeakyReLU
    MaxPooling1D MaxPooling2D MaxPooling3D Maximum Minimum Multiply Normalization PReLU Permute
    RMSNormalization ReLU Rescaling Resizing Softmax Subtract UnitNormalization UpSampling1D
    UpSampling2D UpSampling3D ZeroPadding1D ZeroPadding2D ZeroPadding3D

    Absolute Cast Divide Exp Flip GetItem HardSigmoid Log Max Mean Min Negative Normalize Pad Power
    Relu Relu6 Resize Sigmoid Silu Split Sqrt Square Stack Sum Tanh Transpose TrueDivide
"""
_HANDED_ON = frozenset(_HANDED_ON_NAMES.split())
_WITHOUT_MACS = _HANDED_ON.union(_WITHOUT_MACS_NAMES.split())


class Input:
    """Stands for the layer that an input of the model would be."""


class Call(NamedTuple):
    """One call of one layer or operation, with symbolic tensors that have a batch of one image."""

    name: str
    operation: Any
    inputs: list[Any]
    outputs: list[Any]


def hands_on(call: Call) -> bool:
    """Tell whether a call puts out its input's values and nothing new."""
    return bool(call.inputs) and _is_a(call, _HANDED_ON)


def _is_a(call: Call, kinds: frozenset[str]) -> bool:
    """Tell whether a call's layer is one of Keras' own kinds, or derived from one."""
    classes = type(call.operation).__mro__
    return any(c.__name__ in kinds and c.__module__.startswith("keras.") for c in classes)


def call_cost(call: Call) -> LayerCost | None:
    """Count a call by the rule for its kind; None if the kind is unknown and has no weights."""
    layer = call.operation
    if isinstance(layer, Input):
        return LayerCost(0, 0, ())
    stored = sum(math.prod(weight.shape) for weight in getattr(layer, "weights", ()))
    given = [tuple(tensor.shape[1:]) for tensor in call.inputs]
    rule = next((rule for kinds, rule in _RULES.items() if isinstance(layer, kinds)), None)
    cost: LayerCost
    if callable(getattr(layer, "cost", None)):
        cost = layer.cost(*given)
    elif rule is not None:
        if getattr(layer, "data_format", None) == "channels_first":
            raise ValueError(f"{_FUNCTION}: {call.name} must have channels last, got them first.")
        cost = rule(layer, given[0])
    elif _is_a(call, _WITHOUT_MACS):
        return LayerCost(stored, 0, ())
    elif stored:
        problem = f"there is no rule for the kind {type(layer).__name__}"
        raise _unknown(call, stored, problem)
    else:
        return None
    if cost.params != stored:
        problem = f"the rule for {type(layer).__name__} accounts for {cost.params:,}"
        raise _unknown(call, stored, problem)
    if cost.output_shape and cost.output_shape != (shape := call.outputs[0].shape[1:]):
        problem = f"it puts out {tuple(shape)}, its rule says {cost.output_shape}"
        raise _unknown(call, stored, problem)
    return cost


def _unknown(call: Call, stored: int, problem: str) -> ValueError:
    return ValueError(
        f"{_FUNCTION}: {call.name} has {stored:,} parameters, and {problem}. "
        "Give the layer a method cost(input_shape) -> costs.LayerCost."
    )


def _convolution(layer: Any, shape: Shape) -> LayerCost:
    return _windows(layer, shape, layer.filters, layer.groups, layer.use_bias)


def _depthwise(layer: Any, shape: Shape) -> LayerCost:
    channels = shape[-1]
    return _windows(layer, shape, channels * layer.depth_multiplier, channels, layer.use_bias)


def _separable(layer: Any, shape: Shape) -> LayerCost:
    channels = shape[-1]
    first = _windows(layer, shape, channels * layer.depth_multiplier, channels, False)
    second = costs.conv2d_cost(
        (1, math.prod(first.output_shape[:-1]), first.output_shape[-1]),
        layer.filters,
        1,
        use_bias=layer.use_bias,
    )
    sizes = (*first.output_shape[:-1], layer.filters)
    return LayerCost(first.params + second.params, first.macs + second.macs, sizes)


def _windows(layer: Any, shape: Shape, filters: int, groups: int, use_bias: bool) -> LayerCost:
    """Cost of a convolution over one, two or three axes, as one over two axes.

    One axis is an image of one row. Of three, the depth of the kernel joins the channels, and the
    image is convolved once for each position in depth.
    """
    options = (layer.kernel_size, layer.strides, layer.dilation_rate)
    padding: shapes.Padding = (
        "same" if layer.padding == "causal" else layer.padding
    )  # of the same size
    kernel_size, strides, dilation_rate = ((1,) * (3 - len(o)) + tuple(o) for o in options)
    depth, height, width = (1,) * (4 - len(shape)) + shape[:-1]
    positions = shapes.conv_output_size(
        depth, kernel_size[0], strides=strides[0], padding=padding, dilation_rate=dilation_rate[0]
    )
    flat = costs.conv2d_cost(
        (height, width, shape[-1] * kernel_size[0]),
        filters,
        kernel_size[1:],
        strides=strides[1:],
        padding=padding,
        dilation_rate=dilation_rate[1:],
        groups=groups,
        use_bias=use_bias,
    )
    sizes = (positions, *flat.output_shape)[-len(shape) :]
    return LayerCost(flat.params, flat.macs * positions, sizes)


def _transposed(layer: Any, shape: Shape) -> LayerCost:
    """Cost of a transposed convolution; each input position spreads the whole kernel.

    Its output shape is left open: output_padding and dilation_rate change it, and not the MACs.
    """
    kernel_size = (1,) * (3 - len(layer.kernel_size)) + tuple(layer.kernel_size)
    depth, height, width = (1,) * (4 - len(shape)) + shape[:-1]
    flat = costs.conv2d_transpose_cost(
        (height, width, shape[-1]), layer.filters * kernel_size[0], kernel_size[1:], use_bias=False
    )
    biases = layer.filters if layer.use_bias else 0
    return LayerCost(flat.params + biases, flat.macs * depth, ())


def _dense(layer: Any, shape: Shape) -> LayerCost:
    once = costs.dense_cost(shape[-1], layer.units, use_bias=layer.use_bias)
    macs = once.macs * math.prod(shape[:-1])
    return replace(once, macs=macs, output_shape=(*shape[:-1], layer.units))


_RULES: dict[tuple[type, ...], Callable[[Any, Shape], LayerCost]] = {
    (layers.Conv1D, layers.Conv2D, layers.Conv3D): _convolution,
    (layers.DepthwiseConv1D, layers.DepthwiseConv2D): _depthwise,
    (layers.SeparableConv1D, layers.SeparableConv2D): _separable,
    (layers.Conv1DTranspose, layers.Conv2DTranspose, layers.Conv3DTranspose): _transposed,
    (layers.Dense,): _dense,
}
