"""The triplet loss and its mining: held against hand, loops, and properties."""

import itertools
import re

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnutils import faces


def numpy_of(tensor):
    return keras.ops.convert_to_numpy(tensor)


def some_batch(seed=0, people=4, pictures=3, width=5):
    rng = np.random.default_rng(seed)
    ids = np.repeat(rng.permutation(100)[:people], pictures)
    order = rng.permutation(len(ids))
    return rng.normal(size=(len(ids), width)).astype("float32"), ids[order]


def squared(a, b):
    return float(((a.astype("float64") - b) ** 2).sum())


def test_a_loss_worked_by_hand():
    # near: (0.3)² + 0 = 0.09; far: 0 + (0.4)² = 0.16; 0.09 - 0.16 + 0.2 = 0.13.
    # near: 1 + 1 = 2; far: 9; 2 - 9 + 0.2 < 0, so no loss.
    anchor = np.array([[0, 0], [1, 1]], "float64")
    positive = np.array([[0.3, 0], [2, 2]])
    negative = np.array([[0, 0.4], [1, 4]])
    loss = faces.triplet_loss(anchor, positive, negative)
    np.testing.assert_allclose(numpy_of(loss), [0.13, 0], atol=1e-6)
    wide = faces.triplet_loss(anchor, positive, negative, margin=8)
    np.testing.assert_allclose(numpy_of(wide), [7.93, 1], atol=1e-5)


def test_an_embedding_that_is_constant_costs_the_margin():
    point = np.ones((3, 4), "float32")
    for margin in (0, 0.2, 1.5):
        loss = numpy_of(faces.triplet_loss(point, point, point, margin=margin))
        np.testing.assert_allclose(loss, margin)


def test_integers_empty_and_nan():
    assert numpy_of(faces.triplet_loss([[0]], [[2]], [[1]], margin=1)).tolist() == [4]
    assert numpy_of(faces.triplet_loss(*np.zeros((3, 0, 4)))).shape == (0,)
    broken = np.zeros((3, 2, 4), "float32")
    broken[1, 1, 2] = np.nan
    assert np.isnan(numpy_of(faces.triplet_loss(*broken))).tolist() == [False, True]


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000), st.floats(0, 3))
def test_the_loss_is_unmoved_by_shifts_and_turns(seed, margin):
    rng = np.random.default_rng(seed)
    triple = rng.normal(size=(3, 6, 4))
    turn, _ = np.linalg.qr(rng.normal(size=(4, 4)))
    moved = triple @ turn + rng.normal(size=4)
    loss = numpy_of(faces.triplet_loss(*triple, margin=margin))
    np.testing.assert_allclose(loss, numpy_of(faces.triplet_loss(*moved, margin=margin)), atol=1e-4)
    assert (loss >= 0).all()


def test_semi_hard_and_hard_against_loops():
    for seed in range(20):
        embeddings, ids = some_batch(seed, people=4, pictures=3)
        for mining in ("semi-hard", "hard"):
            mined = faces.mine_triplets(embeddings, ids, mining=mining)
            expected = []
            for a, p in itertools.permutations(range(len(ids)), 2):
                if ids[a] != ids[p]:
                    continue
                others = [n for n in range(len(ids)) if ids[n] != ids[a]]
                far = {n: squared(embeddings[a], embeddings[n]) for n in others}
                limit = squared(embeddings[a], embeddings[p]) if mining == "semi-hard" else -1
                behind = [n for n in others if far[n] > limit]
                best = min(behind, key=far.get) if behind else max(others, key=far.get)
                expected.append((a, p, best))
            found = list(zip(*(part.tolist() for part in mined), strict=True))
            assert found == expected


def test_random_triplets_are_triplets_and_use_everybody():
    embeddings, ids = some_batch(1, people=5, pictures=4)
    seen = set()
    for seed in range(60):
        mined = faces.mine_triplets(embeddings, ids, mining="random", seed=seed)
        assert len(mined.anchors) == 5 * 4 * 3
        assert (ids[mined.anchors] == ids[mined.positives]).all()
        assert (mined.anchors != mined.positives).all()
        assert (ids[mined.anchors] != ids[mined.negatives]).all()
        seen |= set(zip(mined.anchors.tolist(), mined.negatives.tolist(), strict=True))
    assert len(seen) == 20 * 16
    again = [faces.mine_triplets(embeddings, ids, mining="random", seed=3) for _ in range(2)]
    np.testing.assert_array_equal(again[0].negatives, again[1].negatives)


@pytest.mark.parametrize("mining", ["random", "semi-hard", "hard"])
def test_the_loss_of_a_batch_is_that_of_its_triplets(mining):
    embeddings, ids = some_batch(2, people=4, pictures=3)
    ids = np.append(ids, 1000)  # somebody with one picture: an anchor without a positive
    embeddings = np.concatenate([embeddings, np.zeros((1, 5), "float32")])
    mined = faces.mine_triplets(embeddings, ids, mining=mining, seed=4)
    each = numpy_of(faces.triplet_loss(*(embeddings[rows] for rows in mined), margin=1.5))
    expected = [each[mined.anchors == a].sum() / max((mined.anchors == a).sum(), 1)
                for a in range(len(ids))]  # fmt: skip
    loss = faces.BatchTripletLoss(mining=mining, margin=1.5, seed=4, reduction=None)
    np.testing.assert_allclose(numpy_of(loss(ids, embeddings)), expected, rtol=1e-4, atol=1e-5)
    column = faces.BatchTripletLoss(mining=mining, margin=1.5, seed=4)
    value = float(column(ids[:, np.newaxis], embeddings))
    np.testing.assert_allclose(value, np.mean(expected), rtol=1e-4)


@pytest.mark.parametrize("ids", [[5], [5, 5, 5], [1, 2, 3]])
def test_without_a_positive_or_a_negative_there_is_no_triplet_and_no_loss(ids):
    embeddings = np.arange(len(ids) * 2, dtype="float32").reshape(-1, 2)
    for mining in ("random", "semi-hard", "hard"):
        mined = faces.mine_triplets(embeddings, ids, mining=mining)
        assert [len(part) for part in mined] == [0, 0, 0]
        loss = faces.BatchTripletLoss(mining=mining)(np.array(ids), embeddings)
        assert float(loss) == 0


def test_nothing_to_mine():
    mined = faces.mine_triplets(np.zeros((0, 4)), [], mining="hard")
    assert [part.shape for part in mined] == [(0,), (0,), (0,)]


def test_names_are_people_too():
    line = np.array([[0.0], [0.2], [0.1]])
    mined = faces.mine_triplets(line, ["Ada", "Ada", "Bo"], mining="hard")
    assert mined.negatives.tolist() == [2, 2]


def test_a_network_learns_with_it():
    rng = np.random.default_rng(0)
    ids = np.repeat(np.arange(8), 10)
    x = (np.eye(8)[ids] + rng.normal(0, 0.5, (80, 8))).astype("float32")
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(4)])
    model.compile(keras.optimizers.Adam(0.02), faces.BatchTripletLoss(margin=0.5, mining="hard"))
    history = model.fit(x, ids, batch_size=80, epochs=25, verbose=0).history["loss"]
    assert history[-1] < 0.8 * history[0]


def test_a_saved_loss_is_the_same_one():
    loss = faces.BatchTripletLoss(mining="random", margin=0.5, seed=3)
    loaded = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(loss))
    assert (loaded.mining, loaded.margin, loaded.seed) == ("random", 0.5, 3)
    embeddings, ids = some_batch()
    assert float(loaded(ids, embeddings)) == float(loss(ids, embeddings))


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (
            lambda x: faces.triplet_loss(x, x, x[:1]),
            ValueError,
            "triplet_loss: anchor, positive and negative must have the same shape, got (2, 3) and "
            "(2, 3) and (1, 3).",
        ),
        (
            lambda x: faces.triplet_loss(x[0], x[0], x[0]),
            ValueError,
            "triplet_loss: anchor must have the axes (N, D), got an array of shape (3,).",
        ),
        (
            lambda x: faces.triplet_loss(x, x, x, margin=-0.1),
            ValueError,
            "triplet_loss: margin must be at least 0 and at most 1e+30, got -0.1.",
        ),
        (
            lambda x: faces.triplet_loss(x, x, x, margin="wide"),
            TypeError,
            "triplet_loss: margin must be a number, got 'wide' (str).",
        ),
        (
            lambda x: faces.mine_triplets(x, [1, 2, 3], mining="hard"),
            ValueError,
            "mine_triplets: person_ids must have one entry an embedding, got (3,) for (2, 3).",
        ),
        (
            lambda x: faces.mine_triplets(x * np.nan, [1, 2], mining="hard"),
            ValueError,
            "mine_triplets: every embedding must be finite, and between ±3e+18, so that distances "
            "fit into float32.",
        ),
        (
            lambda x: faces.mine_triplets(x, [1, 2], mining="soft"),
            ValueError,
            "mine_triplets: mining must be one of 'random', 'semi-hard', 'hard', got 'soft'.",
        ),
        (
            lambda x: faces.BatchTripletLoss(mining="soft"),
            ValueError,
            "BatchTripletLoss: mining must be one of 'random', 'semi-hard', 'hard', got 'soft'.",
        ),
        (
            lambda x: faces.BatchTripletLoss(margin=-1),
            ValueError,
            "BatchTripletLoss: margin must be at least 0 and at most 1e+30, got -1.",
        ),
        (
            lambda x: faces.BatchTripletLoss(seed=1.5),
            TypeError,
            "BatchTripletLoss: seed must be an integer, got 1.5 (float).",
        ),
    ],
)
def test_wrong_arguments(call, error, sentence):
    with pytest.raises(error, match=f"^{re.escape(sentence)}$"):
        call(np.zeros((2, 3), "float32"))
