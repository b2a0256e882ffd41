"""Generated heartbeats: the waves are the model's, the odd beat is where it is said to be."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, signal

from cnnutils import data
from cnnutils.data.made import heartbeats as module


@pytest.fixture(scope="module")
def beats():
    return data.make_heartbeats(90, seed=4)


def test_shapes_types_and_counts(beats):
    assert beats.signals.shape == (90, 300, 1)
    assert beats.signals.dtype == np.float32
    assert np.bincount(beats.labels).tolist() == [30, 30, 30]
    assert beats.sampling_rate == 100
    assert len(beats.peaks) == len(beats.odd_beats) == 90
    assert {len(peaks) for peaks in beats.peaks} <= {2, 3, 4, 5}


def test_the_five_waves_are_what_the_differential_equation_draws():
    """Solve dz/dθ = −Σ a·Δθ·exp(−Δθ²/2b²) of the paper's table 1, without its pull to zero."""
    table = [(-60, 1.2, 0.25), (-15, -5, 0.1), (0, 30, 0.1), (15, -7.5, 0.1), (90, 0.75, 0.4)]

    def slope(theta, _):
        steps = [(theta - np.deg2rad(degrees), a, b) for degrees, a, b in table]
        return -sum(a * d * np.exp(-(d**2) / (2 * b**2)) for d, a, b in steps)

    phases = np.linspace(-np.pi, np.pi, 200)
    drawn = integrate.solve_ivp(
        slope, (-np.pi, np.pi), [0.0], t_eval=phases, rtol=1e-9, atol=1e-9, max_step=0.05
    ).y[0]
    ours = sum(
        w.height * np.exp(-((phases - w.phase) ** 2) / (2 * w.width**2)) for w in module._REGULAR
    )
    np.testing.assert_allclose(ours, drawn / 0.3, atol=1e-4)  # R: a·b² = 30 · 0.1² = 0.3


def test_heights_by_hand():
    assert [round(wave.height, 3) for wave in module._REGULAR] == [0.25, -0.167, 1, -0.25, 0.4]


def test_peaks_are_where_the_signal_peaks():
    quiet = data.make_heartbeats(60, seed=0, noise=0)
    for strip, times, label in zip(quiet.signals[..., 0], quiet.peaks, quiet.labels, strict=True):
        found = signal.find_peaks(strip, height=0.7 * strip.max())[0] / 100
        apart = np.abs(found[:, np.newaxis] - times)
        if label != 2:  # after a broad wave the others may be less than 0.7 of the highest
            assert apart.min(axis=1).max() <= 0.015
            whole = (times > 0.05) & (times < 2.95)
            assert apart.min(axis=0)[whole].max() <= 0.015


def test_the_odd_beat_is_early_and_the_next_one_in_time(beats):
    for label, peaks, odd in zip(beats.labels, beats.peaks, beats.odd_beats, strict=True):
        gaps = np.diff(peaks)
        if label == 0:
            assert odd == -1
            assert np.ptp(gaps) < 0.08 * gaps.mean()
            continue
        assert 1 <= odd < len(peaks)  # the beat before it is in the strip
        assert gaps.argmin() == odd - 1
        if odd + 1 < len(peaks):
            cycle = (gaps[odd - 1] + gaps[odd]) / 2
            assert 0.6 < gaps[odd - 1] / cycle < 0.8
            assert 0.65 < cycle < 1.15


def test_an_early_beat_has_the_form_of_a_regular_one():
    quiet = data.make_heartbeats(60, seed=1, noise=0, num_samples=3000, sampling_rate=1000)

    def form(i, beat):
        at = round(quiet.peaks[i][beat] * 1000)
        piece = quiet.signals[i, at - 60 : at + 60, 0]
        return piece - piece.mean()

    for i in np.flatnonzero(quiet.labels):
        odd = quiet.odd_beats[i]
        if odd + 1 >= len(quiet.peaks[i]) or quiet.peaks[i][odd + 1] > 2.9:
            continue
        same = np.corrcoef(form(i, odd), form(i, odd + 1))[0, 1]
        assert (same > 0.98) == (quiet.labels[i] == 1)


def test_the_seed_decides_and_the_noise_is_added():
    first, again, other = (data.make_heartbeats(6, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.signals, again.signals)
    assert not np.array_equal(first.signals, other.signals)
    loud, quiet = (data.make_heartbeats(1, seed=1, noise=noise).signals for noise in (0.2, 0))
    assert np.std(loud - quiet) == pytest.approx(0.2, rel=0.1)


@settings(max_examples=25, deadline=None)
@given(
    num_strips=st.integers(0, 7), num_samples=st.integers(300, 900), rate=st.sampled_from([50, 100])
)
def test_any_length(num_strips, num_samples, rate):
    beats = data.make_heartbeats(num_strips, seed=0, num_samples=num_samples, sampling_rate=rate)
    assert beats.signals.shape == (num_strips, num_samples, 1)
    assert np.isfinite(beats.signals).all()
    for times in beats.peaks:
        assert (np.diff(times) > 0).all()
        assert times[0] >= 0
        assert times[-1] < num_samples / rate


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"seed": -1}, "seed must be at least 0, got -1."),
        ({"num_strips": -1}, "num_strips must be at least 0, got -1."),
        ({"sampling_rate": 0}, "sampling_rate must be finite and greater than 0, got 0."),
        ({"sampling_rate": np.nan}, "sampling_rate must be finite and greater than 0, got nan."),
        ({"noise": -0.1}, "noise must be at least 0, got -0.1."),
        (
            {"num_samples": 250},
            "a strip must last at least 3 seconds, 250 samples at 100 a second last 2.5.",
        ),
    ],
)
def test_wrong_values(arguments, sentence):
    with pytest.raises(ValueError, match=f"^{re.escape('make_heartbeats: ' + sentence)}$"):
        data.make_heartbeats(**{"num_strips": 1, "seed": 0, **arguments})


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"num_strips": 1.5}, "num_strips must be an integer, got 1.5 (float)."),
        ({"num_samples": 300.0}, "num_samples must be an integer, got 300.0 (float)."),
        ({"noise": "loud"}, "noise must be a number, got 'loud' (str)."),
    ],
)
def test_wrong_types(arguments, sentence):
    with pytest.raises(TypeError, match=f"^{re.escape('make_heartbeats: ' + sentence)}$"):
        data.make_heartbeats(**{"num_strips": 1, "seed": 0, **arguments})
