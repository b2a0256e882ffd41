"""The sandbox around an answer's process: bubblewrap, and what it lets through.

Inside there is Python, the packages that the assignment lists, and an empty folder of 64 MiB in
memory; no network, no other file, no other process.
"""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

INSIDE = Path(__file__).parent / "inside"
SCRATCH_BYTES = 64 * 2**20
BOOTSTRAP = (
    "import json, sys; settings = json.loads(sys.argv[1]); "
    "sys.path[:0] = [settings['home'], *settings['paths']]; "
    "from inside import worker; worker.main(sys.argv[1])"
)
ENVIRONMENT = {
    "HOME": "/answers",
    "TMPDIR": "/answers",
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "MKL_NUM_THREADS": "1",
    "MPLBACKEND": "Agg",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONHASHSEED": "0",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "0",
}


class SandboxError(Exception):
    """Why answers of strangers are not run on this machine, in one sentence."""


@dataclass(frozen=True)
class Limits:
    """What one process of answers may take and import."""

    packages: tuple[str, ...]
    memory_gib: float
    cpu_seconds: float

    @property
    def open_to_all(self) -> bool:
        """Whether a listed package needs others, so that all installed ones are let through."""
        return any(_requirements(package) for package in self.packages)

    def settings(self, home: str, paths: list[str]) -> str:
        """Return what the worker is told at its start."""
        return json.dumps(
            {
                "home": home,
                "paths": paths,
                "packages": None if self.open_to_all else list(self.packages),
                "memory_gib": self.memory_gib,
                "cpu_seconds": self.cpu_seconds,
                "processes": 256 if self.open_to_all else 8,  # frameworks start many threads
            }
        )


def require() -> None:
    """Return if this machine can run answers of strangers safely.

    Raises:
        SandboxError: it cannot, why, and what to do.
    """
    if not sys.platform.startswith("linux"):
        raise SandboxError(
            "Grading needs Linux, for its sandbox; `check` runs the visible tests anywhere."
        )
    if os.geteuid() == 0:
        raise SandboxError(
            "Grading refuses to run as root, whose processes the system does not limit: "
            "run it as an ordinary user."
        )
    if shutil.which("bwrap") is None:
        raise SandboxError(
            "Grading needs bubblewrap, which is not installed: sudo apt-get install bubblewrap."
        )
    probe = [*_command(Limits((), 1.0, 10.0)), "-c", "print('inside')"]
    process = subprocess.run(probe, capture_output=True, text=True, check=False)
    if process.stdout != "inside\n":
        said = " ".join(process.stderr.split())[-200:] or f"exit status {process.returncode}"
        raise SandboxError(
            f"Grading needs bubblewrap 0.8 or newer and a system that lets it work ({said}); on "
            "Ubuntu 24.04 see the teachers' page: kernel.apparmor_restrict_unprivileged_userns."
        )


def worker_command(limits: Limits, *, sandboxed: bool) -> list[str]:
    """Return the command that starts a worker on its standard input and output."""
    if not sandboxed:
        settings = limits.settings(str(INSIDE.parent), [path for path in sys.path if path])
        return [sys.executable, "-c", BOOTSTRAP, settings]
    paths = _site_folders() if limits.open_to_all else ["/packages"]
    settings = limits.settings("/grader", [str(path) for path in paths])
    return [*_command(limits), "-I", "-S", "-c", BOOTSTRAP, settings]


def _command(limits: Limits) -> list[str]:
    """Return bubblewrap and the interpreter; Python's own arguments follow."""
    arguments = ["bwrap", "--unshare-all", "--unshare-user", "--uid", "65534", "--gid", "65534"]
    arguments += ["--disable-userns", "--die-with-parent", "--as-pid-1", "--new-session"]
    arguments += ["--cap-drop", "ALL", "--hostname", "grader", "--clearenv"]
    library = str(Path(sys.base_prefix, "lib"))
    for name, value in {**ENVIRONMENT, "LD_LIBRARY_PATH": library}.items():
        arguments += ["--setenv", name, value]
    arguments += ["--ro-bind", "/usr", "/usr"]
    for name in ("bin", "lib", "lib64"):
        link = Path("/", name)
        if link.is_symlink():
            arguments += ["--symlink", os.readlink(link), str(link)]
        elif link.is_dir():
            arguments += ["--ro-bind", str(link), str(link)]
    arguments += ["--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache"]
    if not Path(sys.base_prefix).is_relative_to("/usr"):
        arguments += ["--ro-bind", sys.base_prefix, sys.base_prefix]
    arguments += _packages(limits)
    arguments += ["--ro-bind", str(INSIDE), "/grader/inside", "--proc", "/proc"]
    arguments += ["--dev", "/dev", "--remount-ro", "/dev"]
    arguments += ["--size", str(SCRATCH_BYTES), "--tmpfs", "/answers", "--chdir", "/answers"]
    return [*arguments, "--remount-ro", "/", os.path.realpath(sys.executable)]


def _packages(limits: Limits) -> list[str]:
    """Return what makes the listed packages importable, and no others."""
    if limits.open_to_all:
        return [part for path in _site_folders() for part in ("--ro-bind", str(path), str(path))]
    arguments = []
    for folder in _site_folders():  # the interpreter's own packages lie inside what is bound
        if folder.is_relative_to(sys.base_prefix) or folder.is_relative_to("/usr"):
            arguments += ["--tmpfs", str(folder), "--remount-ro", str(folder)]
    for package in limits.packages:
        spec = importlib.util.find_spec(package)
        if spec is None or not spec.submodule_search_locations:
            raise SandboxError(f"The assignment lists {package}, which is not installed.")
        folder = Path(spec.submodule_search_locations[0])
        arguments += ["--ro-bind", str(folder), f"/packages/{package}"]
        libraries = folder.with_name(f"{package}.libs")
        arguments += ["--ro-bind-try", str(libraries), f"/packages/{libraries.name}"]
    return arguments


def _site_folders() -> list[Path]:
    """Return the folders from which this Python, and the one below it, import packages."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    known = [Path(path) for path in sys.path]
    known += [Path(sys.base_prefix, "lib", version, "site-packages")]
    known += [Path("/usr/lib/python3/dist-packages"), Path("/usr/local/lib", version)]
    names = ("site-packages", "dist-packages")
    known += [folder / name for folder in known for name in names]
    return list(dict.fromkeys(path for path in known if path.name in names and path.is_dir()))


def _requirements(package: str) -> list[str]:
    try:
        needed = metadata.requires(package) or []
    except metadata.PackageNotFoundError:  # one that is called otherwise, such as tensorflow-cpu
        return ["unknown"]
    return [requirement for requirement in needed if "extra ==" not in requirement]
