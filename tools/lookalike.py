"""Run the notebooks as readers have them: alone in a folder, with what their machine brings.

Usage: python -m tools.lookalike [colab|oldest] [notebook ...]

The packages are those that ``tools/lookalikes`` lists, in an environment of their own; nothing of
this repository is in reach. A chapter installs ``cnnutils`` itself, by its first cell, from a wheel
built here, and whatever it does, no other package may move. A homework release gets no ``cnnutils``
at all. Needs the network once, to fill the environment.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from tools import chapters, environment, installing
from tools.installing import installed, moved, uv

FOLDER = chapters.ROOT / "_build" / "lookalike"
LISTS = Path(__file__).with_name("lookalikes")
CELL_TIMEOUT_SECONDS = 600  # an older TensorFlow may be slower, and it is not what is judged here


def make_environment(name: str) -> Path:
    """Return the Python of an environment with the listed packages, and pip for the first cells."""
    wanted = LISTS / f"{name}.txt"
    return installing.make_environment(
        FOLDER / name,
        [wanted],
        lambda python: uv("pip", "install", "--python", python, "--requirement", wanted),
    )


def make_wheel() -> Path:
    """Return a wheel of cnnutils as it is now."""
    place = FOLDER / "wheel"
    shutil.rmtree(place, ignore_errors=True)
    uv("build", "--wheel", "--no-build-isolation", "--out-dir", place, chapters.ROOT)
    (wheel,) = place.glob("*.whl")
    return wheel


def run(path: Path, python: Path, wheel: Path) -> str | None:
    """Run a copy of a notebook in an empty folder; return what went wrong, if anything."""
    is_chapter = path.parent.name == "notebooks"
    if "cnnutils" in installed(python):
        uv("pip", "uninstall", "--python", python, "cnnutils")
    before = installed(python)
    notebook = chapters.read(path)
    for cell in chapters.code_cells(notebook):
        cell.outputs = []
    outside = {name: os.environ[name] for name in ("HOME", "LANG", "PATH") if name in os.environ}
    with tempfile.TemporaryDirectory(prefix="lookalike-") as folder:
        client = NotebookClient(
            notebook,
            timeout=CELL_TIMEOUT_SECONDS,
            kernel_name="lookalike",
            resources={"metadata": {"path": folder}},
        )
        settings = {
            **outside,
            **environment.VERIFICATION_ENVIRONMENT,
            "CNNUTILS_SOURCE": str(wheel),
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "PIP_NO_INDEX": "1",  # a notebook that wants more than its machine brings is wrong
            "PYDEVD_DISABLE_FILE_VALIDATION": "1",  # no warnings of a debugger that nobody uses
        }
        try:
            client.execute(env=settings)
        except CellExecutionError as error:
            return str(error)
        left = [file.name for file in Path(folder).iterdir()]
    changes = moved(before, installed(python))
    if [change.split(":")[0] for change in changes] != (["cnnutils"] if is_chapter else []):
        return f"packages moved: {changes}"
    return f"files were left behind: {left}" if left else None


def write_kernel(python: Path) -> None:
    """Write the kernel's specification where this process looks for it first."""
    os.environ["JUPYTER_PATH"] = str(FOLDER)
    place = FOLDER / "kernels" / "lookalike"
    place.mkdir(parents=True, exist_ok=True)
    command = [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    specification = {"argv": command, "display_name": "look-alike", "language": "python"}
    (place / "kernel.json").write_text(json.dumps(specification), "utf-8")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("machine", choices=sorted(path.stem for path in LISTS.glob("*.txt")))
    parser.add_argument("notebook", nargs="*", help="for example 02_pooling or hw02 (default: all)")
    options = parser.parse_args(arguments)
    releases = sorted((chapters.ROOT / "homework" / "release").glob("hw*.ipynb"))
    paths = [*chapters.notebooks(), *releases]
    unknown = set(options.notebook) - {path.stem for path in paths}
    if unknown:
        print(f"no such notebook: {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    python, wheel = make_environment(options.machine), make_wheel()
    write_kernel(python)
    failed = []
    for path in paths:
        if options.notebook and path.stem not in options.notebook:
            continue
        start = time.monotonic()
        wrong = run(path, python, wheel)
        print(f"{path.stem}: {wrong or 'runs'} ({time.monotonic() - start:.0f} s)", flush=True)
        if wrong:
            failed.append(path.stem)
    if failed:
        print(f"Not as on {options.machine}: {', '.join(failed)}", file=sys.stderr)
    return len(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
