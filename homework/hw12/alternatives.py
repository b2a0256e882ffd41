"""Answers of homework 12 that are right and unlike the reference: each must get full marks."""

from cnnutils.homework.variants import Alternative

LOOPS = {
    "q1": """
def output_sizes(sizes, kernel_sizes, strides, dilations, padding):
    result = []
    for i in range(len(sizes)):
        before, after = padding[i]
        taps = range(0, kernel_sizes[i] * dilations[i], dilations[i])
        places, begin = 0, -before
        while begin + taps[-1] < sizes[i] + after:
            places, begin = places + 1, begin + strides[i]
        if not places:
            raise ValueError("no place on axis " + str(i))
        result.append(places)
    return tuple(result)

def count_parameters(kernel_sizes, channels_in, channels_out):
    if len(kernel_sizes) == 0:
        return channels_in * channels_out + channels_out
    rest = count_parameters(kernel_sizes[1:], channels_in, channels_out) - channels_out
    return kernel_sizes[0] * rest + channels_out
""",
    "q2": """
def find_shape(recording, shape):
    recording, shape = [float(r) for r in recording], [float(s) for s in shape]
    mean = sum(shape) / len(shape)
    scores, best = [], 0
    for i in range(len(recording) - len(shape) + 1):
        scores.append(sum(recording[i + k] * (s - mean) for k, s in enumerate(shape)))
        if scores[i] > scores[best]:
            best = i
    return np.array(scores), best
""",
    "q3": """
def conv1d(signals, kernel, bias, stride, dilation, padding):
    taps, length = len(kernel), signals.shape[1]
    covered = (taps - 1) * dilation + 1
    begins = range(-padding[0], length + padding[1] - covered + 1, stride)
    if not begins:
        raise ValueError("the kernel is too long")
    output = []
    for one in signals.tolist():
        output.append([])
        for begin in begins:
            totals = [float(b) for b in bias]
            for k in range(taps):
                place = begin + k * dilation
                if 0 <= place < length:
                    for c, sample in enumerate(one[place]):
                        for j in range(len(totals)):
                            totals[j] += sample * float(kernel[k, c, j])
            output[-1].append(totals)
    return np.array(output)
""",
    "q4": """
def conv1d_gradients(grad_output, signals, kernel, stride, dilation, padding):
    by_signals, by_kernel = np.zeros(signals.shape), np.zeros(kernel.shape)
    by_bias = np.zeros(kernel.shape[2])
    for n, t, j in np.ndindex(grad_output.shape):
        by_bias[j] += grad_output[n, t, j]
        for k, c in np.ndindex(kernel.shape[:2]):
            place = t * stride + k * dilation - padding[0]
            if 0 <= place < signals.shape[1]:
                by_kernel[k, c, j] += grad_output[n, t, j] * signals[n, place, c]
                by_signals[n, place, c] += grad_output[n, t, j] * kernel[k, c, j]
    return by_signals, by_kernel, by_bias
""",
    "q5": """
def max_pool1d(signals, size):
    ends = range(size, signals.shape[1] + 1, size)
    return np.array([
        [[max(one[end - size:end, c]) for c in range(signals.shape[2])] for end in ends]
        for one in signals
    ])

def max_pool1d_gradient(grad_output, signals, size):
    result = np.zeros(signals.shape)
    for n, t, c in np.ndindex(grad_output.shape):
        best = t * size
        for place in range(t * size, (t + 1) * size):
            if signals[n, place, c] > signals[n, best, c]:
                best = place
        result[n, best, c] += grad_output[n, t, c]
    return result
""",
    "q6": """
import math

def run_network(signals, weights, size, dilation):
    zeros = weights["kernel1"].shape[0] - 1, 0
    answers = conv1d(signals, weights["kernel1"], weights["bias1"], 1, 1, zeros)
    positive = answers.copy()
    positive[positive < 0] = 0
    pooled = max_pool1d(positive, size)
    zeros = (weights["kernel2"].shape[0] - 1) * dilation, 0
    return (answers, pooled,
            conv1d(pooled, weights["kernel2"], weights["bias2"], 1, dilation, zeros))

def network_gradients(signals, targets, weights, size, dilation):
    answers, pooled, scores = run_network(signals, weights, size, dilation)
    cost, by_scores = 0.0, np.zeros(scores.shape)
    for place in np.ndindex(scores.shape):
        p = 1 / (1 + math.exp(-scores[place]))
        cost -= math.log(p if targets[place] == 1 else 1 - p) / scores.size
        by_scores[place] = (p - targets[place]) / scores.size
    zeros = (weights["kernel2"].shape[0] - 1) * dilation, 0
    back, k2, b2 = conv1d_gradients(by_scores, pooled, weights["kernel2"], 1, dilation, zeros)
    positive = np.where(answers > 0, answers, 0)
    back = max_pool1d_gradient(back, positive, size)
    back[answers <= 0] = 0
    zeros = weights["kernel1"].shape[0] - 1, 0
    _, k1, b1 = conv1d_gradients(back, signals, weights["kernel1"], 1, 1, zeros)
    return cost, {"bias2": b2, "bias1": b1, "kernel2": k2, "kernel1": k1}
""",
    "q7": """
def raise_alarms(scores, threshold):
    alarms, ringing = [], False
    for block, score in enumerate(scores):
        if score >= threshold and not ringing:
            alarms.append(block)
        ringing = score >= threshold
    return alarms

def judge_alarms(alarms, odd_beats, patience):
    def answers(a, b):
        return a in range(b, b + patience + 1)

    judged = {"found": [], "missed": [], "false alarm": []}
    for b in odd_beats:
        judged["found" if any(answers(a, b) for a in alarms) else "missed"].append(b)
    for a in alarms:
        if not any(answers(a, b) for b in odd_beats):
            judged["false alarm"].append(a)
    return judged
""",
    "q8": """
layers, sees = 0, 1
while sees < 250:
    sees += 2 * 2**layers
    layers += 1
parameters, channels = 0, 1
for _ in range(layers):
    parameters += (3 * channels + 1) * 8
    channels = 8
seen = len({a + b + c for a in (0, 1) for b in (0, 3) for c in (0, 9)})
field = len({
    5 * block + place - tap
    for block in range(-24, 2, 2) for place in range(5) for tap in range(15)
})
""",
}

VECTORISED = {
    "q1": """
def output_sizes(sizes, kernel_sizes, strides, dilations, padding):
    n, f, s, d = (np.array(v) for v in (sizes, kernel_sizes, strides, dilations))
    room = n + np.sum(padding, axis=1) - (d * (f - 1) + 1)
    if np.any(room < 0):
        raise ValueError(f"no room on axis {np.argmin(room)}")
    return tuple(room // s + 1)

def count_parameters(kernel_sizes, channels_in, channels_out):
    return (int(np.prod(kernel_sizes, dtype=int)) * channels_in + 1) * channels_out
""",
    "q2": """
def find_shape(recording, shape):
    scores = np.correlate(recording.astype(float), shape - shape.mean(), mode="valid")
    return scores, int(scores.argmax())
""",
    "q3": """
def conv1d(signals, kernel, bias, stride, dilation, padding):
    padded = np.pad(signals, ((0, 0), tuple(padding), (0, 0)))
    covered = dilation * (len(kernel) - 1) + 1
    if covered > padded.shape[1]:
        raise ValueError(f"the kernel covers {covered} of {padded.shape[1]}")
    windows = np.lib.stride_tricks.sliding_window_view(padded, covered, axis=1)
    windows = windows[:, ::stride, :, ::dilation]  # (N, L_out, C_in, K)
    return np.einsum("ntck,kcj->ntj", windows, kernel) + bias
""",
    "q4": """
def conv1d_gradients(grad_output, signals, kernel, stride, dilation, padding):
    # one matrix says which sample each tap of each output reads
    taps, outputs, length = len(kernel), grad_output.shape[1], signals.shape[1]
    reads = stride * np.arange(outputs)[:, None] + dilation * np.arange(taps) - padding[0]
    table = (reads[..., None] == np.arange(length)).astype(float)  # (L_out, K, L)
    by_kernel = np.einsum("tkl,nlc,ntj->kcj", table, signals, grad_output)
    by_signals = np.einsum("tkl,kcj,ntj->nlc", table, kernel, grad_output)
    return by_signals, by_kernel, np.einsum("ntj->j", grad_output)
""",
    "q5": """
def max_pool1d(signals, size):
    starts = np.arange(0, signals.shape[1] - size + 1, size)
    return np.max([signals[:, starts + k] for k in range(size)], axis=0)

def max_pool1d_gradient(grad_output, signals, size):
    n, places, c = grad_output.shape
    blocks = signals[:, :places * size].reshape(n, places, size, c)
    is_first = blocks.argmax(axis=2)[:, :, None] == np.arange(size).reshape(1, 1, -1, 1)
    shares = (is_first * grad_output[:, :, None]).reshape(n, places * size, c)
    return np.pad(shares, ((0, 0), (0, signals.shape[1] - places * size), (0, 0)))
""",
    "q6": """
def run_network(signals, weights, size, dilation):
    k1, k2 = weights["kernel1"], weights["kernel2"]
    answers = conv1d(signals, k1, weights["bias1"], 1, 1, (len(k1) - 1, 0))
    pooled = np.maximum(max_pool1d(answers, size), 0)
    scores = conv1d(pooled, k2, weights["bias2"], 1, dilation, (dilation * (len(k2) - 1), 0))
    return answers, pooled, scores

def network_gradients(signals, targets, weights, size, dilation):
    k1, k2 = weights["kernel1"], weights["kernel2"]
    answers, pooled, scores = run_network(signals, weights, size, dilation)
    p = 0.5 + 0.5 * np.tanh(scores / 2)
    cost = np.where(targets == 1, np.log1p(np.exp(-scores)), np.log1p(np.exp(scores))).mean()
    back, g2, b2 = conv1d_gradients(
        (p - targets) / p.size, pooled, k2, 1, dilation, (dilation * (len(k2) - 1), 0))
    back = max_pool1d_gradient(back * (pooled > 0), answers, size)
    _, g1, b1 = conv1d_gradients(back, signals, k1, 1, 1, (len(k1) - 1, 0))
    return cost, dict(zip(("kernel1", "bias1", "kernel2", "bias2"), (g1, b1, g2, b2)))
""",
    "q7": """
def raise_alarms(scores, threshold):
    high = np.concatenate([[0], scores >= threshold])
    return list(np.flatnonzero(np.diff(high) == 1))

def judge_alarms(alarms, odd_beats, patience):
    alarms, beats = np.array(alarms, int), np.array(odd_beats, int)
    later = alarms - beats[:, np.newaxis]
    answers = (later >= 0) & (later <= patience)
    found, useful = answers.any(axis=1), answers.any(axis=0)
    return {"found": beats[found].tolist(), "missed": beats[~found].tolist(),
            "false alarm": alarms[~useful].tolist()}
""",
    "q8": """
layers, parameters, seen, field = np.array([7, 1232, 8, 139])
""",
}

FLOAT32 = {
    "q2": """
def find_shape(recording, shape):
    recording, shape = np.float32(recording), np.float32(shape)
    shape = shape - shape.mean()
    # mathematics turns the kernel, so turn it before
    scores = np.convolve(recording, shape[::-1], mode="valid")
    return scores, int(np.argmax(scores))
""",
    "q3": """
def conv1d(signals, kernel, bias, stride, dilation, padding):
    signals, kernel, bias = np.float32(signals), np.float32(kernel), np.float32(bias)
    n, length, channels = signals.shape
    padded = np.zeros((n, length + padding[0] + padding[1], channels), np.float32)
    padded[:, padding[0]:padding[0] + length] = signals
    places = output_sizes(
        (length,), (len(kernel),), (stride,), (dilation,), (tuple(padding),))[0]
    reads = stride * np.arange(places)[:, None] + dilation * np.arange(len(kernel))
    columns = padded[:, reads].reshape(n, places, -1)  # (N, L_out, K · C_in)
    return columns @ kernel.reshape(-1, kernel.shape[2]) + bias
""",
    "q4": """
def conv1d_gradients(grad_output, signals, kernel, stride, dilation, padding):
    grads, signals, kernel = np.float32(grad_output), np.float32(signals), np.float32(kernel)
    n, length, channels = signals.shape
    padded = np.pad(signals, ((0, 0), tuple(padding), (0, 0)))
    reads = stride * np.arange(grads.shape[1])[:, None] + dilation * np.arange(len(kernel))
    columns = padded[:, reads]  # (N, L_out, K, C_in)
    by_kernel = np.tensordot(columns, grads, axes=([0, 1], [0, 1]))
    by_columns = np.tensordot(grads, kernel, axes=(2, 2))
    by_padded = np.zeros_like(padded)
    np.add.at(by_padded, (slice(None), reads), by_columns)
    return by_padded[:, padding[0]:][:, :length], by_kernel, grads.sum((0, 1))
""",
    "q5": """
def max_pool1d(signals, size):
    used = signals.shape[1] - signals.shape[1] % size
    pooled = np.maximum.reduceat(signals[:, :used], np.arange(0, used, size), axis=1)
    return pooled.astype(np.float32)

def max_pool1d_gradient(grad_output, signals, size):
    by_signals = np.zeros(signals.shape, np.float32)
    for t in range(grad_output.shape[1]):
        winner = signals[:, t * size:t * size + size].argmax(axis=1)
        np.put_along_axis(by_signals, t * size + winner[:, None], grad_output[:, t:t + 1], 1)
    return by_signals
""",
    "q6": """
def run_network(signals, weights, size, dilation):
    w = {name: np.float32(array) for name, array in weights.items()}
    before = len(w["kernel1"]) - 1, dilation * (len(w["kernel2"]) - 1)
    first = conv1d(np.float32(signals), w["kernel1"], w["bias1"], 1, 1, (before[0], 0))
    answers = np.float32(first)
    pooled = max_pool1d(answers * (answers > 0), size)
    scores = conv1d(pooled, w["kernel2"], w["bias2"], 1, dilation, (before[1], 0))
    return answers, pooled, np.float32(scores)

def network_gradients(signals, targets, weights, size, dilation):
    answers, pooled, scores = run_network(signals, weights, size, dilation)
    before = len(weights["kernel1"]) - 1, dilation * (len(weights["kernel2"]) - 1)
    signs = np.float32(1 - 2 * targets)
    cost = np.float32(np.mean(np.logaddexp(0, signs * scores)))
    p = 1 / (1 + np.exp(-scores))
    by_pooled, *second = conv1d_gradients(
        np.float32((p - targets) / p.size), pooled, weights["kernel2"], 1, dilation,
        (before[1], 0))
    by_answers = max_pool1d_gradient(by_pooled, answers * (answers > 0), size)
    by_answers = by_answers * np.heaviside(answers, 0)
    _, *first = conv1d_gradients(
        by_answers, signals, weights["kernel1"], 1, 1, (before[0], 0))
    return cost, {"kernel1": first[0], "bias1": first[1], "kernel2": second[0], "bias2": second[1]}
""",
    "q7": """
def raise_alarms(scores, threshold):
    scores = np.float32(scores)
    before = np.append(np.float32(-np.inf), scores[:-1])
    return [int(i) for i in np.where((scores >= threshold) & (before < threshold))[0]]

def judge_alarms(alarms, odd_beats, patience):
    reach = {b: set(range(b, b + patience + 1)) for b in odd_beats}
    everything = set().union(*reach.values())
    return {
        "found": [b for b in odd_beats if reach[b] & set(alarms)],
        "missed": [b for b in odd_beats if not reach[b] & set(alarms)],
        "false alarm": sorted(set(alarms) - everything),
    }
""",
}

LEARNER = {
    "q1": """
def one_axis(n, f, s, d, p_before, p_after):
    covered = f + (f - 1) * (d - 1)
    total = n + p_before + p_after
    if covered > total:
        raise ValueError("kernel too big: " + str(covered) + " > " + str(total))
    return int((total - covered) / s) + 1

def output_sizes(sizes, kernel_sizes, strides, dilations, padding):
    out = ()
    for i in range(len(sizes)):
        p = padding[i]
        out = out + (one_axis(sizes[i], kernel_sizes[i], strides[i], dilations[i], p[0], p[1]),)
    return out

def count_parameters(kernel_sizes, channels_in, channels_out):
    n_weights = 1
    for size in kernel_sizes:
        n_weights = n_weights * size
    n_weights = n_weights * channels_in * channels_out
    n_biases = channels_out
    return n_weights + n_biases
""",
    "q2": """
def find_shape(x, s):
    s = s - s.mean()
    scores = np.zeros(len(x) - len(s) + 1)
    for i in range(len(scores)):
        window = x[i:i + len(s)]
        scores[i] = np.sum(window * s)
    best = list(scores).index(max(scores))
    return scores, best
""",
    "q3": """
def pad1d(x, pad):
    n, length, c = x.shape
    before = np.zeros((n, pad[0], c))
    after = np.zeros((n, pad[1], c))
    return np.concatenate([before, x, after], axis=1)

def conv1d(x, w, b, stride, dilation, pad):
    x_pad = pad1d(x, pad)
    k, c_in, c_out = w.shape
    covered = dilation * (k - 1) + 1
    l_out = (x_pad.shape[1] - covered) // stride + 1
    if covered > x_pad.shape[1]:
        raise ValueError("kernel too big")
    out = np.zeros((len(x), l_out, c_out))
    for t in range(l_out):
        start = t * stride
        window = x_pad[:, start:start + covered:dilation, :]
        for j in range(c_out):
            out[:, t, j] = np.sum(window * w[:, :, j], axis=(1, 2)) + b[j]
    return out
""",
    "q4": """
def conv1d_gradients(dz, x, w, stride, dilation, pad):
    n, length, c_in = x.shape
    x_pad = np.zeros((n, length + pad[0] + pad[1], c_in))
    x_pad[:, pad[0]:pad[0] + length, :] = x
    dx_pad = np.zeros(x_pad.shape)
    dw = np.zeros(w.shape)
    db = np.zeros(w.shape[2])
    covered = dilation * (w.shape[0] - 1) + 1
    for i in range(n):
        for t in range(dz.shape[1]):
            start = t * stride
            window = x_pad[i, start:start + covered:dilation]
            for j in range(w.shape[2]):
                dw[:, :, j] += window * dz[i, t, j]
                dx_pad[i, start:start + covered:dilation] += w[:, :, j] * dz[i, t, j]
                db[j] += dz[i, t, j]
    if pad[1] > 0:
        dx = dx_pad[:, pad[0]:-pad[1]]
    else:
        dx = dx_pad[:, pad[0]:]
    return dx, dw, db
""",
    "q5": """
def max_pool1d(x, size):
    l_out = x.shape[1] // size
    out = np.zeros((x.shape[0], l_out, x.shape[2]))
    for t in range(l_out):
        out[:, t, :] = np.max(x[:, t * size:(t + 1) * size, :], axis=1)
    return out

def max_pool1d_gradient(dz, x, size):
    dx = np.zeros(x.shape)
    for i in range(x.shape[0]):
        for t in range(dz.shape[1]):
            for c in range(x.shape[2]):
                block = list(x[i, t * size:(t + 1) * size, c])
                dx[i, t * size + block.index(max(block)), c] = dz[i, t, c]
    return dx
""",
    "q6": """
def relu(z):
    return z * (z > 0)

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def causal(kernel, dilation):
    return (dilation * (kernel.shape[0] - 1), 0)

def run_network(x, weights, size, dilation):
    w1, b1 = weights["kernel1"], weights["bias1"]
    w2, b2 = weights["kernel2"], weights["bias2"]
    z1 = conv1d(x, w1, b1, 1, 1, causal(w1, 1))
    p1 = max_pool1d(relu(z1), size)
    z2 = conv1d(p1, w2, b2, 1, dilation, causal(w2, dilation))
    return z1, p1, z2

def network_gradients(x, y, weights, size, dilation):
    w1, w2 = weights["kernel1"], weights["kernel2"]
    z1, p1, z2 = run_network(x, weights, size, dilation)
    p = sigmoid(z2)
    m = z2.size
    cost = -np.sum(y * np.log(p) + (1 - y) * np.log(1 - p)) / m
    dz2 = (p - y) / m
    dp1, dw2, db2 = conv1d_gradients(dz2, p1, w2, 1, dilation, causal(w2, dilation))
    da1 = max_pool1d_gradient(dp1, relu(z1), size)
    dz1 = da1.copy()
    dz1[z1 < 0] = 0
    dx, dw1, db1 = conv1d_gradients(dz1, x, w1, 1, 1, causal(w1, 1))
    grads = {}
    grads["kernel1"] = dw1
    grads["bias1"] = db1
    grads["kernel2"] = dw2
    grads["bias2"] = db2
    return cost, grads
""",
    "q7": """
def raise_alarms(scores, threshold):
    alarms = []
    for t in range(len(scores)):
        if scores[t] >= threshold:
            if t == 0 or scores[t - 1] < threshold:
                alarms.append(t)
    return alarms

def judge_alarms(alarms, odd_beats, patience):
    found = []
    answered = []
    for beat in odd_beats:
        for alarm in alarms:
            wait = alarm - beat
            if wait >= 0 and wait <= patience:
                if beat not in found:
                    found.append(beat)
                answered.append(alarm)
    missed = [beat for beat in odd_beats if beat not in found]
    false = [alarm for alarm in alarms if alarm not in answered]
    result = {"found": found, "missed": missed}
    result["false alarm"] = false
    return result
""",
    "q8": """
layers = 7
parameters = 32 + 6 * 200
seen = 8
blocks = 1 + 12 * 2
field = blocks * 5 + 15 - 1
""",
}

ALTERNATIVES = [
    Alternative("loops over samples and numbers, in plain Python", LOOPS),
    Alternative("no loops: windows as a view, tables of places, einsum", VECTORISED),
    Alternative("works and answers in float32, windows gathered by their places", FLOAT32),
    Alternative("a learner's style: own names, helper functions in the cells", LEARNER),
]
