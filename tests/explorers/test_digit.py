"""The explorer in which a network reads digits: all it shows is what Keras computes."""

import re
from typing import Any

import numpy as np
import pytest

from cnnutils import data, zoo
from cnnutils.model_costs import model_costs
from tests.explorers.support import run_snippet, see
from tools.build_site import ROOT
from tools.explorers import digit

NUM_STATES = 90
UNITS = {"C5": (6, 8), "F6": (4, 8), "OUTPUT": (2, 5)}
SIDES = {"C1": (8, 6), "S2": (4, 6), "C3": (4, 16), "S4": (2, 16)}  # and how many maps
# A seven without a bar, and its bar, on the sheet of 32 × 32.
SEVENS = [[[8, 6], [23, 6], [17, 14], [14, 27]], [[12, 16], [22, 16]]]
SIGNS = np.array(list("0123456789abcdefg"))
SAMPLES = [
    (row[0], "".join(SIGNS[row[1:]]))
    for row in np.frombuffer(digit.WEIGHTS.read_bytes()[-14 * 65 :], np.uint8).reshape(14, 65)
]
PAGE = (ROOT / "book" / "pages" / "explorer_digit.md").read_text("utf-8")
WORDS = " ".join(PAGE.split())
HELD_OUT = data.load_digits()


def random_states() -> list[dict[str, Any]]:
    """Choose a digit, keys on some of its pixels, a layer, a map, and a value."""
    rng = np.random.default_rng(0)
    states = []
    for n in range(NUM_STATES):
        layer = digit.NAMES[n % len(digit.NAMES)]
        side, maps = SIDES.get(layer, (0, 1))
        at = rng.integers(UNITS.get(layer, (side, side)))
        keys = rng.choice([" ", "+", "-"], size=n % 5 * 3)
        places = rng.integers(8, size=(len(keys), 2))
        states.append(
            {
                "sample": int(rng.integers(14)),
                "keys": [[f"{i},{j}", str(key)] for (i, j), key in zip(places, keys, strict=True)],
                "layer": layer,
                "map": int(rng.integers(maps)),
                "at": f"{at[0]},{at[1]}",
            }
        )
    return states


@pytest.fixture(scope="module")
def seen() -> dict[str, Any]:
    """Return what one run through the browser saw."""
    return see("digit.mjs", states=random_states(), sevens=SEVENS)


# --- what should be seen, computed here -----------------------------------------------------


def counts_of(code: str) -> np.ndarray:
    """Read a picture as links write it."""
    return np.array([int(sign, 17) for sign in code]).reshape(8, 8)


def edited(state: dict[str, Any]) -> np.ndarray:
    """Return the picture of a state, its keys pressed."""
    picture = counts_of(SAMPLES[state["sample"]][1])
    for place, key in state["keys"]:
        at = tuple(map(int, place.split(",")))
        ink = picture[at]
        changes = {" ": 0 if ink else 16, "+": ink + 2, "-": ink - 2}
        picture[at] = np.clip(changes[key], 0, 16)
    return picture


def probabilities(picture: np.ndarray | str) -> np.ndarray:
    """Return what Keras reads."""
    picture = counts_of(picture) if isinstance(picture, str) else picture
    found: np.ndarray = digit.layer_values(picture[np.newaxis])["OUTPUT"][0]
    return found


def chosen(state: dict[str, Any]) -> tuple[int, ...]:
    """Return where the chosen value lies in its layer."""
    i, j = map(int, state["at"].split(","))
    if state["layer"] in UNITS:
        return (i * UNITS[state["layer"]][1] + j,)
    return (i, j, state["map"])


def number(text: str) -> float:
    """Read a number with a real minus sign, or with a space after it."""
    return float(text.replace("−", "-").replace(" ", ""))


def near(text: str, value: float) -> bool:
    """Tell whether at most two decimals are written, and the right ones."""
    return len(text.partition(".")[2]) <= 2 and abs(number(text) - value) <= 0.00501


def percent(share: float) -> str:
    """Write a probability, as the explorer does."""
    return f"{100 * share:.1f} %"


def shares(values: np.ndarray, top: float) -> np.ndarray:
    """Return how bright pixels are drawn."""
    return np.floor(255 * values.ravel() / top + 0.5)


def agree(shown: list[int], wanted: np.ndarray) -> bool:
    """Compare brightness; one level may differ where rounding falls on an edge."""
    return len(shown) == wanted.size and np.abs(shown - wanted).max() <= 1


def test_every_picture_and_number_is_that_of_keras(seen):
    for state, view in zip(random_states(), seen["fuzz"], strict=True):
        picture = edited(state)
        np.testing.assert_array_equal(view["picture"], picture.ravel())
        assert agree(view["pad"], shares(picture, 16))
        layers = digit.layer_values(picture[np.newaxis])
        read = layers["OUTPUT"][0]
        assert view["read"][0] == f"Read as {read.argmax()}"
        assert [bar[0] for bar in view["bars"]] == list("0123456789")
        assert [bar[2] for bar in view["bars"]] == [percent(share) for share in read]
        for (_, width, _), share in zip(view["bars"], read, strict=True):
            assert float(width[:-1]) == pytest.approx(100 * share, abs=0.001)
        values = layers[state["layer"]][0]
        map_shown = values if values.ndim == 1 else values[..., state["map"]]
        assert all(map(near, view["values"], map_shown.ravel()))
        assert len(view["values"]) == map_shown.size
        assert view["at"] == [state["at"]]
        if values.ndim == 3:
            top = values.max() or 1
            assert len(view["maps"]) == values.shape[-1]
            for n, shown in enumerate(view["maps"]):
                assert agree(shown, shares(values[..., n], top))
        else:
            assert view["maps"] == []


def window(
    state: dict[str, Any], layers: dict[str, np.ndarray], picture: np.ndarray
) -> tuple[np.ndarray, np.ndarray, float]:
    """Return the numbers below the chosen value, their weights (…, C), and the bias."""
    name, place = state["layer"], chosen(state)
    index = digit.NAMES.index(name)
    below = layers[digit.NAMES[index - 1]][0] if index else picture[..., np.newaxis] / 16
    if name[0] == "S":
        i, j, n = place
        return below[2 * i : 2 * i + 2, 2 * j : 2 * j + 2, [n]], np.full((2, 2, 1), 0.25), 0.0
    kernel, bias = (np.array(part) for part in digit.trained().get_layer(name).get_weights())
    if name == "C5":  # a dense layer that sees 2 × 2 places of 16 maps
        kernel = kernel.reshape(2, 2, 16, 48)
    if name in ("C1", "C3"):
        i, j, _ = place
        below = np.pad(below, ((1, 1), (1, 1), (0, 0)))[i : i + 3, j : j + 3]
    return below, kernel[..., place[-1]], float(bias[place[-1]])


def test_the_sums_and_the_weights_are_those_of_keras(seen):
    told = set()
    for state, view in zip(random_states(), seen["fuzz"], strict=True):
        picture, name, place = edited(state), state["layer"], chosen(state)
        layers = digit.layer_values(picture[np.newaxis])
        value = layers[name][0][place]
        head, *terms, total, last = re.sub(r"\n+", "\n", view["sum"]).split("\n")
        where = f"unit {place[0]}"
        if name not in UNITS:
            where = "map {2}, row {0}, column {1}".format(*place)
        assert head.startswith(f"{name}, {where} = ")
        below, kernel, bias = window(state, layers, picture)
        products = below * kernel
        assert all(map(near, view["weights"], np.moveaxis(kernel, -1, 0).ravel()))
        assert len(view["weights"]) == kernel.size
        if kernel.shape[-1] == 1:  # product by product
            written, total = (terms[0], total) if name == "C1" else (total, last)
            pairs = re.findall(r"(\S+) · \(?([−\d.]+)\)?", written)
            for pair, *right in zip(pairs, below.ravel(), kernel.ravel(), strict=True):
                assert all(map(near, pair, right))
            assert view["partial"] == []
        else:
            parts = products.sum(axis=tuple(range(products.ndim - 1)))
            order = np.argsort(-np.abs(parts), kind="stable")
            shown = re.findall(r"[−+]? ?[\d.]+", terms[0])
            assert len(shown) == 6
            assert all(map(near, shown, parts[order]))
            if len(parts) > 6:
                rest, count = re.fullmatch(r"(.+) from the other (\d+)", terms[1]).groups()
                assert near(rest, parts[order[6:]].sum())
                assert int(count) == len(parts) - 6
            names = [f"map {n}" for n in range(len(parts))] if name in ("C3", "C5") else []
            assert [text.partition(": ")[0] for text in view["partial"]] == names
            assert all(map(near, [text.partition(": ")[2] for text in view["partial"]], parts))
        if name[0] == "S":
            assert near(re.fullmatch(r"[=≈] (\S+)", last)[1], value)
        else:
            shown_bias, shown_sum = re.fullmatch(r"(.+) \(bias\) [=≈] (\S+)", total).groups()
            assert near(shown_bias, bias)
            assert near(shown_sum, products.sum() + bias)
            assert near(last.rpartition(" ")[2], value)
            assert last.startswith("softmax" if name == "OUTPUT" else "ReLU")
            assert ("below 0" in last) == (name != "OUTPUT" and products.sum() + bias < 0)
        told.add(view["sum"])
    assert len(told) > 0.9 * NUM_STATES


def test_the_shown_python_computes_what_is_shown(seen, monkeypatch):
    monkeypatch.chdir(ROOT)  # where the page says that it is to be run
    views = list(zip(random_states(), seen["fuzz"], strict=True))[:14]
    for state, view in views:
        names, printed = run_snippet(view["python"])
        np.testing.assert_array_equal(np.ravel(names["picture"]), view["picture"])
        values = names["output"][0]
        shown = values if values.ndim == 1 else values[..., state["map"]]
        assert all(map(near, view["values"], shown.ravel()))
        assert [bar[2] for bar in view["bars"]] == [percent(p) for p in names["probabilities"]]
        assert names["probabilities"].sum() == pytest.approx(1, abs=1e-6)
        assert near(f"{float(printed.split(' ')[0]):g}", float(values[chosen(state)]))


# --- the network, and what the page says of it ----------------------------------------------


def test_the_page_says_how_well_the_shipped_weights_read():
    read = digit.layer_values(16 * HELD_OUT.test_images[..., 0])["OUTPUT"].argmax(axis=1)
    right, number_of = int((read == HELD_OUT.test_labels).sum()), len(read)
    assert (
        f"Of {number_of} others, from forms that it has not seen, it reads {right} rightly" in WORDS
    )
    assert f"which is {right / number_of:.1%}." in WORDS
    assert f"trained on {len(HELD_OUT.train_labels):,} of scikit-learn's digits" in WORDS
    params = digit.trained().count_params()
    lenet = zoo.build_lenet5().count_params()
    assert f"learns {lenet:,} numbers in its modern form" in WORDS
    assert f"with a rim of zeros, and learns {params:,}. Its" in WORDS
    rows = {row.name: row.params for row in model_costs(digit.build()).layers}
    assert max(rows, key=rows.get) == "C5"
    assert f"{rows['C5']:,} of {params:,}, are learnt by C5" in WORDS
    assert digit.WEIGHTS.stat().st_size == 2 * params + 14 * 65


def test_the_samples_are_held_out_digits_read_as_they_are_said_to_be():
    held_out = np.rint(16 * HELD_OUT.test_images[..., 0]).astype(int)
    assert digit.WEIGHTS.read_bytes().endswith(digit.samples())
    for n, (label, code) in enumerate(SAMPLES):
        (where,) = np.flatnonzero((held_out == counts_of(code)).all(axis=(1, 2)))
        assert HELD_OUT.test_labels[where] == label
        assert (probabilities(code).argmax() == label) == (n < 10)
    assert [label for label, _ in SAMPLES[:10]] == [*range(10)]


def test_copies_are_moved_by_half_a_pixel():
    images = HELD_OUT.train_images[:3]
    copies = digit.moved(images).reshape(5, 3, 8, 8)
    np.testing.assert_array_equal(copies[0], images[..., 0])
    for copy, axis, step in zip(copies[1:], (1, 1, 2, 2), (1, -1, 1, -1), strict=True):
        wide = np.pad(images[..., 0], ((0, 0), (1, 1), (1, 1)))
        moved = (wide + np.roll(wide, step, axis=axis))[:, 1:-1, 1:-1] / 2
        np.testing.assert_allclose(copy, moved)


def test_the_answers_on_the_page_are_right():
    plain, barred = re.findall(r"picture=(06g\w+)&", PAGE)
    (nine,) = re.findall(r"picture=(007f\w+)&", PAGE)
    before, after = probabilities(plain), probabilities(barred)
    assert before.argmax() == 3
    assert after.argmax() == 7
    assert f"it is a 3 with {before[3]:.1%}, and a 7 with {before[7]:.1%}. With it" in WORDS
    assert f"With it, it is a 7 with {after[7]:.1%}." in WORDS

    def without(columns: list[int]) -> np.ndarray:
        picture = counts_of(barred)
        picture[3:5, columns] = counts_of(plain)[3:5, columns]
        return probabilities(picture)

    assert f"left part, and {without([2, 3])[7]:.1%} are left for the 7." in WORDS
    assert f"Without the right part, it is a 3, with {without([5, 6])[3]:.1%}." in WORDS
    blank = probabilities("0" * 64)
    assert blank.argmax() == 3
    assert f"in the end a 3, with {blank[3]:.1%}." in WORDS
    mended = counts_of(nine)
    assert probabilities(mended).argmax() == 5
    mended[2:4, 5] = 16
    assert probabilities(mended).argmax() == 9
    assert f"it is a 9, with {probabilities(mended)[9]:.1%}." in WORDS


def test_the_pages_own_code_is_that_of_the_first_state(seen):
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert code == seen["first"]["python"] == digit.CODE.read_text("utf-8")
    shown = probabilities(SAMPLES[10][1])
    assert (
        f"with {shown[5]:.0%}".replace("%", " per cent, so the network reads the 8 wrongly")
        in WORDS
    )
    assert "reads a 5, and is wrong" in digit.picture()


# --- use -------------------------------------------------------------------------------------


def test_the_browser_logs_no_error(seen):
    assert seen["errors"] == []


def test_it_starts_with_an_eight_that_is_read_wrongly(seen):
    assert seen["first"]["chosen"] == ["sample 10", "layer C1", "map 0"]
    assert seen["first"]["read"] == ["Read as 5", "Written as 8: wrong."]


def test_the_mouse_draws_the_sevens_of_the_page(seen):
    plain, barred, cleared, again = seen["drawn"]
    for view, code in zip((plain, barred), re.findall(r"picture=(06g\w+)&", PAGE), strict=True):
        np.testing.assert_array_equal(view["picture"], counts_of(code).ravel())
        sheet = np.reshape(view["pad"], (32, 32)) // 255
        np.testing.assert_array_equal(view["picture"], digit.prepare(sheet).ravel())
        assert view["chosen"] == ["layer C1", "map 0"]
    assert plain["said"].startswith("Read as 3, ")
    assert barred["said"].startswith("Read as 7, ")
    assert cleared["picture"] == [0] * 64
    assert cleared["read"][1] == "No ink, and it answers all the same."
    assert again == {**plain, "focus": again["focus"], "top": again["top"]}


def test_a_finger_draws_and_does_not_scroll(seen):
    before, after = seen["finger"]["before"], seen["finger"]["after"]
    assert np.sum(np.not_equal(before["picture"], after["picture"])) > 10
    assert after["said"].startswith("Read as ")
    assert after["top"] == before["top"]
    assert after["sideways"] <= 0


def test_the_keyboard_edits_the_picture(seen):
    start, rim, moved, full, most, less, side, gone = seen["keys"]
    assert start["focus"] == rim["focus"] == "picture 0,0"
    assert moved["focus"] == full["focus"] == "picture 1,2"
    assert [view["picture"][10] for view in (moved, full, most, less, gone)] == [0, 16, 16, 10, 0]
    assert full["said"].startswith("row 1, column 2: 16. Read as ")
    assert side["focus"] == "picture 1,3"
    assert side["picture"][11] == 0
    assert gone["said"].startswith("row 1, column 2: 0. ")
    assert gone["stops"][0] == ["1,2"]
    assert len({view["top"] for view in seen["keys"]}) == 1, "the page must not scroll"


def test_arrows_choose_value_map_and_layer(seen):
    views = seen["values"]
    assert views["moved"]["focus"] == "map 4,5"
    assert views["moved"]["at"] == ["4,5"]
    assert views["moved"]["said"] == views["moved"]["sum"].replace("·", "×")
    assert (views["map"]["focus"], views["map"]["chosen"][2]) == ("map", "map 1")
    assert views["map"]["sum"].startswith("C1, map 1, row 4, column 5 ")
    assert (views["layer"]["focus"], views["layer"]["chosen"]) == (
        "layer",
        ["sample 10", "layer C5"],
    )
    assert views["unit"]["sum"].startswith("C5, unit 19 ")


def test_clicks_ink_pixels_and_choose_a_digit(seen):
    away, full, corner, sample = seen["clicks"]
    assert [away["picture"][2], full["picture"][2], corner["picture"][63]] == [0, 16, 16]
    assert sample["chosen"][0] == "sample 7"
    assert sample["said"].endswith("Written as 7: right.")


def test_a_link_holds_the_whole_state(seen):
    there, again = seen["link"]["there"], seen["link"]["again"]
    np.testing.assert_array_equal(there["picture"], (np.arange(64) + 4) % 17)
    assert there["chosen"] == ["layer S4", "map 11"]
    assert there["at"] == ["1,0"]
    assert again == {**there, "top": again["top"]}


def test_a_link_that_makes_no_sense_changes_nothing(seen):
    for view in seen["nonsense"]:
        assert view == {**seen["first"], "top": view["top"]}
    assert seen["beyond"]["at"] == ["1,1"]


def test_without_weights_a_sentence_says_so_and_the_picture_stays(seen):
    assert len(seen["refused"]) == 3
    for view in seen["refused"]:
        assert view["words"].startswith("The network’s weights could not be loaded")
        assert view["picture"]
