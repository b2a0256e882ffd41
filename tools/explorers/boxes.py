"""The explorer of boxes: its picture, and what IoU, suppression and anchors are held against."""

import numpy as np

from cnnutils import boxes, detect
from tools.explorers.drawing import MINUS, svg
from tools.explorers.vectors import Case


def picture() -> str:
    """Draw two boxes, what they share, and the arithmetic of their IoU."""
    pair, scale, left, top = np.array([[4, 3, 20, 15], [12, 7, 28, 17]]), 16, 24, 24
    area_a, area_b = boxes.box_area(pair)
    low, high = np.maximum(*pair[:, :2]), np.minimum(*pair[:, 2:])
    shared = (high - low).prod()
    together = area_a + area_b - shared
    iou = boxes.iou_matrix(pair[:1], pair[1:])[0, 0]
    below = top + 24 * scale

    def rectangle(kind: str, x1: float, y1: float, x2: float, y2: float) -> str:
        return (
            f'<rect class="{kind}" x="{left + x1 * scale}" y="{top + y1 * scale}"'
            f' width="{(x2 - x1) * scale}" height="{(y2 - y1) * scale}"/>'
        )

    parts = [
        '<pattern id="hatch" width="10" height="10" patternUnits="userSpaceOnUse"'
        ' patternTransform="rotate(45)"><path d="M0 0V10" stroke="#d9540b" stroke-width="5"/>'
        "</pattern>",
        rectangle("paper", 0, 0, 32, 24),
        rectangle("shared", *low, *high),
        *[rectangle("box", *box) for box in pair],
        *[
            f'<text class="title" x="{left + box[0] * scale + 8}"'
            f' y="{top + box[1] * scale + 22}">{name}</text>'
            for name, box in zip("AB", pair, strict=True)
        ],
        f'<text class="sum" x="24" y="{below + 30}">IoU = {shared} / ({area_a:g} + {area_b:g}'
        f" {MINUS} {shared}) = {shared} / {together:g} ≈ {iou:.2f}</text>",
        f'<text class="more" x="24" y="{below + 56}">Drag the boxes in the book’s explorer.</text>',
    ]
    return svg(2 * left + 32 * scale, below + 76, parts)


def suppressed(rng: np.random.Generator, size: int) -> Case:
    """Return boxes of a small grid, among them equal ones and equal scores, and which are kept."""
    low, high = rng.integers(0, 9, (2, 6, 2))
    found = np.concatenate([np.minimum(low, high), np.maximum(low, high) + 1 - size % 2], axis=1)
    scores, threshold = rng.integers(1, 6, 6) / 10, float(rng.choice([0.3, 0.5, 0.7]))
    return {
        "boxes": found.tolist(),
        "scores": scores.tolist(),
        "threshold": threshold,
        "iou": boxes.iou_matrix(found, found).ravel().tolist(),
        "kept": boxes.non_max_suppression(found, scores, iou_threshold=threshold).tolist(),
    }


def encoded(rng: np.random.Generator) -> Case:
    """Return a box in a picture of 3 × 4 cells, three anchors, and the entry in the grid."""
    corners = np.sort(rng.integers(0, [32, 24], (2, 2)), axis=0)
    box = [*corners[0].tolist(), *(corners[1] + 1).tolist()]
    anchors = rng.integers(2, 20, (3, 2))
    anchors[2] = anchors[rng.integers(2)]  # two are as good
    target = detect.encode_grid(
        [box], [0], image_size=(24, 32), grid_size=(3, 4), anchors=anchors, num_classes=1
    ).target
    row, column, anchor = (int(at) for at in np.argwhere(target[..., 0] == 1)[0])
    size = [[box[3] - box[1], box[2] - box[0]]]
    return {
        "box": box,
        "anchors": anchors.tolist(),
        "place": [row, column],
        "anchor": anchor,
        "ious": detect.shape_iou(size, anchors)[0].tolist(),
        "entry": target[row, column, anchor, :5].tolist(),
    }


def vectors() -> dict[str, list[Case]]:
    """Return what cnnutils says of boxes; every number is a quotient of small integers."""
    rng = np.random.default_rng(0)
    return {
        "suppressed": [suppressed(rng, n) for n in range(60)],
        "encoded": [encoded(rng) for _ in range(60)],
    }
