"""New starts, PCA colour, batches in threads, ten crops and the bar: against hand and NumPy."""

import io
import re

import keras
import numpy as np
import pytest
from keras import layers

from cnnutils import training


def small_model(**options):
    model = keras.Sequential(
        [
            keras.Input((5, 4, 2)),
            layers.Conv2D(3, 3),
            layers.BatchNormalization(),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(2),
        ]
    )
    model.compile(keras.optimizers.Adam(0.01), "mse", **options)
    return model


@pytest.fixture
def examples():
    rng = np.random.default_rng(0)
    return rng.normal(size=(12, 5, 4, 2)).astype("float32"), rng.normal(size=(12, 2))


# --- restart -----------------------------------------------------------------------------------


def train(model, examples, seed):
    training.restart(model, seed=seed)
    model.fit(*examples, epochs=2, batch_size=4, verbose=0)
    return [variable.numpy() for variable in model.variables]


def test_a_restarted_model_trains_as_a_new_one(examples):
    model = small_model()
    train(model, examples, 3)  # leaves moments in Adam, statistics in the normalisation
    again = train(model, examples, 1)
    other = train(small_model(), examples, 1)
    assert len(again) == len(other) == 9  # 2 + 4 + 1 + 2: the dropout has its state of chance
    for ours, theirs in zip(again, other, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_another_seed_gives_another_training(examples):
    model = small_model()
    first, second = train(model, examples, 1), train(model, examples, 2)
    assert not np.array_equal(first[0], second[0])


def test_a_restart_sets_every_variable_of_the_optimizer_back(examples):
    model = small_model()
    train(model, examples, 1)
    assert int(model.optimizer.iterations) == 6
    training.restart(model, seed=1)
    variables = [v for v in model.optimizer.variables if "kernel" in v.path]
    moments = [variable.numpy() for variable in variables]
    assert int(model.optimizer.iterations) == 0
    assert len(moments) == 4
    assert not np.any(np.concatenate([moment.ravel() for moment in moments]))
    assert float(model.optimizer.learning_rate) == pytest.approx(0.01)


def test_a_restart_keeps_what_is_frozen_frozen(examples):
    model = small_model()
    model.layers[0].trainable = False
    model.compile("sgd", "mse")
    training.restart(model, seed=1)
    kernel = model.layers[0].get_weights()[0]
    model.fit(*examples, verbose=0)
    np.testing.assert_array_equal(model.layers[0].get_weights()[0], kernel)
    assert len(model.trainable_variables) == 4


def test_what_cannot_be_restarted_is_refused():
    bare = keras.Sequential([keras.Input((1,)), layers.Dense(1)], name="bare")
    with pytest.raises(ValueError, match=r"^restart: bare must be built and compiled first\.$"):
        training.restart(bare, seed=1)
    with pytest.raises(TypeError, match=r"^restart: model must be a Keras model, got int\.$"):
        training.restart(3, seed=1)
    with pytest.raises(ValueError, match=r"^restart: seed must be at least 0, got -1\.$"):
        training.restart(small_model(), seed=-1)
    sentence = "restart: seed must be at most 4294967295 (2³² − 1), got 4294967296."
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        training.restart(small_model(), seed=2**32)


# --- PCA colour --------------------------------------------------------------------------------


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


# --- batches -----------------------------------------------------------------------------------


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


def test_training_with_threads_is_training_without(examples):
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


# --- ten crops ---------------------------------------------------------------------------------


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


# --- the bar -----------------------------------------------------------------------------------


def run_bar(losses, **options):
    stream = io.StringIO()
    bar = training.ProgressBar(stream=stream, **options)
    bar.set_params({"epochs": len(losses)})
    bar.on_train_begin()
    for epoch, loss in enumerate(losses):
        bar.on_epoch_end(epoch, {"loss": loss, "val_loss": 2 * loss})
    bar.on_train_end()
    return stream.getvalue()


def test_the_bar_is_one_line_that_is_written_anew():
    written = run_bar([0.5, 0.25, 0.1234, 0.1], delay_seconds=0)
    assert written.split("\r") == [
        "",
        "epoch 1/4 [#####---------------] loss 0.5, val_loss 1",
        "epoch 2/4 [##########----------] loss 0.25, val_loss 0.5",
        "epoch 3/4 [###############-----] loss 0.123, val_loss 0.247",
        "epoch 4/4 [####################] loss 0.1, val_loss 0.2    \n",
    ]


def test_a_short_training_is_silent(capsys):
    assert run_bar([0.5, 0.25]) == ""
    bar = training.ProgressBar()
    bar.set_params({"epochs": 1})
    bar.on_train_begin()
    bar.on_epoch_end(0, {"loss": 1.0})
    bar.on_train_end()
    assert capsys.readouterr().out == ""


def test_a_long_training_is_not(monkeypatch):
    clock = iter([0.0, 29.0, 31.0])
    monkeypatch.setattr(training.time, "monotonic", lambda: next(clock))
    assert run_bar([0.5, 0.25]).startswith("\repoch 2/2 [")


def test_a_negative_delay_is_refused():
    sentence = "ProgressBar: delay_seconds must be at least 0, got -1."
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        training.ProgressBar(delay_seconds=-1)
