"""The operations of a convolutional network in NumPy: the reference that everything is held to.

Channels last throughout: images (N, H, W, C), kernels (KH, KW, C_in, C_out). Like every deep
learning library, `conv2d` computes a cross-correlation: the kernel is not flipped.
"""

from cnnutils.ops.activations import (
    cross_entropy,
    cross_entropy_gradient,
    relu,
    relu_gradient,
    sigmoid,
    softmax,
)
from cnnutils.ops.convolution import (
    Conv2DGradients,
    conv2d,
    conv2d_gradients,
    conv2d_transpose,
    depthwise_conv2d,
)
from cnnutils.ops.fully_connected import DenseGradients, dense, dense_gradients
from cnnutils.ops.normalization import (
    BatchNormalization,
    BatchNormalizationGradients,
    batch_normalization,
    batch_normalization_gradients,
    batch_normalization_inference,
    local_response_normalization,
)
from cnnutils.ops.pooling import (
    avg_pool2d,
    global_avg_pool2d,
    global_max_pool2d,
    max_pool2d,
    min_pool2d,
)
from cnnutils.ops.pooling_gradients import (
    avg_pool2d_gradient,
    max_pool2d_gradient,
    min_pool2d_gradient,
)
from cnnutils.ops.regions import roi_align
from cnnutils.ops.windows import im2col, pad

__all__ = [
    "BatchNormalization",
    "BatchNormalizationGradients",
    "Conv2DGradients",
    "DenseGradients",
    "avg_pool2d",
    "avg_pool2d_gradient",
    "batch_normalization",
    "batch_normalization_gradients",
    "batch_normalization_inference",
    "conv2d",
    "conv2d_gradients",
    "conv2d_transpose",
    "cross_entropy",
    "cross_entropy_gradient",
    "dense",
    "dense_gradients",
    "depthwise_conv2d",
    "global_avg_pool2d",
    "global_max_pool2d",
    "im2col",
    "local_response_normalization",
    "max_pool2d",
    "max_pool2d_gradient",
    "min_pool2d",
    "min_pool2d_gradient",
    "pad",
    "relu",
    "relu_gradient",
    "roi_align",
    "sigmoid",
    "softmax",
]
