"""Each test breaks a copy of the course in one way that matters, and asserts that a check goes red.

A green check means something only if the same check is red when it should be. Each canary also
asserts the message: it must say what is wrong and where.
"""

import base64
import io
import re
import sys

import nbformat.v4 as nbf
from PIL import Image, ImageDraw

from tools import chapters

from .conftest import CHAPTER, PYTEST, assert_green, assert_red


def test_an_unbroken_copy_is_green(checkout):
    """The control: what follows is red because of what was broken, and of nothing else."""
    assert_green(checkout.contracts())


# --- the site: the longest, so the first -----------------------------------------------------


def test_a_page_with_a_broken_link_and_a_foreign_resource(checkout):
    """One build, three breaks: the build names the link, the pages' test the other two."""
    breaks = [
        "[no such page](../book/pages/nowhere.md)",
        '<img src="https://example.org/pixel.png" alt="a pixel from another host">',
        '<a href="#no-such-place">there</a>',
    ]
    checkout.edit_text("## What we learnt", "\n\n".join([*breaks, "## What we learnt"]))
    assert_red(checkout.build(), "nowhere.md", f"{CHAPTER}.ipynb")
    assert_red(checkout.pages(), "https://example.org/pixel.png", "#no-such-place", CHAPTER)


# --- text and notebook -----------------------------------------------------------------------


def test_a_text_that_was_changed_alone(checkout):
    checkout.replace(f"book/{CHAPTER}.md", "Most of it is smooth", "All of it is smooth")
    assert_red(checkout.contracts(), f"{CHAPTER}: cell 3 drifted", "All of it is smooth")


def test_a_notebook_that_was_changed_alone(checkout):
    notebook = checkout.notebook()
    notebook.cells[-1].source += "\n\nA sentence that the text does not have."
    checkout.save(notebook)
    last = len(notebook.cells) - 1
    assert_red(checkout.contracts(), f"{CHAPTER}: cell {last} drifted", "make notebooks")


def test_code_that_changed_without_a_run(checkout):
    checkout.edit_text("learning_rate=1.4", "learning_rate=1.3", rehash=False)
    assert_red(checkout.contracts(), f"{CHAPTER}: the code changed after the outputs were computed")


def test_a_notebook_that_was_never_run(checkout):
    notebook = checkout.notebook()
    for cell in chapters.code_cells(notebook):
        cell.execution_count, cell.outputs = None, []
    del notebook.metadata["executed_sha256"]
    checkout.save(notebook)
    assert_red(checkout.contracts(), "the notebook was never executed", "a cell was never run")


def test_an_error_among_the_outputs(checkout):
    notebook = checkout.notebook()
    cell = chapters.code_cells(notebook)[3]
    cell.outputs = [nbf.new_output("error", ename="NameError", evalue="name 'imag' is not defined")]
    checkout.save(notebook)
    assert_red(
        checkout.contracts(),
        "code cell 3 holds an error output: NameError: name 'imag' is not defined",
    )


def test_a_tag_that_hides_a_difference(checkout):
    checkout.edit_text(
        "```{code-cell} ipython3\nimage = np.array([",
        "```{code-cell} ipython3\n:tags: [nbval-ignore-output]\n\nimage = np.array([",
    )
    assert_red(checkout.contracts(), "is not compared, and asserts nothing instead")


def test_an_exemption_that_has_expired(checkout):
    checkout.edit_text(
        "```{code-cell} ipython3\nimage = np.array([",
        "```{code-cell} ipython3\n:tags: [nbval-ignore-output, exempt-time-2020-01]\n\n"
        "image = np.array([",
    )
    assert_red(checkout.contracts(), "its exemption (time) expired after 2020-01")


# --- numbers in the text ---------------------------------------------------------------------


def test_a_number_in_the_text_that_nothing_computes(checkout):
    checkout.edit_text("Sixteen windows, sixteen numbers.", "It needs 1,234 multiplications.")
    assert_red(checkout.contracts(), "'1,234' stands in no compared output", "multiplications")


def test_a_number_that_stands_in_a_comment_only(checkout):
    checkout.edit_text("Sixteen windows, sixteen numbers.", "It needs 1,234 multiplications.")
    checkout.edit_text("first = np.sum(", "# 1,234 and assert n == 1234\nfirst = np.sum(")
    assert_red(checkout.contracts(), "'1,234' stands in no compared output")


# --- figures' texts --------------------------------------------------------------------------


def test_a_figure_without_an_alternative_text(checkout):
    text = checkout.text.read_text()
    block = re.search(r"  image:\n    alt: .*?(?=  figure:)", text, re.DOTALL)
    assert block is not None
    checkout.edit_text(block[0], "")
    assert_red(checkout.contracts(), "has no alternative text")


# --- one source of truth ---------------------------------------------------------------------


def test_a_second_list_of_packages(checkout):
    checkout.replace("environment.yml", "  - pip\n", "  - pip\n  - numpy=2.0\n")
    assert_red(checkout.contracts(), "environment.yml", "numpy=2.0")


def test_a_registry_address_in_the_lock(checkout):
    lock = checkout.root / "requirements.lock"
    lock.write_text("--index-url https://registry.example/simple\n" + lock.read_text())
    assert_red(checkout.contracts(), "requirements.lock", "holds an address")


def test_an_address_that_is_not_the_projects(checkout):
    checkout.edit_text("/blob/main/notebooks/", "/blob/old/notebooks/")
    assert_red(checkout.contracts(), "python -m tools.addresses", f"book/{CHAPTER}.md")


def test_a_chapter_that_the_table_of_contents_forgot(checkout):
    checkout.replace("_toc.yml", f"      - file: notebooks/{CHAPTER}\n", "")
    assert_red(checkout.contracts(), "test_every_chapter_is_in_the_table_of_contents")


# --- outputs and figures, executed again -----------------------------------------------------


def test_a_changed_output_and_an_edited_figure(checkout):
    """One execution, two breaks: both cells go red, and no other."""
    notebook = checkout.notebook()
    cells = chapters.code_cells(notebook)
    printed = next(n for n, c in enumerate(cells) if "first output: -5" in chapters.output_text(c))
    output = cells[printed].outputs[0]
    output.text = output.text.replace("first output: -5", "first output: -6")
    drawn = next(n for n, c in enumerate(cells) if list(chapters.figures(c.outputs)))
    data = next(o.data for o in cells[drawn].outputs if "image/png" in o.get("data", {}))
    data["image/png"] = with_a_dot(data["image/png"])
    checkout.save(notebook)
    result = checkout.nbval()
    assert_red(result, "-  output: -5", "+  output: -6", "figure 1 differs", "in the tile at")
    failed = set(re.findall(r"^FAILED \S+::(Cell \d+)", result.stdout, re.MULTILINE))
    assert failed == {f"Cell {printed}", f"Cell {drawn}"}


def with_a_dot(picture: str) -> str:
    """Draw a dot of nine pixels into a base64 picture."""
    image = Image.open(io.BytesIO(base64.b64decode(picture))).convert("RGB")
    ImageDraw.Draw(image).rectangle((100, 100, 102, 102), fill=(255, 0, 0))
    buffer = io.BytesIO()
    image.save(buffer, format="png")
    return base64.b64encode(buffer.getvalue()).decode()


# --- the package -----------------------------------------------------------------------------


def test_a_convolution_that_turns_its_kernel(checkout):
    checkout.replace(
        "cnnutils/ops/products.py",
        "matrices = kernel.reshape(",
        "matrices = kernel[::-1, ::-1].reshape(",
    )
    result = checkout.run(*PYTEST, "tests/cnnutils/ops", "-k", "keras_convolution")
    assert_red(result, "test_it_is_keras_convolution", "Mismatched elements")


def test_a_module_that_imports_upwards(checkout):
    checkout.replace(
        "cnnutils/shapes.py",
        "from cnnutils._checks import",
        "from cnnutils import plots\nfrom cnnutils._checks import",
    )
    bin_folder = re.sub(r"/[^/]+$", "", sys.executable)
    assert_red(checkout.run(f"{bin_folder}/lint-imports"), "cnnutils.shapes", "cnnutils.plots")


# --- the claims ledger -----------------------------------------------------------------------


def test_a_verdict_that_no_longer_follows(checkout):
    """A package that computes something else, and a statement that was made true."""
    checkout.replace(
        "cnnutils/ops/products.py",
        "matrices = kernel.reshape(",
        "matrices = kernel[::-1, ::-1].reshape(",
    )
    checkout.replace(
        "claims/convolution.py", "padding, give a 4×4 map.", "padding, give a 62×62 map."
    )
    checkout.replace("claims/convolution.py", "says=(4, 4), finds=", "says=(62, 62), finds=")
    result = checkout.run(sys.executable, "-m", "tools.ledger", "convolution")
    assert_red(
        result,
        "CONV-C42: it is imprecise, so `correct` must say what holds instead",
        "CONV-C09: it is right, so there is nothing to correct",
    )


# --- the homework ----------------------------------------------------------------------------


def test_a_homework_test_that_was_weakened(checkout):
    hidden, visible = "homework/hw01/tests_hidden.py", "homework/hw01/tests_visible.py"
    checkout.replace(
        hidden,
        "assert close(hw.zero_pad(images, padding), reference.zero_pad(images, padding))",
        "hw.zero_pad(images, padding)",
    )
    checkout.replace(visible, "    assert raises(ValueError, hw.output_size, 4, 5, 1, 0)", "    #")
    for size in ("3, 8, 2, 2", "2, 9, 3, 0"):
        checkout.replace(hidden, f"    assert raises(ValueError, hw.output_size, {size})", "    #")
    chosen = "tests_accept and hw01"
    result = checkout.run(*PYTEST, "tests/homework/test_assignments.py", "-k", chosen)
    assert_red(
        result,
        "lazy answer accepted: q1, lazy “returns None” passes test_q1_many",
        "mutant survives: q2, mutant “returns a number where nothing fits”",
    )


def test_a_release_with_a_line_of_a_solution(checkout):
    checkout.replace(
        "homework/hw01/hw01.md",
        "How many windows fit? Rows",
        "Write `room = size + 2 * padding - kernel_size`. Rows",
    )
    result = checkout.run(*PYTEST, "tests/homework/test_assignments.py", "-k", "made_from")
    assert_red(result, "a solution's line is in the release: room = size + 2 * padding")
