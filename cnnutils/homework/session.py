"""One process of answers: started, asked, and stopped when it hangs, dies or talks nonsense."""

import contextlib
import inspect
import os
import re
import signal
import subprocess
import textwrap
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from typing import Any

from cnnutils.homework.inside import wire
from cnnutils.homework.sandbox import Limits, worker_command
from cnnutils.homework.testing import MissingError, OutcomeError, UnansweredError

START_SECONDS = 120.0  # for what is not the student's: the process, the imports of the setup


class GraderError(Exception):
    """Something on our side went wrong; nobody's grade may depend on it."""


class TimedOutError(OutcomeError):
    """An answer that took too long."""

    outcome = "timeout"


class CrashedError(OutcomeError):
    """An answer that ended its process, or broke the line to it."""

    outcome = "crash"


class AnswerError(Exception):
    """An error that an answer raised.

    Args:
        description: "kinds" (names of its class and their bases), "text", "cell" and "line".
    """

    def __init__(self, description: Any) -> None:
        data = description if isinstance(description, dict) else {}
        kinds = data.get("kinds")
        names = kinds if isinstance(kinds, list) else []
        self.kinds = [str(name)[:60] for name in names[:20]] or ["Exception"]
        cell, line = str(data.get("cell")), data.get("line")
        self.where = ""  # the student reads it: nothing but a place may stand here
        if re.fullmatch(r"q\d{1,3}|setup|tests", cell) and type(line) is int and line < 10_000:
            self.where = f"line {line} of {cell}"
        super().__init__(str(data.get("text", ""))[:500])


class Session:
    """Answers that run in a process of their own.

    Args:
        setup: code that runs first.
        cells: question → source, in order. A cell that hangs or ends the process is left out from
            then on, and remembered in `broken`.
        limits: of the process.
        seconds: what one call, and one cell, may take.
        sandboxed: whether bubblewrap is around it.
    """

    def __init__(
        self,
        setup: str,
        cells: dict[str, str],
        limits: Limits,
        *,
        seconds: float,
        sandboxed: bool,
    ) -> None:
        self.broken: dict[str, Exception] = {}
        self._setup, self._cells = setup, cells
        self._limits, self._seconds, self._sandboxed = limits, seconds, sandboxed
        self._hung: dict[str, OutcomeError] = {}
        self._process: subprocess.Popen[bytes] | None = None
        self._number = 0
        self._end = time.monotonic() + START_SECONDS + 12 * seconds

    def get(self, name: str) -> Any:
        """Return the value of a name, or a function that calls the answer's function.

        Raises:
            MissingError: nothing has this name.
            UnansweredError: it still has the starter's value.
        """
        reply = self._ask({"get": name}, name)
        if reply.get("missing"):
            raise MissingError(f"{name} is not defined")
        if reply.get("function"):
            return lambda *args, **options: self.call(name, args, options)
        value = _decoded(reply)
        if value is ...:
            raise UnansweredError(f"{name} is not answered yet")
        return value

    def call(self, name: str, args: Any, options: Any) -> Any:
        """Return what an answer's function gives."""
        message = {"call": name, "args": wire.encode(args), "options": wire.encode(options)}
        return _decoded(self._ask(message, name))

    def run(self, helper: Callable[..., Any], args: Any) -> Any:
        """Return helper(answers, ...), computed in the process of the answers."""
        source = textwrap.dedent(inspect.getsource(helper))
        message = {"run": source, "name": helper.__name__, "args": wire.encode(args)}
        message["options"] = wire.encode({})
        return _decoded(self._ask(message, helper.__name__))

    def close(self) -> None:
        """End the process, and wait until everything in it is gone."""
        if self._process is None:
            return
        process, self._process = self._process, None
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if hasattr(os, "killpg"):
                os.killpg(process.pid, signal.SIGKILL)
            process.kill()
        process.wait()
        # The end of its output shows that the last process inside is gone as well.
        drained = _in_background(_drain, process)
        with contextlib.suppress(FutureTimeoutError):
            drained.result(timeout=10)
        for stream in (process.stdin, process.stdout):
            with contextlib.suppress(OSError):
                stream.close()  # type: ignore[union-attr]

    def _ask(self, message: dict[str, Any], function: str) -> dict[str, Any]:
        """Send a message and return its reply, from a process that may have to be started."""
        if function in self._hung:
            raise self._hung[function]
        if time.monotonic() > self._end:
            raise TimedOutError("the time for all answers together is used up")
        if self._process is None:
            self._start()
        try:
            reply = self._exchange(message, self._seconds)
        except (TimedOutError, CrashedError) as error:
            self._hung[function] = error
            raise
        if "error" in reply:
            raise _as_error(reply["error"])
        return reply

    def _start(self) -> None:
        """Start a process and run the cells in it, without those that broke an earlier one."""
        command = worker_command(self._limits, sandboxed=self._sandboxed)
        while True:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
            try:
                reply = self._exchange({"cell": "setup", "source": self._setup}, START_SECONDS)
            except OutcomeError as error:
                raise GraderError(f"the process of the answers did not start: {error}") from None
            if "error" in reply:
                failure = AnswerError(reply["error"])
                raise GraderError(f"the setup cell failed: {failure.kinds[0]}: {failure}")
            if self._run_cells():
                return

    def _run_cells(self) -> bool:
        """Run the cells; False if one ended the process."""
        for question, source in self._cells.items():
            if isinstance(self.broken.get(question), OutcomeError):
                continue
            try:
                reply = self._exchange({"cell": question, "source": source}, self._seconds)
            except OutcomeError as error:
                self.broken[question] = error
                return False
            if "error" in reply:
                self.broken[question] = AnswerError(reply["error"])
        return True

    def _exchange(self, message: dict[str, Any], seconds: float) -> dict[str, Any]:
        process = self._process
        assert process is not None  # _start has made it
        self._number += 1
        message["number"] = self._number
        exchange = _in_background(_exchange, process, message)
        try:
            reply = exchange.result(timeout=seconds)
        except FutureTimeoutError:
            self.close()
            raise TimedOutError(f"no answer within {self._seconds:g} seconds") from None
        except (OSError, ValueError, wire.WireError):
            self.close()
            raise CrashedError("its process sent something else than a reply") from None
        if reply is None:
            self.close()
            raise CrashedError("its process ended")
        if reply.get("number") != self._number:
            self.close()
            raise CrashedError("its process sent something else than a reply")
        return dict(reply)


def _exchange(process: subprocess.Popen[bytes], message: dict[str, Any]) -> dict[str, Any] | None:
    assert process.stdin is not None
    assert process.stdout is not None
    wire.write(process.stdin, message)
    return wire.read(process.stdout)


def _drain(process: subprocess.Popen[bytes]) -> None:
    assert process.stdout is not None
    with contextlib.suppress(OSError, ValueError):
        while process.stdout.read(2**16):
            pass


def _in_background(function: Callable[..., Any], *args: Any) -> "Future[Any]":
    """Run a function in a thread that cannot keep this process from ending."""
    future: Future[Any] = Future()

    def target() -> None:
        try:
            future.set_result(function(*args))
        except Exception as error:
            future.set_exception(error)

    threading.Thread(target=target, daemon=True).start()
    return future


def _decoded(reply: dict[str, Any]) -> Any:
    try:
        return wire.decode(reply.get("value"))
    except wire.WireError:
        raise CrashedError("its process sent something else than a value") from None


def _as_error(description: Any) -> Exception:
    error = AnswerError(description)
    if error.kinds[0] == "NotImplementedError":
        return UnansweredError(str(error) or "not answered yet")
    return error
