"""The loops that pooling and its gradients consist of: over the taps of a window, never pixels.

A padded pixel can neither win, nor be counted, nor receive a gradient. The work is done on a block
of images or rows at a time, which stays in the processor's cache. Inputs are checked already.
"""

import math
from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

import numpy as np

from cnnutils.ops.windows import Setting, output_size

_BLOCK_BYTES = 1 << 20  # of images at a time

Index = tuple[slice, slice, slice]  # (images, rows, columns)


class Reduction(NamedTuple):
    """How two values become one, and the value that changes nothing: what padding holds."""

    combine: np.ufunc
    neutral: float


MAXIMUM = Reduction(np.maximum, -np.inf)
MINIMUM = Reduction(np.minimum, np.inf)
TOTAL = Reduction(np.add, 0)


def reduce_windows(reduction: Reduction, images: np.ndarray, setting: Setting) -> np.ndarray:
    """Reduce every window to one value (N, H_out, W_out, C).

    Windows are rectangles, so that they can be reduced across first, and the results down: KH + KW
    steps instead of KH · KW.
    """
    height, width = output_size(images.shape, setting)
    out = np.empty((len(images), height, width, images.shape[3]), images.dtype)
    stride_h, stride_w = setting.strides
    batch, num_rows = _block_size(images, setting)
    for rows in _slices(height, num_rows):
        last = (rows.stop - rows.start - 1) * stride_h
        for several in _slices(len(images), batch):
            block = _padded_block(reduction, images[several], rows, setting)
            lines = _reduce_across(reduction, block, setting.kernel_size[1])
            taps = [lines[:, p : p + last + 1 : stride_h] for p in range(setting.kernel_size[0])]
            found = _fold(reduction, taps, np.empty(taps[0].shape, images.dtype))
            out[several, rows] = found[:, :, : (width - 1) * stride_w + 1 : stride_w]
    return out


def _padded_block(
    reduction: Reduction, images: np.ndarray, rows: slice, setting: Setting
) -> np.ndarray:
    """Cut out all pixels, padded ones included, that some rows of windows cover."""
    (top, _), sides = setting.pads
    first = rows.start * setting.strides[0] - top
    stop = (rows.stop - 1) * setting.strides[0] - top + setting.kernel_size[0]
    block = images[:, max(first, 0) : stop]
    around = (0, 0), (max(-first, 0), max(stop - images.shape[1], 0)), sides, (0, 0)
    if not any(map(any, around)):
        return block
    return np.pad(block, around, constant_values=reduction.neutral)


def _reduce_across(reduction: Reduction, block: np.ndarray, size: int) -> np.ndarray:
    """Reduce the `size` pixels from each pixel on, along the row, whatever the stride.

    The block is taken as one long line, which is faster than jumping from window to window. What
    runs over the end of a row is no window, and is not used.
    """
    line, channels = block.reshape(-1), block.shape[3]
    length = line.size - (size - 1) * channels
    out = np.empty(line.shape, line.dtype)
    out[length:] = reduction.neutral
    taps = [line[q * channels : q * channels + length] for q in range(size)]
    _fold(reduction, taps, out[:length])
    return out.reshape(block.shape)


def _fold(reduction: Reduction, taps: list[np.ndarray], out: np.ndarray) -> np.ndarray:
    """Reduce arrays of one shape, value by value, into `out`."""
    if len(taps) == 1:
        out[...] = taps[0]
    else:
        reduction.combine(taps[0], taps[1], out=out)
    for tap in taps[2:]:
        reduction.combine(tap, out, out=out)
    return out


def count_pixels(images: np.ndarray, setting: Setting) -> np.ndarray:
    """Count the pixels under each window, padding left out: (H_out, W_out, C), or one for all."""
    if not any(map(any, setting.pads)):
        return np.array(math.prod(setting.kernel_size), images.dtype)
    size = output_size(images.shape, setting)
    counts = np.ones((*size, images.shape[3]), images.dtype)
    for axis in (0, 1):
        along = np.zeros((size[axis], 1, 1), images.dtype)
        for outputs, _ in _taps(setting, images.shape, axis, slice(0, size[axis])):
            along[outputs] += 1
        counts *= along if axis == 0 else along.reshape(1, -1, 1)
    return counts


def spread_evenly(share: np.ndarray, images: np.ndarray, setting: Setting) -> np.ndarray:
    """Give every pixel under a window this window's share; shares of several windows add up."""
    gradient = np.zeros(images.shape, share.dtype)
    for pixels, outputs in _pixels_and_outputs(images, setting):
        gradient[pixels] += share[outputs]
    return gradient


def give_to_winners(
    reduction: Reduction, grad: np.ndarray, images: np.ndarray, setting: Setting
) -> np.ndarray:
    """Give each window's gradient to the first pixel, row by row, that holds the window's value."""
    best = reduce_windows(reduction, images, setting)
    waiting = np.ones(best.shape, bool)  # windows whose winner is not found yet
    gradient = np.zeros(images.shape, grad.dtype)
    for pixels, outputs in _pixels_and_outputs(images, setting):
        wins = images[pixels] == best[outputs]
        wins &= waiting[outputs]
        waiting[outputs] ^= wins
        gradient[pixels] += grad[outputs] * wins
    return gradient


def _pixels_and_outputs(images: np.ndarray, setting: Setting) -> Iterator[tuple[Index, Index]]:
    """Yield the pixels under one tap and the outputs whose windows they lie in, tap by tap.

    Each window meets its taps row by row, in the order in which a page is read.
    """
    height, width = output_size(images.shape, setting)
    across = _taps(setting, images.shape, 1, slice(0, width))
    batch, num_rows = _block_size(images, setting)
    for rows in _slices(height, num_rows):
        down = _taps(setting, images.shape, 0, rows)
        for several in _slices(len(images), batch):
            for (out_rows, pixel_rows), (out_columns, pixel_columns) in product(down, across):
                yield (several, pixel_rows, pixel_columns), (several, out_rows, out_columns)


def _taps(
    setting: Setting, images_shape: tuple[int, ...], axis: int, outputs: slice
) -> list[tuple[slice, slice]]:
    """For each tap along an axis: which of the outputs find a pixel under it, and those pixels."""
    size, stride = images_shape[1 + axis], setting.strides[axis]
    taps = []
    for tap in range(setting.kernel_size[axis]):
        offset = tap - setting.pads[axis][0]  # output i meets pixel i · stride + offset
        first = max(outputs.start, -(offset // stride))
        last = min(outputs.stop - 1, (size - 1 - offset) // stride)
        if first <= last:
            pixels = slice(first * stride + offset, last * stride + offset + 1, stride)
            taps.append((slice(first, last + 1), pixels))
    return taps


def _block_size(images: np.ndarray, setting: Setting) -> tuple[int, int]:
    """Choose how many images, and rows of their output, are worked on at a time."""
    num_images, _, width, channels = images.shape
    height = output_size(images.shape, setting)[0]
    row_bytes = setting.strides[0] * width * channels * images.itemsize
    num_rows = max(1, min(height, _BLOCK_BYTES // row_bytes))
    return max(1, min(num_images, _BLOCK_BYTES // (row_bytes * height))), num_rows


def _slices(size: int, step: int) -> Iterator[slice]:
    """Cut 0 … size into slices of `step`; the last may be shorter."""
    return (slice(start, min(start + step, size)) for start in range(0, size, step))
