"""The matrix products that a convolution and its gradients consist of.

No loop runs over pixels or channels. Windows are unrolled into the rows of a matrix, so that the
work is a matrix product (K. Chellapilla, S. Puri, P. Simard, 2006), but only a block of them at a
time: the block stays in the processor's cache, and memory stays small. Inputs are checked already.
"""

from collections.abc import Iterator

import numpy as np

from cnnutils.ops.windows import Setting, output_size, sliding_windows

_BLOCK_BYTES = 1 << 20  # of unrolled windows at a time: stays in the second-level cache


def convolve(images: np.ndarray, kernel: np.ndarray, setting: Setting) -> np.ndarray:
    """Product of every window with the kernel: the output of the convolution."""
    groups, filters = setting.groups, kernel.shape[3]
    # One matrix (taps, filters of a group) for each group of channels.
    matrices = kernel.reshape(-1, groups, filters // groups).transpose(1, 0, 2)
    matrices = np.ascontiguousarray(matrices)
    out = np.empty(
        (images.shape[0], *output_size(images.shape, setting), filters), dtype=kernel.dtype
    )
    for place, unrolled in _blocks(images, setting):
        np.matmul(unrolled, matrices, out=_by_group(out[place], groups))
    return out


def kernel_gradient(
    grad: np.ndarray, images: np.ndarray, kernel_shape: tuple[int, ...], setting: Setting
) -> np.ndarray:
    """Sum over all windows of the window times the gradient of its output."""
    groups, filters = setting.groups, kernel_shape[3]
    taps = int(np.prod(kernel_shape[:3]))
    total = np.zeros((groups, taps, filters // groups), dtype=grad.dtype)
    product = np.empty_like(total)
    for place, unrolled in _blocks(images, setting):
        block = _by_group(grad[place], groups)
        total += np.matmul(unrolled.transpose(0, 2, 1), block, out=product)
    return total.transpose(1, 0, 2).reshape(kernel_shape)


def _by_group(rows: np.ndarray, groups: int) -> np.ndarray:
    """View a block (N, H, W, C) of an output as (groups, N · H · W, C / groups)."""
    return rows.reshape(-1, groups, rows.shape[-1] // groups).transpose(1, 0, 2)


def _blocks(
    images: np.ndarray, setting: Setting
) -> Iterator[tuple[tuple[slice, slice], np.ndarray]]:
    """Yield ((images, rows of the output), their windows as (groups, windows, taps)).

    A block is several small images, or some rows of a large one. Two buffers serve all blocks:
    padded images, whose border stays zero, and the windows.
    """
    num_images, height, width, channels = images.shape
    (top, bottom), (left, right) = setting.pads
    out_height, out_width = output_size(images.shape, setting)
    taps = setting.kernel_size[0] * setting.kernel_size[1] * (channels // setting.groups)
    row_bytes = out_width * taps * setting.groups * images.itemsize
    num_rows = max(1, min(out_height, _BLOCK_BYTES // row_bytes))
    batch = max(1, min(num_images, _BLOCK_BYTES // (row_bytes * out_height)))
    padded = np.zeros((batch, top + height + bottom, left + width + right, channels), images.dtype)
    unpadded = setting._replace(pads=((0, 0), (0, 0)))
    windows = sliding_windows(padded, unpadded)  # a view: it follows the buffer
    split = (*setting.kernel_size, setting.groups, channels // setting.groups)
    windows = windows.reshape(*windows.shape[:3], *split).transpose(5, 0, 1, 2, 3, 4, 6)
    buffer = np.empty((setting.groups, batch, num_rows, *windows.shape[3:]), images.dtype)
    for start in range(0, num_images, batch):
        several = slice(start, min(start + batch, num_images))
        count = several.stop - several.start
        padded[:count, top : top + height, left : left + width] = images[several]
        for first in range(0, out_height, num_rows):
            rows = slice(first, min(first + num_rows, out_height))
            used = buffer[:, :count, : rows.stop - rows.start]
            used[...] = windows[:, :count, rows]
            yield (several, rows), used.reshape(setting.groups, -1, taps)


def images_gradient(
    grad: np.ndarray, kernel: np.ndarray, setting: Setting, images_shape: tuple[int, ...]
) -> np.ndarray:
    """Give every pixel the gradients of the outputs that saw it, times the taps that did.

    With stride 1 this is a convolution of the padded gradient with the kernel turned by half a
    turn and its channels exchanged. With a larger stride the gradient would have to be filled up
    with zeros; it is cheaper to add one matrix product for each tap.
    """
    groups, (dilate_h, dilate_w) = setting.groups, setting.dilation_rate
    kernel_height, kernel_width, channels, filters = kernel.shape
    (top, _), (left, _) = setting.pads
    height, width = images_shape[1:3]
    # (KH, KW, filters of a group, channels): the kernel of the way back
    swapped = kernel.reshape(kernel_height, kernel_width, channels, groups, filters // groups)
    swapped = swapped.transpose(0, 1, 4, 3, 2).reshape(
        kernel_height, kernel_width, -1, images_shape[3]
    )
    if setting.strides == (1, 1):
        reach_h, reach_w = dilate_h * (kernel_height - 1), dilate_w * (kernel_width - 1)
        around = (
            (reach_h - top, height + top - grad.shape[1]),
            (reach_w - left, width + left - grad.shape[2]),
        )
        if min(map(min, around)) >= 0:
            back = setting._replace(pads=around)
            return convolve(grad, swapped[::-1, ::-1], back)
    return _scatter(grad, swapped, setting, images_shape)


def _scatter(
    grad: np.ndarray, swapped: np.ndarray, setting: Setting, images_shape: tuple[int, ...]
) -> np.ndarray:
    """Add, tap by tap, what each output gives to the pixel that the tap met."""
    groups, (stride_h, stride_w) = setting.groups, setting.strides
    (top, bottom), (left, right) = setting.pads
    num_images, height, width, channels = images_shape
    _, out_height, out_width, filters = grad.shape
    padded = np.zeros(
        (num_images, top + height + bottom, left + width + right, channels), grad.dtype
    )
    batch = max(1, _BLOCK_BYTES // (out_height * out_width * channels * grad.itemsize))
    for start in range(0, num_images, batch):
        several = slice(start, start + batch)
        rows = _by_group(grad[several], groups)
        for p, q in np.ndindex(setting.kernel_size):
            matrices = swapped[p, q].reshape(filters // groups, groups, -1).transpose(1, 0, 2)
            product = (rows @ matrices).transpose(1, 0, 2)
            first_h, first_w = p * setting.dilation_rate[0], q * setting.dilation_rate[1]
            padded[
                several,
                first_h : first_h + out_height * stride_h : stride_h,
                first_w : first_w + out_width * stride_w : stride_w,
            ] += product.reshape(-1, out_height, out_width, channels)
    return padded[:, top : top + height, left : left + width]
