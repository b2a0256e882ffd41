"""The sandbox is closed, as one sees from within; without one the grader refuses to work.

Every look is taken twice: where all walls stand, and where one of them is taken down, which shows
that the look would have seen something.
"""

import json
import os
import platform
import re
import socket
import subprocess
import sys
from contextlib import ExitStack
from typing import NamedTuple

import pytest

from cnnutils.homework import sandbox
from cnnutils.homework.assignment import read_assignment
from tests.homework.support import TINY, filled_in, grade, needs_bubblewrap, run_as_ordinary_user
from tests.test_conftest import run
from tools.chapters import ROOT

WITHOUT_NETWORK = "--unshare-user\0--unshare-ipc\0--unshare-pid\0--unshare-uts\0--unshare-cgroup"
WITHOUT_PROCESSES = "--unshare-user\0--unshare-ipc\0--unshare-net\0--unshare-uts\0--unshare-cgroup"
PRIVATE = "not to be seen"
IMPORTS = "import ctypes, os, resource, socket, sys\nlibrary = ctypes.CDLL(None)\n"


class Wall(NamedTuple):
    """What keeps an answer in.

    Args:
        change: of the sandbox's command: it takes the wall down.
        look: body of a function that runs inside.
        closed: what it gives where the wall stands.
        opened: what it gives otherwise; ... is anything else.
    """

    change: dict
    look: str
    closed: object
    opened: object = ...


WALLS = {
    "network": Wall(
        {"--unshare-all": WITHOUT_NETWORK},
        """
        def connects(family, address):
            try:
                socket.socket(family).connect(tuple(address) if family == 2 else address)
            except OSError:
                return False
            return True
        return [connects(*address) for address in GIVEN["addresses"]]
        """,
        [False, False, False],
        [True, True, False],  # there is still no file through which the last one is reached
    ),
    "processes": Wall(
        {"--unshare-all": WITHOUT_PROCESSES, "--as-pid-1\0": ""},
        'return [name for name in os.listdir("/proc") if name.isdigit()]',
        ["1", "2"],
    ),
    "files": Wall(
        {"--remount-ro\0/\0": f"--ro-bind\0{ROOT}\0{ROOT}\0--remount-ro\0/\0"},
        'return [path for path in GIVEN["paths"] if os.path.exists(path)]',
        [],
        ...,  # the repository, and whatever it lies in
    ),
    "environment": Wall(
        {"--clearenv\0": ""}, f"return {PRIVATE!r} in os.environ.values()", False, True
    ),
    "first process": Wall(  # bubblewrap's own, which has the grader's environment
        {"--as-pid-1\0": ""},
        f"""
        try:
            return {PRIVATE!r} in open("/proc/1/environ").read()
        except OSError:
            return False
        """,
        False,
        True,
    ),
    "writing": Wall(
        {"--remount-ro\0/\0": ""},
        "return writable()",
        ["/answers"],
        ["/", "/etc", "/grader", "/packages", "/answers"],
    ),
    "devices": Wall(
        {"--remount-ro\0/dev\0": ""},
        "return writable()",
        ["/answers"],
        ["/dev", "/dev/shm", "/answers"],  # noqa: S108
    ),
    "scratch": Wall(
        {str(sandbox.SCRATCH_BYTES): str(2 * sandbox.SCRATCH_BYTES)},
        """
        written = 0
        try:
            for number in range(40):
                with open(str(number), "wb", buffering=0) as file:
                    written += file.write(bytes(2**22))
        except OSError:
            pass
        return written // 2**20
        """,
        64,
        128,
    ),
    "namespaces": Wall(  # in one of its own it would be root, and could mount
        {"--disable-userns\0": ""}, "return library.unshare(0x10000000)", -1, 0
    ),
    "identity": Wall(
        {"--hostname\0grader\0": "", "--uid\00065534": "--uid\0001000"},
        """
        status = dict(line.split(":\\t") for line in open("/proc/self/status"))
        held = [status[name].strip() for name in ("CapEff", "CapBnd", "NoNewPrivs")]
        return [os.getuid(), os.getgid(), socket.gethostname(), *held]
        """,
        [65534, 65534, "grader", "0" * 16, "0" * 16, "1"],
    ),
    "forks": Wall(
        {'"processes": 8': '"processes": 32'},
        """
        for children in range(16):
            try:
                if os.fork() == 0:
                    import time; time.sleep(1000)
            except OSError:
                return children < 8
        return False
        """,
        True,
        False,
    ),
    "memory": Wall(
        {'"memory_gib": 0.5': '"memory_gib": 2'},
        """
        try:
            return len(bytearray(600 * 2**20)) > 0
        except MemoryError:
            return False
        """,
        False,
        True,
    ),
    "limits": Wall(
        {'"cpu_seconds": 30.0': '"cpu_seconds": 31.0'},
        """
        names = ("AS", "CPU", "FSIZE", "NOFILE", "CORE", "NPROC")
        return [resource.getrlimit(getattr(resource, f"RLIMIT_{name}")) for name in names]
        """,
        [[amount, amount] for amount in (2**29, 30, 2**26, 256, 0, 8)],
    ),
    "packages": Wall(  # not even where the sentence for honest people is taken away
        {'"packages": ["numpy"]': '"packages": ["numpy", "pytest"]'},
        """
        try:
            import pytest
        except ModuleNotFoundError as error:
            return [str(error), sorted(set(os.listdir("/packages")) - {"numpy.libs"})]
        """,
        ["answers may import numpy, not pytest", ["numpy"]],
        ["No module named 'pytest'", ["numpy"]],
    ),
    "keys": Wall(
        {"--as-pid-1\0": ""},
        """
        number = {"x86_64": 249, "aarch64": 218}[os.uname().machine]
        return library.syscall(number, b"user", b"note", None, 0) != -1
        """,
        False,
        True,
    ),
}
WRITABLE = """
def writable():
    places = ["/", "/tmp", "/usr", "/etc", "/dev", "/dev/shm", "/grader", "/grader/inside"]
    found = []
    for place in [*places, "/packages", "/packages/numpy", sys.base_prefix, "/proc", "/answers"]:
        try:
            open(f"{place}/new", "w").close()
            found.append(place)
        except OSError:
            pass
    return found
"""


@pytest.fixture(scope="session")
def looks(once):
    """Take all looks, with every wall standing and with one down."""
    return once("looks", look)


def look():
    with ExitStack() as stack:
        tcp = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        abstract = stack.enter_context(socket.socket(socket.AF_UNIX))
        abstract.bind(f"\0look-{os.getpid()}")
        abstract.listen()
        path = f"/tmp/look-{os.getpid()}"  # noqa: S108 - a name that nobody listens on
        names = [tcp.getsockname(), abstract.getsockname().decode(), path]
        families = [socket.AF_INET, socket.AF_UNIX, socket.AF_UNIX]
        given = {
            "addresses": [
                (int(family), name) for family, name in zip(families, names, strict=True)
            ],
            "paths": [str(ROOT), str(TINY), "/etc/passwd", "/home", "/sys", "/tmp"],  # noqa: S108
        }
        jobs = []
        for wall in WALLS.values():
            body = "\n".join(f"    {line[8:] if line[:8].isspace() else line}"
                             for line in wall.look.splitlines())  # fmt: skip
            source = f"{IMPORTS}{WRITABLE}GIVEN = {given!r}\ndef look():\n{body}\n"
            jobs += [{"source": source, "change": change} for change in ({}, wall.change)]
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("TOKEN", PRIVATE)
            process = run_as_ordinary_user(
                "-m", "tests.homework.hostile.look", input=json.dumps(jobs)
            )
    assert process.returncode == 0, process.stderr
    found = json.loads(process.stdout)
    return dict(zip(WALLS, zip(found[::2], found[1::2], strict=True), strict=True))


@needs_bubblewrap
@pytest.mark.parametrize("name", WALLS)
def test_a_wall_stands_and_without_it_there_would_be_a_way_out(looks, name):
    if name == "keys" and platform.machine() not in ("x86_64", "aarch64"):
        pytest.skip("NOT VERIFIED HERE: keyrings (the system call's number is not known)")
    closed, opened = looks[name]
    assert closed == WALLS[name].closed
    if WALLS[name].opened is ...:
        assert opened != closed
    else:
        assert opened == WALLS[name].opened


@pytest.fixture
def ordinary(monkeypatch):
    """Pretend that the tests do not run as root."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    return monkeypatch


def refused(sentence):
    return pytest.raises(sandbox.SandboxError, match=f"^{re.escape(sentence)}$")


def test_another_system_is_refused(ordinary):
    ordinary.setattr(sys, "platform", "darwin")
    with refused("Grading needs Linux, for its sandbox; `check` runs the visible tests anywhere."):
        sandbox.require()


def test_root_is_refused(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with refused(
        "Grading refuses to run as root, whose processes the system does not limit: run it as an "
        "ordinary user."
    ):
        sandbox.require()


def test_no_bubblewrap_is_refused(ordinary, tmp_path):
    ordinary.setenv("PATH", str(tmp_path))
    with refused(
        "Grading needs bubblewrap, which is not installed: sudo apt-get install bubblewrap."
    ):
        sandbox.require()


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (
            "echo 'bwrap: setting up uid map: Permission denied' >&2; exit 1",
            "bwrap: setting up uid map: Permission denied",
        ),
        ("exit 3", "exit status 3"),
        ("echo outside", "exit status 0"),  # one that does nothing, and says that all is well
    ],
)
def test_a_bubblewrap_that_does_not_work_is_refused(ordinary, tmp_path, script, said):
    (tmp_path / "bwrap").write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    (tmp_path / "bwrap").chmod(0o755)
    ordinary.setenv("PATH", str(tmp_path))
    with refused(
        f"Grading needs bubblewrap 0.8 or newer and a system that lets it work ({said}); on Ubuntu "
        "24.04 see the teachers' page: kernel.apparmor_restrict_unprivileged_userns."
    ):
        sandbox.require()


def test_the_command_grades_nothing_without_a_sandbox(tmp_path):
    """As root, and as somebody who has no bubblewrap."""
    (tmp_path / "one.ipynb").write_text('{"cells": []}', encoding="utf-8")
    command = [sys.executable, "-m", "cnnutils.homework", "grade", TINY, tmp_path]
    process = subprocess.run(
        [*command, "-o", tmp_path / "out"],
        env={**os.environ, "PATH": str(tmp_path), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert (process.returncode, process.stdout) == (2, "")
    assert process.stderr.count("\n") == 1
    assert re.match("Grading (refuses to run as root|needs bubblewrap)", process.stderr)
    assert not (tmp_path / "out").exists()


MARKED = """
from tests.homework.support import needs_bubblewrap

@needs_bubblewrap
def test_marked():
    raise AssertionError
"""


@pytest.mark.parametrize(("ci", "status"), [("false", 0), ("true", 1)])
def test_a_missing_sandbox_is_named_and_in_ci_a_failure(tmp_path, ci, status):
    (tmp_path / "tests").mkdir()
    got, out = run(tmp_path, ROOT, MARKED, CI=ci, PATH=str(tmp_path))
    assert got == status
    assert "the homework's grader (bubblewrap is not installed)" in out
    assert ("(with CI=true this is a failure)" in out) == (ci == "true")


@needs_bubblewrap
def test_the_same_submission_seed_and_tests_give_the_same_result():
    assignment = read_assignment(TINY)
    answers = {"q1": "def windows(row, size): return set(map(str, row))", "q3": "nothing = 1"}
    texts = {"alice": filled_in(assignment, answers), "bob": "null"}
    first, again, other = (grade(TINY, texts, seed=seed)[0] for seed in ("1", "1", "2"))
    assert first == again
    assert first != other
