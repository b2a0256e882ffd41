"""Changed copies of images, in batches that threads prepare while the network trains."""

import threading
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import layers, ops
from numpy.typing import ArrayLike

from cnnutils._checks import as_array, as_float_array, as_int, as_list


class AugmentedBatches(keras.utils.PyDataset):  # type: ignore[misc]
    """Batches of changed copies of images, prepared by threads while the network trains.

    Every epoch goes through the images in a new order and changes each anew; nothing is stored.
    Order and changes follow from the seed, the epoch and the number of the batch alone, so a
    training repeats itself however the threads run. Hand it to `model.fit` without labels and
    without `shuffle`.

    On JAX and on PyTorch, Keras reads a batch before a model's first training, to build its loss.
    With several threads it then trains first on what they had prepared by then.

    Args:
        images: (N, H, W, C), at least one.
        labels: (N, ...), one an image.
        augmentations: Keras layers such as `keras.layers.RandomFlip()`, applied in this order as in
            training. Each batch has its own copies with seeds of their own.
        batch_size: images in a batch; the last one holds what is left.
        seed: seed of order and changes.
        workers: threads that prepare batches; 1 does it in the thread that trains.

    Raises:
        TypeError: a number is not an integer, labels are no real numbers, or an augmentation is
            no layer.
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
        self.labels = as_array(function, "labels", labels)
        if len(self.images) == 0 or self.labels.shape[:1] != self.images.shape[:1]:
            raise ValueError(
                f"{function}: there must be at least one image and one label for each, got "
                f"images of shape {self.images.shape} and labels of shape {self.labels.shape}."
            )
        if self.labels.dtype.kind not in "biuf":
            raise TypeError(f"{function}: labels must be real numbers, got {self.labels.dtype}.")
        self.augmentations = tuple(as_list(function, "augmentations", augmentations, of="layers"))
        for layer in self.augmentations:
            if not isinstance(layer, layers.Layer):
                raise TypeError(
                    f"{function}: each of augmentations must be a Keras layer, got "
                    f"{type(layer).__name__}."
                )
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
