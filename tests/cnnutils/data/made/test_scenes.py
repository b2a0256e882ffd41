"""Generated scenes: the truth is true, the splits share nothing, and the seed decides."""

import re

import numpy as np
import pytest

from cnnutils import boxes, data
from cnnutils.data.made import scenes as module


@pytest.fixture(scope="module")
def scenes():
    return data.make_scenes(40, seed=3, image_size=(48, 80), num_digits=(1, 4))


def test_shapes_types_and_counts(scenes):
    assert scenes.images.shape == (40, 48, 80, 3)
    assert scenes.images.dtype == np.float32
    assert scenes.images.min() >= 0
    assert scenes.images.max() <= 1
    assert scenes.masks.shape == (40, 48, 80)
    counts = [len(image.class_ids) for image in scenes.objects]
    assert set(counts) == {1, 2, 3, 4}
    classes = np.concatenate([image.class_ids for image in scenes.objects])
    assert set(classes.tolist()) == set(range(10))


def test_boxes_are_tight_around_the_masks(scenes):
    for mask, image in zip(scenes.masks, scenes.objects, strict=True):
        assert set(np.unique(mask)) == set(range(len(image.class_ids) + 1))
        for i, (x1, y1, x2, y2) in enumerate(image.boxes_xyxy.astype(int)):
            inside = np.zeros(mask.shape, bool)
            inside[y1:y2, x1:x2] = True
            own = mask == i + 1
            assert not own[~inside].any()
            edges = own[y1, x1:x2], own[y2 - 1, x1:x2], own[y1:y2, x1], own[y1:y2, x2 - 1]
            assert all(edge.any() for edge in edges)


def test_heights_are_those_that_were_asked_for():
    scenes = data.make_scenes(40, seed=0, num_digits=(1, 1), digit_height=(20, 24))
    heights = [row[3] - row[1] for image in scenes.objects for row in image.boxes_xyxy]
    assert 15 <= min(heights) <= max(heights) <= 24  # thin ends of strokes are not counted


def test_objects_hardly_cover_each_other(scenes):
    for image in scenes.objects:
        iou = boxes.iou_matrix(image.boxes_xyxy, image.boxes_xyxy) - np.eye(len(image.class_ids))
        assert iou.max() < 0.2


def test_digits_stand_out_from_the_ground(scenes):
    for image, mask in zip(scenes.images, scenes.masks, strict=True):
        for i in range(1, int(mask.max()) + 1):
            colour = image[mask == i].mean(axis=0)
            assert (colour > 0.5).all() or (colour < 0.5).all()


def test_the_seed_decides():
    first, again, other = (data.make_scenes(3, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.images, again.images)
    np.testing.assert_array_equal(first.masks, again.masks)
    assert not np.array_equal(first.images, other.images)


@pytest.mark.parametrize("digit_split", ["writers", "random"])
def test_nothing_of_the_training_is_seen_in_the_test(monkeypatch, digit_split):
    load, paint = module.load_photograph, module._paint
    used, painted = {"train": set(), "test": set()}, {"train": [], "test": []}
    for split in used:

        def watch_photograph(name, split=split, **options):
            used[split].add(name)
            return load(name, **options)

        def watch_ink(*arguments, split=split):
            painted[split].append(arguments[3].tobytes())
            return paint(*arguments)

        monkeypatch.setattr(module, "load_photograph", watch_photograph)
        monkeypatch.setattr(module, "_paint", watch_ink)
        data.make_scenes(30, seed=5, split=split, digit_split=digit_split)
    assert used["train"]
    assert used["test"]
    assert not used["train"] & used["test"]
    digits = data.load_digits(split=digit_split)
    known = {image.tobytes() for image in digits.train_images[..., 0]}
    unknown = {image.tobytes() for image in digits.test_images[..., 0]} - known
    assert set(painted["train"]) <= known
    assert set(painted["test"]) <= unknown


def test_no_scene():
    empty = data.make_scenes(0, seed=0)
    assert empty.images.shape == (0, 64, 64, 3)
    assert empty.objects == ()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"split": "val"}, "split must be one of 'train', 'test', got 'val'."),
        (
            {"digit_split": "strangers"},
            "digit_split must be one of 'writers', 'random', got 'strangers'.",
        ),
        ({"image_size": 300}, "image_size must be at most 256, got (300, 300)."),
        ({"num_digits": (3, 1)}, "num_digits must be (smallest, largest), got (3, 1)."),
        ({"num_digits": (0, 1)}, "num_digits must be at least 1, got 0."),
        (
            {"image_size": 20},
            "digits of up to 30 pixels do not fit into images of (20, 20).",
        ),
        ({"seed": -1}, "seed must be at least 0, got -1."),
    ],
)
def test_wrong_arguments(arguments, sentence):
    with pytest.raises(ValueError, match=f"^{re.escape('make_scenes: ' + sentence)}$"):
        data.make_scenes(1, **{"seed": 0, **arguments})
