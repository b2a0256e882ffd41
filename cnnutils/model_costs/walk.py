"""The calls of a model, counted one by one, and the values that are alive between them."""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import keras

from cnnutils._checks import as_int, as_list
from cnnutils.model_costs.results import CountedLayer, ModelCosts, Shape, sums
from cnnutils.model_costs.rules import Call, Input, call_cost, hands_on


def model_costs(model: keras.Model, *, input_shape: Shape | None = None) -> ModelCosts:
    """Count a model's parameters, multiply-adds and activations, for one image.

    Args:
        model: a functional or Sequential model, which may hold others, call a layer more than
            once, and have several inputs. A layer of your own tells its cost with a method
            `cost(input_shape) -> costs.LayerCost`, which gets the shapes of its inputs without
            the batch axis.
        input_shape: without the batch axis, for a model with one input of no fixed size.

    Returns:
        The costs, a row for each call of a layer.

    Raises:
        TypeError: `model` is not a Keras model, or a size not an integer.
        ValueError: the model is neither functional nor Sequential, or is not built; the size of
            an input is not fixed, or not the one given; a layer with weights is of an unknown
            kind, or has other weights than its kind accounts for.

    Source:
        Conventions: A. Howard et al., "MobileNets", 2017, arXiv:1704.04861, section 3.1.

    Example:
        >>> from keras import Input, Sequential, layers
        >>> model_costs(Sequential([Input((6, 6, 3)), layers.Conv2D(5, 3, name="conv")]))
        layer  kind    output     parameters   MACs  activations
        input  Input   6 × 6 × 3           0      0          108
        conv   Conv2D  4 × 4 × 5         140  2,160           80
        total                            140  2,160          188
        at most 188 activations at a time (0.001 MB as float32)
    """
    if not isinstance(model, keras.Model):
        raise TypeError(f"model_costs: model must be a Keras model, got {type(model).__name__}.")
    inputs = _input_specs(model, input_shape)
    calls = [Call(tensor.name, Input(), [], [tensor]) for tensor in inputs]
    outputs = keras.tree.flatten(_run(model, inputs, "", calls))
    rows, uncounted = _rows(calls)
    total = sums(rows)
    if total["params"] != model.count_params():
        raise ValueError(
            f"model_costs: the layers hold {total['params']:,} parameters, {model.name} has "
            f"{model.count_params():,}: weights outside of its layers, or shared between layers."
        )
    peak = _peak(calls, outputs)
    return ModelCosts(tuple(rows), **total, peak_activations=peak, uncounted=tuple(uncounted))


def _input_specs(model: keras.Model, input_shape: Shape | None) -> list[Any]:
    """Return a symbolic tensor for each input, for one image."""
    tensors = _graph(model).inputs
    if input_shape is not None:
        if len(tensors) != 1:
            raise ValueError(
                f"model_costs: input_shape is for a model with one input, {model.name} has "
                f"{len(tensors)}."
            )
        sizes = as_list("model_costs", "input_shape", input_shape, of="sizes")
        given = [
            tuple(as_int("model_costs", "each of input_shape", size, minimum=1) for size in sizes)
        ]
        fixed = tuple(tensors[0].shape[1:])
        if len(fixed) != len(sizes) or any(
            one not in (None, other) for one, other in zip(fixed, sizes, strict=True)
        ):
            raise ValueError(
                f"model_costs: input_shape must fit the model's input {fixed}, got {given[0]}."
            )
    else:
        given = [tuple(tensor.shape[1:]) for tensor in tensors]
    for shape in given:
        if None in shape:
            raise ValueError(
                f"model_costs: the size of the input {shape} is not fixed. Give it as input_shape."
            )
    automatic = "keras_tensor"  # with a number that grows as long as Python runs
    names = ["input" if tensor.name.startswith(automatic) else tensor.name for tensor in tensors]
    return [
        keras.KerasTensor((1, *shape), dtype=tensor.dtype, name=name)
        for shape, tensor, name in zip(given, tensors, names, strict=True)
    ]


def _graph(model: keras.Model) -> Any:
    """Return the functional model that `model` is, or that a Sequential model holds."""
    graph = getattr(model, "_functional", model)
    if not hasattr(graph, "_run_through_graph"):
        raise ValueError(
            f"model_costs: {model.name} must be functional, or Sequential and built, got "
            f"{type(model).__name__}."
        )
    return graph


def _run(model: keras.Model, inputs: list[Any], prefix: str, calls: list[Call]) -> Any:
    """Run a model on symbolic tensors, as Keras does it, and append every call to `calls`.

    Keras has no public way to list the calls of a graph.
    """

    def recorded(operation: Any) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            given = [
                value
                for value in keras.tree.flatten((args, kwargs))
                if isinstance(value, keras.KerasTensor)
            ]
            if isinstance(operation, keras.Model):
                return _run(operation, given, f"{prefix}{operation.name}/", calls)
            outputs = operation.compute_output_spec(*args, **kwargs)
            name = f"{prefix}{operation.name}"
            calls.append(Call(name, operation, given, keras.tree.flatten(outputs)))
            return outputs

        return call

    return _graph(model)._run_through_graph(inputs, operation_fn=recorded)


def _rows(calls: Sequence[Call]) -> tuple[list[CountedLayer], list[str]]:
    """Count each call; return the rows, and the names of those whose MACs are unknown."""
    rows, uncounted = [], []
    times: Counter[int] = Counter()
    for call in calls:
        cost = call_cost(call)
        times[id(call.operation)] += 1
        again = times[id(call.operation)]
        name = call.name if again == 1 else f"{call.name} (call {again})"
        if cost is None:
            uncounted.append(name)
        for index, tensor in enumerate(call.outputs):
            rows.append(
                CountedLayer(
                    name=name if index == 0 else f"{name} (output {index + 1})",
                    kind=type(call.operation).__name__,
                    output_shape=tuple(tensor.shape[1:]),
                    params=cost.params if cost and again == 1 and index == 0 else 0,
                    macs=cost.macs if cost and index == 0 else 0,
                    activations=0 if hands_on(call) else math.prod(tensor.shape[1:]),
                )
            )
    return rows, uncounted


def _peak(calls: Sequence[Call], outputs: Sequence[Any]) -> int:
    """Return the largest number of values alive at a time."""
    owner: dict[int, int] = {}  # tensor → the tensor whose values it hands on
    size: dict[int, int] = {}
    last_use: dict[int, float] = {}
    for step, call in enumerate(calls):
        for tensor in call.inputs:
            last_use[owner[id(tensor)]] = step
        for tensor in call.outputs:
            values = owner[id(call.inputs[0])] if hands_on(call) else id(tensor)
            owner[id(tensor)] = values
            size.setdefault(values, math.prod(tensor.shape[1:]))
            last_use.setdefault(values, step if call.inputs else len(calls))
    last_use |= {owner[id(tensor)]: len(calls) for tensor in outputs}
    alive = {owner[id(t)] for call in calls if not call.inputs for t in call.outputs}
    peak = sum(size[values] for values in alive)
    for step, call in enumerate(calls):
        alive |= {owner[id(tensor)] for tensor in call.outputs}
        peak = max(peak, sum(size[values] for values in alive))
        alive = {values for values in alive if last_use[values] > step}
    return peak
