"""The operations of a convolutional network in NumPy: the reference that everything is held to.

Channels last throughout: images (N, H, W, C), kernels (KH, KW, C_in, C_out). Like every deep
learning library, `conv2d` computes a cross-correlation: the kernel is not flipped.
"""

from cnnutils.ops.convolution import (
    Conv2DGradients,
    conv2d,
    conv2d_gradients,
    conv2d_transpose,
    depthwise_conv2d,
)
from cnnutils.ops.windows import im2col, pad

__all__ = [
    "Conv2DGradients",
    "conv2d",
    "conv2d_gradients",
    "conv2d_transpose",
    "depthwise_conv2d",
    "im2col",
    "pad",
]
