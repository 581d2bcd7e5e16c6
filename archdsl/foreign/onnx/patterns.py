"""Several operators of ONNX that are one layer -> one operator: what exporters write for GELU, swish or layer
normalisation. The forms are data; each is found by comparing expressions."""

import ast
from collections.abc import Mapping
from functools import cache
from math import isclose
from typing import TYPE_CHECKING

from archdsl.foreign.onnx.program import Program, Step

if TYPE_CHECKING:
    import numpy as np

_HALF = 0.7071067811865476
_DEVIATION = "Sqrt(Add(ReduceMean(Pow(Sub(x, ReduceMean(x)), 2)), epsilon))"
# What stands for several operators -> how exporters write it. `x` is a value, other names are constants; a
# quotient by a number is a product, and the order within sums and products says nothing.
_FORMS: tuple[tuple[str, str], ...] = (
    ("Gelu", f"Mul(Mul(x, Add(Erf(Mul(x, {_HALF})), 1)), 0.5)"),
    ("Gelu", f"Mul(Mul(x, 0.5), Add(Erf(Mul(x, {_HALF})), 1))"),
    ("Gelu", f"Mul(x, Mul(Add(Erf(Mul(x, {_HALF})), 1), 0.5))"),
    ("HardSwish", "Mul(x, Mul(Clip(Add(x, 3), 0, 6), 0.16666667))"),
    ("HardSwish", "Mul(Mul(x, Clip(Add(x, 3), 0, 6)), 0.16666667)"),
    ("HardSwish", "Mul(x, HardSigmoid(x))"),
    ("HardSigmoid", "Mul(Clip(Add(x, 3), 0, 6), 0.16666667)"),
    ("Silu", "Mul(x, Sigmoid(x))"),
    ("Mish", "Mul(x, Tanh(Softplus(x)))"),
    ("LayerNormalization", f"Add(Mul(Div(Sub(x, ReduceMean(x)), {_DEVIATION}), scale), bias)"),
    ("Standardize", "Div(Sub(x, mean), deviation)"),
)
_SIXTH = {"HardSigmoid": {"alpha": 1 / 6, "beta": 0.5}}
_COMMUTATIVE = ("Add", "Mul")


class _Graph:
    """Which step gives a value, which constants there are, and how often each value is read."""

    def __init__(self, program: Program) -> None:
        self.constants: dict[str, np.ndarray] = dict(program.constants)
        self.makers: dict[str, Step] = {}
        for step in program.steps:
            if step.kind == "Constant" and "value" in step.said:
                self.constants[step.outputs[0]] = step.said["value"]
            self.makers.update(dict.fromkeys(step.outputs, step))


def joined(program: Program) -> Program:
    """Return a program in which such operators are one; those that nothing reads any more are left out."""
    graph = _Graph(program)
    steps = tuple(_joined(graph, step) for step in program.steps)
    return program._replace(steps=_needed(steps, program.outputs))


def _joined(graph: _Graph, step: Step) -> Step:
    for kind, form in _FORMS:
        found: dict[str, str] = {}
        if _matches(graph, _tree(form), step.outputs[0] if step.outputs else "", found):
            return _one(graph, step, kind, found) or step
    return step


def _one(graph: _Graph, step: Step, kind: str, found: Mapping[str, str]) -> Step | None:
    """Return the operator that stands for several, None where the constants do not fit it."""
    names = [found[key] for key in ("x", "scale", "bias", "mean", "deviation") if key in found]
    said: dict[str, object] = dict(_SIXTH.get(kind, {}))
    if "epsilon" in found:
        said["epsilon"] = float(graph.constants[found["epsilon"]].reshape(-1)[0])
    if kind == "Standardize" and any(graph.constants[name].size < 2 for name in names[1:]):
        return None
    return Step(step.name, kind, said, tuple(names), step.outputs)


@cache
def _tree(form: str) -> ast.expr:
    return ast.parse(form, mode="eval").body


def _matches(graph: _Graph, tree: ast.expr, name: str, found: dict[str, str]) -> bool:
    """Return whether a value is computed as an expression says; `found` has what its names stand for."""
    if isinstance(tree, ast.Constant):
        return _is_number(graph, name, float(tree.value))  # type: ignore[arg-type]
    if isinstance(tree, ast.Name):
        known = found.setdefault(tree.id, name)
        return known == name and (tree.id == "x") == (name not in graph.constants)
    assert isinstance(tree, ast.Call)
    step = graph.makers.get(name)
    if step is None:
        return False
    inputs = _inputs(graph, step, tree)
    if inputs is None:
        return False
    orders = (inputs, inputs[::-1]) if _function(tree) in _COMMUTATIVE else (inputs,)
    return any(_all(graph, tree.args, order, found) for order in orders)


def _function(tree: ast.Call) -> str:
    return tree.func.id if isinstance(tree.func, ast.Name) else ""


def _all(graph: _Graph, trees: list[ast.expr], names: tuple[str, ...], found: dict[str, str]) -> bool:
    before = dict(found)
    if len(trees) <= len(names) and all(
        _matches(graph, *pair, found) for pair in zip(trees, names, strict=False)
    ):
        return True
    found.clear()
    found.update(before)
    return False


def _inputs(graph: _Graph, step: Step, tree: ast.Call) -> tuple[str, ...] | None:
    """Return what a step reads, where it is the function of an expression; a quotient by a number is a
    product with its inverse."""
    kind = _function(tree)
    if step.kind == kind:
        return _with_ends(graph, step)
    number = graph.constants.get(step.inputs[1]) if step.kind == "Div" and len(step.inputs) == 2 else None
    if kind != "Mul" or number is None or number.size != 1 or not number.any():
        return None
    inverse = f"1/{step.inputs[1]}"
    graph.constants[inverse] = 1 / number
    return step.inputs[0], inverse


def _with_ends(graph: _Graph, step: Step) -> tuple[str, ...]:
    """Return what a step reads; the ends of older clips are attributes, and become constants."""
    import numpy as np

    if step.kind != "Clip" or len(step.inputs) > 1:
        return step.inputs
    ends = [f"{step.name}/{key}" for key in ("min", "max")]
    for end, key in zip(ends, ("min", "max"), strict=True):
        graph.constants[end] = np.float32(step.said.get(key, 0.0)).reshape(1)
    return (*step.inputs, *ends)


def _is_number(graph: _Graph, name: str, number: float) -> bool:
    found = graph.constants.get(name)
    return (
        found is not None and found.size == 1 and isclose(float(found.reshape(-1)[0]), number, rel_tol=1e-4)
    )


def _needed(steps: tuple[Step, ...], outputs: tuple[str, ...]) -> tuple[Step, ...]:
    wanted, kept = set(outputs), []
    for step in reversed(steps):
        if wanted.intersection(step.outputs):
            wanted.update(step.inputs)
            kept.append(step)
    return tuple(reversed(kept))
