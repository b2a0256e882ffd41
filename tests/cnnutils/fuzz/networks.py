"""Right arguments of what needs Keras: the smallest networks and images that will do."""

import functools
import io
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import layers

from cnnutils import faces, style, training, zoo
from tests.cnnutils.fuzz.arithmetic import Arguments, boxes, numbers
from tests.cnnutils.fuzz.poisons import Text

PEOPLE = np.array([1, 1, 2, 2, 5, 5])

DEVICE: dict[str, Arguments] = {
    "setup": {"seed": 3, "precision": "float32", "deterministic": True},
    "strategy": {},
    "profile": {},
}

FACES: dict[str, Arguments] = {
    "triplet_loss": {
        "anchor": numbers(4, 5),
        "positive": numbers(4, 5) + 0.5,
        "negative": numbers(4, 5) - 0.5,
        "margin": 0.5,
    },
    "mine_triplets": {
        "embeddings": numbers(6, 3),
        "person_ids": PEOPLE,
        "mining": "semi-hard",
        "seed": 3,
    },
    "pair_features": {"first": numbers(4, 5), "second": numbers(4, 5) + 1, "kind": "chi-square"},
    "PersonBatches": {
        "images": numbers(6, 4, 5, 3),
        "person_ids": PEOPLE,
        "people": 2,
        "pictures": 2,
        "batches": 7,
        "seed": 3,
    },
    "BatchTripletLoss": {"mining": "hard", "margin": 0.5, "seed": 3, "name": Text("loss")},
}


X = keras.Input((8, 9, 4))
CHAIN = keras.Sequential(
    [
        keras.Input((8, 8, 3)),
        layers.Conv2D(4, 3, activation="relu", name="first"),
        layers.MaxPooling2D(2, name="pool"),
        layers.Conv2D(5, 2, name="second"),
        layers.GlobalAveragePooling2D(name="mean"),
        layers.Dense(6, name="scores"),
    ]
)
ANY_SIZE = keras.Sequential([keras.Input((None, None, 3)), layers.Conv2D(4, 3, name="maps")])

MODEL_COSTS: dict[str, Arguments] = {
    "model_costs": {"model": ANY_SIZE, "input_shape": (6, 7, 3)},
}

TOP: Arguments = {"num_classes": 7, "classifier_activation": Text("softmax")}

ZOO: dict[str, Arguments] = {
    "LocalResponseNormalization": {
        "depth_radius": 1,
        "bias": 2.0,
        "alpha": 0.5,
        "beta": 0.75,
        "name": Text("norm"),
    },
    "RoIAlign": {"output_size": 3, "strides": 2, "samples": 2, "name": Text("cut")},
    "SpaceToDepth": {"block_size": 2, "name": Text("blocks")},
    "build_alexnet": {
        "input_shape": (70, 75, 3),
        **TOP,
        "groups": 2,
        "local_response_normalization": True,
    },
    "build_cifar_resnet": {
        "depth": 8,
        "input_shape": (12, 10, 3),
        **TOP,
        "filters": 4,
        "shortcut": "zero_padding",
    },
    "build_darknet53": {"input_shape": (32, 40, 3), **TOP},
    "build_googlenet": {
        "input_shape": (70, 80, 3),
        **TOP,
        "aux_heads": True,
        "local_response_normalization": True,
    },
    "build_lenet5": {
        "input_shape": (32, 34, 1),
        **TOP,
        "activation": "tanh",
        "subsampling": "max",
        "connections": "table",
        "output": "dense",
    },
    "build_mobilenet_v1": {
        "input_shape": (64, 70, 3),
        **TOP,
        "width_multiplier": 0.5,
        "resolution_multiplier": 0.75,
    },
    "build_mobilenet_v2": {
        "input_shape": (64, 70, 3),
        **TOP,
        "width_multiplier": 0.5,
        "resolution_multiplier": 0.75,
    },
    "build_resnet": {
        "depth": 18,
        "input_shape": (32, 40, 3),
        **TOP,
        "shortcut": "projection",
        "use_bias": True,
        "strides_in": "3x3",
    },
    "build_unet": {
        "input_shape": (16, 24, 1),
        **TOP,
        "filters": 4,
        "depth": 2,
        "padding": "same",
        "upsampling": "bilinear",
        "batch_normalization": True,
        "bridges": True,
    },
    "build_vgg": {"configuration": "A", "input_shape": (32, 40, 3), **TOP},
    "build_yolo_v2": {"input_shape": (32, 64, 3), "num_anchors": 2, "num_classes": 3},
    "build_yolo_v3": {"input_shape": (32, 64, 3), "num_anchors": 2, "num_classes": 3},
    "dense_block": {"x": X, "num_layers": 2, "growth_rate": 3, "name": Text("dense")},
    "inception_module": {
        "x": X,
        "filters": zoo.InceptionFilters(2, 3, 4, 5, 6, 7),
        "name": Text("module"),
    },
    "inverted_residual": {
        "x": X,
        "filters": 4,
        "expansion": 3,
        "strides": 1,
        "name": Text("block"),
    },
    "naive_inception_module": {
        "x": X,
        "conv1x1": 2,
        "conv3x3": 3,
        "conv5x5": 5,
        "name": Text("module"),
    },
    "squeeze_excitation": {"x": X, "ratio": 2, "name": Text("se")},
    "transition": {"x": X, "compression": 0.5, "name": Text("transition")},
    "without_weights": {},
}


PICTURE = numbers(6, 7, 3, low=0, high=1)
OTHER = numbers(8, 5, 3, low=0, high=1)
PICTURES = numbers(4, 8, 8, 3, low=0, high=1)

STYLE: dict[str, Arguments] = {
    "gram_matrix": {"features": numbers(3, 4, 5)},
    "content_loss": {"content": numbers(3, 4, 5), "generated": numbers(3, 4, 5) + 1},
    "style_loss": {"style": numbers(3, 4, 5), "generated": numbers(2, 6, 5)},
    "total_variation": {"images": numbers(3, 4, 5)},
    "match_colors": {"image": PICTURE, "reference": OTHER},
    "feature_maps": {"model": CHAIN, "names": ["first", "second"]},
    "with_average_pooling": {"model": CHAIN},
    "calibrate": {"model": CHAIN, "images": PICTURES, "shift": True},
    "StyleTransfer": {
        "model": ANY_SIZE,
        "content_layer": "maps",
        "style_layers": {"maps": 0.5},
        "jit_compile": False,
    },
    "StyleTransfer.__call__": {
        "content": PICTURE,
        "style": OTHER,
        "alpha": 1.0,
        "beta": 10.0,
        "gamma": 0.5,
        "start": PICTURE * 0.9,
        "steps": 2,
        "method": "adam",
        "learning_rate": 0.05,
    },
    "StyleTransfer.value_and_gradient": {
        "picture": PICTURE * 0.9,
        "content": PICTURE,
        "style": OTHER,
        "alpha": 1.0,
        "beta": 10.0,
        "gamma": 0.5,
    },
}

ASKED: Arguments = {"model": CHAIN, "images": PICTURES, "unit": np.array([0, 3, 5, 1])}

INSIGHT: dict[str, Arguments] = {
    "saliency": ASKED,
    "guided_backpropagation": ASKED,
    "grad_cam": {**ASKED, "layer": "second"},
    "maximise_activation": {
        "model": CHAIN,
        "layer": "first",
        "unit": 2,
        "size": (8, 8),
        "seed": 3,
        "steps": 2,
        "step_size": 0.05,
        "blur": 0.5,
    },
    "unit_field": {"model": CHAIN, "layer": "second", "size": 8},
    "best_patches": {
        "model": CHAIN,
        "layer": "second",
        "unit": 2,
        "images": PICTURES,
        "count": 2,
    },
}

TRAINING: dict[str, Arguments] = {
    "AugmentedBatches": {
        "images": PICTURES,
        "labels": np.array([0, 1, 2, 1]),
        "augmentations": [layers.RandomFlip()],
        "batch_size": 3,
        "seed": 3,
        "workers": 2,
    },
    "ProgressBar": {"delay_seconds": 30.0, "stream": io.StringIO()},
    "RandomPCAColor": {
        "sigma": 0.1,
        "value_range": (0.0, 2.0),
        "eigenvalues": np.array([0.5, 0.25, 0.125]),
        "eigenvectors": np.eye(3)[::-1].copy(),
        "seed": 3,
        "name": Text("colours"),
    },
    "restart": {"model": CHAIN, "seed": 3},
    "ten_crop": {"images": numbers(2, 5, 7, 3), "size": (3, 4)},
}


def weightless(build: Callable, **arguments: Any) -> Any:
    """Build a network, or a block of one, without memory for its weights."""
    with zoo.without_weights():
        return build(**arguments)


def made(kind: Callable, /, *inputs: Any, **arguments: Any) -> Any:
    """Make a loss or a layer, and show what it does, and with which options."""
    one = kind(**arguments)
    return one(*inputs), one.get_config()


def batches(kind: Callable, **arguments: Any) -> Any:
    """Make batches, and show the first and the last."""
    one = kind(**arguments)
    return len(one), one[0], one[len(one) - 1]


def on_a_copy(change: Callable, *, model: Any, **arguments: Any) -> Any:
    """Let a function change a copy of a model, and show what the copy then holds."""
    if model is CHAIN:
        model = keras.models.clone_model(CHAIN)
        model.set_weights(CHAIN.get_weights())
        model.compile("sgd", "mse")
    change(model, **arguments)
    return model.get_weights()


def transfer(method: str | None, /, **arguments: Any) -> Any:
    """Make a transfer, or let the one that is there paint."""
    if method is not None:
        return getattr(TRANSFER, method)(**arguments)
    one = style.StyleTransfer(**arguments)
    return one.value_and_gradient(**STYLE["StyleTransfer.value_and_gradient"])


TRANSFER = style.StyleTransfer(**STYLE["StyleTransfer"])

SPECIAL: dict[str, Callable] = {
    "StyleTransfer": functools.partial(transfer, None),
    "StyleTransfer.__call__": functools.partial(transfer, "__call__"),
    "StyleTransfer.value_and_gradient": functools.partial(transfer, "value_and_gradient"),
    "calibrate": functools.partial(on_a_copy, style.calibrate),
    "restart": functools.partial(on_a_copy, training.restart),
    "AugmentedBatches": functools.partial(batches, training.AugmentedBatches),
    "RandomPCAColor": functools.partial(made, training.RandomPCAColor, PICTURES),
    "BatchTripletLoss": functools.partial(made, faces.BatchTripletLoss, PEOPLE, numbers(6, 3)),
    "PersonBatches": functools.partial(batches, faces.PersonBatches),
    "LocalResponseNormalization": functools.partial(
        made, zoo.LocalResponseNormalization, numbers(2, 3, 4, 5)
    ),
    "RoIAlign": functools.partial(
        made, zoo.RoIAlign, [numbers(2, 5, 9, 6), boxes(6).reshape(2, 3, 4)]
    ),
    "SpaceToDepth": functools.partial(made, zoo.SpaceToDepth, numbers(2, 4, 6, 3)),
    **{
        name: functools.partial(weightless, getattr(zoo, name))
        for name in ZOO
        if name[0].islower() and name != "without_weights"
    },
}
