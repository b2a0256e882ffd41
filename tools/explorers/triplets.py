"""The explorer of triplets: its picture, and what losses and error rates are held against."""

import numpy as np

from cnnutils import verify
from tools.explorers.drawing import MINUS, svg
from tools.explorers.vectors import Case


def picture() -> str:
    """Draw a semi-hard triplet on a circle, both distances on a line, and its loss."""
    from cnnutils import faces  # here, because Keras takes its time

    angles, margin, radius, middle = np.radians([90, 150, 20]), 0.5, 130, (180, 172)
    points = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    near, far = ((points[0] - points[1:]) ** 2).sum(axis=1)
    (loss,) = np.asarray(faces.triplet_loss(*points[:, np.newaxis], margin=margin))
    corners = [[middle[0] + radius * x, middle[1] - radius * y] for x, y in points.round(4)]
    left, scale, line = 370, 90, 150
    thin = 'fill="none" stroke="#4b5968" stroke-width="2"'
    thick = 'fill="none" stroke="#d9540b" stroke-width="12"'

    def band(look: str, *distances: float) -> str:
        """Draw what has these squared distances from A, on both sides, and on the line."""
        turns = [np.arccos(1 - distance / 2) for distance in distances]
        arcs = []
        for side in (1, -1):
            ends = [
                f"{middle[0] + radius * np.cos(angles[0] + side * turn):.2f}"
                f" {middle[1] - radius * np.sin(angles[0] + side * turn):.2f}"
                for turn in turns
            ]
            arcs.append(f"M{ends[0]}A{radius} {radius} 0 0 {int(side < 0)} {ends[1]}")
        low, high = (left + scale * distance for distance in distances)
        return f'<path {look} d="{"".join(arcs)}M{low:.2f} {line}H{high:.2f}"/>'

    def disc(name: str, x: float, y: float) -> str:
        return (
            f'<circle cx="{x:.2f}" cy="{y:.2f}" r="14" fill="#fff" stroke="#24506f"'
            ' stroke-width="3"/>'
            f'<text class="title number" x="{x:.2f}" y="{y:.2f}">{name}</text>'
        )

    (ax, ay), *others = corners
    chords = "".join(f"M{ax:.2f} {ay:.2f}L{x:.2f} {y:.2f}" for x, y in others)
    at_p, at_n, edge = (left + scale * d for d in (near, far, near + margin))
    ticks = "".join(
        f'<text class="more" x="{left + scale * d}" y="{line + 62}" text-anchor="middle">{d}</text>'
        for d in range(5)
    )
    parts = [
        f'<circle {thin} cx="{middle[0]}" cy="{middle[1]}" r="{radius}"/>',
        f'<path {thin} d="M{left} {line}h{4 * scale}{chords}"/>',
        band(thick, 0, near),
        band(f'{thick} stroke-dasharray="3 4"', near, near + margin),
        *[disc(name, *corner) for name, corner in zip("APN", corners, strict=True)],
        f'<path {thin} d="M{at_p:.2f} {line}v-30M{at_n:.2f} {line}v30"/>',
        disc("P", at_p, line - 30),
        disc("N", at_n, line + 30),
        f'<path {thin} d="M{at_n:.2f} {line - 64}v10m0 -5H{edge:.2f}m0 -5v10"/>',
        f'<text class="title" x="{edge + 8:.2f}" y="{line - 54}">loss</text>',
        ticks,
        f'<text class="more" x="{left}" y="{line + 88}">squared distance from A</text>',
        f'<text class="sum" x="24" y="350">loss = max({near:.3g} {MINUS} {far:.4g} + {margin}, 0)'
        f" ≈ {loss:.3f}: semi-hard, on the striped part</text>",
        '<text class="more" x="24" y="376">Drag the points in the book’s explorer, let them take a'
        " step, and choose a threshold.</text>",
    ]
    return svg(2 * 24 + 720, 396, parts)


def on_circle(degrees: np.ndarray) -> np.ndarray:
    """Return embeddings of length 1, (..., 2)."""
    return np.stack([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))], axis=-1)


def triplet_losses() -> list[Case]:
    """Return losses, their slopes along the circle by central differences, and their kinds."""
    import keras

    from cnnutils import faces

    rng = np.random.default_rng(0)
    angles, margins = rng.integers(0, 360, (60, 3)), rng.choice([0, 0.2, 0.5, 1], 60)
    # Ties: N as far as P, the margin kept exactly (twice), all in one point.
    angles[:5] = [[90, 130, 50], [90, 150, 0], [40, 76, 328], [7, 7, 7], [7, 7, 7]]
    margins[:5] = [0.2, 1, 1, 0, 0.2]

    def losses(degrees: np.ndarray, margin: float) -> np.ndarray:
        parts = np.moveaxis(on_circle(degrees), -2, 0)
        return np.asarray(keras.ops.convert_to_numpy(faces.triplet_loss(*parts, margin=margin)))

    cases = []
    for three, margin in zip(angles, margins.tolist(), strict=True):
        (loss,) = losses(three[np.newaxis], margin).round(9)
        near, far = ((on_circle(three[:1]) - on_circle(three[1:])) ** 2).sum(axis=1).round(9)
        move = 1e-3 * np.eye(3)  # degrees
        slopes = (losses(three + move, margin) - losses(three - move, margin)) / np.radians(2e-3)
        kind = "easy" if loss == 0 else "semi-hard" if far > near else "hard"
        case = {"points": three.tolist(), "margin": margin, "near": near, "far": far}
        # Where the loss has just become 0 it has a corner, and no slope.
        corner = abs(near - far + margin) < 1e-6
        cases.append(
            case
            | {"loss": loss, "kind": kind, "gradient": None if corner else slopes.round(5).tolist()}
        )
    return cases


def accepted_pairs() -> list[Case]:
    """Return the error rates of galleries on the circle, and where they are equal."""
    rng = np.random.default_rng(0)
    cases = []
    for n in range(40):
        people = rng.permutation(np.repeat([1, 2, 3], [2, 3, 4]))
        # In steps of 10 degrees many distances are equal, so both rates change at once.
        points = rng.integers(0, 36, 9) * 10 if n % 2 else rng.integers(0, 360, 9)
        if n < 2:  # every distance is the same: all in one point, or a triangle
            points, people = [(points * 0 + 5, people), (np.array([0, 120, 240]), people[-3:])][n]
        i, j = np.triu_indices(len(points), k=1)
        distances = verify.squared_distances(on_circle(points), on_circle(points))[i, j].round(10)
        same = people[i] == people[j]
        threshold = [1.0, float(rng.integers(0, 400)) / 100][n % 3 > 0]
        accepted = distances <= threshold
        curve = verify.roc_curve(distances, same)
        equal = verify.equal_error_rate(distances, same)
        cases.append(
            {
                "points": points.tolist(),
                "people": people.tolist(),
                "threshold": threshold,
                "accepts": int(np.sum(accepted & ~same)),
                "rejects": int(np.sum(~accepted & same)),
                "thresholds": curve.thresholds[1:].round(9).tolist(),
                "false_accept_rate": curve.false_accept_rate.round(9).tolist(),
                "true_accept_rate": curve.true_accept_rate.round(9).tolist(),
                "equal": [round(equal.rate, 9), round(equal.threshold, 8)],
            }
        )
    return cases


def vectors() -> dict[str, list[Case]]:
    """Return what cnnutils says of embeddings on a circle."""
    return {"triplets": triplet_losses(), "galleries": accepted_pairs()}
