"""What is read from the tests' markers and from a run on another backend, and what is found."""

import ast

import pytest

from tests.backends import networks
from tools import backends

MARKED = """
import pytest
WHY = "it needs TensorFlow"

@pytest.mark.parametrize("n", [1, 2])
@pytest.mark.differs("jax", "torch", reason=WHY)
def test_one(n): ...

@pytest.mark.parametrize("n", [1, pytest.param(2, marks=pytest.mark.differs("jax", reason=WHY))])
def test_some(n): ...

@pytest.mark.differs("torch", reason="it " "rounds")
def test_two(): ...

def test_three(): ...
"""
REPORT = """<testsuites><testsuite>
<testcase classname="a" name="b"/>
<testcase classname="a" name="c"><properties>
<property name="largest differences" value='{"net": {"gradients": 0.5}}'/>
</properties></testcase>
<testcase classname="a" name="d"><skipped type="pytest.xfail" message="why"/></testcase>
<testcase classname="a" name="e"><skipped type="pytest.skip" message="why"/></testcase>
<testcase classname="a" name="f"><failure message="why"/></testcase>
<testcase classname="a" name="g"><error message="why"/></testcase>
</testsuite></testsuites>"""


def test_markers_are_found_with_their_reasons():
    found = [(mark.test, mark.backends, mark.reason) for mark in backends.marks_in(MARKED, "f")]
    assert found == [
        ("test_one", ("jax", "torch"), "it needs TensorFlow"),
        ("test_some", ("jax",), "it needs TensorFlow"),
        ("test_two", ("torch",), "it rounds"),
    ]


def test_every_marker_of_the_package_names_backends_that_are_tried():
    found = backends.marks()
    assert found
    assert {name for mark in found for name in mark.backends} <= set(backends.LISTS)


def test_a_run_is_counted_and_its_differences_kept(tmp_path):
    (tmp_path / "report.xml").write_text(REPORT)
    seen = backends.seen_in(tmp_path / "report.xml")
    assert seen["tests"] == {"passed": 2, "differ": 1, "skipped": 1, "failed": 2}
    assert seen["differences"] == {"net": {"gradients": 0.5}}


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("import keras\nside = 8\nx = keras.Input((side,))\nnet = keras.Model(x, x)", ["net"]),
        ("def build():\n    model = keras.Sequential([])\n    return model", ["build"]),
        ("net = keras.Sequential([layer])\nlayer = net.layers[0]", ["net"]),
        ("x, y = data.load_digits()\nnet = keras.Sequential([layer(x)])", []),
        ("a = keras.Sequential([])\nb = a.fit(x)\nnet = keras.Model(b, b)", ["a"]),
        ("number = 3", []),
    ],
)
def test_a_chapter_s_networks_are_found_unless_they_need_data(code, found):
    assert [name for name, _ in networks.networks_in(code)] == found


def test_each_chapter_function_with_arguments_is_still_there():
    assert set(networks.ARGUMENTS) <= set(networks.chapter_networks())


def test_what_a_chapter_s_function_asks_for_is_given():
    lacking = {}
    for name, make in networks.chapter_networks().items():
        function = make.args[-1][-1]
        if isinstance(function, ast.FunctionDef):
            given = set(networks.ARGUMENTS.get(name, {}))
            wanted = function.args.args[: len(function.args.args) - len(function.args.defaults)]
            lacking[name] = {argument.arg for argument in wanted} ^ given
    assert len(lacking) > 10
    assert not any(lacking.values()), lacking
