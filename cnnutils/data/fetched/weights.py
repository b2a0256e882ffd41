"""Weights of networks that were trained on ImageNet, as Keras publishes them."""

import os
from pathlib import Path

from cnnutils._checks import as_choice
from cnnutils.data.fetched import sources
from cnnutils.data.fetched.readers import expect, reading
from cnnutils.data.fetched.sources import fetch_source

_PREFIX, _NO_TOP = "weights_", "_no_top"
_HDF5_SIGNATURE = b"\x89HDF\r\n\x1a\n"


def fetch_imagenet_weights(
    name: str,
    *,
    include_top: bool = True,
    cache_dir: str | os.PathLike[str] | None = None,
    progress: bool = True,
) -> Path:
    """Return the path of a network's ImageNet weights, an HDF5 file that Keras can load.

    Of MobileNet v2 there is only the file with its classifier: build the network with it, load the
    weights, then leave its last layers out. MobileNet v1 is not here: Keras publishes no checksums
    for the MobileNets, and for the other files none was found in two independent places.

    Args:
        name: "vgg16", "vgg19", "resnet50", "resnet101", "resnet152" or "mobilenet_v2" (width 1,
            224 × 224 pixels).
        include_top: with the dense layers that tell the 1,000 classes apart.
        cache_dir: where the download is kept; by default as in `fetch_file`.
        progress: draw a bar while downloading.

    Returns:
        The file's path in the cache, its checksum verified.

    Raises:
        DownloadError: the file can neither be found in the cache nor downloaded.
        ValueError: the name is unknown, the network has no file without its top, or the file is
            not HDF5.

    Source:
        The files of keras.applications: VGG from K. Simonyan and A. Zisserman, arXiv:1409.1556,
        CC BY; ResNet from K. He, X. Zhang, S. Ren, J. Sun, arXiv:1512.03385, MIT licence;
        MobileNet v2 from M. Sandler et al., arXiv:1801.04381, Apache licence 2.0.
    """
    function = "fetch_imagenet_weights"
    keys = [key.removeprefix(_PREFIX) for key in sources.SOURCES if key.startswith(_PREFIX)]
    as_choice(function, "name", name, [key for key in keys if not key.endswith(_NO_TOP)])
    key = name if include_top else f"{name}{_NO_TOP}"
    if key not in keys:
        raise ValueError(
            f"{function}: {name} has no verified file without its top. Fetch it with "
            "include_top=True, and leave the network's last layers out after loading."
        )
    path = fetch_source(function, f"{_PREFIX}{key}", cache_dir=cache_dir, progress=progress)
    with reading(function, path), path.open("rb") as file:
        expect(file.read(8) == _HDF5_SIGNATURE, "it is not an HDF5 file")
    return path
