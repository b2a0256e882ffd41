"""`close` refuses what is not the right kind of thing before it looks at values."""

import numpy as np
import pytest

from cnnutils.homework import testing
from cnnutils.homework.testing import Answers, MissingError, UnansweredError, close, raises

REFUSED = [
    (None, 3.0, "expected a number, got None (NoneType)"),
    ("3", 3, "expected a number, got '3' (str)"),
    ([3], 3, "expected a number, got [3] (list)"),
    (np.empty(0), 3.0, "expected the shape (), got (0,)"),
    (np.nan, 3.0, "expected 3, got nan"),
    (4, 3.0, "expected 3, got 4"),
    (3.00004, 3.0, "expected 3, got 3.00004"),
    (3.0, 3, "expected whole numbers, got 3.0 (float)"),
    (True, 1, "expected whole numbers, got True (bool)"),
    (1, True, "expected True, got 1 (int)"),
    (3j, 3.0, "expected real numbers, got 3j (complex)"),
    (10**400, 3.0, "expected real numbers, got 1000"),
    (3.0, np.inf, "expected inf, got 3"),
    (np.inf, -np.inf, "expected -inf, got inf"),
    (0, None, "expected None, got 0 (int)"),
    ("valid", "same", "expected 'same', got 'valid' (str)"),
    ([1.0, 2.0], np.ones(2), "expected an array of shape (2,), got [1.0, 2.0] (list)"),
    (np.ones((2, 2)), np.ones(4), "expected the shape (4,), got (2, 2)"),
    (np.ones(2), np.array([1, 1]), "expected whole numbers, got float64"),
    (np.ones(2, bool), np.ones(2), "expected real numbers, got bool"),
    (np.ones(2, int), np.ones(2, bool), "expected truth values, got int64"),
    (np.array(["1"]), np.ones(1), "expected real numbers, got <U1"),
    (np.array([1, 2, 9, 9]), np.array([1, 2, 3, 4]), "expected 3 at index (2,), got 9 (2 of 4"),
    (np.array([1, np.nan]), np.ones(2), "expected 1 at index (1,), got nan (1 of 2 values differ)"),
    ([1, 2], (1, 2), "expected a tuple, got [1, 2] (list)"),
    ([np.zeros((9, 9))] * 3, (1, 2), "expected a tuple, got a list of 3 items"),
    ((1,), (1, 2), "expected 2 items, got 1"),
    ((1, 3), (1, 2), "item [1]: expected 2, got 3"),
    ({"a": 1}, {"b": 1}, "expected the keys ['b'], got ['a']"),
    ({"a": [1, 5]}, {"a": [1, 2]}, "item ['a']: item [1]: expected 2, got 5"),
]


@pytest.mark.parametrize(("got", "want", "message"), REFUSED)
def test_close_says_what_differs(got, want, message):
    with pytest.raises(AssertionError) as error:
        close(got, want)
    assert str(error.value).startswith(message)


@pytest.mark.parametrize(
    ("got", "want"),
    [
        (3, 3.0),
        (np.float32(0.1), 0.1),
        (np.int64(3), 3),
        (np.array(3), 3),
        (np.bool_(True), True),
        (np.nan, np.nan),
        (np.inf, np.inf),
        (None, None),
        (np.ones((0, 3)), np.ones((0, 3))),
        (np.float32([0.1, 1e6]), np.array([0.1, 1e6])),
        (np.array([1, 2]), np.array([1.0, 2.0])),
        ((1, [2.0], {"a": None}), (1, [2.0], {"a": None})),
    ],
)
def test_close_accepts(got, want):
    assert close(got, want) is True


PARTS = ("weights", "cost")


@pytest.mark.parametrize(
    ("got", "want", "message"),
    [
        ((7, 2.0), (7, 1.0), "a dense layer: cost: expected 1, got 2"),
        (([7, 5], 1.0), ([7, 4], 1.0), "a dense layer: weights: item [1]: expected 4, got 5"),
        ((7,), (7, 1.0), "a dense layer: expected 2 items (weights, cost), got 1"),
        (7, (7, 1.0), "a dense layer: expected a tuple (weights, cost), got 7 (int)"),
        ([7, 1], [7, 2], "a dense layer: cost: expected 2, got 1"),
    ],
)
def test_close_names_what_it_compares_and_its_parts(got, want, message):
    assert close(want, want, name="a dense layer", parts=PARTS) is True
    for parts in (PARTS, iter(PARTS)):
        with pytest.raises(AssertionError) as error:
            close(got, want, name="a dense layer", parts=parts)
        assert str(error.value) == message


def test_each_part_has_a_name():
    with pytest.raises(ValueError, match="zip"):
        close((1, 2), (1, 2), parts=["weights"])


def test_the_tolerance_is_a_fraction_of_the_largest_value():
    assert close(np.array([0.0, 1000.009]), np.array([0.0, 1000.0]))
    with pytest.raises(AssertionError):
        close(np.array([0.0, 1000.011]), np.array([0.0, 1000.0]))
    assert close(1000.5, 1000.0, tolerance=1e-3)


def test_numpys_own_comparison_accepts_an_empty_array():
    """Why `close` exists."""
    assert np.allclose(np.empty(0), 3.0)


def raising(error):
    def function():
        raise error

    return function


def test_raises_wants_an_error_of_the_kind():
    assert raises(ValueError, raising(ValueError("no")))
    assert raises(ValueError, raising(np.linalg.LinAlgError("no")))  # a ValueError, too
    with pytest.raises(AssertionError, match="expected a ValueError, got a TypeError: no"):
        raises(ValueError, raising(TypeError("no")))
    with pytest.raises(AssertionError, match=r"expected a ValueError, got 1 \(int\)"):
        raises(ValueError, lambda: 1)


@pytest.mark.parametrize("error", [UnansweredError("q1"), MissingError("q1")])
def test_raises_does_not_take_a_missing_answer_for_an_error(error):
    with pytest.raises(type(error)):
        raises(Exception, raising(error))


def test_answers_are_found_by_name_and_cannot_change_what_a_test_holds():
    def spoil(array):
        array[:] = 0
        return array

    hw = Answers({"spoil": spoil, "number": 8, "later": ..., "stub": raising(NotImplementedError)})
    ones = np.ones(2)
    assert close(hw.spoil(ones), np.zeros(2))
    assert close(ones, np.ones(2))
    assert hw.number == 8
    assert hw.run(lambda answers, number: answers.number + number, 1) == 9
    with pytest.raises(UnansweredError, match="later is not answered yet"):
        _ = hw.later
    with pytest.raises(UnansweredError):
        hw.stub()
    with pytest.raises(MissingError, match="other is not defined"):
        _ = hw.other


class Tensor:
    """As every framework's: it has a shape, and gives its numbers."""

    shape = (2,)

    def numpy(self):
        return np.array([1.0, 2.0])


def test_tensors_come_back_as_arrays():
    want = np.array([1.0, 2.0])
    hw = Answers(
        {"one": Tensor, "several": lambda: {"a": (Tensor(), [Tensor()])}, "fixed": Tensor()}
    )
    assert close(hw.one(), want)
    assert close(hw.several(), {"a": (want, [want])})
    assert close(hw.run(lambda answers: answers.fixed), want)


def test_check_says_how_each_visible_test_came_out(monkeypatch, capsys):
    def make(name, body):
        def test(hw):
            body(hw)

        test.__doc__, test.points = name, 1
        return test

    bodies = {
        "right": lambda hw: None,
        "wrong": lambda hw: close(1, 2),
        "todo": lambda hw: raising(UnansweredError("q1 is not answered yet"))(),
        "broken": lambda hw: 1 / 0,
    }
    for name, body in bodies.items():
        monkeypatch.setitem(vars(testing), f"test_q1_{name}", make(f"A {name} one.", body))
    monkeypatch.setitem(vars(testing), "test_q10_other", make("Another question.", bodies["right"]))
    testing.check("q1")
    lines = capsys.readouterr().out.splitlines()
    assert lines[:5] == [
        "passed  A right one.",
        "failed  A wrong one.",
        "        expected 2, got 1",
        "todo    A todo one.",
        "        q1 is not answered yet",
    ]
    assert lines[5] == "failed  A broken one."
    assert lines[6] == "        your code raised ZeroDivisionError: division by zero"
    assert lines[7:] == ["q1: 1 of 4 visible tests passed"]
    testing.check()
    assert capsys.readouterr().out.endswith("all questions: 2 of 5 visible tests passed\n")


def test_lines_that_need_an_answer_wait_for_it(capsys):
    with testing.when_answered():
        raise NotImplementedError("q1 is not answered yet")
    assert capsys.readouterr().out == "TODO: q1 is not answered yet\n"
    with pytest.raises(ValueError, match="no"), testing.when_answered():
        raise ValueError("no")
