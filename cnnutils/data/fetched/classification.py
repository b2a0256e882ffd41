"""MNIST, Fashion-MNIST and CIFAR-10: small images of ten classes, downloaded when you ask."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np

from cnnutils.data.fetched.readers import expect, read_idx, read_npz, read_tar, reading
from cnnutils.data.fetched.sources import fetch_source

_NUM_CLASSES = 10
_NUM_IMAGES: Mapping[str, tuple[int, int]] = MappingProxyType(
    {"mnist": (60_000, 10_000), "cifar10": (50_000, 10_000)}  # training, test
)
_NUM_CIFAR_BATCHES = 5  # files that the training images are spread over
_FASHION = (
    *("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat"),
    *("Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
)
_CIFAR10 = (
    *("airplane", "automobile", "bird", "cat", "deer"),
    *("dog", "frog", "horse", "ship", "truck"),
)


@dataclass(frozen=True, kw_only=True)
class LabelledImages:
    """Images of several classes, split for training and testing by those who published them.

    Args:
        train_images: (N, H, W, C) float32 in [0, 1].
        train_labels: (N,) int64, indices into class_names.
        test_images: (M, H, W, C), as the training images.
        test_labels: (M,).
        class_names: what each label means.
    """

    train_images: np.ndarray
    train_labels: np.ndarray
    test_images: np.ndarray
    test_labels: np.ndarray
    class_names: tuple[str, ...]


def fetch_mnist(
    *, cache_dir: str | os.PathLike[str] | None = None, progress: bool = True
) -> LabelledImages:
    """Fetch MNIST, 70,000 handwritten digits of 28 × 28 pixels (11 MB, in memory 220 MB).

    Args:
        cache_dir: where the download is kept; by default as in `fetch_file`.
        progress: draw a bar while downloading.

    Returns:
        LabelledImages: train_images (60000, 28, 28, 1), train_labels (60000,),
        test_images (10000, 28, 28, 1), test_labels (10000,). 0 is paper, 1 is ink.

    Raises:
        DownloadError: the file can neither be found in the cache nor downloaded.
        ValueError: the file does not hold what it should.

    Source:
        Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-based learning applied to document
        recognition", 1998, https://doi.org/10.1109/5.726791. Y. LeCun and C. Cortes hold the
        copyright; CC BY-SA 3.0. The file is that of keras.datasets.mnist.
    """
    path = fetch_source("fetch_mnist", "mnist", cache_dir=cache_dir, progress=progress)
    num_train, num_test = _NUM_IMAGES["mnist"]
    shapes = {
        "x_train": (num_train, 28, 28),
        "y_train": (num_train,),
        "x_test": (num_test, 28, 28),
        "y_test": (num_test,),
    }
    with reading("fetch_mnist", path):
        arrays = read_npz(path, shapes)
        return LabelledImages(
            train_images=_scaled(arrays["x_train"][..., np.newaxis]),
            train_labels=_labels(arrays["y_train"]),
            test_images=_scaled(arrays["x_test"][..., np.newaxis]),
            test_labels=_labels(arrays["y_test"]),
            class_names=tuple(str(digit) for digit in range(_NUM_CLASSES)),
        )


def fetch_fashion_mnist(
    *, cache_dir: str | os.PathLike[str] | None = None, progress: bool = True
) -> LabelledImages:
    """Fetch Fashion-MNIST, 70,000 pieces of clothing of 28 × 28 pixels (31 MB, in memory 220 MB).

    Args:
        cache_dir: where the downloads are kept; by default as in `fetch_file`.
        progress: draw a bar while downloading.

    Returns:
        LabelledImages: train_images (60000, 28, 28, 1), train_labels (60000,),
        test_images (10000, 28, 28, 1), test_labels (10000,). 0 is the background.

    Raises:
        DownloadError: a file can neither be found in the cache nor downloaded.
        ValueError: a file does not hold what it should.

    Source:
        H. Xiao, K. Rasul, R. Vollgraf, "Fashion-MNIST: a novel image dataset for benchmarking
        machine learning algorithms", 2017, arXiv:1708.07747. © Zalando SE; MIT licence.
    """

    def fetch(part: str) -> Path:
        key = f"fashion_mnist_{part}"
        return fetch_source("fetch_fashion_mnist", key, cache_dir=cache_dir, progress=progress)

    arrays = {}
    for split, number in zip(("train", "test"), _NUM_IMAGES["mnist"], strict=True):
        path = fetch(f"{split}_images")
        with reading("fetch_fashion_mnist", path):
            arrays[f"{split}_images"] = _scaled(read_idx(path, (number, 28, 28))[..., np.newaxis])
        path = fetch(f"{split}_labels")
        with reading("fetch_fashion_mnist", path):
            arrays[f"{split}_labels"] = _labels(read_idx(path, (number,)))
    return LabelledImages(**arrays, class_names=_FASHION)


def fetch_cifar10(
    *, cache_dir: str | os.PathLike[str] | None = None, progress: bool = True
) -> LabelledImages:
    """Fetch CIFAR-10, 60,000 colour photographs of 32 × 32 pixels (170 MB, in memory 740 MB).

    Args:
        cache_dir: where the download is kept; by default as in `fetch_file`.
        progress: draw a bar while downloading.

    Returns:
        LabelledImages: train_images (50000, 32, 32, 3), train_labels (50000,),
        test_images (10000, 32, 32, 3), test_labels (10000,).

    Raises:
        DownloadError: the file can neither be found in the cache nor downloaded.
        ValueError: the file does not hold what it should.

    Source:
        A. Krizhevsky, "Learning multiple layers of features from tiny images", technical report,
        University of Toronto, 2009, https://www.cs.toronto.edu/~kriz/cifar.html, which asks to
        cite the report and names no licence. The photographs belong to the 80 million tiny
        images, collected from the web. A few labels are known to be wrong.
    """
    path = fetch_source("fetch_cifar10", "cifar10", cache_dir=cache_dir, progress=progress)
    num_train, num_test = _NUM_IMAGES["cifar10"]
    names = [f"data_batch_{number}.bin" for number in range(1, _NUM_CIFAR_BATCHES + 1)]
    with reading("fetch_cifar10", path):
        pattern = r"cifar-10-batches-bin/(data_batch_\d|test_batch)\.bin"
        batches = dict(read_tar(path, pattern, max_bytes=10_000 * 3073))
        missing = [name for name in (*names, "test_batch.bin") if name not in batches]
        expect(not missing, f"{', '.join(missing)} is missing")
        train_images, train_labels = _cifar10([batches[name] for name in names], num_train)
        test_images, test_labels = _cifar10([batches["test_batch.bin"]], num_test)
    return LabelledImages(
        train_images=train_images,
        train_labels=train_labels,
        test_images=test_images,
        test_labels=test_labels,
        class_names=_CIFAR10,
    )


def _cifar10(batches: list[bytes], number: int) -> tuple[np.ndarray, np.ndarray]:
    """Split records of one label and 3 × 32 × 32 pixels into images and labels."""
    content = b"".join(batches)
    size = number * 3073
    expect(
        len(content) == size,
        f"{number:,} images must take {size:,} bytes, not {len(content):,}",
    )
    records = np.frombuffer(content, np.uint8).reshape(number, 3073)
    images = records[:, 1:].reshape(number, 3, 32, 32).transpose(0, 2, 3, 1)
    return _scaled(images), _labels(records[:, 0])


def _scaled(images: np.ndarray) -> np.ndarray:
    """Return bytes as contiguous float32 in [0, 1]."""
    scaled = np.ascontiguousarray(images, np.float32)
    scaled /= 255
    return scaled


def _labels(labels: np.ndarray) -> np.ndarray:
    largest = int(labels.max(initial=0))
    expect(largest < _NUM_CLASSES, f"its labels must be 0 to {_NUM_CLASSES - 1}, got {largest}")
    return labels.astype(np.int64)
