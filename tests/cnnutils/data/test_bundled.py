"""The images that ship with the packages: what is in them, and how they are split."""

import difflib
import re
from pathlib import Path

import numpy as np
import pytest
import skimage
from PIL import Image
from skimage import transform
from sklearn import datasets

from cnnutils import data

SPLITS = ["writers", "random"]


def both(digits):
    return (
        np.concatenate([digits.train_images, digits.test_images]),
        np.concatenate([digits.train_labels, digits.test_labels]),
    )


def nearest_neighbour_accuracy(digits):
    train = digits.train_images.reshape(-1, 64)
    test = digits.test_images.reshape(-1, 64)
    squared = (train**2).sum(1) - 2 * test @ train.T  # (N_test, N_train), up to a constant a row
    return (digits.train_labels[squared.argmin(1)] == digits.test_labels).mean()


def test_the_first_digit_by_hand():
    # The first row of scikit-learn's first image counts 0 0 5 13 9 1 0 0 dots of 16.
    digits = data.load_digits()
    row = [0, 0, 0.3125, 0.8125, 0.5625, 0.0625, 0, 0]
    np.testing.assert_array_equal(digits.train_images[0, 0, :, 0], row)
    assert digits.train_labels[0] == 0


@pytest.mark.parametrize("split", SPLITS)
def test_shapes_types_and_range(split):
    digits = data.load_digits(split=split)
    assert digits.train_images.shape == (1415, 8, 8, 1)
    assert digits.test_images.shape == (382, 8, 8, 1)
    assert digits.train_labels.shape == (1415,)
    assert digits.test_labels.shape == (382,)
    images, labels = both(digits)
    assert images.dtype == np.float32
    assert labels.dtype == np.int64
    assert (images.min(), images.max()) == (0, 1)


@pytest.mark.parametrize("split", SPLITS)
def test_every_digit_is_on_exactly_one_side_with_its_own_label(split):
    images, labels = both(data.load_digits(split=split))
    rows = np.concatenate([images.reshape(-1, 64) * 16, labels[:, None]], axis=1)
    bunch = datasets.load_digits()
    expected = np.concatenate([bunch.data, bunch.target[:, None]], axis=1)
    assert len(np.unique(expected, axis=0)) == 1797  # no two are alike, so the comparison is sharp
    np.testing.assert_array_equal(np.unique(rows, axis=0), np.unique(expected, axis=0))


@pytest.mark.parametrize("split", SPLITS)
def test_both_sides_hold_every_class_about_equally_often(split):
    digits = data.load_digits(split=split)
    for labels in (digits.train_labels, digits.test_labels):
        shares = np.bincount(labels, minlength=10) / len(labels)
        np.testing.assert_allclose(shares, 0.1, atol=0.01)


def test_the_split_by_writers_cuts_between_two_forms():
    # Every form asks for the same 130 digits in the same order; a few are missing in some.
    digits = data.load_digits()
    form = digits.train_labels[:130]
    np.testing.assert_array_equal(np.bincount(form), np.full(10, 13))

    def alike(labels):
        blocks = difflib.SequenceMatcher(None, form.tolist(), labels.tolist(), autojunk=False)
        return blocks.ratio()

    assert alike(digits.test_labels[:130]) > 0.97  # the test starts where a form starts
    assert alike(digits.train_labels[-130:]) > 0.97  # the training ends where one ends
    assert alike(digits.test_labels[40:170]) < 0.9  # elsewhere the order does not fit


def test_a_strangers_hand_is_harder_than_a_known_one():
    known = nearest_neighbour_accuracy(data.load_digits(split="random"))
    strange = nearest_neighbour_accuracy(data.load_digits(split="writers"))
    assert strange < known - 0.005


def test_the_random_split_follows_its_seed():
    first, again = (data.load_digits(split="random", seed=1) for _ in range(2))
    other = data.load_digits(split="random", seed=2)
    np.testing.assert_array_equal(first.test_images, again.test_images)
    assert not np.array_equal(first.test_images, other.test_images)


def test_wrong_arguments_of_load_digits():
    sentence = "load_digits: split must be one of 'writers', 'random', got 'writer'."
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        data.load_digits(split="writer")
    sentence = "load_digits: seed must be an integer, got 0.5 (float)."
    with pytest.raises(TypeError, match=f"^{re.escape(sentence)}$"):
        data.load_digits(split="random", seed=0.5)


# --- photographs ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", data.PHOTOGRAPHS)
def test_every_photograph_loads_without_a_network(name):
    image = data.load_photograph(name, size=(20, 30))
    assert image.shape == (20, 30, 3)
    assert image.dtype == np.float32
    assert 0 <= image.min() < image.max() <= 1


def test_the_pixels_are_those_of_the_file():
    file = Path(skimage.__file__).parent / "data" / "chelsea.png"
    expected = np.asarray(Image.open(file))
    image = data.load_photograph("chelsea")
    assert image.shape == (300, 451, 3)
    np.testing.assert_array_equal(np.rint(image * 255).astype(np.uint8), expected)


def test_grey_is_the_luminance_with_the_stated_weights():
    colour = data.load_photograph("coffee").astype(float)
    grey = data.load_photograph("coffee", grey=True)
    assert grey.shape == (400, 600)
    assert grey.dtype == np.float32
    np.testing.assert_allclose(grey, colour @ [0.2125, 0.7154, 0.0721], atol=1e-6)


def test_a_photograph_taken_in_grey_has_three_equal_channels():
    image, grey = data.load_photograph("camera"), data.load_photograph("camera", grey=True)
    assert image.shape == (512, 512, 3)
    for channel in range(3):
        np.testing.assert_array_equal(image[:, :, channel], grey)


def test_smaller_sizes_keep_the_mean_and_are_smoothed():
    grass = data.load_photograph("grass", grey=True)
    small = data.load_photograph("grass", size=(64, 32), grey=True)
    picked = transform.resize(grass, (64, 32), order=0, anti_aliasing=False)
    assert small.shape == (64, 32)
    np.testing.assert_allclose(small.mean(), grass.mean(), atol=0.005)
    assert small.std() < 0.7 * picked.std()  # every 8th or 16th pixel alone would be noise
    assert data.load_photograph("grass", size=16).shape == (16, 16, 3)


def test_grey_and_smaller_come_out_alike_in_either_order():
    colour = data.load_photograph("china", size=(30, 40)).astype(float)
    grey = data.load_photograph("china", size=(30, 40), grey=True)
    np.testing.assert_allclose(grey, colour @ [0.2125, 0.7154, 0.0721], atol=1e-5)


def test_an_unknown_photograph_is_refused_with_the_names_that_exist():
    names = ", ".join(repr(name) for name in data.PHOTOGRAPHS)
    sentence = f"load_photograph: name must be one of {names}, got 'lena'."
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        data.load_photograph("lena")


def test_a_size_without_pixels_is_refused():
    sentence = "load_photograph: size must be at least 1, got 0."
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        data.load_photograph("coins", size=(0, 5))


@pytest.mark.parametrize("name", sorted(set(data.PHOTOGRAPHS) - {"china", "flower"}))
def test_the_credit_agrees_with_what_scikit_image_says(name):
    credit, source = data.PHOTOGRAPHS[name], getattr(skimage.data, name).__doc__
    assert ("CC0" in credit) == bool(re.search(r"CC0 |CC0\b(?!Tex)", source))
    assert ("public domain" in credit) == bool(re.search(r"public\s+domain", source))
    states_nothing = not re.search(r"CC0|public\s+domain|copyright", source)
    assert ("states no licence" in credit) == states_nothing
    for word in re.findall(r"by the photographer \(([^)]*)\)", source):
        assert word in credit


def test_the_list_of_photographs_cannot_be_changed():
    with pytest.raises(TypeError, match="does not support item assignment"):
        data.PHOTOGRAPHS["lena"] = "?"
