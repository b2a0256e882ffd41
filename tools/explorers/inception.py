"""The explorer of Inception modules: its picture."""

from cnnutils import costs
from tools.explorers.drawing import bars


def picture() -> str:
    """Draw what the branches of an Inception module multiply."""
    shape = (28, 28, 192)

    def through(narrow: int, filters: int, window: int) -> int:
        reduced = costs.conv2d_cost(shape, narrow, 1)
        wide = costs.conv2d_cost((28, 28, narrow), filters, window, padding="same")
        return reduced.macs + wide.macs

    counts = {
        "1 × 1": costs.conv2d_cost(shape, 64, 1).macs,
        "3 × 3": through(96, 128, 3),
        "5 × 5": through(16, 32, 5),
        "Pooling, 1 × 1": costs.conv2d_cost(shape, 32, 1).macs,
    }
    direct = costs.conv2d_cost(shape, 32, 5, padding="same").macs
    return bars(
        "Multiplications in GoogLeNet’s module 3a, on 28 · 28 · 192",
        counts | {"All four": sum(counts.values())},
        f"Without its bottleneck, the 5 × 5 alone would have {direct:,}.",
        "Choose the module and its bottlenecks in the book’s explorer.",
    )
