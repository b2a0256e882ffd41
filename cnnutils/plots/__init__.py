"""The course's figures: each `plot_*` draws on the axes that it is given and returns them.

None of them shows or saves a figure or changes a setting of Matplotlib. Pixel (0, 0) is at the
top left; rows are counted downwards, columns to the right.
"""

from cnnutils.plots.blocks import plot_block
from cnnutils.plots.boxes import plot_boxes
from cnnutils.plots.branches import plot_branches
from cnnutils.plots.costs import plot_costs
from cnnutils.plots.curves import plot_history
from cnnutils.plots.images import SIGNED_COLORMAP, plot_image, plot_images, plot_kernel
from cnnutils.plots.schematics import plot_windows

__all__ = [
    "SIGNED_COLORMAP",
    "plot_block",
    "plot_boxes",
    "plot_branches",
    "plot_costs",
    "plot_history",
    "plot_image",
    "plot_images",
    "plot_kernel",
    "plot_windows",
]
