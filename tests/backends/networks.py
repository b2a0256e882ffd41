"""The networks whose numbers are compared between Keras' backends.

Those of the zoo stand in a table, at sizes that a processor computes in seconds. Those that the
chapters build themselves are found in the notebooks: each assignment of a `keras.Model` or
`keras.Sequential`, and each function that returns one, with the lines that it needs. What needs
data or a training is left out: its weights, not its architecture, came from there.
"""

import ast
import functools
from collections.abc import Callable, Iterator
from typing import Any

from tools import chapters

# Sides differ, so that an axis taken for another is noticed.
SMALL = {"input_shape": (64, 96, 3), "num_classes": 10}
ZOO: dict[str, tuple[str, tuple[Any, ...], dict[str, Any]]] = {
    "AlexNet": ("build_alexnet", (), {"input_shape": (67, 99, 3), "num_classes": 10}),
    "CIFAR ResNet-20": ("build_cifar_resnet", (20,), {"input_shape": (24, 32, 3)}),
    "GoogLeNet": ("build_googlenet", (), {**SMALL, "input_shape": (96, 112, 3), "aux_heads": True}),
    "LeNet-5": ("build_lenet5", (), {}),
    "LeNet-5, as published": (
        "build_lenet5",
        (),
        {"activation": "scaled_tanh", "subsampling": "trainable", "connections": "table",
         "output": "rbf"},
    ),
    "MobileNet v1": ("build_mobilenet_v1", (), SMALL),
    "MobileNet v2": ("build_mobilenet_v2", (), SMALL),
    "ResNet-18": ("build_resnet", (18,), SMALL),  # deeper ones repeat its blocks, or those of 50
    "ResNet-50": ("build_resnet", (50,), SMALL),
    "U-Net": ("build_unet", (), {"input_shape": (60, 76, 1), "filters": 8, "depth": 2}),
    "U-Net, interpolated": (
        "build_unet",
        (),
        {"input_shape": (32, 48, 3), "filters": 8, "depth": 3, "padding": "same",
         "upsampling": "bilinear", "batch_normalization": True},
    ),
    "VGG A": ("build_vgg", ("A",), {**SMALL, "input_shape": (32, 64, 3)}),
    "VGG C": ("build_vgg", ("C",), {**SMALL, "input_shape": (32, 64, 3)}),
    "YOLO v2": ("build_yolo_v2", (), {"input_shape": (64, 96, 3)}),
    "YOLO v3": ("build_yolo_v3", (), {"input_shape": (64, 96, 3)}),  # Darknet-53 is its trunk
}  # fmt: skip


def _inception(x: Any) -> Any:
    from cnnutils import zoo

    return zoo.inception_module(x, zoo.InceptionFilters(16, 8, 16, 4, 8, 16))


# What a chapter's own function is called with, where it asks for something.
ARGUMENTS: dict[str, dict[str, Any]] = {
    "02_pooling: build_lenet_like": {"filters": 6},
    "05_inception: build_reader": {"layer": _inception},
    "06_mobilenet: build_thin_reader": {"width": 8, "separable": True},
    "07_training: two_tasks": {"second": 0.5},
    "07_training: with_head": {"trunk": None, "classes": 5, "rate": 0.01},
    "08a_localisation: localiser": {"loss": "mse"},
    "12_beyond_images: heart_net": {"rates": (1, 4, 16)},
}
MODELS = ("keras.Model", "keras.Sequential")
# Attributes whose use means that weights, or a shape, come from data.
LEARNT = {"data", "fit", "predict", "train_on_batch", "load_weights"}


def names() -> list[str]:
    """Return the name of each network."""
    return [*ZOO, *chapter_networks()]


def build(name: str) -> Any:
    """Return a network, as it is before it was given weights."""
    if name in ZOO:
        from cnnutils import zoo

        function, arguments, options = ZOO[name]
        return getattr(zoo, function)(*arguments, **options)
    return chapter_networks()[name]()


@functools.cache
def chapter_networks() -> dict[str, Callable[[], Any]]:
    """Return a function for each network that the chapters build themselves."""
    found: dict[str, Callable[[], Any]] = {}
    for path in chapters.notebooks():
        code = "\n".join(cell.source for cell in chapters.code_cells(chapters.read(path)))
        for name, lines in networks_in(code):
            found[f"{path.stem}: {name}"] = functools.partial(_execute, path.stem, name, lines)
    return found


def networks_in(code: str) -> Iterator[tuple[str, list[ast.stmt]]]:
    """Yield the name of each network, or of its function, and the statements that make it.

    >>> code = "import keras\\nside = 8\\nx = keras.Input((side,))\\nnet = keras.Model(x, x)"
    >>> [(name, len(lines)) for name, lines in networks_in(code)]
    [('net', 4)]
    >>> list(networks_in("net = keras.Model(*shape_of(data))"))
    []
    """
    statements = ast.parse(_without_magic(code)).body
    for index, statement in enumerate(statements):
        name = _model_name(statement)
        if name is None:
            continue
        lines, needed = [statement], _reads(statement)
        for earlier in reversed(statements[:index]):
            if _writes(earlier) & needed:
                lines.insert(0, earlier)
                needed = (needed - _writes(earlier)) | _reads(earlier)
        if not any(_learns(line) for line in lines):
            yield name, lines


def _without_magic(code: str) -> str:
    return "\n".join("" if line.startswith(("%", "!")) else line for line in code.splitlines())


def _model_name(statement: ast.stmt) -> str | None:
    """Return what a statement calls the network that it makes, if it makes one."""
    if isinstance(statement, ast.FunctionDef):
        returned = [node.value for node in ast.walk(statement) if isinstance(node, ast.Return)]
        made = {node.targets[0].id for node in ast.walk(statement) if _makes_model(node)}  # type: ignore[attr-defined]
        is_builder = any(
            _is_model_call(value) or (isinstance(value, ast.Name) and value.id in made)
            for value in returned
        )
        return statement.name if is_builder else None
    return statement.targets[0].id if _makes_model(statement) else None  # type: ignore[attr-defined]


def _makes_model(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and _is_model_call(node.value)
    )


def _is_model_call(node: ast.AST | None) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) in MODELS


def _names(node: ast.AST, context: type) -> set[str]:
    found = (name for name in ast.walk(node) if isinstance(name, ast.Name))
    return {name.id for name in found if isinstance(name.ctx, context)}


def _reads(statement: ast.stmt) -> set[str]:
    return _names(statement, ast.Load)


def _writes(statement: ast.stmt) -> set[str]:
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return {statement.name}
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return {(alias.asname or alias.name).split(".")[0] for alias in statement.names}
    return _names(statement, ast.Store) if isinstance(statement, ast.Assign) else set()


def _learns(statement: ast.stmt) -> bool:
    words = {node.attr for node in ast.walk(statement) if isinstance(node, ast.Attribute)}
    return bool((words | _reads(statement)) & LEARNT)


def _execute(chapter: str, name: str, lines: list[ast.stmt]) -> Any:
    """Run a chapter's lines and return the network."""
    space: dict[str, Any] = {}
    exec(compile(ast.Module(lines, []), chapter, "exec"), space)  # noqa: S102 - our own chapters
    made = space[name]
    if isinstance(lines[-1], ast.FunctionDef):
        made = made(**ARGUMENTS.get(f"{chapter}: {name}", {}))
    return made
