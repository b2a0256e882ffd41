"""A pytest plugin beside nbval: compares figures, keeps to the time budget, records what it saw.

nbval runs every code cell again and compares text; it does not look at pictures. This plugin
compares them in the same execution: both are decoded and cut into tiles, and in no tile may the
root mean square of the difference exceed `MAX_RMS` grey levels of 255. One changed character is far
above that, rounding far below.
"""

import base64
import io
import os
import platform
import time
from collections.abc import Generator
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from nbval.plugin import IPyNbCell, NbCellError
from PIL import Image

from tools import chapters, record

MAX_RMS = 4.0  # of 255, in the worst tile
TILE = 32  # pixels
# Chapters that train several networks: 8d three families of detectors from three starts each.
BUDGET_SECONDS = {"04": 120, "08c": 120, "08d": 120, "11": 120, "13": 30}
DEFAULT_BUDGET_SECONDS = 60  # on two cores
SLOW_MACHINE = 2  # times the budget: so much lie between processors; a forgotten loop takes more
PACKAGES = ("keras", "tensorflow", "tensorflow-cpu", "numpy", "matplotlib", "scikit-image")

_seen: dict[str, dict[str, Any]] = {}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the chapters that take longest: at the end no process then waits long."""
    if all(isinstance(item, IPyNbCell) for item in items):
        items.sort(key=lambda item: -_budget(Path(item.path)))


def _budget(notebook: Path) -> int:
    return BUDGET_SECONDS.get(notebook.stem.split("_")[0], DEFAULT_BUDGET_SECONDS)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """After nbval compared a cell's text, compare its figures."""
    if not isinstance(item, IPyNbCell):
        return (yield)
    start = time.monotonic()
    result = yield
    seen = _seen.setdefault(
        Path(item.path).stem,
        {"cells": 0, "cells_compared": 0, "cells_asserted": 0, "figures_compared": 0, "seconds": 0},
    )
    seen["cells"] += 1
    if item.options["check"]:
        seen["figures_compared"] += compare_figures(item)
    seen["cells_compared" if item.options["check"] else "cells_asserted"] += 1
    seen["seconds"] = round(seen["seconds"] + time.monotonic() - start, 1)
    if item.cell is chapters.code_cells(item.parent.nb)[-1]:
        seen["peak_mib"], processor_seconds = _usage(item.parent.kernel)
        _hold_to_budget(item, processor_seconds)
    return result


def compare_figures(item: IPyNbCell) -> int:
    """Compare every picture of one cell with the stored one; return how many there are."""
    expected, got = (
        [base64.b64decode(data) for _, data in chapters.figures(outputs)]
        for outputs in (item.cell.outputs, item.test_outputs)
    )
    if len(expected) != len(got):
        raise _error(item, f"the notebook holds {len(expected)} figures, the cell drew {len(got)}")
    for index, (old, new) in enumerate(zip(expected, got, strict=True), start=1):
        difference = picture_difference(old, new)
        if difference is not None:
            folder = record.path().parent / "figures"
            folder.mkdir(parents=True, exist_ok=True)
            name = f"{Path(item.path).stem}-cell{item.cell_num}-{index}"
            (folder / f"{name}-expected.png").write_bytes(old)
            (folder / f"{name}-got.png").write_bytes(new)
            message = f"figure {index} differs: {difference}; see {folder}/{name}-*.png"
            raise _error(item, message)
    return len(expected)


def picture_difference(expected: bytes, got: bytes) -> str | None:
    """Say how two pictures differ, or None when they agree within the tolerance."""
    if expected == got:
        return None
    old, new = (
        np.asarray(Image.open(io.BytesIO(data)).convert("RGB"), dtype=np.float64)
        for data in (expected, got)
    )
    if old.shape != new.shape:
        return f"expected {old.shape[1]}×{old.shape[0]} pixels, got {new.shape[1]}×{new.shape[0]}"
    squares = np.mean((old - new) ** 2, axis=2)
    height, width = (-(-length // TILE) * TILE for length in squares.shape)
    padded = np.zeros((height, width))
    padded[: squares.shape[0], : squares.shape[1]] = squares
    tiles = padded.reshape(height // TILE, TILE, width // TILE, TILE).mean(axis=(1, 3))
    rms = float(np.sqrt(tiles.max()))
    if rms <= MAX_RMS:
        return None
    row, column = (int(index) * TILE for index in np.unravel_index(tiles.argmax(), tiles.shape))
    return (
        f"root mean square {rms:.1f} of 255 in the tile at row {row}, column {column} "
        f"(at most {MAX_RMS} is allowed)"
    )


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Record what was seen, when a whole verification runs."""
    if hasattr(session.config, "workeroutput"):  # one of several processes: hand it to the first
        session.config.workeroutput["notebooks"] = _seen
    elif _seen and exitstatus == 0 and record.is_wanted():
        record.update(
            finished=record.now(),
            commit=record.commit(),
            lock_sha256=record.lock_sha256(),
            sources_sha256=record.sources_sha256(),
            profile=os.environ.get("CNN_PROFILE", "quick"),
            device=f"CPU, threads per process: {os.environ.get('TF_NUM_INTRAOP_THREADS', 'all')}",
            versions=_versions(),
            notebooks=_seen,
        )


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """Take over what one of several processes has seen."""
    _seen.update(getattr(node, "workeroutput", {}).get("notebooks", {}))


def _hold_to_budget(item: IPyNbCell, processor_seconds: float | None) -> None:
    """Refuse a chapter that would keep two cores busy for longer than its budget.

    Processor time is what the chapter itself takes; the clock also counts what else runs.
    """
    fault = over_budget(processor_seconds, _budget(Path(item.path)))
    if fault:
        raise _error(item, fault)


def over_budget(processor_seconds: float | None, budget: int) -> str | None:
    """Say by how much a chapter passes its budget even on a slow machine, None if it does not."""
    if processor_seconds is None or processor_seconds <= 2 * budget * SLOW_MACHINE:
        return None
    return (
        f"the chapter took {processor_seconds:.0f} s of processor time, its budget is {budget} s "
        f"on two cores, and at most {SLOW_MACHINE} times as much on a slow machine"
    )


def _error(item: IPyNbCell, message: str) -> NbCellError:
    return NbCellError(item.cell_num, message, item.cell.source)


def _usage(kernel: Any) -> tuple[int | None, float | None]:
    """Peak memory in MiB and processor seconds of the kernel, where the system tells (Linux)."""
    try:
        folder = Path(f"/proc/{kernel.km.provisioner.process.pid}")
        status, stat = (folder / "status").read_text(), (folder / "stat").read_text()
    except (AttributeError, OSError):
        return None, None
    peak = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    user, system = stat.rpartition(")")[2].split()[11:13]
    return int(peak.split()[1]) // 1024, (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def _versions() -> dict[str, str]:
    versions = {"python": platform.python_version()}
    installed = {entry.name.lower().replace("_", "-") for entry in metadata.distributions()}
    versions |= {name: metadata.version(name) for name in PACKAGES if name in installed}
    return versions
