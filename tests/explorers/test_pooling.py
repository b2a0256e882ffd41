"""The explorer of pooling in a browser: each state against NumPy, cnnutils and its own code."""

import re
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_digits

from cnnutils import ops
from tests.explorers import support
from tools.build_site import ROOT
from tools.explorers.pooling import picture as stand_in

NUM_STATES = 80
PAGE = (ROOT / "book" / "pages" / "explorer_pooling.md").read_text("utf-8")
WORDS = " ".join(PAGE.split())
LINKS = re.findall(r'href="(\?[^"#]+)#explorer-pooling"', PAGE)
POOL = {"max": ops.max_pool2d, "average": ops.avg_pool2d}
NAMES = {"max": "maxima", "average": "means"}
START = {
    "picture": "digit",
    "kind": "max",
    "window": "2",
    "stride": "2",
    "padding": "valid",
    "cell": "1,1",
    "shift": "0,0",
}
line = np.zeros((4, 7))
for row in range(4):
    line[row, row : row + 3] = (5, 10, 5)
PICTURES = {
    "digit": load_digits().images[7],
    "square": np.pad(np.full((2, 2), 16.0), 2),
    "edge": np.repeat([[16.0] * 3 + [0] * 5], 6, axis=0),
    "stripes": np.repeat([[0.0, 0, 16, 16] * 2], 6, axis=0),
    "line": line,
}


def random_states() -> list[dict[str, str]]:
    """Choose settings and pictures, some of them drawn at random, and how far they moved."""
    rng = np.random.default_rng(0)

    def drawn() -> str:
        size = rng.integers(4, 9, 2)
        signs = rng.choice([*"00000123456789abcdefg"], size)
        return ".".join("".join(row) for row in signs)

    states = []
    for n in range(NUM_STATES):
        states.append(
            {
                "picture": drawn() if n % 2 else str(rng.choice([*PICTURES])),
                "kind": str(rng.choice([*POOL])),
                "window": str(rng.choice([2, 2, 3, 4, 6])),
                "stride": str(rng.choice([1, 2, 3, 4])),
                "padding": str(rng.choice(["valid", "valid", "same", "1"])),
                "cell": ",".join(map(str, rng.integers(0, 4, 2))),
                "shift": ",".join(map(str, rng.integers(-4, 5, 2) * rng.choice([0, 1, 1], 2))),
            }
        )
    return states


@pytest.fixture(scope="module")
def seen() -> dict[str, Any]:
    """Return what one run through the browser saw."""
    return support.see("pooling.mjs", states=random_states(), links=LINKS)


def image_of(state: dict[str, str]) -> np.ndarray:
    """Return a picture by its name, or as it is written."""
    name = state["picture"]
    if name in PICTURES:
        return PICTURES[name]
    return np.array([[int(sign, 17) for sign in row] for row in name.split(".")], float)


def move(image: np.ndarray, down: int, right: int) -> np.ndarray:
    """Move a picture pixel by pixel; what leaves it is lost."""
    moved = np.zeros_like(image)
    for (i, j), value in np.ndenumerate(image):
        if 0 <= i + down < image.shape[0] and 0 <= j + right < image.shape[1]:
            moved[i + down, j + right] = value
    return moved


def pooled(image: np.ndarray, state: dict[str, str], kind: str) -> np.ndarray:
    """Pool with cnnutils."""
    padding: Any = 1 if state["padding"] == "1" else state["padding"]
    options = {"strides": int(state["stride"]), "padding": padding}
    return POOL[kind](image[None, :, :, None], int(state["window"]), **options)[0, :, :, 0]


def written(value: float) -> str:
    """Write a number as readers see it."""
    return f"{np.floor(value * 100 + 0.5) / 100:g}"


def far(shift: list[int]) -> str:
    """Say in words how far something moved."""
    parts = zip(shift, (("down", "up"), ("right", "left")), strict=True)
    return " and ".join(f"{ways[n < 0]} by {abs(n)}" for n, ways in parts if n)


def verdict(shift: list[int], stride: int, counts: dict[str, Any]) -> str:
    """Say what a shift did; counts hold how many changed, all, how many came along, of how many."""
    if not any(shift):
        return "Predict: if the picture moves by one pixel, how many values change?"
    changed = counts.pop("pixels")[0]
    words = f"The picture moved {far(shift)}. "
    if not changed:
        return words + "No pixel changed, so no value could."
    still = [name for name, count in counts.items() if count[0] == 0]
    if still:
        none = " and none of the ".join(still)
        words += f"{changed} pixels changed, but none of the {none}: "
        return words + "invariance to this shift of this picture."
    if any(n % stride for n in shift):
        stay = [f"{count[1] - count[0]} of {count[1]} {name}" for name, count in counts.items()]
        words += "That is no whole number of strides, so the windows cut it elsewhere: "
        return words + " and ".join(stay) + " stayed as they were."
    words += "That is a whole number of strides"
    if not counts["maxima"][3]:
        return words + ", but the map has no place left for what it had."
    came = [f"{count[2]} of {count[3]} {name}" for name, count in counts.items()]
    words += f": {' and '.join(came)} came along, {far([n // stride for n in shift])}. "
    some = any(count[2] < count[3] for count in counts.values())
    rim = ", but for windows that lie on padding, now or before" if some else ""
    return words + f"That is equivariance{rim}."


def check(view: dict[str, Any], changes: dict[str, str]) -> bool:
    """Compare what is shown in a state with what NumPy and cnnutils find; whether it is pooled."""
    state = {**START, **changes}
    image, kind, stride = image_of(state), state["kind"], int(state["stride"])
    shift = [int(n) for n in state["shift"].split(",")]
    now = move(image, *shift)
    named = [state["picture"]] if state["picture"] in PICTURES else []
    assert view["chosen"] == [*named, kind, state["window"], state["stride"], state["padding"]]
    assert view["pixels"] == [
        [f"{i},{j}", value, f"row {i}, column {j}: {value:g}"]
        for (i, j), value in np.ndenumerate(now)
    ]
    assert len(view["stops"][0]) == 1, "Tab stops once at the picture"
    rows = [["pixels", f"{np.sum(now != image)} of {image.size}", "–"]]
    if view["refused"]:
        with pytest.raises(ValueError, match="does not fit") as ours:
            pooled(image, state, kind)
        with pytest.raises(ValueError, match=re.escape(str(ours.value))):
            support.run_snippet(view["python"])
        words = re.sub(r"^\w+: | \(images .*\)", "", str(ours.value))
        assert view["refused"] == f"Nothing to pool: {words}", "the same words as cnnutils'"
        assert view["values"] == view["window"] == view["winner"] == []
        assert view["counts"] == [*rows, *([name, "–", "–"] for name in NAMES.values())]
        assert view["verdict"] == ""
        return False
    maps = {kind: [pooled(x, state, kind) for x in (image, now)] for kind in POOL}
    before, after = maps[kind]
    assert view["sizes"][1] == f"{after.shape[0]} × {after.shape[1]}"
    np.testing.assert_allclose(view["values"], after.ravel(), rtol=0, atol=1e-6)
    assert view["texts"] == [written(value) for value in after.flat]
    differs = before != after
    assert view["changed"] == [f"{i},{j}" for i, j in np.argwhere(differs)]
    for (i, j), name in zip(np.ndindex(after.shape), view["names"], strict=True):
        was = f", before {written(before[i, j])}" if differs[i, j] else ""
        assert name == f"row {i}, column {j}: {written(after[i, j])}{was}"

    whole = any(shift) and not any(n % stride for n in shift)
    counts: dict[str, Any] = {"pixels": [int(np.sum(now != image))]}
    for one, name in NAMES.items():
        old, new = maps[one]
        places = [n // stride for n in shift]
        pairs = [
            (old[i - places[0], j - places[1]], value)
            for (i, j), value in np.ndenumerate(new)
            if 0 <= i - places[0] < old.shape[0] and 0 <= j - places[1] < old.shape[1]
        ]
        came, changed = sum(a == b for a, b in pairs), int(np.sum(old != new))
        counts[name] = [changed, new.size, came, len(pairs)]
        along = f"{came} of {len(pairs)}" if whole and pairs else "–"
        rows.append([name, f"{changed} of {new.size}", along])
        if whole and state["padding"] == "valid":
            assert came == len(pairs), "without padding, a map moves by whole strides"
    assert view["counts"] == rows
    assert view["verdict"].startswith(verdict(shift, stride, counts))

    check_window(view, state, now, maps[kind])
    names, printed = support.run_snippet(view["python"])
    np.testing.assert_array_equal(names["moved"], now)
    np.testing.assert_allclose(names["output"], after, rtol=0, atol=1e-6)
    assert re.findall(r"changed: (\d+ of \d+)", printed) == [rows[1][1], rows[2][1]]
    assert f"pixels changed: {np.sum(now != image)}\n" in printed
    return True


def check_window(
    view: dict[str, Any], state: dict[str, str], now: np.ndarray, maps: list[np.ndarray]
) -> None:
    """Compare the frame in the picture with gradients, and the sum with its own result."""
    kind, (before, after) = state["kind"], maps
    cell = tuple(
        min(int(n), size - 1) for n, size in zip(state["cell"].split(","), after.shape, strict=True)
    )
    assert view["cell"] == view["stops"][1] == [",".join(map(str, cell))]
    one = np.zeros((1, *after.shape, 1))
    one[0, cell[0], cell[1], 0] = 1
    padding: Any = 1 if state["padding"] == "1" else state["padding"]
    options: Any = {"strides": int(state["stride"]), "padding": padding}
    inputs = one, now[None, :, :, None], int(state["window"])
    reached = np.argwhere(ops.avg_pool2d_gradient(*inputs, **options)[0, :, :, 0])
    won = np.argwhere(ops.max_pool2d_gradient(*inputs, **options)[0, :, :, 0])
    assert view["window"] == [f"{i},{j}" for i, j in reached]
    assert view["winner"] == ([",".join(map(str, won[0]))] if kind == "max" else [])
    values, outside = [now[i, j] for i, j in reached], int(state["window"]) ** 2 - len(reached)
    total = f"{written(after[cell])}"
    if kind == "max":
        ties = values.count(max(values))
        first = f", first of {ties} that are as large" if ties > 1 else ""
        words = f"max({', '.join(f'{value:g}' for value in values)}) = {total}"
        words += f": the pixel in row {won[0][0]}, column {won[0][1]}{first}."
    else:
        exact = abs(after[cell] * 100 - round(after[cell] * 100)) < 1e-7
        words = f"({' + '.join(f'{value:g}' for value in values)}) / {len(values)}"
        words += f" {'=' if exact else '≈'} {total}."
    if outside:
        rule = "never wins" if kind == "max" else "is not counted"
        words += f" Padding, {outside} of the window’s {inputs[2] ** 2} places, {rule}."
    if before[cell] != after[cell]:
        words += f" Before the picture moved: {written(before[cell])}."
    assert view["sum"] == f"output[{cell[0]}, {cell[1]}] = {words}"


# --- numbers ---------------------------------------------------------------------------------


def test_every_state_shows_what_numpy_and_cnnutils_find_and_so_does_the_snippet(seen):
    done = [check(v, s) for s, v in zip(random_states(), seen["fuzz"], strict=True)]
    assert 0.8 * NUM_STATES < sum(done) < NUM_STATES
    said = [view["verdict"] for view in seen["fuzz"]]
    for words in ("Predict", "no whole", "that are as", "came along", "but for", "invariance"):
        told = sum(words in one for one in [*said, *(view["sum"] for view in seen["fuzz"])])
        assert told >= 3, f"hardly any state says {words!r}"


def test_the_pages_own_code_computes_its_first_question(seen):
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    ours, theirs = (support.run_snippet(each) for each in (code, seen["links"][0]["python"]))
    assert ours[1] == theirs[1]
    np.testing.assert_array_equal(ours[0]["output"], theirs[0]["output"])


def test_the_pages_answers_are_what_its_links_show(seen):
    views = dict(zip(LINKS, seen["links"], strict=True))
    for link, view in views.items():
        check(view, dict(re.findall(r"(\w+)=([^&]*)", link)))
    counts = {link: view["counts"] for link, view in views.items()}
    digit = views["?picture=digit&shift=0,1"]
    stayed = np.delete(
        digit["values"], [int(a) * 4 + int(b) for a, b in map(read, digit["changed"])]
    )
    assert sorted(stayed) == [0, 0, 0, 8, 15]
    assert "Five: three of them are 0, one is 8 and one is 15." in WORDS
    mean = pooled(PICTURES["digit"], START, "average")
    moved = pooled(move(PICTURES["digit"], 0, 1), START, "average")
    assert mean[mean == moved].tolist() == [0, 0, 0]
    assert "Of the means three stay, all 0." in WORDS
    assert views["?picture=digit&shift=0,1"]["winner"] == ["3,3"]
    assert seen["first"]["winner"] == ["3,2"]
    assert "the 8 came from row 3, column 2, and comes from row 3, column 3" in WORDS
    two = counts["?picture=digit&shift=0,2"]
    assert two[1:] == [["maxima", "14 of 16", "12 of 12"], ["means", "14 of 16", "12 of 12"]]
    assert "14 of 16 values are others than before, but all 12 that" in WORDS
    assert [row[1] for row in counts["?picture=edge&shift=0,1"][1:]] == ["0 of 12", "6 of 12"]
    assert counts["?picture=edge&shift=0,-1"][1][1] == "3 of 12"
    assert "though 6 of 12 means do" in WORDS
    assert "3 of 12 maxima change" in WORDS
    assert set(views["?picture=stripes&shift=0,-1"]["values"]) == {16}
    stripes = move(PICTURES["stripes"], 0, -1)
    assert set(pooled(stripes, START, "average").flat) == {8}
    assert "All maxima are 16" in WORDS
    assert "The means are all 8" in WORDS
    stride = counts["?picture=digit&stride=1&shift=0,1"]
    assert stride[1] == ["maxima", "31 of 49", "42 of 42"]
    assert "31 of 49 maxima changed, and all 42" in WORDS
    whole = {**START, "window": "6"}
    for kind, stays in (("max", 3), ("average", 2)):
        values = [pooled(move(PICTURES["square"], 0, n), whole, kind).item() for n in range(5)]
        assert values[: stays + 1] == [values[0]] * (stays + 1)
        assert values[stays + 1] != values[0]
    assert "left the picture, after four pixels. The mean changes after three" in WORDS
    for padding in ("1", "same"):
        pooled(PICTURES["line"], {**whole, "padding": padding}, "max")
    bright = image_of({"picture": dict(re.findall(r"(\w+)=([^&]*)", LINKS[-1]))["picture"]})
    maxima = [pooled(move(bright, *by), START, "max") for by in ((0, 1), (0, -1), (1, 0), (-1, 0))]
    assert {value for each in maxima for value in each.flat} == {16}


def read(at: str) -> list[str]:
    return at.split(",")


def test_the_picture_and_its_words_show_what_was_computed(seen):
    counts = seen["links"][0]["counts"]
    changed = [row[1] for row in counts]
    assert changed == ["35 of 64", "11 of 16", "13 of 16"]
    assert "Of the 16 maxima 11 change, and 13 of 16 means." in WORDS
    drawing = stand_in()
    assert ">output[1, 1] = max(0, 0, 8, 8) = 8<" in drawing
    assert "11 of 16 maxima change, and 13 of 16 means" in drawing
    first = seen["first"]
    assert first["sum"].startswith("output[1, 1] = max(0, 0, 8, 8) = 8:")


# --- use -------------------------------------------------------------------------------------


def test_the_browser_logs_no_error(seen):
    assert seen["errors"] == []


def test_it_starts_with_the_digit(seen):
    assert check(seen["first"], {})
    assert seen["first"]["idle"] == ["0,0"]


def test_mice_and_fingers_choose_values_and_change_pixels(seen):
    over, bright, dark = (seen["mouse"][name] for name in ("over", "bright", "dark"))
    assert check(over, {"cell": "2,1"})
    assert over["said"] == over["sum"]
    rows = "0078dgf1.00774bc0.0g008d10.0488ff60.02bff400.000g5000.009f1000.00d50000"
    # on its way to the pixel, the pointer stays on the picture
    assert check(bright, {"picture": rows, "cell": "2,1"})
    assert bright["said"] == f"Pixel in row 2, column 1: 16. {bright['sum']}"
    assert check(dark, {"cell": "2,1"}), "the digit again, by its name"
    rows = "0078d0f1.00774bc0.00008d10.0488ff60.02bff400.000g5000.009f1000.00d50000"
    assert check(seen["touch"], {"picture": rows, "cell": "0,3", "shift": "0,1"})


def test_arrow_keys_walk_over_the_map_and_the_page_stays(seen):
    before, after = seen["walk"]["before"], seen["walk"]["after"]
    assert check(after, {"cell": "1,2"})
    assert after["focus"] == "1,2"
    assert after["said"] == after["sum"]
    assert after["top"] == before["top"]


def test_the_keyboard_changes_pixels_and_keeps_its_place(seen):
    pen = seen["pen"]
    for name, value in (("grown", 1), ("floor", 0), ("bright", 16), ("roof", 16), ("dark", 0)):
        view = pen[name]
        assert (view["focus"], view["stops"][0]) == ("2,0", ["2,0"])
        assert dict(pixel[:2] for pixel in view["pixels"])["2,0"] == value, name
        assert view["said"].startswith(f"Pixel in row 2, column 0: {value}. output[1, 1] = max(")
    digit = "0078dgf1.00774bc0.{}0008d10.0488ff60.02bff400.000g5000.009f1000.00d50000"
    assert check(pen["grown"], {"picture": digit.format(1)})
    assert check(pen["floor"], {})


def test_buttons_and_arrow_keys_move_the_picture_up_to_four_pixels_and_back(seen):
    shifts = ["0,1", "0,2", "0,3", "0,4", "0,4", "-1,4", "-1,3", "0,3", "0,0"]
    for view, shift in zip(seen["move"], shifts, strict=True):
        assert check(view, {"shift": shift})
        right, there = shift.endswith(",4"), shift == "0,0"
        assert view["idle"] == (["0,1"] if right else ["0,0"] if there else [])
    assert [view["focus"] for view in seen["move"][:7]] == ["0,1"] * 7
    said = " ".join(seen["move"][0]["said"].split())
    assert said == (
        "changed came along pixels 35 of 64 – maxima 11 of 16 – means 13 of 16 – "
        + seen["move"][0]["verdict"]
    )


def test_a_changed_picture_starts_a_new_test_where_it_stands(seen):
    rows = "g0000000.0078dgf1.00774bc0.00008d10.0488ff60.02bff400.000g5000.009f1000"
    assert check(seen["edited"], {"picture": rows})
    assert check(seen["chosen"]["other"], {"picture": "square"})
    assert check(seen["chosen"]["mean"], {"picture": "square", "kind": "average"})
    assert seen["chosen"]["mean"]["said"] == seen["chosen"]["mean"]["sum"]


def test_a_window_that_does_not_fit_is_refused_in_words_and_can_be_mended(seen):
    refused, mended = seen["refused"]["refused"], seen["refused"]["mended"]
    rows = "05a5000.005a500.0005a50.g0005a5"
    assert not check(refused, {"picture": rows, "window": "6"})
    assert refused["refused"] in refused["said"]
    assert refused["refused"] == (
        "Nothing to pool: the window (6, 6) does not fit into the padded images;"
        " pad more, or use a smaller pool_size."
    )
    assert check(mended, {"picture": rows, "window": "6", "padding": "1"})


def test_a_link_holds_the_whole_state(seen):
    there, again = seen["link"]["there"], seen["link"]["again"]
    state = {
        "picture": "0123.4567.89ab.cdef.ggg0",
        "kind": "average",
        "window": "3",
        "stride": "1",
        "padding": "same",
        "cell": "1,2",
        "shift": "-1,2",
    }
    assert check(there, state)
    assert again == {**there, "said": again["said"], "top": again["top"]}


def test_a_link_that_makes_no_sense_changes_nothing(seen):
    for view in seen["nonsense"]:
        assert check(view, {})
    assert check(seen["faraway"], {"cell": "99,99"})


def test_a_phone_has_cells_that_a_finger_hits(seen):
    assert check(seen["phone"], {"window": "6", "stride": "1", "padding": "same"})
    assert seen["phone"]["smallest"] >= 24
    assert seen["phone"]["padding"] == 13 * 13 - 64
