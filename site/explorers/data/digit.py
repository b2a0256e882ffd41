"""What the network makes of a picture; to be run in the course's folder."""

import keras
import numpy as np
from keras import layers

# the weights are whole numbers of 1024ths
numbers = np.fromfile("site/explorers/data/digit.bin", "<i2", 5958) / 1024
rows = """
003cg900
00c9dg90
03g508c0
009gad20
0004gc00
000b9g00
001f2c00
002gg600
"""
picture = [[int(sign, 17) for sign in row] for row in rows.split()]
model = keras.Sequential(
    [
        keras.Input((8, 8, 1)),
        layers.Conv2D(6, 3, padding="same", activation="relu", name="C1"),
        layers.AveragePooling2D(2, name="S2"),
        layers.Conv2D(16, 3, padding="same", activation="relu", name="C3"),
        layers.AveragePooling2D(2, name="S4"),
        layers.Flatten(),
        layers.Dense(48, activation="relu", name="C5"),
        layers.Dense(32, activation="relu", name="F6"),
        layers.Dense(10, activation="softmax", name="OUTPUT"),
    ]
)
shapes = [weight.shape for weight in model.get_weights()]
ends = np.cumsum([np.prod(shape) for shape in shapes])
parts = np.split(numbers, ends[:-1])
model.set_weights([p.reshape(s) for p, s in zip(parts, shapes, strict=True)])

images = np.array(picture)[np.newaxis, ..., np.newaxis] / 16
inside = keras.Model(model.inputs[0], model.get_layer("C1").output)
output = np.array(inside(images))
probabilities = np.array(model(images))[0]
print(output[0, 3, 3, 0].round(2), probabilities.round(3))
