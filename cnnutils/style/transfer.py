"""The loop of style transfer: gradient descent on the pixels of a picture."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import keras
import numpy as np
from keras import ops
from numpy.typing import ArrayLike

from cnnutils._checks import (
    as_bool,
    as_choice,
    as_float_array,
    as_int,
    as_number,
    as_text,
    as_texts,
    in_the_name_of,
)
from cnnutils._gradients import InputGradient
from cnnutils._networks import check_fits
from cnnutils.style.features import feature_maps
from cnnutils.style.losses import content_loss, gram_distance, mean_gram, total_variation

Method = Literal["lbfgs", "adam"]
_LARGEST_WEIGHT = 1e15  # squares of costs must fit into float32
FIRST_STEP = 0.03  # brightness by which the first step of L-BFGS changes a pixel


@dataclass(frozen=True, kw_only=True)
class Transferred:
    """A picture that was made by style transfer.

    Args:
        picture: (H, W, 3) float32 in [0, 1]: of all that were tried, the one of least cost.
        costs: J at every evaluation, in order; their number is what the method was given.
    """

    picture: np.ndarray
    costs: tuple[float, ...]


class StyleTransfer:
    """Paint the content of one picture in the style of another.

    The generated picture g minimises

    J(g) = α · content_loss + β · Σ_l λ_l · style_loss_l + γ · total_variation(g)

    where the costs compare the feature maps of a network. Whatever network it is: trained on
    millions of photographs, on a few, or random. Gradients come from Keras, on every backend.

    Args:
        model: a functional or Sequential model, images (N, H, W, 3) in [0, 1] → anything; a
            network that wants other numbers needs a layer at its beginning that makes them.
        content_layer: name of the one layer whose map the content cost compares.
        style_layers: name → weight λ_l of the layers that the style cost compares; a list of
            names gives each the weight 1 / number of layers.
        jit_compile: let XLA compile TensorFlow's step: some seconds once for each size. Measure
            before you rely on it: on CPUs the steps were no faster (`benchmarks/style.py`).

    Raises:
        TypeError: `model` is not a Keras model, or a weight not a number.
        ValueError: a layer is missing in the model, there is no style layer, or a weight is
            negative.

    Source:
        L. Gatys, A. Ecker, M. Bethge, "Image Style Transfer Using Convolutional Neural Networks",
        2016, doi:10.1109/CVPR.2016.265; the content factor is 1/(4·H·W·C) instead of ½.

    Example:
        >>> keras.utils.set_random_seed(1)
        >>> first = keras.layers.Conv2D(8, 3, activation="relu", name="first")
        >>> model = keras.Sequential([keras.Input((None, None, 3)), first])
        >>> transfer = StyleTransfer(model, content_layer="first", style_layers=["first"])
        >>> rng = np.random.default_rng(1)
        >>> content, style = rng.uniform(size=(2, 12, 16, 3))
        >>> made = transfer(content, style, alpha=1, beta=100, steps=5)
        >>> made.picture.shape, made.costs[-1] < made.costs[0]
        ((12, 16, 3), True)
    """

    def __init__(
        self,
        model: keras.Model,
        *,
        content_layer: str,
        style_layers: Mapping[str, float] | Sequence[str],
        jit_compile: bool = False,
    ) -> None:
        function = "StyleTransfer"
        if not isinstance(style_layers, Mapping):
            listed = as_texts(function, "style_layers", style_layers)
            style_layers = {name: 1 / len(listed) for name in listed}
        if not style_layers:
            raise ValueError(f"{function}: there must be at least one style layer, got none.")
        self._content_layer = as_text(function, "content_layer", content_layer)
        as_bool(function, "jit_compile", jit_compile)
        self._style_layers = {
            name: _as_weight(function, f"the weight of {name}", weight)
            for name, weight in style_layers.items()
        }
        names = list(dict.fromkeys([content_layer, *self._style_layers]))
        with in_the_name_of(function):
            self._features = feature_maps(model, names)
        self._gradient = InputGradient(self._features, self._cost, jit_compile=jit_compile)

    def __call__(
        self,
        content: ArrayLike,
        style: ArrayLike,
        *,
        alpha: float = 1.0,
        beta: float = 1.0,
        gamma: float = 0.0,
        start: ArrayLike | None = None,
        steps: int = 100,
        method: Method = "lbfgs",
        learning_rate: float = 0.02,
    ) -> Transferred:
        """Make a picture.

        Args:
            content: (H, W, 3) in [0, 1].
            style: (H', W', 3) in [0, 1]; its size may be another.
            alpha: weight α of the content cost.
            beta: weight β of the style cost.
            gamma: weight γ of the total variation.
            start: (H, W, 3), where the descent begins; the content picture if None.
            steps: how often J and its gradient are computed, 1 to a million. It is a budget: L-BFGS
                may need less, and takes at most the few that complete a line search more.
            method: "lbfgs" (SciPy's L-BFGS-B, which needs no learning rate) or "adam".
            learning_rate: of Adam, in brightness a step.

        Returns:
            The picture of least cost, and J at every evaluation.

        Raises:
            TypeError: an argument is no number, or a picture does not hold real numbers.
            ValueError: a picture is empty, not (H, W, 3), outside [0, 1] or not finite, the start
                has another shape than the content, a weight is negative, steps is below 1, or the
                method is unknown.
        """
        function = "StyleTransfer"
        named = {"content": content, "style": style}
        if start is not None:
            named["start"] = start
        pictures = [self._as_picture(function, *each) for each in named.items()]
        if start is None:
            pictures.append(pictures[0])
        if pictures[2].shape != pictures[0].shape:
            raise ValueError(
                f"{function}: start must have the shape of content, {pictures[0].shape}, got "
                f"{pictures[2].shape}."
            )
        weights = _as_weights(function, alpha=alpha, beta=beta, gamma=gamma)
        steps = as_int(function, "steps", steps, minimum=1, maximum=1_000_000)
        as_choice(function, "method", method, ("lbfgs", "adam"))
        learning_rate = as_number(function, "learning_rate", learning_rate, above=0)
        run = _Run(self._gradient, [weights, *self._targets(*pictures[:2])])
        if method == "lbfgs":
            run.lbfgs(pictures[2], steps)
        else:
            run.adam(pictures[2], steps, learning_rate)
        return Transferred(picture=run.best, costs=tuple(run.costs))

    def value_and_gradient(
        self,
        picture: ArrayLike,
        content: ArrayLike,
        style: ArrayLike,
        *,
        alpha: float = 1.0,
        beta: float = 1.0,
        gamma: float = 0.0,
    ) -> tuple[float, np.ndarray]:
        """J of a picture (H, W, 3), and its gradient by the pixels, of the same shape.

        The content picture has the picture's size; the weights are as in a call, at least 0.
        """
        function = "StyleTransfer.value_and_gradient"
        named = {"picture": picture, "content": content, "style": style}
        arrays = [self._as_picture(function, name, value) for name, value in named.items()]
        if arrays[1].shape != arrays[0].shape:
            raise ValueError(
                f"{function}: content must have the shape of picture, {arrays[0].shape}, got "
                f"{arrays[1].shape}."
            )
        weights = _as_weights(function, alpha=alpha, beta=beta, gamma=gamma)
        cost, gradient = self._gradient(arrays[0][None], weights, *self._targets(*arrays[1:]))
        return cost, gradient[0]

    def _as_picture(self, function: str, name: str, value: ArrayLike) -> np.ndarray:
        picture = _as_picture(function, name, value)
        check_fits(function, name, self._features, (1, *picture.shape))
        return picture

    def _targets(self, content: np.ndarray, style: np.ndarray) -> list[Any]:
        """What the two pictures give once and for all: a feature map, and Gram matrices."""
        of_content = self._features(content[None], training=False)[self._content_layer]
        of_style = self._features(style[None], training=False)
        grams = [mean_gram(of_style[name]) for name in self._style_layers]
        return [ops.stop_gradient(target) for target in (of_content, *grams)]

    def _cost(self, maps: Any, images: Any, weights: Any, content: Any, *grams: Any) -> Any:
        cost = weights[0] * content_loss(content, maps[self._content_layer])
        for (name, weight), gram in zip(self._style_layers.items(), grams, strict=True):
            cost += weights[1] * weight * gram_distance(gram, mean_gram(maps[name]))
        return cost + weights[2] * total_variation(images)


class _Run:
    """One descent: the costs so far, and the best picture."""

    def __init__(self, gradient: InputGradient, constants: list[Any]) -> None:
        self._gradient, self._constants = gradient, constants
        self.costs: list[float] = []
        self.best = np.empty(0)

    def evaluate(self, picture: np.ndarray) -> tuple[float, np.ndarray]:
        cost, gradient = self._gradient(picture[None], *self._constants)
        if not self.costs or cost < min(self.costs):
            self.best = np.array(picture, "float32")
        self.costs.append(cost)
        return cost, gradient[0]

    def lbfgs(self, start: np.ndarray, steps: int) -> None:
        from scipy import optimize
        from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

        # SciPy's first step has the length 1 at most, however many pixels there are. In these units
        # it changes a pixel by FIRST_STEP (root mean square), and the first slope is 1.
        unit = FIRST_STEP * np.sqrt(start.size)
        known = [self.evaluate(start)]  # SciPy asks for it once more, and first
        slope = float(np.linalg.norm(known[0][1])) * unit or 1.0

        def flat(scaled: np.ndarray) -> tuple[float, np.ndarray]:
            picture = (scaled * unit).reshape(start.shape).astype("float32")
            cost, gradient = known.pop() if known else self.evaluate(picture)
            return cost / slope, gradient.ravel().astype("float64") * (unit / slope)

        # L-BFGS-B works on short vectors; BLAS's other threads would only wait, at full speed.
        with threadpool_limits(limits=1, user_api="blas"):
            optimize.minimize(
                flat,
                start.ravel().astype("float64") / unit,
                jac=True,
                method="L-BFGS-B",
                bounds=[(0, 1 / unit)] * start.size,
                options={"maxfun": steps, "maxiter": steps, "ftol": 0, "gtol": 0},
            )

    def adam(self, start: np.ndarray, steps: int, learning_rate: float) -> None:
        optimizer = keras.optimizers.Adam(learning_rate)
        picture = keras.Variable(start, trainable=True)
        optimizer.build([picture])
        for _ in range(steps):
            # By way of a copy: TensorFlow's NumPy warns of a variable.
            gradient = self.evaluate(ops.convert_to_numpy(ops.copy(picture)))[1]
            optimizer.apply([ops.convert_to_tensor(gradient)], [picture])
            picture.assign(ops.clip(picture.value, 0, 1))


def _as_weight(function: str, name: str, value: Any) -> float:
    weight = as_number(function, name, value)
    if weight < 0:
        raise ValueError(f"{function}: {name} must not be negative, got {value}.")
    if weight > _LARGEST_WEIGHT:
        raise ValueError(f"{function}: {name} must be at most {_LARGEST_WEIGHT:g}, got {value}.")
    return weight


def _as_weights(function: str, **named: Any) -> np.ndarray:
    return np.asarray([_as_weight(function, *each) for each in named.items()], "float32")


def _as_picture(function: str, name: str, value: ArrayLike) -> np.ndarray:
    array = as_float_array(function, name, value, axes="H, W, 3").astype("float32")
    if array.size == 0 or array.shape[2] != 3:
        raise ValueError(
            f"{function}: {name} must be a colour picture (H, W, 3), got an array of shape "
            f"{array.shape}."
        )
    if not (np.isfinite(array).all() and array.min() >= 0 and array.max() <= 1):
        raise ValueError(f"{function}: {name} must lie in [0, 1]; NaN and infinity are refused.")
    return array
