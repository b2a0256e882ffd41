"""The explorer of signal and gradient by depth: all it shows is what its Python computes."""

import re
from typing import Any

import numpy as np
import pytest

from tests.explorers.support import run_snippet, see
from tools.build_site import ROOT

CHOICES = {
    "depth": ["2", "4", "8", "16", "32", "64"],
    "scale": ["0.5", "0.7", "1", "1.4", "2"],
    "norm": ["no", "yes"],
    "last": ["random", "zero"],
    "seed": ["1", "2", "3", "4", "5"],
}
FIRST = {"depth": "32", "scale": "0.5", "norm": "no", "last": "random", "seed": "1", "layer": "16"}
# Of which the page speaks.
SPOKEN = [
    FIRST,
    *[FIRST | {"depth": depth, "layer": depth} for depth in ("8", "64")],
    *[FIRST | {"depth": "64", "scale": "1", "seed": seed} for seed in CHOICES["seed"]],
    *[FIRST | {"depth": depth, "scale": "1", "norm": "yes", "layer": "0"} for depth in ("8", "32")],
    FIRST | {"depth": "64", "scale": "1", "norm": "yes", "layer": "0"},
    FIRST | {"last": "zero"},
    *[
        FIRST | {"depth": "64", "scale": scale, "norm": "yes", "layer": "0"}
        for scale in CHOICES["scale"]
    ],
]
NUM_RANDOM = 100
PAGE = ROOT / "book" / "pages" / "explorer_residual.md"
Sizes = list[tuple[np.ndarray, np.ndarray]]  # signal and gradient, plain and residual


def random_states() -> list[dict[str, str]]:
    """Return the states that the page speaks of, and random ones, a layer chosen in each."""
    rng = np.random.default_rng(0)
    states = list(SPOKEN)
    for _ in range(NUM_RANDOM):
        state = {name: str(rng.choice(values)) for name, values in CHOICES.items()}
        states.append(state | {"layer": str(2 * rng.integers(int(state["depth"]) // 2 + 1))})
    return states


@pytest.fixture(scope="module")
def seen() -> dict[str, Any]:
    """Return what one run through the browser saw."""
    return see("residual.mjs", states=random_states())


@pytest.fixture(scope="module")
def computed(seen) -> list[tuple[Sizes, str]]:
    """Return what the shown Python computes in each state, and what it prints."""
    found = [run_snippet(view["python"]) for view in seen["fuzz"]]
    return [(names["output"], printed) for names, printed in found]


def number(text: str) -> float:
    """Read what the explorer writes: 0.508, or 3.8 · 10^−10."""
    digits, _, power = text.partition(" · 10^")
    return float(digits) * 10.0 ** int(power.replace("−", "-") or 0)


def agrees(text: str, value: float) -> bool:
    """Tell whether a number is written with the digits that it has: three, or two and a power."""
    if value == 0 or value == 1:
        return text == f"{value:g}"
    powers = not 0.001 <= value < 9999.5
    assert ("^" in text) == powers
    return number(text) == pytest.approx(value, rel=0.051 if powers else 0.0051)


def about(text: str, what: str) -> float:
    """Return how much of the signal or of the gradient a sentence says has arrived."""
    if text == f"nothing of the {what}":
        return 0
    if text == f"all of the {what}, exactly":
        return 1
    amount, word = re.fullmatch(rf"(.+) (of|times) the {what}", text).groups()
    assert (number(amount) <= 1) if word == "of" else (number(amount) >= 1)
    return number(amount)


# --- numbers ---------------------------------------------------------------------------------


def test_every_state_shows_what_the_shown_python_computes(seen, computed):
    kinds = set()
    for state, view, (output, printed) in zip(random_states(), seen["fuzz"], computed, strict=True):
        assert view["chosen"] == [state[name] for name in CHOICES]
        assert view["layer"] == [
            state["layer"], "0", state["depth"], "2", f"{state['layer']} of {state['depth']}"
        ]  # fmt: skip
        assert view["head"] == f"Layer {state['layer']} of {state['depth']}signalgradient"
        block = int(state["layer"]) // 2
        lines = []
        for name, row, (signal, gradient) in zip(
            ("plain", "residual"), view["rows"], output, strict=True
        ):
            assert len(signal) == len(gradient) == int(state["depth"]) // 2 + 1
            assert row[0] == name
            assert agrees(row[1], signal[block])
            assert agrees(row[2], gradient[block])
            lines.append(f"{name}: {signal[block]:.3g} {gradient[block]:.3g}")
            assert (
                f"{name}: signal {row[1]}, gradient {row[2]}.".replace("^", " to the ")
                in (view["said"])
            )
        assert printed == "\n".join(lines)
        kinds.add((state["norm"], state["last"]))
    assert len(kinds) == 4


def test_the_sentences_tell_the_whole_way(seen, computed):
    for state, view, (output, _) in zip(random_states(), seen["fuzz"], computed, strict=True):
        depth = int(state["depth"])
        ends = [[signal[-1] for signal, _ in output], [gradient[0] for _, gradient in output]]
        for sentence, what, start, (plain, residual) in zip(
            view["sum"],
            ("signal", "gradient"),
            (f"Forward, after {depth} layers: ", "Back, before the first layer: "),
            ends,
            strict=False,
        ):
            assert sentence.startswith(f"{start}plain, ")
            text, other = re.fullmatch(rf"{start}plain, (.+?); residual, (.+)\.", sentence).groups()
            text, _, each = text.partition(" (")
            assert about(text, what) == pytest.approx(plain, rel=0.051)
            assert about(other, what) == pytest.approx(residual, rel=0.051)
            if plain:
                assert each.endswith(" for each layer)")
                assert agrees(each.removesuffix(" for each layer)"), plain ** (1 / depth)) or (
                    each.startswith("1 ") and plain ** (1 / depth) == pytest.approx(1, abs=0.005)
                )
            else:
                assert each == ""
        assert len(view["sum"]) == (3 if state["last"] == "zero" else 2)


def test_last_weights_of_zero_leave_alone_exactly(computed):
    several = 0
    for state, (output, _) in zip(random_states(), computed, strict=True):
        (plain, back), (residual, _) = output
        if state["last"] == "zero":
            assert (residual == 1).all()
            assert not plain[1:].any()
            assert not back[:-1].any()
            several += 1
        else:
            assert plain.all()
    assert several > 20


def test_every_point_lies_where_its_axis_says(seen, computed):
    for view, (output, _) in zip(seen["fuzz"], computed, strict=True):
        assert [chart["title"] for chart in view["charts"]] == [
            "Signal, on its way forward →",
            "Gradient, on its way back ←",
        ]
        for way, chart in enumerate(view["charts"]):
            ticks = {
                number(text.replace("10^", "1 · 10^")): height for text, height in chart["ticks"]
            }
            nothing = ticks.pop(0, None)
            powers, heights = np.log10([*ticks]), np.array([*ticks.values()])
            assert 3 <= len(ticks) <= 7
            slope, shift = np.polyfit(powers, heights, 1)
            np.testing.assert_allclose(heights, slope * powers + shift, atol=1e-6)
            assert slope < 0 < (nothing or 1)
            for name, sizes in zip(("plain", "residual"), output, strict=True):
                points = np.array(chart[name])
                positive = sizes[way] > 0
                assert positive.all() or (points[~positive, 1] == nothing).all()
                np.testing.assert_allclose(
                    points[positive, 1],
                    slope * np.log10(sizes[way][positive]) + shift,
                    atol=0.001,
                )
                assert heights.min() - 0.1 <= points[:, 1].min()
                assert points[:, 1].max() <= (nothing or heights.max()) + 0.1
                np.testing.assert_allclose(np.diff(points[:, 0], 2), 0, atol=1e-6)
            block = int(view["layer"][0]) // 2
            num_points = len(output[0][0])
            large = np.array(chart["large"]).reshape(2, num_points)
            assert np.argwhere(large).tolist() == [[0, block], [1, block]]


def test_the_pages_own_code_and_its_words_say_the_same(seen, computed):
    text = " ".join(PAGE.read_text("utf-8").split())
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert code == seen["first"]["python"]
    shown = [[view["sum"][0], view["sum"][1]] for view in seen["fuzz"][: len(SPOKEN)]]

    def says(words: str) -> None:
        assert words in text, words

    def written(sentence: str, place: int) -> str:
        """Return the plain (0) or the residual number (1) of a sentence, as the page writes it."""
        found = re.findall(r"(?:plain|residual), (.+?) (?:of|times) the", sentence)[place]
        digits, _, power = found.partition("^")
        return digits + power.translate(str.maketrans("−0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))

    first, small, deep = shown[:3]
    says(f"plain network, {written(first[0], 0)} of the signal arrives at the end")
    says(f"and {written(first[1], 0)} of the gradient before the first layer")
    says(f"with {written(first[0], 1)} times the signal and {written(first[1], 1)} times")
    says(f"Plain, {written(small[0], 0)} of the signal is left after 8 layers")
    says(f"and {written(deep[0], 0)} after 64")
    says(f"the signal is {written(deep[0], 1)} times as large after 64 layers")
    says(f"and the gradient {written(deep[1], 1)} times")
    level, grown = zip(*[[s[-1] for s, _ in output] for output, _ in computed[3:8]], strict=True)
    says(f"{min(level):.3g} to {max(level):.3g} of the signal is left")
    says("grows at least 300 thousand times")
    assert min(grown) > 300_000
    normed = shown[8:11]
    says("it is {} times as large after 8 layers, {} times after 32 and {} times".format(
        *[written(back, 0) for _, back in normed]))  # fmt: skip
    says("it is {}, {} and {} times as large".format(*[written(back, 1) for _, back in normed]))
    says(f"and {written(shown[11][1], 1)} of it passes")
    # With normalisation: a level signal; the plain gradient climbs by powers of the depth's.
    for output, _ in computed[8:11]:
        assert np.ptp(np.log10(output[0][0])) < 0.15
    scaled = [output for output, _ in computed[12:17]]
    assert np.ptp(
        np.log10([[signal[-1] for signal, _ in output] for output in scaled]), 0
    ).max() < (0.02)
    plain = [output[0][1][0] for output in scaled]
    assert 1.5 < max(plain) / min(plain) < 2.5, "about twofold"
    growth = [[gradient[0] for _, gradient in output] for output, _ in computed[8:11]]
    assert growth[2][0] / growth[1][0] > 100 > 10 > growth[2][1] / growth[1][1]


# --- use -------------------------------------------------------------------------------------


def test_the_browser_logs_no_error(seen):
    assert seen["errors"] == []


def test_arrows_choose_the_layer_and_its_sizes_are_said(seen):
    before, *after = seen["keys"]
    assert before["layer"][0] == "16"
    assert [view["layer"][0] for view in after] == ["18", "0", "0", "32", "32"]
    assert after[0]["said"].startswith("Layer 18 of 32. plain: signal ")
    assert " to the −" in after[0]["said"]
    assert {view["top"] for view in after} == {before["top"]}, "the page must not scroll"


def test_fewer_layers_keep_the_chosen_one_among_them(seen):
    view = seen["pill"]
    assert view["chosen"][0] == view["layer"][0] == "32"
    assert "Forward, after 32 layers: plain, " in view["said"]


def test_a_click_or_a_tap_on_the_charts_chooses_the_nearest_layer(seen):
    assert [view["layer"][0] for view in seen["click"]] == ["10", "0", "32"]
    assert seen["tap"]["layer"][0] == "24"
    assert seen["tap"]["said"].startswith("Layer 24 of 32.")


def test_the_charts_are_drawn_as_wide_as_their_place(seen):
    for drawn, place in seen["narrower"]:
        assert drawn == place


def test_a_link_holds_the_whole_state(seen):
    there, again = seen["link"]["there"], seen["link"]["again"]
    assert there["chosen"] == ["8", "1.4", "yes", "zero", "4"]
    assert there["layer"][0] == "6"
    assert again == {**there, "top": again["top"], "said": again["said"]}


def test_a_link_that_makes_no_sense_changes_nothing(seen):
    for view in seen["nonsense"]:
        assert view == seen["first"] | {"top": view["top"]}
