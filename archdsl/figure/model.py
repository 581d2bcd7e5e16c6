"""Graph -> Figure: what stands where, as plain data, before any drawing.

A figure is a trunk of steps from top to bottom. A step is a capsule (input, output), a pill, a dot where
branches split, a circle where they join, branches side by side, or a group: the card of a table row, or a
bracket inside one. Arcs lead past steps, on the side.
"""

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from archdsl.figure.attention import joined
from archdsl.figure.collapse import Body, Bracket, merges, shown
from archdsl.figure.collapse import Fork as ForkOf
from archdsl.figure.collapse import Web as WebOf
from archdsl.figure.inside import Contents, block, contents
from archdsl.figure.ladder.cells import cells
from archdsl.figure.ladder.skips import coarseness, encodes_and_decodes
from archdsl.figure.merge import merge, merge_group
from archdsl.figure.metrics import shorten
from archdsl.figure.names import NAME_LIMIT, card_name
from archdsl.figure.parts import (
    Arc,
    Capsule,
    Column,
    Far,
    Figure,
    Fork,
    Group,
    Join,
    Meter,
    Side,
    Split,
    Step,
    Web,
)
from archdsl.figure.pills import amount, fuse, leads, main_layer, range_label, shape_label, summary
from archdsl.figure.traits import traits
from archdsl.figure.trunk import Row, Trunk, far_edges, far_stages, trunk
from archdsl.graph.graph import Graph
from archdsl.graph.measure import Counts, network_counts, node_counts, total
from archdsl.ops import OPS

__all__ = [
    "Arc",
    "Capsule",
    "Column",
    "Far",
    "Figure",
    "Fork",
    "Group",
    "Join",
    "Meter",
    "Side",
    "Split",
    "Step",
    "Web",
    "figure",
]

_TITLE_LIMIT = 48


class _Sums(NamedTuple):
    placed: Trunk
    graph: Graph
    counts: list[Counts]
    whole: Counts
    level: str
    bent: bool

    @property
    def apart(self) -> bool:
        """Return whether every repeat is drawn by itself."""
        return self.level == "layer"


_Placed = tuple[Step, int]  # a step and the node that it ends in


def figure(graph: Graph, file: str = "", level: str = "block") -> Figure:
    """Model the figure of a network; `file` is the name of the spec, shown beside the counts.

    Levels are `stage` (a card for each row, without its inside), `block` (repeats drawn once), and `layer`
    (every repeat by itself). An encoder-decoder is arranged as a U where that can be done.
    """
    if encodes_and_decodes(graph):
        bent = _modelled(graph, file, level, bent=True)
        if bent.cells:
            return bent
    return _modelled(graph, file, level, bent=False)


def _modelled(graph: Graph, file: str, level: str, *, bent: bool) -> Figure:
    counts = [node_counts(graph, node) for node in graph.nodes]
    whole, graph = network_counts(graph, counts), joined(graph)
    placed = trunk(graph, bent=bent)
    sums = _Sums(placed, graph, counts, whole, level, bent)
    far = (
        far_stages(placed, range(len(placed.rows) + 1))
        if level == "stage"
        else far_edges(placed, range(len(placed.rows) + 1))
    )
    rows = [*placed.rows, *(row for chain in placed.sides for row in chain)]
    exits = {i: row.exit for row in rows for i in row.ids} if level == "stage" else {}
    tapped = {edge.start for edge in far} | {
        exits.get(chain[0].start, chain[0].start) for chain in placed.sides
    }
    # What leaves at the end of a row leaves below its card.
    placed.wiring.taps.difference_update([*graph.inputs, *(row.exit for row in placed.rows)])
    steps, first = _trunk_steps(sums, tapped)
    shapes = _shapes(graph, steps, level)
    moved = tuple(edge._replace(step=first[edge.step]) if edge.step >= 0 else edge for edge in far)
    loose = {first[at] for at in range(len(placed.rows) + 1) if placed.loose(at)}
    loose |= {
        at for at, (step, end) in enumerate(steps) if at and isinstance(step, Capsule) and end in graph.inputs
    }
    placed.wiring.taps.update(tapped if level == "stage" else ())
    sides = tuple(_side(sums, chain, exits.get(chain[0].start, chain[0].start)) for chain in placed.sides)
    drawn = Figure(
        title(graph),
        subtitle(sums.whole, file),
        tuple(step for step, _ in steps),
        shapes,
        moved,
        sides,
        frozenset(loose),
    )
    return drawn._replace(cells=cells(drawn, [end for _, end in steps], coarseness(graph))) if bent else drawn


def _trunk_steps(sums: _Sums, tapped: set[int]) -> tuple[list[_Placed], list[int]]:
    """List the steps of the trunk, and where each row (and the output) begins among them."""
    graph, placed = sums.graph, sums.placed
    steps: list[_Placed] = []
    first: list[int] = []

    def tap(node: int) -> None:
        if node in tapped:
            steps.append((Split(node), node))

    several = len(graph.inputs) > 1
    for node in (*graph.inputs[1:], graph.inputs[0]):
        steps.append((Capsule(graph.nodes[node].name if several else "input"), node))
        tap(node)
    for row in placed.rows:
        first.append(len(steps))
        steps += _row_steps(sums, row)
        tap(row.exit)
    first.append(len(steps))
    return [*steps, (Capsule("output"), placed.main)], first


def _shapes(graph: Graph, steps: Sequence[_Placed], level: str) -> tuple[str, ...]:
    """Return the shapes on the trunk: each where it is new, at level `stage` (whose cards have them) the
    input's alone."""
    shapes = [""]
    flow, written = shape_label(graph.nodes[steps[0][1]].shape), ""
    for step, end in steps[1:]:
        card = level == "stage" and len(shapes) > 1 and not isinstance(step, Capsule)
        shapes.append(flow if flow != written and not card else "")
        written, flow = flow, shape_label(graph.nodes[end].shape)
    return tuple(shapes)


def title(graph: Graph) -> str:
    """Return the title of a figure."""
    return shorten(graph.name, _TITLE_LIMIT) or "network"


def subtitle(whole: Counts, file: str) -> str:
    """Return the counts of a network, and the name of its spec."""
    extra = f" (+{whole.projections} projection{'s' * (whole.projections != 1)})" if whole.projections else ""
    layers = f"{whole.depth} weighted layer{'s' * (whole.depth != 1)}{extra}"
    facts = [f"{amount(whole.trainable)} params", f"{amount(whole.macs)} MACs", layers]
    return " · ".join(facts + ([shorten(file, _TITLE_LIMIT)] if file else []))


def _side(sums: _Sums, chain: Sequence[Row], start: int) -> Side:
    """Return a chain of rows beside the trunk: of each the head of its card, and below it what would be
    inside."""
    wiring = sums.placed.wiring
    steps: list[Step] = []
    for row in chain:
        inside = contents(wiring, merge_group(wiring, [row.body], apart=sums.apart))
        plain = not inside.arcs and not any(isinstance(step, Fork | Web) for step in inside.steps)
        if plain or sums.level == "stage":
            headed = sums.level == "stage" or not sums.bent
            steps += [_card(sums, row, row.ids, Contents((), (), ()), 1)] * headed
            steps += inside.steps if sums.level != "stage" else (Split(row.exit),) * (row.exit in wiring.taps)
        else:
            steps.append(_card(sums, row, row.ids, inside, 1))
    steps += [Capsule("output")] if chain[-1].exit in sums.graph.outputs else []
    return Side(start, tuple(steps))


def _row_steps(sums: _Sums, row: Row) -> list[_Placed]:
    """Return a row's steps on the trunk, each with the node that it ends in.

    A row with one bracket gives a card for it, and pills for its other layers; any other row with brackets or
    branches gives one card.
    """
    wiring, graph = sums.placed.wiring, sums.graph
    brackets = [part for part in row.body.parts if isinstance(part, Bracket)]
    if sums.level == "stage":
        repeats = len(brackets[0].bodies) if len(brackets) == 1 else 1
        kind = brackets[0].name if len(brackets) == 1 else ""
        return [(_card(sums, row, row.ids, Contents((), (), ()), repeats, kind), row.exit)]
    crossed = brackets and any(i in wiring.taps or i in wiring.sources for i in row.ids)
    if (
        sums.bent
        and not row.body.paths
        and not any(isinstance(part, ForkOf | WebOf) for part in row.body.parts)
    ):
        return _bent_steps(sums, row)
    if len(brackets) > 1 or crossed or _branches(graph, row.body):
        inside = contents(wiring, merge_group(wiring, [row.body], apart=sums.apart))
        return [(_card(sums, row, row.ids, inside, 1), row.exit)]
    if not brackets:
        inside = contents(wiring, merge_group(wiring, [row.body]))
        return list(zip(inside.steps, inside.ends, strict=True))
    steps: list[_Placed] = []
    for bracketed, run in groupby(row.ids, lambda i: bool(graph.nodes[i].frames)):
        members = list(run)
        steps += [_bracket_card(sums, row, members, brackets[0])] if bracketed else _pills(graph, members)
    return steps


def _bent_steps(sums: _Sums, row: Row) -> list[_Placed]:
    """Return the steps of a row without branches outside of blocks; the only block among them has a card."""
    inside = contents(sums.placed.wiring, merge_group(sums.placed.wiring, [row.body], apart=sums.apart))
    blocks = [step for step in inside.steps if isinstance(step, Group)]
    framed = [i for i in row.ids if sums.graph.nodes[i].frames]

    def carded(step: Step, end: int) -> Step:
        if not isinstance(step, Group) or len(blocks) > 1:
            return step
        return _card(sums, row, framed, Contents(step.steps, step.arcs, ()), step.repeats, step.kind, (end,))

    return [(carded(step, end), end) for step, end in zip(inside.steps, inside.ends, strict=True)]


def _branches(graph: Graph, body: Body) -> bool:
    """Return whether anything but a line is in a body."""
    joins = any(isinstance(part, int) and merges(graph.nodes[part]) for part in body.parts)
    return joins or bool(body.paths) or any(isinstance(part, ForkOf | WebOf) for part in body.parts)


def _bracket_card(sums: _Sums, row: Row, ids: Sequence[int], bracket: Bracket) -> _Placed:
    wiring = sums.placed.wiring
    repeats = merge(wiring, bracket, apart=sums.apart)
    if len(repeats.groups) == 1:
        group = repeats.groups[0]
        return _card(
            sums, row, ids, contents(wiring, group), len(group.blocks), repeats.name, group.exits
        ), ids[-1]
    groups = tuple(block(wiring, group, repeats._replace(name="")) for group in repeats.groups)
    return _card(sums, row, ids, Contents(groups, (), ()), 1, repeats.name), ids[-1]


def _pills(graph: Graph, ids: Sequence[int]) -> list[_Placed]:
    ends = iter(shown(graph, ids))
    pills = fuse(graph, [(i,) for i in shown(graph, ids)], (1,), leading=leads(graph, ids[0]))
    return [(pill, [next(ends) for _ in pill.cells][-1]) for pill in pills]


def _card(
    sums: _Sums,
    row: Row,
    ids: Sequence[int],
    inside: Contents,
    repeats: int,
    kind: str = "",
    exits: Sequence[int] = (),
) -> Group:
    own, whole, stage = total([sums.counts[i] for i in ids]), sums.whole, row.stage
    counts = ((own.trainable, whole.trainable, "params"), (own.macs, whole.macs, "MACs"))
    meters = tuple(
        Meter(f"{amount(count)} {unit}", count / max(1, of)) for count, of, unit in counts if count
    )
    bare = sums.level == "stage"  # the card says in a line what is not drawn inside
    layers = summary(sums.graph, row.body) if bare else []
    name = stage.label or kind or card_name(sums.graph, row, ids, layers)
    tooltip = (
        f"{shorten(name, 80)}, line {stage.line}: {own.trainable:,} trainable of {own.total:,} "
        f"params, {own.macs:,} MACs"
    )
    shape = range_label([sums.graph.nodes[i].shape for i in exits or ids[-1:]])
    told = kind.lower().replace("_", " ") in name.lower().replace("_", " ")
    heading = shorten(name if row.whole else f"{name}, auxiliary", NAME_LIMIT)
    lines = [*(layers if layers != [name] else []), *(traits(sums.graph, ids, row.body) if bare else [])]
    family = OPS[main_layer(sums.graph, ids).op].family if bare else ""
    said = "" if told else shorten(kind, NAME_LIMIT)
    return Group(
        heading,
        repeats,
        shape,
        meters,
        inside.steps,
        inside.arcs,
        tooltip,
        said,
        tuple(lines),
        family=family,
        rows=(sums.graph.nodes[ids[0]].stage,),
        nodes=tuple(ids),
    )
