"""The one table of everything that can be downloaded: where it is, and its published checksum.

A checksum is in the table only if it is published by those who publish the file or a library that
fetches it, or if two who fetched the file independently of each other found the same one.
`checksum_from` says where. A file without such a checksum is left out.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from cnnutils.data.fetched.download import DownloadError, fetch_file


@dataclass(frozen=True, kw_only=True)
class Source:
    """One file on the network.

    Args:
        url: where it is.
        filename: its name in the cache, unlike all others.
        sha256: its SHA-256 checksum, 64 hexadecimal digits; None if only an MD5 is published.
        md5: its MD5 checksum, 32 hexadecimal digits; None if there is a SHA-256.
        checksum_from: where the checksum is published, and what confirms it.
    """

    url: str
    filename: str
    sha256: str | None = None
    md5: str | None = None
    checksum_from: str


_PETS_CHECKSUMS = (
    "tensorflow_datasets, url_checksums/oxford_iiit_pet.txt; the same in torchvision, "
    "prototype/datasets/_builtin/oxford_iiit_pet.py, which names this url"
)
_DATASETS = {
    "mnist": Source(
        url="https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz",
        filename="mnist.npz",
        sha256="731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1",
        checksum_from="keras.datasets.mnist, Keras 3.15",
    ),
    "cifar10": Source(
        # The version for C programs: Python's is a pickle, which should not be read from others.
        url="https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
        filename="cifar-10-binary.tar.gz",
        sha256="c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
        checksum_from=(
            "tensorflow_datasets, url_checksums/cifar10.txt; the data's own page gives the MD5 "
            "c32a1d4ab5d03f1284b67883e8d87530, which others found together with this SHA-256"
        ),
    ),
    "olivetti_faces": Source(
        url="https://ndownloader.figshare.com/files/5976027",
        filename="olivettifaces.mat",
        sha256="b612fb967f2dc77c9c62d3e1266e0c73d5fca46a4b8906c18e454d41af987794",
        checksum_from="sklearn.datasets._olivetti_faces, scikit-learn 1.9",
    ),
    "lfw_images": Source(
        url="https://ndownloader.figshare.com/files/5976015",
        filename="lfw-funneled.tgz",
        sha256="b47c8422c8cded889dc5a13418c4bc2abbda121092b3533a83306f90d900100a",
        checksum_from="sklearn.datasets._lfw, scikit-learn 1.9",
    ),
    "lfw_pairs": Source(
        url="https://ndownloader.figshare.com/files/5976006",
        filename="lfw-pairs.txt",
        sha256="ea42330c62c92989f9d7c03237ed5d591365e89b3e649747777b70e692dc1592",
        checksum_from="sklearn.datasets._lfw, scikit-learn 1.9",
    ),
    "oxford_pets_images": Source(
        url="https://www.robots.ox.ac.uk/~vgg/data/pets/data/images.tar.gz",
        filename="oxford-pets-images.tar.gz",
        sha256="67195c5e1c01f1ab5f9b6a5d22b8c27a580d896ece458917e61d459337fa318d",
        checksum_from=_PETS_CHECKSUMS,
    ),
    "oxford_pets_annotations": Source(
        url="https://www.robots.ox.ac.uk/~vgg/data/pets/data/annotations.tar.gz",
        filename="oxford-pets-annotations.tar.gz",
        sha256="52425fb6de5c424942b7626b428656fcbd798db970a937df61750c0f1d358e91",
        checksum_from=_PETS_CHECKSUMS,
    ),
}


def _fashion_mnist(name: str, sha256: str) -> Source:
    return Source(
        # The authors' own store; their README links the front of it that knows no https.
        url=f"https://fashion-mnist.s3.eu-central-1.amazonaws.com/{name}",
        filename=f"fashion-mnist-{name}",
        sha256=sha256,
        checksum_from=(
            "tensorflow_datasets, url_checksums/fashion_mnist.txt; the same in torchvision, "
            "prototype/datasets/_builtin/mnist.py; the authors' README gives the MD5s"
        ),
    )


_FASHION_MNIST = {
    "fashion_mnist_train_images": _fashion_mnist(
        "train-images-idx3-ubyte.gz",
        "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
    ),
    "fashion_mnist_train_labels": _fashion_mnist(
        "train-labels-idx1-ubyte.gz",
        "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
    ),
    "fashion_mnist_test_images": _fashion_mnist(
        "t10k-images-idx3-ubyte.gz",
        "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
    ),
    "fashion_mnist_test_labels": _fashion_mnist(
        "t10k-labels-idx1-ubyte.gz",
        "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
    ),
}


def _weights(folder: str, filename: str, md5: str, checksum_from: str | None = None) -> Source:
    return Source(
        url=f"https://storage.googleapis.com/tensorflow/keras-applications/{folder}/{filename}",
        filename=filename,
        md5=md5,
        checksum_from=checksum_from or f"file_hash in keras.applications.{folder}, Keras 3.15",
    )


def _vgg_or_resnet(name: str, folder: str, top_md5: str, no_top_md5: str) -> dict[str, Source]:
    file = f"{name}_weights_tf_dim_ordering_tf_kernels"
    return {
        f"weights_{name}": _weights(folder, f"{file}.h5", top_md5),
        f"weights_{name}_no_top": _weights(folder, f"{file}_notop.h5", no_top_md5),
    }


_WEIGHTS = {
    **_vgg_or_resnet(
        "vgg16",
        "vgg16",
        "64373286793e3c8b2b4e3219cbf3544b",
        "6d6bbae143d832006294945121d1f1fc",
    ),
    **_vgg_or_resnet(
        "vgg19",
        "vgg19",
        "cbe5617147190e668d6c5d5026f83318",
        "253f8cb515780f3b799900260a226db6",
    ),
    **_vgg_or_resnet(
        "resnet50",
        "resnet",
        "2cb95161c43110f7111970584f804107",
        "4d473c1dd8becc155b73f8504c6f6626",
    ),
    **_vgg_or_resnet(
        "resnet101",
        "resnet",
        "f1aeb4b969a6efcfb50fad2f0c20cfc5",
        "88cf7a10940856eca736dc7b7e228a21",
    ),
    **_vgg_or_resnet(
        "resnet152",
        "resnet",
        "100835be76be38e30d865e96f2aaae62",
        "ee4c566cf9a93f14d82f913c2dc6dd0c",
    ),
    # Keras gives no checksums for the MobileNets. Nobody but MIAnalyzer was found to give those of
    # MobileNet v1 and of v2 without its classifier, so these three files are left out.
    "weights_mobilenet_v2": _weights(
        "mobilenet_v2",
        "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224.h5",
        "321911b381f6fd09b744356f6796ee18",
        "MIAnalyzer/MIA on GitHub, and independently a project that reports the MD5 of what it "
        "fetched from this url in October 2025",
    ),
}

SOURCES: Mapping[str, Source] = MappingProxyType(_DATASETS | _FASHION_MNIST | _WEIGHTS)


def fetch_source(
    function: str, key: str, *, cache_dir: str | os.PathLike[str] | None, progress: bool
) -> Path:
    """Return the path of one file of the table; errors are told in the name of `function`."""
    source = SOURCES[key]
    try:
        return fetch_file(
            source.url,
            sha256=source.sha256,
            md5=source.md5,
            filename=source.filename,
            cache_dir=cache_dir,
            progress=progress,
        )
    except DownloadError as error:
        sentence = str(error).partition(": ")[2]
        raise DownloadError(f"{function}: {sentence}") from error
