"""Graph -> Figure: what stands where, as plain data, before any drawing.

A figure is a trunk of steps from top to bottom. A step is a capsule (input, output), a pill, a dot where branches
split, a plus where they join, or a group: the card of a table row, or a bracket inside one. Arcs lead past steps.
"""

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from archdsl.figure import collapse
from archdsl.figure.collapse import Bracket, Merged, MergedPath
from archdsl.figure.metrics import shorten
from archdsl.figure.pills import Pill, amount, blocks_label, fuse, leads, shape_label, single
from archdsl.ir.graph import Graph, Stage
from archdsl.ir.measure import Counts, node_counts, total
from archdsl.ops import OPS

_NAME_LIMIT, _TITLE_LIMIT = 32, 48


class Capsule(NamedTuple):
    """The network's input or output."""

    text: str


class Split(NamedTuple):
    """The dot where branches leave the trunk."""


class Join(NamedTuple):
    """The circle where branches come together; `symbol` says how."""

    symbol: str


class Arc(NamedTuple):
    """A shortcut from the step `start` to the step `end`; an identity has no pill."""

    start: int
    end: int
    label: tuple[str, ...]
    pill: Pill | None


class Meter(NamedTuple):
    """A count and its share of the network's total, from 0 to 1."""

    text: str
    share: float


class Group(NamedTuple):
    """A rounded frame around steps, drawn once for `repeats` blocks."""

    title: str
    repeats: int
    detail: str
    meters: tuple[Meter, ...]
    steps: "tuple[Step, ...]"
    arcs: tuple[Arc, ...]
    tooltip: str


Step = Capsule | Pill | Split | Join | Group


class Figure(NamedTuple):
    """A whole figure; `shapes[i]` stands on the edge into `steps[i]` and is empty where nothing changed."""

    title: str
    subtitle: str
    steps: tuple[Step, ...]
    shapes: tuple[str, ...]


class _Sums(NamedTuple):
    graph: Graph
    counts: list[Counts]
    whole: Counts


def figure(graph: Graph, file: str = "") -> Figure:
    """Model the block-level figure of a network; `file` is the name of the spec, shown beside the counts."""
    counts = [node_counts(graph, node) for node in graph.nodes]
    sums = _Sums(graph, counts, total(counts))
    steps: list[Step] = [Capsule("input")]
    shapes = [""]
    flow, written = shape_label(graph.nodes[graph.inputs[0]].shape), ""
    rows = [placed for stage in graph.stages for placed in _stage_steps(sums, stage)]
    for step, end in [*rows, (Capsule("output"), graph.outputs[0])]:
        steps.append(step)
        shapes.append(flow if flow != written else "")
        written, flow = flow, shape_label(graph.nodes[end].shape)
    title = shorten(graph.name, _TITLE_LIMIT) or "network"
    return Figure(title, _subtitle(sums.whole, file), tuple(steps), tuple(shapes))


def _subtitle(whole: Counts, file: str) -> str:
    extra = f" (+{whole.projections} projection{'s' * (whole.projections != 1)})" if whole.projections else ""
    layers = f"{whole.depth} weighted layer{'s' * (whole.depth != 1)}{extra}"
    facts = [f"{amount(whole.trainable)} params", f"{amount(whole.macs)} MACs", layers]
    return " · ".join(facts + ([shorten(file, _TITLE_LIMIT)] if file else []))


def _stage_steps(sums: _Sums, stage: Stage) -> list[tuple[Step, int]]:
    """Give a row's steps on the trunk, each with the node that it ends in.

    A row with one bracket gives a card for it, and pills for its other layers; any other row with brackets or
    branches gives one card.
    """
    graph, ids = sums.graph, range(stage.start, stage.stop)
    row = collapse.body(graph, ids, 0)
    brackets = [part for part in row.parts if not isinstance(part, int)]
    if row.paths or len(brackets) > 1:
        return [(_card(sums, stage, ids, _inside(graph, collapse.merge_group(graph, [row])), 1), stage.stop - 1)]
    steps: list[tuple[Step, int]] = []
    for bracketed, run in groupby(ids, lambda i: bool(graph.nodes[i].frames)):
        members = list(run)
        if bracketed:
            steps.append((_bracket_card(sums, stage, members, brackets[0]), members[-1]))
        else:
            steps += _pills(graph, members)
    return steps


def _bracket_card(sums: _Sums, stage: Stage, ids: Sequence[int], bracket: Bracket) -> Group:
    groups = collapse.merge(sums.graph, bracket)
    if len(groups) == 1:
        return _card(sums, stage, ids, _inside(sums.graph, groups[0]), len(groups[0].blocks))
    return _card(sums, stage, ids, (tuple(_inner(sums.graph, group, groups) for group in groups), ()), 1)


def _pills(graph: Graph, ids: Sequence[int]) -> list[tuple[Step, int]]:
    ends = iter(collapse.shown(graph, ids))
    pills = fuse(graph, [(i,) for i in collapse.shown(graph, ids)], (1,), leading=leads(graph, ids[0]))
    return [(pill, [next(ends) for _ in pill.cells][-1]) for pill in pills]


_Inside = tuple[tuple[Step, ...], tuple[Arc, ...]]


def _card(sums: _Sums, stage: Stage, ids: Sequence[int], inside: _Inside, repeats: int) -> Group:
    own, whole = total([sums.counts[i] for i in ids]), sums.whole
    meters = (
        Meter(f"{amount(own.trainable)} params", own.trainable / max(1, whole.trainable)),
        Meter(f"{amount(own.macs)} MACs", own.macs / max(1, whole.macs)),
    )
    name = stage.label or stage.name
    tooltip = f"{shorten(name, 80)}, line {stage.line}: {own.trainable:,} trainable of {own.total:,} params, {own.macs:,} MACs"
    shape = shape_label(sums.graph.nodes[ids[-1]].shape)
    return Group(shorten(name, _NAME_LIMIT), repeats, shape, meters, *inside, tooltip)


def _inner(graph: Graph, merged: Merged, siblings: Sequence[Merged]) -> Group:
    """Frame the repeats of a bracket inside a card; say which ones where they do not all look alike."""
    label = blocks_label(merged.blocks) if len(siblings) > 1 else ""
    return Group("", len(merged.blocks), label, (), *_inside(graph, merged), "")


def _inside(graph: Graph, merged: Merged) -> _Inside:
    """Turn a merged body into steps and arcs."""
    starts = {path.start for path in merged.paths}
    steps: list[Step] = []
    chain: list[tuple[int, ...]] = []
    where: dict[int, int] = {}  # position of a part on the main path -> step of its join
    splits: dict[int, int] = {}

    head = merged.parts[0][0]
    leading = isinstance(head, int) and leads(graph, head)

    def flush() -> None:
        steps.extend(fuse(graph, chain, merged.blocks, leading=leading))
        chain.clear()

    def split(position: int) -> None:
        if position in starts:
            flush()
            splits[position] = len(steps)
            steps.append(Split())

    split(-1)
    for position, part in enumerate(merged.parts):
        if isinstance(part[0], Merged):
            flush()
            groups = [group for group in part if isinstance(group, Merged)]
            steps.extend(_inner(graph, group, groups) for group in groups)
        else:
            layer = tuple(i for i in part if isinstance(i, int))
            op = OPS[graph.nodes[layer[0]].op]
            if op.family == "merge":
                flush()
                where[position] = len(steps)
                steps.append(Join(op.label(graph.nodes[layer[0]].params)))
            else:
                chain.append(layer)
        split(position)
    flush()
    arcs = tuple(_arc(graph, path, merged.blocks, splits[path.start], where[path.end]) for path in merged.paths)
    return tuple(steps), arcs


def _arc(graph: Graph, path: MergedPath, blocks: Sequence[int], start: int, end: int) -> Arc:
    where = (blocks_label(path.blocks),) if len(path.blocks) < len(blocks) else ()
    if not path.layers:
        return Arc(start, end, ("identity", *(f"({text})" for text in where)), None)
    return Arc(start, end, where, single(graph, path.layers, path.blocks))
