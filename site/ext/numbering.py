"""Chapters and their figures are numbered as their files are: 08c_yolo is 8c, with figure 8c.1.

Sphinx counts the chapters of the table of contents, which agrees as long as no chapter has a letter
and none is missing. Here its count is replaced after it has numbered everything.
"""

import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

AFTER_SPHINX = 900  # its own numbering has the usual priority, 500


def label(docname: str) -> str | None:
    """Return a chapter's number as its file has it, None for any other page.

    >>> label("notebooks/08c_yolo"), label("notebooks/12_beyond_images"), label("index")
    ('8c', '12', None)
    """
    match = re.fullmatch(r"notebooks/0*(\d+[a-z]?)_\w+", docname)
    return match[1] if match else None


def number_by_name(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Replace the first part of every number of a chapter: headings, contents and figures."""
    for docname, sections in env.toc_secnumbers.items():
        name = label(docname)
        if name is None:
            continue
        numbered: list[dict[str, Any]] = [sections, *env.toc_fignumbers.get(docname, {}).values()]
        for numbers in numbered:
            for key, number in numbers.items():
                numbers[key] = (name, *number[1:]) if number else number
        for node in (env.titles[docname], *env.tocs[docname].findall(nodes.reference)):
            if node.get("secnumber"):
                node["secnumber"] = [name, *node["secnumber"][1:]]
    return []


def setup(app: Sphinx) -> dict[str, Any]:
    """Number after Sphinx has."""
    app.connect("env-get-updated", number_by_name, priority=AFTER_SPHINX)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
