"""The course's data: `load_*` ships with the packages, `make_*` is made from a seed.

`fetch_*` downloads when you ask for it.
"""

from cnnutils.data.bundled import PHOTOGRAPHS, Digits, load_digits, load_photograph
from cnnutils.data.face_patches import FacePatches, load_face_patches
from cnnutils.data.fetched.classification import (
    LabelledImages,
    fetch_cifar10,
    fetch_fashion_mnist,
    fetch_mnist,
)
from cnnutils.data.fetched.download import DownloadError, fetch_file
from cnnutils.data.fetched.faces import (
    LfwPairs,
    OlivettiFaces,
    fetch_lfw_pairs,
    fetch_olivetti_faces,
)
from cnnutils.data.fetched.pets import OxfordPets, Pet, fetch_oxford_pets
from cnnutils.data.fetched.weights import fetch_imagenet_weights
from cnnutils.data.made.faces import FACE_TRAITS, Faces, make_faces
from cnnutils.data.made.heartbeats import HEARTBEAT_KINDS, Heartbeats, make_heartbeats
from cnnutils.data.made.scenes import Scenes, make_scenes

__all__ = [
    "FACE_TRAITS",
    "HEARTBEAT_KINDS",
    "PHOTOGRAPHS",
    "Digits",
    "DownloadError",
    "FacePatches",
    "Faces",
    "Heartbeats",
    "LabelledImages",
    "LfwPairs",
    "OlivettiFaces",
    "OxfordPets",
    "Pet",
    "Scenes",
    "fetch_cifar10",
    "fetch_fashion_mnist",
    "fetch_file",
    "fetch_imagenet_weights",
    "fetch_lfw_pairs",
    "fetch_mnist",
    "fetch_olivetti_faces",
    "fetch_oxford_pets",
    "load_digits",
    "load_face_patches",
    "load_photograph",
    "make_faces",
    "make_heartbeats",
    "make_scenes",
]
