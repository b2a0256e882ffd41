"""Run a command as an ordinary user where the tests themselves run as root, as in a container.

The grader refuses to run as root. What it needs may lie below a folder that only root may enter,
such as /root: then the command sees an empty folder there, with the needed parts put back in.
"""

import os
import stat
import sys
from pathlib import Path

from tools.chapters import ROOT

USER = "65534"  # nobody


def as_ordinary_user(command: list[str]) -> list[str]:
    """Return the command such that root is given up before it starts."""
    if os.geteuid() != 0:
        return command
    needed = [Path(sys.base_prefix), Path(sys.prefix), ROOT]
    closed = {folder for path in needed for folder in _closed(path)}
    view = ["bwrap", "--dev-bind", "/", "/"]
    for folder in sorted(closed):
        view += ["--tmpfs", str(folder)]
    if closed:
        for path in needed:
            for parent in reversed(path.parents):
                if any(parent.is_relative_to(folder) and parent != folder for folder in closed):
                    view += ["--perms", "0755", "--dir", str(parent)]
            view += ["--ro-bind", str(path), str(path)]
    give_up = ["setpriv", "--reuid", USER, "--regid", USER, "--clear-groups", "--no-new-privs"]
    return [*view, *give_up, *command]


def _closed(path: Path) -> list[Path]:
    """Return the outermost folder above a path that others may not enter, if there is one."""
    for folder in reversed(path.parents):
        if not folder.stat().st_mode & stat.S_IXOTH:
            return [folder]
    return []
