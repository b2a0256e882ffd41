"""Every number in a chapter's text stands on a number that was executed."""

import nbformat.v4 as nbf
import pytest

from tools import prose_numbers

from .conftest import say


def test_the_numbers_in_the_text_were_executed(chapter, notebook):
    problems = [
        f"{chapter}: cell {number.cell}: '{number.written}' stands in no compared output and no "
        f"assertion: {number.sentence}"
        for number in prose_numbers.unsupported(notebook)
    ]
    assert not problems, say(problems)


def notebook_with(text, *, output="", code="", tags=()):
    cell = nbf.new_code_cell(code, metadata={"tags": list(tags)})
    cell.outputs = [nbf.new_output("stream", text=output)] if output else []
    return nbf.new_notebook(cells=[nbf.new_markdown_cell(text), cell])


def unsupported(*args, **kwargs):
    return [n.written for n in prose_numbers.unsupported(notebook_with(*args, **kwargs))]


@pytest.mark.parametrize(
    ("text", "output"),
    [
        ("VGG-16 has 138,357,544 parameters", "138357544"),
        ("VGG-16 has 138.4M parameters", "params: 138,357,544"),
        ("VGG-16 has 138 M parameters", "params: 138,357,544"),
        ("the error is 7.1%", "error 0.0714"),
        ("the error is 7.1 %", "error 7.09 percent"),
        ("it is 9.7× cheaper", "ratio 9.67"),
        (r"there are $3{,}000{,}000$ inputs", "3000000"),
        (r"$1000 \times 1000$ pixels", "1000"),
        ("it took 2.5e-3 s", "0.0025"),
        ("the sum is −128", "-128"),
    ],
)
def test_a_number_is_supported_by_an_output_that_rounds_to_it(text, output):
    assert unsupported(text, output=output) == []
    assert unsupported(text, output="no number here") != []


@pytest.mark.parametrize(
    ("text", "output", "left"),
    [
        ("138.4M parameters", "138,457,544", ["138.4M"]),  # rounds to 138.5M
        ("7.1% error", "0.0716", ["7.1%"]),
        ("the sum is 128", "-128", ["128"]),
        ("128 and 256", "128", ["256"]),
        ("$128 + 256$", "", ["128", "256"]),
        ("it has 1960 values", "", ["1960"]),  # not a year
        ("| 62,006 |", "", ["62,006"]),
        ("`dense(4096)`", "", ["4096"]),
    ],
)
def test_a_number_without_support_is_named(text, output, left):
    assert unsupported(text, output=output) == left


@pytest.mark.parametrize(
    "text",
    [
        "## 1,000,000 reasons",
        "In 2012, after 1998 and (2015)",
        "ResNet-152, conv2d, float32 and VGG16",
        "[He et al., 2015](https://arxiv.org/abs/1512.03385)",
        "```\n12345\n```",
        "a window of 3, a stride of 2 and 45 degrees",
        "[link](chapter_123.md)",
    ],
)
def test_what_is_exempt_by_rule(text):
    assert unsupported(text) == []


@pytest.mark.parametrize(
    ("code", "supported"),
    [
        ("assert n == 62_006", True),
        ("assert -n == -62_006 or n == 62006", True),
        ("for n in range(2):\n    assert f(n) == 62006", True),
        ("np.testing.assert_allclose(n, 62006)", True),
        ("n = 62006  # 62,006", False),
        ("# assert n == 62006", False),
        ("def f():\n    assert n == 62006", False),
        ("if False:\n    assert n == 62006", False),
        ("'assert n == 62006'", False),
    ],
)
def test_only_an_assertion_that_runs_supports_a_number(code, supported):
    assert (unsupported("62,006 parameters", code=code) == []) is supported


def test_an_output_that_is_not_compared_supports_nothing():
    text, output = "it took 3.25 s", "3.25"
    assert unsupported(text, output=output) == []
    assert unsupported(text, output=output, tags=["nbval-ignore-output"]) == ["3.25 s"]


def test_captions_and_alternative_texts_are_read_too():
    notebook = notebook_with("text")
    notebook.cells[1].metadata["mystnb"] = {
        "image": {"alt": "a curve that falls to 0.125"},
        "figure": {"caption": "All 640 images"},
    }
    assert [n.written for n in prose_numbers.unsupported(notebook)] == ["0.125", "640"]
