"""Answers of homework 1 that are right and unlike the reference: each must get full marks."""

from cnnutils.homework.variants import Alternative

LOOPS = {
    "q1": """
def zero_pad(images, padding):
    padded = []
    for image in images.tolist():
        width, channels = len(image[0]), len(image[0][0])
        empty_row = [[0.0] * channels] * (width + 2 * padding[1])
        border = [[0.0] * channels] * padding[1]
        rows = [border + row + border for row in image]
        padded.append([empty_row] * padding[0] + rows + [empty_row] * padding[0])
    return np.array(padded)
""",
    "q2": """
def output_size(size, kernel_size, strides, padding):
    places, start = 0, -padding
    while start + kernel_size <= size + padding:
        places += 1
        start += strides
    if places == 0:
        raise ValueError("the window is too large")
    return places
""",
    "q3": """
def apply_kernel(window, kernel, bias):
    answers = []
    for k in range(len(bias)):
        total = float(bias[k])
        for p in range(len(window)):
            for q in range(len(window[0])):
                for c in range(len(window[0][0])):
                    total += float(window[p][q][c]) * float(kernel[p][q][c][k])
        answers.append(total)
    return np.array(answers)
""",
    "q4": """
def conv2d(images, kernel, bias, strides, padding):
    padded = zero_pad(images, padding)
    f, g = kernel.shape[:2]
    rows = range(0, padded.shape[1] - f + 1, strides[0])
    columns = range(0, padded.shape[2] - g + 1, strides[1])
    if not rows or not columns:
        raise ValueError("the kernel does not fit")
    return np.array([
        [[apply_kernel(image[i:i + f, j:j + g], kernel, bias) for j in columns] for i in rows]
        for image in padded
    ])
""",
    "q5": """
def parameter_gradients(grad_output, images, kernel, strides, padding):
    padded = zero_pad(images, padding)
    grad_kernel, grad_bias = np.zeros(kernel.shape), np.zeros(kernel.shape[3])
    for n, i, j, k in np.ndindex(grad_output.shape):
        grad_bias[k] += grad_output[n, i, j, k]
        for p, q, c in np.ndindex(kernel.shape[:3]):
            pixel = padded[n, i * strides[0] + p, j * strides[1] + q, c]
            grad_kernel[p, q, c, k] += pixel * grad_output[n, i, j, k]
    return grad_kernel, grad_bias
""",
    "q6": """
def image_gradient(grad_output, images, kernel, strides, padding):
    _, height, width, _ = images.shape
    result = np.zeros(images.shape)
    for n, i, j, k in np.ndindex(grad_output.shape):
        for p, q, c in np.ndindex(kernel.shape[:3]):
            row, column = i * strides[0] + p - padding[0], j * strides[1] + q - padding[1]
            if 0 <= row < height and 0 <= column < width:
                result[n, row, column, c] += grad_output[n, i, j, k] * kernel[p, q, c, k]
    return result
""",
    "q7": """
def filter_bank():
    around = [(0, 0), (0, 1), (0, 2), (1, 2), (2, 2), (2, 1), (2, 0), (1, 0)]
    weights = [1, 0, -1, -1, -1, 0, 1, 1]
    kernel = np.zeros((3, 3, 1, 4))
    for k in range(4):
        for place, (row, column) in enumerate(around):
            kernel[row, column, 0, k] = weights[place - k]
    return kernel


def strongest_edges(photo, threshold):
    height, width = photo.shape
    answers = conv2d(photo.reshape(1, height, width, 1), filter_bank(), [0] * 4, [1, 1], [0, 0])[0]
    strongest = []
    for row in answers:
        strongest.append([])
        for four in row:
            best = 0
            for k in range(1, 4):
                if abs(four[k]) > abs(four[best]):
                    best = k
            strongest[-1].append(best if abs(four[best]) >= threshold else -1)
    return answers, np.array(strongest)
""",
    "q8": """
parameters, multiplications = 0, 0
rows, columns, channels, field, shift = 61, 93, 3, 1, 1
for num_filters, size, stride in [(8, 5, 2), (16, 3, 1), (32, 3, 3)]:
    rows, columns = (rows - size) // stride + 1, (columns - size) // stride + 1
    parameters += num_filters * (size * size * channels + 1)
    multiplications += rows * columns * num_filters * size * size * channels
    channels = num_filters
    field += (size - 1) * shift
    shift *= stride
""",
}

VECTORISED = {
    "q1": """
def zero_pad(images, padding):
    rows, columns = padding
    return np.pad(images, [(0, 0), (rows, rows), (columns, columns), (0, 0)])
""",
    "q2": """
import math

def output_size(size, kernel_size, strides, padding):
    places = math.floor((size + 2 * padding - kernel_size) / strides) + 1
    if places < 1:
        raise ValueError(f"{kernel_size} is more than {size} + 2 * {padding}")
    return places
""",
    "q3": """
def apply_kernel(window, kernel, bias):
    return window.reshape(-1) @ kernel.reshape(-1, kernel.shape[3]) + bias
""",
    "q4": """
from numpy.lib.stride_tricks import sliding_window_view

def windows_of(images, kernel, strides, padding):
    padded = np.pad(images, [(0, 0), (padding[0],) * 2, (padding[1],) * 2, (0, 0)])
    windows = sliding_window_view(padded, kernel.shape[:2], axis=(1, 2))
    return windows[:, ::strides[0], ::strides[1]]  # (N, H_out, W_out, C_in, KH, KW)

def conv2d(images, kernel, bias, strides, padding):
    windows = windows_of(images, kernel, strides, padding)
    return np.einsum("nijcpq,pqck->nijk", windows, kernel) + bias
""",
    "q5": """
from numpy.lib.stride_tricks import sliding_window_view

def parameter_gradients(grad_output, images, kernel, strides, padding):
    padded = np.pad(images, [(0, 0), (padding[0],) * 2, (padding[1],) * 2, (0, 0)])
    windows = sliding_window_view(padded, kernel.shape[:2], axis=(1, 2))
    windows = windows[:, ::strides[0], ::strides[1]]
    grad_kernel = np.tensordot(windows, grad_output, axes=([0, 1, 2], [0, 1, 2]))
    return grad_kernel.transpose(1, 2, 0, 3), np.einsum("nijk->k", grad_output)
""",
    "q6": """
from numpy.lib.stride_tricks import sliding_window_view

def image_gradient(grad_output, images, kernel, strides, padding):
    (num, height, width, channels), (f, g) = images.shape, kernel.shape[:2]
    tall, wide = height + 2 * padding[0], width + 2 * padding[1]
    spread = np.zeros((num, tall + f - 1, wide + g - 1, kernel.shape[3]))
    rows, columns = grad_output.shape[1:3]
    row_places = f - 1 + strides[0] * np.arange(rows)
    column_places = g - 1 + strides[1] * np.arange(columns)
    spread[:, row_places[:, None], column_places] = grad_output
    windows = sliding_window_view(spread, (f, g), axis=(1, 2))
    padded = np.einsum("nijkpq,pqck->nijc", windows, kernel[::-1, ::-1])
    return padded[:, padding[0]:tall - padding[0], padding[1]:wide - padding[1]]
""",
    "q7": """
from numpy.lib.stride_tricks import sliding_window_view

def filter_bank():
    flat = np.array([1, 0, -1, 1, 0, -1, 1, 0, -1])
    clockwise = [3, 0, 1, 6, 4, 2, 7, 8, 5]  # where the number at each place comes from
    bank = [flat]
    for _ in range(3):
        bank.append(bank[-1][clockwise])
    return np.array(bank).T.reshape(3, 3, 1, 4)

def strongest_edges(photo, threshold):
    answers = np.tensordot(sliding_window_view(photo, (3, 3)), filter_bank()[:, :, 0], axes=2)
    strongest = np.argmax(np.abs(answers), axis=2)
    strongest[np.abs(answers).max(axis=2) < threshold] = -1
    return answers, strongest
""",
    "q8": """
parameters, multiplications, field, shift = np.array([6416, 2701080, 13, 6])
""",
}

FLOAT32 = {
    "q1": """
def zero_pad(images, padding):
    images = np.asarray(images, np.float32)
    return np.pad(images, [(0, 0), (padding[0],) * 2, (padding[1],) * 2, (0, 0)])
""",
    "q2": """
def output_size(size, kernel_size, strides, padding):
    if kernel_size - 2 * padding > size:
        raise ValueError("no place")
    return int(np.floor(np.float32(size + 2 * padding - kernel_size) / np.float32(strides))) + 1
""",
    "q3": """
def apply_kernel(window, kernel, bias):
    window, kernel = np.float32(window), np.float32(kernel)
    return np.sum(window[..., np.newaxis] * kernel, axis=(0, 1, 2)) + np.float32(bias)
""",
    "q4": """
def conv2d(images, kernel, bias, strides, padding):
    images, kernel, bias = np.float32(images), np.float32(kernel), np.float32(bias)
    height = output_size(images.shape[1], kernel.shape[0], strides[0], padding[0])
    width = output_size(images.shape[2], kernel.shape[1], strides[1], padding[1])
    padded = np.float32(zero_pad(images, padding))
    output = np.zeros((len(images), height, width, len(bias)), np.float32) + bias
    for p, q in np.ndindex(kernel.shape[:2]):  # over the taps, not over the windows
        seen = padded[:, p::strides[0], q::strides[1]][:, :height, :width]
        output += seen @ kernel[p, q]
    return output
""",
    "q5": """
def parameter_gradients(grad_output, images, kernel, strides, padding):
    grads, padded = np.float32(grad_output), np.float32(zero_pad(images, padding))
    height, width = grads.shape[1:3]
    by_kernel = np.zeros(kernel.shape, np.float32)
    for p, q in np.ndindex(kernel.shape[:2]):
        seen = padded[:, p::strides[0], q::strides[1]][:, :height, :width]
        by_kernel[p, q] = np.einsum("nijc,nijk->ck", seen, grads)
    return by_kernel, grads.sum((0, 1, 2))
""",
    "q6": """
def image_gradient(grad_output, images, kernel, strides, padding):
    grads, kernel = np.float32(grad_output), np.float32(kernel)
    padded = np.float32(zero_pad(0 * images, padding))
    height, width = grads.shape[1:3]
    for p, q in np.ndindex(kernel.shape[:2]):
        rows = slice(p, p + strides[0] * (height - 1) + 1, strides[0])
        columns = slice(q, q + strides[1] * (width - 1) + 1, strides[1])
        padded[:, rows, columns] += grads @ kernel[p, q].T
    _, height, width, _ = images.shape
    return padded[:, padding[0]:, padding[1]:][:, :height, :width]
""",
    "q7": """
def filter_bank():
    bank = np.zeros((3, 3, 1, 4), "float32")
    bank[:, 0, 0, 0] = bank[0, :, 0, 2] = 1
    bank[:, 2, 0, 0] = bank[2, :, 0, 2] = -1
    bank[[0, 0, 1], [0, 1, 0], 0, 1] = bank[[0, 0, 1], [1, 2, 2], 0, 3] = 1
    bank[[1, 2, 2], [2, 1, 2], 0, 1] = bank[[1, 2, 2], [0, 0, 1], 0, 3] = -1
    return bank

def strongest_edges(photo, threshold):
    images = np.asarray(photo, "float32")[None, ..., None]
    answers = np.float32(conv2d(images, filter_bank(), np.zeros(4, "float32"), (1, 1), (0, 0)))[0]
    strengths = np.abs(answers)
    strongest = np.argmax(strengths, -1).astype("int8")
    return answers, np.where(np.max(strengths, -1) >= threshold, strongest, np.int8(-1))
""",
}

LEARNER = {
    "q1": """
def make_zeros(n, h, w, c):
    return np.zeros(shape=(n, h, w, c))

def zero_pad(X, pad):
    pv = pad[0]
    ph = pad[1]
    (m, n_H, n_W, n_C) = X.shape
    X_pad = make_zeros(m, n_H + pv + pv, n_W + ph + ph, n_C)
    for img in range(m):
        for row in range(n_H):
            for col in range(n_W):
                X_pad[img, row + pv, col + ph, :] = X[img, row, col, :]
    return X_pad
""",
    "q2": """
def output_size(n, f, s, p):
    result = int((n + 2 * p - f) / s) + 1
    if n + 2 * p >= f:
        return result
    else:
        raise ValueError("kernel too big")
""",
    "q3": """
def one_filter(a_slice, W, b):
    product = a_slice * W
    return np.sum(product) + b

def apply_kernel(a_slice, W, b):
    n_C = W.shape[-1]
    Z = np.zeros(n_C)
    for c in range(n_C):
        Z[c] = one_filter(a_slice, W[..., c], b[c])
    return Z
""",
    "q4": """
def conv2d(A_prev, W, b, stride, pad):
    (m, n_H_prev, n_W_prev, n_C_prev) = A_prev.shape
    (fh, fw, n_C_prev, n_C) = W.shape
    sh, sw = stride
    n_H = output_size(n_H_prev, fh, sh, pad[0])
    n_W = output_size(n_W_prev, fw, sw, pad[1])
    Z = np.zeros((m, n_H, n_W, n_C))
    A_prev_pad = zero_pad(A_prev, pad)
    for i in range(m):
        a_prev_pad = A_prev_pad[i]
        for h in range(n_H):
            vert_start = h * sh
            for w in range(n_W):
                horiz_start = w * sw
                a_slice = a_prev_pad[vert_start:vert_start + fh, horiz_start:horiz_start + fw, :]
                Z[i, h, w, :] = apply_kernel(a_slice, W, b)
    return Z
""",
    "q5": """
def parameter_gradients(dZ, A_prev, W, stride, pad):
    A_prev_pad = zero_pad(A_prev, pad)
    (fh, fw, _, n_C) = W.shape
    (m, n_H, n_W, n_C) = dZ.shape
    dW = np.zeros(W.shape)
    db = np.zeros(n_C)
    for i in range(m):
        for h in range(n_H):
            for w in range(n_W):
                vs, hs = h * stride[0], w * stride[1]
                a_slice = A_prev_pad[i, vs:vs + fh, hs:hs + fw, :]
                for c in range(n_C):
                    dW[:, :, :, c] += a_slice * dZ[i, h, w, c]
                    db[c] += dZ[i, h, w, c]
    return dW, db
""",
    "q6": """
def image_gradient(dZ, A_prev, W, stride, pad):
    (m, n_H_prev, n_W_prev, n_C_prev) = A_prev.shape
    (fh, fw, _, _) = W.shape
    (m, n_H, n_W, n_C) = dZ.shape
    dA_pad = np.zeros((m, n_H_prev + 2 * pad[0], n_W_prev + 2 * pad[1], n_C_prev))
    for i in range(m):
        for h in range(n_H):
            for w in range(n_W):
                vs, hs = h * stride[0], w * stride[1]
                for c in range(n_C):
                    dA_pad[i, vs:vs + fh, hs:hs + fw, :] += W[:, :, :, c] * dZ[i, h, w, c]
    if pad[0] > 0:
        dA_pad = dA_pad[:, pad[0]:-pad[0], :, :]
    if pad[1] > 0:
        dA_pad = dA_pad[:, :, pad[1]:-pad[1], :]
    return dA_pad
""",
    "q7": '''
first = np.array([[1, 0, -1], [1, 0, -1], [1, 0, -1]])

def turn(k):
    """Outer numbers one place on, clockwise."""
    return np.array([
        [k[1, 0], k[0, 0], k[0, 1]],
        [k[2, 0], k[1, 1], k[0, 2]],
        [k[2, 1], k[2, 2], k[1, 2]],
    ])

def filter_bank():
    bank = np.zeros((3, 3, 1, 4))
    kernel = first
    for i in range(4):
        bank[:, :, 0, i] = kernel
        kernel = turn(kernel)
    return bank

def strongest_edges(photo, threshold):
    X = np.expand_dims(np.expand_dims(photo, 0), -1)
    b = np.zeros(4)
    responses = conv2d(X, filter_bank(), b, (1, 1), (0, 0))[0]
    h, w, _ = responses.shape
    strongest = np.zeros((h, w), dtype=int)
    for i in range(h):
        for j in range(w):
            values = list(abs(responses[i, j]))
            strongest[i, j] = values.index(max(values))
            if max(values) < threshold:
                strongest[i, j] = -1
    return responses, strongest
''',
    "q8": """
layer1 = 5 * 5 * 3 * 8 + 8
layer2 = 3 * 3 * 8 * 16 + 16
layer3 = 3 * 3 * 16 * 32 + 32
parameters = layer1 + layer2 + layer3
multiplications = (layer1 - 8) * 29 * 45 + (layer2 - 16) * 27 * 43 + (layer3 - 32) * 9 * 14
field = 13
shift = 6
""",
}

ALTERNATIVES = [
    Alternative("loops over pixels and numbers, in plain Python", LOOPS),
    Alternative("no loops: windows as a view, einsum and tensordot", VECTORISED),
    Alternative("works and answers in float32, loops over the kernel's taps", FLOAT32),
    Alternative("a learner's style: own names, helper functions in the cells", LEARNER),
]
