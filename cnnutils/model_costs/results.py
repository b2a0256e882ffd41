"""What was counted: a row for each call of a layer, their sums, and the table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

Shape = tuple[int, ...]


@dataclass(frozen=True)
class CountedLayer:
    """One call of one layer, for one image.

    Args:
        name: the layer's name; behind the name of the model that it stands in and a stroke, if
            that is not the outermost; a second call of the same layer says so.
        kind: the layer's class.
        output_shape: without the batch axis.
        params: numbers that are stored, trainable or not; 0 from the second call on.
        macs: multiply-adds.
        activations: values that are put out; 0 where the input's values are handed on (dropout,
            flatten, reshape).
    """

    name: str
    kind: str
    output_shape: Shape
    params: int
    macs: int
    activations: int


@dataclass(frozen=True, repr=False)
class ModelCosts:
    """The cost of a model for one image; printed, it is a table.

    Args:
        layers: one row a call, in the order in which Keras runs them; inputs come first.
        params: sum of the rows, equal to `model.count_params()`.
        macs: sum of the rows.
        activations: sum of the rows, the inputs included.
        peak_activations: largest number of values that are alive at the same time. A value lives
            from the layer that puts it out to the last layer that reads it; inputs live from the
            start, outputs to the end. While a layer runs, its inputs and its outputs are both
            alive: nothing is overwritten in place. Weights, gradients and the scratch memory of
            an algorithm are not counted.
        uncounted: rows of unknown kinds without weights, whose MACs are taken as 0.
    """

    layers: tuple[CountedLayer, ...]
    params: int
    macs: int
    activations: int
    peak_activations: int
    uncounted: tuple[str, ...] = ()

    @property
    def flops(self) -> int:
        """Floating-point operations: a multiplication and an addition for each MAC."""
        return 2 * self.macs

    @property
    def peak_activation_bytes(self) -> int:
        """Memory of the values alive at the peak, as float32: 4 bytes each."""
        return 4 * self.peak_activations

    def __repr__(self) -> str:
        return self.table()

    def table(self) -> str:
        """Return a table of all rows, the sums, the peak, and what was not counted."""
        header = ("layer", "kind", "output", "parameters", "MACs", "activations")
        rows = [header] + [
            (row.name, row.kind, " × ".join(map(str, row.output_shape)), *_counts(row))
            for row in self.layers
        ]
        rows.append(("total", "", "", *_counts(self)))
        widths = [max(len(row[column]) for row in rows) for column in range(len(header))]
        lines = [
            "  ".join(
                cell.ljust(width) if column < 3 else cell.rjust(width)
                for column, (cell, width) in enumerate(zip(row, widths, strict=True))
            ).rstrip()
            for row in rows
        ]
        lines.append(
            f"at most {self.peak_activations:,} activations at a time "
            f"({self.peak_activation_bytes / 1e6:,.3f} MB as float32)"
        )
        if self.uncounted:
            lines.append(f"MACs not counted: {', '.join(self.uncounted)}")
        return "\n".join(lines)

    def by_stage(self, ends: Mapping[str, str]) -> "ModelCosts":
        """Return the same costs with one row a stage, as papers print them.

        Args:
            ends: name of the stage → name of its last layer, in order. A stage begins after the
                end of the one before it; the first begins at the inputs.

        Returns:
            Costs whose rows have the kind "stage" and the output shape of the stage's last layer.

        Raises:
            ValueError: a layer is not found behind the end of the stage before it, or layers are
                left over behind the last stage.
        """
        rest, stages = list(self.layers), []
        for stage, end in ends.items():
            names = [row.name for row in rest]
            if end not in names:
                raise ValueError(
                    f"by_stage: stage {stage!r} must end at a layer behind the stage before it, "
                    f"got {end!r}."
                )
            cut = names.index(end) + 1
            members, rest = rest[:cut], rest[cut:]
            shape = members[-1].output_shape
            stages.append(CountedLayer(stage, "stage", shape, **sums(members)))
        if rest:
            raise ValueError(
                f"by_stage: the last stage must end at the last layer {rest[-1].name!r}."
            )
        return replace(self, layers=tuple(stages))


def _counts(costs: CountedLayer | ModelCosts) -> tuple[str, str, str]:
    return f"{costs.params:,}", f"{costs.macs:,}", f"{costs.activations:,}"


def sums(rows: Sequence[CountedLayer]) -> dict[str, int]:
    """Add up the parameters, the MACs and the activations of rows."""
    names = ("params", "macs", "activations")
    return {name: sum(getattr(row, name) for row in rows) for name in names}
