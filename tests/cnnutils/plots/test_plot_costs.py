"""The bars of a network's costs: what was drawn is counted and read back."""

import re
from types import SimpleNamespace

import matplotlib.pyplot as plt
import pytest

from cnnutils import plots

ROWS = [
    SimpleNamespace(name=name, params=params, macs=macs, activations=activations)
    for name, params, macs, activations in [
        ("image", 0, 0, 144),
        ("conv", 140, 3_240, 120),
        ("bn", 20, 0, 120),
        ("dense", 1, 120, 4),
    ]
]


@pytest.mark.parametrize(
    ("quantity", "bars", "shares", "label"),
    [
        (
            "params",
            {"conv": 140, "bn": 20, "dense": 1},
            ["87 %", "12 %", "< 1 %"],
            "parameters",
        ),
        (
            "macs",
            {"conv": 3_240, "dense": 120},
            ["96 %", "4 %"],
            "multiply-adds (MACs) per image",
        ),
        (
            "activations",
            {"image": 144, "conv": 120, "bn": 120, "dense": 4},
            ["37 %", "31 %", "31 %", "1 %"],
            "activations (values) per image",
        ),
    ],
)
def test_a_bar_for_each_layer_that_has_any(quantity, bars, shares, label):
    ax = plots.plot_costs(ROWS, quantity=quantity, title="small")
    names = [text.get_text() for text in ax.get_yticklabels()]
    assert dict(zip(names, (bar.get_width() for bar in ax.patches), strict=True)) == bars
    assert [text.get_text() for text in ax.texts] == shares
    assert (ax.get_xlabel(), ax.get_ylabel(), ax.get_title()) == (label, "layer", "small")
    low, high = ax.get_ylim()
    assert low > high  # the first layer is on top


def test_large_numbers_are_written_with_a_letter():
    ax = plots.plot_costs([SimpleNamespace(name="fc", params=2_000_000_000)], quantity="params")
    assert ax.xaxis.get_major_formatter()(1_500_000_000) == "1.5 G"


def test_it_draws_on_the_axes_it_is_given():
    axes = plt.subplots(1, 2)[1]
    assert plots.plot_costs(ROWS, ax=axes[1]) is axes[1]
    assert not axes[0].patches


def test_the_input_is_at_the_top_also_on_shared_axes():
    axes = plt.subplots(1, 2, sharey=True)[1]
    for ax in axes:
        plots.plot_costs(ROWS, ax=ax)
    assert all(ax.yaxis_inverted() for ax in axes)


def test_a_figure_of_its_own_grows_with_the_bars():
    many = [SimpleNamespace(name=f"{i}", macs=1) for i in range(40)]
    heights = [
        plots.plot_costs(rows).figure.get_figheight() for rows in (many[:2], many[:20], many)
    ]
    assert heights == sorted(set(heights))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: plots.plot_costs(ROWS, quantity="flops"),
            "plot_costs: quantity must be one of 'params', 'macs', 'activations', got 'flops'.",
        ),
        (
            lambda: plots.plot_costs(ROWS[:1]),
            "plot_costs: at least one layer must have macs, got none.",
        ),
    ],
)
def test_a_wrong_argument_gets_a_sentence(call, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        call()
