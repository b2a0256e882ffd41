"""Run what the pages about homework show, and write what it prints below its commands.

Usage: python -m tools.page_sessions

A page is carried out from top to bottom, in a folder that holds the released notebooks it names:

- a code block with a caption is a file of that name;
- one whose caption names a notebook holds answer cells, which are put into a copy of the release;
- of a ``console`` block, the lines that begin with ``$`` are run, and all others are their output.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from cnnutils.homework.assignment import ANSWER
from tools.chapters import ROOT
from tools.ordinary_user import as_ordinary_user

PAGES = [ROOT / "book" / "pages" / name for name in ("homework.md", "teaching.md")]
BLOCK = re.compile(
    r"^(?P<fence>`{3,})(?P<kind>[^`\n]*)\n(?P<body>.*?)^(?P=fence)$", re.DOTALL | re.MULTILINE
)
CAPTION = re.compile(r":caption: (?P<name>\S+)\n\n?(?P<rest>.*)", re.DOTALL)
# What differs from one machine, one run or one version of the grader to the next.
VOLATILE = [
    (re.compile(r"\b[0-9a-f]{64}\b"), "a hash"),
    (re.compile(r'(?<="python": ")[\d.]+|(?<="numpy": ")[\d.]+|(?<="pytest": ")[\d.]+'), "0"),
]


def blocks(text: str) -> Iterator[re.Match[str]]:
    """Yield the fenced blocks of a page that stand at its left edge."""
    return BLOCK.finditer(text)


def stable(text: str) -> str:
    """Return a text without what may differ between two right runs."""
    for pattern, replacement in VOLATILE:
        text = pattern.sub(replacement, text)
    return text


@contextmanager
def scratch() -> Iterator[Path]:
    """Yield an empty folder in which any user may write."""
    with tempfile.TemporaryDirectory(prefix="page-") as name:
        folder = Path(name)
        folder.chmod(0o777)  # the commands run as an ordinary user
        yield folder


def environment() -> dict[str, str]:
    """Return what commands find: this Python first, and nothing that changes what they print."""
    kept = {name: os.environ[name] for name in ("LANG", "TMPDIR") if name in os.environ}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {**kept, "PATH": path, "PYTHONDONTWRITEBYTECODE": "1"}


def run(command: str, folder: Path) -> str:
    """Return what a command prints, as an ordinary user would see it."""
    done = subprocess.run(
        as_ordinary_user(["bash", "-c", command]),
        cwd=folder,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
    )
    return done.stdout


def carried_out(session: str, folder: Path) -> str:
    """Return a session with what its commands print now."""
    shown = ""
    for line in session.splitlines():
        if line.startswith("$ "):
            output = run(line[2:], folder)
            assert not re.search(r"^\$ |^```", output, re.MULTILINE), f"{line} prints a prompt"
            shown += f"{line}\n{output}"
            if output and not output.endswith("\n"):
                shown += "\n"
    return shown


def answered(notebook: str, cells: str) -> str:
    """Return a notebook whose answer cells are replaced by those given."""
    sources = {}
    for source in re.split(r"^(?=# ANSWER )", cells, flags=re.MULTILINE):
        if marker := ANSWER.match(source):
            sources[marker[1]] = source.strip()
    content = json.loads(notebook)
    for cell in content["cells"]:
        marker = ANSWER.match("".join(cell["source"]))
        if marker and marker[1] in sources:
            cell["source"] = sources.pop(marker[1])
    assert not sources, f"the notebook has no answer cell for {sorted(sources)}"
    return json.dumps(content, indent=1) + "\n"


def write(name: str, content: str, folder: Path) -> None:
    """Write a file that a page shows."""
    path = folder / name
    for parent in reversed(path.relative_to(folder).parents):
        (folder / parent).mkdir(exist_ok=True)
        (folder / parent).chmod(0o777)
    if path.suffix == ".ipynb":
        begin = path if path.exists() else folder / path.name
        content = answered(begin.read_text("utf-8"), content)
    path.write_text(content, "utf-8")
    path.chmod(0o666)


def filled_in(text: str, *, say: Callable[[str], None] = lambda line: None) -> str:
    """Return a page whose sessions show what their commands print now."""
    with scratch() as folder:
        for notebook in (ROOT / "homework" / "release").glob("*.ipynb"):
            if notebook.name in text:
                shutil.copyfile(notebook, folder / notebook.name)
                (folder / notebook.name).chmod(0o666)

        def renewed(block: re.Match[str]) -> str:
            body = block["body"]
            if block["kind"] == "console":
                say(body.partition("\n")[0])
                session = carried_out(body, folder)
                body = body if stable(session) == stable(body) else session
            elif caption := CAPTION.match(body):
                write(caption["name"], caption["rest"], folder)
            return f"{block['fence']}{block['kind']}\n{body}{block['fence']}"

        return BLOCK.sub(renewed, text)


def main() -> int:
    if shutil.which("bwrap") is None:
        print("The pages show the grader, which needs bubblewrap.", file=sys.stderr)
        return 2
    for page in PAGES:
        old = page.read_text("utf-8")
        new = filled_in(old, say=print)
        if new != old:
            page.write_text(new, "utf-8")
            print(f"filled in {page.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
