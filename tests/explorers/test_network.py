"""The explorer that builds networks: what it counts is what Keras and cnnutils count."""

import re
from typing import Any

import numpy as np
import pytest

from cnnutils import costs, shapes, zoo
from cnnutils.model_costs import model_costs
from tests.explorers.support import run_snippet, see
from tools.build_site import ROOT
from tools.explorers.network import built, random_layers, rows

NUM_FITTING, NUM_REFUSED = 110, 50
NAMES = {
    "conv": "Convolution",
    "max": "Max pooling",
    "avg": "Average pooling",
    "mean": "Mean of each map",
    "flat": "Flatten",
    "dense": "Dense",
}
LENET = "conv-6-5,avg-2,conv-16-5,avg-2,flat,dense-120,dense-84,dense-10"
ONE_CARD = (
    "conv-96-11-4,max-3-2,conv-256-5-1-same,max-3-2,conv-384-3-1-same,conv-384-3-1-same,"
    "conv-256-3-1-same,max-3-2,flat,dense-4096,dense-4096,dense-1000"
)
THREE = ",".join(["conv-256-3-1-same"] * 3)
LINKS = {
    "one card": f"?input=227-227-3&layers={ONE_CARD}",
    "small": "?input=8-8-1&layers=lenet5&open=3",
    "huge": "?input=9999-9999-999&layers=conv-9999-9-1-same,flat",
    "fifty": "?layers=" + ",".join(["conv-1-1"] * 50),
}
NONSENSE = [
    "?layers=conv-6&input=32-32&open=2.5",
    "?layers=conv-6-5,,flat&input=0-32-1&open=x",
    "?layers=input-8-8-1&input=32-32-1-1&open=-2",
    "?layers=" + ",".join(["conv-1-1"] * 51),
]


def told(text: str) -> dict[str, str]:
    """Write out what a layer is told, with what is usual where nothing is said."""
    kind, *values = text.split("-")
    fields = {
        "input": ["height", "width", "channels"],
        "conv": ["filters", "window", "stride", "padding", "groups"],
        "dense": ["units"],
    }
    fields |= {pool: ["window", "stride", "padding"] for pool in ("max", "avg")}
    usual = {"stride": "1" if kind == "conv" else values[0] if values else ""}
    usual |= {"padding": "valid", "groups": "1"}
    names = fields.get(kind, [])
    values += [usual[name] for name in names[len(values) :]]
    return dict(zip(names, values, strict=True))


def random_states() -> list[tuple[str, str]]:
    """Choose inputs and stacks of layers, of which some do not fit."""
    rng = np.random.default_rng(1)
    drawn: list[tuple[str, str]] = []
    missing = {True: NUM_FITTING, False: NUM_REFUSED}
    while any(missing.values()):
        state = "-".join(map(str, rng.integers(6, 41, 3))), random_layers(rng, most=6)
        fits = len(counted(*state)) == len(state[1].split(",")) + 1
        if missing[fits]:
            missing[fits] -= 1
            drawn.append(state)
    return drawn


@pytest.fixture(scope="module")
def seen() -> dict[str, Any]:
    """Return what one run through the browser saw."""
    states = [
        {
            "input": told(f"input-{size}"),
            "layers": [{"kind": text.split("-")[0], **told(text)} for text in layers.split(",")],
        }
        for size, layers in random_states()
    ]
    return see("network.mjs", states=states, links=LINKS, nonsense=NONSENSE)


def counted(size: str, layers: str) -> list[tuple[tuple[int, ...], int, int]]:
    """Count with cnnutils' arithmetic, up to the first layer that does not fit."""
    shape: tuple[int, ...] = tuple(map(int, size.split("-")))
    found = [(shape, 0, 0)]
    for text in layers.split(","):
        kind, said = text.split("-")[0], told(text)
        numbers = {name: int(value) for name, value in said.items() if name != "padding"}
        if (kind == "dense") == (len(shape) == 3) and kind != "flat":
            break
        params = macs = 0
        try:
            if kind == "conv":
                cost = costs.conv2d_cost(
                    shape,
                    numbers["filters"],
                    numbers["window"],
                    strides=numbers["stride"],
                    padding=said["padding"],
                    groups=numbers["groups"],
                )
            elif kind == "dense":
                cost = costs.dense_cost(shape[0], numbers["units"])
            elif kind in {"max", "avg"}:
                options = {"strides": numbers["stride"], "padding": said["padding"]}
                sides = [
                    shapes.conv_output_size(n, numbers["window"], **options) for n in shape[:2]
                ]
                cost = costs.LayerCost(0, 0, (*sides, shape[2]))
            else:
                cost = costs.LayerCost(0, 0, (shape[2] if kind == "mean" else int(np.prod(shape)),))
        except ValueError:
            break
        shape, params, macs = cost.output_shape, cost.params, cost.macs
        found.append((shape, params, macs))
    return found


def check_view(view: dict[str, Any], size: str, layers: str) -> list[Any]:
    """Hold all that is shown of a network against cnnutils; return what was counted."""
    found, texts = counted(size, layers), layers.split(",")
    kinds = ["input", *[text.split("-")[0] for text in texts]]
    names = ["Input", *[f"{n} {NAMES[kind]}" for n, kind in enumerate(kinds[1:], start=1)]]
    assert [row["name"] for row in view["rows"]] == names
    most = [max(row[column] for row in found) for column in (1, 2)]
    for n, row in enumerate(view["rows"]):
        said = told([f"input-{size}", *texts][n])
        size_of = said.get("window") and f"{said['window']} × {said['window']}"
        number = said.get("filters", said.get("units", ""))
        groups = said.get("groups", "1")
        split = f", {groups}\N{NO-BREAK SPACE}groups" * (groups != "1")
        out = " × ".join(f"{side:,}" for side in found[n][0]) if n < len(found) else ""
        cells = [size_of or "", number + split, said.get("stride", ""), said.get("padding", "")]
        assert row["told"] == [*cells, out]
        fold = f"{number} units<br>" if kinds[n] == "dense" else ""
        if size_of:
            fold = f"{number} of " * (kinds[n] == "conv") + f"{size_of}, stride {said['stride']}"
            fold += f", {said['padding']}{split.replace(chr(160), '&nbsp;')}<br>"
        assert row["fold"] == fold + (f"→ {out}" if out else "")
        for column, count in enumerate(row["counts"]):
            if n >= len(found):
                assert count == {"number": "–", "bars": []}
                continue
            amount = found[n][column + 1]
            assert count["number"] == f"{amount:,}"
            bars = [[kinds[n], pytest.approx(amount / most[column], abs=0.03)]] if amount else []
            assert count["bars"] == bars
    check_totals(view, found, kinds)
    return found


def check_totals(view: dict[str, Any], found: list[Any], kinds: list[str]) -> None:
    """Hold the last row and the sentences against what was counted."""
    complete = len(found) == len(kinds)
    assert view["total"]["name"] == ("All" if complete else "So far")
    assert len(view["sum"]) == 2 + (not complete)
    assert [n for n, _ in view["refused"]] == ([] if complete else [str(len(found))])
    if not complete:
        assert view["sum"][0] == f"Layer {len(found)} does not fit. So far:"
        assert view["refused"][0][1].startswith("Does not fit: ")
    names = ("parameters", "multiplications")
    for column, (name, text) in enumerate(zip(names, view["sum"][-2:], strict=True), start=1):
        amounts = [row[column] for row in found]
        parts = {
            kind: sum(a for a, k in zip(amounts, kinds, strict=False) if k == kind)
            for kind in ("conv", "dense")
        }
        total = sum(amounts)
        assert sum(parts.values()) == total
        cell = view["total"]["counts"][column - 1]
        assert cell["number"] == f"{total:,}"
        assert cell["bars"] == [
            [kind, pytest.approx(part / total, abs=0.03)] for kind, part in parts.items() if part
        ]
        assert text.startswith(f"{total:,} {name}")
        if total:
            shares = [int(share) for share in re.findall(r"(\d+)%", text)]
            assert shares == [
                pytest.approx(100 * part / total, abs=0.5)
                for part in (*parts.values(), max(amounts))
            ]
            tops = re.search(r"the most in layers? ([\d, ]+) \(", text)[1]
            assert [int(n) for n in tops.split(", ")] == [
                n for n, amount in enumerate(amounts) if amount == max(amounts)
            ]


def check_snippet(code: str, found: list[Any]) -> None:
    """Execute the shown Python; it must count the same."""
    if len(found) == 1:
        assert code == "# Nothing to count: the first layer does not fit.\n"
        return
    names, printed = run_snippet(code)
    assert names["output"] == found
    assert printed == f"{sum(row[1] for row in found)} {sum(row[2] for row in found)}"


# --- numbers ---------------------------------------------------------------------------------


def test_random_networks_show_what_cnnutils_and_keras_count(seen):
    for (size, layers), view in zip(random_states(), seen["fuzz"], strict=True):
        check_snippet(view["python"], check_view(view, size, layers))


def test_keras_refuses_the_same_networks(seen):
    """Keras lets dense layers work on maps, and knows another way round for nothing else."""
    refused = set()
    for (size, layers), view in zip(random_states(), seen["fuzz"], strict=True):
        if view["refused"]:
            n = int(view["refused"][0][0])
            until = ",".join(layers.split(",")[:n])
            kind = until.split(",")[-1].split("-")[0]
            if kind != "dense":
                with pytest.raises(ValueError, match=r"zero or negative|groups|ndim"):
                    built(size, until)
            refused.add(kind)
    assert refused >= {"conv", "max", "avg"}


def test_the_presets_are_the_networks_of_the_zoo(seen):
    with zoo.without_weights():
        models = {
            "lenet5": zoo.build_lenet5(),
            "alexnet": zoo.build_alexnet(),
            "vgg16": zoo.build_vgg("D"),
            "one card": zoo.build_alexnet(groups=1),
        }
    views = seen["presets"] | {"one card": seen["links"]["one card"]}
    silent = {"Activation", "Dropout", "LocalResponseNormalization"}
    for name, model in models.items():
        view = views[name]
        assert view["preset"] == ([] if name == "one card" else [name])
        layers = [row for row in model_costs(model).layers if row.kind not in silent]
        shown = [
            (row["told"][-1], *[count["number"] for count in row["counts"]]) for row in view["rows"]
        ]
        assert shown == [
            (" × ".join(f"{n:,}" for n in row.output_shape), f"{row.params:,}", f"{row.macs:,}")
            for row in layers
        ]
        assert view["total"]["counts"][0]["number"] == f"{model.count_params():,}"
        check_snippet(view["python"], [(row.output_shape, row.params, row.macs) for row in layers])


def test_how_a_layers_numbers_come_about_is_written_out(seen):
    open_layers = {"conv": 0, "dense": 0, "flat": 0, "max": 0, "mean": 0}
    for (size, layers), view in zip(random_states(), seen["fuzz"], strict=True):
        found, text = counted(size, layers), layers.split(",")[-1]
        kind, said, how = text.split("-")[0], told(text), view["how"]
        if len(found) <= len(layers.split(",")):
            assert how == ""
            continue
        (before, *_), (after, params, macs) = found[-2:]
        numbers = [int(n.replace(",", "")) for n in re.findall(r"\d[\d,]*", how)]
        if kind in {"conv", "max", "avg"}:
            rules = re.findall(r"⌊\((\d+)(?: \+ (\d+))? − (\d+)\) / (\d+)⌋ \+ 1 = (\d+)", how)
            for n, pads, window, stride, out in rules:
                assert (int(n) + int(pads or 0) - int(window)) // int(stride) + 1 == int(out)
                assert (window, stride) == (said["window"], said["stride"])
            sides = {(side, out) for side, out in zip(before[:2], after[:2], strict=True)}
            assert {(int(rule[0]), int(rule[4])) for rule in rules} == sides
        if kind == "conv":
            window, filters, groups = (int(said[name]) for name in ("window", "filters", "groups"))
            each = f"each of {window} · {window} · {before[2] // groups} weights and a bias"
            assert f"{filters} filters" in how
            assert (f"in {groups} groups" in how) == (groups > 1)
            assert each in how
            assert numbers[-5:] == [params, params - filters, *after[:2], macs]
        elif kind == "dense":
            assert numbers == [after[0], before[0], before[0], after[0], after[0], params, macs]
        elif kind == "flat":
            assert numbers == [*before, after[0]]
        elif kind == "mean":
            assert numbers == [*before[:2]]
        else:
            assert "Nothing is learnt here" in how
        open_layers[kind if kind != "avg" else "max"] += 1
    assert min(open_layers.values()) >= 3, open_layers


def test_a_network_too_large_to_count_is_refused(seen):
    view = seen["links"]["huge"]
    assert view["refused"][0][0] == "1"
    assert "too many multiplications" in view["refused"][0][1]


# --- use -------------------------------------------------------------------------------------


def test_the_browser_logs_no_error(seen):
    assert seen["errors"] == []


def test_it_starts_with_lenet5_and_its_first_layer_open(seen):
    assert seen["first"]["preset"] == ["lenet5"]
    assert [row["open"] for row in seen["first"]["rows"]].index("true") == 1
    check_view(seen["first"], "32-32-1", LENET)
    assert seen["first"]["off"] == ["up"]


def test_the_keyboard_opens_changes_moves_adds_and_removes(seen):
    keys = seen["keys"]

    def layers(view):
        return [row["name"].split(" ", 1)[1] for row in view["rows"][1:]]

    assert keys["opened"]["focus"] == "3 Convolution"
    assert "= 10.\n16 filters" in keys["opened"]["said"], "or a voice reads 10.16 filters"
    assert "10 · 10 places" in keys["opened"]["said"]
    assert keys["stepped"]["focus"] == "filters"
    assert keys["stepped"]["rows"][3]["told"][1] == "17"
    assert keys["typed"]["fields"]["filters"] == "24"
    assert keys["typed"]["focus"] == "filters"
    assert keys["typed"]["rows"][3]["told"][4] == "10 × 10 × 24"
    assert keys["typed"]["said"].startswith("3 Convolution. ")
    lenet = layers(keys["typed"])
    assert keys["moved"]["focus"] == "up"
    assert layers(keys["moved"]) == [lenet[0], lenet[2], lenet[1], *lenet[3:]]
    assert [row["told"][1] for row in keys["first"]["rows"][1:3]] == ["24", "6"]
    assert keys["first"]["focus"] == "1 Convolution", "it cannot move up any more"
    assert keys["first"]["off"] == ["up"]
    assert [row["told"][1] for row in keys["down"]["rows"][1:3]] == ["6", "24"]
    assert keys["down"]["focus"] == "down"
    assert layers(keys["added"])[:3] == ["Convolution", "Convolution", "Convolution"]
    assert keys["added"]["said"].startswith("3 Convolution. ")
    assert keys["added"]["focus"] == keys["turned"]["focus"] == "kind"
    assert layers(keys["turned"])[2] == "Max pooling"
    assert layers(keys["removed"]) == layers(keys["down"])
    assert keys["removed"]["focus"] == "3 Average pooling"
    assert keys["removed"]["rows"][3]["open"] == "true"
    assert {row["open"] for row in keys["closed"]["rows"]} == {"false"}
    assert keys["closed"]["focus"] == "3 Average pooling"


def test_wrong_numbers_are_refused_in_a_sentence_and_the_last_counts(seen):
    zero, empty, part, large, right = seen["wrong"]
    for view, words in (
        (zero, "filters must be at least 1, got 0."),
        (empty, "filters must be an integer."),
        (part, "filters must be an integer, got 2.5."),
        (large, "filters must be at most 9999 here, got 10000."),
    ):
        assert view["how"] == f"{words} Until then, 6 counts."
        assert view["said"] == words
        assert view["invalid"] == ["filters"]
        assert view["rows"] == seen["first"]["rows"]
    assert right["invalid"] == []
    check_view(right, "32-32-1", LENET.replace("conv-6", "conv-7"))


def test_a_finger_opens_and_removes(seen):
    removed, opened = seen["touch"]["removed"], seen["touch"]["opened"]
    without = LENET.split(",")
    del without[3]
    found = counted("32-32-1", ",".join(without))
    assert removed["total"]["counts"][0]["number"] == f"{sum(row[1] for row in found):,}"
    assert removed["focus"] == "4 Flatten"
    assert removed["sideways"] == 0
    assert [row["open"] for row in opened["rows"]].index("true") == 6


def test_no_more_than_fifty_layers(seen):
    assert seen["links"]["fifty"]["off"] == ["up", "add"]


def test_a_link_holds_the_whole_state(seen):
    there, again = seen["back"]["there"], seen["back"]["again"]
    check_view(there, "28-30-1", "conv-6-5-2-same,max-3-2,mean,dense-9")
    assert again == {**there, "said": again["said"]}
    assert "layers=conv-6-5-2-same%2Cmax-3-2%2Cmean%2Cdense-9&open=2" in seen["back"]["link"]


def test_a_link_that_makes_no_sense_changes_nothing(seen):
    for query, view in zip(NONSENSE, seen["nonsense"], strict=True):
        assert view == seen["first"], query


# --- the page --------------------------------------------------------------------------------


def test_the_pages_own_code_and_its_words_say_the_same(seen):
    text = (ROOT / "book" / "pages" / "explorer_network.md").read_text("utf-8")
    flat = re.sub(r"\s+", " ", text)
    (code,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert code == seen["first"]["python"]

    def totals(size: str, layers: str) -> tuple[int, int]:
        found = rows(size, layers)
        assert found == counted(size, layers)
        return sum(row[1] for row in found), sum(row[2] for row in found)

    lenet = rows("32-32-1", LENET)
    params, macs = totals("32-32-1", LENET)
    windows = [lenet[1], lenet[3]]
    said = f"Of {params:,} parameters, {lenet[6][1]:,} are in the first dense layer, and "
    said += f"{sum(row[1] for row in windows):,} in both convolutions. Of {macs:,} multiplications,"
    assert f"{said} {sum(row[2] for row in windows):,} are in the two convolutions." in flat
    large = rows("64-64-1", LENET)
    changed = [a[1] != b[1] for a, b in zip(lenet, large, strict=True)]
    assert [n for n, other in enumerate(changed) if other] == [6]
    assert f"it gets {large[5][0][0]:,} inputs for {lenet[5][0][0]}" in flat
    assert f"learns {large[6][1]:,} numbers for {lenet[6][1]:,}" in flat

    two = ONE_CARD.split(",")
    for n in (2, 5, 6):
        two[n] += "-2"
    two = ",".join(two)
    small, right = rows("224-224-3", two), rows("227-227-3", two)
    assert (small[8][0], right[8][0]) == ((5, 5, 256), (6, 6, 256))
    assert f"learns {small[10][1]:,} numbers for {right[10][1]:,}" in flat
    one, split = totals("227-227-3", ONE_CARD), totals("227-227-3", two)
    assert f"{one[0]:,} parameters for {split[0]:,}" in flat
    assert f"{one[1]:,} multiplications for {split[1]:,}" in flat
    saved = [1 - after / before for before, after in zip(one, split, strict=True)]
    assert "{:.0%} of the parameters and {:.0%} of the work".format(*saved) in flat

    vgg = [told_as(row) for row in seen["presets"]["vgg16"]["rows"][1:]]
    body = ",".join([*vgg[:18], "mean", "dense-1000"])
    whole, mean = totals("224-224-3", ",".join(vgg)), totals("224-224-3", body)
    assert f"{mean[0]:,} of {whole[0]:,} parameters, a ninth" in flat
    assert round(whole[0] / mean[0]) == 9
    assert f"and {mean[1] / whole[1]:.0%} of the multiplications" in flat

    single, three = totals("56-56-256", "conv-256-7-1-same"), totals("56-56-256", THREE)
    assert f"{three[0]:,} parameters for {single[0]:,}, which is" in flat
    assert f"which is {1 - three[0] / single[0]:.0%} less" in flat
    assert shapes.receptive_field([shapes.Window(3)] * 3).size == 7


def told_as(row: dict[str, Any]) -> str:
    """Write a layer of VGG-16 as in a link, from the table."""
    kind = next(kind for kind, name in NAMES.items() if row["name"].endswith(name))
    window, number, *_, padding, _ = row["told"]
    if kind == "conv":
        return f"conv-{number}-{window[0]}-1-{padding}"
    return {"dense": f"dense-{number}", "max": f"max-{window[:1]}"}.get(kind, kind)


def test_mends_of_the_network_that_does_not_fit(seen):
    view = seen["links"]["small"]
    assert view["refused"][0][0] == "3"
    assert "kernel is 5 pixels high, the padded images are only 2" in view["refused"][0][1]
    padded = LENET.replace("conv-16-5", "conv-16-5-1-same")
    smaller = "conv-6-3,avg-2,conv-16-3,flat,dense-120,dense-84,dense-10"
    for layers in (padded, smaller):
        assert len(rows("8-8-1", layers)) == len(layers.split(",")) + 1
