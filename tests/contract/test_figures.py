"""Every picture has a text that says what it shows, and drawn figures have a caption."""

import re

from tools import chapters

from .conftest import say

MIN_ALT = 30  # characters: a sentence, not a label


def test_every_drawn_figure_has_an_alternative_text_and_a_caption(chapter, notebook):
    problems, names = [], set()
    for number, cell in enumerate(chapters.code_cells(notebook)):
        drawn = len(list(chapters.figures(cell.outputs)))
        mystnb = cell.metadata.get("mystnb", {})
        alt = mystnb.get("image", {}).get("alt", "")
        figure = mystnb.get("figure", {})
        if drawn > 1:
            problems.append(f"{chapter}: code cell {number} draws {drawn} figures; one a cell")
        if drawn and len(alt) < MIN_ALT:
            problems.append(f"{chapter}: code cell {number} has no alternative text: {alt!r}")
        if drawn and not (figure.get("caption") and figure.get("name", "").startswith("fig-")):
            problems.append(f"{chapter}: code cell {number} has no caption or no name fig-...")
        if figure and (not drawn or figure.get("name") in names):
            problems.append(f"{chapter}: code cell {number} names a figure twice, or draws none")
        names.add(figure.get("name"))
    assert not problems, say(problems)


def test_every_linked_picture_has_an_alternative_text(chapter, notebook):
    problems = [
        f"{chapter}: cell {index}: a picture without alternative text: {match[0]}"
        for index, cell in enumerate(notebook.cells)
        if cell.cell_type == "markdown"
        for match in re.finditer(r"!\[(?P<alt>[^\]]*)\]\([^)]*\)", cell.source)
        if len(match["alt"].strip()) < 5
    ]
    assert not problems, say(problems)
