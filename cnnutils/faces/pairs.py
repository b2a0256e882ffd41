"""What a classifier is given that shall say whether two embeddings are of the same person."""

from typing import Any, Literal

from keras import ops

from cnnutils._checks import as_choice
from cnnutils._networks import as_float_tensors

_SMALLEST_SUM = 1e-7  # below it, both numbers count as zero


def pair_features(first: Any, second: Any, *, kind: Literal["absolute", "chi-square"]) -> Any:
    """Compare two embeddings coordinate by coordinate.

    "absolute" is |f - f'|, "chi-square" is (f - f')² / (|f| + |f'|), and 0 where both are 0; of
    encodings that are nowhere negative this is DeepFace's χ². A dense layer with one output and a
    sigmoid on top, σ(Σ wₖ featureₖ + b), is then a classifier of pairs. Both are the same when
    the two embeddings change places.

    Args:
        first: (N, D) embeddings f, tensors of Keras' backend or arrays.
        second: (N, D) embeddings f'.
        kind: which comparison.

    Returns:
        (N, D) numbers of at least 0; NaN where an embedding is NaN.

    Raises:
        TypeError: an embedding does not hold real numbers.
        ValueError: the shapes differ, are not (N, D), or kind is unknown.

    Source:
        Y. Taigman, M. Yang, M. Ranzato, L. Wolf, "DeepFace: Closing the Gap to Human-Level
        Performance in Face Verification", 2014, https://doi.org/10.1109/CVPR.2014.220,
        sections 4.1 and 4.2.

    Example:
        >>> import keras
        >>> features = pair_features([[3.0, 0.0]], [[1.0, 0.0]], kind="absolute")
        >>> keras.ops.convert_to_numpy(features).tolist()
        [[2.0, 0.0]]
        >>> features = pair_features([[3.0, 0.0]], [[1.0, 0.0]], kind="chi-square")
        >>> keras.ops.convert_to_numpy(features).tolist()
        [[1.0, 0.0]]
    """
    name = "pair_features"
    as_choice(name, "kind", kind, ("absolute", "chi-square"))
    f, g = as_float_tensors(name, first=first, second=second)
    if tuple(f.shape) != tuple(g.shape) or len(f.shape) != 2:
        raise ValueError(
            f"{name}: both embeddings must have the same axes (N, D), got shapes "
            f"{tuple(f.shape)} and {tuple(g.shape)}."
        )
    difference = ops.abs(f - g)
    if kind == "absolute":
        return difference
    return ops.square(difference) / ops.maximum(ops.abs(f) + ops.abs(g), _SMALLEST_SUM)
