"""A bar that shows how far a long command is, on a terminal; elsewhere nothing is drawn."""

import sys
import time


class Bar:
    """One line, drawn again at most ten times a second.

    Args:
        title: what is being done.
        total: how many steps it takes.
    """

    def __init__(self, title: str, total: int) -> None:
        self._title, self._total = title, total
        self._done = 0
        self._drawn = 0.0
        self._visible = sys.stderr.isatty()
        self._draw()

    def step(self, now: str = "") -> None:
        """Say that one more step is done."""
        self._done += 1
        if time.monotonic() - self._drawn > 0.1 or self._done == self._total:
            self._draw(now)

    def close(self) -> None:
        """Remove the bar."""
        if self._visible:
            print("\r\033[K", end="", file=sys.stderr, flush=True)

    def _draw(self, now: str = "") -> None:
        if not self._visible:
            return
        self._drawn = time.monotonic()
        filled = 24 * self._done // max(self._total, 1)
        bar = "█" * filled + "░" * (24 - filled)
        line = f"{self._title} {bar} {self._done}/{self._total} {now}"
        print(f"\r\033[K{line[:100]}", end="", file=sys.stderr, flush=True)
