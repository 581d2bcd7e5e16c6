"""Layers of a model that Keras does not have: what a spec declares of them (`layer NAME(…): …`), and the
declaration again as a spec prints it. No code of theirs is looked at."""

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from archdsl.diagnostics import Reporter
from archdsl.foreign.errors import ForeignError, Unsaid
from archdsl.foreign.layers import Layer
from archdsl.graph.graph import Graph
from archdsl.ops import OPS
from archdsl.ops.arithmetic import Formula
from archdsl.ops.base import Shape, ShapeFault
from archdsl.source import Source
from archdsl.syntax.ast import BlockDef, BlockParameter, Name, Num
from archdsl.syntax.ast import Layer as Printed
from archdsl.syntax.names import compact

Declared = Mapping[str, BlockDef]
NONE: Declared = MappingProxyType({})
_BINDS = {"+": 1, "-": 1, "*": 2, "x": 2, "/": 2, "^": 3}


def declared(path: str) -> Declared:
    """Return the layers that a spec declares, by their compact names; raise ForeignError where it cannot be
    read, has a fault or declares none."""
    from archdsl.syntax.library import read_file

    try:
        with open(path, encoding="utf-8") as file:
            source = Source(path, file.read())
    except (OSError, ValueError) as error:
        raise ForeignError(f"cannot read {path}: {str(error).lower()}") from None
    reporter = Reporter()
    blocks = read_file("", source, reporter).blocks
    if reporter.failed:
        raise ForeignError(f"{path}: {reporter.diagnostics[0].message}")
    found = {key: block for key, block in blocks.items() if _step(block) is not None}
    if not found:
        raise ForeignError(f"{path} declares no layer: `layer NAME(c): HxWxin -> HxWxc, params in*c`")
    return found


def _step(block: BlockDef) -> Printed | None:
    """Return the step of a block that is a declared layer, None of another one."""
    item = block.steps[0].items[0] if block.steps and block.steps[0].items else None
    return item if isinstance(item, Printed) and OPS[item.op].family == "own" else None


def own(layer: Layer, shapes: tuple[Shape, ...], known: Declared) -> tuple[str, dict[str, Any]]:
    """Return the op and the parameters of a layer that a spec declares; raise Unsaid where none does, or
    where the model does not say them."""
    block = known.get(compact(layer.kind))
    step = _step(block) if block else None
    if block is None or step is None:
        name = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", layer.kind).lower()
        how = f"declare it in a spec (`layer {name}(…): HxWxin -> …`) and name that by --with"
        raise Unsaid(layer.name, f"{layer.kind} is no layer of Keras: {how}")
    if len(shapes) != 1:
        raise Unsaid(layer.name, f"{layer.kind} reads {len(shapes)} values, and a declared layer reads one")
    rule = next(option.value for option in step.options if option.key == "rule")
    arguments = tuple((one.name, _argument(layer, block, one)) for one in block.parameters)
    params = {"rule": rule, "arguments": arguments}
    try:
        OPS[step.op].shape(params, shapes)
        OPS[step.op].weights(params, shapes)
    except ShapeFault as fault:
        raise Unsaid(layer.name, str(fault)) from None
    return step.op, params


def _argument(layer: Layer, block: BlockDef, parameter: BlockParameter) -> Any:
    """Return the value of a parameter: that of the layer's configuration, or the declared one."""
    default = parameter.default
    usual = default.value if isinstance(default, Num) else default.id if isinstance(default, Name) else None
    value = layer.config.get(parameter.name, usual)
    if value is None or not isinstance(value, int | float | str):
        told = f"{layer.kind} has no `{parameter.name}` in its configuration, which"
        raise Unsaid(layer.name, f"{told} `layer {block.name}` takes, as a number or a word")
    return value


def declarations(graph: Graph) -> Iterator[str]:
    """Write the declarations of the layers of a graph that are none of ours, each once."""
    rules = {node.params["rule"]: None for node in graph.nodes if OPS[node.op].family == "own"}
    for rule in rules:
        parameters = f"({', '.join(rule.parameters)})" if rule.parameters else ""
        shapes = ("x".join(map(_formula, axes)) for axes in (rule.takes, rule.gives))
        counts = (("params", rule.params), ("macs", rule.macs))
        facts = [f"{key} {_formula(formula)}" for key, formula in counts if formula != 0]
        yield ", ".join([f"layer {rule.name}{parameters}: {' -> '.join(shapes)}", *facts])


def _formula(formula: Formula, within: int = 0) -> str:
    """Write a formula, in parentheses where what is around it binds closer."""
    if not isinstance(formula, tuple):
        return str(formula)
    operator, *parts = formula
    if operator not in _BINDS:
        return f"{operator}({', '.join(map(_formula, parts))})"
    binds = _BINDS[operator]
    left, right = _formula(parts[0], binds - 1), _formula(parts[1], binds)
    said = f"{left} {operator} {right}" if binds == 1 else f"{left}{operator}{right}"
    return f"({said})" if binds <= within else said
