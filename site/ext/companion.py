"""What a chapter has beside its text: how long it takes, its files, how to cite and to mend it."""

import math
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx

from tools.addresses import Project, project

WORDS_A_MINUTE = 200  # of prose that is to be understood; novels are read faster
STEP = 5  # minutes


def minutes(words: int) -> int:
    """Return how long a text takes to read, in whole steps.

    >>> minutes(2001), minutes(2000), minutes(3)
    (15, 10, 5)
    """
    return max(STEP, STEP * math.ceil(words / WORDS_A_MINUTE / STEP))


def words(doctree: nodes.document) -> int:
    """Count the words of a chapter's prose: no code, no output, no exercises."""
    return sum(
        len(re.findall(r"\w[\w'’-]*", part.astext()))
        for part in doctree.findall(nodes.paragraph)
        if not _in_exercises(part)
    )


def _in_exercises(node: nodes.Node) -> bool:
    while node is not None:
        if isinstance(node, nodes.section) and "exercises" in node["ids"]:
            return True
        node = node.parent
    return False


def bibtex(title: str, docname: str, names: Project, book: str, year: str) -> str:
    """Return the entry that cites a page.

    >>> names = Project("https://a.b/o/r", "https://o.b/r/", "1.2.0")
    >>> print(bibtex("On CNNs", "notebooks/01_on", names, "A book", "2026"))
    @misc{cnn_01_on,
      author = {{The authors of "A book"}},
      title = {{On CNNs}},
      howpublished = {In: A book, version 1.2.0},
      year = {2026},
      url = {https://o.b/r/notebooks/01_on.html},
    }
    """
    lines = [
        f"@misc{{cnn_{docname.split('/')[-1]},",
        f'  author = {{{{The authors of "{book}"}}}},',
        f"  title = {{{{{title}}}}},",
        f"  howpublished = {{In: {book}, version {names.version}}},",
        f"  year = {{{year}}},",
        f"  url = {{{names.book}{docname}.html}},",
        "}",
    ]
    return "\n".join(lines)


def accompany(app: Sphinx, doctree: nodes.document) -> None:
    """Add to a chapter what stands below its title, and what stands at its end."""
    docname = app.env.docname
    if not docname.startswith("notebooks/"):
        return
    badge = next(
        (p for p in doctree.findall(nodes.paragraph) if "colab-badge" in _pictures(p)), None
    )
    if badge is None:
        return  # tests/contract asks for one in each chapter
    badge.parent.insert(badge.parent.index(badge) + 1, _summary(doctree, docname))
    section = next(iter(doctree.findall(nodes.section)))
    section.append(_end(app, docname, section[0].astext()))


def _pictures(paragraph: nodes.paragraph) -> str:
    return " ".join(image.get("uri", "") for image in paragraph.findall(nodes.image))


def _summary(doctree: nodes.document, docname: str) -> nodes.paragraph:
    chapter = docname.split("/")[-1]
    text = f"{minutes(words(doctree))} minutes to read, without code and exercises. Take it along: "
    parts = [
        nodes.Text("About " + text),
        _file(f"/{docname}.ipynb", "notebook"),
        nodes.Text(" (.ipynb), "),
        _file(f"/book/{chapter}.md", "text"),
        nodes.Text(" (.md)."),
    ]
    return nodes.paragraph("", "", *parts, classes=["companion"])


def _file(path: str, name: str) -> addnodes.download_reference:
    node = addnodes.download_reference("", "", nodes.inline("", name), reftarget=path)
    node["refdoc"], node["refexplicit"], node["reftype"] = "index", True, "download"
    return node


def _end(app: Sphinx, docname: str, title: str) -> nodes.container:
    names = project(Path(app.srcdir))
    for source in (str(Path(app.srcdir) / "pyproject.toml"), __file__):
        app.env.note_dependency(source)
    page = f"{names.book}{docname}.html"
    query = urlencode({"title": f"{title}: ", "body": f"On {page}, section …:\n\n"})
    issue = nodes.reference(
        "", "say so", refuri=f"{names.repository}/issues/new?{query}", internal=False
    )
    asked = nodes.paragraph("", "", nodes.Text("Something is wrong, or hard to follow? Please "))
    asked += [issue, nodes.Text(": the page and the check that missed it will be mended.")]
    entry = bibtex(title, docname, names, app.config.project, app.config.copyright)
    code = nodes.literal_block(entry, entry, language="bibtex")
    return nodes.container(
        "",
        asked,
        nodes.raw("", "<details><summary>Cite this page</summary>", format="html"),
        code,
        nodes.raw("", "</details>", format="html"),
        classes=["companion"],
    )


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the hook, before Sphinx collects the files that are downloaded, at 500."""
    app.connect("doctree-read", accompany, priority=450)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
