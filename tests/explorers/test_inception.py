"""The explorer of Inception modules: its numbers are cnnutils', its modules GoogLeNet's."""

import re
from typing import Any

import numpy as np
import pytest

from cnnutils import costs
from cnnutils.zoo.inception import MODULES
from tests.explorers.support import run_snippet, see
from tools.build_site import ROOT

NUM_STATES = 150
INPUTS = {"3a": (28, 192), "3b": (28, 256), "4a": (14, 480), "4e": (14, 528)}
INPUTS |= dict.fromkeys(["4b", "4c", "4d"], (14, 512)) | dict.fromkeys(["5a", "5b"], (7, 832))
NARROW = {
    "narrow3": ["none", *map(str, [32, 64, 96, 112, 128, 144, 160, 192])],
    "narrow5": ["none", *map(str, [4, 8, 16, 24, 32, 48, 64])],
}


def random_states() -> list[dict[str, str]]:
    """Choose modules, and other bottlenecks than theirs."""
    rng = np.random.default_rng(0)
    choices = {"module": [*MODULES], **NARROW}
    drawn = [
        {name: str(rng.choice(values)) for name, values in choices.items()}
        for _ in range(NUM_STATES)
    ]
    return [{"module": "3a", "narrow3": "192", "narrow5": "none"}, *drawn]  # too wide to save


@pytest.fixture(scope="module")
def seen() -> dict[str, Any]:
    """Return what one run through the browser saw."""
    return see("inception.mjs", states=random_states())


def counted(code: str) -> tuple[list[int], int]:
    """Return the multiplications, and the sum of the parameters, that the shown Python counts."""
    names, printed = run_snippet(code)
    macs, params = map(int, printed.split())
    assert macs == sum(names["output"])
    return names["output"], params


def branch(module: str, window: int, filters: int, narrow: str) -> tuple[int, int, int]:
    """Return multiplications in the bottleneck, those behind it, and the parameters."""
    size, channels = INPUTS[module]
    first, shape = None, (size, size, channels)
    if narrow != "none":
        first = costs.conv2d_cost(shape, int(narrow), 1)
        shape = first.output_shape
    wide = costs.conv2d_cost(shape, filters, window, padding="same")
    return (first.macs if first else 0), wide.macs, wide.params + (first.params if first else 0)


def test_every_state_shows_what_cnnutils_counts_and_so_does_the_snippet(seen):
    useless = 0
    for state, view in zip(random_states(), seen["fuzz"], strict=True):
        assert view["chosen"] == [*state.values()]
        name, table = state["module"], MODULES[state["module"]]
        parts = [
            branch(name, 1, table.conv1x1, "none"),
            branch(name, 3, table.conv3x3, state["narrow3"]),
            branch(name, 5, table.conv5x5, state["narrow5"]),
            branch(name, 1, table.pool_proj, "none"),
        ]
        filters = [table.conv1x1, table.conv3x3, table.conv5x5, table.pool_proj]
        total = sum(narrow + wide for narrow, wide, _ in parts)
        params = sum(part[2] for part in parts)
        wanted = [
            [str(count), f"{narrow + wide:,}"]
            for count, (narrow, wide, _) in zip(filters, parts, strict=True)
        ]
        assert [row[1:] for row in view["rows"]] == [*wanted, [str(sum(filters)), f"{total:,}"]]
        for (narrow, wide, _), bar in zip(parts, view["bars"], strict=False):
            assert bar == pytest.approx([narrow / total, wide / total], abs=0.012)
        flat = [macs for narrow, wide, _ in parts for macs in (narrow, wide) if macs]
        assert counted(view["python"]) == (flat, params)
        assert f"{params:,} parameters" in view["sum"][2]
        assert f"= {sum(filters)} channels out" in view["sum"][2]
        for window, part, count, text in zip(
            (3, 5), parts[1:3], filters[1:3], view["sum"], strict=False
        ):
            size, channels = INPUTS[name]
            direct = costs.conv2d_cost((size, size, channels), count, window, padding="same").macs
            assert f"= {direct:,}." in text
            limit = float(re.search(r"([\d.]+) channels\.$", text)[1])
            below, above = (
                sum(branch(name, window, count, str(width))[:2])
                for width in (int(limit - 0.01), int(limit + 1.01))
            )
            assert below < direct < above or (below <= direct and limit == int(limit))
            if part[0]:
                macs = part[0] + part[1]
                assert f"{part[0]:,} + {part[1]:,} = {macs:,}" in text
                assert ("which saves nothing" in text) == (macs >= direct)
                useless += macs >= direct
                if macs < direct:
                    ratio = float(re.search(r"1 in ([\d.]+)\. It", text)[1])
                    assert ratio == pytest.approx(direct / macs, abs=0.0051)
    assert 0 < useless < NUM_STATES


def test_the_modules_start_as_in_the_paper(seen):
    assert seen["first"]["chosen"] == ["3a", "96", "16"]
    assert seen["own"]["chosen"] == ["4d", "144", "32"]


def test_the_pages_own_code_and_its_words_say_the_same(seen):
    text = (ROOT / "book" / "pages" / "explorer_inception.md").read_text("utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    macs, params = counted(code)
    assert (macs, params) == counted(seen["first"]["python"])
    alternative = text.split("alt: >-")[1].split("\n\n")[0]
    assert all(row[2] in alternative for row in seen["first"]["rows"])
    bare = [branch("3a", 1, 64, "none"), branch("3a", 3, 128, "none"), branch("3a", 5, 32, "none")]
    total = sum(part[1] for part in [*bare, branch("3a", 1, 32, "none")])
    said = f"{total:,} multiplications for {sum(macs):,}: {total / sum(macs):.2f} times as much"
    assert said in text.replace("\n   ", " ")
    assert f"1 in {bare[2][1] / sum(branch('3a', 5, 32, '32')[:2]):.2f} of the direct way" in text
    last = [
        branch("5b", 1, 384, "none"),
        branch("5b", 3, 384, "192"),
        branch("5b", 5, 128, "48"),
        branch("5b", 1, 128, "none"),
    ]
    times = [sum(narrow + wide for narrow, wide, _ in last) / sum(macs)]
    times.append(sum(part[2] for part in last) / params)
    assert "{:.2f} times the multiplications and {:.2f} times the parameters".format(*times) in text
    direct = branch("4a", 3, 208, "none")[1]
    paper, wide = (sum(branch("4a", 3, 208, narrow)[:2]) for narrow in ("96", "192"))
    assert all(f"{count:,}" in text for count in (direct, paper, wide))
    assert wide / direct == pytest.approx(0.5, abs=0.01)


def test_the_browser_logs_no_error(seen):
    assert seen["errors"] == []


def test_arrows_choose_and_the_sum_is_said(seen):
    assert seen["keys"]["chosen"] == ["3a", "96", "24"]
    assert "Through 24 channels" in seen["keys"]["said"]


def test_a_link_holds_the_whole_state(seen):
    there, again = seen["link"]["there"], seen["link"]["again"]
    assert there["chosen"] == ["4c", "none", "48"]
    assert again == {**there, "said": again["said"]}


def test_a_link_that_makes_no_sense_changes_nothing(seen):
    assert seen["nonsense"] == seen["first"]
