"""The claims ledger: statements in circulation, with what running their checks found.

Directives ``{ledger-summary}`` and ``{ledger}``. Everything comes from _build/ledger.json, which
``tools/ledger.py`` writes when it runs the checks; without it, the page says so. The table can be
read without scripts; ``site/static/ledger.js`` adds a filter.
"""

import json
import re
from collections import Counter
from pathlib import Path
from statistics import mode
from typing import Any

import read_again  # type: ignore[import-not-found]
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from claims import VERDICTS
from tools import chapters
from tools.addresses import project
from tools.ledger import ADDRESS, LEDGER
from tools.told_verdicts import LABEL

PROPOSE = (
    "Do you know a statement that belongs here, or a case that turns a verdict?"
    " [Propose it]({repository}/issues/new?template=statement.md). A proposal is a statement with"
    " its check, and the program that made these tables runs it."
)
NAMES = {"mobilenet": "MobileNet", "resnets": "ResNets"}  # the others are plain words
LEDGER_PAGE = "book/pages/ledger"
COLUMNS = {"Verdict": 17, "Statement, and what holds": 83}  # and their shares of the width, in %
NOT_JUDGED = "**The statements were not judged in this build:** `make book` runs their checks."
Claim = dict[str, Any]


def judged(root: Path) -> list[Claim]:
    """Return the judged claims, none where the checks did not run."""
    path = root / LEDGER.relative_to(chapters.ROOT)
    return list(json.loads(path.read_text("utf-8"))["claims"]) if path.is_file() else []


def summary(claims: list[Claim]) -> str:
    """Return what was found in all, in Markdown."""
    if not claims:
        return NOT_JUDGED
    verdicts = Counter(claim["verdict"] for claim in claims)
    computed = sum(bool(claim["code"]) for claim in claims)
    counts = ", ".join(f"{verdicts[verdict]} {verdict}" for verdict in VERDICTS)
    return (
        f"**{len(claims)} statements: {counts}.** {computed} were judged by computing, in"
        f" {sum(len(claim['cases']) for claim in claims):,} cases, and"
        f" {len(claims) - computed} by looking into a source."
    )


def by_chapter(claims: list[Claim]) -> dict[str, list[Claim]]:
    """Sort claims into the topics, in the order of the chapters where most of each are taught."""
    topics: dict[str, list[Claim]] = {}
    for claim in claims:
        topics.setdefault(claim["topic"], []).append(claim)
    place = {
        topic: mode(claim["taught"].split("_")[0][:2] for claim in entries)
        for topic, entries in topics.items()
    }
    return {topic: topics[topic] for topic in sorted(topics, key=lambda topic: place[topic])}


def number(taught: str) -> str:
    """Return the chapter's number as readers know it.

    >>> number("08c_yolo#grid")
    '8c'
    """
    return taught.split("_")[0].lstrip("0")


def numbered(source: str) -> str:
    """Write each paper's number behind its link, so that it can be found on paper as well.

    >>> numbered("[He and others 2015](https://arxiv.org/abs/1512.03385), section 4.2")
    '[He and others 2015](https://arxiv.org/abs/1512.03385) (arXiv 1512.03385), section 4.2'
    """

    def with_number(link: re.Match[str]) -> str:
        return f"{link[0]} (" + (
            f"DOI {link['doi']})" if link["doi"] else f"arXiv {link['arxiv']})"
        )

    return ADDRESS.sub(with_number, source)


class LedgerDirective(SphinxDirective):  # type: ignore[misc]
    """The whole ledger, a table for each topic."""

    def run(self) -> list[nodes.Node]:
        """Read the judged ledger and make its tables."""
        read_again.in_each_build(self.env)
        self.env.note_dependency(__file__)
        claims = judged(Path(self.env.srcdir))
        if not claims:
            return list(self.parse_text_to_nodes(NOT_JUDGED))
        names = project(Path(self.env.srcdir))
        found = list(self.parse_text_to_nodes(PROPOSE.format(repository=names.repository)))
        found.append(nodes.container("", classes=["ledger-filter"]))
        for topic, entries in by_chapter(claims).items():
            title = NAMES.get(topic, topic.replace("_", " ").capitalize())
            section = nodes.section("", nodes.title("", title), self.table(entries), names=[topic])
            self.state.document.note_implicit_target(section, section)
            found.append(section)
        return found

    def table(self, claims: list[Claim]) -> nodes.table:
        """Return one topic's table."""
        group = nodes.tgroup(
            "", *(nodes.colspec("", colwidth=share) for share in COLUMNS.values()), cols=2
        )
        titles = [nodes.entry("", nodes.paragraph("", title)) for title in COLUMNS]
        group += nodes.thead("", nodes.row("", *titles))
        group += nodes.tbody("", *(self.row(claim) for claim in claims))
        return nodes.table("", group, classes=["ledger", "colwidths-given"])

    def row(self, claim: Claim) -> nodes.row:
        """Return one statement's row."""
        label = claim["label"]
        verdict = nodes.entry("", nodes.strong("", claim["verdict"]), classes=["verdict"])
        link = nodes.reference("", label, refuri=f"#{label.lower()}", internal=True)
        verdict += nodes.paragraph("", "", link)
        holds = claim["why"]
        if claim["correct"]:
            holds = f"**Instead:** {claim['correct']} {holds}"
        texts = [f"*{claim['statement']}*", holds]
        if claim["source"]:
            texts.append(f"Source: {numbered(claim['source'])}. Read: {claim['read']}.")
        text = nodes.entry("", *self.parse_text_to_nodes("\n\n".join(texts)))
        text += self.taught(claim["taught"])
        if claim["code"]:
            text += self.check(claim)
        return nodes.row("", verdict, text, ids=[label.lower()], classes=[claim["verdict"]])

    def taught(self, place: str) -> nodes.paragraph:
        """Return a link to the section that teaches it."""
        chapter, section = place.split("#")
        builder = self.env.app.builder
        page = builder.get_relative_uri(self.env.docname, f"notebooks/{chapter}")
        words = f"Taught in chapter {number(chapter)}"
        link = nodes.reference("", words, refuri=f"{page}#{section}", internal=True)
        return nodes.paragraph("", "", link, classes=["taught"])

    def check(self, claim: Claim) -> nodes.container:
        """Return the folded cases and code of a check."""
        cases = nodes.bullet_list("")
        for case in claim["cases"]:
            mark = "agrees" if case["agrees"] else "differs"
            text = f"{case['condition']}: stated {case['says']}, found {case['finds']}"
            item = nodes.list_item("", nodes.paragraph("", text), classes=[mark])
            cases += item
        code = nodes.literal_block(claim["code"], claim["code"], language="none")
        opened = nodes.raw("", "<details><summary>The check</summary>", format="html")
        closed = nodes.raw("", "</details>", format="html")
        return nodes.container("", opened, cases, code, closed)


class LedgerSummaryDirective(SphinxDirective):  # type: ignore[misc]
    """The ledger in two sentences."""

    def run(self) -> list[nodes.Node]:
        """Read the judged ledger and count."""
        read_again.in_each_build(self.env)
        return list(self.parse_text_to_nodes(summary(judged(Path(self.env.srcdir)))))


def link_labels(app: Sphinx, doctree: nodes.document) -> None:
    """Have the labels in a chapter's text lead to the ledger."""
    page = app.env.docname
    if not page.startswith("notebooks/"):
        return
    app.env.note_dependency(__file__)
    ledger = app.builder.get_relative_uri(page, LEDGER_PAGE)
    for text in list(doctree.findall(nodes.Text)):
        if isinstance(text.parent, nodes.literal | nodes.literal_block | nodes.reference):
            continue
        parts = re.split(f"({LABEL.pattern})", text)
        if len(parts) > 1:
            text.parent.replace(
                text,
                [
                    nodes.reference("", part, refuri=f"{ledger}#{part.lower()}", internal=True)
                    if LABEL.fullmatch(part)
                    else nodes.Text(part)
                    for part in parts
                    if part
                ],
            )


def load(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Have the page with the ledger load its filter."""
    if "ledger-filter" in (context.get("body") or ""):
        app.add_js_file("ledger.js", defer="defer")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directives and the hooks."""
    app.setup_extension("read_again")
    app.add_directive("ledger", LedgerDirective)
    app.add_directive("ledger-summary", LedgerSummaryDirective)
    app.connect("doctree-read", link_labels)
    app.connect("html-page-context", load)
    return {"version": "1", "env_version": 1, "parallel_read_safe": False}
