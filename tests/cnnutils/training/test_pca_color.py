"""PCA colour: held against hand and scikit-learn."""

import re

import keras
import numpy as np
import pytest

from cnnutils import training


def colourful(seed=0, shape=(3, 6, 5, 3)):
    """Images whose channels vary together, each by another amount."""
    rng = np.random.default_rng(seed)
    base = rng.normal(size=(*shape[:3], 1)) * [0.1, 0.05, 0.02]
    return (0.5 + base + rng.normal(scale=0.01, size=shape)).astype("float32")


def test_components_are_those_of_scikit_learn():
    from sklearn.decomposition import PCA

    images = colourful()
    layer = training.RandomPCAColor()
    layer.adapt(images)
    oracle = PCA(3).fit(images.reshape(-1, 3).astype("float64"))
    n = images.size // 3
    np.testing.assert_allclose(layer.eigenvalues, oracle.explained_variance_ * (n - 1) / n)
    overlap = np.abs(np.sum(layer.eigenvectors * oracle.components_.T, axis=0))
    np.testing.assert_allclose(overlap, 1, rtol=1e-6)
    assert (layer.eigenvectors.sum(axis=0) > 0).all()
    assert (np.diff(layer.eigenvalues) < 0).all()


def test_a_shift_worked_by_hand():
    # p1 = (3, 4, 0)/5 with variance 2, p2 = (-4, 3, 0)/5 with 1, p3 = (0, 0, 1) with 1/2:
    # 0.1·2·p1 + 1·1·p2 + 2·½·p3 = (0.12, 0.16, 0) + (-0.8, 0.6, 0) + (0, 0, 1)
    vectors = np.array([[3, -4, 0], [4, 3, 0], [0, 0, 5]]) / 5
    layer = training.RandomPCAColor(eigenvalues=[2, 1, 0.5], eigenvectors=vectors)
    np.testing.assert_allclose(layer.shifts([[0.1, 1, 2]]), [[-0.68, 0.76, 1.0]])


def test_each_image_gets_one_shift_of_the_wanted_spread():
    layer = training.RandomPCAColor(sigma=0.5, seed=3)
    layer.adapt(colourful())
    grey = np.full((4000, 2, 3, 3), 0.5, "float32")
    moved = keras.ops.convert_to_numpy(layer(grey)) - grey
    np.testing.assert_allclose(moved, moved[:, :1, :1] * np.ones((1, 2, 3, 1)), atol=1e-7)
    alphas = moved[:, 0, 0] @ layer.eigenvectors / layer.eigenvalues
    np.testing.assert_allclose(alphas.std(axis=0), 0.5, rtol=0.05)
    np.testing.assert_allclose(alphas.mean(axis=0), 0, atol=0.04)
    assert np.abs(np.corrcoef(alphas.T) - np.eye(3)).max() < 0.06


def test_the_shift_scales_with_the_range_and_is_cut_off():
    unit = training.RandomPCAColor()
    unit.adapt(colourful())
    byte = training.RandomPCAColor(value_range=(0, 255))
    byte.adapt(colourful() * 255)
    np.testing.assert_allclose(byte.eigenvalues, unit.eigenvalues, rtol=1e-6)
    ones = np.ones((1, 3))
    np.testing.assert_allclose(byte.shifts(ones), 255 * unit.shifts(ones), rtol=1e-6)
    strong = training.RandomPCAColor(
        sigma=100, eigenvalues=[1, 1, 1], eigenvectors=np.eye(3), seed=1
    )
    out = keras.ops.convert_to_numpy(strong(colourful()))
    assert out.min() == 0
    assert out.max() == 1


def test_nothing_changes_when_the_network_is_used():
    layer = training.RandomPCAColor(seed=1)
    layer.adapt(colourful())
    images = colourful(1)
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(layer(images, training=False)), images)
    assert np.abs(keras.ops.convert_to_numpy(layer(images)) - images).max() > 1e-4


def test_a_saved_layer_is_the_same_one(tmp_path):
    layer = training.RandomPCAColor(sigma=0.3, seed=5)
    layer.adapt(colourful())
    keras.Sequential([keras.Input((6, 5, 3)), layer]).save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras").layers[-1]
    assert (loaded.sigma, loaded.value_range, loaded.seed) == (0.3, (0.0, 1.0), 5)
    np.testing.assert_array_equal(loaded.shifts(np.eye(3)), layer.shifts(np.eye(3)))


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"sigma": -1}, "sigma must be at least 0, got -1."),
        ({"value_range": (1, 0)}, "value_range must be (lowest, highest), got (1, 0)."),
        ({"eigenvalues": [1, 1, 1]}, "eigenvalues and eigenvectors must come together."),
    ],
)
def test_wrong_options_of_pca_colour(options, sentence):
    with pytest.raises(ValueError, match=f"^{re.escape('RandomPCAColor: ' + sentence)}$"):
        training.RandomPCAColor(**options)


def test_pca_colour_wants_to_be_adapted_to_colours():
    layer = training.RandomPCAColor()
    sentence = "RandomPCAColor: call adapt(images) with training images first."
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        layer.shifts(np.ones((1, 3)))
    sentence = "RandomPCAColor: images must have the axes (N, H, W, 3), got (2, 4, 5, 1)."
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        layer.adapt(np.ones((2, 4, 5, 1)))
