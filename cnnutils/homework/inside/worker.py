"""The process in which a student's answers live: it runs cells and calls functions when asked.

Everything it says is data for the grader, never a verdict: whoever takes this process over can
only give other answers.
"""

import ast
import builtins
import contextlib
import ctypes
import importlib.abc
import json
import os
import platform
import signal
import sys
from types import SimpleNamespace
from typing import IO, Any

from . import wire

LONGEST_TEXT = 500
PR_SET_DUMPABLE = 4
KEYCTL = {"x86_64": 250, "aarch64": 219}  # the number of this system call
KEYCTL_JOIN_SESSION_KEYRING = 1


def guard() -> None:
    """Be the sandbox's first process, out of reach of the answers, which go on in a second one.

    The first process ends when the grader does, and all others with it. Linux lets a process read
    and change another one of the same user, so a first process that answers could take over would
    outlive the grade; one that is not "dumpable" is closed to them. A new keyring, because the old
    one is the grader's: an answer could leave a note there for the next submission.
    """
    system = ctypes.CDLL(None)
    number = KEYCTL.get(platform.machine())
    if number is not None:
        system.syscall(number, KEYCTL_JOIN_SESSION_KEYRING, None)
    system.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    process = os.fork()
    if process == 0:
        system.prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)
        return
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.closerange(0, 3)  # the pipes are the other's
    while os.wait()[0] != process:
        pass
    os._exit(0)


def limit(limits: dict[str, float]) -> None:
    """Bound what this process and its children may take; a limit cannot be raised again."""
    try:
        import resource
    except ImportError:  # Windows, where `check` runs without a sandbox
        return
    gib = 2**30
    for name, amount in {
        "RLIMIT_AS": int(limits["memory_gib"] * gib),
        "RLIMIT_CPU": int(limits["cpu_seconds"]),
        "RLIMIT_FSIZE": 64 * 2**20,
        "RLIMIT_NOFILE": 256,
        "RLIMIT_CORE": 0,
        "RLIMIT_NPROC": int(limits["processes"]),
    }.items():
        with contextlib.suppress(ValueError, OSError):  # a stricter limit is set already
            resource.setrlimit(getattr(resource, name), (amount, amount))


class OnlyListed(importlib.abc.MetaPathFinder):
    """Refuse, with a sentence, packages that the assignment does not list.

    For a message, not for safety: in the sandbox the other packages do not exist.
    """

    def __init__(self, packages: list[str]) -> None:
        self.allowed = {*packages, *sys.stdlib_module_names, *sys.builtin_module_names}
        self.packages = packages

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> None:
        """Refuse a package at its top, or leave the import to the other finders."""
        if path is None and name not in self.allowed:
            may = " and ".join(self.packages) or "nothing but the standard library"
            raise ModuleNotFoundError(f"answers may import {may}, not {name}", name=name)


class Worker:
    """Answers one message after the other.

    The messages: {"cell": name, "source": text} runs a cell; {"get": name} gives a value;
    {"call": name, "args": …, "options": …} calls a function; {"run": source, "name": …, "args": …}
    calls a helper of a test with all answers. Each reply has "value" or "error".
    """

    def __init__(self) -> None:
        self.names: dict[str, Any] = {"__name__": "answers", "__builtins__": builtins}

    def reply(self, message: dict[str, Any]) -> dict[str, Any]:
        """Do what a message asks; whatever goes wrong is told in the reply."""
        try:
            if "cell" in message:
                self._run_cell(message["cell"], message["source"])
                return {"value": None}
            if "get" in message:
                return self._get(message["get"])
            args, options = wire.decode(message["args"]), wire.decode(message["options"])
            if "run" in message:
                value = self._run_helper(message["run"], message["name"], args)
            else:
                value = self.names[message["call"]](*args, **options)
            return {"value": wire.encode(value)}
        except wire.WireError as error:
            return {"error": {"kinds": ["WireError"], "text": str(error)[:LONGEST_TEXT]}}
        except BaseException as error:  # SystemExit and KeyboardInterrupt, too: it is their code
            return {"error": _described(error)}

    def _run_cell(self, name: str, source: str) -> None:
        filename = f"<{name}>"
        exec(compile(ast.parse(source, filename), filename, "exec"), self.names)  # noqa: S102

    def _get(self, name: str) -> dict[str, Any]:
        if name not in self.names or name.startswith("__"):
            return {"missing": True}
        value = self.names[name]
        if callable(value):
            return {"function": True}
        return {"value": wire.encode(value)}

    def _run_helper(self, source: str, name: str, args: Any) -> Any:
        namespace: dict[str, Any] = {}
        exec(compile(source, "<helper>", "exec"), namespace)  # noqa: S102
        answers = {key: value for key, value in self.names.items() if not key.startswith("__")}
        return namespace[name](SimpleNamespace(**answers), *args)


def _described(error: BaseException) -> dict[str, Any]:
    """Return what a student needs to know about an error in an answer."""
    try:
        text = str(error)
    except Exception:
        text = ""
    lines = {}
    trace = error.__traceback__
    while trace is not None:
        filename = trace.tb_frame.f_code.co_filename
        if filename.startswith("<") and filename != "<helper>":
            lines = {"cell": filename.strip("<>"), "line": trace.tb_lineno}
        trace = trace.tb_next
    if isinstance(error, SyntaxError) and error.lineno:
        lines = {"cell": str(error.filename).strip("<>"), "line": error.lineno}
        text = error.msg
    kinds = [base.__name__ for base in type(error).__mro__]
    return {"kinds": kinds, "text": text[:LONGEST_TEXT], **lines}


def serve(requests: IO[bytes], replies: IO[bytes]) -> None:
    """Answer until the requests end."""
    worker = Worker()
    while (message := wire.read(requests)) is not None:
        answer = worker.reply(message)
        answer["number"] = message.get("number")
        try:
            wire.write(replies, answer)
        except (wire.WireError, ValueError, TypeError, MemoryError) as error:
            text = f"the result cannot be handed over: {error}"
            failure = {"kinds": ["WireError"], "text": text[:LONGEST_TEXT]}
            wire.write(replies, {"error": failure, "number": message.get("number")})


def main(arguments: str) -> None:
    """Take the pipes off standard input and output, silence those, and serve."""
    settings = json.loads(arguments)
    if os.getpid() == 1:
        guard()
    limit(settings)
    sys.path[:] = [path for path in sys.path if path != settings["home"]] + settings["paths"]
    if settings["packages"] is not None:
        sys.meta_path.insert(0, OnlyListed(settings["packages"]))
    requests, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)
    serve(requests, replies)
