"""Find Chromium, and run a node script that drives it against the built site."""

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tools.build_site import ROOT
from tools.node import NODE
from tools.serve import SiteServer, address

BROWSERS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]


def find() -> str | None:
    """Return where Chromium is, if anywhere; the variable CHROMIUM names it where it hides."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)


@contextmanager
def running(server: SiteServer) -> Iterator[str]:
    """Run a server for as long as the block runs, and yield the book's address on it."""
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield address(server)
    finally:
        server.shutdown()
        server.server_close()


def drive(script: Path, base: str, chromium: str, **task: Any) -> str:
    """Run a script with its task on the site at ``base``, and return what it prints.

    Raises:
        RuntimeError: With the script's own words, when it breaks off.
    """
    task |= {"base": base, "chromium": chromium, "modules": str(ROOT / "node_modules")}
    command = [str(NODE), str(script), json.dumps(task)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=1800)
    if run.returncode != 0:
        raise RuntimeError(f"{script.name} broke off:\n{run.stderr[-3000:]}")
    return run.stdout
