"""What training adds to a network: changed copies of images, new starts, several crops, a bar."""

import sys
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any, TextIO

import keras
import numpy as np
from keras import layers, ops
from numpy.typing import ArrayLike

from cnnutils._checks import as_float_array, as_int, as_pair


def restart(model: keras.Model, *, seed: int) -> None:
    """Give a compiled model new random weights and a fresh optimizer, as if it were built again.

    What Keras has traced is kept, so that training a small network from several seeds takes a
    fraction of the time that building and compiling it for each would. Every variable is drawn
    anew: weights, the statistics of batch normalisation, the states of random layers. A learning
    rate that a callback has lowered stays low, and a layer that was given a seed of its own
    repeats itself whatever `seed` is.

    Args:
        model: a Sequential or functional model that was compiled.
        seed: seed of Python, NumPy and Keras, at least 0 and below 2³².

    Raises:
        TypeError: `model` is not a Keras model, or seed not an integer.
        ValueError: the model was not built or not compiled, or seed is out of range.

    Example:
        >>> model = keras.Sequential([keras.Input((2,)), layers.Dense(3)])
        >>> model.compile("sgd", "mse")
        >>> restart(model, seed=1)
        >>> first = model.get_weights()[0]
        >>> restart(model, seed=2)
        >>> other = model.get_weights()[0]
        >>> restart(model, seed=1)
        >>> again = model.get_weights()[0]
        >>> bool((first == again).all()), bool((first == other).any())
        (True, False)
    """
    if not isinstance(model, keras.Model):
        raise TypeError(f"restart: model must be a Keras model, got {type(model).__name__}.")
    if not (model.built and model.compiled):
        raise ValueError(f"restart: {model.name} must be built and compiled first.")
    seed = as_int("restart", "seed", seed, minimum=0)
    if seed >= 2**32:
        raise ValueError(f"restart: seed must be at most 4294967295 (2³² − 1), got {seed}.")
    keras.utils.set_random_seed(seed)
    _copy(keras.models.clone_model(model).variables, model.variables)
    optimizer = model.optimizer
    if optimizer.built:
        fresh = type(optimizer).from_config(optimizer.get_config())
        fresh.build(model.trainable_variables)
        _copy(fresh.variables, optimizer.variables)


def _copy(sources: Sequence[Any], targets: Sequence[Any]) -> None:
    for source, target in zip(sources, targets, strict=True):
        target.assign(source)


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
        super().__init__(name=name, **base)
        if not sigma >= 0:
            raise ValueError(f"RandomPCAColor: sigma must be at least 0, got {sigma}.")
        if not value_range[0] < value_range[1]:
            raise ValueError(
                "RandomPCAColor: value_range must be (lowest, highest), "
                f"got ({value_range[0]}, {value_range[1]})."
            )
        self.sigma, self.value_range, self.seed = sigma, tuple(value_range), seed
        self.generator = keras.random.SeedGenerator(seed)
        self.eigenvalues = self.eigenvectors = None
        if (eigenvalues is None) != (eigenvectors is None):
            raise ValueError("RandomPCAColor: eigenvalues and eigenvectors must come together.")
        if eigenvalues is not None:
            self.eigenvalues = np.asarray(eigenvalues, np.float64)
            self.eigenvectors = np.asarray(eigenvectors, np.float64)

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


class AugmentedBatches(keras.utils.PyDataset):  # type: ignore[misc]
    """Batches of changed copies of images, prepared by threads while the network trains.

    Every epoch goes through the images in a new order and changes each anew; nothing is stored.
    Order and changes follow from the seed, the epoch and the number of the batch alone, so a
    training repeats itself however the threads run. Hand it to `model.fit` without labels and
    without `shuffle`.

    Args:
        images: (N, H, W, C), at least one.
        labels: (N, ...), one an image.
        augmentations: Keras layers such as `keras.layers.RandomFlip()`, applied in this order as in
            training. Each batch has its own copies with seeds of their own.
        batch_size: images in a batch; the last one holds what is left.
        seed: seed of order and changes.
        workers: threads that prepare batches; 1 does it in the thread that trains.

    Raises:
        TypeError: a number is not an integer.
        ValueError: there is no image, not one label an image, or a number is too small.

    Example:
        >>> images = np.arange(6.0).reshape(3, 1, 2, 1)
        >>> batches = AugmentedBatches(images, [0, 1, 2], [layers.RandomFlip()], batch_size=2)
        >>> len(batches), [len(labels) for _, labels in batches]
        (2, [2, 1])
    """

    def __init__(
        self,
        images: ArrayLike,
        labels: ArrayLike,
        augmentations: Sequence[layers.Layer],
        *,
        batch_size: int = 32,
        seed: int = 0,
        workers: int = 2,
    ) -> None:
        function = "AugmentedBatches"
        super().__init__(workers=as_int(function, "workers", workers, minimum=1))
        self.images = as_float_array(function, "images", images, axes="N, H, W, C")
        self.labels = np.asarray(labels)
        if len(self.images) == 0 or self.labels.shape[:1] != self.images.shape[:1]:
            raise ValueError(
                f"{function}: there must be at least one image and one label for each, got "
                f"images of shape {self.images.shape} and labels of shape {self.labels.shape}."
            )
        self.augmentations = tuple(augmentations)
        self.batch_size = as_int(function, "batch_size", batch_size, minimum=1)
        self.seed = as_int(function, "seed", seed, minimum=0)
        self.epoch = 0
        self.threads: set[str] = set()  # names of those that have prepared a batch

    def __len__(self) -> int:
        return -(-len(self.images) // self.batch_size)

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        """Return batch `index` of the present epoch: (images, labels)."""
        self.threads.add(threading.current_thread().name)
        order = np.random.default_rng((self.seed, self.epoch)).permutation(len(self.images))
        chosen = order[index * self.batch_size : (index + 1) * self.batch_size]
        rng = np.random.default_rng((self.seed, self.epoch, index))
        batch: Any = self.images[chosen]
        for layer in self.augmentations:
            batch = _with_seed(layer, int(rng.integers(2**31)))(batch, training=True)
        return np.asarray(ops.convert_to_numpy(batch)), self.labels[chosen]

    def on_epoch_end(self) -> None:
        """Go on to the next order and the next changes."""
        self.epoch += 1


def _with_seed(layer: layers.Layer, seed: int) -> layers.Layer:
    """Return a copy of a layer with another seed: no state is shared between threads."""
    config = layer.get_config()
    return type(layer).from_config({**config, "seed": seed} if "seed" in config else config)


def ten_crop(images: ArrayLike, size: int | tuple[int, int]) -> np.ndarray:
    """Cut ten pieces out of each image: four corners, the centre, and the mirrors of all five.

    Args:
        images: (N, H, W, C).
        size: (height, width) of a piece, or one number for a square.

    Returns:
        (N, 10, height, width, C): top left, top right, bottom left, bottom right, centre (where
        it cannot be in the middle, half a pixel up or left), then the five in the same order,
        left and right swapped. A network that sees them as (10·N, ...) gives 10·N answers, whose
        means over the ten are those for the images.

    Raises:
        TypeError: size is not made of integers, or the images are not numbers.
        ValueError: the images have other axes, or are smaller than a piece.

    Source:
        A. Krizhevsky, I. Sutskever, G. Hinton, "ImageNet Classification with Deep Convolutional
        Neural Networks", 2012, section 4.1.

    Example:
        >>> row = np.arange(3.0).reshape(1, 1, 3, 1)
        >>> ten_crop(row, (1, 2))[0, :, 0, :, 0].astype(int).tolist()[3:7]
        [[1, 2], [0, 1], [1, 0], [2, 1]]
    """
    array = as_float_array("ten_crop", "images", images, axes="N, H, W, C")
    height, width = as_pair("ten_crop", "size", size, minimum=1)
    down, right = array.shape[1] - height, array.shape[2] - width
    if down < 0 or right < 0:
        raise ValueError(
            f"ten_crop: pieces of {height} × {width} pixels must fit into the images, which have "
            f"{array.shape[1]} × {array.shape[2]}. Enlarge the images, or take smaller pieces."
        )
    corners = [(0, 0), (0, right), (down, 0), (down, right), (down // 2, right // 2)]
    pieces = [array[:, top : top + height, left : left + width] for top, left in corners]
    return np.stack([*pieces, *(piece[:, :, ::-1] for piece in pieces)], axis=1)


class ProgressBar(keras.callbacks.Callback):  # type: ignore[misc]
    """One line that tells how far a training is, and silence when it is over soon.

    Together with `verbose=0`: a training that takes less than `delay_seconds` prints nothing, so
    that a published notebook holds no bars, and whoever trains for hours sees one.

    Args:
        delay_seconds: how long to be silent; 0 for a bar from the first epoch on.
        stream: where to write; by default standard output.

    Example:
        >>> model = keras.Sequential([keras.Input((1,)), layers.Dense(1)])
        >>> model.compile("sgd", "mse")
        >>> history = model.fit(np.zeros((2, 1)), np.zeros(2), epochs=4, verbose=0,
        ...                     callbacks=[ProgressBar()])
    """

    _WIDTH = 20

    def __init__(self, *, delay_seconds: float = 30.0, stream: TextIO | None = None) -> None:
        super().__init__()
        if not delay_seconds >= 0:
            raise ValueError(f"ProgressBar: delay_seconds must be at least 0, got {delay_seconds}.")
        self.delay_seconds, self.stream = delay_seconds, stream
        self._start, self._written = 0.0, 0

    def on_train_begin(self, logs: Mapping[str, float] | None = None) -> None:
        """Look at the clock."""
        self._start, self._written = time.monotonic(), 0

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        """Write the line anew, over the one before."""
        if time.monotonic() - self._start < self.delay_seconds:
            return
        epochs = self.params["epochs"]
        filled = self._WIDTH * (epoch + 1) // epochs
        bar = "#" * filled + "-" * (self._WIDTH - filled)
        values = ", ".join(f"{name} {value:.3g}" for name, value in (logs or {}).items())
        line = f"epoch {epoch + 1}/{epochs} [{bar}] {values}".rstrip()
        self._write("\r" + line.ljust(self._written))
        self._written = len(line)

    def on_train_end(self, logs: Mapping[str, float] | None = None) -> None:
        """End the line, if there is one."""
        if self._written:
            self._write("\n")

    def _write(self, text: str) -> None:
        stream = sys.stdout if self.stream is None else self.stream
        stream.write(text)
        stream.flush()
