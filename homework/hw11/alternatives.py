"""Answers of homework 11 that are right and unlike the reference: each must get full marks."""

from cnnutils.homework.variants import Alternative

LOOPS = {
    "q1": """
def gram_of(maps):
    height, width, channels = maps.shape
    table = [[0] * channels for _ in range(channels)]
    for i in range(height):
        for j in range(width):
            for c in range(channels):
                for d in range(channels):
                    table[c][d] += maps[i, j, c] * maps[i, j, d]
    return np.array(table)
""",
    "q2": """
def content_cost(content_maps, maps):
    if list(content_maps.shape) != list(maps.shape):
        raise ValueError("unequal shapes")
    total, gradient = 0.0, np.zeros(maps.shape)
    height, width, channels = maps.shape
    for index in np.ndindex(height, width, channels):
        error = float(maps[index]) - float(content_maps[index])
        total += error * error
        gradient[index] = 2 * error / (4 * height * width * channels)
    return total / (4 * height * width * channels), gradient
""",
    "q3": """
def style_cost(style_maps, maps):
    height, width, channels = maps.shape
    if style_maps.shape[2] != channels:
        raise ValueError("unequal channels")
    n, m = height * width, style_maps.shape[0] * style_maps.shape[1]
    generated, wanted = gram_of(maps), gram_of(style_maps)
    cost, gradient = 0.0, np.zeros(maps.shape)
    for c in range(channels):
        for d in range(channels):
            apart = generated[c, d] / n - wanted[c, d] / m
            cost += apart ** 2 / (4 * channels ** 2)
            gradient[:, :, c] += maps[:, :, d] * apart / (channels ** 2 * n)
    return cost, gradient
""",
    "q4": """
def total_variation(picture):
    height, width, colours = picture.shape
    cost, gradient = 0.0, np.zeros(picture.shape)
    for i, j, c in np.ndindex(height, width, colours):
        for k, l, pairs in ((i + 1, j, (height - 1) * width), (i, j + 1, height * (width - 1))):
            if k < height and l < width:
                step = float(picture[k, l, c]) - float(picture[i, j, c])
                cost += step ** 2 / (pairs * colours)
                gradient[k, l, c] += 2 * step / (pairs * colours)
                gradient[i, j, c] -= 2 * step / (pairs * colours)
    return cost, gradient
""",
    "q5": """
def colours_of(picture):
    pixels = [picture[i, j] for i, j in np.ndindex(picture.shape[:2])]
    middle = sum(pixels) / len(pixels)
    spread = sum(np.outer(x - middle, x - middle) for x in pixels) / len(pixels)
    return middle, spread

def match_colours(content, style):
    middle_c, spread_c = colours_of(content)
    middle_s, spread_s = colours_of(style)
    turn = matrix_power(spread_s, 0.5).dot(matrix_power(spread_c, -0.5))
    result = np.empty(content.shape)
    for i, j in np.ndindex(content.shape[:2]):
        result[i, j] = turn.dot(content[i, j] - middle_c) + middle_s
        for c in range(3):
            result[i, j, c] = min(1, max(0, result[i, j, c]))
    return result
""",
    "q6": """
def transfer_cost(picture, content_maps, style_maps, filters, plan):
    maps = look(picture, filters)
    cost, grads = 0, [np.zeros(one.shape) for one in maps]
    for level in range(len(maps)):
        weight = plan["beta"] * plan["layer_weights"][level]
        part, slope = style_cost(style_maps[level], maps[level])
        cost += weight * part
        grads[level] += weight * slope
        if level == plan["content_layer"]:
            part, slope = content_cost(content_maps[level], maps[level])
            cost += plan["alpha"] * part
            grads[level] += plan["alpha"] * slope
    part, slope = total_variation(picture)
    return cost + plan["gamma"] * part, look_back(picture, filters, grads) + plan["gamma"] * slope
""",
    "q7": """
def paint(start, content_maps, style_maps, filters, plan, steps, rate):
    picture, costs = start.copy(), []
    m, v = np.zeros(start.shape), np.zeros(start.shape)
    for t in range(steps):
        cost, g = transfer_cost(picture, content_maps, style_maps, filters, plan)
        costs = costs + [cost]
        for index in np.ndindex(start.shape):
            m[index] = 0.9 * m[index] + 0.1 * g[index]
            v[index] = 0.99 * v[index] + 0.01 * g[index] * g[index]
            m_hat = m[index] / (1 - 0.9 ** (t + 1))
            v_hat = v[index] / (1 - 0.99 ** (t + 1))
            moved = picture[index] - rate * m_hat / (v_hat ** 0.5 + 1e-12)
            picture[index] = max(0, min(1, moved))
    return picture, costs
""",
    "q8": """
left = np.arange(24).reshape(4, 6) % 6 < 3
board = np.indices((4, 6)).sum(axis=0) % 2 == 0
halves = np.stack([left, ~left], axis=-1).astype(float)
chess = np.stack([board, ~board], axis=-1).astype(float)
pair = np.stack([left, left], axis=-1).astype(float)

def mean_products(a):
    return np.einsum("ijc,ijd->cd", a, a) / 24

chess_content = ((halves - chess) ** 2).sum() / (4 * halves.size)
chess_style = ((mean_products(halves) - mean_products(chess)) ** 2).sum() / 16
together = ((mean_products(pair) - mean_products(chess)) ** 2).sum() / 16
beta_factor = 5 ** 2 / 5 ** 4
F = np.random.default_rng(0).normal(size=(35, 64))
rank = np.linalg.matrix_rank(F.T @ F)
""",
}

VECTORISED = {
    "q1": """
def gram_of(maps):
    return np.einsum("ijc,ijd->cd", maps, maps)
""",
    "q2": """
def content_cost(content_maps, maps):
    if content_maps.shape != maps.shape:
        raise ValueError("one shape, please")
    flat = (maps - content_maps).ravel()
    factor = 1 / (4 * flat.size)
    return factor * (flat @ flat), (2 * factor * flat).reshape(maps.shape)
""",
    "q3": """
def style_cost(style_maps, maps):
    (h, w, c), (rows, columns, same) = maps.shape, style_maps.shape
    if c != same:
        raise ValueError("as many channels, please")
    F, B = maps.reshape(h * w, c), style_maps.reshape(-1, c)
    # The chapter's formula, with the style's Gram matrix scaled to this size.
    S = B.T @ B * (h * w / (rows * columns))
    D = F.T @ F - S
    factor = 1 / (c * h * w) ** 2
    return np.trace(D @ D) * factor / 4, (factor * F @ D).reshape(h, w, c)
""",
    "q4": """
def total_variation(picture):
    padded = np.pad(picture, ((1, 1), (1, 1), (0, 0)), mode="edge").astype(float)
    h, w, c = picture.shape
    pairs = (h - 1) * w * c, h * (w - 1) * c
    gradient, cost = 0, 0
    for axis in (0, 1):
        inner = [slice(1, -1), slice(1, -1)]
        inner[axis] = slice(None)
        steps = np.diff(padded[tuple(inner)], axis=axis)
        cost = cost + (steps ** 2).sum() / pairs[axis]
        gradient = gradient - 2 * np.diff(steps, axis=axis) / pairs[axis]
    return cost, gradient
""",
    "q5": """
def match_colours(content, style):
    cov_c = np.cov(content.reshape(-1, 3), rowvar=False, bias=True)
    cov_s = np.cov(style.reshape(-1, 3), rowvar=False, bias=True)
    mixed = matrix_power(cov_s, 0.5) @ matrix_power(cov_c, -0.5)
    away = content - content.mean(axis=(0, 1))
    moved = np.einsum("kc,ijc->ijk", mixed, away) + style.mean(axis=(0, 1))
    return np.minimum(np.maximum(moved, 0), 1)
""",
    "q6": """
def transfer_cost(picture, content_maps, style_maps, filters, plan):
    maps, k = look(picture, filters), plan["content_layer"]
    weights = plan["beta"] * np.array(plan["layer_weights"], float)
    styles = [style_cost(*pair) for pair in zip(style_maps, maps)]
    content, rough = content_cost(content_maps[k], maps[k]), total_variation(picture)
    J = weights @ [cost for cost, _ in styles]
    J = J + plan["alpha"] * content[0] + plan["gamma"] * rough[0]
    grads = [w * grad for w, (_, grad) in zip(weights, styles)]
    zeros = [0 * one for one in maps]
    zeros[k] = plan["alpha"] * content[1]
    down = look_back(picture, filters, grads) + look_back(picture, filters, zeros)
    return J, down + plan["gamma"] * rough[1]
""",
    "q7": """
def paint(start, content_maps, style_maps, filters, plan, steps, rate):
    x, costs, gradients = start, [], []
    for t in range(steps):
        cost, gradient = transfer_cost(x, content_maps, style_maps, filters, plan)
        costs.append(float(cost))
        gradients.append(gradient)
        past = np.stack(gradients[::-1])  # weighted means of all gradients so far
        means = []
        for keep, numbers in ((0.9, past), (0.99, past ** 2)):
            weights = keep ** np.arange(t + 1)
            means.append(np.tensordot(weights / weights.sum(), numbers, axes=1))
        x = np.clip(x - rate * means[0] / (np.sqrt(means[1]) + 1e-12), 0, 1)
    return x, costs
""",
}

FLOAT32 = {
    "q1": """
def gram_of(maps):
    rows = maps.reshape(-1, maps.shape[-1]).astype(np.float32)
    return rows.T @ rows
""",
    "q2": """
def content_cost(content_maps, maps):
    if content_maps.shape != maps.shape:
        raise ValueError("shapes")
    off = maps.astype(np.float32) - content_maps.astype(np.float32)
    return np.square(off).mean() / 4, off / np.float32(2 * off.size)
""",
    "q3": """
def style_cost(style_maps, maps):
    if style_maps.shape[-1] != maps.shape[-1]:
        raise ValueError("channels")
    F, B = (a.astype(np.float32).reshape(-1, a.shape[-1]) for a in (maps, style_maps))
    D = F.T @ F / np.float32(len(F)) - B.T @ B / np.float32(len(B))
    return np.square(D).mean() / 4, (F @ D).reshape(maps.shape) / np.float32(D.size * len(F))
""",
    "q4": """
def total_variation(picture):
    x = picture.astype(np.float32)
    d, r = x[1:] - x[:-1], x[:, 1:] - x[:, :-1]
    g = np.zeros_like(x)
    for part, first, last in ((d, g[1:], g[:-1]), (r, g[:, 1:], g[:, :-1])):
        first += 2 * part / part.size
        last -= 2 * part / part.size
    return np.mean(d * d) + np.mean(r * r), g
""",
    "q5": """
def match_colours(content, style):
    a, b = (p.reshape(-1, 3) for p in (content, style))
    roots = []
    for table, exponent in ((b, 0.5), (a, -0.5)):
        off = table - table.mean(0)
        roots.append(matrix_power(off.T @ off / len(off), exponent))
    moved = ((roots[0] @ roots[1]) @ (a - a.mean(0)).T).T + b.mean(0)
    return moved.clip(0, 1).reshape(content.shape).astype(np.float32)
""",
    "q7": """
def paint(start, content_maps, style_maps, filters, plan, steps, rate):
    x, costs = start.astype(np.float32), []
    m = v = np.zeros(start.shape, np.float32)
    for t in range(1, steps + 1):
        cost, g = transfer_cost(x, content_maps, style_maps, filters, plan)
        costs.append(cost)
        g = g.astype(np.float32)
        m, v = np.float32(0.9) * m + np.float32(0.1) * g, 0.99 * v + 0.01 * g * g
        step = m / (1 - 0.9 ** t) / (np.sqrt(v / (1 - 0.99 ** t)) + 1e-12)
        x = np.clip(x - rate * step, 0, 1).astype(np.float32)
    return x, costs
""",
}

LEARNER = {
    "q1": """
def gram_of(maps):
    C = maps.shape[2]
    G = np.zeros((C, C))
    for c1 in range(C):
        for c2 in range(c1 + 1):
            G[c1, c2] = np.sum(maps[:, :, c1] * maps[:, :, c2])
            G[c2, c1] = G[c1, c2]
    return G
""",
    "q3": """
def number_of_positions(maps):
    return maps.shape[0] * maps.shape[1]

def difference(style_maps, maps):
    G = gram_of(maps) / number_of_positions(maps)
    return G - gram_of(style_maps) / number_of_positions(style_maps)

def style_cost(style_maps, maps):
    C = maps.shape[-1]
    if style_maps.shape[-1] != C:
        raise ValueError("The numbers of channels differ.")
    D = difference(style_maps, maps)
    J = np.sum(D * D) / 4 / C / C
    dG = D / 2 / C / C
    F = maps.reshape(-1, C)
    dF = (F @ dG + F @ dG.T) / number_of_positions(maps)
    return J, dF.reshape(maps.shape)
""",
    "q5": """
def table_of(picture):
    return picture.reshape(picture.shape[0] * picture.shape[1], 3)

def mean_and_covariance(picture):
    table = table_of(picture)
    mean = np.mean(table, axis=0)
    covariance = np.zeros((3, 3))
    for a in range(3):
        for b in range(3):
            covariance[a, b] = np.mean((table[:, a] - mean[a]) * (table[:, b] - mean[b]))
    return mean, covariance

def match_colours(content, style):
    mean_c, cov_c = mean_and_covariance(content)
    mean_s, cov_s = mean_and_covariance(style)
    whitened = (table_of(content) - mean_c) @ matrix_power(cov_c, -0.5)
    result = whitened @ matrix_power(cov_s, 0.5) + mean_s
    result[result < 0] = 0
    result[result > 1] = 1
    return result.reshape(content.shape)
""",
    "q6": """
def transfer_cost(picture, content_maps, style_maps, filters, plan):
    maps = look(picture, filters)
    l = plan["content_layer"]
    J_content, d_content = content_cost(content_maps[l], maps[l])
    J_style = 0
    d_maps = []
    for number in range(len(maps)):
        weight = plan["layer_weights"][number]
        J, d = style_cost(style_maps[number], maps[number])
        J_style = J_style + weight * J
        d_map = plan["beta"] * weight * d
        if number == l:
            d_map = d_map + plan["alpha"] * d_content
        d_maps.append(d_map)
    J_tv, d_tv = total_variation(picture)
    J = plan["alpha"] * J_content + plan["beta"] * J_style + plan["gamma"] * J_tv
    return J, plan["gamma"] * d_tv + look_back(picture, filters, d_maps)
""",
    "q7": """
class Adam:
    def __init__(self, rate):
        self.rate, self.t, self.m, self.v = rate, 0, 0, 0

    def step(self, x, g):
        self.t += 1
        self.m = self.m * 0.9 + g * 0.1
        self.v = self.v * 0.99 + g ** 2 * 0.01
        m = self.m / (1 - 0.9 ** self.t)
        v = self.v / (1 - 0.99 ** self.t)
        return x - self.rate * m / (np.sqrt(v) + 1e-12)

def paint(start, content_maps, style_maps, filters, plan, steps, rate):
    picture, costs, adam = start, [], Adam(rate)
    while len(costs) < steps:
        J, g = transfer_cost(picture, content_maps, style_maps, filters, plan)
        costs.append(J)
        picture = np.clip(adam.step(picture, g), 0, 1)
    return picture, costs
""",
    "q8": """
chess_content = 0.125
chess_style = 0
together = 1 / 32
beta_factor = 0.04
rank = 35
""",
}

ALTERNATIVES = [
    Alternative("loops over positions, channels and pixels, in plain Python", LOOPS),
    Alternative("einsum, the chapter's formula, and means of all gradients so far", VECTORISED),
    Alternative("works and answers in float32", FLOAT32),
    Alternative("a learner's style: own names, helper functions and a class", LEARNER),
]
