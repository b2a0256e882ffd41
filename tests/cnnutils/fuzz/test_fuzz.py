"""Every public function gets wrong values, one argument at a time: it refuses, or answers rightly.

Records, and layers once they are built, are tried where they are used.
"""

import json
import pkgutil
import subprocess
import sys

import numpy as np
import pytest
from matplotlib.figure import Figure

import cnnutils
from tests.cnnutils.fuzz import arithmetic, judge, poisons, run
from tests.cnnutils.fuzz.exceptions import EXCEPTIONS

# Tested on their own: what reads and writes files or the network.
LEFT_OUT = {"verify.Gallery.save", "zoo.load_weights"} | {
    f"data.{name}" for name in run.public("data") if name.startswith("fetch_")
}
SECONDS = 3000 if run.ALL else 240


def test_every_module_is_tried():
    found = {module.name for module in pkgutil.iter_modules(cnnutils.__path__)}
    public = {name for name in found if not name.startswith("_")}
    assert public == set(run.MODULES) | {"homework"}  # which has a command line, tested as a whole


@pytest.mark.parametrize("module", run.MODULES)
def test_every_function_has_an_example_of_all_its_arguments(module):
    wanted = {
        name: set(run.parameters(body))
        for name, body in run.public(module).items()
        if f"{module}.{name}" not in LEFT_OUT
    }
    assert {name: set(given) for name, given in run.examples(module).items()} == wanted


@pytest.mark.parametrize("modules", run.GROUPS, ids="-".join)
def test_what_is_wrong_is_refused_or_rightly_answered(modules, record_property):
    done = subprocess.run(
        [sys.executable, "-m", "tests.cnnutils.fuzz.run", *modules],
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    last = next((line["trying"] for line in reversed(lines) if "trying" in line), "nothing")
    assert done.returncode == 0, f"ended while trying {last}\n{done.stderr[-2000:]}"
    wrong = [line["wrong"] for line in lines if "wrong" in line]
    assert not wrong, f"{len(wrong)} calls broke their rules:\n" + "\n".join(wrong)
    used = {tuple(line["used"]) for line in lines if "used" in line}
    known = {key for key in EXCEPTIONS if key[0] in modules}
    sampled = set() if run.ALL else {key for key in known if key[0] in run.FEW}
    assert known - sampled <= used <= known  # a stale one is no exception
    counts = {line["module"]: line["counts"] for line in lines if "counts" in line}
    assert set(counts) == set(modules)
    assert all(count["refused"] and count["answered"] for count in counts.values())
    record_property("fuzz", counts)


# --- the judge is tried on functions that do wrong --------------------------------------------


def passes_over_nan(values):
    return np.nansum(values)


def looks_under_the_mask(values):
    return np.asarray(values).sum()


def changes_its_argument(values):
    values += 1
    return values


def lets_numpy_speak(values):
    return np.asarray(values, float) @ np.ones(3)


def raises_another_error(values):
    return {}[str(values)]


def wants_all_memory(values):
    return np.zeros(1 << 57)


def does_not_end(values):
    while True:
        pass


def forgets_the_sign(values):
    return np.abs(np.asarray(values, np.float64).astype(np.int64)).sum()


def overflows_to_zero(values):
    values = np.asarray(values, np.float64)
    return values / np.sqrt(1e-3 + np.square(values - values.mean()).mean())


@pytest.mark.parametrize(
    ("function", "label", "said"),
    [
        (passes_over_nan, "NaN", "where milder numbers gave"),
        (looks_under_the_mask, "masked", "answered"),
        (changes_its_argument, "Fortran", "changed an argument in place"),
        (lets_numpy_speak, "too long", "in another voice: ValueError: matmul"),
        (raises_another_error, "None", "raised KeyError"),
        (wants_all_memory, "a word", "raised MemoryError"),
        (does_not_end, "a list", "no answer within"),
        (forgets_the_sign, "NaN", "answered"),
        (overflows_to_zero, "+the largest number", "where milder numbers gave"),
    ],
)
def test_the_judge_notices(function, label, said, monkeypatch):
    monkeypatch.setattr(judge, "SECONDS", 0.5)
    right = arithmetic.numbers(3)
    wrong = []
    for poison in poisons.poisons("values", right, sizes=frozenset({3}), whole=False, entries=1):
        if label in poison.label:
            with pytest.raises(judge.WrongError, match=said) as error:
                run.try_one(function.__name__, function, {"values": right}, "values", poison)
            wrong.append(error)
    assert wrong


def begins_to_draw_and_refuses(values, ax):
    ax.plot([1, 2])
    raise ValueError("begins_to_draw_and_refuses: there is something wrong.")


def leaves_nan_out_of_a_picture(values, ax):
    ax.imshow(np.nan_to_num(values).reshape(1, 3), vmin=-2, vmax=4)
    return ax


@pytest.mark.parametrize(
    ("function", "label", "said"),
    [
        (begins_to_draw_and_refuses, "None", "had begun to draw"),
        (leaves_nan_out_of_a_picture, "NaN at 0", "where milder numbers gave"),
    ],
)
def test_the_judge_looks_at_figures(function, label, said):
    right = {"values": arithmetic.numbers(3), "ax": Figure().subplots()}
    found = poisons.poisons("values", right["values"], sizes=frozenset({3}), whole=False, entries=1)
    (poison,) = (poison for poison in found if poison.label == label)
    with pytest.raises(judge.WrongError, match=said):
        run.try_one(function.__name__, function, right, "values", poison)
