"""The explorer in which a LeNet reads digits: its picture, its weights, and its vectors.

``python -m tools.explorers.digit`` trains the network and writes its weights. Other machines add up
in another order, and may come to other weights: the file is the source, and all else follows from
it.
"""

import hashlib
from functools import cache
from typing import Any

import numpy as np

from cnnutils import data
from tools.chapters import ROOT
from tools.explorers.drawing import pixels, svg
from tools.explorers.vectors import Case

WEIGHTS = ROOT / "site" / "explorers" / "data" / "digit.bin"
CODE = WEIGHTS.with_suffix(".py")  # what the explorer shows, in its first state
SCALE = 1024  # a weight is a whole number of 1024ths, in two bytes
SEED, EPOCHS, BATCH, RATE = 1, 25, 64, 0.006
MISREAD = [96, 245, 247, 253]  # of the held-out digits; the explorer starts with the first
NAMES = ["C1", "S2", "C3", "S4", "C5", "F6", "OUTPUT"]


def build(dtype: str = "float32") -> Any:
    """Return LeNet-5's plan for pictures of 8 × 8: smaller windows, and fewer units."""
    from keras import Input, Sequential, layers

    stack = [
        layers.Conv2D(6, 3, padding="same", activation="relu", name="C1", dtype=dtype),
        layers.AveragePooling2D(2, name="S2", dtype=dtype),
        layers.Conv2D(16, 3, padding="same", activation="relu", name="C3", dtype=dtype),
        layers.AveragePooling2D(2, name="S4", dtype=dtype),
        layers.Flatten(dtype=dtype),
        layers.Dense(48, activation="relu", name="C5", dtype=dtype),
        layers.Dense(32, activation="relu", name="F6", dtype=dtype),
        layers.Dense(10, activation="softmax", name="OUTPUT", dtype=dtype),
    ]
    return Sequential([Input((8, 8, 1), dtype=dtype), *stack])


def moved(images: np.ndarray) -> np.ndarray:
    """Return images (N, 8, 8, 1), and copies moved by half a pixel in four directions."""
    wide = np.pad(images, ((0, 0), (1, 1), (1, 1), (0, 0)))
    places = [(0, 1), (2, 1), (1, 0), (1, 2)]
    copies = [(images + wide[:, y : y + 8, x : x + 8]) / 2 for y, x in places]
    return np.concatenate([images, *copies])


def train() -> np.ndarray:
    """Train on the first eleven forms, and return the weights, rounded."""
    import keras

    digits = data.load_digits()
    images = moved(digits.train_images)
    labels = np.tile(digits.train_labels, len(images) // len(digits.train_labels))
    keras.utils.set_random_seed(SEED)
    model = build()
    steps = EPOCHS * -(-len(images) // BATCH)
    fading = keras.optimizers.schedules.CosineDecay(RATE, steps)
    model.compile(keras.optimizers.Adam(fading), "sparse_categorical_crossentropy")
    model.fit(images, labels, epochs=EPOCHS, batch_size=BATCH, verbose=0)
    numbers = np.concatenate([weight.ravel() for weight in model.get_weights()])
    rounded: np.ndarray = np.rint(SCALE * numbers).astype("<i2")
    return rounded


def samples() -> bytes:
    """Return held-out digits in 65 bytes each, label and counts: the first of each, and others."""
    test = data.load_digits()
    firsts = [int(np.flatnonzero(test.test_labels == label)[0]) for label in range(10)]
    rows = [
        [test.test_labels[n], *np.rint(16 * test.test_images[n].ravel())] for n in firsts + MISREAD
    ]
    return np.array(rows, np.uint8).tobytes()


@cache
def trained() -> Any:
    """Return the network with the weights of the file, in double precision."""
    model = build("float64")
    numbers = np.fromfile(WEIGHTS, "<i2", model.count_params()) / SCALE
    shapes = [weight.shape for weight in model.get_weights()]
    cuts = np.cumsum([np.prod(shape) for shape in shapes])
    parts = np.split(numbers, cuts[:-1])
    model.set_weights([part.reshape(shape) for part, shape in zip(parts, shapes, strict=True)])
    return model


def layer_values(counts: np.ndarray) -> dict[str, np.ndarray]:
    """Return what each layer makes of pictures (N, 8, 8) with 0 to 16."""
    values, found = np.asarray(counts, float)[..., np.newaxis] / 16, {}
    for layer in trained().layers:
        values = np.array(layer(values))
        found[layer.name] = values
    return {name: found[name] for name in NAMES}


def prepare(drawing: np.ndarray) -> np.ndarray:
    """Turn a drawing (32, 32) of 0 and 1 into counts (8, 8), as the digits were scanned.

    The box around the ink is stretched to 32 rows and 20 columns, neither side more than twice as
    much as the other, and put in the middle; then the ink in blocks of 4 × 4 is counted.
    """
    sheet = np.zeros((32, 32), int)
    if drawing.any():
        rows, columns = (np.flatnonzero(drawing.any(axis)) for axis in (1, 0))
        box = drawing[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        high, wide = box.shape
        size = max(1, min(32, 40 * high // wide)), max(1, min(20, 64 * wide // high))
        sources = [
            (2 * np.arange(to) + 1) * of // (2 * to) for to, of in zip(size, box.shape, strict=True)
        ]
        top, left = ((32 - to) // 2 for to in size)
        sheet[top : top + size[0], left : left + size[1]] = box[np.ix_(*sources)]
    counts: np.ndarray = sheet.reshape(8, 4, 8, 4).sum(axis=(1, 3))
    return counts


def vectors() -> dict[str, list[Case]]:
    """Return pictures with what the layers make of them, and drawings with their counts."""
    rng = np.random.default_rng(0)
    held_out = np.rint(16 * data.load_digits().test_images[..., 0]).astype(int)
    pictures = [*held_out[[0, 97, 253]], *rng.integers(0, 17, (2, 8, 8)), np.zeros((8, 8), int)]
    cases = []
    for picture in pictures:
        values = {
            name: [found.shape[1:], found.ravel().round(8).tolist()]
            for name, found in layer_values(picture[np.newaxis]).items()
        }
        cases.append({"picture": picture.ravel().tolist(), "layers": values})
    drawings = [np.zeros((32, 32), int)]
    for n in range(40):  # boxes of all forms, at all places, with more or less ink in them
        high, wide = rng.integers(1, (33, 33) if n % 2 else (9, 33))
        top, left = rng.integers(0, (33 - high, 33 - wide))
        drawing = np.zeros((32, 32), int)
        drawing[top : top + high, left : left + wide] = rng.random((high, wide)) < rng.random()
        drawings.append(drawing.T if n % 4 == 0 else drawing)
    prepared = [
        {
            "bytes": np.packbits(one.astype(np.uint8)).tobytes().hex(),
            "counts": prepare(one).ravel().tolist(),
        }
        for one in drawings
    ]
    digest = hashlib.sha256(WEIGHTS.read_bytes()).hexdigest()
    return {"weights": [{"sha256": digest}], "read": cases, "prepared": prepared}


def picture() -> str:
    """Draw a digit, the maps of both convolutions, and the ten probabilities."""
    test = data.load_digits()
    digit, label = test.test_images[MISREAD[0], ..., 0], int(test.test_labels[MISREAD[0]])
    values = layer_values(16 * digit[np.newaxis])
    probabilities = values["OUTPUT"][0]
    parts = pixels(f"A written {label}", digit, 24, 60, 160)
    for name, left, columns, side in (("C1", 216, 2, 72), ("C3", 394, 4, 34)):
        maps = values[name][0]
        parts.append(
            f'<text class="title" x="{left}" y="46">{name}: {maps.shape[-1]} maps,'
            f" {len(maps)} × {len(maps)}</text>"
        )
        for n in range(maps.shape[-1]):
            y, x = divmod(n, columns)
            place = left + x * (side + 8), 60 + y * (side + 8)
            parts += pixels("", maps[..., n], *place, side)
    parts.append('<text class="title" x="584" y="46">Probabilities</text>')
    for n, share in enumerate(probabilities):
        y = 60 + 23 * n
        parts += [
            f'<text class="title" x="584" y="{y + 14}">{n}</text>',
            f'<rect class="bar" x="602" y="{y}" width="{max(1, 80 * share):.0f}" height="17"/>',
            f'<text class="more" x="742" y="{y + 14}" text-anchor="end">{share:.0%}</text>',
        ]
    parts += [
        f'<text class="sum" x="24" y="336">A LeNet with {trained().count_params():,} parameters'
        f" reads a {probabilities.argmax()}, and is wrong.</text>",
        '<text class="more" x="24" y="362">Draw a digit of your own, and look into every layer,'
        " in the book’s explorer.</text>",
    ]
    return svg(766, 384, parts)


def main() -> None:
    WEIGHTS.parent.mkdir(exist_ok=True)
    WEIGHTS.write_bytes(train().tobytes() + samples())
    test = data.load_digits()
    read = layer_values(16 * test.test_images[..., 0])["OUTPUT"].argmax(axis=1)
    right = int((read == test.test_labels).sum())
    digest = hashlib.sha256(WEIGHTS.read_bytes()).hexdigest()
    print(f"{right} of {len(read)} held-out digits right; sha256 {digest}")


if __name__ == "__main__":
    from tools import environment

    environment.apply()
    main()
