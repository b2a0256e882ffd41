"""Matching colours: the statistics that come out, what does not change, errors."""

import re

import numpy as np
import pytest

from cnnutils import style


def picture(seed, shape=(20, 30, 3)):
    """Colours well inside [0, 1], with channels that vary together."""
    rng = np.random.default_rng(seed)
    mix = rng.uniform(-1, 1, (3, 3))
    return 0.5 + 0.05 * np.clip(rng.normal(size=shape), -2, 2) @ mix


def statistics(image):
    pixels = image.reshape(-1, 3).astype(float)
    return pixels.mean(0), np.cov(pixels.T, bias=True)


def test_mean_and_covariance_are_the_references():
    image, reference = picture(1), picture(2, (7, 50, 3))
    matched = style.match_colors(image, reference)
    assert matched.shape == image.shape
    assert matched.dtype == "float32"
    for found, wanted in zip(statistics(matched), statistics(reference), strict=True):
        np.testing.assert_allclose(found, wanted, atol=1e-5)


def test_a_pictures_own_colours_change_nothing():
    image = picture(3)
    np.testing.assert_allclose(style.match_colors(image, image), image, atol=1e-5)


def test_grey_pictures_and_plain_ones_have_an_answer():
    grey = np.repeat(picture(4)[..., :1], 3, axis=2)
    matched = style.match_colors(grey, picture(5))
    assert np.isfinite(matched).all()
    plain = np.full((4, 4, 3), 0.3)
    np.testing.assert_allclose(
        style.match_colors(plain, picture(5))[0, 0], statistics(picture(5))[0], atol=1e-5
    )


@pytest.mark.parametrize(
    ("image", "sentence"),
    [
        (np.ones((2, 2, 4)), "match_colors: the image must be a colour picture (H, W, 3), got an"),
        (np.ones((0, 2, 3)), "match_colors: the image must be a colour picture (H, W, 3), got an"),
        (np.full((2, 2, 3), 2.0), "match_colors: the image must lie in [0, 1]; NaN and infinity"),
        (np.full((2, 2, 3), np.nan), "match_colors: the image must lie in [0, 1]; NaN and"),
    ],
)
def test_errors_of_matching(image, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        style.match_colors(image, picture(1))
