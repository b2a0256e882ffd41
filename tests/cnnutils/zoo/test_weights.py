"""Weights from files that Keras wrote."""

import re

import h5py
import keras
import numpy as np
import pytest
from keras.src.legacy.saving import legacy_h5_format
from zoo_checks import answers, images, scramble

from cnnutils import zoo

# Keras' writers of files call TensorFlow's variables in a way that NumPy deprecates.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

SHAPE = (32, 32, 3)
NUM_CLASSES = 7


def write_published(model, path):
    """Write a file of the format in which keras.applications publishes weights."""
    with h5py.File(path, "w") as file:
        legacy_h5_format.save_weights_to_hdf5_group(file, model)
    return path


@pytest.fixture(scope="module")
def mobilenet():
    model = keras.applications.MobileNetV2(
        weights=None, input_shape=SHAPE, classes=NUM_CLASSES, alpha=0.35
    )
    scramble(model)
    return model


@pytest.fixture(scope="module")
def published(mobilenet, tmp_path_factory):
    return write_published(mobilenet, tmp_path_factory.mktemp("weights") / "mobilenet_v2.h5")


def build(num_classes=NUM_CLASSES, width_multiplier=0.35):
    return zoo.build_mobilenet_v2(
        input_shape=SHAPE, num_classes=num_classes, width_multiplier=width_multiplier
    )


def test_a_published_file_gives_the_answers_of_keras(mobilenet, published):
    model = build()
    zoo.load_weights(model, published)
    x = images(model)
    np.testing.assert_allclose(answers(model, x), answers(mobilenet, x), rtol=1e-4, atol=1e-6)


def test_a_file_without_its_top(tmp_path):
    theirs = keras.applications.VGG16(weights=None, include_top=False, input_shape=(32, 48, 3))
    scramble(theirs)
    path = write_published(theirs, tmp_path / "vgg16_no_top.h5")
    ours = zoo.build_vgg("D", input_shape=(32, 48, 3), num_classes=None)
    zoo.load_weights(ours, str(path))
    x = images(theirs)
    expected = answers(theirs, x)
    np.testing.assert_allclose(answers(ours, x), expected, atol=1e-4 * np.ptp(expected))


@pytest.mark.parametrize("name", ["model.weights.h5", "model.h5"])
def test_a_file_of_ones_own(name, tmp_path):
    model, twin = (zoo.build_cifar_resnet(8, filters=2, num_classes=3) for _ in range(2))
    scramble(model)
    path = tmp_path / name
    (model.save_weights if name.endswith(".weights.h5") else model.save)(path)
    zoo.load_weights(twin, path)
    for ours, theirs in zip(twin.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def wrong(model, path, error, message):
    before = model.get_weights()
    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        zoo.load_weights(model, path)
    for now, then in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(now, then)  # nothing was loaded in part


def test_a_file_for_another_width_leaves_the_model_as_it_was(published):
    # 24 channels times 0.5 and times 0.35, rounded to multiples of 8, are 16 and 8.
    wrong(
        build(width_multiplier=0.5),
        published,
        ValueError,
        "load_weights: mobilenet_v2.h5 does not fit mobilenet_v2: layer block1_project needs the "
        "shapes [(1, 1, 48, 16)], block_1_project in the file has [(1, 1, 48, 8)].",
    )


def test_a_file_with_its_top_into_a_network_without(published):
    wrong(
        build(num_classes=None),
        published,
        ValueError,
        "load_weights: mobilenet_v2.h5 has 105 layers with weights, mobilenet_v2 has 104. "
        "Files without the top need num_classes=None.",
    )


def test_a_file_of_ones_own_for_other_classes(tmp_path):
    path = tmp_path / "ten.weights.h5"
    zoo.build_cifar_resnet(8, filters=2, num_classes=10).save_weights(path)
    model = zoo.build_cifar_resnet(8, filters=2, num_classes=3)
    before = model.get_weights()  # all but the last two would fit
    sentence = r"^load_weights: ten\.weights\.h5 does not fit cifar_resnet8: .+[^.]\.$"
    with pytest.raises(ValueError, match=sentence):
        zoo.load_weights(model, path)
    for now, then in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(now, then)


def test_files_that_hold_no_weights(tmp_path):
    model = zoo.build_cifar_resnet(8, filters=2)
    text = tmp_path / "text.h5"
    text.write_text("not weights")
    wrong(model, text, ValueError, "load_weights: text.h5 is not an HDF5 file.")
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file["numbers"] = [1, 2, 3]
    sentence = "load_weights: other.h5 does not hold the weights of a Keras model."
    wrong(model, tmp_path / "other.h5", ValueError, sentence)
    missing = tmp_path / "missing.h5"
    wrong(model, missing, FileNotFoundError, f"load_weights: there is no file {missing}.")
    with pytest.raises(TypeError, match=r"^load_weights: model must be a Keras model, got str\.$"):
        zoo.load_weights("model", text)
