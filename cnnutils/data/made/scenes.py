"""Scenes made from a seed: handwritten digits on photographs, with boxes, classes and masks."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from cnnutils._checks import as_choice, as_int, as_pair, check_size
from cnnutils.data.bundled import load_digits, load_photograph
from cnnutils.detect import Objects

# Photographs without letters or digits of their own; those for the test are never trained on.
_BACKGROUNDS = {
    "train": (
        "astronaut", "camera", "china", "coins", "flower", "grass", "gravel",
        "hubble_deep_field", "retina", "rocket",
    ),
    "test": ("brick", "chelsea", "coffee", "moon"),
}  # fmt: skip
_BACKGROUND_SIDE = 256  # photographs are brought to this size before pieces are cut
_MOST_DIGITS = 255  # a mask is of bytes, and 0 is the background
_LARGEST_COVER = 0.1  # of the smaller of two boxes, the share that the other may cover
_TRIES = 30  # to find a place for a digit, before it is left out


@dataclass(frozen=True, kw_only=True)
class Scenes:
    """Images with several objects, and the whole truth about them.

    Args:
        images: (N, H, W, 3) float32 in [0, 1].
        objects: for each image the boxes (M, 4) in pixels, tight around the pixels of each object,
            and the classes (M,), the digits 0 to 9.
        masks: (N, H, W) uint8; 0 where no object is, i + 1 where object i of the image is seen.
    """

    images: np.ndarray
    objects: tuple[Objects, ...]
    masks: np.ndarray


def make_scenes(
    num_scenes: int,
    *,
    seed: int,
    split: Literal["train", "test"] = "train",
    digit_split: Literal["writers", "random"] = "writers",
    image_size: int | tuple[int, int] = 64,
    num_digits: tuple[int, int] = (1, 3),
    digit_height: tuple[int, int] = (14, 30),
) -> Scenes:
    """Make photographs with handwritten digits in them, of which everything is known.

    The digits are real ones (`load_digits`), enlarged, stretched a little and painted light on dark
    or dark on light, in a tint of their own. The backgrounds are pieces of the photographs that
    ship with the dependencies. With split="test", digits and photographs are others than with
    "train", so that nothing of the training is seen again.

    Args:
        num_scenes: N.
        seed: decides everything, at least 0.
        split: which digits and which photographs.
        digit_split: how `load_digits` divides the digits: the test's are those of other "writers",
            or any, at "random", and then the same people wrote those of the training.
        image_size: height and width in pixels, at most 256, one integer or a pair.
        num_digits: the fewest and the most in one scene; where one more does not fit, it is left
            out, but the first.
        digit_height: the smallest and the largest height in pixels.

    Returns:
        The scenes.

    Raises:
        TypeError: a number is not an integer.
        ValueError: a number is out of range, or the digits are too large for the images.

    Example:
        >>> scenes = make_scenes(2, seed=0, image_size=(48, 64))
        >>> scenes.images.shape, scenes.masks.shape, len(scenes.objects)
        ((2, 48, 64, 3), (2, 48, 64), 2)
    """
    name = "make_scenes"
    num_scenes = as_int(name, "num_scenes", num_scenes, minimum=0)
    seed = as_int(name, "seed", seed, minimum=0)
    as_choice(name, "split", split, tuple(_BACKGROUNDS))
    rng = np.random.default_rng([seed, split == "test"])
    as_choice(name, "digit_split", digit_split, ("writers", "random"))
    size = as_pair(name, "image_size", image_size, minimum=8)
    if max(size) > _BACKGROUND_SIDE:
        raise ValueError(f"{name}: image_size must be at most {_BACKGROUND_SIDE}, got {size}.")
    fewest, most = _as_range(name, "num_digits", num_digits, minimum=1)
    if most > _MOST_DIGITS:
        raise ValueError(f"{name}: num_digits must be at most {_MOST_DIGITS}, got {most}.")
    heights = _as_range(name, "digit_height", digit_height, minimum=8)
    if heights[1] > min(size):
        raise ValueError(
            f"{name}: digits of up to {heights[1]} pixels do not fit into images of {size}."
        )
    check_size(name, "the images", (num_scenes, *size, 3))
    digits = load_digits(split=digit_split)
    ink = digits.train_images if split == "train" else digits.test_images
    labels = digits.train_labels if split == "train" else digits.test_labels
    backgrounds = [load_photograph(photo, size=_BACKGROUND_SIDE) for photo in _BACKGROUNDS[split]]
    images = np.empty((num_scenes, *size, 3), np.float32)
    masks = np.zeros((num_scenes, *size), np.uint8)
    objects = []
    for image, mask in zip(images, masks, strict=True):
        image[:] = _piece(rng, backgrounds[rng.integers(len(backgrounds))], size)
        classes: list[int] = []
        for _ in range(rng.integers(fewest, most + 1)):
            which = int(rng.integers(len(labels)))
            if _paint(rng, image, mask, ink[which, :, :, 0], heights, len(classes) + 1):
                classes.append(int(labels[which]))
        rows = [_box(mask == i + 1) for i in range(len(classes))]
        objects.append(Objects(np.array(rows, np.float64).reshape(-1, 4), np.array(classes, int)))
    return Scenes(images=images, objects=tuple(objects), masks=masks)


def _piece(rng: np.random.Generator, photograph: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Cut a piece out of a photograph (256, 256, 3), half of the time mirrored."""
    top, left = (rng.integers(_BACKGROUND_SIDE - length + 1) for length in size)
    piece = photograph[top : top + size[0], left : left + size[1]]
    return piece[:, ::-1] if rng.random() < 0.5 else piece


def _paint(
    rng: np.random.Generator,
    image: np.ndarray,
    mask: np.ndarray,
    ink: np.ndarray,
    heights: tuple[int, int],
    number: int,
) -> bool:
    """Paint a digit (8, 8) where it covers no other, and number its pixels; say if it fitted."""
    stroke = _enlarged(rng, ink, heights, image.shape[1])
    height, width = stroke.shape
    solid = stroke > 0.5
    for _ in range(_TRIES):
        top = rng.integers(image.shape[0] - height + 1)
        left = rng.integers(image.shape[1] - width + 1)
        place = np.s_[top : top + height, left : left + width]
        if not _covers_others(mask, place, solid):
            break
    else:
        return False
    under = image[place]
    colour = rng.uniform(0.75, 1, 3) if under.mean() < 0.5 else rng.uniform(0, 0.25, 3)
    image[place] = under + stroke[:, :, np.newaxis] * (colour.astype(np.float32) - under)
    mask[place][solid] = number
    return True


def _enlarged(
    rng: np.random.Generator, ink: np.ndarray, heights: tuple[int, int], largest_width: int
) -> np.ndarray:
    """Cut off the empty margin of a digit, and enlarge what is left to a random size."""
    from skimage import transform

    rows, columns = (np.flatnonzero((ink > 0.3).any(axis=axis)) for axis in (1, 0))
    tight = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    height = int(rng.integers(heights[0], heights[1] + 1))
    width = height * tight.shape[1] / tight.shape[0] * rng.uniform(0.8, 1.2)
    width = int(np.clip(round(width), 4, largest_width))
    stroke = transform.resize(tight, (height, width), order=3, anti_aliasing=False)
    return np.asarray(np.clip(2 * stroke - 0.5, 0, 1), np.float32)


def _covers_others(mask: np.ndarray, place: tuple[slice, slice], solid: np.ndarray) -> bool:
    """Say whether the boxes of a new object and of one in the scene have too much in common."""
    top, left = place[0].start, place[1].start
    x1, y1, x2, y2 = _box(solid)
    new = np.array([x1 + left, y1 + top, x2 + left, y2 + top])
    for i in range(1, int(mask.max()) + 1):
        old = np.array(_box(mask == i))
        shared = np.maximum(np.minimum(new[2:], old[2:]) - np.maximum(new[:2], old[:2]), 0).prod()
        smaller = min((new[2:] - new[:2]).prod(), (old[2:] - old[:2]).prod())
        if shared > _LARGEST_COVER * smaller:
            return True
    return False


def _box(pixels: np.ndarray) -> tuple[int, int, int, int]:
    """Return the box (x1, y1, x2, y2) that is tight around the true pixels (H, W), half-open."""
    rows, columns = (np.flatnonzero(pixels.any(axis=axis)) for axis in (1, 0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def _as_range(function: str, name: str, value: tuple[int, int], *, minimum: int) -> tuple[int, int]:
    low, high = as_pair(function, name, value, minimum=minimum)
    if low > high:
        raise ValueError(f"{function}: {name} must be (smallest, largest), got {value!r}.")
    return low, high
