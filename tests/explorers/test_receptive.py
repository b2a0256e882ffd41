"""The explorer of receptive fields: it shows what cnnutils says, and what sliding by hand gives."""

import re
from typing import Any

import numpy as np
import pytest

from cnnutils import shapes
from tests.explorers import support
from tools.build_site import ROOT

NUM_STATES = 80
PIXELS = 32


def random_states() -> list[dict[str, Any]]:
    """Choose stacks, some of which do not fit, and a value."""
    rng = np.random.default_rng(0)
    choices = [1, 2, 3, 5, 7], [1, 1, 2, 3], [1, 1, 2, 4]
    states = []
    for _ in range(NUM_STATES):
        layers = [
            "/".join(str(rng.choice(values)) for values in choices)
            for _ in range(rng.integers(1, 6))
        ]
        states.append({"layers": ",".join(layers), "cell": int(rng.integers(12))})
    return states


@pytest.fixture(scope="module")
def seen() -> dict[str, Any]:
    """Return what one run through the browser saw."""
    return support.see("receptive.mjs", states=random_states())


def run_snippet(code: str) -> shapes.ReceptiveField:
    """Execute the Python that the explorer shows."""
    names, printed = support.run_snippet(code)
    field: shapes.ReceptiveField = names["output"]
    assert printed == str(field)
    return field


def slide(layers: list[list[int]]) -> list[np.ndarray]:
    """Return, for the picture and behind each layer, values × pixels: how often each counts.

    Every value is a row of the picture's pixels, and a layer adds up rows: no formula is used.
    """
    rows = [np.eye(PIXELS, dtype=int)]
    for window, stride, dilation in layers:
        below = rows[-1]
        starts = range(0, len(below) - dilation * (window - 1), stride)
        taps = [dilation * tap for tap in range(window)]
        rows.append(
            np.array([below[[start + tap for tap in taps]].sum(axis=0) for start in starts])
        )
        if not starts:
            return rows[:-1]
    return rows


def check(view: dict[str, Any], wanted: list[list[int]], cell: int) -> bool:
    """Compare what is shown with the layers slid by hand; return whether they fit."""
    assert view["layers"] == wanted
    rows = slide(wanted)
    fits = len(rows) == len(wanted) + 1
    counts = [f"layer {n}: {len(row)} values" for n, row in enumerate(rows)][1:]
    assert view["rows"] == [f"picture: {PIXELS} pixels", *counts]
    field = run_snippet(view["python"])
    if not fits:
        layer = wanted[len(rows) - 1]
        assert view["sum"] == [
            f"Layer {len(rows)} has a window that spans {layer[2] * (layer[0] - 1) + 1} values, and"
            f" gets only {len(rows[-1])}. Nothing can be above it."
        ]
        assert view["chosen"] == view["pixels"] == []
        return False
    cell = min(cell, len(rows[-1]) - 1)
    counted = rows[-1][cell]
    pixels = np.flatnonzero(counted)
    first, last = pixels[0], pixels[-1]
    assert field == shapes.ReceptiveField(size=last - first + 1, jump=field.jump, start=0)
    assert first == cell * field.jump
    assert [pixel for pixel, _ in view["pixels"]] == pixels.tolist()
    opacity = [0.25 + 0.75 * share for share in counted[pixels] / counted.max()]
    np.testing.assert_allclose([share for _, share in view["pixels"]], opacity)
    assert view["chosen"][0][0] == str(cell)
    assert view["chosen"][0][1] == pytest.approx((first + last) / 2 + 0.05)
    assert view["stops"] == 1
    words = f"Value {cell} of {len(rows[-1])} sees the {field.size} pixels {first} to {last}"
    assert view["sum"][0].startswith(words)
    holes = re.search(r"but (\d+) of them not at all", view["sum"][0])
    assert (int(holes[1]) if holes else 0) == field.size - len(pixels)
    assert f"Neighbours look {field.jump} pixel" in view["sum"][0]
    assert counted[pixels].min() == 1
    most = counted.max()
    words = f"The pixels count 1 to {most} times" if most > 1 else "Each pixel counts once"
    assert view["sum"][2].startswith(words)
    steps = re.findall(r"(\d+) \+ (?:(\d+) · )?\((\d+) − 1\) · (\d+) = (\d+)", view["sum"][1])
    assert len(steps) == len(wanted)
    for before, gaps, window, jump, after in steps:
        assert int(before) + int(gaps or 1) * (int(window) - 1) * int(jump) == int(after)
    assert int(steps[-1][-1]) == field.size
    return True


# --- numbers ---------------------------------------------------------------------------------


def test_every_state_shows_what_sliding_by_hand_gives_and_so_does_the_snippet(seen):
    fitted = 0
    for state, view in zip(random_states(), seen["fuzz"], strict=True):
        wanted = [[int(n) for n in layer.split("/")] for layer in state["layers"].split(",")]
        fitted += check(view, wanted, state["cell"])
    assert NUM_STATES / 3 < fitted < NUM_STATES


def test_the_pages_own_code_and_its_answers_are_right(seen):
    text = (ROOT / "book" / "pages" / "explorer_receptive.md").read_text("utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert run_snippet(code) == run_snippet(seen["first"]["python"])
    counts = [len(rows) for rows in slide([[3, 1, 1]] * 3)]
    alternative = " ".join(text.split("alt: >-")[1].split("\n\n")[0].split())
    assert "{} pixels, and above it three rows of {}, {} and {}".format(*counts) in alternative
    picture = (ROOT / "site" / "static" / "explorer-receptive.svg").read_text("utf-8")
    assert [int(n) for n in re.findall(r": (\d+) (?:pixels|values)<", picture)][::-1] == sorted(
        counts
    )
    three = slide([[3, 1, 1]] * 3)[-1][0]
    assert three[:7].tolist() == [1, 3, 6, 7, 6, 3, 1]
    assert "the middle pixel counts 7 times" in text.replace("\n   ", " ")
    two, three = (slide([[taps, 1, 1], [taps, 1, 2], [taps, 1, 4]])[-1][0] for taps in (2, 3))
    assert two.tolist() == [1] * 8 + [0] * (PIXELS - 8)
    assert "Eight pixels, each exactly once" in text
    assert (np.count_nonzero(three), three[:15].min(), three.max()) == (15, 1, 3)
    assert "it is 15 pixels, which\n   count 1 to 3 times" in text
    holes = slide([[3, 1, 2]] * 2)[-1][0]
    assert (np.flatnonzero(holes).tolist(), "of 9 pixels it sees 5" in text) == (
        [0, 2, 4, 6, 8],
        True,
    )
    strided = slide([[3, 2, 1]] * 4)[-1]
    assert (strided.shape[0], np.count_nonzero(strided[0])) == (1, 31)
    assert "One value, which sees 31 of the 32 pixels." in text
    crowded = [len(row) for row in slide([[7, 3, 1], [7, 3, 1], [3, 1, 1]])]
    assert crowded == [32, 9, 1]  # and nothing above


# --- use -------------------------------------------------------------------------------------


def test_the_browser_logs_no_error(seen):
    assert seen["errors"] == []


def test_it_starts_with_three_windows_of_three(seen):
    assert seen["first"]["stack"] == "three"
    assert check(seen["first"], [[3, 1, 1]] * 3, 12)


def test_mice_and_fingers_choose_a_value(seen):
    assert check(seen["mouse"], [[3, 1, 1]] * 3, 3)
    assert check(seen["touch"], [[3, 1, 1]] * 3, 20)
    assert seen["mouse"]["said"] == " ".join(seen["mouse"]["sum"])


def test_arrows_walk_along_the_uppermost_row_and_the_page_stays(seen):
    before, after = seen["keys"]["before"], seen["keys"]["after"]
    assert check(before, [[3, 1, 1]] * 3, 12)
    assert check(after, [[3, 1, 1]] * 3, 25)
    assert after["focus"] == "value 25"
    assert after["top"] == before["top"]


def test_layers_come_and_go_up_to_six(seen):
    *steps, changed = seen["grow"]
    assert [len(view["layers"]) for view in steps] == [2, 1, 2, 3, 4, 5, 6]
    assert steps[1]["buttons"] == [True, False]
    assert steps[-1]["buttons"] == [False, True]
    assert changed["layers"] == [[3, 1, 1]] * 5 + [[7, 1, 1]]
    assert changed["focus"] == "layer 6, window", "the setting keeps the keyboard"
    assert changed["stack"] == "own"


def test_a_window_that_does_not_fit_is_refused_in_words(seen):
    assert not check(seen["refused"], [[7, 3, 1], [7, 3, 1], [3, 1, 4]], 0)
    assert seen["refused"]["buttons"] == [False, True]


def test_a_link_holds_the_whole_state(seen):
    there, again = seen["link"]["there"], seen["link"]["again"]
    assert check(there, [[5, 1, 1], [2, 2, 1], [3, 1, 2]], 6)
    assert again == {**there, "said": again["said"], "top": again["top"]}


def test_a_link_that_makes_no_sense_changes_nothing(seen):
    for view in seen["nonsense"]:
        assert (view["layers"], view["chosen"]) == (
            seen["first"]["layers"],
            seen["first"]["chosen"],
        )
    assert check(seen["faraway"], [[3, 1, 1]] * 3, 25)
