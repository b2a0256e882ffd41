"""A bar for a long training, and silence for a short one."""

import sys
import time
from collections.abc import Mapping
from typing import TextIO

import keras

from cnnutils._checks import as_number


class ProgressBar(keras.callbacks.Callback):  # type: ignore[misc]
    """One line that tells how far a training is, and silence when it is over soon.

    Together with `verbose=0`: a training that takes less than `delay_seconds` prints nothing, so
    that a published notebook holds no bars, and whoever trains for hours sees one.

    Args:
        delay_seconds: how long to be silent; 0 for a bar from the first epoch on.
        stream: where to write; by default standard output.

    Raises:
        TypeError: delay_seconds is not a number, or stream cannot be written to.
        ValueError: delay_seconds is negative or not finite.

    Example:
        >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        >>> model.compile("sgd", "mse")
        >>> zeros = keras.ops.zeros((2, 1))
        >>> history = model.fit(zeros, zeros, epochs=4, verbose=0, callbacks=[ProgressBar()])
    """

    _WIDTH = 20

    def __init__(self, *, delay_seconds: float = 30.0, stream: TextIO | None = None) -> None:
        super().__init__()
        delay_seconds = as_number("ProgressBar", "delay_seconds", delay_seconds)
        if delay_seconds < 0:
            raise ValueError(
                f"ProgressBar: delay_seconds must be at least 0, got {delay_seconds:g}."
            )
        if stream is not None and not hasattr(stream, "write"):
            raise TypeError(
                f"ProgressBar: stream must be open for writing, got {type(stream).__name__}."
            )
        self.delay_seconds, self.stream = delay_seconds, stream
        self._start, self._written = 0.0, 0

    def on_train_begin(self, logs: Mapping[str, float] | None = None) -> None:
        """Look at the clock."""
        self._start, self._written = time.monotonic(), 0

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        """Write the line anew, over the one before."""
        if time.monotonic() - self._start < self.delay_seconds:
            return
        epochs = self.params["epochs"]
        filled = self._WIDTH * (epoch + 1) // epochs
        bar = "#" * filled + "-" * (self._WIDTH - filled)
        values = ", ".join(f"{name} {value:.3g}" for name, value in (logs or {}).items())
        line = f"epoch {epoch + 1}/{epochs} [{bar}] {values}".rstrip()
        self._write("\r" + line.ljust(self._written))
        self._written = len(line)

    def on_train_end(self, logs: Mapping[str, float] | None = None) -> None:
        """End the line, if there is one."""
        if self._written:
            self._write("\n")

    def _write(self, text: str) -> None:
        stream = sys.stdout if self.stream is None else self.stream
        stream.write(text)
        stream.flush()
