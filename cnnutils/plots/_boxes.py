"""Boxes and arrows, of which the drawings of networks are made."""

from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

HEIGHT = 0.62  # of a box
INK = "#444444"


def box(ax: Axes, centre: tuple[float, float], name: str, width: float, **style: str) -> None:
    """Draw a box with a name in it."""
    corner = (centre[0] - width / 2, centre[1] - HEIGHT / 2)
    edge = style.get("edgecolor", INK)
    ax.add_patch(
        FancyBboxPatch(
            corner,
            width,
            HEIGHT,
            boxstyle="round,pad=0,rounding_size=0.1",
            facecolor="#eef3f7",
            edgecolor=edge,
            zorder=2,
        )
    )
    ax.text(*centre, name, ha="center", va="center", size=8, color="#222222", zorder=3)


def arrow(
    ax: Axes, start: tuple[float, float], end: tuple[float, float], **style: str | float
) -> None:
    """Draw an arrow that ends exactly where it is told to."""
    patch = FancyArrowPatch(start, end, arrowstyle="->", mutation_scale=8, shrinkA=0, shrinkB=0)
    patch.set(**style)
    ax.add_patch(patch)
