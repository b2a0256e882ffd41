"""The explorer of Gram matrices: it shows what cnnutils.style computes, and so does its Python."""

import re
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from cnnutils import ops, style
from tests.explorers.support import run_snippet, see
from tools.build_site import ROOT
from tools.explorers.gram import picture as stand_in
from tools.explorers.gram import ring

NUM_STATES = 110
STYLES = ["level", "upright", "slanted", "checks", "dots", "ring"]
WAYS = ["shifted", "shuffled", "transposed"]
OTHERS = [*(f"{what}-{how}" for what in ("maps", "pixels") for how in WAYS)]
OTHERS += ["paint-ring", "paint-square"]
BETAS = ["0.3", "1", "3", "10"]
CHANNELS = ["level", "upright", "falling", "rising"]
KERNEL = np.full((3, 3, 1, 4), -1)
for place in range(3):
    KERNEL[1, place, 0, 0] = KERNEL[place, 1, 0, 1] = 2
    KERNEL[place, place, 0, 2] = KERNEL[2 - place, place, 0, 3] = 2
PAGE = (ROOT / "book" / "pages" / "explorer_gram.md").read_text("utf-8")
WORDS = " ".join(PAGE.split())


def random_states() -> list[dict[str, Any]]:
    """Choose pictures, what is done to them, an entry, and which buttons are pressed."""
    rng = np.random.default_rng(0)
    clicks = [[], [1], [1, 1, 1], [50, 1], [50, 50], [50, 50, 50, 1]]
    states = []
    for n in range(NUM_STATES):
        other = str(rng.choice(OTHERS[6:] if n % 3 == 0 else OTHERS[:6]))
        states.append(
            {
                "style": str(rng.choice(STYLES)),
                "other": other,
                "beta": str(rng.choice(BETAS)),
                "entry": ",".join(map(str, rng.integers(4, size=2))),
                "clicks": clicks[rng.integers(len(clicks))] if other[:5] == "paint" else [],
            }
        )
    return states


@pytest.fixture(scope="module")
def seen() -> dict[str, Any]:
    """Return what one run through the browser saw."""
    return see("gram.mjs", states=random_states())


# --- what should be seen, computed here -----------------------------------------------------


def drawn(name: str) -> np.ndarray:
    """Draw a picture, white on black."""
    rows, columns = np.indices((18, 18))
    far = np.hypot(rows - 8.5, columns - 8.5)
    white = {
        "level": rows % 3 == 1,
        "upright": columns % 3 == 1,
        "slanted": (rows + columns) % 4 == 0,
        "checks": (rows // 3 % 2) == (columns // 3 % 2),
        "dots": (rows % 3 == 1) & (columns % 3 == 1),
        "ring": (far > 4.5) & (far < 7.5),
        "square": (abs(rows - 8.5) < 6) & (abs(columns - 8.5) < 6),
    }
    return white[name].astype(float)


def maps(picture: np.ndarray) -> np.ndarray:
    """Return the four maps (16, 16, 4)."""
    return np.maximum(ops.conv2d(picture[np.newaxis, ..., np.newaxis], KERNEL)[0], 0)


def moved(array: np.ndarray, how: str) -> np.ndarray:
    """Put what stands at each place elsewhere."""
    if how == "shifted":
        return np.roll(array, (2, 5), axis=(0, 1))
    if how == "transposed":
        return np.swapaxes(array, 0, 1)
    order = np.argsort(np.sin(np.arange(array.shape[0] * array.shape[1]) ** 2))
    return array.reshape(len(order), -1)[order].reshape(array.shape)


def gram(features: np.ndarray) -> np.ndarray:
    """Return the Gram matrix, by the package."""
    return np.array(style.gram_matrix(features))


def painted(content: str, wanted: np.ndarray, beta: float, steps: int) -> np.ndarray:
    """Descend by the formula for the gradient; the shown Python asks TensorFlow for it."""
    made, target = drawn(content), maps(drawn(content))
    for _ in range(steps):
        a = maps(made)
        pull = a @ (np.einsum("ijc,ijd", a, a) - wanted) * beta / a.size**2
        back = np.where(a > 0, (a - target) / (2 * a.size) + pull, 0)
        slope = np.zeros_like(made)
        for i, j in np.ndindex(3, 3):
            slope[i : i + 16, j : j + 16] += back @ KERNEL[i, j, 0]
        made = np.clip(np.floor((made - slope) * 2**20 + 0.5) / 2**20, 0, 1)
    return made


def steps_of(clicks: list[int]) -> int:
    """Count the steps; there is an end."""
    return min(sum(clicks), 150)


def three(value: float) -> str:
    """Write three digits, as the explorer does."""
    if 0 < value < 1e-4:
        return "<0.0001"
    return f"{float(f'{value:.3g}'):.12g}"


def shares(array: np.ndarray, top: float) -> list[int]:
    """Return how bright pixels are drawn."""
    return np.floor(255 * array / top + 0.5).astype(int).ravel().tolist()


def expected(state: dict[str, Any]) -> dict[str, Any]:
    """Return everything that one state should show."""
    what, how = state["other"].split("-")
    left = drawn(state["style"])
    a = content = maps(left)
    if what == "maps":
        right, b = left, moved(a, how)
    elif what == "pixels":
        right = moved(left, how)
        b = maps(right)
    else:
        right = painted(how, gram(a), float(state["beta"]), steps_of(state["clicks"]))
        content, b = maps(drawn(how)), maps(right)
    costs = [float(style.content_loss(content, b)), float(style.style_loss(a, b))]
    start = float(style.style_loss(a, content))
    return {"pictures": [left, right], "maps": [a, b], "costs": costs, "start": start}


def agree(shown: list[int], wanted: list[int]) -> bool:
    """Compare brightness; one level may differ where rounding falls on an edge."""
    return len(shown) == len(wanted) and np.abs(np.subtract(shown, wanted)).max() <= 1


def test_every_picture_and_number_is_that_of_cnnutils(seen):
    rows_seen, sums = set(), set()
    for state, view in zip(random_states(), seen["fuzz"], strict=True):
        assert view["chosen"] == [state["style"], state["other"], state["beta"]]
        want, (one, other) = expected(state), map(int, state["entry"].split(","))
        bright = max(features.max() for features in want["maps"])
        products = [features[..., one] * features[..., other] for features in want["maps"]]
        top = max(product.max() for product in products) or 1
        lines = view["sum"][0].split("\n")
        assert (
            lines[0].lower().startswith(f"{CHANNELS[one]} with {CHANNELS[other]}, at each of 256")
        )
        for side, picture, features, product, name, line in zip(
            view["sides"],
            want["pictures"],
            want["maps"],
            products,
            ["Left", "Right"],
            lines[1:],
            strict=True,
        ):
            assert agree(side["picture"], shares(picture, 1))
            assert all(agree(side["maps"][c], shares(features[..., c], bright)) for c in range(4))
            for c, label in enumerate(side["counts"]):
                assert label == (
                    f"Map of {CHANNELS[c]} lines: above 0 at {(features[..., c] > 0).sum()}"
                    " of 256 places"
                )
            assert agree(side["products"], shares(product, top))
            assert side["marked"] == [state["entry"]]
            whole = np.array(side["gram"], float)
            np.testing.assert_allclose(whole, gram(features).ravel(), atol=0.5 + 1e-6)
            # The sum that is written out is the entry.
            terms, sign, value = re.fullmatch(rf"{name}: (.+) ([=≈]) ([\d.]+)", line).groups()
            assert float(value) == pytest.approx(product.sum(), abs=0.0051)
            assert (sign == "=") == (abs(float(value) - product.sum()) < 1e-7)
            if found := re.fullmatch(r"(\w+) products above 0, together", terms):
                assert int(found[1].replace("no", "0")) == (product > 0).sum()
            else:
                kinds, counts = np.unique(product[product > 0], return_counts=True)
                assert terms == " + ".join(
                    f"{count} · {kind:g}"
                    for kind, count in zip(kinds[::-1], counts[::-1], strict=True)
                )
                sums.add(terms)
            rows_seen.add(line)
        costs, beta = want["costs"], float(state["beta"])
        if state["other"].startswith("paint"):
            assert view["sum"][1] == (
                f"J = content cost + β · style cost = {three(costs[0])} + {beta:g} ·"
                f" {three(costs[1])} = {three(costs[0] + beta * costs[1])}\n"
                f"At the start, G is the content: J = 0 + {beta:g} · {three(want['start'])}"
            )
        else:
            changed = (gram(want["maps"][0]) != gram(want["maps"][1])).sum()
            assert view["sum"][1] == (
                f"Of the 16 entries, {changed or 'none'} changed.\n"
                f"Style cost, by the Gram matrices: {three(costs[1])}\n"
                f"Content cost, place by place: {three(costs[0])}"
            )
    assert len(rows_seen) > 70
    assert len(sums) > 20


def test_the_shown_python_computes_what_is_shown(seen):
    long = 0
    for state, view in zip(random_states(), seen["fuzz"], strict=True):
        steps = steps_of(state["clicks"])
        long += steps > 3
        if steps > 3 and long > 3:  # TensorFlow needs some time for each step
            continue
        names, printed = run_snippet(view["python"])
        want = expected(state)
        for side, output, features in zip(
            view["sides"], names["output"], want["maps"], strict=True
        ):
            np.testing.assert_allclose(output, gram(features), rtol=1e-6, atol=1e-6)
            np.testing.assert_allclose(
                np.array(side["gram"], float), output.ravel(), atol=0.5 + 1e-6
            )
        np.testing.assert_allclose(names["costs"], want["costs"], rtol=1e-6, atol=1e-9)
        assert printed == str([*names["output"]]) + " " + str(names["costs"])
        if "G" in names:
            assert agree(view["sides"][1]["picture"], shares(names["G"].numpy(), 1))


def test_moved_maps_change_no_entry_and_their_content_does(seen):
    told = [
        view["sum"][1]
        for state, view in zip(random_states(), seen["fuzz"], strict=True)
        if state["other"].startswith("maps")
    ]
    assert len(told) > 20
    assert all("none changed" in text and "matrices: 0\n" in text for text in told)
    assert sum("by place: 0." in text or "by place: 1." in text for text in told) > 0.8 * len(told)


def test_the_cost_falls_step_by_step_and_there_is_an_end(seen):
    start, first, *_, last, again = seen["steps"]
    titles = [view["sides"][1]["title"] for view in seen["steps"]]
    counts = [int(title.rpartition(" ")[2]) for title in titles]
    assert counts == [0, 1, 2, 52, 102, 150, 0]
    costs = [float(re.search(r"= ([\d.]+)\n", view["sum"][1])[1]) for view in seen["steps"]]
    assert all(after < before for before, after in pairwise(costs[:6]))
    assert start["buttons"] == [True, True, False]
    assert first["buttons"] == [True, True, True]
    assert last["buttons"] == [False, False, True]
    assert again["sides"] == start["sides"]
    assert seen["first"]["buttons"] == [None] * 3
    assert not seen["first"]["weights"]
    assert start["weights"]


# --- the page --------------------------------------------------------------------------------


def test_the_pages_own_code_computes_the_first_state(seen):
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert code == seen["first"]["python"]
    names, _ = run_snippet(code)
    before, after = names["output"]
    np.testing.assert_array_equal(before, after)
    assert before[0, 0] == 228
    assert "20 times 9 and 4 times 4 and 32 times 1, together 228" in WORDS
    assert "Left: 20 · 9 + 4 · 4 + 32 · 1 = 228" in seen["first"]["sum"][0]


def test_the_answers_on_the_page_are_right():
    ring, level = drawn("ring"), drawn("level")
    a, b = maps(ring), maps(level)
    costs = [three(float(style.content_loss(a, moved(a, how)))) for how in WAYS]
    assert "The content cost is {}, {} and {}:".format(*costs) in WORDS
    shuffled = gram(maps(moved(ring, "shuffled")))
    assert f"level with level grows from {gram(a)[0, 0]:g} to {shuffled[0, 0]:g}." in WORDS
    turned = gram(maps(level.T))
    assert np.argwhere(turned != gram(b)).tolist() == [[0, 0], [1, 1]]
    assert turned[1, 1] == gram(b)[0, 0]
    assert f"{turned[1, 1]:g} moves from level with level to upright with upright" in WORDS
    stripes = [(maps(picture)[:, 0, 0] > 0).sum() for picture in (level, moved(level, "shifted"))]
    assert "there were {} stripes among them, and are {}".format(*stripes) in WORDS

    def parts(beta, steps):
        made = maps(painted("ring", gram(b), beta, steps))
        return float(style.content_loss(a, made)), float(style.style_loss(b, made))

    falls = [three(content + wanted) for content, wanted in (parts(1, 0), parts(1, 50))]
    assert "where J has fallen from {} to {}".format(*falls) in WORDS
    assert parts(0.3, 50)[0] < 0.2 * parts(1, 50)[0] < 0.1 * parts(10, 50)[0]


def test_the_picture_that_stands_in_shows_the_same_maps():
    picture, before, after = ring()
    np.testing.assert_array_equal(picture, drawn("ring"))
    np.testing.assert_array_equal(before, maps(picture))
    np.testing.assert_array_equal(after, moved(before, "shuffled"))
    cost = float(style.content_loss(before, after))
    assert f"content cost ≈ {cost:.3f}" in stand_in()


# --- use -------------------------------------------------------------------------------------


def test_the_browser_logs_no_error(seen):
    assert seen["errors"] == []


def test_it_starts_with_the_shuffled_maps_of_the_ring(seen):
    first = seen["first"]
    assert first["chosen"] == ["ring", "maps-shuffled", "1"]
    assert [side["title"] for side in first["sides"]] == ["S, as it is", "S, its maps shuffled"]
    signs = [f"{sign} {name}" for sign, name in zip("—|\\/", CHANNELS, strict=True)]
    assert [sorted(side["heads"]) for side in first["sides"]] == [sorted(signs * 2)] * 2


def test_arrows_go_from_entry_to_entry_and_stop_at_the_rim(seen):
    before, after, chosen = (seen["keys"][name] for name in ("before", "moved", "chosen"))
    assert after["top"] == before["top"], "the page must not scroll"
    assert before["focus"] == "right 2,3"
    assert after["focus"] == "right 1,1"
    assert [side["marked"] for side in after["sides"]] == [["1,1"]] * 2
    assert after["said"] == after["all"]
    assert after["said"].startswith("Upright with upright")
    assert chosen["chosen"][1] == "maps-transposed"
    assert chosen["said"] == chosen["all"]


def test_a_click_and_a_finger_choose_an_entry_on_either_side(seen):
    assert [side["marked"] for side in seen["mouse"]["sides"]] == [["3,1"]] * 2
    assert [side["marked"] for side in seen["touch"]["sides"]] == [["0,2"]] * 2
    assert seen["touch"]["said"].startswith("Level with falling")


def test_a_link_holds_the_whole_state(seen):
    there, again = seen["link"]["there"], seen["link"]["again"]
    assert there["chosen"] == ["slanted", "paint-square", "3"]
    assert there["sides"][1]["title"] == "G, from the square, step 51"
    assert there["sides"][0]["marked"] == ["3,0"]
    for name in ("chosen", "sides", "sum", "python"):
        assert again[name] == there[name]


def test_a_link_that_makes_no_sense_changes_nothing(seen):
    for view in seen["nonsense"]:
        for name in ("chosen", "sides", "sum", "python"):
            assert view[name] == seen["first"][name]
    assert seen["beyond"] == seen["steps"][0]
