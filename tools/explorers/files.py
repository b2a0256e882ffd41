"""Which files belong to an explorer, and who makes them."""

import importlib
from collections.abc import Callable
from pathlib import Path

from tools.chapters import ROOT
from tools.explorers.vectors import text

PICTURES = ROOT / "site" / "static"
VECTORS = ROOT / "tests" / "explorers" / "vectors"
KINDS = sorted(path.stem for path in (ROOT / "site" / "explorers").glob("*.mjs"))
KINDS.remove("index")


def made(kind: str) -> dict[Path, Callable[[], str]]:
    """Return what an explorer's files should hold; each is made when it is asked for."""
    module = importlib.import_module(f"tools.explorers.{kind}")
    files: dict[Path, Callable[[], str]] = {PICTURES / f"explorer-{kind}.svg": module.picture}
    if hasattr(module, "vectors"):
        files[VECTORS / f"{kind}.json"] = lambda: text(module.vectors())
    return files
