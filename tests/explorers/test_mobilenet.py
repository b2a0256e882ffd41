"""The explorer of separable convolutions: what it counts is what cnnutils and Keras count."""

import ast
import re
from typing import Any

import numpy as np
import pytest

from tests.explorers.support import run_snippet, see
from tools.build_site import ROOT

NUM_STATES = 150
CHOICES = {
    "size": [112, 56, 28, 14, 7],
    "window": [1, 3, 5, 7],
    "channels": [16, 64, 256, 512],
    "filters": [16, 64, 256, 512, 1024],
    "alpha": [0.25, 0.5, 0.75, 1],
    "picture": [128, 160, 192, 224],
}


def random_states() -> list[dict[str, str]]:
    """Choose layers and multipliers."""
    rng = np.random.default_rng(0)
    return [
        {name: f"{rng.choice(values):g}" for name, values in CHOICES.items()}
        for _ in range(NUM_STATES)
    ]


@pytest.fixture(scope="module")
def seen() -> dict[str, Any]:
    """Return what one run through the browser saw."""
    return see("mobilenet.mjs", states=random_states())


def counted(code: str) -> tuple[list[int], dict[str, Any]]:
    """Return the multiplications that the shown Python counts, and all its names."""
    names, printed = run_snippet(code)
    assert ast.literal_eval(printed) == names["output"]
    return names["output"], names


def test_every_state_shows_what_cnnutils_counts_and_so_does_the_snippet(seen):
    dearer = 0
    for state, view in zip(random_states(), seen["fuzz"], strict=True):
        assert view["chosen"] == [*state.values()]
        size, window, channels, filters = (int(state[name]) for name in [*CHOICES][:4])
        alpha, rho = float(state["alpha"]), int(state["picture"]) / 224
        macs, names = counted(view["python"])
        # The same by the formulas, so that the snippet itself is held, too.
        side, width, out = round(size * rho), round(channels * alpha), round(filters * alpha)
        assert names["shape"] == (side, side, width)
        assert macs == [
            size**2 * window**2 * channels * filters,
            side**2 * window**2 * width,
            side**2 * width * out,
        ]
        params = [names[step].params for step in ("full", "depthwise", "pointwise")]
        for table, counts in zip(view["tables"], (macs, params), strict=True):
            wanted = [*counts, counts[1] + counts[2]]
            assert [row[1] for row in table] == [f"{count:,}" for count in wanted]
            for (_, _, bar), count in zip(table, wanted, strict=True):
                assert bar == pytest.approx(count / max(wanted), abs=0.01)
        at_first = size**2 * channels * (window**2 + filters)
        ratio = at_first / macs[0]
        assert ratio == pytest.approx(1 / filters + 1 / window**2)
        shown = re.search(r"1 / (\d+) \+ 1 / (\d+) [=≈] ([\d.]+)", view["sum"][2])
        assert shown.groups()[:2] == (str(filters), str(window**2))
        assert float(shown[3]) == pytest.approx(ratio, abs=0.0005001)
        dearer += "cost more" in view["sum"][2]
        assert ("cost more" in view["sum"][2]) == (ratio > 1)
        assert (len(view["sum"]) == 4) == (alpha != 1 or rho != 1)
        if len(view["sum"]) == 4:
            remains, squares = re.findall(r"[=≈] ([\d.]+)\b", view["sum"][3])[-2:]
            left = (macs[1] + macs[2]) / at_first
            assert float(remains) == pytest.approx(left, abs=0.0005001)
            assert float(squares) == pytest.approx((alpha * rho) ** 2, abs=0.0005001)
    assert 0 < dearer < NUM_STATES / 2


def test_the_pages_own_code_and_its_words_say_the_same(seen):
    text = (ROOT / "book" / "pages" / "explorer_mobilenet.md").read_text("utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    macs, _ = counted(code)
    assert [f"{count:,}" for count in macs] == [row[1] for row in seen["first"]["tables"][0]][:3]
    alternative = text.split("alt: >-")[1].split("\n\n")[0]
    assert all(f"{count:,}" in alternative for count in macs)
    ratios = ", ".join(f"{1 / filters + 1 / 9:.3f}" for filters in (16, 64, 512))
    assert f"plus 1/9: {ratios}." in text
    assert f"The pair costs {(49 + 512) / (9 + 512):.2f} times as much" in text
    assert f"one convolution {49 / 9:.2f} times" in text
    half, whole = (9 * width + width**2 for width in (256, 512))
    assert half / whole == pytest.approx(1 / 4, abs=0.01)
    assert "about a quarter of the parameters is left" in text


def test_the_browser_logs_no_error(seen):
    assert seen["errors"] == []


def test_arrows_choose_and_the_sum_is_said(seen):
    assert seen["first"]["chosen"] == ["14", "3", "512", "512", "1", "224"]
    assert seen["keys"]["chosen"] == ["14", "5", "512", "512", "1", "224"]
    assert "1 / 512 + 1 / 25" in seen["keys"]["said"]


def test_a_link_holds_the_whole_state(seen):
    there, again = seen["link"]["there"], seen["link"]["again"]
    assert there["chosen"] == ["28", "5", "64", "1024", "0.75", "192"]
    assert again == {**there, "said": again["said"]}


def test_a_link_that_makes_no_sense_changes_nothing(seen):
    assert seen["nonsense"] == seen["first"]
