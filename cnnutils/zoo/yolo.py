"""YOLO versions 2 and 3: one pass over the image gives all boxes and classes, as raw numbers."""

from typing import Any

import keras
from keras import layers, ops

from cnnutils import costs
from cnnutils._checks import as_int
from cnnutils.zoo.blocks import LARGEST, as_count, as_image_shape, as_layer_name
from cnnutils.zoo.darknet import darknet53_stages, darknet_conv

POOL = "pool"
# YOLO9000, table 6 (Darknet-19) up to its last 3 × 3, and the detector's two on top of it:
# (filters, kernel size), or a max pooling that halves.
YOLO_V2_ROWS: tuple[Any, ...] = (
    (32, 3), POOL,
    (64, 3), POOL,
    (128, 3), (64, 1), (128, 3), POOL,
    (256, 3), (128, 1), (256, 3), POOL,
    (512, 3), (256, 1), (512, 3), (256, 1), (512, 3), POOL,
    (1024, 3), (512, 1), (1024, 3), (512, 1), (1024, 3), (1024, 3), (1024, 3),
)  # fmt: skip
PASSTHROUGH_AFTER = "conv13"  # the last map before the last pooling
STRIDE = 32  # pixels from cell to cell


@keras.saving.register_keras_serializable(package="cnnutils")
class SpaceToDepth(layers.Layer):  # type: ignore[misc]
    """Put each block of pixels one behind the other, as channels of one pixel.

    Args:
        block_size: height and width of a block.
        name: name of the layer.

    Raises:
        TypeError: block_size is no integer, or name no text.
        ValueError: block_size is below 1.

    Source:
        YOLO9000's "passthrough", section 2, which stacks neighbouring features into channels.
        Darknet's own code takes the pixels in another order; a trained file would need it.

    Example:
        >>> import numpy as np
        >>> x = np.arange(16.0).reshape(1, 4, 4, 1)
        >>> np.array(SpaceToDepth(2)(x))[0, 0, 0]  # the block in the upper left corner
        array([0., 1., 4., 5.], dtype=float32)
    """

    def __init__(self, block_size: int, *, name: str | None = None, **base: Any) -> None:
        function = "SpaceToDepth"
        super().__init__(name=as_layer_name(function, name), **base)
        self.block_size = as_int(function, "block_size", block_size, minimum=1, maximum=LARGEST)

    def call(self, x: Any) -> Any:
        """(N, H, W, C) → (N, H / b, W / b, b²·C)."""
        b, (height, width, channels) = self.block_size, x.shape[1:]
        x = ops.reshape(x, (-1, height // b, b, width // b, b, channels))
        x = ops.transpose(x, (0, 1, 3, 2, 4, 5))
        return ops.reshape(x, (-1, height // b, width // b, b * b * channels))

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """(N, H, W, C) → (N, H / b, W / b, b²·C)."""
        count, height, width, channels = input_shape
        b = self.block_size
        sides = (None if side is None else side // b for side in (height, width))
        return count, *sides, channels * b * b  # type: ignore[operator]

    def cost(self, input_shape: tuple[int, ...]) -> costs.LayerCost:
        """Nothing is learnt or multiplied."""
        shape: Any = self.compute_output_shape((None, *input_shape))[1:]
        return costs.LayerCost(params=0, macs=0, output_shape=shape)

    def get_config(self) -> dict[str, Any]:
        """The options."""
        return {**super().get_config(), "block_size": self.block_size}


def build_yolo_v2(
    *,
    input_shape: tuple[int, int, int] = (608, 608, 3),
    num_anchors: int = 5,
    num_classes: int = 80,
) -> keras.Model:
    """YOLO version 2: Darknet-19's convolutions, a finer map passed through, one grid of answers.

    Args:
        input_shape: (H, W, C); H and W multiples of 32.
        num_anchors: boxes that each cell can say.
        num_classes: classes to tell apart.

    Returns:
        An untrained model, (N, H, W, C) → (N, H / 32, W / 32, num_anchors · (5 + num_classes)), raw
        numbers without any activation. The convolutions are conv1 to conv21, the passed through one
        "passthrough", the last one "head".

    Raises:
        TypeError: a size is not an integer.
        ValueError: height or width is no multiple of 32.

    Source:
        J. Redmon, A. Farhadi, "YOLO9000: Better, Faster, Stronger", 2016, arXiv:1612.08242,
        sections 2 and 3, table 6; the detection layers as in its yolov2.cfg, whose passed through
        map has 64 channels before it is stacked.

    Example:
        >>> build_yolo_v2(input_shape=(64, 96, 3), num_classes=3).output.shape
        (None, 2, 3, 40)
    """
    function = "build_yolo_v2"
    filters = _head_filters(function, num_anchors, num_classes)
    inputs = _detector_input(function, input_shape)
    x, passed, number, pools = inputs, None, 1, 1
    for row in YOLO_V2_ROWS:
        if row == POOL:
            x = layers.MaxPooling2D(2, name=f"pool{pools}")(x)
            pools += 1
            continue
        name = f"conv{number}"
        x = darknet_conv(x, *row, name=name)
        passed = x if name == PASSTHROUGH_AFTER else passed
        number += 1
    passed = darknet_conv(passed, 64, 1, name="passthrough")
    passed = SpaceToDepth(2, name="space_to_depth")(passed)
    x = layers.Concatenate(name="concatenate")([passed, x])
    x = darknet_conv(x, 1024, 3, name=f"conv{number}")
    x = layers.Conv2D(filters, 1, name="head")(x)
    return keras.Model(inputs, x, name="yolo_v2")


def build_yolo_v3(
    *,
    input_shape: tuple[int, int, int] = (416, 416, 3),
    num_anchors: int = 3,
    num_classes: int = 80,
) -> keras.Model:
    """YOLO version 3: Darknet-53, and a grid of answers on maps of three sizes.

    The coarsest map is refined and asked first; then it is doubled in size, put together with the
    finer map of the trunk, refined and asked again, twice.

    Args:
        input_shape: (H, W, C); H and W multiples of 32.
        num_anchors: boxes that each cell of each map can say.
        num_classes: classes to tell apart.

    Returns:
        An untrained model, (N, H, W, C) → a dictionary of raw numbers by stride,
        "stride32": (N, H / 32, W / 32, num_anchors · (5 + num_classes)), "stride16", "stride8".

    Raises:
        TypeError: a size is not an integer.
        ValueError: height or width is no multiple of 32.

    Source:
        J. Redmon, A. Farhadi, "YOLOv3: An Incremental Improvement", 2018, arXiv:1804.02767,
        sections 2.3 and 2.4; numbers of filters in the heads as in its yolov3.cfg.

    Example:
        >>> model = build_yolo_v3(input_shape=(64, 96, 3), num_classes=3)
        >>> model.output["stride8"].shape
        (None, 8, 12, 24)
    """
    function = "build_yolo_v3"
    head_filters = _head_filters(function, num_anchors, num_classes)
    inputs = _detector_input(function, input_shape)
    finer = darknet53_stages(inputs)
    x, outputs = finer.pop(), {}
    for stride, filters in ((32, 512), (16, 256), (8, 128)):
        name = f"stride{stride}"
        if stride < STRIDE:
            x = darknet_conv(x, filters, 1, name=f"{name}_narrow")
            x = layers.UpSampling2D(2, name=f"{name}_up")(x)
            x = layers.Concatenate(name=f"{name}_concatenate")([x, finer.pop()])
        for index in range(1, 6):
            wide = index % 2 == 0
            x = darknet_conv(x, filters * (1 + wide), 3 if wide else 1, name=f"{name}_conv{index}")
        answer = darknet_conv(x, 2 * filters, 3, name=f"{name}_conv6")
        outputs[name] = layers.Conv2D(head_filters, 1, name=name)(answer)
    return keras.Model(inputs, outputs, name="yolo_v3")


def _head_filters(function: str, num_anchors: int, num_classes: int) -> int:
    """Return what a cell says: for each anchor p_c, four numbers of the box, and the classes."""
    num_anchors = as_count(function, "num_anchors", num_anchors)
    return num_anchors * (5 + as_count(function, "num_classes", num_classes))


def _detector_input(function: str, input_shape: Any) -> Any:
    shape = as_image_shape(function, input_shape, minimum=STRIDE)
    if None in shape or any(side % STRIDE for side in shape[:2]):  # type: ignore[operator]
        raise ValueError(
            f"{function}: height and width must be multiples of {STRIDE}, got {input_shape}."
        )
    return keras.Input(shape, name="input")
