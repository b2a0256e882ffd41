"""The patches of faces that ship with scikit-image: what is in them, and how they are split."""

import dataclasses

import numpy as np
import pytest
from skimage import data as skimage_data

from cnnutils import data


def test_shapes_types_and_range():
    patches = data.load_face_patches()
    assert patches.train_images.shape == (160, 25, 25, 1)
    assert patches.test_images.shape == (40, 25, 25, 1)
    for images in (patches.train_images, patches.test_images):
        assert images.dtype == np.float32
        assert 0 <= images.min() < 0.1
        assert 0.9 < images.max() <= 1
    for labels in (patches.train_labels, patches.test_labels):
        assert labels.dtype == np.int64
        assert labels.tolist() == sorted(labels.tolist(), reverse=True)  # faces first
        assert labels.mean() == 0.5


def test_the_split_follows_the_order_of_the_file():
    patches = data.load_face_patches()
    source = skimage_data.lfw_subset().astype(np.float32)
    for index, (images, row) in {
        0: (patches.train_images, 0),
        79: (patches.train_images, 79),
        80: (patches.test_images, 0),
        99: (patches.test_images, 19),
        100: (patches.train_images, 80),
        179: (patches.train_images, 159),
        180: (patches.test_images, 20),
        199: (patches.test_images, 39),
    }.items():
        np.testing.assert_array_equal(images[row, :, :, 0], source[index])


def test_every_patch_is_on_exactly_one_side():
    patches = data.load_face_patches()
    both = np.concatenate([patches.train_images, patches.test_images]).reshape(200, -1)
    source = skimage_data.lfw_subset().reshape(200, -1).astype(np.float32)
    distinct = len(np.unique(source, axis=0))
    assert distinct == len(np.unique(both, axis=0))
    np.testing.assert_array_equal(np.sort(both.sum(axis=1)), np.sort(source.sum(axis=1)))
    train = {row.tobytes() for row in patches.train_images}
    assert not any(row.tobytes() in train for row in patches.test_images)


def test_the_labels_belong_to_their_images():
    # Eyes are darker than the cheeks below them, mostly; a background is as often not.
    patches = data.load_face_patches()
    images = np.concatenate([patches.train_images, patches.test_images])[..., 0]
    labels = np.concatenate([patches.train_labels, patches.test_labels])
    darker = images[:, 13:16, 5:20].mean(axis=(1, 2)) > images[:, 8:11, 5:20].mean(axis=(1, 2))
    assert darker[labels == 1].mean() > 0.7
    assert darker[labels == 0].mean() < 0.6


def test_what_is_returned_is_fixed_and_ones_own():
    patches = data.load_face_patches()
    with pytest.raises(dataclasses.FrozenInstanceError):
        patches.train_labels = patches.test_labels
    patches.train_images[:] = 7
    assert data.load_face_patches().train_images.max() <= 1
