"""Judge the statements of the claims ledger by running their checks.

Usage: python -m tools.ledger [--if-changed] [topic or file ...]

Without names: all of them, into _build/ledger.json, which the site shows; what the chapters tell of
a statement must be the verdict that it gets. With topics (`convolution`) or files (a proposal, in
Python like the modules of `claims`, or in Markdown with one such code block): only these, on the
screen.
"""

import argparse
import ast
import hashlib
import importlib
import inspect
import json
import linecache
import os
import pkgutil
import re
import sys
import textwrap
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from docutils.nodes import make_id

from tools import chapters, environment, prose_numbers, record, told_verdicts
from tools.count_checks import JUDGED

environment.apply()  # before NumPy and TensorFlow are imported

import claims  # noqa: E402
from claims import VERDICTS  # noqa: E402

TOPICS = sorted(module.name for module in pkgutil.iter_modules(claims.__path__))
LEDGER = chapters.ROOT / "_build" / "ledger.json"
SOURCES = ("book", "claims", "cnnutils", "tools", "requirements.lock")
ADDRESS = re.compile(
    r"\[(?P<name>[^]]+)\]\(https://"
    r"(?:doi\.org/(?P<doi>10\.\d{4,9}/[^\s)]+)|arxiv\.org/abs/(?P<arxiv>\d{4}\.\d{4,5}))\)"
)
NO_ADDRESS = {"GEN-C17"}  # when the contest ended stands on its own page and in no paper


@dataclass(frozen=True)
class Judgement:
    """A claim, judged."""

    label: str
    topic: str
    statement: str
    verdict: claims.Verdict
    correct: str
    why: str
    taught: str
    source: str
    read: str  # what was read of the source, in words
    cases: list[claims.Case]
    code: str  # of the check
    seconds: float


def judge(entry: claims.Claim, topic: str) -> Judgement:
    """Run a claim's check.

    Raises:
        ValueError: If the claim is not as a claim must be; the message says all that is wrong.
    """
    start = time.perf_counter()
    cases: list[claims.Case] = []
    if entry.check is not None:
        try:
            cases = list(entry.check())
        except Exception as error:
            raise ValueError(f"its check failed: {type(error).__name__}: {error}") from error
    found = Judgement(
        label=entry.label,
        topic=topic,
        statement=entry.statement,
        verdict=entry.cited or claims.verdict(cases),
        correct=entry.correct,
        why=entry.why,
        taught=entry.taught,
        source=entry.source,
        read=claims.READ[entry.read] if entry.read else "",
        cases=cases,
        code=_body(entry.check) if entry.check else "",
        seconds=round(time.perf_counter() - start, 2),
    )
    faults = list(_faults(found))
    if faults:
        raise ValueError("; ".join(faults))
    return found


def _faults(found: Judgement) -> Iterator[str]:
    """Yield what is wrong with a judged claim."""
    if not told_verdicts.LABEL.fullmatch(found.label):
        yield f"its label must look like CONV-C09, got {found.label}"
    if found.verdict == "right" and found.correct:
        yield "it is right, so there is nothing to correct: say more under `why`"
    if found.verdict != "right" and not found.correct:
        yield f"it is {found.verdict}, so `correct` must say what holds instead"
    for name in ("statement", "correct", "why"):
        text = getattr(found, name)
        if (text or name != "correct") and not re.fullmatch(r"(?s)\S.*[.?!]", text):
            yield f"`{name}` must be a sentence, got {text!r}"
    if found.taught not in sections():
        yield f"the book has no section {found.taught}"
    if found.source:
        if found.label not in NO_ADDRESS and not ADDRESS.search(found.source):
            yield "its source has no link to a DOI or an arXiv number"
        return
    if not _computes(found.code):
        yield "its check computes nothing: every `finds` needs a call or a name"
    shown = " ; ".join(f"{one.condition} ; {one.says} ; {one.finds}" for one in found.cases)
    supports = [
        *prose_numbers.printed_numbers(shown),
        *prose_numbers.literals(ast.parse(found.code)),
    ]
    for name in ("statement", "correct", "why"):
        for number in prose_numbers.numbers_in(getattr(found, name)):
            if not prose_numbers.is_supported(number, supports):
                yield f"`{name}` has {number.written}, which the check neither uses nor finds"


def _body(check: Any) -> str:
    """Return a check's code without its first line, as readers see it."""
    lines = inspect.getsource(check).splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("def ")) + 1
    return textwrap.dedent("\n".join(lines[start:])).strip()


def _computes(code: str) -> bool:
    """Whether each ``finds`` is more than literals and arithmetic."""
    found = [
        keyword.value
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg == "finds"
    ]
    return bool(found) and all(
        any(isinstance(part, ast.Call | ast.Name) for part in ast.walk(value)) for value in found
    )


def sections() -> set[str]:
    """Return chapter#section for every heading of the book."""
    return {
        f"{path.stem}#{make_id(heading)}"
        for path in chapters.texts()
        for heading in re.findall(r"(?m)^##+ (.+)$", path.read_text("utf-8"))
    }


def read(name: str) -> str:
    """Import a topic by its name, or a proposal from its file; return the topic's name."""
    if name in TOPICS:
        importlib.import_module(f"claims.{name}")
        return name
    path = Path(name)
    if not path.is_file():
        raise SystemExit(f"{name} is neither a topic ({', '.join(TOPICS)}) nor a file")
    text = path.read_text("utf-8")
    if path.suffix != ".py":
        blocks = re.findall(r"(?ms)^```python\s*\n(.*?)^```", text)
        if len(blocks) != 1:
            raise SystemExit(f"{name} must hold one code block in Python, and holds {len(blocks)}")
        (text,) = blocks
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)  # for _body
    try:
        exec(compile(text, name, "exec"), {"__name__": "proposal"})  # noqa: S102
    except Exception as error:
        raise SystemExit(f"{name}: {type(error).__name__}: {error}") from error
    return "proposal"


def judge_all(names: list[str]) -> tuple[list[Judgement], list[str]]:
    """Judge topics and proposals; return what was found, and what is wrong with the rest."""
    found, faults = [], []
    for name in names:
        known = len(claims.entered())
        topic = read(name)
        for entry in claims.entered()[known:]:
            try:
                found.append(judge(entry, topic))
            except ValueError as error:
                faults.append(f"{topic}, {entry.label}: {error}")
    return found, faults


def sources_sha256(root: Path = chapters.ROOT) -> str:
    """Hash of everything that a judgement depends on."""
    digest = hashlib.sha256()
    for source in SOURCES:
        place = root / source
        for file in sorted(place.rglob("*.*")) if place.is_dir() else [place]:
            if file.suffix in {".py", ".md", ".lock"}:
                digest.update(f"{file.relative_to(root)}\0".encode())
                digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def write(found: list[Judgement], path: Path = LEDGER) -> None:
    """Write the judged ledger for the site."""
    path.parent.mkdir(exist_ok=True)
    partial = path.with_suffix(f".{os.getpid()}.partial")
    ledger = {"sources": sources_sha256(), "claims": [asdict(one) for one in found]}
    partial.write_text(json.dumps(ledger, ensure_ascii=False, indent=1) + "\n", "utf-8")
    os.replace(partial, path)


def is_current(path: Path = LEDGER) -> bool:
    """Whether the judged ledger belongs to the sources as they are."""
    return path.is_file() and json.loads(path.read_text("utf-8"))["sources"] == sources_sha256()


def main() -> int:
    parser = argparse.ArgumentParser(description="Judge the statements of the claims ledger.")
    parser.add_argument("--if-changed", action="store_true", help="only when sources changed")
    parser.add_argument("names", nargs="*", metavar="topic or file")
    asked = parser.parse_args()
    if asked.if_changed and not asked.names and is_current():
        return 0
    found, faults = judge_all(asked.names or TOPICS)
    if not asked.names and not faults:
        faults = told_verdicts.faults({one.label: one.verdict for one in found})
    for one in found if asked.names else []:
        print(f"{one.label}  {one.verdict}  ({one.seconds:.1f} s)  {one.statement}")
        for tried in one.cases:
            mark = "agrees" if tried.agrees else "differs"
            print(f"    {tried.condition}: says {tried.says}, found {tried.finds}: {mark}")
    counts = Counter(one.verdict for one in found)
    print(f"{len(found)} judged: " + ", ".join(f"{counts[v]} {v}" for v in VERDICTS))
    if faults:
        print("\n".join(faults), file=sys.stderr)
        return 1
    if not asked.names:
        write(found)
        if record.is_wanted():
            record.update(checks={JUDGED: len(found)}, ran={JUDGED: record.now()})
    return 0


if __name__ == "__main__":
    sys.exit(main())
