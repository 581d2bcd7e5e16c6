"""An annotated graph -> the text of a spec that computes the same: settings, blocks, rows."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from archdsl.backends.blocks import Block, Instance, Step
from archdsl.backends.plan import Plan, plan
from archdsl.backends.signature import Signature
from archdsl.foreign.block_text import block_lines, parameter_names
from archdsl.foreign.words import joins, layer, lowered, text
from archdsl.graph.graph import Graph
from archdsl.ops import INPUT, OPS
from archdsl.resolve.conventions import CONVENTIONS

_WINDOWS = ("conv", "depthwise", "conv_transpose")
_NORMS = ("batch_norm", "layer_norm", "group_norm", "instance_norm")
# A setting, the ops and the parameter that it speaks of.
_SETTINGS = (
    ("initializer", _WINDOWS, "initializer"),
    ("norm-epsilon", _NORMS, "epsilon"),
    ("norm-momentum", ("batch_norm",), "momentum"),
    ("norm-scale", _NORMS, "scale"),
)


def spec(graph: Graph, origin: str) -> str:
    """Write the spec; each block is defined once, with parameters for what differs between its uses."""
    planned = plan(graph, lowered)
    usual = {parameter: _most(graph, ops, parameter) for _, ops, parameter in _SETTINGS}
    usual = {key: value for key, value in usual.items() if value is not None}
    bias = _bias(graph)
    names = _names(planned)
    lines = [f"# Read from {origin} by archdsl.", f"input {text(graph.nodes[graph.inputs[0]].shape)}"]
    lines += ["style plain, activation none"]
    told = {key: text(usual[parameter]) for key, _, parameter in _SETTINGS if parameter in usual}
    lines += [f"{key} {word}" for key, word in told.items() if word != str(CONVENTIONS[key].default)]
    if bias is not None:
        lines.append(f"bias {text(bias)}")
        usual["bias"] = bias
    for block, made in zip(planned.blocks, planned.signatures, strict=True):
        lines += ["", *block_lines(names[made.name], block, made, usual)]
    return "\n".join([*lines, "", *_rows(planned, names, usual)]) + "\n"


def _names(planned: Plan) -> dict[str, str]:
    """Name the blocks by what they are: `residual-unit`, `inception-unit-a`."""
    kinds = {
        made.name: _kind(block.full.steps)
        for block, made in zip(planned.blocks, planned.signatures, strict=True)
    }
    found: dict[str, str] = {}
    for name, kind in kinds.items():
        same = [other for other, its in kinds.items() if its == kind]
        found[name] = f"{kind}-{_letters(same.index(name))}" if len(same) > 1 else kind
    return found


def _kind(steps: list[Step]) -> str:
    last = next((step for step in reversed(steps) if joins(step.target)), None)
    if last is None or last.target not in ("add", "concat"):
        return "unit"
    if last.target == "add":
        return "residual-unit"
    return "dense-unit" if INPUT in last.inputs else "inception-unit"


def _letters(number: int) -> str:
    rest, last = divmod(number, 26)
    return (_letters(rest - 1) if rest else "") + chr(ord("a") + last)


def _most(graph: Graph, ops: tuple[str, ...], parameter: str) -> Any:
    found = Counter(
        node.params[parameter] for node in graph.nodes if node.op in ops and parameter in node.params
    )
    return found.most_common(1)[0][0] if found else None


def _bias(graph: Graph) -> bool | None:
    """Return whether all convolutions have a bias, or none has; None where some have."""
    found = {node.params["bias"] for node in graph.nodes if node.op in _WINDOWS}
    return found.pop() if len(found) == 1 else None


def _rows(planned: Plan, names: Mapping[str, str], usual: Mapping[str, Any]) -> list[str]:
    rows = []
    entering = planned.graph.nodes[planned.graph.inputs[0]].shape  # sizes are printed of maps like the input
    for stage in planned.graph.stages:
        items: list[str] = []
        at = stage.start
        while at < stage.stop:
            item, at = _item(planned, at, names, usual)
            items.append(item)
        shape = planned.graph.nodes[stage.stop - 1].shape
        size = text(shape) if len(shape) == len(entering) > 1 else "-"
        rows.append((stage.name, size, "; ".join(_repeated(items))))
    widths = [max(len(row[i]) for row in rows) for i in range(2)]
    return [f"{name.ljust(widths[0])}  {size.ljust(widths[1])}  {items}" for name, size, items in rows]


def _item(planned: Plan, at: int, names: Mapping[str, str], usual: Mapping[str, Any]) -> tuple[str, int]:
    if at in planned.uses:
        block, made = planned.uses[at]
        instance = planned.covered[at]
        return f"{names[made.name]}({', '.join(_arguments(block, made, instance))})", instance.stop
    nodes = planned.graph.nodes
    node = nodes[at]
    normed = at + 1 < len(nodes) and nodes[at + 1].op in _NORMS and nodes[at + 1].stage == node.stage
    call = lowered_of(planned, at)
    return layer(node.op, call, {}, {"bias": not normed, **usual}), at + 1


def lowered_of(planned: Plan, at: int) -> dict[str, Any]:
    """Return the parameters of a node as a layer prints them."""
    node = planned.graph.nodes[at]
    return lowered(OPS[node.op], node.params, planned.graph.input_shapes(node))[0].kwargs


def _arguments(block: Block, made: Signature, instance: Instance) -> list[str]:
    """Write the arguments of one use: leading ones by position, what equals its default left out."""
    index = next(i for i, one in enumerate(block.instances) if one is instance)
    names = parameter_names(made)
    words = []
    for name, default in made.parameters:
        values = made.values[name]
        value = values[index]
        if value is None and default:
            continue
        if value is None:
            value = next(one for one in values if one is not None)
        word, left_out = text(value), {"False": "no", "True": "yes"}.get(default, default.strip('"'))
        if word != left_out:
            words.append(f"{names[name]}={word}" if default else word)
    return words


def _repeated(items: list[str]) -> list[str]:
    """Write what repeats once, with how often: a block, or a few in turn."""
    found: list[str] = []
    at = 0
    while at < len(items):
        period, count = max(((p, _count(items, at, p)) for p in range(1, 5)), key=_saved)
        inner = "; ".join(items[at : at + period])
        found.append(f"[{inner}] x{count}" if count > 1 else items[at])
        at += period * count if count > 1 else 1
    return found


def _saved(repeat: tuple[int, int]) -> tuple[int, int]:
    period, count = repeat
    return period * (count - 1), -period


def _count(items: list[str], at: int, period: int) -> int:
    """Return how often a few items stand one after the other; only blocks are worth a bracket."""
    part, count = items[at : at + period], 1
    if len(part) < period or not any(item.endswith(")") for item in part):
        return 1
    while items[at + count * period : at + (count + 1) * period] == part:
        count += 1
    return count
