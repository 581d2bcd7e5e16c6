"""Graph -> rows on the trunk and rows beside it, each with its body, and the edges that lead past rows."""

from collections.abc import Sequence
from typing import NamedTuple

from archdsl.figure.collapse import Body, Wiring, body, entry, shown
from archdsl.figure.ladder.skips import coarseness
from archdsl.figure.parts import Far
from archdsl.figure.pills import shape_label
from archdsl.graph.graph import Graph, Stage


class Row(NamedTuple):
    """The part of a stage that lies on the trunk (or beside it), fed by the node `start`; `exit` is its
    output."""

    stage: Stage
    ids: tuple[int, ...]
    body: Body
    start: int
    exit: int
    whole: bool


class Trunk(NamedTuple):
    """Rows from the input to the main output, and chains of rows that leave them for another output."""

    wiring: Wiring
    rows: tuple[Row, ...]
    sides: tuple[tuple[Row, ...], ...]
    main: int

    def loose(self, at: int) -> bool:
        """Return whether a row (or the output, after the last one) is not fed by the row before it."""
        before = self.rows[at - 1].exit if at else self.wiring.graph.inputs[0]
        return (self.rows[at].start if at < len(self.rows) else self.main) != before


def trunk(graph: Graph, *, bent: bool = False) -> Trunk:
    """Arrange the rows of a network; in a U (`bent`) a row begins where its first layer does, and the trunk
    leads to the output with the finest map."""
    wiring = Wiring(graph, {}, {}, set())
    mains = [i for i in graph.outputs if graph.nodes[i].branch != "aux"] or list(graph.outputs[:1])
    main = _finest(graph, mains) if bent else mains[0]
    needed = _needed(graph, main)
    rows: list[Row] = []
    sides: list[list[Row]] = []
    for stage in graph.stages:
        ids = range(stage.start, stage.stop)
        kept, beside = [i for i in ids if i in needed], [i for i in ids if i not in needed]
        if kept and shown(graph, kept):
            before = rows[-1].exit if rows else graph.inputs[0]
            rows.append(_row(wiring, stage, kept, entry(graph, kept[:1], before) if bent else before))
        if beside and shown(graph, beside):
            row = _row(wiring, stage, beside, sides[-1][-1].exit if sides else -1)
            if sides and row.start == sides[-1][-1].exit:
                sides[-1].append(row)
            else:
                sides.append([row])
    placed = Trunk(wiring, tuple(rows), tuple(map(tuple, sides)), main)
    wiring.taps.update(chain[0].start for chain in placed.sides)
    wiring.taps.update(row.start for at, row in enumerate(rows) if placed.loose(at))
    if placed.loose(len(rows)):
        wiring.taps.add(main)
    return placed


def _finest(graph: Graph, outputs: Sequence[int]) -> int:
    """Return the output with the finest map; of several, that for which most layers are needed."""
    coarse = coarseness(graph)
    return min(outputs, key=lambda i: (coarse[i], -len(_needed(graph, i))))


def _needed(graph: Graph, main: int) -> set[int]:
    """Find the nodes that the main output depends on; all of them where there is no other output."""
    if len(graph.outputs) == 1:
        return set(range(len(graph.nodes)))
    needed = {main}
    for i in range(main, -1, -1):
        if i in needed:
            needed.update(graph.nodes[i].inputs)
    return needed


def _row(wiring: Wiring, stage: Stage, ids: Sequence[int], before: int) -> Row:
    start = entry(wiring.graph, ids, before)
    return Row(
        stage, tuple(ids), body(wiring, ids, 0, start), start, ids[-1], len(ids) == stage.stop - stage.start
    )


def far_edges(placed: Trunk, step_of: Sequence[int]) -> tuple[Far, ...]:
    """List the edges past other steps; `step_of` gives the first step of every row, and of the output."""
    nodes = placed.wiring.graph.nodes
    edges = [
        Far(source, user, -1, shape_label(nodes[source].shape))
        for source, users in placed.wiring.users.items()
        for user in users
    ]
    starts = [*(row.start for row in placed.rows), placed.main]
    loose = [(start, at) for at, start in enumerate(starts) if placed.loose(at)]
    return (*edges, *(Far(start, -1, step_of[at], shape_label(nodes[start].shape)) for start, at in loose))


def far_stages(placed: Trunk, step_of: Sequence[int]) -> tuple[Far, ...]:
    """List the edges past other rows, where a row is one step; they start from the row's end."""
    nodes = placed.wiring.graph.nodes
    row_of = {i: at for at, row in enumerate(placed.rows) for i in row.ids}
    pairs: dict[tuple[int, int], str] = {}
    for far in far_edges(placed, range(len(placed.rows) + 1)):
        source = row_of.get(far.start)
        user = row_of.get(far.end, -1) if far.end >= 0 else far.step
        if user < 0 or source == user or (source == user - 1 and not placed.loose(user)):
            continue
        mark = placed.rows[source].exit if source is not None else far.start
        pairs.setdefault((mark, step_of[user]), shape_label(nodes[far.start].shape))
    return tuple(Far(mark, -1, step, label) for (mark, step), label in pairs.items())
