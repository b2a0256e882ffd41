"""The explorer of triplets in a browser: what readers do with it, and what it computes for them."""

import re
from typing import Any

import keras
import numpy as np
import pytest

from cnnutils import faces, verify
from cnnutils._gradients import InputGradient
from tests.explorers.support import run_snippet, see
from tools.build_site import ROOT

NUM_STATES = 160
SCENES = {
    "triplet": [90, 150, 20],
    "apart": [72, 84, 97, 110, 194, 203, 214, 228, 313, 326, 334, 349],
    "closer": [52, 80, 103, 124, 158, 190, 209, 241, 276, 312, 335, 3],
    "mixed": [60, 94, 131, 160, 118, 175, 212, 249, 205, 272, 320, 12],
}
MARGINS = ["0", "0.2", "0.5", "1"]
TURNS = {"ArrowUp": 1, "ArrowLeft": 1, "ArrowDown": -1, "ArrowRight": -1}
PEOPLE = np.repeat([1, 2, 3], 4)
PAGE = (ROOT / "book" / "pages" / "explorer_triplets.md").read_text("utf-8")
LINKS = dict(re.findall(r'^(\d)\. <a href="(\?[^#]+)#', PAGE, re.MULTILINE))
ANSWERS = " ".join(PAGE.split("<summary>Answers</summary>")[1].split())


def random_states() -> list[dict[str, Any]]:
    """Choose scenes, which keys are pressed at which point how often, and steps of descent."""
    rng = np.random.default_rng(0)
    states = []
    for n in range(NUM_STATES):
        keys = [
            [
                int(k),
                str(rng.choice(list(TURNS))),
                bool(rng.random() < 0.4),
                int(rng.integers(1, 7)),
            ]
            for k in rng.integers(3 if n % 2 else 12, size=6)
        ]
        states.append(
            {
                "scene": "triplet" if n % 2 else str(rng.choice(["apart", "closer", "mixed"])),
                "margin": str(rng.choice(MARGINS)),
                "threshold": f"{rng.choice([1, 2, 3, rng.integers(0, 401) / 100]):g}",
                "keys": keys,
                "steps": int(rng.choice([0, 0, 0, 0, 1, 2, 3])) if n % 2 else 0,
            }
        )
    return states


@pytest.fixture(scope="module")
def seen() -> dict[str, Any]:
    """Return what one run through the browser saw."""
    return see("triplets.mjs", states=random_states(), links=LINKS)


def on_circle(degrees: Any) -> np.ndarray:
    """Return embeddings of length 1."""
    return np.stack([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))], axis=-1)


def angles(view: dict[str, Any]) -> np.ndarray:
    """Return the angles that are said; the points must be drawn there."""
    said = np.array([float(re.search(r"at ([\d.]+)°", name)[1]) for name in view["names"]])
    np.testing.assert_allclose(view["places"], 10 * on_circle(-said), atol=0.001)
    assert (said < 360).all()
    return said


def coordinates(path: str) -> np.ndarray:
    """Return the ends of a path, (N, 2), with the y axis upwards."""
    ends = re.findall(r"(?:[ML]|A\S+ \S+ 0 0 [01] )(-?[\d.]+) (-?[\d.]+)", path)
    return np.array(ends, float) * [1, -1]


def angle_of(point: np.ndarray) -> float:
    """Return the angle at which a point lies, in degrees."""
    return float(np.degrees(np.arctan2(point[1], point[0])))


def apart(a: float, b: float) -> float:
    """Return how many degrees lie between two angles."""
    return abs((a - b + 180) % 360 - 180)


def number(text: str) -> float:
    """Read a number as the explorer writes it."""
    return float(text.replace("−", "-"))


def is_shown(line: str, start: str, value: float) -> None:
    """A line must hold a value after its name, with three decimals, and say if there are more."""
    found = re.search(re.escape(start) + r" ([=≈]) (−?[\d.]+)", line)
    assert found, (start, line)
    assert number(found[2]) == pytest.approx(value, abs=0.0005 + 1e-9)
    assert (found[1] == "=") == (abs(number(found[2]) - value) < 1e-8)


def distances(three: np.ndarray) -> tuple[float, float]:
    """Return the squared distances of P and of N from A."""
    a, p, n = on_circle(three)
    return float(((a - p) ** 2).sum()), float(((a - n) ** 2).sum())


def loss_of(three: np.ndarray, margin: float) -> float:
    """Return the package's loss."""
    a, p, n = on_circle(three)[:, np.newaxis]
    (loss,) = keras.ops.convert_to_numpy(faces.triplet_loss(a, p, n, margin=margin))
    return float(loss)


def turned(three: np.ndarray, margin: float) -> np.ndarray:
    """Return the angles after one step: against the derivative, written out by hand."""
    a, p, n = np.radians(three)
    if loss_of(three, margin) < 1e-9:
        return three
    slopes = [np.sin(a - p) - np.sin(a - n), np.sin(p - a), np.sin(a - n)]
    return np.round((three - np.degrees(0.1 * 2 * np.array(slopes))) % 360, 2)


def triplets(seen):
    """Return the random states with a triplet, and what was seen of each."""
    views = zip(random_states(), seen["fuzz"], strict=True)
    return [(state, view) for state, view in views if state["scene"] == "triplet"]


# --- numbers ---------------------------------------------------------------------------------


def test_points_go_where_keys_and_steps_take_them(seen):
    for state, view in zip(random_states(), seen["fuzz"], strict=True):
        points = np.array(SCENES[state["scene"]], float)
        for n, key, shift, times in state["keys"]:
            if n < len(points):
                points[n] += TURNS[key] * (10 if shift else 1) * times
        for _ in range(state["steps"]):
            points = turned(points, float(state["margin"]))
        away = [apart(a, b) for a, b in zip(angles(view), points, strict=True)]
        assert max(away) < 0.05, (state, view["names"])  # hundredths are rounded in each step
        assert view["chosen"] == [state["scene"], state["margin"]]


def test_every_loss_is_that_of_cnnutils_and_of_the_shown_python(seen):
    kinds = []
    for state, view in triplets(seen):
        three, margin = angles(view), float(state["margin"])
        (near, far), loss = distances(three), loss_of(three, margin)
        is_shown(view["sum"][0], "dP = ‖A − P‖²", near)
        is_shown(view["sum"][0], "dN = ‖A − N‖²", far)
        terms = re.search(r"max\(([\d.]+) − ([\d.]+) \+ ([\d.]+), 0\)", view["sum"][1]).groups()
        np.testing.assert_allclose([float(term) for term in terms], [near, far, margin], atol=6e-4)
        is_shown(view["sum"][1], "0)", loss)
        np.testing.assert_allclose(view["discs"], [1 + 6.4 * near, 1 + 6.4 * far], atol=1e-6)
        names, printed = run_snippet(view["python"])
        assert names["loss"] == pytest.approx(loss, abs=1e-12)
        assert [float(part) for part in printed.split("\n")[0].split()] == [
            round(float(value), 3) for value in (near, far, loss)
        ]
        kind = "easy" if loss < 1e-9 else "semi-hard" if far - near > 1e-9 else "hard"
        assert view["sum"][2].lower().startswith(f"{kind}. ")
        kinds.append(kind)
    assert min(map(kinds.count, ("easy", "semi-hard", "hard"))) >= 5, kinds


def test_semi_hard_is_what_cnnutils_mines(seen):
    for _, view in triplets(seen):
        three = angles(view)
        near, far = distances(three)
        # Somebody else stands opposite, for the case that N is not farther than P.
        four = on_circle([*three, three[0] + 180])
        mined = faces.mine_triplets(four, [1, 1, 2, 3], mining="semi-hard").negatives[0]
        if abs(near - far) > 1e-9 and 4 - max(near, far) > 1e-6:
            assert (mined == 3) == view["sum"][2].startswith("Hard.")


def test_the_arrows_are_kerass_gradient_along_the_circle(seen):
    model = keras.Sequential([keras.Input((3,)), keras.layers.Identity()])
    moved = 0
    for chosen in MARGINS:
        views = [view for state, view in triplets(seen) if state["margin"] == chosen]

        def loss(turns, _, margin=float(chosen)):
            points = keras.ops.stack([keras.ops.cos(turns), keras.ops.sin(turns)], axis=2)
            parts = (points[:, n] for n in range(3))
            return keras.ops.sum(faces.triplet_loss(*parts, margin=margin))

        radians = np.radians([angles(view) for view in views]).astype("float32")
        _, gradients = InputGradient(model, loss)(radians)
        for view, gradient in zip(views, gradients, strict=True):
            turns = np.degrees(-0.1 * gradient)
            output = run_snippet(view["python"])[0]["output"]
            text, three = view["sum"][3], angles(view)
            if loss_of(three, float(chosen)) < 1e-6:
                assert text == "The gradient is 0: a step moves nothing."
                assert view["tips"] == view["bar"] == []
                assert not output.any()
                continue
            moved += 1
            np.testing.assert_allclose(output, turns, atol=0.001)
            said = re.fullmatch(r"One step turns A by (.+)°, P by (.+)°, N by (.+)°\.", text)
            np.testing.assert_allclose([number(by) for by in said.groups()], output, atol=0.0051)
            tips = [angle_of(coordinates(tip)[0]) for tip in view["tips"]]
            ends = (three + output)[np.abs(output) > 1e-7]
            assert len(tips) == len(ends)
            assert max(map(apart, tips, ends), default=0) < 0.02
    assert moved > 20


def test_the_bands_are_where_a_negative_is_hard_or_semi_hard(seen):
    for state, view in triplets(seen):
        three, margin = angles(view), float(state["margin"])
        near, far = distances(three)
        ends = [min(near, 4), min(near + margin, 4)]
        for kind, begin, end in (("hard", 0, ends[0]), ("semi", *ends)):
            assert len(view["bands"][kind]) == 2
            for path in view["bands"][kind]:
                first, _, last = on_circle([angle_of(xy) for xy in coordinates(path)])
                anchor = on_circle(three[0])
                assert ((first - anchor) ** 2).sum() == pytest.approx(begin, abs=0.002)
                assert ((last - anchor) ** 2).sum() == pytest.approx(end, abs=0.002)
        for path in view["bar"]:
            ends = [float(x) for x in re.findall(r"M(-?[\d.]+) 1.7", path)]
            assert ends == pytest.approx([1 + 6.4 * far, 1 + 6.4 * (near + margin)])
            length = (ends[1] - ends[0]) / 6.4
            assert length == pytest.approx(loss_of(three, margin), abs=1e-8)


def steps_of(path: str) -> tuple[list[float], list[float]]:
    """Return where a staircase has its steps, and the rates, from the first one on."""
    first, *others = re.match(r"M1 (-?[\d.]+)((?:H[\d.]+V-?[\d.]+)*)H33$", path).groups()
    pairs = re.findall(r"H([\d.]+)V(-?[\d.]+)", others[0])
    heights = [first, *(y for _, y in pairs)]
    return [(float(x) - 1) / 8 for x, _ in pairs], [(12 - float(y)) / 11 for y in heights]


def test_every_rate_is_that_of_cnnutils_and_of_the_shown_python(seen):
    shares = set()
    for state, view in zip(random_states(), seen["fuzz"], strict=True):
        if state["scene"] == "triplet":
            continue
        points, tau = on_circle(angles(view)), float(state["threshold"])
        assert view["letters"] == [str(person) for person in PEOPLE]
        i, j = np.triu_indices(12, k=1)
        d = verify.squared_distances(points, points)[i, j].round(10)
        same = PEOPLE[i] == PEOPLE[j]
        accepted = d <= tau
        accept, reject = np.mean(accepted[~same]), np.mean(~accepted[same])
        names, printed = run_snippet(view["python"])
        assert names["output"] == (accept, reject)
        assert printed == " ".join(map(str, np.round([accept, reject, *names["equal"]], 3)))
        counts = [np.sum(accepted & same), np.sum(accepted & ~same), np.sum(~accepted & same)]
        chords = view["chords"]
        assert [len(chords[kind]) for kind in ("right", "accept", "reject")] == counts
        sums = view["sum"]
        assert (
            sums[0]
            == f"At τ = {state['threshold']}, {accepted.sum()} of 66 pairs are accepted: d ≤ τ."
        )
        assert f"Of the 48 pairs of two people, {counts[1]} are accepted." in sums[1]
        is_shown(sums[1], f"False accept rate: {counts[1]} / 48", accept)
        assert f"Of the 18 pairs of one person, {counts[2]} are rejected." in sums[2]
        is_shown(sums[2], f"False reject rate: {counts[2]} / 18", reject)
        equal = verify.equal_error_rate(d, same)
        assert names["equal"] == equal
        is_shown(sums[3], "meet at τ", equal.threshold)
        is_shown(sums[3], "equal error rate", equal.rate)
        (ring,) = view["meet"]
        assert ring == pytest.approx([1 + 8 * equal.threshold, 12 - 11 * equal.rate], abs=1e-6)
        curve = verify.roc_curve(d, same)
        rates = {"accept": curve.false_accept_rate, "reject": 1 - curve.true_accept_rate}
        for kind, wanted in rates.items():
            at, heights = steps_of(view["stairs"][kind][0])
            # The first step is at the smallest distance, before which nobody is accepted.
            assert at[0] == pytest.approx(at[1])
            np.testing.assert_allclose(at[1:], curve.thresholds[1:], atol=1e-9)
            np.testing.assert_allclose(heights[1:], wanted, atol=1e-9)
            assert heights[0] == heights[1]
            rising = np.diff(heights) * (1 if kind == "accept" else -1)
            assert (rising > -1e-9).all()
        drawn = re.findall(r"M([\d.]+) ([\d.]+)v", view["ticks"][0])
        np.testing.assert_allclose([float(x) for x, _ in drawn], 1 + 8 * d, atol=1e-8)
        assert [y == "14.2" for _, y in drawn] == same.tolist()
        ((tau_x, tau_y), (again, end)) = coordinates(view["tau"][0])
        assert [tau_x, tau_y, again, end] == pytest.approx([1 + 8 * tau, -0.5, 1 + 8 * tau, -19])
        shares.add((accept, reject))
    assert len(shares) > 40


# --- the page --------------------------------------------------------------------------------


def test_the_pages_own_code_and_alternative_text_are_of_the_first_state(seen):
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    first = run_snippet(seen["first"]["python"])
    ours = run_snippet(code)
    assert ours[1] == first[1]
    near, far, loss = ours[1].split("\n")[0].split()
    alternative = " ".join(PAGE.split("alt: >-")[1].split("\n\n")[0].split())
    assert f"stand P at {float(near):g} and N at {far}" in alternative
    assert f"which is {loss}." in alternative
    assert "margin 0.5" in alternative
    assert "margin=0.5" in code


def test_the_answers_about_triplets_are_right(seen):
    views = seen["links"]
    assert views["1"]["sum"][3] == "The gradient is 0: a step moves nothing."
    assert loss_of(np.array([90, 130, 90 - 58]), 0.5) > 0
    assert loss_of(np.array([90, 130, 90 - 59]), 0.5) == 0
    assert "P at 40 degrees from A, a negative at 58 degrees or less pays" in ANSWERS
    assert angles(views["1"]).tolist() == [90, 130, 0]
    steps = seen["steps"]
    assert np.ptp(angles(steps[9])) < 3
    assert "After nine steps all three lie within 3 degrees, the loss is 0.199" in ANSWERS
    assert loss_of(angles(steps[9]), 0.2) == pytest.approx(0.199, abs=0.0005)
    still = [n for n, view in enumerate(steps) if view["sum"][2].startswith("Easy.")]
    assert f"finds its way out again, after {still[0]} steps" in ANSWERS
    assert views["3"]["sum"][1].endswith("= 0")
    assert loss_of(np.array([90, 90, 90]), 0.2) == pytest.approx(0.2)
    by = re.search(r"A by (.+)°, P by (.+)°, N by (.+)°\.", views["4"]["sum"][3]).groups()
    assert by[1] == "0"
    assert abs(number(by[0])) > 5
    assert abs(number(by[2])) > 5


def test_the_answers_about_thresholds_are_right(seen):
    i, j = np.triu_indices(12, k=1)
    same = PEOPLE[i] == PEOPLE[j]

    def gallery(name):
        points = on_circle(SCENES[name])
        return verify.squared_distances(points, points)[i, j].round(10)

    for link, name in (("5", "apart"), ("6", "closer"), ("7", "mixed")):
        assert angles(seen["links"][link]).tolist() == SCENES[name]
    d = gallery("apart")
    low, high = d[same].max(), d[~same].min()
    assert f"squared distance {low:.3f}, the nearest of two people {high:.3f}" in ANSWERS
    assert f"From {np.ceil(low * 100) / 100} to {np.floor(high * 100) / 100}:" in ANSWERS
    d = gallery("closer")
    none = np.floor(d[~same].min() * 100) / 100
    equal = verify.equal_error_rate(d, same)
    assert f"Up to {none}, and {np.sum(d[same] > none)} of 18 pairs of one person" in ANSWERS
    assert f"meet at {equal.rate:.3f}, near τ = {equal.threshold:.3f}" in ANSWERS
    d = gallery("mixed")
    assert f"They meet at {verify.equal_error_rate(d, same).rate:.3f}" in ANSWERS
    curve = verify.roc_curve(d, same)
    assert np.maximum(curve.false_accept_rate, 1 - curve.true_accept_rate).min() >= 0.25


# --- use -------------------------------------------------------------------------------------


def test_the_browser_logs_no_error(seen):
    assert seen["errors"] == []


def test_each_mode_has_its_own_controls(seen):
    assert seen["first"]["shown"] == [True, True, False]
    assert seen["slider"]["shown"] == [False, False, True]


def test_points_are_dragged_along_the_circle_and_nowhere_else(seen):
    first, second = seen["mouse"]
    assert angles(first).tolist() == [90, 150, 300]
    assert angles(second).tolist() == [90, 91, 300]
    assert second["said"].startswith("dP = ‖A − P‖² ≈ 0")


def test_a_finger_drags_until_it_lets_go(seen):
    assert angles(seen["touch"]).tolist() == [100, 150, 20]


def test_arrow_keys_turn_a_point_past_zero(seen):
    before, after = seen["keys"]["before"], seen["keys"]["after"]
    assert angles(before)[2] == 20
    assert angles(after)[2] == 352
    assert after["focus"] == "2", "the circle is drawn anew, and the keyboard stays on the point"
    assert "One step turns" in after["said"] or "a step moves nothing" in after["said"]
    assert after["top"] == before["top"], "the page must not scroll"


def test_the_threshold_moves_by_keyboard(seen):
    assert seen["slider"]["threshold"] == "1.01"
    assert "At τ = 1.01" in seen["slider"]["said"]


def test_easy_triplets_stay_and_starting_again_starts_again(seen):
    *steps, again = seen["steps"]
    easy = [view for view in steps if view["sum"][2].startswith("Easy.")]
    assert len(easy) > 2
    assert easy[-1]["names"] == easy[0]["names"]
    assert angles(again).tolist() == SCENES["triplet"]


def test_a_link_holds_the_whole_state(seen):
    triplet, gallery = (pair["there"] for pair in seen["link"])
    assert angles(triplet).tolist() == [12.5, 200, 359.99]
    assert triplet["chosen"] == ["triplet", "1"]
    assert (gallery["chosen"][0], gallery["threshold"]) == ("mixed", "0.75")
    assert angles(gallery).tolist() == [*range(1, 12), 359]
    for pair in seen["link"]:
        for name in ("chosen", "threshold", "places", "sum", "python"):
            assert pair["again"][name] == pair["there"][name]


def test_a_link_that_makes_no_sense_changes_nothing(seen):
    for view in seen["nonsense"]:
        for name in ("chosen", "threshold", "places", "sum"):
            assert view[name] == seen["first"][name]
