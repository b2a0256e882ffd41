"""Networks that have shapes and no memory for their weights: to count, not to run."""

from collections.abc import Iterator
from contextlib import contextmanager

import keras
from keras.src.backend.common import global_state  # Keras offers no public way to forget weights

__all__ = ["without_weights"]

WAITING = "uninitialized_variables"


@contextmanager
def without_weights() -> Iterator[None]:
    """Build networks without memory for their weights: the largest takes milliseconds, and no GB.

    Shapes, names and counts are those of the real network; values to train or to save there are
    none. Outside this block Keras builds as ever, and it never fills these weights later, as it
    does those from a bare `keras.StatelessScope(initialize_variables=False)`.

    >>> from cnnutils import zoo
    >>> with zoo.without_weights():
    ...     model = zoo.build_vgg("D")
    >>> model.count_params()
    138357544
    """
    waiting = list(global_state.get_global_attribute(WAITING, []))
    try:
        with keras.StatelessScope(initialize_variables=False):
            yield
    finally:
        global_state.set_global_attribute(WAITING, waiting)
