"""Faces to recognise and to verify: Olivetti and the pairs of LFW, downloaded when you ask."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cnnutils._checks import as_pair
from cnnutils.data.fetched.readers import expect, fail, read_image, read_tar, reading
from cnnutils.data.fetched.sources import fetch_source

_LFW_SIDE = 250  # pixels, height and width of every image
_LFW_FOLDS = 10
_LFW_PAIRS_PER_FOLD = 300  # of the same person, and as many of different ones

# One image, as pairs.txt names it: the person and the number, from 1.
_LfwImage = tuple[str, int]


@dataclass(frozen=True, kw_only=True)
class OlivettiFaces:
    """Ten images each of 40 people.

    Args:
        images: (400, 64, 64, 1) float32 in [0, 1].
        person_ids: (400,) int64, 0 to 39; the ten images of a person follow each other.
    """

    images: np.ndarray
    person_ids: np.ndarray


@dataclass(frozen=True, kw_only=True)
class LfwPairs:
    """Pairs of faces of the same or of different people, in ten folds for cross-validation.

    Many images occur in several pairs, so each stands here once and `pairs` points to it. No
    person occurs in two folds: choose a threshold on nine of them and measure it on the tenth.

    Args:
        images: (N, H, W, 3) float32 in [0, 1], every image that occurs in a pair.
        names: (N,) the person on each image.
        pairs: (P, 2) int64, indices into images.
        same: (P,) bool, whether both are of the same person.
        folds: (P,) int64, 0 to 9.
    """

    images: np.ndarray
    names: np.ndarray
    pairs: np.ndarray
    same: np.ndarray
    folds: np.ndarray


def fetch_olivetti_faces(
    *, cache_dir: str | os.PathLike[str] | None = None, progress: bool = True
) -> OlivettiFaces:
    """Fetch the Olivetti faces: 400 grey images of 64 × 64 pixels of 40 people (4 MB).

    As in scikit-learn, the darkest pixel of all becomes 0 and the brightest 1.

    Args:
        cache_dir: where the download is kept; by default as in `fetch_file`.
        progress: draw a bar while downloading.

    Returns:
        OlivettiFaces: images (400, 64, 64, 1), person_ids (400,).

    Raises:
        DownloadError: the file can neither be found in the cache nor downloaded.
        ValueError: the file does not hold what it should.

    Source:
        F. Samaria, A. Harter, "Parameterisation of a stochastic model for human face
        identification", 1994, https://doi.org/10.1109/ACV.1994.341300; made smaller by S. Roweis.
        "When using these images, please give credit to AT&T Laboratories Cambridge."
    """
    function = "fetch_olivetti_faces"
    path = fetch_source(function, "olivetti_faces", cache_dir=cache_dir, progress=progress)
    from scipy import io

    with reading(function, path):
        content = io.loadmat(path, variable_names=["faces"])
        expect("faces" in content, "it has no array faces")
        faces = np.asarray(content["faces"])  # (4096, 400), each column a transposed image
        expect(
            faces.shape == (4096, 400) and faces.dtype.kind in "uif",
            f"faces must be numbers of shape (4096, 400), got {faces.dtype} of shape {faces.shape}",
        )
        low, high = float(faces.min()), float(faces.max())
        expect(np.isfinite(low) and low < high < np.inf, f"faces lies between {low} and {high}")
    images = ((faces.T - low) / (high - low)).reshape(400, 64, 64).transpose(0, 2, 1)
    return OlivettiFaces(
        images=np.ascontiguousarray(images[..., np.newaxis], np.float32),
        person_ids=np.repeat(np.arange(40, dtype=np.int64), 10),
    )


def fetch_lfw_pairs(
    *,
    crop: int | tuple[int, int] = 128,
    size: int | tuple[int, int] = 64,
    cache_dir: str | os.PathLike[str] | None = None,
    progress: bool = True,
) -> LfwPairs:
    """Fetch the 6,000 pairs on which face verification is measured (244 MB).

    The images were found by a face detector, whose box was then enlarged 2.2 times in each
    direction and scaled to 250 × 250 pixels, and were aligned by "funneling". The face therefore
    fills the 114 pixels in the middle. Reading takes about half a minute each time.

    Args:
        crop: (height, width) of the rectangle in the middle that is kept, or one number.
        size: (height, width) to which it is then resized, or one number.
        cache_dir: where the downloads are kept; by default as in `fetch_file`.
        progress: draw a bar while downloading.

    Returns:
        LfwPairs: with P = 6,000 pairs, 300 same and 300 different in each of 10 folds, of N =
        7,701 images; in memory 380 MB at the default size.

    Raises:
        DownloadError: a file can neither be found in the cache nor downloaded.
        TypeError: crop or size is not made of integers.
        ValueError: crop or size is less than 1, crop exceeds 250, or a file does not hold what it
            should.

    Source:
        G. B. Huang, M. Ramesh, T. Berg, E. Learned-Miller, "Labeled Faces in the Wild", technical
        report 07-49, University of Massachusetts, Amherst, 2007; G. B. Huang, V. Jain,
        E. Learned-Miller, "Unsupervised joint alignment of complex images", 2007,
        https://doi.org/10.1109/ICCV.2007.4408858. Photographs of known people from news pages,
        gathered for research without a licence from them or from the photographers.
    """
    function = "fetch_lfw_pairs"
    crop = as_pair(function, "crop", crop, minimum=1)
    size = as_pair(function, "size", size, minimum=1)
    if max(crop) > _LFW_SIDE:
        raise ValueError(f"{function}: crop must be at most {_LFW_SIDE}, got {crop}.")
    pairs_path = fetch_source(function, "lfw_pairs", cache_dir=cache_dir, progress=progress)
    images_path = fetch_source(function, "lfw_images", cache_dir=cache_dir, progress=progress)
    with reading(function, pairs_path):
        pairs = _read_pairs(pairs_path)
    wanted = sorted({image for pair in pairs for image in pair})
    with reading(function, images_path):
        images = _read_faces(images_path, wanted, crop, size)
    index = {image: number for number, image in enumerate(wanted)}
    return LfwPairs(
        images=images,
        names=np.array([name for name, _ in wanted]),
        pairs=np.array([[index[first], index[second]] for first, second in pairs], np.int64),
        same=np.array([first[0] == second[0] for first, second in pairs]),
        folds=np.repeat(np.arange(_LFW_FOLDS, dtype=np.int64), 2 * _LFW_PAIRS_PER_FOLD),
    )


def _read_pairs(path: Path) -> list[tuple[_LfwImage, _LfwImage]]:
    """Read pairs.txt: the number of folds and of pairs, then for each fold the same, the others."""
    first, *lines = path.read_text(encoding="utf-8").splitlines()
    header = f"{_LFW_FOLDS}\t{_LFW_PAIRS_PER_FOLD}"
    expect(first.strip() == header, f"its first line must be {header!r}, not {first[:40]!r}")
    number = 2 * _LFW_FOLDS * _LFW_PAIRS_PER_FOLD
    expect(len(lines) == number, f"{number:,} pairs must follow, not {len(lines):,}")
    pairs = []
    for position, line in enumerate(lines):
        same = position % (2 * _LFW_PAIRS_PER_FOLD) < _LFW_PAIRS_PER_FOLD
        form = r"(\S+)\t(\d+)\t(\d+)" if same else r"(\S+)\t(\d+)\t(\S+)\t(\d+)"
        match = re.fullmatch(form, line.strip())
        if match is None:
            kind = "the same person" if same else "different people"
            fail(f"its line {position + 2} must be a pair of {kind}, not {line[:80]!r}")
        if same:
            name, number_1, number_2 = match.groups()
            pairs.append(((name, int(number_1)), (name, int(number_2))))
        else:
            name_1, number_1, name_2, number_2 = match.groups()
            pairs.append(((name_1, int(number_1)), (name_2, int(number_2))))
    return pairs


def _read_faces(
    path: Path, wanted: list[_LfwImage], crop: tuple[int, int], size: tuple[int, int]
) -> np.ndarray:
    """Return the images in the order of `wanted`, (N, *size, 3)."""
    index = {f"{name}_{number:04d}.jpg": i for i, (name, number) in enumerate(wanted)}
    images = np.empty((len(wanted), *size, 3), np.float32)
    found = set()
    for file_name, content in read_tar(path, r"lfw_funneled/[^/]+/[^/]+\.jpg", max_bytes=1 << 20):
        if file_name in index:
            images[index[file_name]] = read_image(content, crop=crop, size=size)
            found.add(file_name)
    missing = sorted(set(index) - found)
    expect(not missing, f"{len(missing):,} images are missing, among them {missing[:1]}")
    return images
