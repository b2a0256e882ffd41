"""What the plots share."""

import matplotlib.pyplot as plt
from matplotlib.axes import Axes


def new_axes() -> Axes:
    """Return the axes of a new figure of the usual size."""
    ax: Axes = plt.subplots(layout="constrained")[1]
    return ax
