"""Give a picture the colours of another, and leave the drawing as it is."""

import numpy as np
from numpy.typing import ArrayLike

from cnnutils._checks import as_float_array

FUNCTION = "match_colors"


def match_colors(image: ArrayLike, reference: ArrayLike) -> np.ndarray:
    """Shift and mix an image's colours so that their mean and covariance are the reference's.

    Every pixel x becomes Σr^½ · Σi^(−½) · (x − mean(image)) + mean(reference), with Σ the 3 × 3
    covariances of the colours. What is then outside [0, 1] is cut off, which changes the two a
    little.

    Args:
        image: (H, W, 3) in [0, 1].
        reference: (H', W', 3) in [0, 1].

    Returns:
        (H, W, 3) float32 in [0, 1].

    Raises:
        TypeError: a picture does not hold real numbers.
        ValueError: a picture is empty, not (H, W, 3), not finite or outside [0, 1].

    Source:
        L. Gatys, M. Bethge, A. Hertzmann, E. Shechtman, "Preserving Color in Neural Artistic
        Style Transfer", 2016, arXiv:1606.05897, section 4, the symmetric solution.

    Example:
        >>> grey = np.linspace(0, 1, 12).reshape(2, 2, 3)
        >>> plain_red = np.full((4, 4, 3), [0.75, 0.0, 0.0])
        >>> match_colors(grey, plain_red)[0, 0].round(2)  # a plain reference leaves no contrast
        array([0.75, 0.  , 0.  ], dtype=float32)
    """
    pixels, wanted = _pixels("the image", image), _pixels("the reference", reference)
    mixed = _root(_covariance(wanted)) @ _root(_covariance(pixels), inverse=True)
    shifted = (pixels - pixels.mean(0)) @ mixed.T + wanted.mean(0)
    matched: np.ndarray = np.clip(shifted, 0, 1).reshape(np.shape(image)).astype(np.float32)
    return matched


def _pixels(name: str, image: ArrayLike) -> np.ndarray:
    array = as_float_array(FUNCTION, name, image, axes="H, W, 3").astype(np.float64)
    if array.size == 0 or array.shape[2] != 3:
        raise ValueError(
            f"{FUNCTION}: {name} must be a colour picture (H, W, 3), got an array of shape "
            f"{array.shape}."
        )
    if not (np.isfinite(array).all() and array.min() >= 0 and array.max() <= 1):
        raise ValueError(f"{FUNCTION}: {name} must lie in [0, 1]; NaN and infinity are refused.")
    return array.reshape(-1, 3)


def _covariance(pixels: np.ndarray) -> np.ndarray:
    centred = pixels - pixels.mean(0)
    covariance: np.ndarray = centred.T @ centred / len(pixels)
    return covariance


def _root(covariance: np.ndarray, *, inverse: bool = False) -> np.ndarray:
    """Return the symmetric square root, or its inverse; directions without spread count as such."""
    values, vectors = np.linalg.eigh(covariance)
    roots = np.sqrt(np.maximum(values, 0))
    if inverse:
        spread = roots > 1e-4
        roots = np.where(spread, 1 / np.where(spread, roots, 1), 0)
    root: np.ndarray = (vectors * roots) @ vectors.T
    return root
