"""Batches in which each person has several pictures, so that there are triplets in them."""

import keras
import numpy as np
from numpy.typing import ArrayLike

from cnnutils._checks import as_array, as_float_array, as_int


class PersonBatches(keras.utils.PyDataset):  # type: ignore[misc]
    """Batches of a few people, drawn at random, with a few pictures each.

    Give it to `fit`. Batch i of an epoch depends on the seed, the epoch and i alone.

    Args:
        images: (N, H, W, C).
        person_ids: (N,) whole numbers: who is on each image.
        people: different people in a batch, at least 2.
        pictures: different images of each, at least 2; people with fewer are left out.
        batches: batches in an epoch.
        seed: decides what is drawn, at least 0.

    Raises:
        TypeError: a number is of another type.
        ValueError: a number is out of range, the shapes do not fit, or too few people have enough
            images.

    Source:
        Batches of P people times K images: A. Hermans, L. Beyer, B. Leibe, "In Defense of the
        Triplet Loss for Person Re-Identification", 2017, arXiv:1703.07737, section 2.

    Example:
        >>> images, ids = np.zeros((6, 4, 4, 1), "float32"), [1, 1, 1, 2, 2, 2]
        >>> batches = PersonBatches(images, ids, people=2, pictures=2, batches=5, seed=0)
        >>> len(batches), batches[0][0].shape, sorted(batches[0][1].tolist())
        (5, (4, 4, 4, 1), [1, 1, 2, 2])
    """

    def __init__(
        self,
        images: ArrayLike,
        person_ids: ArrayLike,
        *,
        people: int,
        pictures: int,
        batches: int,
        seed: int,
    ) -> None:
        super().__init__()
        name = "PersonBatches"
        self.images = as_float_array(name, "images", images, axes="N, H, W, C")
        self.person_ids = as_array(name, "person_ids", person_ids)
        if self.person_ids.shape != self.images.shape[:1]:
            raise ValueError(
                f"{name}: person_ids must have one entry an image, got {self.person_ids.shape} "
                f"for {self.images.shape}."
            )
        if self.person_ids.dtype.kind not in "iu":
            raise TypeError(f"{name}: person_ids must be integers, got {self.person_ids.dtype}.")
        self.people = as_int(name, "people", people, minimum=2)
        self.pictures = as_int(name, "pictures", pictures, minimum=2)
        self.batches = as_int(name, "batches", batches, minimum=1, maximum=2**31 - 1)
        self.seed = as_int(name, "seed", seed, minimum=0)
        self.epoch = 0
        found, counts = np.unique(self.person_ids, return_counts=True)
        usable = found[counts >= self.pictures]
        if len(usable) < self.people:
            raise ValueError(
                f"{name}: {self.people} people with {self.pictures} images each are needed, there "
                f"are {len(usable)}."
            )
        self._of_person = [np.flatnonzero(self.person_ids == person) for person in usable]

    def __len__(self) -> int:
        return self.batches

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        """Images (people · pictures, H, W, C) and the people on them."""
        if not 0 <= index < self.batches:
            raise IndexError(f"PersonBatches: batch {index} of {self.batches}.")
        rng = np.random.default_rng([self.seed, self.epoch, index])
        chosen = rng.choice(len(self._of_person), self.people, replace=False)
        rows = np.concatenate(
            [rng.choice(self._of_person[i], self.pictures, replace=False) for i in chosen]
        )
        return self.images[rows], self.person_ids[rows]

    def on_epoch_end(self) -> None:
        """Keras calls it after each epoch: the next one draws other batches."""
        self.epoch += 1
