"""Colours shifted along the directions in which those of the training images vary."""

from typing import Any

import keras
import numpy as np
from keras import layers, ops
from numpy.typing import ArrayLike

from cnnutils._checks import as_float_array, as_int, as_list, as_number, as_text

_LARGEST = 1e15  # colours are float32, and their products must fit


@keras.saving.register_keras_serializable(package="cnnutils")
class RandomPCAColor(layers.Layer):  # type: ignore[misc]
    """Shift the colours of each image along the directions in which colours vary most.

    Every pixel of an image gets the same shift Σ αᵢ λᵢ pᵢ. pᵢ and λᵢ are the eigenvectors and
    eigenvalues of the covariance of red, green and blue over all pixels of the training images
    (`adapt` finds them), and αᵢ is drawn from N(0, sigma), once an image and call. How strong the
    shifts are is not found: sigma is chosen by hand.

    λᵢ is a variance, so the formula depends on the unit: colours count from 0 to 1 in it, whatever
    `value_range` is, and the shift is scaled to that range.

    Args:
        sigma: standard deviation of the αᵢ; 0.1 in the paper.
        value_range: (lowest, highest) colour; results are cut off there, unlike in the paper.
        eigenvalues: (3,) largest first, and
        eigenvectors: (3, 3) one a column: what `adapt` finds, where it is known already.
        seed: makes the layer repeat its draws.
        name: name of the layer.

    Raises:
        TypeError: an option is of another type.
        ValueError: an option is out of range, or what was found has another shape or comes alone.

    Source:
        A. Krizhevsky, I. Sutskever, G. Hinton, "ImageNet Classification with Deep Convolutional
        Neural Networks", 2012, section 4.1.

    Example:
        >>> reds = np.zeros((1, 2, 2, 3)); reds[0, 0, 0, 0] = 1  # only red varies
        >>> layer = RandomPCAColor()
        >>> layer.adapt(reds)
        >>> layer.shifts([[1, 1, 1]]).round(4).tolist()  # its variance is 1/4 - 1/16 = 3/16
        [[0.1875, 0.0, 0.0]]
    """

    def __init__(
        self,
        *,
        sigma: float = 0.1,
        value_range: tuple[float, float] = (0.0, 1.0),
        eigenvalues: ArrayLike | None = None,
        eigenvectors: ArrayLike | None = None,
        seed: int | None = None,
        name: str | None = None,
        **base: Any,
    ) -> None:
        function = "RandomPCAColor"
        name = None if name is None else as_text(function, "name", name)
        super().__init__(name=name, **base)
        self.sigma = as_number(function, "sigma", sigma)
        if self.sigma < 0:
            raise ValueError(f"{function}: sigma must be at least 0, got {sigma}.")
        ends = as_list(function, "value_range", value_range, of="two numbers")
        ends = [as_number(function, "each of value_range", end) for end in ends]
        if len(ends) != 2 or not ends[0] < ends[1]:
            got = ", ".join(f"{end:g}" for end in ends)
            raise ValueError(f"{function}: value_range must be (lowest, highest), got ({got}).")
        self.value_range = (ends[0], ends[1])
        if max(self.sigma, *map(abs, ends)) > _LARGEST:
            raise ValueError(f"{function}: sigma and value_range must be at most {_LARGEST:g}.")
        if seed is not None:
            seed = as_int(function, "seed", seed, minimum=0, maximum=2**31 - 1)
        self.seed = seed
        self.generator = keras.random.SeedGenerator(seed)
        self.eigenvalues = self.eigenvectors = None
        if (eigenvalues is None) != (eigenvectors is None):
            raise ValueError("RandomPCAColor: eigenvalues and eigenvectors must come together.")
        if eigenvalues is not None and eigenvectors is not None:
            self.eigenvalues = _found("eigenvalues", eigenvalues, (3,))
            self.eigenvectors = _found("eigenvectors", eigenvectors, (3, 3))

    def adapt(self, images: ArrayLike) -> None:
        """Find the directions and their variances from training images (N, H, W, 3).

        Of the two signs of an eigenvector the one with the positive sum is taken.
        """
        array = as_float_array("RandomPCAColor", "images", images, axes="N, H, W, 3")
        if array.shape[-1] != 3 or array.size == 0:
            raise ValueError(
                f"RandomPCAColor: images must have the axes (N, H, W, 3), got {array.shape}."
            )
        low, high = self.value_range
        pixels = (array.reshape(-1, 3).astype(np.float64) - low) / (high - low)
        values, vectors = np.linalg.eigh(np.cov(pixels.T, bias=True))
        signs = np.where(vectors.sum(axis=0) < 0, -1.0, 1.0)
        self.eigenvalues = values[::-1].copy()
        self.eigenvectors = (vectors * signs)[:, ::-1].copy()

    def shifts(self, alphas: ArrayLike) -> np.ndarray:
        """Return the shifts of red, green and blue, (N, 3), for the numbers αᵢ, (N, 3)."""
        values, vectors = self._components()
        low, high = self.value_range
        shifts: np.ndarray = (np.asarray(alphas) * values) @ vectors.T * (high - low)  # (N, 3)
        return shifts

    def _components(self) -> tuple[np.ndarray, np.ndarray]:
        if self.eigenvalues is None or self.eigenvectors is None:
            raise ValueError("RandomPCAColor: call adapt(images) with training images first.")
        return self.eigenvalues, self.eigenvectors

    def call(self, images: Any, training: bool = True) -> Any:
        """(N, H, W, 3) → (N, H, W, 3), unchanged when not training."""
        if not training:
            return images
        values, vectors = self._components()
        low, high = self.value_range
        scaled = (values[:, np.newaxis] * vectors.T * (high - low)).astype(self.compute_dtype)
        shape = (ops.shape(images)[0], 3)
        alphas = keras.random.normal(
            shape, stddev=self.sigma, dtype=self.compute_dtype, seed=self.generator
        )
        shift = ops.matmul(alphas, scaled)  # (N, 3)
        return ops.clip(images + shift[:, np.newaxis, np.newaxis, :], low, high)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """The shape stays."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """The options, and what was found."""
        found = {
            key: None if getattr(self, key) is None else getattr(self, key).tolist()
            for key in ("eigenvalues", "eigenvectors")
        }
        options = {"sigma": self.sigma, "value_range": self.value_range, "seed": self.seed}
        return {**super().get_config(), **options, **found}


def _found(name: str, value: ArrayLike, shape: tuple[int, ...]) -> np.ndarray:
    axes = ", ".join("3" for _ in shape)
    array = as_float_array("RandomPCAColor", name, value, axes=axes).astype(np.float64)
    if array.shape != shape:
        raise ValueError(f"RandomPCAColor: {name} must have the shape {shape}, got {array.shape}.")
    if not (np.abs(array) <= _LARGEST).all():  # NaN is not
        raise ValueError(f"RandomPCAColor: {name} must lie between ±{_LARGEST:g}.")
    return array
