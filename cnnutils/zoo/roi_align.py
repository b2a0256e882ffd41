"""RoI align as a layer: the bridge from a shared feature map to the head of Fast R-CNN."""

from typing import Any

import keras
from keras import layers, ops

from cnnutils import costs
from cnnutils.zoo.blocks import as_count, as_layer_name

__all__ = ["RoIAlign"]


@keras.saving.register_keras_serializable(package="cnnutils")
class RoIAlign(layers.Layer):  # type: ignore[misc]
    """Cut regions of interest out of feature maps, each brought to the same size.

    The same as `cnnutils.ops.roi_align`, for training: the features get their gradients, the boxes
    get none. Called with [features (N, H, W, C), boxes_xyxy (N, R, 4) in pixels of the image], it
    returns (N, R, output_size, output_size, C).

    Args:
        output_size: height and width of each table.
        strides: pixels of the image from one feature to the next.
        samples: points that are read in each direction of a bin.
        name: name of the layer.

    Raises:
        TypeError: an option is no integer, or name no text.
        ValueError: an option is below 1.

    Source:
        K. He, G. Gkioxari, P. Dollár, R. Girshick, "Mask R-CNN", 2017, arXiv:1703.06870, section 3.

    Example:
        >>> import numpy as np
        >>> features = np.arange(16.0).reshape(1, 4, 4, 1)
        >>> boxes = np.array([[[0.0, 0.0, 2.0, 2.0], [1.0, 1.0, 3.0, 3.0]]])
        >>> np.array(RoIAlign(1)([features, boxes])).ravel()
        array([2.5, 7.5], dtype=float32)
    """

    def __init__(
        self,
        output_size: int,
        *,
        strides: int = 1,
        samples: int = 2,
        name: str | None = None,
        **base: Any,
    ) -> None:
        function = "RoIAlign"
        super().__init__(name=as_layer_name(function, name), **base)
        self.output_size = as_count(function, "output_size", output_size)
        self.strides = as_count(function, "strides", strides)
        self.samples = as_count(function, "samples", samples)

    def call(self, inputs: Any) -> Any:
        """[(N, H, W, C), (N, R, 4)] → (N, R, output_size, output_size, C)."""
        features, boxes = inputs
        boxes = ops.stop_gradient(ops.cast(boxes, features.dtype)) / self.strides
        rows = self._reading(boxes[..., 1], boxes[..., 3], features.shape[1])
        columns = self._reading(boxes[..., 0], boxes[..., 2], features.shape[2])
        strips = ops.einsum("nrph,nhwc->nrpwc", rows, features)
        return ops.einsum("nrqw,nrpwc->nrpqc", columns, strips)

    def _reading(self, start: Any, end: Any, length: int) -> Any:
        """Return how much each feature of one axis counts in each bin: (N, R, bins, length)."""
        number = self.output_size * self.samples
        points = (ops.arange(number, dtype=start.dtype) + 0.5) / number
        places = start[..., None] + (end - start)[..., None] * points - 0.5
        places = ops.clip(places, 0, length - 1)
        features = ops.arange(length, dtype=start.dtype)
        weights = ops.relu(1 - ops.abs(places[..., None] - features))
        shape = (-1, start.shape[1] or ops.shape(start)[1], self.output_size, self.samples, length)
        return ops.mean(ops.reshape(weights, shape), axis=-2)

    def compute_output_shape(
        self, input_shape: tuple[tuple[int | None, ...], tuple[int | None, ...]]
    ) -> tuple[int | None, ...]:
        """[(N, H, W, C), (N, R, 4)] → (N, R, output_size, output_size, C)."""
        (count, _, _, channels), (_, regions, _) = input_shape
        return count, regions, self.output_size, self.output_size, channels

    def cost(
        self, features: tuple[int, ...], boxes_xyxy: tuple[int | None, ...]
    ) -> costs.LayerCost:
        """Nothing is learnt; its interpolation is left out, as that of resizing is."""
        shape: Any = self.compute_output_shape(((None, *features), (None, *boxes_xyxy)))[1:]
        return costs.LayerCost(params=0, macs=0, output_shape=shape)

    def get_config(self) -> dict[str, Any]:
        """The options."""
        options = {
            "output_size": self.output_size,
            "strides": self.strides,
            "samples": self.samples,
        }
        return {**super().get_config(), **options}
