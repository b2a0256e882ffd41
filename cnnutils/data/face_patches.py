"""Small grey patches, faces and backgrounds, that come with scikit-image: no download."""

from dataclasses import dataclass

import numpy as np

_NUM_PER_CLASS = 100  # scikit-image's array has the faces first
_NUM_TRAIN_PER_CLASS = 80


@dataclass(frozen=True, kw_only=True)
class FacePatches:
    """Patches of 25 × 25 pixels, split for training and testing.

    Args:
        train_images: (160, 25, 25, 1) float32 in [0, 1]; 0 is black.
        train_labels: (160,) int64, 1 for a face and 0 for a piece of background.
        test_images: (40, 25, 25, 1), as the training images.
        test_labels: (40,).
    """

    train_images: np.ndarray
    train_labels: np.ndarray
    test_images: np.ndarray
    test_labels: np.ndarray


def load_face_patches() -> FacePatches:
    """Load 100 faces and 100 pieces of background, which come with scikit-image.

    The split follows the order of the file: of each class the first 80 are for training and the
    last 20 for testing, faces first on either side. Who is on the patches was not kept, so that a
    person may be on both sides. Among the backgrounds are some that show a part of a face.

    Returns:
        FacePatches: 160 patches for training and 40 for testing, half of them faces.

    Source:
        `skimage.data.lfw_subset`, drawn at random from "Labeled Faces in the Wild", the
        backgrounds from around the faces: G. B. Huang, M. Mattar, H. Lee, E. Learned-Miller,
        "Learning to align from scratch", 2012. Photographs of known people from news pages,
        gathered for research without a licence from them or from the photographers;
        scikit-image states no licence for the subset.

    Example:
        >>> patches = load_face_patches()
        >>> patches.train_images.shape, patches.test_images.shape
        ((160, 25, 25, 1), (40, 25, 25, 1))
        >>> int(patches.train_labels.sum()), int(patches.test_labels.sum())
        (80, 20)
    """
    from skimage import data

    images = np.asarray(data.lfw_subset(), np.float32)[..., np.newaxis]  # (200, 25, 25, 1)
    labels = np.repeat(np.array([1, 0], np.int64), _NUM_PER_CLASS)
    in_class = np.tile(np.arange(_NUM_PER_CLASS), 2)
    is_train = in_class < _NUM_TRAIN_PER_CLASS
    return FacePatches(
        train_images=images[is_train],
        train_labels=labels[is_train],
        test_images=images[~is_train],
        test_labels=labels[~is_train],
    )
