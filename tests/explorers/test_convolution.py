"""The convolution explorer in a browser: what readers do with it, and what it computes for them."""

import re
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_digits

from cnnutils import ops
from tests.explorers.support import run_snippet, see
from tools.build_site import ROOT

PAGE = "book/pages/explorer_convolution.html"
NUM_STATES = 200
LINE = "5a50000 05a5000 005a500 0005a50"


def read(rows: str) -> np.ndarray:
    """Read a picture whose characters are its pixels."""
    return np.array([[int(sign, 17) for sign in row] for row in rows.split()], float)


PICTURES = {
    "halves": np.repeat([[10.0, 10, 10, 0, 0, 0]], 6, axis=0),
    "square": np.pad(np.full((3, 3), 10.0), 2),
    "line": read(LINE),
    "digit": load_digits().images[7],
}


def random_states() -> list[dict[str, Any]]:
    """Choose settings and kernels, typed ones in every way of writing a number."""
    rng = np.random.default_rng(0)
    ways = ["{a}", "-{a}", "{a}/{b}", "-{a}/{b}", "{a}.5", " -.{b}", "−{a}", "0"]
    presets = ["identity", "vertical", "horizontal", "sobel", "blur", "sharpen", "laplacian"]
    states = []
    for n in range(NUM_STATES):
        choices = {
            "picture": rng.choice([*PICTURES]),
            "stride": rng.choice(["1", "2", "3"]),
            "padding": rng.choice(["valid", "same", "1", "2"]),
            "dilation": rng.choice(["1", "2"]),
        }
        state: dict[str, Any] = {"choices": {k: str(v) for k, v in choices.items()}}
        if n % 3 == 0:
            state["preset"] = str(rng.choice([*presets, "diagonal"]))
        else:
            state["typed"] = [
                str(rng.choice(ways)).format(a=rng.integers(0, 10), b=rng.integers(1, 10))
                for _ in range(9)
            ]
        states.append(state)
    return states


@pytest.fixture(scope="module")
def seen() -> dict[str, Any]:
    """Return what one run through the browser saw."""
    return see("convolution.mjs", states=random_states())


def computed(code: str) -> np.ndarray:
    """Return what the Python that the explorer shows computes and prints."""
    names, printed = run_snippet(code)
    assert printed == str(names["output"].round(2))
    output: np.ndarray = names["output"]
    return output


def number(text: str) -> float:
    """Read a number as people write it."""
    parts = text.replace("−", "-").split("/")
    return float(parts[0]) / float(parts[1]) if len(parts) > 1 else float(parts[0])


# --- numbers ---------------------------------------------------------------------------------


def test_every_state_shows_what_cnnutils_computes_and_so_does_the_snippet(seen):
    refused = 0
    for state, view in zip(random_states(), seen["fuzz"], strict=True):
        choices = state["choices"]
        assert view["chosen"].split() == [*choices.values()]
        assert view["invalid"] == 0, view["fields"]
        kernel = np.array([number(text) for text in view["fields"]]).reshape(3, 3)
        if "typed" in state:
            assert view["fields"] == state["typed"]
        padding = choices["padding"]
        arguments = (PICTURES[choices["picture"]][None, :, :, None], kernel[:, :, None, None])
        options = {
            "strides": int(choices["stride"]),
            "padding": padding if padding in {"valid", "same"} else int(padding),
            "dilation_rate": int(choices["dilation"]),
        }
        if view["refused"]:
            refused += 1
            with pytest.raises(ValueError, match="the kernel is 5 pixels") as ours:
                ops.conv2d(*arguments, **options)
            with pytest.raises(ValueError, match=re.escape(str(ours.value))):
                computed(view["python"])
            words = re.sub(r"^conv2d: | \(.*\)", "", str(ours.value))
            assert view["refused"].endswith(words), "the same words as cnnutils'"
            assert view["values"] == []
            continue
        expected = ops.conv2d(*arguments, **options)[0, :, :, 0]
        assert view["size"] == f"{expected.shape[0]} × {expected.shape[1]}"
        np.testing.assert_allclose(view["values"], expected.ravel(), atol=1e-5)
        np.testing.assert_allclose(computed(view["python"]), expected, atol=1e-5)
        written = [float(text.replace("−", "-")) for text in view["texts"]]
        np.testing.assert_allclose(written, expected.ravel(), atol=0.005 + 1e-9)
        assert "−0" not in view["texts"]
        total = re.search(r"[=≈] (−?[\d.]+)(?: \(grey|$)", view["sum"])[1]
        row, column = map(int, view["cell"][0].split(","))
        assert total == view["texts"][row * expected.shape[1] + column]
    assert 0 < refused < NUM_STATES / 4


def test_the_pages_own_code_computes_the_first_state(seen):
    text = (ROOT / PAGE).with_suffix(".md").read_text("utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert computed(code).ravel().tolist() == seen["first"]["values"]


def test_the_written_sum_adds_up_to_its_result(seen):
    for view in seen["fuzz"]:
        if view["refused"]:
            continue
        products = re.findall(r"(\d+) · \(?(−?[\d.]+(?:/−?[\d.]+)?)\)?", view["sum"])
        assert len(products) == len(view["taps"]) == 9
        total = sum(int(pixel) * number(tap) for pixel, tap in products)
        shown = float(re.search(r"[=≈] (−?[\d.]+)(?: \(grey|$)", view["sum"])[1].replace("−", "-"))
        assert abs(total - shown) <= 0.005 + 1e-9, view["sum"]


def test_named_kernels_do_what_their_names_say(seen):
    sums = {"identity": 1, "blur": 1, "sharpen": 1}
    for state, view in zip(random_states(), seen["fuzz"], strict=True):
        if "preset" in state:
            total = sum(number(text) for text in view["fields"])
            assert abs(total - sums.get(state["preset"], 0)) < 1e-9, state["preset"]


# --- use -------------------------------------------------------------------------------------


def test_the_browser_logs_no_error(seen):
    assert seen["errors"] == []


def test_it_starts_with_the_chapters_example(seen):
    view = seen["first"]
    assert view["texts"] == ["0", "30", "30", "0"] * 4
    assert view["taps"] == ["0,0", "0,1", "0,2", "1,0", "1,1", "1,2", "2,0", "2,1", "2,2"]
    assert view["names"][1] == "row 0, column 1: 30"


def test_arrow_keys_walk_over_the_output_and_the_page_stays(seen):
    before, after = seen["keyboard"]["before"], seen["keyboard"]["after"]
    assert (before["cell"], after["cell"]) == (["0,0"], ["1,3"])
    assert after["stops"] == 1, "Tab should stop at the output once"
    assert after["taps"][0] == "1,3"
    assert after["said"].startswith("output[1, 3] = ")
    assert after["said"].endswith("= 0")
    assert before["top"] == after["top"]


def test_settings_are_radio_buttons_for_the_keyboard(seen):
    assert seen["radio"]["chosen"].split()[1] == "2"
    assert seen["radio"]["size"] == "2 × 2"


def test_a_stroke_reaches_the_field_and_not_the_search(seen):
    view = seen["slash"]
    assert view["fields"][0] == "1/9"
    assert not view["search"]
    # 10 · 1/9 + 10 + 10 - 30 in the first window
    assert abs(view["values"][0] - (10 / 9 - 10)) < 1e-9
    assert view["texts"][0] == "−8.89"


def test_what_is_no_number_is_named_and_the_last_kernel_counts(seen):
    wrong, mended = seen["invalid"]["wrong"], seen["invalid"]["mended"]
    assert wrong["invalid"] == 1
    assert wrong["note"].startswith("“1/0” is not a number.")
    assert wrong["said"] == wrong["note"]
    assert wrong["values"] == seen["first"]["values"]
    assert (mended["invalid"], mended["note"]) == (0, "")
    assert mended["texts"][0] == "−20"


def test_a_kernel_that_does_not_fit_is_refused_in_words(seen):
    view = seen["refused"]["refused"]
    assert view["refused"] == view["said"]
    assert view["refused"] == (
        "With dilation 2, the kernel spans 5 × 5 pixels, and does not fit: the kernel is 5 pixels"
        " high, the padded images are only 4; pad more or shrink the kernel."
    )
    assert view["cell"] == view["taps"] == []
    assert seen["refused"]["mended"]["size"] == "4 × 7"


def test_a_link_holds_the_whole_state(seen):
    there, again = seen["link"]["there"], seen["link"]["again"]
    assert there["chosen"] == "digit 3 same 2"
    assert there["fields"] == ["1/9", "0", "-1", "2", "0", "-2", "0.5", "0", "-1"]
    assert there["cell"] == ["1,2"], "the nearest cell that is left"
    assert seen["link"]["copied"].endswith("#explorer-convolution")
    for name in ("chosen", "fields", "cell", "values", "python"):
        assert again[name] == there[name]


def test_a_link_that_makes_no_sense_changes_nothing(seen):
    for name in ("chosen", "fields", "cell", "values"):
        assert seen["nonsense"][name] == seen["first"][name]
    assert seen["faraway"]["cell"] == ["3,3"]


def test_the_kernel_slides_and_stops(seen):
    going, stopped = seen["slide"]["going"], seen["slide"]["stopped"]
    assert going["slide"] == "Stop"
    assert 0 < going["later"] < 14
    assert (stopped["slide"], stopped["later"]) == ("Slide the kernel", 0)


def test_without_motion_each_press_is_a_step(seen):
    steps = seen["steps"]
    assert [view["later"] for view in steps] == [*range(15, -1, -1), 0]
    assert steps[0]["slide"] == "Next step"
    assert steps[6]["cell"] == ["1,2"]
    assert steps[6]["said"].startswith("output[1, 2] = ")
    assert steps[16]["said"] == "All 16 sums are done."


def test_fingers_and_mice_choose_a_cell(seen):
    assert seen["touch"]["cell"] == ["2,1"]
    assert seen["hover"]["cell"] == ["3,2"]


def test_a_phone_shows_all_of_it_in_cells_that_a_finger_hits(seen):
    assert seen["phone"]["sideways"] <= 0
    assert seen["phone"]["smallest"] >= 24
    assert len(seen["phone"]["texts"]) == 100
