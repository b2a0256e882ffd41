"""Show what the last verification run saw; say so plainly when there was none.

The run writes a file into the build folder. Every part of it may be missing, and no number on the
page comes from anywhere else. Directives: ``{verification}``, ``{verification-summary}``,
``{promises}``, ``{exemptions}`` and ``{backends}``; and below every page, where it comes from.
"""

import re
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any

import read_again  # type: ignore[import-not-found]
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from tools import backends as other_backends
from tools import chapters, exceptions
from tools import record as verification_record
from tools.count_checks import GROUPS

CHANGED = (
    " **The sources have changed since:** what you read may differ from what was verified, until"
    " `make test` runs again."
)
NOT_VERIFIED = (
    "**This build was not verified:** it holds no record of a verification run. In the book's"
    " repository, `make test` runs every check, and a site that is built after it shows what the"
    " checks saw."
)
STATUS = "book/pages/status"
PROMISE = re.compile(r"(?m)^\| ([A-Z].+?) \| (.*`.+?) \|$")  # a row of the README's table
COLUMNS = {
    "cells": "code cells",
    "cells_compared": "outputs compared",
    "cells_asserted": "asserted instead",
    "figures_compared": "figures compared",
    "seconds": "time (s)",
    "peak_mib": "memory (MiB)",
}
ANSWERS = {
    "alternative": "right in other ways",
    "mutant": "known mistakes, all refused",
    "lazy": "lazy, all refused",
    "generated": "generated mistakes",
    "generated_killed": "of these refused",
}
FUZZED = {
    "functions": "functions",
    "arguments": "arguments",
    "calls": "calls with a wrong value",
    "refused": "refused in a sentence",
    "answered": "answered rightly",
}
Record = dict[str, Any]


def read_record(root: Path) -> Record:
    """Return what the last run wrote, and whether the sources have changed since."""
    record = verification_record.read(root)
    verified = record.get("sources_sha256")
    changed = verified is not None and verified != verification_record.sources_sha256(root)
    return record | {"changed": True} if changed else record


def number(value: Any) -> str:
    """Write a number for readers: 1,234 or 17.2; a dash where there is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "–"
    return f"{value:,}" if isinstance(value, int) else f"{value:,.1f}"


def time_of(text: Any) -> str | None:
    """Write a recorded time for readers, such as "21 November 2026 at 03:04 UTC"."""
    try:
        when = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return f"{when.day} {when:%B %Y} at {when:%H:%M} {when.tzname() or ''}".rstrip()


def moment(record: Record) -> str:
    """Return when the run ended, such as "on 21 November 2026 at 03:04 UTC"."""
    ends = [record.get("finished"), *record.get("ran", {}).values()]
    when = time_of(max(filter(None, ends), default=None))
    return f"on {when}" if when else "at a time that was not recorded"


def counted(count: int, noun: str) -> str:
    """Return "1 notebook", "1,234 notebooks"."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def total(record: Record, key: str) -> int:
    """Add up one column over the notebooks."""
    return sum(notebook.get(key) or 0 for notebook in record.get("notebooks", {}).values())


def summary(record: Record) -> str:
    """Return one sentence about the last run, in Markdown."""
    if not record:
        return NOT_VERIFIED
    notebooks = record.get("notebooks", {})
    if not notebooks:
        return f"The last verification run ended {moment(record)}; it executed no notebook."
    sentence = (
        f"The last verification run ended {moment(record)}. It executed"
        f" {counted(len(notebooks), 'notebook')} again and compared the printed output of"
        f" {counted(total(record, 'cells_compared'), 'code cell')} and"
        f" {counted(total(record, 'figures_compared'), 'figure')} with what is published here"
    )
    checks = [f"{number(count)} {name}" for name, count in record.get("checks", {}).items()]
    sentence += f", beside {listed(checks)}." if checks else "."
    return sentence + (CHANGED if record.get("changed") else "")


def listed(items: list[str]) -> str:
    """Join items as in a sentence: "a, b and c"."""
    return " and ".join([", ".join(items[:-1]), items[-1]]) if len(items) > 1 else "".join(items)


def report(record: Record) -> str:
    """Return everything the run saw, in Markdown: when, where, and a table of the notebooks."""
    if not record:
        return NOT_VERIFIED
    lines = [f"The run ended {moment(record)}." + (CHANGED if record.get("changed") else "")]
    facts = {
        "Commit": f"`{record['commit']}`" if record.get("commit") else "not recorded",
        "Lock": f"`{record['lock_sha256'][:12]}`" if record.get("lock_sha256") else "not recorded",
        "Profile": record.get("profile", "not recorded"),
        "Device": record.get("device", "not recorded"),
        "Versions": listed([f"{k} {v}" for k, v in record.get("versions", {}).items()])
        or "not recorded",
        **{name[:1].upper() + name[1:]: number(n) for name, n in record.get("checks", {}).items()},
    }
    lines += [
        "",
        *[f"- {name}: {fact}" for name, fact in facts.items()],
    ]
    notebooks = record.get("notebooks", {})
    if notebooks:
        lines += ["", "| notebook | " + " | ".join(COLUMNS.values()) + " |"]
        lines.append("| --- |" + " ---: |" * len(COLUMNS))
    for name, seen in sorted(notebooks.items()):
        lines.append(f"| {name} | " + " | ".join(number(seen.get(key)) for key in COLUMNS) + " |")
    homework = record.get("homework", {})
    if homework:
        lines += ["", "| answers tried | " + " | ".join(ANSWERS.values()) + " |"]
        lines.append("| --- |" + " ---: |" * len(ANSWERS))
    for name, seen in sorted(homework.items()):
        lines.append(f"| {name} | " + " | ".join(number(seen.get(key)) for key in ANSWERS) + " |")
    fuzz = record.get("fuzz", {})
    if fuzz:
        lines += ["", "| wrong values tried on | " + " | ".join(FUZZED.values()) + " |"]
        lines.append("| --- |" + " ---: |" * len(FUZZED))
    for name, seen in sorted(fuzz.items()):
        lines.append(f"| {name} | " + " | ".join(number(seen.get(key)) for key in FUZZED) + " |")
    return "\n".join(lines)


def provenance(record: Record, page: str) -> str:
    """Return where a page comes from, in one sentence of HTML without its link.

    >>> provenance({}, "index")
    'This build was not verified.'
    """
    if not record:
        return "This build was not verified."
    notebook = record.get("notebooks", {}).get(page.split("/")[-1], {})
    versions = record.get("versions", {})
    parts = [
        f"commit {record['commit']}" if record.get("commit") else "",
        f"lock {record['lock_sha256'][:12]}" if record.get("lock_sha256") else "",
        record.get("device", ""),
        listed([f"{name} {version}" for name, version in versions.items()]),
        f"profile {record['profile']}" if record.get("profile") else "",
        f"this chapter ran for {number(notebook['seconds'])} s" if "seconds" in notebook else "",
        f"at most {number(notebook['peak_mib'])} MiB" if notebook.get("peak_mib") else "",
    ]
    changed = " The sources have changed since." if record.get("changed") else ""
    facts = "; ".join(part for part in parts if part)
    return escape(f"Verified {moment(record)}: {facts}.{changed}", quote=False)


def promises(readme: str, record: Record) -> str:
    """Return the README's promises, with what the last run saw of each, as a list in Markdown."""
    found = PROMISE.findall(readme)
    return "\n".join(
        f"- **{promise}** Held by {check}. Last run: {last_run(check, record)}."
        for promise, check in found
    )


def last_run(check: str, record: Record) -> str:
    """Return when a promise's checks last ran, and how many passed."""
    if "weekly.yml" in check:
        return "each week, in the repository"
    paths = re.findall(r"`(tests/[\w./]+|tools/ledger\.py)`", check)
    folders = {"/".join(path.split("/")[:2]) for path in paths}
    names = {GROUPS["claims" if path == "tools/ledger.py" else path] for path in folders}
    if not record:
        return "not before this build"
    if "nbval" in check:
        return time_of(record.get("finished")) or "not recorded"
    counts, ran = record.get("checks", {}), record.get("ran", {})
    seen = [
        f"{time_of(ran.get(name)) or 'time not recorded'}: {number(counts[name])} {name}"
        for name in sorted(names)
        if name in counts
    ]
    if len(seen) < len(names):
        seen.append("after this page was made: a site that fails is not published")
    return "; ".join(seen)


def exemptions(root: Path) -> str:
    """Return the reasons, and how many cells of each chapter have them, in Markdown."""
    counts: Counter[tuple[str, str, str]] = Counter()
    for path in chapters.notebooks(root):
        for one in exceptions.exemptions(path)[0]:
            counts[one.chapter, one.kind, one.until] += 1
    lines = [f"- *{kind}*: the output {reason}." for kind, reason in exceptions.KINDS.items()]
    lines += ["", "| notebook | reason | cells | look again after |", "| --- | --- | ---: | --- |"]
    for (chapter, kind, until), count in sorted(counts.items()):
        lines.append(f"| {chapter} | {kind} | {count} | {until} |")
    return "\n".join(lines)


def backends(root: Path) -> str:
    """Return what the last run on each other backend saw, and which tests differ, in Markdown."""
    seen = other_backends.read(root)
    lines = [ran_on(name, seen.get(name)) for name in other_backends.LISTS]
    shown = {name: run["differences"] for name, run in seen.items() if run["differences"]}
    if shown:
        lines += ["", "| network | " + " | ".join(largest_on(name) for name in shown) + " |"]
        lines.append("| --- |" + " ---: | ---: |" * len(shown))
        for network in sorted(set().union(*shown.values())):
            cells = [cell for run in shown.values() for cell in compared(run.get(network, {}))]
            lines.append(f"| {network} | " + " | ".join(cells) + " |")
    marks = other_backends.marks(root)
    if not marks:
        return "\n".join([*lines, "", "No test is marked as different on another backend."])
    counts = Counter((mark.file, mark.backends, mark.reason) for mark in marks)
    lines += ["", "| tests that differ | in | on | because |", "| ---: | --- | --- | --- |"]
    for (file, names, reason), count in counts.items():
        lines.append(
            f"| {count} | `{file}` | {listed([title(name) for name in names])} | {reason} |"
        )
    return "\n".join(lines)


def title(backend: str) -> str:
    """Return a backend's name as people write it."""
    return {"jax": "JAX", "torch": "PyTorch"}[backend]


def largest_on(backend: str) -> str:
    """Return the heads of a backend's two columns."""
    return f"{title(backend)}, outputs, of what rounding may do | {title(backend)}, gradients"


def compared(seen: dict[str, float]) -> tuple[str, str]:
    """Return a network's outputs in use, and its gradients, as parts of what rounding may do."""
    bound = seen.get("bound")
    return part(seen.get("outputs in use"), bound), part(seen.get("gradients"), bound)


def part(value: float | None, whole: float | None) -> str:
    """Return a part of a whole, such as "3 %"; a dash where there is none."""
    return "–" if value is None or not whole else f"{100 * value / whole:.2g} %"


def ran_on(backend: str, seen: Record | None) -> str:
    """Return one item of a list: what the last run on a backend saw, or that there was none."""
    if not seen:
        return f"- **{title(backend)}**: no run is recorded in this build."
    tests = seen["tests"]
    facts = [
        f"{number(tests[kind])} {words}"
        for kind, words in {
            "passed": "tests passed",
            "failed": "**failed**",
            "differ": "differed, as they are marked",
            "skipped": "were skipped",
        }.items()
        if tests.get(kind)
    ]
    versions = listed([f"{name} {version}" for name, version in seen["versions"].items()])
    when = f"{moment(seen)}, commit `{seen['commit']}`"
    return f"- **{title(backend)}**, {when}: {listed(facts)}. {versions}."


class RecordDirective(SphinxDirective):  # type: ignore[misc]
    """Put a text made from the record where the directive stands."""

    make_text: Callable[[Record], str]

    def run(self) -> list[nodes.Node]:
        """Read the record and parse the text made from it."""
        read_again.in_each_build(self.env)
        text = type(self).make_text(read_record(Path(self.env.srcdir)))
        parsed: list[nodes.Node] = self.parse_text_to_nodes(text)
        return [nodes.container("", *parsed, classes=["verification"])]


class VerificationDirective(RecordDirective):
    """The whole record."""

    make_text = staticmethod(report)


class PromisesDirective(RecordDirective):
    """Every promise, the check that holds it, and when it last ran."""

    make_text = staticmethod(
        lambda record: promises((chapters.ROOT / "README.md").read_text("utf-8"), record)
    )


class ExemptionsDirective(RecordDirective):
    """The cells whose output is not compared."""

    make_text = staticmethod(lambda _: exemptions(chapters.ROOT))


class BackendsDirective(RecordDirective):
    """What the other backends of Keras showed."""

    make_text = staticmethod(lambda _: backends(chapters.ROOT))


class VerificationSummaryDirective(RecordDirective):
    """The record in a sentence."""

    make_text = staticmethod(summary)


def sign(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Say below a page where it comes from."""
    if doctree is not None:
        words = provenance(read_record(Path(app.srcdir)), page)
        link = f'<a href="{context["pathto"](STATUS)}">What the checks saw</a>'
        context["body"] += f'<p class="provenance">{words} {link}</p>\n'


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directives and the hooks."""
    app.setup_extension("read_again")
    app.add_directive("promises", PromisesDirective)
    app.add_directive("exemptions", ExemptionsDirective)
    app.add_directive("backends", BackendsDirective)
    app.connect("html-page-context", sign)
    app.add_directive("verification", VerificationDirective)
    app.add_directive("verification-summary", VerificationSummaryDirective)
    return {"version": "1", "env_version": 1, "parallel_read_safe": False}
