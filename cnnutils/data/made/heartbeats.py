"""Electrocardiograms made from a seed: regular beats, and in some strips one that is not."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from cnnutils._checks import as_int, as_number, check_size

HEARTBEAT_KINDS = ("regular", "early", "wide")

_SHORTEST_SECONDS = 3.0  # room for a beat and its neighbours at the slowest rate
_LONGEST_SECONDS = 86_400.0  # a day, as long as a recorder is worn
_CYCLE_SECONDS = (0.7, 1.1)  # from one beat to the next: 86 to 55 beats a minute
_EARLIER = (0.25, 0.35)  # how much too soon the odd beat comes, in cycles
_JITTER = 0.01  # of the regular beats, in cycles, standard deviation
_WANDER_MILLIVOLTS = 0.1  # of the baseline, as a breathing patient makes it


class _Wave(NamedTuple):
    """One wave of a beat: a Gaussian over the phase, with the R wave of a regular beat at 0."""

    phase: float  # of its peak, in radians; a cycle has 2π
    height: float  # relative to the R wave of a regular beat
    width: float  # standard deviation in radians


def _from_model(phase: float, a: float, b: float) -> _Wave:
    """Return a wave of McSharry's model: a slope of a·Δθ·exp(−Δθ²/2b²) adds up to height a·b²."""
    return _Wave(phase, a * b**2 / (30.0 * 0.1**2), b)


_REGULAR = (
    _from_model(-np.pi / 3, 1.2, 0.25),  # P
    _from_model(-np.pi / 12, -5.0, 0.1),  # Q
    _from_model(0.0, 30.0, 0.1),  # R
    _from_model(np.pi / 12, -7.5, 0.1),  # S
    _from_model(np.pi / 2, 0.75, 0.4),  # T
)
_WIDE = (_Wave(0.0, 1.1, 0.28), _Wave(np.pi / 5, -0.5, 0.3), _Wave(np.pi / 2, -0.35, 0.4))
_WAVES = MappingProxyType({"regular": _REGULAR, "early": _REGULAR, "wide": _WIDE})


@dataclass(frozen=True, kw_only=True)
class Heartbeats:
    """Strips of an electrocardiogram, one lead, and the truth about them.

    Args:
        signals: (N, T, 1) float32 in millivolts.
        labels: (N,) int, indices into HEARTBEAT_KINDS: the kind of the strip's odd beat, 0 if there
            is none.
        peaks: for each strip the times (M,) of its R waves in seconds, rising.
        odd_beats: (N,) int, index of the odd beat in `peaks`, -1 if there is none.
        sampling_rate: samples a second.
    """

    signals: np.ndarray
    labels: np.ndarray
    peaks: tuple[np.ndarray, ...]
    odd_beats: np.ndarray
    sampling_rate: float


def make_heartbeats(
    num_strips: int,
    *,
    seed: int,
    num_samples: int = 300,
    sampling_rate: float = 100.0,
    noise: float = 0.03,
) -> Heartbeats:
    """Make strips of an electrocardiogram, a third each with no odd beat, an early, a wide one.

    A regular beat is a sum of five Gaussians over the phase of the beat, the waves P, Q, R, S and
    T. An *early* beat has the same form and comes a quarter to a third of a cycle too soon. A
    *wide* one comes too soon, too, and has a broad main wave, no P wave and a T wave that points
    the other way. The beat after it comes when it would have come anyway. Each strip has a rate
    (55 to 86 beats a minute) and heights of its own; a slow wander of the baseline and noise are
    added. These are drawings of what textbooks describe as atrial and ventricular premature beats,
    good for trying networks on, and no medical data.

    Args:
        num_strips: N.
        seed: decides everything, at least 0.
        num_samples: T, at least three seconds of samples.
        sampling_rate: samples a second.
        noise: standard deviation of the noise, in millivolts.

    Returns:
        The strips; the label of strip i is i modulo 3.

    Raises:
        TypeError: a number is no number, or no integer where one is wanted.
        ValueError: a number is out of range, or the strip is too short.

    Source:
        P. McSharry, G. Clifford, L. Tarassenko, L. Smith, "A dynamical model for generating
        synthetic electrocardiogram signals", IEEE Transactions on Biomedical Engineering 50(3),
        2003, doi:10.1109/TBME.2003.808805: phases, heights and widths of its table 1. Deviations:
        its third equation is added up in closed form, without the pull towards the baseline, so
        that every wave is a whole Gaussian; all beats of a strip have the strip's mean cycle for
        their phase; R is 1 mV high. The wide beat and all variation are the course's.

    Example:
        >>> beats = make_heartbeats(6, seed=0)
        >>> beats.signals.shape, beats.labels.tolist()
        ((6, 300, 1), [0, 1, 2, 0, 1, 2])
        >>> gaps = np.diff(beats.peaks[1])  # the strip with an early beat
        >>> odd = beats.odd_beats[1]
        >>> bool(gaps[odd - 1] < 0.8 * np.median(gaps))
        True
    """
    name = "make_heartbeats"
    num_strips = as_int(name, "num_strips", num_strips, minimum=0)
    rng = np.random.default_rng(as_int(name, "seed", seed, minimum=0))
    num_samples = as_int(name, "num_samples", num_samples, minimum=1)
    sampling_rate = as_number(name, "sampling_rate", sampling_rate, above=0)
    noise = as_number(name, "noise", noise)
    if noise < 0:
        raise ValueError(f"{name}: noise must be at least 0, got {noise:g}.")
    seconds = num_samples / sampling_rate
    if seconds < _SHORTEST_SECONDS:
        raise ValueError(
            f"{name}: a strip must last at least {_SHORTEST_SECONDS:g} seconds, {num_samples} "
            f"samples at {sampling_rate:g} a second last {seconds:g}."
        )
    if seconds > _LONGEST_SECONDS:
        raise ValueError(
            f"{name}: a strip must last at most {_LONGEST_SECONDS:g} seconds, {num_samples} "
            f"samples at {sampling_rate:g} a second last {seconds:g}."
        )
    check_size(name, "the strips", (num_strips, num_samples))
    times = np.arange(num_samples) / sampling_rate
    labels = np.arange(num_strips) % len(HEARTBEAT_KINDS)
    signals = np.empty((num_strips, num_samples, 1), np.float32)
    peaks, odd_beats = [], np.full(num_strips, -1)
    for i, label in enumerate(labels):
        cycle = rng.uniform(*_CYCLE_SECONDS)
        beats = _regular_rhythm(rng, cycle, seconds)
        first, last = np.searchsorted(beats, (0.0, seconds))
        with_neighbour = (beats >= 1.05 * cycle) & (beats < seconds - 0.3)
        odd = int(rng.choice(np.flatnonzero(with_neighbour)))
        if label:
            beats[odd] -= rng.uniform(*_EARLIER) * cycle
            odd_beats[i] = odd - first
        kinds = ["regular"] * len(beats)
        kinds[odd] = HEARTBEAT_KINDS[label]
        signal = _waves(rng, times, beats, kinds, cycle) + _wander(rng, times)
        signals[i, :, 0] = signal + rng.normal(0, noise, num_samples)
        peaks.append(beats[first:last])
    return Heartbeats(
        signals=signals,
        labels=labels,
        peaks=tuple(peaks),
        odd_beats=odd_beats,
        sampling_rate=sampling_rate,
    )


def _regular_rhythm(rng: np.random.Generator, cycle: float, seconds: float) -> np.ndarray:
    """Return the times of beats, from one before the strip to one after it."""
    start = rng.uniform(-2 * cycle, -cycle)
    beats = start + cycle * np.arange(int(seconds / cycle) + 4)
    return np.asarray(beats + rng.normal(0, _JITTER * cycle, len(beats)))


def _waves(
    rng: np.random.Generator, times: np.ndarray, beats: np.ndarray, kinds: list[str], cycle: float
) -> np.ndarray:
    """Add up the Gaussians of all beats (T,); the heights vary from strip to strip."""
    signal = np.zeros(len(times))
    size = rng.uniform(0.8, 1.2)
    own = rng.uniform(0.85, 1.15, len(_REGULAR))
    for beat, kind in zip(beats, kinds, strict=True):
        phase = 2 * np.pi * (times - beat) / cycle
        for wave, factor in zip(_WAVES[kind], own, strict=False):
            bell = np.exp(-((phase - wave.phase) ** 2) / (2 * wave.width**2))
            signal += size * factor * wave.height * bell
    return signal


def _wander(rng: np.random.Generator, times: np.ndarray) -> np.ndarray:
    period, shift = rng.uniform(3, 6), rng.uniform(0, 2 * np.pi)
    return np.asarray(_WANDER_MILLIVOLTS * np.sin(2 * np.pi * times / period + shift))
