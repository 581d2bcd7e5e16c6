"""Layers -> pills: what stands in each cell, in execution order, and what a reader finds when pointing at
it."""

from collections.abc import Iterable, Sequence
from itertools import cycle, groupby
from typing import NamedTuple

from archdsl.figure.attention import UNIT, WHOLE, named, parts, stands
from archdsl.figure.collapse import Body, Bracket, Fork, padding, shown
from archdsl.figure.metrics import folded, shorten
from archdsl.graph.graph import Graph, Node, Shape
from archdsl.graph.measure import node_counts
from archdsl.ops import OPS, Op

Layer = tuple[int, ...]  # the nodes of one layer, one for each block drawn

_RIDERS = ("norm", "activation", "regularisation")  # families that ride in the pill of another layer
_LEADERS = ("norm", "activation")  # those that may ride in front of it
_TOLD = ("conv", "pool", "dense", "attention", "recurrent", "embedding")  # families that a row is named by
_LABEL_LIMIT = 40
_UNTOLD = ("initializer", "epsilon", "momentum", "rule", "arguments")  # parameters that nobody asks for


class Cell(NamedTuple):
    """One op in a pill: `text` in bold where the op has weights, then `detail`, then `note` in another
    colour."""

    family: str
    text: str
    bold: bool
    detail: str = ""
    note: str = ""


class Pill(NamedTuple):
    """Ops without a branch between them, in execution order; `layers` are the nodes behind the cells,
    several to the cell of an attention."""

    cells: tuple[Cell, ...]
    tooltip: str
    mark: int = -1  # the node that an arc from afar leads to
    layers: tuple[Layer, ...] = ()


def blocks_label(blocks: Sequence[int]) -> str:
    """Name blocks by number: `block 1`, `blocks 2–9`, `blocks 1, 3`."""
    if len(blocks) == 1:
        return f"block {blocks[0]}"
    if blocks[-1] - blocks[0] == len(blocks) - 1:
        return f"blocks {blocks[0]}–{blocks[-1]}"
    return "blocks " + shorten(", ".join(map(str, blocks)), 20)


def shape_label(shape: Shape) -> str:
    """Write a shape as a table does: `32×32×64`."""
    return "×".join(map(str, shape))


def range_label(shapes: Sequence[Shape]) -> str:
    """Write shapes that may differ along some axes: `56×56×96…256`."""
    if len({len(shape) for shape in shapes}) > 1:
        return f"{shape_label(shapes[0])} … {shape_label(shapes[-1])}"
    axes = [(axis[0], axis[-1]) if len(set(axis)) > 1 else (axis[0],) for axis in zip(*shapes, strict=True)]
    return "×".join("…".join(map(str, axis)) for axis in axes)


def amount(count: int) -> str:
    """Write a count in the unit that suits it: `11173962` is `11.17 M`, `147968` is `0.15 M`, `1856` is `1.9
    k`."""
    if count >= 1_000_000_000:
        return f"{count / 1_000_000_000:.2f} G"
    if count >= 100_000_000:
        return f"{count / 1_000_000:.0f} M"
    if count >= 100_000:
        return f"{count / 1_000_000:.2f} M"
    return f"{count / 1_000:.1f} k" if count >= 1_000 else str(count)


def leads(graph: Graph, node: int) -> bool:
    """Return whether a block that begins with this node is a pre-activation one."""
    return OPS[graph.nodes[node].op].family in _LEADERS


def fuse(graph: Graph, layers: Sequence[Layer], blocks: Sequence[int], *, leading: bool) -> tuple[Pill, ...]:
    """Put a chain of layers into pills, with norm and activation in front of the weights (`leading`) or
    behind."""
    return tuple(single(graph, run, blocks) for run in _runs(graph, layers, leading))


def single(graph: Graph, layers: Sequence[Layer], blocks: Sequence[int]) -> Pill:
    """Put a whole chain of layers into one pill."""
    cells = tuple(cell(graph, layer, blocks) for layer in layers)
    behind = tuple(
        column for layer in layers for column in zip(*(parts(graph, i) for i in layer), strict=True)
    )
    return Pill(cells, _tooltip(graph, behind), layers=behind)


def _runs(graph: Graph, layers: Sequence[Layer], leading: bool) -> list[list[Layer]]:
    nodes = [graph.nodes[layer[0]] for layer in layers]
    ops = [OPS["attention"] if stands(node) else OPS[node.op] for node in nodes]
    runs: list[list[Layer]] = []
    carried = True  # whether the last run already has the layer that its norm and activation belong to
    for at, (op, layer) in enumerate(zip(ops, layers, strict=True)):
        if op.family not in _RIDERS:
            starts = carried or not op.weighted
        else:
            starts = not runs or (
                carried and leading and op.family in _LEADERS and _precedes_weights(ops[at:])
            )
        if starts:
            runs.append([])
        runs[-1].append(layer)
        carried = op.family not in _RIDERS or (carried and not starts)
    return runs


def _precedes_weights(ops: Sequence[Op]) -> bool:
    return next((op.weighted for op in ops if op.family not in _RIDERS), False)


def cell(graph: Graph, layer: Layer, blocks: Sequence[int]) -> Cell:
    """Describe one layer; `blocks` are the numbers of the blocks that its nodes stand in."""
    node = graph.nodes[layer[0]]
    op = OPS[node.op]
    if node.branch == WHOLE:
        name, more = named(graph, layer[0])
        return Cell("attention", name, bold=True, detail=more)
    if stands(node):
        return _unit(graph, layer, blocks)
    text = "subsample" if _subsamples(node) else op.label(node.params) + _to_rate(graph, layer)
    channels = node.params.get("channels")
    detail = f", {channels}" if channels is not None else ""
    shared = " (shared)" if node.shares >= 0 and op.weighted else ""
    return Cell(
        op.family,
        shorten(text, _LABEL_LIMIT),
        op.weighted or op.family == "pool",
        f"{detail}{shared}",
        _stride_note([graph.nodes[i] for i in layer], blocks),
    )


def _unit(graph: Graph, layer: Layer, blocks: Sequence[int]) -> Cell:
    """Describe a block that is drawn once elsewhere: its name, its largest window, channels and strides."""
    inner = [graph.nodes[i] for i in parts(graph, layer[0])]
    windows = max((node.params["kernel"] for node in inner if "kernel" in node.params), default=())
    channels = [node.params["channels"] for node in inner if node.params.get("channels")]
    text = f"{graph.nodes[layer[0]].branch.removeprefix(UNIT)} {shape_label(windows)}".rstrip()
    strided = [i for i in parts(graph, layer[0]) if set(graph.nodes[i].params.get("stride") or (1,)) != {1}]
    note = _stride_note([graph.nodes[strided[0]]], blocks[:1]) if strided else ""
    family = max((OPS[node.op] for node in inner), key=lambda op: op.weighted).family
    return Cell(family, shorten(text, _LABEL_LIMIT), True, f", {channels[-1]}" if channels else "", note)


def _to_rate(graph: Graph, layer: Layer) -> str:
    """Write what the rate of a layer rises to, where it is not the same in all blocks: `…0.05`."""
    first, last = (graph.nodes[i].params.get("rate") for i in (layer[0], layer[-1]))
    return "" if first == last else f"…{last:.3g}"


def main_layer(graph: Graph, ids: Iterable[int]) -> Node:
    """Return the layer that stands for a row."""
    nodes = [graph.nodes[i] for i in shown(graph, ids)]
    weighted = [node for node in nodes if OPS[node.op].weighted]
    pools = [node for node in nodes if OPS[node.op].family == "pool"]
    return (weighted or pools or nodes)[0]


def summary(graph: Graph, body: Body, limit: int = 52) -> list[str]:
    """Name the layers of a row in lines, those of a repeat once: `1×1 conv, 64 · 3×3 conv, 64`; where that
    takes more than one line, equal ones that follow each other once too: `dense, 64 ×2`."""
    told = _told(graph, body, everything=False) or _told(graph, body, everything=True)
    if all("branches" in layer for layer in told):
        return []
    lines = folded(told, limit)
    runs = ((layer, len(list(run))) for layer, run in groupby(told))
    return lines if len(lines) == 1 else folded((_times(layer, count) for layer, count in runs), limit)


def _times(layer: str, count: int) -> str:
    return f"{layer} ×{count}" if count > 1 else layer


def _told(graph: Graph, body: Body, *, everything: bool) -> list[str]:
    told: list[str] = []
    for part in body.parts:
        if isinstance(part, Bracket):
            told += _told(graph, part.bodies[0], everything=everything)
        elif isinstance(part, Fork):
            told.append(f"{len(part.branches)} branches")
        elif isinstance(part, int):
            told += layers_told(graph, (part,), everything=everything)
    return told


def layers_told(graph: Graph, ids: Iterable[int], *, everything: bool = False) -> list[str]:
    """Name layers with what they print, those alone that a row is named by unless `everything` is asked."""
    cells = [cell(graph, (i,), (1,)) for i in ids if everything or OPS[graph.nodes[i].op].family in _TOLD]
    return [f"{one.text}{one.detail}" + (f" {one.note}" if one.note else "") for one in cells]


def _subsamples(node: Node) -> bool:
    return node.op in ("max_pool", "avg_pool") and set(node.params["kernel"]) == {1}


def _stride_note(nodes: Sequence[Node], blocks: Sequence[int]) -> str:
    takers: dict[tuple[int, ...], dict[int, None]] = {}
    for node, block in zip(nodes, cycle(blocks), strict=False):
        takers.setdefault(tuple(node.params.get("stride") or ()), {})[block] = None
    notes = []
    for stride, where in takers.items():
        if not stride or set(stride) == {1}:
            continue
        mark = "×" if OPS[nodes[0].op].grows else "/"
        step = mark + (str(stride[0]) if len(set(stride)) == 1 else shape_label(stride))
        notes.append(step if len(takers) == 1 else f"{step} {blocks_label(list(where))}")
    return ", ".join(notes)


def _tooltip(graph: Graph, layers: Iterable[Layer]) -> str:
    return "\n".join(_describe(graph, layer) for layer in layers)


def _describe(graph: Graph, layer: Layer) -> str:
    node = graph.nodes[layer[0]]
    settings = [f"{name} {value}" for name, value in settings_of(graph, layer[0])]
    counts = node_counts(graph, node)
    facts = [
        node.op.replace("_", " ") + (f" ({', '.join(settings)})" if settings else ""),
        "output " + shape_label(node.shape),
    ]
    facts += [f"{counts.total:,} params"] if counts.total else []
    facts += [f"{counts.macs:,} MACs"] if counts.macs else []
    facts += [f"weights of {shorten(graph.nodes[node.shares].name, 80)}"] if node.shares >= 0 else []
    more = f" (first of {len(layer)})" if len(layer) > 1 else ""
    return f"{shorten(node.name, 80)}{more}: " + ", ".join(facts)


def settings_of(graph: Graph, i: int) -> list[tuple[str, str]]:
    """List the parameters of a node that are not the trivial ones, with the zeros inserted before it."""
    node = graph.nodes[i]
    before = padding(graph, i)
    names = [param.name for param in OPS[node.op].params]
    told = [(name, _value(node.params[name])) for name in names if _matters(name, node.params.get(name))]
    told += [(name, _value(value)) for name, value in node.params.get("arguments", ())]
    return told + ([("zeros", _value(before.params["amount"]))] if before else [])


def _matters(name: str, value: object) -> bool:
    trivial = (
        value is None or value is False or value == 1 or (isinstance(value, tuple) and set(value) == {1})
    )
    return name not in _UNTOLD and (name in ("kernel", "channels") or not trivial)


def _value(value: object) -> str:
    if isinstance(value, tuple):
        nested = any(isinstance(item, tuple) for item in value)
        return (", " if nested else "×").join(
            f"{item[0]}+{item[1]}" if isinstance(item, tuple) else _value(item) for item in value
        )
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
