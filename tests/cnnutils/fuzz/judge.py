"""Call a function with a poison, and say whether what comes back keeps the poison's rule."""

import dataclasses
import re
import signal
import warnings
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from tests.cnnutils.fuzz import poisons
from tests.cnnutils.fuzz.poisons import Poison

SECONDS = 5  # of processor time, for one call
_CLOSE = {"rtol": 1e-6, "atol": 1e-9, "equal_nan": True}


class Refusal(str):
    """The sentence of a refusal."""


class WrongError(Exception):
    """What a function did and must not do."""


Leaves = list[np.ndarray]
Call = Callable[[Any], Leaves | Refusal]


def leaves(answer: Any) -> Leaves:
    """Return everything that an answer consists of as arrays."""
    if is_axes(answer):
        return drawn(answer)
    if isinstance(answer, Mapping):
        return [leaf for entry in answer.values() for leaf in leaves(entry)]
    if isinstance(answer, list | tuple):
        return [np.array(len(answer)), *(leaf for entry in answer for leaf in leaves(entry))]
    if dataclasses.is_dataclass(answer):
        return [
            leaf
            for field in dataclasses.fields(answer)
            for leaf in leaves(getattr(answer, field.name))
        ]
    if hasattr(answer, "count_params") and hasattr(answer, "inputs"):
        return network(answer)
    if type(answer).__name__ == "KerasTensor":
        return [np.array(str((answer.shape, answer.dtype)))]
    array = np.asarray(answer)
    if array.dtype == object and array.ndim and is_axes(array.flat[0]):
        return [np.array(array.shape), *(leaf for entry in array.flat for leaf in leaves(entry))]
    if array.dtype == object:
        array = np.array([re.sub(" at 0x[0-9a-f]+", "", repr(entry)) for entry in array.flat])
    return [array]


def network(model: Any) -> Leaves:
    """Return what a Keras model is: its layers by kind, its weights' shapes, what goes in and out.

    Names that Keras finds count on from model to model, and what the weights hold is random.
    """
    kinds = [type(layer).__name__ for layer in model.layers]
    ends = [tuple(tensor.shape) for tensor in (*model.inputs, *model.outputs)]
    return [np.array([str((kinds, ends, [tuple(weight.shape) for weight in model.weights]))])]


def is_axes(value: Any) -> bool:
    """Say whether a value is Matplotlib's axes, which nothing here imports."""
    return hasattr(value, "get_xlim") and hasattr(value, "add_patch")


def drawn(ax: Any) -> Leaves:
    """Return what stands on axes: places, colours as they are seen, and words."""
    found = [line.get_xydata() for line in ax.lines]
    found += [
        patch.get_patch_transform().transform(patch.get_path().vertices) for patch in ax.patches
    ]
    for image in ax.images:
        found += [np.array(image.get_clim()), image.to_rgba(image.get_array())]
    texts = [*ax.texts, ax.title, ax.xaxis.label, ax.yaxis.label]
    texts += [] if ax.legend_ is None else ax.legend_.get_texts()
    found += [np.array(text.get_position(), float) for text in ax.texts]
    words = [text.get_text() for text in texts]
    found.append(np.array([*words, *getattr(ax.yaxis.get_major_formatter(), "seq", [])]))
    found += [leaf for child in ax.child_axes for leaf in drawn(child)]
    if not ax.get_autoscale_on():  # limits that were chosen, and do not follow from the rest
        found.append(np.array([*ax.get_xlim(), *ax.get_ylim()]))
    return found


def ask(name: str, function: Callable, arguments: dict[str, Any]) -> Leaves | Refusal:
    """Return the answer or the refusal; WrongError for anything else."""

    def too_long(*_: Any) -> None:
        raise TimeoutError

    signal.signal(signal.SIGPROF, too_long)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")  # an infinity that comes out says it, too
            return leaves(function(**arguments))
    except (TypeError, ValueError) as error:
        sentence = str(error)
        # Whoever builds on another function may report in its own name, or in its class's.
        if not re.fullmatch(rf"{re.escape(name)}: .{{10,}}[.?]", sentence, re.DOTALL):
            kind = type(error).__name__
            raise WrongError(f"refused in another voice: {kind}: {sentence[:150]}") from None
        return Refusal(sentence)
    except TimeoutError:
        raise WrongError(f"no answer within {SECONDS} s") from None
    except BaseException as error:
        raise WrongError(f"raised {type(error).__name__}: {str(error)[:150]}") from None
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def judge(call: Call, poison: Poison) -> Leaves | Refusal:
    """Return what came back if it keeps the rule; WrongError otherwise."""
    got = call(poison.value)
    if isinstance(got, Refusal):
        if poison.rule == poisons.EQUAL and not isinstance(call(poison.others[0]), Refusal):
            raise WrongError(f"refused what is right: {got[:150]}")
        return got
    if poison.rule == poisons.REFUSED:
        raise WrongError(f"answered: {_short(got)}")
    if poison.rule in (poisons.EQUAL, poisons.EQUAL_OR_REFUSED):
        expected = call(poison.others[0])
        if isinstance(expected, Refusal):
            raise WrongError(f"answered {_short(got)}, but the same numbers plainly: {expected}")
        if not _same(got, expected):
            raise WrongError(f"answered {_short(got)} instead of {_short(expected)}")
    elif poison.rule == poisons.SLICED:
        _judge_slice(got, call(poison.others[0]), poison)
    elif poison.rule == poisons.HONEST:
        if any(leaf.dtype.kind in "fc" and np.isnan(leaf).any() for leaf in got):
            raise WrongError(f"answered with NaN: {_short(got)}")
    else:
        on_the_trail(got, [call(other) for other in poison.others])
    return got


def _judge_slice(got: Leaves, full: Leaves | Refusal, poison: Poison) -> None:
    if isinstance(full, Refusal) or len(got) != 1 or len(full) != 1:
        raise WrongError(f"answered: {_short(got)}")
    part, all_of_it = got[0], full[0]
    if poison.label == "an axis too many":
        part, all_of_it = all_of_it[np.newaxis], part
    elif poison.label == "an axis too few":
        all_of_it = all_of_it[0] if all_of_it.ndim else all_of_it
    else:
        all_of_it = all_of_it.reshape(-1)[0]
    if not _same([part], [all_of_it]):
        raise WrongError(f"answered {_short(got)}, which is no part of {_short(full)}")


def on_the_trail(got: Leaves, steps: list[Leaves | Refusal]) -> None:
    """Judge the answer to a broken or a huge number by the answers to milder ones.

    What differs between the milder answers depends on the number. For a NaN (two steps) this part
    of the answer must not be finite. For a huge number (three steps towards it) it must not be
    finite, or go on in the direction of the steps; what came to rest must stay.
    """
    if any(isinstance(step, Refusal) for step in steps[-2:]):
        raise WrongError(f"answered {_short(got)}, but milder numbers are refused")
    shapes = [[(leaf.shape, leaf.dtype.kind) for leaf in one] for one in (*steps[-2:], got)]
    if shapes[0] == shapes[1] != shapes[2]:
        raise WrongError(f"answered {_short(got)}: its shape hangs on the number")
    if shapes[0] != shapes[1]:  # on its way it is still changing: there is nothing to hold on to
        return
    for leaf, second, last in zip(got, *steps[-2:], strict=True):
        if leaf.dtype.kind not in "fc":
            if ((second == last) & (leaf != last)).any():
                raise WrongError(f"answered {_short(got)}, which hangs on the number")
            continue
        finite = np.isfinite(leaf)
        resting = np.isclose(last, second, **_CLOSE)
        if len(steps) == 2:
            wrong = finite & ~resting
        else:
            on = np.sign(np.where(finite, leaf, 0) - last) == np.sign(last - second)
            wrong = finite & np.where(resting, ~np.isclose(leaf, last, **_CLOSE), ~on)
        if wrong.any():
            raise WrongError(
                f"answered {leaf[wrong][0]:g} where milder numbers gave {second[wrong][0]:g} and "
                f"{last[wrong][0]:g}"
            )


def _same(some: Leaves, others: Leaves) -> bool:
    if [leaf.shape for leaf in some] != [leaf.shape for leaf in others]:
        return False
    for leaf, other in zip(some, others, strict=True):
        numbers = leaf.dtype.kind in "biufc" and other.dtype.kind in "biufc"
        if not (np.allclose(leaf, other, **_CLOSE) if numbers else (leaf == other).all()):
            return False
    return True


def _short(answer: Leaves) -> str:
    text = ", ".join(re.sub(r"\s+", " ", str(leaf)) for leaf in answer[:4])
    return text[:120]
