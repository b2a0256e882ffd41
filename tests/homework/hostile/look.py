"""Look around in the sandbox: run code there, as it is and with one of its walls taken down.

`python -m tests.homework.hostile.look` reads a list of jobs from its standard input, and writes
what their functions `look` gave. A job has a "source", and in "change" texts of the sandbox's
command and what takes their place; "\\0" stands between the words of the command.
"""

import ctypes
import json
import platform
import sys

from cnnutils.homework import session
from cnnutils.homework.inside import worker
from cnnutils.homework.sandbox import Limits, worker_command

LIMITS = Limits(("numpy",), 0.5, 30.0)
ADD_KEY = {"x86_64": 248, "aarch64": 217}
OWN_SESSION = -3


def seen(job):
    """Return what the job's function gives in the sandbox."""

    def changed(limits, *, sandboxed):
        text = "\0".join(worker_command(limits, sandboxed=sandboxed))
        for old, new in job["change"].items():
            assert old in text, f"nothing to change: {old!r}"
            text = text.replace(old, new)
        return text.split("\0")

    session.worker_command = changed
    answers = session.Session("", {"q1": job["source"]}, LIMITS, seconds=30, sandboxed=True)
    try:
        return answers.get("look")()
    finally:
        answers.close()


def leave_a_note():
    """Put a key into a keyring of this process's own, where its children would find it."""
    machine = platform.machine()
    if machine in ADD_KEY:
        system = ctypes.CDLL(None)
        system.syscall(worker.KEYCTL[machine], worker.KEYCTL_JOIN_SESSION_KEYRING, None)
        system.syscall(ADD_KEY[machine], b"user", b"note", b"hello", 5, OWN_SESSION)


if __name__ == "__main__":
    leave_a_note()
    print(json.dumps([seen(job) for job in json.load(sys.stdin)]))
