"""The networks of the course, one paper a module, each built from its paper's table.

Every `build_*` returns an untrained functional `keras.Model`. The zoo never downloads:
`data.fetch_imagenet_weights` brings a file, `load_weights` reads it.
"""

from cnnutils.zoo.alexnet import build_alexnet
from cnnutils.zoo.blocks import LocalResponseNormalization
from cnnutils.zoo.darknet import build_darknet53
from cnnutils.zoo.densenet import dense_block, transition
from cnnutils.zoo.inception import (
    InceptionFilters,
    build_googlenet,
    inception_module,
    naive_inception_module,
)
from cnnutils.zoo.lenet5 import build_lenet5
from cnnutils.zoo.mobilenet import build_mobilenet_v1, build_mobilenet_v2, inverted_residual
from cnnutils.zoo.resnet import build_cifar_resnet, build_resnet
from cnnutils.zoo.roi_align import RoIAlign
from cnnutils.zoo.squeeze_excitation import squeeze_excitation
from cnnutils.zoo.unet import build_unet
from cnnutils.zoo.vgg import build_vgg
from cnnutils.zoo.weightless import without_weights
from cnnutils.zoo.weights import load_weights
from cnnutils.zoo.yolo import SpaceToDepth, build_yolo_v2, build_yolo_v3

__all__ = [
    "InceptionFilters",
    "LocalResponseNormalization",
    "RoIAlign",
    "SpaceToDepth",
    "build_alexnet",
    "build_cifar_resnet",
    "build_darknet53",
    "build_googlenet",
    "build_lenet5",
    "build_mobilenet_v1",
    "build_mobilenet_v2",
    "build_resnet",
    "build_unet",
    "build_vgg",
    "build_yolo_v2",
    "build_yolo_v3",
    "dense_block",
    "inception_module",
    "inverted_residual",
    "load_weights",
    "naive_inception_module",
    "squeeze_excitation",
    "transition",
    "without_weights",
]
