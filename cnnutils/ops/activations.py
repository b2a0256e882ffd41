"""Activations, and the cost at the end of a classifier: softmax and cross-entropy."""

import numpy as np
from numpy.typing import ArrayLike

from cnnutils._checks import as_array, as_float_array
from cnnutils.ops.arguments import as_grad_output, as_values


def relu(inputs: ArrayLike) -> np.ndarray:
    """Rectified linear unit: max(x, 0), value by value.

    Args:
        inputs: any number of axes; float32 and float64 keep their type, integers become float64.

    Returns:
        An array of the inputs' shape.

    Raises:
        TypeError: the inputs are not real numbers.

    Source:
        V. Nair, G. Hinton, "Rectified Linear Units Improve Restricted Boltzmann Machines",
        ICML 2010.

    Example:
        >>> relu([-2, 0, 3])
        array([0., 0., 3.])
    """
    inputs = as_values("relu", "inputs", inputs)
    return np.asarray(np.maximum(inputs, 0))


def relu_gradient(grad_output: ArrayLike, inputs: ArrayLike) -> np.ndarray:
    """Backpropagate through `relu`: the gradient passes where the input was positive.

    At exactly 0 there is no derivative; 0 is taken, as all libraries do.

    Args:
        grad_output: derivative of the cost by each output.
        inputs: as they were given to `relu`.

    Returns:
        Derivative of the cost by each input, an array of their shape.

    Raises:
        TypeError: as `relu`.
        ValueError: grad_output has not the shape of the inputs.

    Source:
        Nair and Hinton 2010, as `relu`.

    Example:
        >>> relu_gradient([10, 20, 30], [-2, 0, 3])
        array([ 0.,  0., 30.])
    """
    inputs = as_values("relu_gradient", "inputs", inputs)
    grad = as_grad_output("relu_gradient", grad_output, inputs.shape, inputs.dtype)
    return np.where(inputs > 0, grad, 0)


def sigmoid(inputs: ArrayLike) -> np.ndarray:
    """Logistic function: 1 / (1 + exp(−x)), value by value, from 0 to 1.

    Written with exp(−|x|), which cannot overflow: for x < 0 the same is exp(x) / (1 + exp(x)).

    Args:
        inputs: any number of axes; float32 and float64 keep their type, integers become float64.

    Returns:
        An array of the inputs' shape.

    Raises:
        TypeError: the inputs are not real numbers.

    Source:
        I. Goodfellow, Y. Bengio, A. Courville, "Deep Learning", 2016, section 3.10.

    Example:
        >>> sigmoid([0, np.log(3), -1000])  # 1 / (1 + 1), 1 / (1 + 1/3), no overflow
        array([0.5 , 0.75, 0.  ])
    """
    inputs = as_values("sigmoid", "inputs", inputs)
    small = np.exp(-np.abs(inputs))
    return np.asarray(np.where(inputs < 0, small, 1) / (1 + small))


def softmax(logits: ArrayLike) -> np.ndarray:
    """Turn the scores of K classes into probabilities: exp(z_k) / Σ_j exp(z_j).

    The largest score is subtracted first: that changes nothing in the quotient, and no exponential
    overflows.

    Args:
        logits: (..., K) with K at least 1; float32 and float64 keep their type, integers become
            float64.

    Returns:
        (..., K); along the last axis the values add up to 1.

    Raises:
        TypeError: the logits are not real numbers.
        ValueError: there is no class.

    Source:
        Goodfellow, Bengio and Courville 2016, section 6.2.2.3, equations 6.29 and 6.33.

    Example:
        >>> softmax([0, np.log(3)]), softmax([1000, 1000])
        (array([0.25, 0.75]), array([0.5, 0.5]))
    """
    logits = as_values("softmax", "logits", logits)
    if not logits.ndim or not logits.shape[-1]:
        raise ValueError(
            f"softmax: logits must have at least one class on the last axis, got an array of "
            f"shape {logits.shape}."
        )
    return _softmax(logits)


def cross_entropy(logits: ArrayLike, labels: ArrayLike) -> np.ndarray:
    """Cross-entropy of each sample: −log of the probability that softmax gives its true class.

    loss[n] = −log softmax(logits[n])[labels[n]] = log Σ_k exp(z_k) − z_label. It takes the logits
    and not the probabilities: a probability that was rounded to 0 would cost infinity.

    Args:
        logits: (N, K), the scores before the softmax; float32 and float64 keep their type,
            integers become float64.
        labels: (N,), the true classes as integers from 0 to K − 1.

    Returns:
        (N,), the loss of each sample in nats, at least 0; the usual cost is their mean.

    Raises:
        TypeError: the logits are not real numbers, or the labels no integers.
        ValueError: the arrays have the wrong axes, or a label names no class.

    Source:
        Goodfellow, Bengio and Courville 2016, section 6.2.2.3, equation 6.30.

    Example:
        >>> logits = np.log([[1, 3], [1, 1]])  # probabilities 1/4 and 3/4, 1/2 and 1/2
        >>> np.exp(cross_entropy(logits, [0, 1])).round(6)  # 1 / probability
        array([4., 2.])
    """
    logits, labels = _as_logits_and_labels("cross_entropy", logits, labels)
    shifted = logits - logits.max(axis=1, keepdims=True)
    losses: np.ndarray = np.log(np.exp(shifted).sum(axis=1))
    losses -= shifted[np.arange(len(labels)), labels]
    return losses


def cross_entropy_gradient(
    grad_output: ArrayLike, logits: ArrayLike, labels: ArrayLike
) -> np.ndarray:
    """Backpropagate through `cross_entropy`: probabilities, minus 1 for the true class.

    gradient[n, k] = grad_output[n] · (softmax(logits[n])[k] − [k = labels[n]]).

    Args:
        grad_output: (N,), derivative of the cost by each loss: 1 / N everywhere when the cost is
            their mean.
        logits: (N, K), as they were given to `cross_entropy`.
        labels: (N,), as they were given to `cross_entropy`.

    Returns:
        (N, K), derivative of the cost by each logit; each row adds up to 0.

    Raises:
        TypeError: as `cross_entropy`.
        ValueError: as `cross_entropy`, or grad_output has not the shape of its output.

    Source:
        C. Bishop, "Pattern Recognition and Machine Learning", 2006, section 4.3.4,
        equation 4.109 (there times the features).

    Example:
        >>> logits = np.log([[1, 3], [1, 1]])  # probabilities 1/4 and 3/4, 1/2 and 1/2
        >>> cross_entropy_gradient([1, 10], logits, [0, 1])
        array([[-0.75,  0.75],
               [ 5.  , -5.  ]])
    """
    function = "cross_entropy_gradient"
    logits, labels = _as_logits_and_labels(function, logits, labels)
    grad = as_grad_output(function, grad_output, labels.shape, logits.dtype)
    gradient = _softmax(logits)
    gradient[np.arange(len(labels)), labels] -= 1
    gradient *= grad[:, np.newaxis]
    return gradient


def _softmax(logits: np.ndarray) -> np.ndarray:
    """Softmax of checked logits along the last axis."""
    powers: np.ndarray = np.exp(logits - logits.max(axis=-1, keepdims=True))
    powers /= powers.sum(axis=-1, keepdims=True)
    return powers


def _as_logits_and_labels(
    function: str, logits: ArrayLike, labels: ArrayLike
) -> tuple[np.ndarray, np.ndarray]:
    """Check that every row of logits has one label, and that the label names a class."""
    logits = as_float_array(function, "logits", logits, axes="N, K")
    labels = as_array(function, "labels", labels)
    if labels.dtype.kind not in "iu":
        raise TypeError(f"{function}: labels must be integers, got {labels.dtype}.")
    num_samples, num_classes = logits.shape
    if labels.shape != (num_samples,):
        raise ValueError(
            f"{function}: labels must hold one class for each of {num_samples} rows of logits, "
            f"got an array of shape {labels.shape}."
        )
    wrong = labels[(labels < 0) | (labels >= num_classes)]
    if not num_classes or wrong.size:
        got = f", got {wrong[0]}" if wrong.size else ""
        raise ValueError(
            f"{function}: labels must be classes from 0 to {num_classes - 1}{got} "
            f"(logits {logits.shape})."
        )
    return logits, labels
