"""The triplet loss, and three ways to choose its triplets among the faces of a batch."""

from typing import Any, Literal, NamedTuple

import keras
import numpy as np
from keras import ops
from numpy.typing import ArrayLike

from cnnutils._checks import as_array, as_choice, as_float_array, as_int, as_number, as_text
from cnnutils._networks import as_float_tensors

Mining = Literal["random", "semi-hard", "hard"]

_LARGEST_MARGIN = 1e30  # float32 has room for it, and for distances beside it
_MININGS = ("random", "semi-hard", "hard")


class Triplets(NamedTuple):
    """Rows of the embeddings, T triplets: `anchors[t]`, `positives[t]` and `negatives[t]`."""

    anchors: np.ndarray
    positives: np.ndarray
    negatives: np.ndarray


def triplet_loss(anchor: Any, positive: Any, negative: Any, *, margin: float = 0.2) -> Any:
    """Say how far each triplet is from keeping its margin: max(d(a, p) - d(a, n) + margin, 0).

    d is the squared Euclidean distance, the sum over the D coordinates of an embedding. The cost
    of a training is the sum or the mean over the triplets. NaN in a triplet gives NaN for it.

    Args:
        anchor: (N, D) embeddings, tensors of Keras' backend or arrays.
        positive: (N, D) embeddings of the same people, from other pictures.
        negative: (N, D) embeddings of other people.
        margin: by how much the negative must be farther than the positive, 0 to 10³⁰. With 0 a
            network that embeds everything in one point has no loss left.

    Returns:
        (N,) one loss a triplet, a tensor of Keras' backend.

    Raises:
        TypeError: margin is not a number, or embeddings do not hold real numbers.
        ValueError: margin is out of range, or the shapes are not three times the same (N, D).

    Source:
        F. Schroff, D. Kalenichenko, J. Philbin, "FaceNet: A Unified Embedding for Face Recognition
        and Clustering", 2015, arXiv:1503.03832, equation 2.

    Example:
        >>> loss = triplet_loss([[0.0, 0.0]], [[0.3, 0.0]], [[0.0, 0.4]])  # 0.09 - 0.16 + 0.2
        >>> round(float(loss[0]), 4)
        0.13
    """
    name = "triplet_loss"
    margin = _as_margin(name, margin)
    tensors = _as_embeddings(name, anchor=anchor, positive=positive, negative=negative)
    shapes = {tuple(tensor.shape) for tensor in tensors}
    if len(shapes) > 1:
        raise ValueError(
            f"{name}: anchor, positive and negative must have the same shape, got "
            + " and ".join(str(tuple(tensor.shape)) for tensor in tensors)
            + "."
        )
    a, p, n = tensors
    near, far = (ops.sum(ops.square(a - other), axis=1) for other in (p, n))
    return ops.maximum(near - far + margin, 0.0)


def mine_triplets(
    embeddings: ArrayLike, person_ids: ArrayLike, *, mining: Mining, seed: int = 0
) -> Triplets:
    """Choose a negative for every two embeddings of one person.

    "random" takes any other person. "hard" takes the nearest embedding of another person,
    "semi-hard" the nearest one that is farther away than the positive, or, if there is none, the
    farthest of all.

    Args:
        embeddings: (N, D).
        person_ids: (N,) whose they are, whole numbers or names.
        mining: how to choose.
        seed: decides the random choice, at least 0.

    Returns:
        Triplets: T = one for each ordered pair of embeddings of the same person, if there is
        anybody else; possibly none.

    Raises:
        TypeError: the embeddings are no real numbers, or seed or an id is of another type.
        ValueError: shapes do not fit, a number is not finite, or mining is unknown.

    Source:
        "semi-hard": FaceNet (see `triplet_loss`), section 3.2, among the embeddings of one batch.

    Example:
        >>> line = np.array([[0.0], [0.2], [0.1], [0.5]])  # two of person 7, two of others
        >>> mine_triplets(line, [7, 7, 8, 9], mining="semi-hard")
        Triplets(anchors=array([0, 1]), positives=array([1, 0]), negatives=array([3, 3]))
        >>> mine_triplets(line, [7, 7, 8, 9], mining="hard").negatives
        array([2, 2])
    """
    name = "mine_triplets"
    as_choice(name, "mining", mining, _MININGS)
    seed = as_int(name, "seed", seed, minimum=0)
    array = as_float_array(name, "embeddings", embeddings, axes="N, D")
    ids = as_array(name, "person_ids", person_ids)
    if ids.shape != array.shape[:1]:
        raise ValueError(
            f"{name}: person_ids must have one entry an embedding, got {ids.shape} for "
            f"{array.shape}."
        )
    if ids.dtype.kind not in "iuU" and ids.size:
        raise TypeError(f"{name}: person_ids must be integers or names, got {ids.dtype}.")
    limit = np.sqrt(np.finfo(array.dtype).max / (16 * max(array.shape[1], 1)))
    if not (np.abs(array) <= limit).all():  # NaN is not
        raise ValueError(
            f"{name}: every embedding must be finite, and between ±{limit:.1g}, so that distances "
            f"fit into {array.dtype}."
        )
    if len(ids) == 0:
        return Triplets(*(np.zeros(0, np.int64) for _ in range(3)))
    _, numbers = np.unique(ids, return_inverse=True)
    tensor = ops.convert_to_tensor(array)
    negatives, valid = _choose(_distances(tensor), _same(ops.convert_to_tensor(numbers)),
                               mining, seed)  # fmt: skip
    anchors, positives = np.nonzero(ops.convert_to_numpy(valid))
    chosen = ops.convert_to_numpy(negatives)[anchors, positives]
    return Triplets(anchors=anchors, positives=positives, negatives=chosen.astype(np.int64))


@keras.saving.register_keras_serializable(package="cnnutils")
class BatchTripletLoss(keras.losses.Loss):  # type: ignore[misc]
    """The triplet loss of a batch of faces, whose triplets are chosen in each step anew.

    Give it to `compile`; the targets of `fit` are the people's numbers (N,), whole numbers below
    2²⁴, and the network's outputs are the embeddings (N, D). The loss of an anchor is the mean over
    its positives in the batch, 0 if there are none, so let several pictures of each person be in a
    batch: see `PersonBatches`.

    Args:
        mining: as in `mine_triplets`. "random" chooses by places in the batch, the same ones in
            each step; what is random is who stands there.
        margin: as in `triplet_loss`.
        seed: decides the random choice.
        name: of the loss.

    Raises:
        TypeError: margin, seed or name is of another type.
        ValueError: an option is out of range.

    Example:
        >>> loss = BatchTripletLoss(mining="hard")
        >>> line = np.array([[0.0], [0.2], [0.1]])  # anchors 0 and 1: 0.04 - 0.01 + 0.2 each
        >>> round(float(loss(np.array([7, 7, 8]), line)), 4)  # the mean of 0.23, 0.23 and 0
        0.1533
    """

    def __init__(
        self,
        *,
        mining: Mining = "semi-hard",
        margin: float = 0.2,
        seed: int = 0,
        name: str = "batch_triplet_loss",
        **base: Any,
    ) -> None:
        super().__init__(name=as_text("BatchTripletLoss", "name", name), **base)
        as_choice("BatchTripletLoss", "mining", mining, _MININGS)
        self.mining = mining
        self.margin = _as_margin("BatchTripletLoss", margin)
        self.seed = as_int("BatchTripletLoss", "seed", seed, minimum=0)

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Return one loss an anchor, (N,)."""
        distances = _distances(_as_embeddings("BatchTripletLoss", embeddings=y_pred)[0])
        same = _same(ops.reshape(y_true, (-1,)))
        chosen, valid = _choose(ops.stop_gradient(distances), same, self.mining, self.seed)
        far = ops.take_along_axis(distances, chosen, axis=1)
        weights = ops.cast(valid, distances.dtype)
        losses = ops.maximum(distances - far + self.margin, 0.0) * weights
        return ops.sum(losses, axis=1) / ops.maximum(ops.sum(weights, axis=1), 1.0)

    def get_config(self) -> dict[str, Any]:
        """The options."""
        options = {"mining": self.mining, "margin": self.margin, "seed": self.seed}
        return {**super().get_config(), **options}


def _distances(embeddings: Any) -> Any:
    """Squared distances (N, N) between all embeddings (N, D)."""
    lengths = ops.sum(ops.square(embeddings), axis=1)
    products = ops.matmul(embeddings, ops.transpose(embeddings))
    return ops.maximum(lengths[:, None] + lengths[None, :] - 2.0 * products, 0.0)


def _same(person_ids: Any) -> Any:
    return ops.equal(person_ids[:, None], person_ids[None, :])


def _choose(distances: Any, same: Any, mining: str, seed: int) -> tuple[Any, Any]:
    """Return for each anchor and positive the negative (N, N), and where that is a triplet."""
    count = ops.shape(same)[0]
    other = ops.logical_not(same)
    too_far = 2.0 * ops.max(distances) + 1.0
    nearest_other = ops.where(other, distances, too_far)
    if mining == "hard":
        chosen = ops.repeat(ops.argmin(nearest_other, axis=1)[:, None], count, axis=1)
    elif mining == "semi-hard":
        farther = distances[:, None, :] > distances[:, :, None]  # negative k than positive j
        candidates = ops.where(farther, nearest_other[:, None, :], too_far)
        farthest = ops.argmax(ops.where(other, distances, -1.0), axis=1)
        none = ops.min(candidates, axis=2) >= too_far
        chosen = ops.where(none, farthest[:, None], ops.argmin(candidates, axis=2))
    else:
        places = ops.arange(count)[None, :]
        others_first = ops.argsort(ops.cast(same, "int32") * count + places, axis=1)
        drawn = keras.random.uniform((count, count), seed=seed, dtype="float32")
        num_others = ops.sum(ops.cast(other, "int32"), axis=1)[:, None]
        rank = ops.cast(drawn * ops.cast(num_others, "float32"), "int32")
        rank = ops.minimum(rank, ops.maximum(num_others - 1, 0))
        chosen = ops.take_along_axis(others_first, rank, axis=1)
    is_pair = ops.logical_and(same, ops.logical_not(ops.cast(ops.eye(count), "bool")))
    return chosen, ops.logical_and(is_pair, ops.any(other, axis=1, keepdims=True))


def _as_embeddings(function: str, **named: Any) -> list[Any]:
    tensors = as_float_tensors(function, **named)
    for name, tensor in zip(named, tensors, strict=True):
        if len(tensor.shape) != 2:
            raise ValueError(
                f"{function}: {name} must have the axes (N, D), got an array of shape "
                f"{tuple(tensor.shape)}."
            )
    return tensors


def _as_margin(function: str, margin: float) -> float:
    number = as_number(function, "margin", margin)
    if not 0 <= number <= _LARGEST_MARGIN:
        raise ValueError(
            f"{function}: margin must be at least 0 and at most {_LARGEST_MARGIN:g}, got {margin}."
        )
    return number
