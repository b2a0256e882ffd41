"""The gradient of a number that a network computes, with respect to what goes into the network.

Keras differentiates a loss by a model's trainable weights, on every backend, and offers no public
way to differentiate by an input. So the input becomes the only trainable weight of a model, and an
optimizer is used that makes no step but writes the gradient down.
"""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np


class InputGradient:
    """Value and gradient of objective(outputs, images, *constants) by the images.

    Args:
        model: a built model with one input; it computes as in use (`training=False`) and is not
            changed.
        objective: gets the model's outputs, the images and the constants of the call, as tensors,
            and returns one number; written with `keras.ops`.
        jit_compile: let XLA compile the step: seconds once for each shape, then faster steps.
    """

    def __init__(
        self, model: keras.Model, objective: Callable[..., Any], *, jit_compile: bool = False
    ) -> None:
        self._model, self._objective, self._jit_compile = model, objective, jit_compile
        self._steps: dict[tuple[int, ...], _Step] = {}

    def __call__(self, images: np.ndarray, *constants: Any) -> tuple[float, np.ndarray]:
        """Return the value at the images (N, H, W, C), and the gradient of the same shape."""
        images = np.asarray(images, "float32")
        step = self._steps.get(images.shape)
        if step is None:
            step = _Step(self._model, self._objective, images.shape)
            step.compile(_WriteDown(0.0, name="write_down"), jit_compile=self._jit_compile)
            self._steps[images.shape] = step
        step.images.assign(images)
        # Tensors pass as they are; what has no axis gets one, because Keras looks at the first.
        given = [c if np.ndim(c) else np.reshape(c, 1) for c in constants]
        value = step.train_on_batch(given or [np.zeros(1, "float32")])
        return float(np.squeeze(value)), numbers_of(step.images)


def numbers_of(variable: keras.Variable) -> np.ndarray:
    """Return a copy of a variable's numbers; by way of a tensor, else TensorFlow's NumPy warns."""
    numbers: np.ndarray = keras.ops.convert_to_numpy(keras.ops.copy(variable))
    return numbers.copy()


class _WriteDown(keras.optimizers.Optimizer):  # type: ignore[misc]
    """An optimizer whose step puts the gradient into the place of the variable."""

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        self.assign(variable, gradient)


class _Step(keras.Model):  # type: ignore[misc]
    """A model whose loss is the objective, and whose only trainable weight are the images."""

    def __init__(
        self, inner: keras.Model, objective: Callable[..., Any], shape: tuple[int, ...]
    ) -> None:
        super().__init__(name="input_gradient")
        self.inner, self._objective = inner, objective
        self.images = self.add_weight(shape=shape, initializer="zeros", name="images")
        self.built = True

    def call(self, constants: Any) -> Any:
        outputs = self.inner(self.images.value, training=False)
        return self._objective(outputs, self.images.value, *constants)

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        return y_pred

    @property
    def trainable_variables(self) -> list[Any]:
        """The images alone, however much of the inner model may be trained elsewhere."""
        return [self.images]

    @property
    def trainable_weights(self) -> list[Any]:
        return [self.images]

    @property
    def non_trainable_variables(self) -> list[Any]:
        return [variable for variable in self.variables if variable is not self.images]

    @property
    def non_trainable_weights(self) -> list[Any]:
        return [weight for weight in self.weights if weight is not self.images]
