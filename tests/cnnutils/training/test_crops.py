"""Ten crops: held against hand, TensorFlow and Keras."""

import re

import keras
import numpy as np
import pytest
from keras import layers

from cnnutils import training


def test_ten_crops_by_hand():
    image = np.arange(12).reshape(1, 3, 4, 1)  # rows 0 1 2 3 / 4 5 6 7 / 8 9 10 11
    crops = training.ten_crop(image, (2, 3))[0, ..., 0].astype(int).tolist()
    assert crops[:5] == [
        [[0, 1, 2], [4, 5, 6]],
        [[1, 2, 3], [5, 6, 7]],
        [[4, 5, 6], [8, 9, 10]],
        [[5, 6, 7], [9, 10, 11]],
        [[0, 1, 2], [4, 5, 6]],  # (3 - 2)/2 and (4 - 3)/2 rounded down
    ]
    assert crops[5:] == [[row[::-1] for row in crop] for crop in crops[:5]]


def test_ten_crops_are_those_of_tensorflow():
    import tensorflow as tf

    images = np.random.default_rng(0).normal(size=(2, 9, 12, 3)).astype("float32")
    crops = training.ten_crop(images, (5, 4))
    assert crops.shape == (2, 10, 5, 4, 3)
    tops, lefts = (0, 0, 4, 4, 2), (0, 8, 0, 8, 4)
    for index, (top, left) in enumerate(zip(tops, lefts, strict=True)):
        piece = tf.image.crop_to_bounding_box(images, top, left, 5, 4)
        np.testing.assert_array_equal(crops[:, index], piece)
        np.testing.assert_array_equal(crops[:, index + 5], tf.image.flip_left_right(piece))
    centre = layers.CenterCrop(5, 4)(images)
    np.testing.assert_array_equal(crops[:, 4], keras.ops.convert_to_numpy(centre))


def test_the_crops_of_a_mirrored_image_are_the_same_in_another_order():
    images = np.random.default_rng(1).normal(size=(2, 6, 8, 3))
    mirrored = training.ten_crop(images[:, :, ::-1], 4)
    order = [6, 5, 8, 7, 9, 1, 0, 3, 2, 4]
    np.testing.assert_array_equal(mirrored, training.ten_crop(images, 4)[:, order])


def test_a_piece_that_does_not_fit():
    sentence = (
        "ten_crop: pieces of 5 × 4 pixels must fit into the images, which have 4 × 9. Enlarge the "
        "images, or take smaller pieces."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        training.ten_crop(np.zeros((1, 4, 9, 3)), (5, 4))
    with pytest.raises(ValueError, match=r"^ten_crop: images must have the axes \(N, H, W, C\), g"):
        training.ten_crop(np.zeros((4, 9, 3)), 2)
