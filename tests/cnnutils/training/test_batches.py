"""Batches in threads: what they hold, and that threads change nothing."""

import re

import numpy as np
import pytest
from keras import layers

from cnnutils import training

THREADS = (
    "to build a model's loss, Keras reads a batch before the first training, and then trains first"
    " on what several threads had prepared by then"
)


def numbered(count=7):
    """Images that tell their number by their largest pixel, wherever it is moved to."""
    images = np.zeros((count, 4, 6, 1), "float32")
    images[:, 1, 2, 0] = np.arange(1, count + 1)
    return images, np.arange(1, count + 1)


def test_an_epoch_holds_each_image_once_with_its_label():
    images, labels = numbered()
    batches = training.AugmentedBatches(images, labels, [layers.RandomFlip()], batch_size=3)
    assert len(batches) == 3
    seen = [batches[index] for index in range(3)]
    assert [len(of_batch) for _, of_batch in seen] == [3, 3, 1]
    for changed, of_batch in seen:
        np.testing.assert_array_equal(changed.max(axis=(1, 2, 3)), of_batch)
    assert sorted(np.concatenate([of_batch for _, of_batch in seen])) == labels.tolist()


def test_epochs_and_seeds_differ_and_a_batch_repeats_itself():
    images, labels = numbered(64)

    def make(seed):
        flip = layers.RandomFlip(seed=1)  # the batches have seeds of their own
        return training.AugmentedBatches(images, labels, [flip], batch_size=64, seed=seed)

    batches = make(1)
    first, again = batches[0], batches[0]
    np.testing.assert_array_equal(first[0], again[0])
    np.testing.assert_array_equal(first[1], again[1])
    batches.on_epoch_end()
    order = {tuple(of_batch) for of_batch in (first[1], batches[0][1], make(2)[0][1])}
    assert len(order) == 3
    places = [images_.sum(axis=(3,)) > 0 for images_ in (first[0], batches[0][0])]
    sorted_places = [
        place[np.argsort(of_batch)]
        for place, of_batch in zip(places, (first[1], batches[0][1]), strict=True)
    ]
    assert not np.array_equal(*sorted_places)  # flipped anew, not only shuffled


def test_each_image_is_changed_on_its_own_in_each_batch_epoch_and_seed():
    same = np.tile(np.arange(24.0).reshape(1, 4, 6, 1), (128, 1, 1, 1))  # order plays no part
    flips = [layers.RandomFlip("horizontal"), layers.RandomFlip("vertical")]

    def patterns(seed):
        """Which of the 64 images of each batch were flipped and how, in two epochs."""
        batches = training.AugmentedBatches(same, np.zeros(128), flips, batch_size=64, seed=seed)
        for _ in range(2):
            for index in range(2):
                yield tuple(batches[index][0][:, 0, 0, 0].astype(int))
            batches.on_epoch_end()

    seen = [*patterns(seed=1), *patterns(seed=2)]
    assert len(set(seen)) == 8
    for pattern in seen:
        assert set(pattern) == {0, 5, 18, 23}  # the four corners: all four ways to lie


@pytest.mark.differs("jax", "torch", reason=THREADS)
def test_training_with_threads_is_training_without(examples, small_model):
    def fit(workers):
        batches = training.AugmentedBatches(
            *examples,
            [layers.RandomFlip(), layers.RandomTranslation(0.3, 0.3)],
            batch_size=3,
            seed=4,
            workers=workers,
        )
        model = small_model()
        training.restart(model, seed=1)
        model.fit(batches, epochs=2, verbose=0)
        return model.get_weights(), batches.threads, batches.epoch

    (one, alone, epoch), (three, several, same_epoch) = fit(1), fit(3)
    assert epoch == same_epoch >= 2
    for ours, theirs in zip(one, three, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert len(several) > len(alone)


def test_layers_without_a_seed_are_allowed():
    images, labels = numbered()
    batches = training.AugmentedBatches(images, labels, [layers.Rescaling(2.0)], batch_size=7)
    changed, of_batch = batches[0]
    np.testing.assert_array_equal(changed.max(axis=(1, 2, 3)), 2 * of_batch)


def test_wrong_batches_are_refused():
    images, labels = numbered()
    sentence = (
        "AugmentedBatches: there must be at least one image and one label for each, got images of "
        "shape (7, 4, 6, 1) and labels of shape (6,)."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        training.AugmentedBatches(images, labels[:6], [])
    with pytest.raises(ValueError, match=r"^AugmentedBatches: there must be at least one image "):
        training.AugmentedBatches(images[:0], labels[:0], [])
    with pytest.raises(ValueError, match=r"^AugmentedBatches: batch_size must be at least 1, got"):
        training.AugmentedBatches(images, labels, [], batch_size=0)
    with pytest.raises(TypeError, match=r"^AugmentedBatches: workers must be an integer, got 1\.5"):
        training.AugmentedBatches(images, labels, [], workers=1.5)
