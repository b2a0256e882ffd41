"""Where a rule does not fit: (module, what the place holds, what the poison's label holds): why.

An exception that no call needs any more is a failure.
"""

EXCEPTIONS: dict[tuple[str, str, str], str] = {
    ("detect", "mean_average_precision(iou_thresholds[", "True"): (
        "NumPy makes an array of the list, in which True is 1: the threshold that is tried"
    ),
    ("faces", "mine_triplets(person_ids)", "text"): "documented: people may have names",
    ("ops", "pool2d_gradient(images)", "NaN"): (
        "documented: a window that holds a NaN has no winner, so its pixels get 0"
    ),
    ("plots", "plot_boxes(labels[", ""): "documented: a label is any object, written as a text",
    ("zoo", "(input_shape[", "None"): "documented: networks for images of any size",
    ("verify", "Gallery.enrol(name)", "a word"): "one name for all embeddings is allowed",
}
