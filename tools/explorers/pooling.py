"""The explorer of pooling: its picture, and what it is held against: Keras, and cnnutils.

Keras pads by "valid" and "same" only: for padding in pixels the images are padded here, with −∞
for a maximum, and for a mean with zeros, whose share of each window is divided out. cnnutils must
agree. Its gradient says which pixel won, and it lends the errors' words.
"""

from itertools import product
from typing import Any

import numpy as np
from sklearn.datasets import load_digits

from cnnutils import ops
from tools.explorers.drawing import CELL, TOP, Colours, frame, grid, svg
from tools.explorers.vectors import Case

POOL = {"max": ops.max_pool2d, "average": ops.avg_pool2d}
WINDOW = (1, 1)  # row and column of the output that the picture marks
PADDINGS: list[Any] = ["valid", "same", 1, ((0, 1), (1, 0))]


def pooled(kind: str, image: np.ndarray, window: Any = 2, **options: Any) -> np.ndarray:
    """Pool one picture of one channel."""
    return POOL[kind](image[np.newaxis, :, :, np.newaxis], window, **options)[0, :, :, 0]


def shifted(image: np.ndarray, down: int, right: int, ground: float = 0) -> np.ndarray:
    """Move a picture before a ground; what leaves it is lost."""
    (height, width), far = image.shape, max(abs(down), abs(right))
    around = np.pad(image, far, constant_values=ground)
    return around[far - down : far - down + height, far - right : far - right + width]


def picture() -> str:
    """Draw a digit and its maxima, before and after a shift, and say how much changed."""
    image = load_digits().images[7]
    moved = shifted(image, 0, 1)
    before, after = pooled("max", image), pooled("max", moved)
    changed = {kind: np.sum(pooled(kind, image) != pooled(kind, moved)) for kind in POOL}
    row, column = WINDOW
    window = image[2 * row : 2 * row + 2, 2 * column : 2 * column + 2]
    grey: Colours = lambda value: (value / image.max(),) * 3  # noqa: E731
    lefts, below = [24, 24 + 9.8 * CELL, 24 + 15.6 * CELL], TOP + 8 * CELL
    values = ", ".join(f"{value:.0f}" for value in window.flat)
    parts = [
        grid("picture 8 × 8", image, lefts[0], TOP, grey),
        grid("maxima 4 × 4", before, lefts[1], TOP + 2 * CELL, grey),
        grid("moved right by 1", after, lefts[2], TOP + 2 * CELL, grey),
        f'<text class="sign" x="{lefts[1] - 0.9 * CELL}" y="{TOP + 4 * CELL}">→</text>',
        frame(lefts[0] + 2 * column * CELL, TOP + 2 * row * CELL, 2),
        frame(lefts[1] + column * CELL, TOP + (2 + row) * CELL, 1),
        f'<text class="sum" x="24" y="{below + 30}">output[{row}, {column}] = max({values}) ='
        f" {before[WINDOW]:.0f}</text>",
        f'<text class="sum" x="24" y="{below + 56}">Moved right by a pixel, {changed["max"]} of'
        f" {before.size} maxima change, and {changed['average']} of {before.size} means</text>",
        f'<text class="more" x="24" y="{below + 82}">Choose the windows, and move the picture, in'
        " the book’s explorer.</text>",
    ]
    return svg(lefts[2] + 4 * CELL + 40, below + 102, parts)


def by_keras(kind: str, image: np.ndarray, window: tuple[int, int], case: Case) -> np.ndarray:
    """Let Keras pool."""
    import keras

    name = {"max": "max_pool", "average": "average_pool"}[kind]
    padding = case["padding"]
    by_hand = not isinstance(padding, str)
    pads = padding if isinstance(padding, tuple) else ((padding,) * 2,) * 2

    def slide(pixels: np.ndarray, ground: float) -> np.ndarray:
        padded = np.pad(pixels, pads, constant_values=ground) if by_hand else pixels
        out = getattr(keras.ops, name)(
            padded[np.newaxis, :, :, np.newaxis].astype("float32"),
            window,
            strides=case.get("strides"),
            padding="valid" if by_hand else padding,
        )
        return np.asarray(keras.ops.convert_to_numpy(out))[0, :, :, 0]

    if kind == "max":
        return slide(image, -np.inf)
    return slide(image, 0) / (slide(np.ones_like(image), 0) if by_hand else 1)


def solved(case: Case, rng: np.random.Generator) -> Case:
    """Add a picture and what comes of it, by Keras and by cnnutils."""
    image = np.asarray(rng.integers(-9, 10, case["size"]), float)
    window = tuple(case["window"])
    options = {name: case[name] for name in ("strides", "padding") if name in case}
    found = {}
    for kind in POOL:
        found[kind] = pooled(kind, image, window, **options)
        theirs = by_keras(kind, image, window, case)
        np.testing.assert_allclose(found[kind], theirs, rtol=0, atol=1e-6)
    winners = []
    for place in np.ndindex(found["max"].shape):
        one = np.zeros((1, *found["max"].shape, 1))
        one[0, place[0], place[1], 0] = 1
        to = ops.max_pool2d_gradient(one, image[np.newaxis, ..., np.newaxis], window, **options)
        winners.append(np.argwhere(to[0, :, :, 0])[0].tolist())
    return {
        "window": window,
        "options": options,
        "image": image.astype(int).tolist(),
        **{kind: out.tolist() for kind, out in found.items()},
        "winners": winners,
    }


def refused() -> list[Case]:
    """Return what cnnutils does not pool, and its words."""
    cases: list[Case] = [
        {"kind": "max", "size": (4, 7), "window": (6, 6), "padding": "valid"},
        {"kind": "average", "size": (7, 4), "window": (2, 5), "padding": "valid"},
        {"kind": "average", "size": (3, 6), "window": (6, 2), "padding": 1},
        {"kind": "max", "size": (3, 2), "window": (2, 4), "padding": ((0, 1), (1, 0))},
    ]
    for case in cases:
        try:
            pooled(case["kind"], np.ones(case["size"]), case["window"], padding=case["padding"])
        except ValueError as error:
            case["message"] = str(error)
        else:
            raise AssertionError(f"cnnutils pools {case}")
    return cases


def moved(rng: np.random.Generator) -> Case:
    """Return a picture, a shift, and what it does to both maps."""
    height, width, window, stride = rng.integers((4, 4, 2, 1), (9, 9, 4, 4)).tolist()
    down, right = (int(n) for n in rng.choice([-2, -1, 0, 1, 2], 2) * rng.choice([1, stride]))
    image = np.asarray(rng.choice([0, 0, 0, 4, 16], (height, width)), float)
    after = shifted(image, down, right)
    case: Case = {
        "image": image.astype(int).tolist(),
        "shift": [down, right],
        "window": [window, window],
        "strides": stride,
        "shifted": after.astype(int).tolist(),
    }
    places = [int(n / stride) for n in (down, right)]
    for kind in POOL:
        maps = [pooled(kind, x, window, strides=stride) for x in (image, after)]
        source = shifted(maps[0], places[0], places[1], ground=np.nan)
        case[kind] = {
            "changed": int(np.sum(maps[0] != maps[1])),
            "came": int(np.sum(source == maps[1])),
            "common": int(np.sum(~np.isnan(source))),
        }
    return case | {"places": places}


def vectors() -> dict[str, list[Case]]:
    """Return what can be pooled, what can not, and what shifts do."""
    rng = np.random.default_rng(0)
    cases: list[Case] = [
        {"size": (6, 7), "window": (3, 2), "strides": strides, "padding": padding}
        for padding, strides in product(PADDINGS, [1, 2, 3, (2, 1), (1, 3)])
    ]
    cases += [
        {"size": (7, 5), "window": (2, 3), "padding": "valid"},  # the stride is the window
        {"size": (5, 8), "window": (2, 2), "padding": "same"},
        {"size": (4, 6), "window": (4, 6), "padding": "valid"},  # exactly as large
        {"size": (3, 4), "window": (5, 6), "strides": 1, "padding": "same"},
        {"size": (1, 1), "window": (1, 1), "padding": "valid"},
    ]
    return {
        "pooled": [solved(case, rng) for case in cases],
        "refused": refused(),
        "shifts": [moved(rng) for _ in range(60)],
    }
