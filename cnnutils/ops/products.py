"""The matrix products that a convolution and its gradients consist of.

No loop runs over pixels or channels. Windows are unrolled into the rows of a matrix, so that the
work is a matrix product (K. Chellapilla, S. Puri, P. Simard, 2006), but only a block of them at a
time: the block stays in the processor's cache, and memory stays small. Inputs are checked already.
"""

from collections.abc import Iterator

import numpy as np

from cnnutils.ops.windows import Setting, output_size, sliding_windows

_BLOCK_BYTES = 1 << 19  # of unrolled windows at a time: stays in the second-level cache


def convolve(images: np.ndarray, kernel: np.ndarray, setting: Setting) -> np.ndarray:
    """Product of every window with the kernel: the output of the convolution."""
    groups, filters = setting.groups, kernel.shape[3]
    # One matrix (taps, filters of a group) for each group of channels.
    matrices = kernel.reshape(-1, groups, filters // groups).transpose(1, 0, 2)
    matrices = np.ascontiguousarray(matrices)
    out = np.empty(
        (images.shape[0], *output_size(images.shape, setting), filters), dtype=kernel.dtype
    )
    for index, rows, unrolled in _blocks(images, setting):
        np.matmul(unrolled, matrices, out=_by_group(out[index, rows], groups))
    return out


def kernel_gradient(
    grad: np.ndarray, images: np.ndarray, kernel_shape: tuple[int, ...], setting: Setting
) -> np.ndarray:
    """Sum over all windows of the window times the gradient of its output."""
    groups, filters = setting.groups, kernel_shape[3]
    taps = int(np.prod(kernel_shape[:3]))
    total = np.zeros((groups, taps, filters // groups), dtype=grad.dtype)
    product = np.empty_like(total)
    for index, rows, unrolled in _blocks(images, setting):
        block = _by_group(grad[index, rows], groups)
        total += np.matmul(unrolled.transpose(0, 2, 1), block, out=product)
    return total.transpose(1, 0, 2).reshape(kernel_shape)


def _by_group(rows: np.ndarray, groups: int) -> np.ndarray:
    """View rows (H, W, C) of an output as (groups, H · W, C / groups)."""
    return rows.reshape(-1, groups, rows.shape[-1] // groups).transpose(1, 0, 2)


def _blocks(images: np.ndarray, setting: Setting) -> Iterator[tuple[int, slice, np.ndarray]]:
    """Yield (image, rows of the output, their windows as (groups, windows, taps)).

    Two buffers serve all blocks: one padded image, whose border stays zero, and the windows.
    """
    num_images, height, width, channels = images.shape
    (top, bottom), (left, right) = setting.pads
    out_height, out_width = output_size(images.shape, setting)
    channels_of_group = channels // setting.groups
    padded = np.zeros(
        (1, top + height + bottom, left + width + right, channels), dtype=images.dtype
    )
    unpadded = setting._replace(pads=((0, 0), (0, 0)))
    windows = sliding_windows(padded, unpadded)[0]  # a view: follows the buffer
    split = (*setting.kernel_size, setting.groups, channels_of_group)
    windows = windows.reshape(*windows.shape[:2], *split).transpose(4, 0, 1, 2, 3, 5)
    taps = setting.kernel_size[0] * setting.kernel_size[1] * channels_of_group
    row_bytes = out_width * taps * setting.groups * images.itemsize
    block = max(1, min(out_height, _BLOCK_BYTES // row_bytes))
    buffer = np.empty((setting.groups, block, *windows.shape[2:]), dtype=images.dtype)
    for index in range(num_images):
        padded[0, top : top + height, left : left + width] = images[index]
        for first in range(0, out_height, block):
            rows = slice(first, min(first + block, out_height))
            used = buffer[:, : rows.stop - first]
            used[...] = windows[:, rows]
            yield index, rows, used.reshape(setting.groups, -1, taps)


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
    out_height, out_width, filters = grad.shape[1:]
    # A stride that leaves a remainder, or is larger than the kernel, reaches past the last window.
    reach = [
        max(out_size - 1, 0) * stride + dilate * (size - 1) + 1
        for out_size, stride, dilate, size in zip(
            grad.shape[1:3],
            setting.strides,
            setting.dilation_rate,
            setting.kernel_size,
            strict=True,
        )
    ]
    padded = np.zeros(
        (
            num_images,
            max(top + height + bottom, reach[0]),
            max(left + width + right, reach[1]),
            channels,
        ),
        dtype=grad.dtype,
    )
    for image in range(num_images):
        rows = grad[image].reshape(-1, groups, filters // groups).transpose(1, 0, 2)
        for p, q in np.ndindex(setting.kernel_size):
            matrices = swapped[p, q].reshape(filters // groups, groups, -1).transpose(1, 0, 2)
            product = (rows @ matrices).transpose(1, 0, 2).reshape(out_height, out_width, channels)
            first_h, first_w = p * setting.dilation_rate[0], q * setting.dilation_rate[1]
            padded[
                image,
                first_h : first_h + out_height * stride_h : stride_h,
                first_w : first_w + out_width * stride_w : stride_w,
            ] += product
    return padded[:, top : top + height, left : left + width]
