"""The explorer of Gram matrices: its picture, and what costs and descent are held against."""

from typing import Any

import numpy as np

from cnnutils import ops
from tools.explorers.drawing import TOP, pixels, svg
from tools.explorers.vectors import Case


def ring() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the ring, its four maps, and the maps with their places shuffled."""
    rows, columns = np.mgrid[:18, :18]
    picture = np.where(abs(np.hypot(rows - 8.5, columns - 8.5) - 6) < 1.5, 1.0, 0.0)
    level, falling = np.repeat([[-1], [2], [-1]], 3, axis=1), 3 * np.eye(3) - 1
    kernel = np.stack([level, level.T, falling, falling[::-1]], axis=-1)[:, :, np.newaxis]
    maps = np.maximum(ops.conv2d(picture[np.newaxis, ..., np.newaxis], kernel)[0], 0)
    order = np.argsort(np.sin(np.arange(256) ** 2))
    return picture, maps, maps.reshape(256, 4)[order].reshape(maps.shape)


def picture() -> str:
    """Draw a ring, one of its maps, the same map shuffled, and the sum that both make."""
    picture, before, after = ring()
    grams = [maps.reshape(256, 4).T @ maps.reshape(256, 4) for maps in (before, after)]
    np.testing.assert_array_equal(*grams)
    kinds, counts = np.unique(before[..., 0] ** 2, return_counts=True)
    terms = [f"{count} · {kind:g}" for kind, count in zip(kinds, counts, strict=True) if kind]
    content = np.sum((before - after) ** 2) / (4 * before.size)
    left, side, gap = 24, 208, 24
    panels = {
        "A ring": picture,
        "Its map of level lines": before[..., 0],
        "The same map, shuffled": after[..., 0],
    }
    below = TOP + side
    parts = [
        cell
        for n, (title, values) in enumerate(panels.items())
        for cell in pixels(title, values, left + n * (side + gap), TOP, side)
    ]
    parts += [
        f'<text class="sum" x="{left}" y="{below + 34}">Level with level in the Gram matrix:'
        f" {' + '.join(terms[::-1])} = {grams[0][0, 0]:g}, for both maps.</text>",
        f'<text class="sum" x="{left}" y="{below + 58}">The style cost of shuffling is 0, the'
        f" content cost ≈ {content:.3f}.</text>",
        f'<text class="more" x="{left}" y="{below + 84}">Move maps and pixels, and paint a ring'
        " with stripes, in the book’s explorer.</text>",
    ]
    return svg(2 * left + 3 * side + 2 * gap, below + 104, parts)


def painted(rng: np.random.Generator, high: int, wide: int, filters: int) -> Case:
    """Return a picture on its way from a content to a style, and the next step down.

    Pixels are sixteenths, and maps hold a power of two of numbers: every sum is exact.
    """
    import keras
    import tensorflow as tf

    from cnnutils import style

    size = (8 if filters == 4 else 4) + high - 1, 8 + wide - 1
    picture, content, wanted = rng.integers(0, 17, (3, *size)) / 16
    kernel = rng.integers(-2, 4, (high, wide, filters)).astype(float)
    beta = int(rng.integers(0, 4))

    def maps(pixels: Any) -> Any:
        sums = keras.ops.conv(pixels[None, ..., None], kernel[:, :, None])
        return keras.ops.relu(sums)[0]

    made = tf.Variable(picture)
    with tf.GradientTape() as tape:
        costs = [style.content_loss(maps(content), maps(made))]
        costs.append(style.style_loss(maps(wanted), maps(made)))
        total = costs[0] + beta * costs[1]
    slope = np.array(tape.gradient(total, made))
    rounded = np.floor((picture - slope) * 2**20 + 0.5)  # halves up, as JavaScript rounds
    one, other = rng.integers(filters, size=2).tolist()
    found = np.array(maps(made))
    return {
        "pictures": [p.ravel().tolist() for p in (picture, content, wanted)],
        "size": size,
        "kernel": [kernel.shape, kernel.ravel().tolist()],
        "beta": beta,
        "maps": [found.shape, found.ravel().tolist()],
        "gram": np.array(style.gram_matrix(found)).ravel().tolist(),
        "entry": [one, other],
        "products": (found[..., one] * found[..., other]).ravel().tolist(),
        "costs": [float(cost) for cost in costs],
        "slope": slope.ravel().tolist(),
        "next": np.clip(rounded / 2**20, 0, 1).ravel().tolist(),
    }


def vectors() -> dict[str, list[Case]]:
    """Return numbers at other places, and pictures that are painted."""
    rng = np.random.default_rng(0)
    moved = []
    for rows, columns, channels in [(18, 18, 1), (16, 16, 4), (6, 7, 2), (5, 5, 3)]:
        places = np.arange(rows * columns * channels).reshape(rows, columns, channels)
        order = np.argsort(np.sin(np.arange(rows * columns) ** 2))
        ways = {
            "shifted": np.roll(places, (2, 5), axis=(0, 1)),
            "shuffled": places.reshape(-1, channels)[order],
        }
        if rows == columns:
            ways["transposed"] = places.transpose(1, 0, 2)
        moved += [
            {"shape": places.shape, "how": how, "data": data.ravel().tolist()}
            for how, data in ways.items()
        ]
    sizes = [(3, 3, 4), (2, 3, 4), (3, 2, 2), (1, 4, 4)]
    return {"moved": moved, "painted": [painted(rng, *size) for size in sizes * 3]}
