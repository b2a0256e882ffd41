"""For every test of a plot: no window, no setting of Matplotlib changed, no figure left open."""

import matplotlib as mpl

mpl.use("Agg")  # no window, whatever the machine

import matplotlib.pyplot as plt
import pytest


@pytest.fixture(autouse=True)
def leaves_pyplot_alone():
    before = dict(mpl.rcParams)
    yield
    assert dict(mpl.rcParams) == before
    plt.close("all")
