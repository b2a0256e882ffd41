"""Dense layers: every output sees every input."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from cnnutils._checks import as_float_array
from cnnutils.ops.arguments import as_grad_output, as_vector


class DenseGradients(NamedTuple):
    """Gradients of a scalar cost with respect to the three inputs of `dense`."""

    inputs: np.ndarray  # (N, D)
    kernel: np.ndarray  # (D, units)
    bias: np.ndarray  # (units,)


def dense(inputs: ArrayLike, kernel: ArrayLike, bias: ArrayLike | None = None) -> np.ndarray:
    """Dense, or fully connected, layer: inputs @ kernel + bias.

    out[n, u] = bias[u] + Σ_d inputs[n, d] · kernel[d, u]. Images are flattened first:
    images.reshape(len(images), -1), in Keras' order (H, W, C).

    Args:
        inputs: (N, D); float32 and float64 keep their type, integers become float64.
        kernel: (D, units).
        bias: (units,), or None for no bias.

    Returns:
        (N, units).

    Raises:
        TypeError: an array does not hold real numbers.
        ValueError: an array has the wrong axes, or their sizes do not match.

    Source:
        I. Goodfellow, Y. Bengio, A. Courville, "Deep Learning", 2016, section 6.1.

    Example:
        >>> dense([[1, 2]], [[3, 4, 5], [10, 20, 30]], [0, 0, 1000])  # 1 · 3 + 2 · 10, …
        array([[  23.,   44., 1065.]])
    """
    inputs, kernel = _as_inputs_and_kernel("dense", inputs, kernel)
    out: np.ndarray = inputs @ kernel
    if bias is not None:
        out += as_vector("dense", "bias", bias, kernel.shape[1], kernel.dtype, of="units")
    return out


def dense_gradients(grad_output: ArrayLike, inputs: ArrayLike, kernel: ArrayLike) -> DenseGradients:
    """Backpropagate through `dense`: the chain rule for each of its three inputs.

    With g = grad_output: the inputs get g @ kernelᵀ, the kernel inputsᵀ @ g, the bias Σ_n g[n].

    Args:
        grad_output: (N, units), derivative of the cost by each output.
        inputs: (N, D), as they were given to `dense`.
        kernel: (D, units), as it was given to `dense`.

    Returns:
        The gradients by inputs, kernel and bias, each of its input's shape.

    Raises:
        TypeError: as `dense`.
        ValueError: as `dense`, or grad_output has not the shape of its output.

    Source:
        Goodfellow, Bengio and Courville 2016, section 6.5.4, algorithm 6.4.

    Example:
        >>> gradients = dense_gradients([[1, 10]], [[2, 3]], [[4, 5], [6, 7]])
        >>> gradients.inputs  # 1 · 4 + 10 · 5, and 1 · 6 + 10 · 7
        array([[54., 76.]])
        >>> gradients.kernel
        array([[ 2., 20.],
               [ 3., 30.]])
        >>> gradients.bias
        array([ 1., 10.])
    """
    function = "dense_gradients"
    inputs, kernel = _as_inputs_and_kernel(function, inputs, kernel)
    shape = (inputs.shape[0], kernel.shape[1])
    grad = as_grad_output(function, grad_output, shape, kernel.dtype)
    return DenseGradients(inputs=grad @ kernel.T, kernel=inputs.T @ grad, bias=grad.sum(axis=0))


def _as_inputs_and_kernel(
    function: str, inputs: ArrayLike, kernel: ArrayLike
) -> tuple[np.ndarray, np.ndarray]:
    """Check inputs and kernel against each other; return them with one floating type."""
    inputs = as_float_array(function, "inputs", inputs, axes="N, D")
    kernel = as_float_array(function, "kernel", kernel, axes="D, units")
    if inputs.shape[1] != kernel.shape[0]:
        raise ValueError(
            f"{function}: the kernel expects {kernel.shape[0]} inputs, each sample has "
            f"{inputs.shape[1]} (inputs {inputs.shape}, kernel {kernel.shape})."
        )
    dtype = np.result_type(inputs, kernel)  # float32 if both are, else float64
    return inputs.astype(dtype, copy=False), kernel.astype(dtype, copy=False)
