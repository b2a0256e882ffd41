"""A text and its notebook are one chapter, and the outputs belong to the code.

jupytext keeps old outputs when code changes, and nbval passes a notebook that was never run; these
tests see both.
"""

import ast
import json
import re
from pathlib import Path

import jupytext
import pytest
import yaml

from tools import chapters

from .conftest import say

MEND = "run `make notebooks`"
ALLOWED_TAGS = {
    "hide-input",
    "hide-output",
    "nbval-ignore-output",
    "raises-exception",
    "remove-cell",
    "remove-input",
    "remove-output",
}
MAX_LINES, MAX_COLUMNS, MAX_CELLS, MAX_BYTES = 20, 79, 45, 3_000_000


def test_there_are_chapters_and_each_text_has_its_notebook():
    texts = [path.stem for path in chapters.texts()]
    notebooks = [path.stem for path in chapters.notebooks()]
    assert texts, "no chapter found in book/"
    assert texts == notebooks, f"texts {texts}, notebooks {notebooks}; {MEND}"


def test_every_chapter_is_in_the_table_of_contents():
    toc = yaml.safe_load((chapters.ROOT / "_toc.yml").read_text())
    listed = [c["file"] for part in toc["parts"] for c in part["chapters"]]
    listed = [file.removeprefix("notebooks/") for file in listed if file.startswith("notebooks/")]
    assert listed == [path.stem for path in chapters.texts()]


def test_the_pair_holds_the_same_cells(chapter, notebook):
    text = jupytext.read(chapters.ROOT / "book" / f"{chapter}.md")
    problems = (
        []
        if len(text.cells) == len(notebook.cells)
        else [
            f"{chapter}: {len(text.cells)} cells in the text, "
            f"{len(notebook.cells)} in the notebook; {MEND}"
        ]
    )
    for index, (ours, theirs) in enumerate(zip(text.cells, notebook.cells, strict=False)):
        for part in ("cell_type", "source"):
            if ours[part] != theirs[part]:
                problems.append(
                    f"{chapter}: cell {index} drifted: the text's {part} is\n{ours[part]}\n"
                    f"the notebook's is\n{theirs[part]}\n{MEND}"
                )
        metadata = [
            {k: dict(c.metadata).get(k) for k in ("tags", "mystnb")} for c in (ours, theirs)
        ]
        if metadata[0] != metadata[1]:
            problems.append(f"{chapter}: cell {index} drifted in its metadata: {metadata}; {MEND}")
    assert not problems, say(problems[:3])


def test_the_outputs_belong_to_the_code(chapter, notebook):
    stored = notebook.metadata.get("executed_sha256")
    assert stored is not None, f"{chapter}: the notebook was never executed; {MEND}"
    assert stored == chapters.code_sha256(notebook), (
        f"{chapter}: the code changed after the outputs were computed; {MEND}"
    )


def test_every_cell_was_run_once_and_in_order(chapter, notebook):
    counts = [cell.execution_count for cell in chapters.code_cells(notebook)]
    assert counts == list(range(1, len(counts) + 1)), (
        f"{chapter}: execution counts are {counts}: a cell was never run, or out of order; {MEND}"
    )


def test_no_output_is_an_error_or_a_warning(chapter, notebook):
    problems = []
    for number, cell in enumerate(chapters.code_cells(notebook)):
        for output in cell.outputs:
            if output.output_type == "error" and "raises-exception" not in chapters.tags(cell):
                problems.append(
                    f"{chapter}: code cell {number} holds an error output: "
                    f"{output.ename}: {output.evalue}"
                )
            if output.get("name") == "stderr":
                problems.append(
                    f"{chapter}: code cell {number} wrote to stderr: {output.text[:200]}"
                )
    assert not problems, say(problems)


def test_no_output_is_the_name_of_an_object(chapter, notebook):
    """End a figure's cell with `plt.show()`: nbval, unlike Jupyter, ignores a semicolon."""
    problems = [
        f"{chapter}: code cell {number} ends in an object's name: {found[0]}"
        for number, cell in enumerate(chapters.code_cells(notebook))
        if (
            found := re.search(
                r"<(?!Figure size)[A-Za-z_.]+[^<>]*(?:object at|Axes|: )[^<>]*>",
                chapters.output_text(cell),
            )
        )
    ]
    assert not problems, say(problems)


def test_a_cell_whose_output_is_not_compared_asserts_its_claim(chapter, notebook):
    problems = []
    for number, cell in enumerate(chapters.code_cells(notebook)):
        tags = {tag for tag in chapters.tags(cell) if not tag.startswith("exempt-")}
        unknown = tags - ALLOWED_TAGS
        if unknown:
            problems.append(f"{chapter}: code cell {number} has the unknown tags {sorted(unknown)}")
        if re.search(r"#\s*(NBVAL|PYTEST_VALIDATE)_", cell.source):
            problems.append(f"{chapter}: code cell {number} switches nbval in a comment: use a tag")
        if "nbval-ignore-output" in chapters.tags(cell) and not _asserts(cell.source):
            problems.append(
                f"{chapter}: code cell {number} is not compared, and asserts nothing instead"
            )
    assert not problems, say(problems)


def test_every_function_of_a_chapter_is_used_in_it(chapter, notebook):
    source = "\n".join(cell.source for cell in chapters.code_cells(notebook))
    tree = ast.parse(source)
    defined = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert defined <= used, f"{chapter}: defined and never called: {sorted(defined - used)}"


def test_no_function_is_defined_in_two_chapters():
    places: dict[str, list[str]] = {}
    for path in chapters.notebooks():
        for cell in chapters.code_cells(chapters.read(path)):
            for node in ast.parse(cell.source).body:
                if isinstance(node, ast.FunctionDef):
                    places.setdefault(node.name, []).append(path.stem)
    twice = {name: where for name, where in places.items() if len(where) > 1}
    assert not twice, f"defined more than once, move them to cnnutils: {twice}"


def test_cells_are_short_and_the_file_is_portable(chapter, notebook, notebook_path):
    cells = chapters.code_cells(notebook)
    long = [n for n, cell in enumerate(cells) if len(cell.source.splitlines()) > MAX_LINES]
    assert not long, f"{chapter}: code cells {long} have more than {MAX_LINES} lines"
    wide = [n for n, c in enumerate(cells) if max(map(len, c.source.splitlines())) > MAX_COLUMNS]
    assert not wide, f"{chapter}: code cells {wide} have lines of more than {MAX_COLUMNS} columns"
    assert len(cells) <= MAX_CELLS, f"{chapter}: {len(cells)} code cells, at most {MAX_CELLS}"
    size = notebook_path.stat().st_size
    assert size <= MAX_BYTES, f"{chapter}: the notebook weighs {size:,} bytes"
    found = re.search(
        r"(?<![\w.])/(?:home|root|tmp|Users|work|content)/[^\s\"']*", _text(notebook_path)
    )
    assert found is None, f"{chapter}: a path of one machine is stored: {found and found[0]}"


@pytest.mark.parametrize(
    ("source", "asserts"),
    [("assert x", True), ("np.testing.assert_allclose(a, b)", True), ("# assert x", False)],
)
def test_what_counts_as_an_assertion(source, asserts):
    assert _asserts(source) is asserts


def _asserts(source: str) -> bool:
    return any(
        isinstance(node, ast.Assert)
        or (isinstance(node, ast.Attribute) and node.attr.startswith("assert_"))
        for node in ast.walk(ast.parse(source))
    )


def _text(path: Path) -> str:
    """The notebook's text without its pictures, in which any letters can occur."""
    notebook = json.loads(path.read_text())
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            for kind in [kind for kind in output.get("data", {}) if kind.startswith("image/")]:
                del output["data"][kind]
    return json.dumps(notebook)
