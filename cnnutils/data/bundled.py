"""Real images that come with scikit-learn and scikit-image: no download, the same for everyone."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np

from cnnutils._checks import as_bool, as_choice, as_int, as_pair, check_size

_PUBLIC_DOMAIN = "no known copyright restrictions"

# What the two packages themselves say (docstrings of skimage.data 0.26, images/README.txt of
# scikit-learn 1.9); where they say nothing about a licence, this says so.
PHOTOGRAPHS: Mapping[str, str] = MappingProxyType(
    {
        "astronaut": f"Eileen Collins. NASA Great Images; public domain, {_PUBLIC_DOMAIN}",
        "brick": "A brick wall. CC0Textures (Bricks25), edited; CC0",
        "camera": "A man with a camera. Lav Varshney; CC0",
        "chelsea": "A cat. Stefan van der Walt; CC0",
        "china": "A Chinese palace. danielbuechele on Flickr; CC BY 2.0",
        "clock": "A wall clock, blurred by motion. Stefan van der Walt; public domain",
        "coffee": "A cup of coffee. Rachel Michetti, courtesy of Pikolo Espresso Bar; CC0",
        "coins": f"Greek coins from Pompeii. Brooklyn Museum Collection; {_PUBLIC_DOMAIN}",
        "flower": "A flower. vultilion on Flickr; CC BY 2.0",
        "grass": "Grass. linolafett on DeviantArt (Grass 01), edited; CC0",
        "gravel": "Gravel. CC0Textures (Gravel04), edited; CC0",
        "hubble_deep_field": "Distant galaxies. NASA, HubbleSite; public domain",
        "moon": "The surface of the moon. Shipped with scikit-image, which states no licence",
        "page": "A scanned page. Shipped with scikit-image, which states no licence",
        "retina": "A human retina. Mikael Häggström, Wikimedia Commons; CC0",
        "rocket": (
            "A Falcon 9 is launched. SpaceX; public domain according to scikit-image "
            "(Flickr's page of it said CC BY-NC 2.0)"
        ),
        "text": f"Handwritten text. Wikipedia (Corner.png); public domain, {_PUBLIC_DOMAIN}",
    }
)
_IN_SCIKIT_LEARN = ("china", "flower")

# First image of each of the 14 filled-in forms. Every form asks for the same 130 digits in the
# same order (the labels repeat, 23 of 1,820 digits are missing), so the labels tell the starts.
_FORM_STARTS = (0, 130, 256, 386, 516, 646, 776, 906, 1029, 1157, 1287, 1415, 1545, 1667)
_NUM_TRAIN_FORMS = 11


@dataclass(frozen=True, kw_only=True)
class Digits:
    """Handwritten digits, split for training and testing.

    Args:
        train_images: (1415, 8, 8, 1) float32 in [0, 1]; 0 is paper, 1 is ink.
        train_labels: (1415,) the digits 0 to 9.
        test_images: (382, 8, 8, 1), as the training images.
        test_labels: (382,).
    """

    train_images: np.ndarray
    train_labels: np.ndarray
    test_images: np.ndarray
    test_labels: np.ndarray


def load_digits(*, split: Literal["writers", "random"] = "writers", seed: int = 0) -> Digits:
    """Load 1,797 handwritten digits of 8 × 8 pixels, which come with scikit-learn.

    The images are the test part of UCI's "Optical Recognition of Handwritten Digits", written by
    13 people. Who wrote which digit was not kept. The order of the labels shows 14 filled-in
    forms one after the other, each with the same 130 digits (a few are missing), so one of the
    13 may have filled in two.

    split="writers" trains on the first 11 forms and tests on the last 3: no form is on both
    sides, hence with high probability no writer, though that cannot be proven. split="random"
    mixes all forms; a network then meets in the test the hands that it trained on, and scores
    better than it will with a stranger's.

    Args:
        split: "writers" or "random"; both have the same sizes.
        seed: for split="random" alone: which digits are drawn for the test, each class in
            proportion.

    Returns:
        Digits: 1,415 images for training and 382 for testing.

    Raises:
        TypeError: seed is not an integer.
        ValueError: the split is unknown, or seed is negative.

    Source:
        E. Alpaydin, C. Kaynak, 1998, https://doi.org/10.24432/C50P49; the description that
        scikit-learn ships tells of the 13 writers. Every pixel counts the ink in a 4 × 4 block,
        0 to 16; here it is divided by 16.

    Example:
        >>> digits = load_digits()
        >>> digits.train_images.shape, digits.test_images.shape
        ((1415, 8, 8, 1), (382, 8, 8, 1))
        >>> digits.train_labels[:12]
        array([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1])
    """
    as_choice("load_digits", "split", split, ("writers", "random"))
    seed = as_int("load_digits", "seed", seed, minimum=0)
    if seed > 2**32 - 1:  # scikit-learn takes no larger one
        raise ValueError(f"load_digits: seed must be at most 4294967295 (2³² − 1), got {seed}.")
    from sklearn import datasets, model_selection

    bunch = datasets.load_digits()
    images = (bunch.images / 16.0).astype(np.float32)[..., np.newaxis]  # (1797, 8, 8, 1)
    labels = bunch.target.astype(np.int64)
    indices = np.arange(len(labels))
    if split == "writers":
        train, test = np.split(indices, [_FORM_STARTS[_NUM_TRAIN_FORMS]])
    else:
        num_test = len(labels) - _FORM_STARTS[_NUM_TRAIN_FORMS]
        train, test = model_selection.train_test_split(
            indices, test_size=num_test, random_state=seed, stratify=labels
        )
    return Digits(
        train_images=images[train],
        train_labels=labels[train],
        test_images=images[test],
        test_labels=labels[test],
    )


def load_photograph(
    name: str, *, size: int | tuple[int, int] | None = None, grey: bool = False
) -> np.ndarray:
    """Load one of the photographs that come with scikit-image and scikit-learn.

    Args:
        name: one of `PHOTOGRAPHS`, which also tells who made it and how it may be used.
        size: (height, width) in pixels, or one number for a square; smaller sizes are smoothed
            first, so that nothing is aliased. The sides' ratio is not kept. None: as it is.
        grey: return the luminance 0.2125·R + 0.7154·G + 0.0721·B (`skimage.color.rgb2gray`).

    Returns:
        float32 in [0, 1]: (H, W, 3), or (H, W) when grey. A photograph that was taken in grey has
        three equal channels.

    Raises:
        TypeError: size is not made of integers, or grey is neither True nor False.
        ValueError: the name is unknown, or size is less than 1.

    Example:
        >>> load_photograph("coffee").shape
        (400, 600, 3)
        >>> load_photograph("coffee", size=(32, 48), grey=True).shape
        (32, 48)
    """
    function = "load_photograph"
    as_choice(function, "name", name, tuple(PHOTOGRAPHS))
    shape = None if size is None else as_pair(function, "size", size, minimum=1)
    if shape is not None:
        check_size(function, "the image", (*shape, 3))
    grey = as_bool(function, "grey", grey)
    from skimage import color, transform

    image = _read_photograph(name).astype(np.float32) / np.float32(255)  # (H, W) or (H, W, 3)
    if grey and image.ndim == 3:
        image = color.rgb2gray(image)
    if shape is not None:
        image = transform.resize(image, shape, order=1, anti_aliasing=True)
    image = np.clip(image, 0, 1).astype(np.float32)
    if not grey and image.ndim == 2:
        image = np.repeat(image[:, :, np.newaxis], 3, axis=2)
    return image


def _read_photograph(name: str) -> np.ndarray:
    """Return the photograph as uint8, (H, W) or (H, W, 3)."""
    if name in _IN_SCIKIT_LEARN:
        from sklearn import datasets

        return np.asarray(datasets.load_sample_image(f"{name}.jpg"))
    from skimage import data

    return np.asarray(getattr(data, name)())
