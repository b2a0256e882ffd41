"""A small network with everything that has a state, and examples for it."""

import keras
import numpy as np
import pytest
from keras import layers


@pytest.fixture
def small_model():
    """A function that builds the network, compiled."""

    def build(**options):
        model = keras.Sequential(
            [
                keras.Input((5, 4, 2)),
                layers.Conv2D(3, 3),
                layers.BatchNormalization(),
                layers.Flatten(),
                layers.Dropout(0.5),
                layers.Dense(2),
            ]
        )
        model.compile(keras.optimizers.Adam(0.01), "mse", **options)
        return model

    return build


@pytest.fixture
def examples():
    rng = np.random.default_rng(0)
    return rng.normal(size=(12, 5, 4, 2)).astype("float32"), rng.normal(size=(12, 2))
