"""Drawn faces: the seed decides, people stay who they are, and no test person was trained on."""

import re

import numpy as np
import pytest

from cnnutils import data, verify
from cnnutils.data.made import faces as module


@pytest.fixture(scope="module")
def faces():
    return data.make_faces(30, seed=3, images_per_person=4, image_size=40)


def test_shapes_types_and_who_is_who(faces):
    assert faces.images.shape == (120, 40, 40, 3)
    assert faces.images.dtype == np.float32
    assert faces.images.min() >= 0
    assert faces.images.max() <= 1
    assert faces.person_ids.tolist() == np.repeat(np.arange(30), 4).tolist()
    assert faces.person_ids.dtype == np.int64
    assert faces.traits.shape == (30, len(data.FACE_TRAITS)) == (30, 32)
    assert faces.traits.min() >= 0
    assert faces.traits.max() < 1


def test_the_seed_decides():
    first, again, other = (data.make_faces(3, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.images, again.images)
    np.testing.assert_array_equal(first.traits, again.traits)
    assert not np.array_equal(first.images, other.images)


def test_chunks_do_not_change_who_is_drawn(monkeypatch):
    whole = data.make_faces(5, seed=1, images_per_person=3)
    monkeypatch.setattr(module, "_CHUNK_PIXELS", 4 * 32**2)
    pieces = data.make_faces(5, seed=1, images_per_person=3)
    np.testing.assert_array_equal(whole.traits, pieces.traits)
    assert pieces.images.shape == whole.images.shape
    assert pieces.images.std() > 0.1


def test_people_do_not_depend_on_how_they_are_photographed():
    plain = data.make_faces(4, seed=6, images_per_person=2)
    other = data.make_faces(4, seed=6, images_per_person=9, image_size=24, variation=0.5)
    np.testing.assert_array_equal(plain.traits, other.traits)


def test_no_person_of_one_split_is_one_of_the_other_whatever_the_seeds():
    column = data.FACE_TRAITS.index("face_length")
    cells = {}
    for split in ("train", "test"):
        people = [data.make_faces(200, seed=s, images_per_person=1, image_size=16, split=split)
                  for s in (0, 1)]  # fmt: skip
        cells[split] = np.concatenate([p.traits[:, column] for p in people]) * module._CELLS
        np.testing.assert_array_equal(cells[split], cells[split].round())  # exact in float32
    assert (cells["train"] % 2 == 0).all()
    assert (cells["test"] % 2 == 1).all()


def test_pictures_of_one_person_are_more_alike_than_those_of_two(faces):
    face = faces.images[:, 8:32, 10:30].reshape(120, -1)
    distances = verify.squared_distances(face, face)
    first, second = np.triu_indices(120, 1)
    same = faces.person_ids[first] == faces.person_ids[second]
    pairs = distances[first, second]
    rate = verify.equal_error_rate(pairs, same).rate
    assert 0.1 < rate < 0.45  # told apart by bare pixels, but badly: a network has something to do
    assert pairs[same].min() > 1  # no two pictures are the same


def test_variation():
    still, usual, much = (
        data.make_faces(20, seed=2, images_per_person=4, variation=v) for v in (0, 1, 2)
    )

    def spread(faces):  # of the pictures of a person, in the middle of the face
        middle = faces.images.reshape(20, 4, 32, 32, 3)[:, :, 14:22, 12:20]
        return float(middle.std(axis=1).mean())

    assert spread(still) < 0.2 * spread(usual) < 0.2 * spread(much)


def test_traits_are_seen():
    def brightness(tones):
        images = data.make_faces(30, seed=1, images_per_person=2, skin_tones=tones).images
        return images[:, 15:24, 13:19].mean()

    assert brightness((0, 0.2)) > brightness((0.4, 0.6)) + 0.05
    assert brightness((0.4, 0.6)) > brightness((0.8, 1.0)) + 0.05
    skin = data.make_faces(50, seed=1, images_per_person=1, skin_tones=(0.3, 0.4)).traits[:, 0]
    assert 0.3 <= skin.min() < 0.32
    assert 0.38 < skin.max() <= 0.4


@pytest.mark.parametrize("trait", data.FACE_TRAITS)
def test_every_trait_changes_the_picture(trait):
    from cnnutils.data.made.face_drawing import draw_faces

    picture = dict.fromkeys((*module._POSE_AND_LIGHT, *module._AROUND, "eyes"), np.zeros(9))
    person = {name: np.full(9, 0.5) for name in data.FACE_TRAITS}
    person["hair_length"][:] = 0.3  # where a beard may be
    if trait == "frames":
        person["glasses"][:] = 1
    if trait == "moustache":
        person["beard"][:] = 1
    person[trait] = np.linspace(0, 1, 9)
    images = draw_faces(person, picture, 48)
    assert np.abs(images - images[4]).max() > 0.02
    others = draw_faces(person | {trait: np.full(9, 0.5)}, picture, 48)
    np.testing.assert_array_equal(others, np.broadcast_to(others[:1], others.shape))


@pytest.mark.parametrize("habit", [*module._POSE_AND_LIGHT, *module._AROUND, "eyes"])
def test_everything_that_varies_changes_the_picture(habit):
    from cnnutils.data.made.face_drawing import draw_faces

    person = {name: np.full(3, 0.5) for name in data.FACE_TRAITS} | {"glasses": np.ones(3)}
    neutral = dict.fromkeys((*module._POSE_AND_LIGHT, *module._AROUND, "eyes"), np.zeros(3))
    images = draw_faces(person, neutral | {habit: np.array([-1.0, 0.0, 1.0])}, 48)
    assert np.abs(images - images[1]).max() > 0.02


def test_nobody_and_one():
    empty = data.make_faces(0, seed=0)
    assert empty.images.shape == (0, 32, 32, 3)
    assert empty.traits.shape == (0, 32)
    assert data.make_faces(1, seed=0, images_per_person=1, image_size=16).images.shape[0] == 1


@pytest.mark.parametrize(
    ("options", "error", "sentence"),
    [
        ({"split": "val"}, ValueError, "split must be one of 'train', 'test', got 'val'."),
        ({"seed": -1}, ValueError, "seed must be at least 0, got -1."),
        ({"images_per_person": 0}, ValueError, "images_per_person must be at least 1, got 0."),
        ({"image_size": 8}, ValueError, "image_size must be at least 16, got 8."),
        ({"image_size": 32.0}, TypeError, "image_size must be an integer, got 32.0 (float)."),
        ({"variation": 3}, ValueError, "variation must be between 0 and 2, got 3."),
        ({"variation": float("nan")}, ValueError, "variation must be finite, got nan."),
        (
            {"skin_tones": (0.5, 0.2)},
            ValueError,
            "skin_tones must be (lightest, darkest), got (0.5, 0.2).",
        ),
        ({"skin_tones": 0.5}, ValueError, "skin_tones must be (lightest, darkest), got 0.5."),
        ({"skin_tones": (0, 1.5)}, ValueError, "a skin tone must be between 0 and 1, got 1.5."),
    ],
)
def test_wrong_arguments(options, error, sentence):
    with pytest.raises(error, match=f"^{re.escape('make_faces: ' + sentence)}$"):
        data.make_faces(1, **{"seed": 0, **options})


def test_a_number_of_people_below_zero():
    sentence = "make_faces: num_people must be at least 0, got -1."
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        data.make_faces(-1, seed=0)
