"""Right arguments of the plots. All draw on one figure's axes, which are cleared after each."""

from typing import NamedTuple

from matplotlib.figure import Figure

from tests.cnnutils.fuzz.arithmetic import Arguments, boxes, numbers
from tests.cnnutils.fuzz.poisons import Text


class Row(NamedTuple):
    """What `plot_costs` reads of a layer."""

    name: Text
    macs: int


IMAGE = numbers(3, 4)
ON: Arguments = {"ax": Figure().subplots(), "title": Text("a title")}

PLOTS: dict[str, Arguments] = {
    "plot_block": {
        "layers": [Text("3 × 3"), Text("1 × 1")],
        "shortcut": Text("1 × 1, 64"),
        "after": (Text("ReLU"),),
        **ON,
    },
    "plot_boxes": {
        "image": numbers(6, 7),
        "boxes_xyxy": boxes(3),
        "labels": [Text("cat"), Text("dog"), Text("cat")],
        "scores": numbers(3, low=0.1, high=0.9),
        "truth_xyxy": boxes(2),
        **ON,
    },
    "plot_branches": {
        "branches": [[Text("1 × 1")], [Text("1 × 1"), Text("3 × 3")]],
        "before": Text("input"),
        "after": Text("sum"),
        **ON,
    },
    "plot_costs": {"layers": [Row(Text("a"), 3), Row(Text("b"), 2)], "quantity": "macs", **ON},
    "plot_history": {
        "history": {"loss": numbers(4), "val_loss": numbers(4) + 1},
        "names": [Text("loss"), Text("val_loss")],
        "ylabel": Text("bits"),
        **ON,
    },
    "plot_image": {"image": IMAGE, "signed": True, "values": True, "limits": (-1.5, 2.5), **ON},
    "plot_images": {
        "images": numbers(2, 3, 5),
        "titles": [Text("a"), Text("b")],
        "columns": 2,
        "signed": True,
        "values": True,
    },
    "plot_kernel": {"kernel": IMAGE, **ON},
    "plot_windows": {
        "image_shape": (5, 6),
        "kernel_size": (3, 2),
        "strides": (2, 1),
        "padding": 1,
        "dilation_rate": (1, 2),
        "num_windows": 2,
        "ax": ON["ax"],
    },
}
