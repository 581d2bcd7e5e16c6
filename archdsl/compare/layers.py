"""A stage -> its layers as a reader of the table sees them: norm and activation ride with the layer they
belong to."""

from collections.abc import Mapping
from itertools import groupby
from typing import Any, NamedTuple

from archdsl.compare.canonical import Canonical, Operation
from archdsl.graph.graph import Node
from archdsl.ops import OPS

_NORMS = {"batch_norm": "batch", "layer_norm": "layer"}
_QUIET = {"stride": "1", "dilation": "1", "groups": "1", "padding": "same"}


class Layer(NamedTuple):
    """One layer: its op and its properties as text, in the order they are told."""

    op: str
    properties: Mapping[str, str]

    def __str__(self) -> str:
        told = dict(self.properties)
        kernel, channels = told.pop("kernel", ""), told.pop("channels", "")
        word = told.pop("function", "") or self.op.replace("_", " ")
        parts = [f"{kernel} {word}".strip(), *([channels] if channels else [])]
        parts += [
            f"{key} {told[key]}"
            for key in ("stride", "padding", "dilation", "groups", "rate")
            if _tells(told, key)
        ]
        parts += [f"{told['norm']} norm"] if "norm" in told else []
        return ", ".join([*parts, *([told["activation"]] if "activation" in told else [])])


class Repeat(NamedTuple):
    """One repeat of a bracket: the layers of its main path, and of each other path by its name."""

    paths: Mapping[str, tuple[Layer, ...]]


class Section(NamedTuple):
    """A bracket with its repeats, or the layers between brackets (one repeat)."""

    bracket: bool
    repeats: tuple[Repeat, ...]


def _tells(properties: Mapping[str, str], key: str) -> bool:
    return key in properties and properties[key] != _QUIET.get(key)


def sections(canonical: Canonical, index: int, pre: bool) -> tuple[Section, ...]:
    """Return the layers of a stage; `pre` says that norm and activation come before their convolution."""
    stage = canonical.graph.stages[index]
    nodes = canonical.graph.nodes
    shown = [i for i in range(stage.start, stage.stop) if canonical.operations[i] is not None]
    repeated = {
        _template(nodes[i])
        for i in shown
        if nodes[i].op == "add" or (nodes[i].frames and nodes[i].frames[0].count > 1)
    }
    found = []
    for template, run in groupby(
        shown, lambda i: _template(nodes[i]) if _template(nodes[i]) in repeated else -1
    ):
        members = list(run)
        repeats = (
            [list(repeat) for _, repeat in groupby(members, lambda i: nodes[i].frames[0].index)]
            if template >= 0
            else [members]
        )
        found.append(Section(template >= 0, tuple(_repeat(canonical, repeat, pre) for repeat in repeats)))
    return tuple(found)


def _template(node: Node) -> int:
    return node.frames[0].template if node.frames else -1


def _repeat(canonical: Canonical, ids: list[int], pre: bool) -> Repeat:
    nodes = canonical.graph.nodes
    branches: dict[str, list[int]] = {"main": []}
    for i in ids:
        branches.setdefault(nodes[i].branch, []).append(i)
    paths = {
        branch: _chain(canonical, members, pre and branch == "main") for branch, members in branches.items()
    }
    if any(nodes[i].op == "add" for i in ids):
        shortcut = paths.get("shortcut", (Layer("identity", {}),))
        reads = _reads(canonical, branches["shortcut"][0], ids) if "shortcut" in branches else "block"
        paths["shortcut"] = (
            shortcut[0]._replace(properties={**shortcut[0].properties, "reads": reads}),
            *shortcut[1:],
        )
    return Repeat(paths)


def _reads(canonical: Canonical, first: int, ids: list[int]) -> str:
    """Say what a shortcut begins at: the block's input, or its norm and activation."""
    source = canonical.stands_for[canonical.graph.nodes[first].inputs[0]]
    if source not in ids:
        return "block"
    family = OPS[canonical.graph.nodes[source].op].family
    return (
        "pre-activation"
        if family in ("norm", "activation")
        else canonical.graph.nodes[source].op.replace("_", " ")
    )


def _chain(canonical: Canonical, ids: list[int], pre: bool) -> tuple[Layer, ...]:
    """Make layers of the nodes of one path; a norm or activation is its own layer where none can carry it."""
    found: list[tuple[str, dict[str, str]]] = []
    waiting: dict[str, str] = {}
    for at, i in enumerate(ids):
        operation = canonical.operations[i]
        assert operation is not None
        rider = _rider(operation)
        if rider and pre and _leads(canonical, ids[at + 1 :]):
            waiting |= rider | {"order": "norm-activation-conv"}
        elif rider and found and not waiting and _carries(found[-1], rider):
            found[-1][1].update(rider)
        else:
            found.append((operation.op, _properties(operation) | waiting))
            waiting = {}
    return tuple(Layer(op, properties) for op, properties in found)


def _rider(operation: Operation) -> dict[str, str]:
    if operation.op in _NORMS:
        told = {f"norm-{key}": f"{value:g}" for key, value in operation.params.items()}
        return {"norm": _NORMS[operation.op], **told}
    return {"activation": operation.params["function"]} if OPS[operation.op].activates else {}


def _leads(canonical: Canonical, ids: list[int]) -> bool:
    following = (canonical.operations[i] for i in ids)
    return next((OPS[one.op].weighted for one in following if one and not _rider(one)), False)


def _carries(layer: tuple[str, dict[str, str]], rider: dict[str, str]) -> bool:
    """Return whether a layer takes a norm or an activation behind it: once each, the norm first."""
    op, properties = layer
    return (
        (OPS[op].weighted or OPS[op].family == "merge")
        and "activation" not in properties
        and not rider.keys() & properties.keys()
    )


def _properties(operation: Operation) -> dict[str, str]:
    return {
        key: _value(value, key == "kernel") for key, value in operation.params.items() if value is not None
    }


def _value(value: Any, every_axis: bool) -> str:
    """Write the value of a parameter; a window shows all its axes, a stride of one number that number."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        axes = [_value(item, every_axis) for item in value]
        return axes[0] if len(set(axes)) == 1 and not every_axis else "x".join(axes)
    return f"{value:g}" if isinstance(value, float) else str(value)
