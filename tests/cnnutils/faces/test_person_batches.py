"""Batches of people: each with enough pictures, and the same again from the same seed."""

import re

import numpy as np
import pytest

from cnnutils import faces


@pytest.fixture
def examples():
    ids = np.array([3] * 4 + [5] * 2 + [7] * 1 + [9] * 3)  # person 7 has one picture
    return np.arange(10, dtype="float32").reshape(10, 1, 1, 1), ids


def batches_of(examples, **options):
    usual = {"people": 2, "pictures": 2, "batches": 6, "seed": 0}
    return faces.PersonBatches(*examples, **(usual | options))


def test_what_is_in_a_batch(examples):
    batches = batches_of(examples)
    assert len(batches) == 6
    seen = set()
    for index in range(60):
        images, people = batches[index % 6]
        if index % 6 == 5:
            batches.on_epoch_end()
        assert images.shape == (4, 1, 1, 1)
        assert len(set(images.ravel().tolist())) == 4
        np.testing.assert_array_equal(examples[1][images.ravel().astype(int)], people)
        assert sorted(np.unique(people, return_counts=True)[1]) == [2, 2]
        seen |= set(images.ravel().tolist())
    assert seen == set(range(10)) - {6}


def test_the_seed_and_the_epoch_decide(examples):
    first, again, other = (batches_of(examples, seed=seed) for seed in (1, 1, 2))
    drawn = [np.concatenate([b[i][0] for i in range(6)]) for b in (first, again, other)]
    np.testing.assert_array_equal(drawn[0], drawn[1])
    assert not np.array_equal(drawn[0], drawn[2])
    first.on_epoch_end()
    assert not np.array_equal(drawn[0], np.concatenate([first[i][0] for i in range(6)]))


def test_there_is_an_end(examples):
    with pytest.raises(IndexError, match=r"^PersonBatches: batch 6 of 6\.$"):
        batches_of(examples)[6]


@pytest.mark.parametrize(
    ("options", "error", "sentence"),
    [
        ({"people": 1}, ValueError, "people must be at least 2, got 1."),
        ({"pictures": 1}, ValueError, "pictures must be at least 2, got 1."),
        ({"batches": 0}, ValueError, "batches must be at least 1, got 0."),
        ({"seed": 0.5}, TypeError, "seed must be an integer, got 0.5 (float)."),
        (
            {"pictures": 3, "people": 3},
            ValueError,
            "3 people with 3 images each are needed, there are 2.",
        ),
    ],
)
def test_wrong_options(examples, options, error, sentence):
    with pytest.raises(error, match=f"^{re.escape('PersonBatches: ' + sentence)}$"):
        batches_of(examples, **options)


def test_wrong_people(examples):
    images, ids = examples
    sentence = "PersonBatches: person_ids must have one entry an image, got (9,) for (10, 1, 1, 1)."
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        batches_of((images, ids[:9]))
    sentence = "PersonBatches: person_ids must be integers, got float64."
    with pytest.raises(TypeError, match=f"^{re.escape(sentence)}$"):
        batches_of((images, ids / 2))
