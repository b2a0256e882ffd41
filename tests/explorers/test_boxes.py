"""The explorer of boxes in a browser: what readers do with it, and what it computes for them."""

import re
from typing import Any

import numpy as np
import pytest

from cnnutils import boxes, detect
from tests.explorers.support import run_snippet, see
from tools.build_site import ROOT

NUM_STATES = 200
SCORES = [0.9, 0.8, 0.75, 0.6, 0.5]
ANCHORS = [[6, 6], [16, 8], [8, 16]]
TASKS = {
    "iou": ["crossing", "inside", "apart"],
    "nms": ["one", "two", "chain"],
    "anchors": ["tall", "wide"],
}


def random_states() -> list[dict[str, Any]]:
    """Choose scenes, and which keys are pressed on which box, with Shift or not, how often."""
    rng = np.random.default_rng(0)
    scenes = [scene for names in TASKS.values() for scene in names]
    arrows = ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"]
    states = []
    for _ in range(NUM_STATES):
        keys = [
            [int(n), str(rng.choice(arrows)), bool(rng.random() < 0.4), int(rng.integers(1, 7))]
            for n in rng.integers(5, size=12)
        ]
        states.append(
            {
                "scene": str(rng.choice(scenes)),
                "threshold": str(rng.choice(["0.3", "0.5", "0.7"])),
                "keys": keys,
                "step": int(rng.integers(6)),
            }
        )
    return states


@pytest.fixture(scope="module")
def seen() -> dict[str, Any]:
    """Return what one run through the browser saw."""
    return see("boxes.mjs", states=random_states())


def corners(view: dict[str, Any]) -> np.ndarray:
    """Return the boxes that are drawn; what is said of them must agree."""
    drawn = np.array([[x, y, x + width, y + height] for x, y, width, height in view["sides"]])
    said = [
        [int(number) for number in re.findall(r"(?:columns|rows|to) (\d+)", name)]
        for name in view["names"]
    ]
    assert drawn[:, [0, 2, 1, 3]].tolist() == said
    assert (drawn[:, :2] >= 0).all()
    assert (drawn[:, 2:] <= [32, 24]).all()
    assert (drawn[:, :2] < drawn[:, 2:]).all()
    return drawn


def shown(value: float) -> str:
    """Write a share as the explorer does."""
    text = f"{np.floor(value * 100 + 0.5) / 100:.2f}".rstrip("0").rstrip(".")
    return f"{'=' if abs(float(text) - value) < 1e-9 else '≈'} {text}"


def views(seen, task):
    """Return the random states of one task, with what was seen."""
    for state, view in zip(random_states(), seen["fuzz"], strict=True):
        if state["scene"] in TASKS[task]:
            assert view["chosen"] == [state["scene"], state["threshold"]]
            yield state, view


# --- numbers ---------------------------------------------------------------------------------


def test_every_iou_is_that_of_cnnutils_and_its_sum_is_written_out(seen):
    shares = set()
    for _, view in views(seen, "iou"):
        a, b = corners(view)
        iou = boxes.iou_matrix([a], [b])[0, 0]
        numbers = [int(text) for text in re.findall(r"\d+", view["sum"].partition("IoU")[0])]
        wide, high, area_a, wide_b, high_b, area_b, width, height, shared, *union = numbers
        assert [wide, high, wide_b, high_b] == [*(a[2:] - a[:2]), *(b[2:] - b[:2])]
        assert wide * high == area_a == union[0]
        assert wide_b * high_b == area_b == union[1]
        assert width * height == shared == union[2]
        assert area_a + area_b - shared == union[3]
        assert view["shared"] == ([[width, height]] if shared else [])
        assert view["sum"].endswith(f"IoU = {shared} / {union[3]} {shown(iou)}")
        names, printed = run_snippet(view["python"])
        output = names["output"]
        assert output[0, 0] == iou
        assert printed == str(output.round(2))
        shares.add(iou)
    assert len(shares) > 20


def test_every_step_of_suppression_is_that_of_cnnutils(seen):
    kept_counts = set()
    for state, view in views(seen, "nms"):
        found, threshold = corners(view), float(state["threshold"])
        kept = boxes.non_max_suppression(found, SCORES, iou_threshold=threshold)
        steps = min(state["step"], len(kept))
        iou = boxes.iou_matrix(found, found)
        fates: dict[int, str] = {}
        for best in kept[:steps].tolist():
            fates[best] = "kept"
            for n in range(5):
                if n not in fates and iou[best, n] > threshold:
                    fates[n] = f"dropped: IoU with {'ABCDE'[best]} {shown(iou[best, n])}"
        wanted = [["ABCDE"[n], f"{SCORES[n]:g}", fates.get(n, "waits")] for n in range(5)]
        assert view["rows"] == wanted
        drawn = {"kept": "kept", "drop": "gone", "wait": ""}
        assert view["fates"] == [drawn[fate[:4]] for *_, fate in wanted]
        assert view["done"] == (steps == len(kept))
        names, printed = run_snippet(view["python"])
        output = names["output"]
        np.testing.assert_array_equal(output, kept)
        assert printed == str(kept)
        kept_counts.add(len(kept))
    assert len(kept_counts) >= 3


def test_every_anchor_and_entry_is_that_of_encode_grid(seen):
    places, winners = set(), set()
    for _, view in views(seen, "anchors"):
        (box,) = corners(view)
        size = [[box[3] - box[1], box[2] - box[0]]]
        ious = detect.shape_iou(size, ANCHORS)[0]
        best = int(ious.argmax())
        assert [row[:2] for row in view["rows"]] == [
            [str(n), f"{height} · {width}"] for n, (height, width) in enumerate(ANCHORS)
        ]
        marks = ["", "", ""]
        marks[best] = ", the best"
        assert [row[2] for row in view["rows"]] == [
            shown(iou) + mark for iou, mark in zip(ious, marks, strict=True)
        ]
        assert view["anchors"] == ANCHORS
        assert view["best"] == [n == best for n in range(3)]
        names, printed = run_snippet(view["python"])
        output = names["output"]
        row, column, anchor = map(int, printed.split()[:3])
        assert anchor == best
        assert f"row {row}, column {column} of the cells" in view["sum"]
        entry = re.search(r"target\[(.+), (.+), (.+)\] = .* = \[(.+)\]", view["sum"])
        assert entry.groups()[:3] == (str(row), str(column), str(best))
        numbers = [float(text) for text in entry[4].split(", ")]
        np.testing.assert_allclose(numbers, output, atol=0.005 + 1e-9)
        places.add((row, column))
        winners.add(best)
    assert len(places) > 3
    assert len(winners) > 1


def test_the_pages_own_code_computes_the_first_state(seen):
    text = (ROOT / "book" / "pages" / "explorer_boxes.md").read_text("utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert run_snippet(code)[0]["output"] == 64 / 288
    assert run_snippet(seen["first"]["python"])[0]["output"] == 64 / 288


# --- use -------------------------------------------------------------------------------------


def test_the_browser_logs_no_error(seen):
    assert seen["errors"] == []


def test_only_suppression_has_steps_and_a_threshold(seen):
    assert seen["first"]["buttons"] == [False] * 3
    assert seen["steps"][0]["buttons"] == [True] * 3


def test_boxes_and_corners_are_dragged_and_stay_in_the_picture(seen):
    moved, resized, rim, smallest = (corners(view).tolist() for view in seen["mouse"])
    assert moved == [[7, 4, 23, 16], [12, 7, 28, 17]]
    assert resized == [[7, 4, 23, 16], [12, 7, 26, 12]]
    assert rim == [[0, 0, 16, 12], [12, 7, 26, 12]]
    assert smallest == [[0, 0, 16, 12], [12, 7, 13, 8]]
    assert "IoU = 1 / 192" in seen["mouse"][3]["said"]


def test_a_finger_drags_until_it_lets_go(seen):
    assert corners(seen["touch"])[0].tolist() == [5, 5, 21, 17]


def test_arrows_move_a_box_and_with_shift_its_corner(seen):
    before, after = seen["keys"]["before"], seen["keys"]["after"]
    assert corners(before)[1].tolist() == [12, 7, 28, 17]
    assert corners(after)[1].tolist() == [11, 6, 28, 18]
    assert after["focus"] == "1", "the box is drawn anew, and the keyboard stays on it"
    assert after["said"] == after["sum"]
    assert after["top"] == before["top"], "the page must not scroll"


def test_a_chain_is_cut_step_by_step(seen):
    start, *steps, again = seen["steps"]
    assert start["sum"].startswith("Five boxes, the best first.")
    assert [view["fates"] for view in steps] == [
        ["kept", "gone", "", "", ""],
        ["kept", "gone", "kept", "gone", ""],
        ["kept", "gone", "kept", "gone", "kept"],
    ]
    assert steps[0]["said"].startswith("A has the best score of those that wait: kept.")
    assert "Nothing waits any more: 3 kept." in steps[2]["said"]
    assert steps[2]["done"]
    assert again["fates"] == start["fates"]


def test_a_link_holds_the_whole_state(seen):
    there, again = seen["link"]["there"], seen["link"]["again"]
    assert there["chosen"] == ["two", "0.7"]
    assert corners(there)[4].tolist() == [4, 4, 15, 19]
    for name in ("chosen", "sides", "fates", "rows", "python"):
        assert again[name] == there[name]


def test_a_link_that_makes_no_sense_changes_nothing(seen):
    for view in seen["nonsense"]:
        for name in ("chosen", "sides", "sum"):
            assert view[name] == seen["first"][name]


def test_the_answers_on_the_page_are_right(seen):
    text = (ROOT / "book" / "pages" / "explorer_boxes.md").read_text("utf-8")
    assert "22 times 16 of 24 times 18 pixels are left: 0.81" in text
    assert round(22 * 16 / (24 * 18), 2) == 0.81
    module = (ROOT / "site" / "explorers" / "boxes.mjs").read_text("utf-8")

    def scene(name):
        rows = re.search(rf'{name}: \["[^"]+", "nms", "([^"]+)"', module)[1].split()
        return np.array([[int(number) for number in row.split(",")] for row in rows])

    def kept(name, threshold):
        found = boxes.non_max_suppression(scene(name), SCORES, iou_threshold=threshold)
        return "".join("ABCDE"[n] for n in found)

    assert [kept("chain", t) for t in (0.3, 0.5, 0.7)] == ["ACE", "ABCDE", "ABCDE"]
    assert "At 0.3, A, C and E are kept." in text
    assert "At 0.5 and 0.7, all five are kept." in text
    two = scene("two")
    assert f"an IoU of {boxes.iou_matrix(two[:1], two[1:2])[0, 0]:.2f}:" in text
    assert [kept("two", t) for t in (0.3, 0.5, 0.7)] == ["A", "AB", "AB"]
