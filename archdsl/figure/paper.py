"""Graph -> the figure of a paper: a strip of glyphs for the rows, and one inset for each distinct block."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from archdsl.figure.collapse import Body, Bracket, Wiring
from archdsl.figure.extent import step_size
from archdsl.figure.inside import contents
from archdsl.figure.merge import body_key, merge_group
from archdsl.figure.metrics import shorten
from archdsl.figure.model import subtitle, title
from archdsl.figure.parts import Arc, Column, Fork, Group, Paper, Step, Web
from archdsl.figure.pills import Pill, blocks_label
from archdsl.figure.strip import NAME_LIMIT, strip
from archdsl.figure.trunk import Row, Trunk, trunk
from archdsl.graph.graph import Graph
from archdsl.graph.measure import network_counts, node_counts

__all__ = ["Paper", "paper"]

_LINE_LIMIT = 40
_DISTINCT = 4  # the most insets that differ in nothing but channels
_INSETS = 12
_WIDEST = 1100  # points; level `block` draws wider ones


class _Use(NamedTuple):
    """One repeat of a block: its row, its number there and of how many."""

    row: str
    number: int
    of: int
    name: str
    body: Body


def paper(graph: Graph, file: str = "") -> Paper:
    """Model the figure of a paper."""
    placed = trunk(graph)
    lined = strip(placed)
    counts = network_counts(graph, [node_counts(graph, node) for node in graph.nodes])
    heads = len(placed.sides)
    beside = f" · {heads} auxiliary head{'s' * (heads != 1)} not drawn" if heads else ""
    said = subtitle(counts, file) + beside
    return Paper(
        title(graph), said, lined.glyphs, lined.strides, tuple(_insets(placed)), lined.loose, lined.far
    )


def _insets(placed: Trunk) -> list[Group]:
    """Draw each block once that differs from the others in more than its size."""
    uses = [use for row in placed.rows for use in _uses(row)]
    bare = placed.wiring._replace(graph=_bare(placed.wiring.graph), sources={}, users={}, taps=set())
    plain = placed.wiring._replace(sources={}, users={}, taps=set())
    keys = [body_key(bare, use.body, strict=True) for use in uses]
    ratios = [_ratios(placed.wiring.graph, use.body) for use in uses]
    groups: dict[object, list[_Use]] = {}
    for use, key, ratio in zip(uses, keys, ratios, strict=True):
        groups.setdefault((key, ratio), []).append(use)
    if len(groups) > _DISTINCT:
        groups = {}
        for use, key in zip(uses, keys, strict=True):
            groups.setdefault(key, []).append(use)
    drawn = [_inset(plain, members) for members in groups.values()]
    more = len(drawn) - _INSETS
    return drawn[:_INSETS] + ([Group(f"and {more} more", 1, "", (), (), (), "not drawn")] if more > 0 else [])


def _uses(row: Row) -> Iterable[_Use]:
    brackets = [part for part in row.body.parts if isinstance(part, Bracket)]
    for bracket in brackets:
        for number, body in enumerate(bracket.bodies, 1):
            yield _Use(row.stage.label or row.stage.name, number, len(bracket.bodies), bracket.name, body)


def _bare(graph: Graph) -> Graph:
    """Leave out the channels of every layer."""
    nodes = (
        node._replace(params={k: v for k, v in node.params.items() if k != "channels"})
        for node in graph.nodes
    )
    return graph._replace(nodes=tuple(nodes))


def _nodes(body: Body) -> Iterable[int]:
    for part in body.parts:
        if isinstance(part, int):
            yield part
        elif isinstance(part, Bracket):
            for inner in part.bodies:
                yield from _nodes(inner)
        else:
            for branch in getattr(part, "branches", ()):
                yield from _nodes(branch)
    for path in body.paths:
        yield from path.nodes


def _channels(graph: Graph, body: Body) -> list[int]:
    return [graph.nodes[i].params["channels"] for i in _nodes(body) if graph.nodes[i].params.get("channels")]


def _ratios(graph: Graph, body: Body) -> tuple[str, ...]:
    channels = _channels(graph, body)
    base = min(channels, default=1)
    return tuple(_multiple(count, base) for count in channels)


def _multiple(count: int, base: int) -> str:
    if count % base:
        return f"{count / base:g}C"
    return "C" if count == base else f"{count // base}C"


def _inset(wiring: Wiring, members: Sequence[_Use]) -> Group:
    merged = merge_group(wiring, [members[0].body])
    inside = contents(wiring, merged)
    sizes = {tuple(_channels(wiring.graph, use.body)) for use in members}
    ratios = {_ratios(wiring.graph, use.body) for use in members}
    steps, arcs = inside.steps, inside.arcs
    if len(sizes) > 1:
        base = (
            min(next(iter(sizes)), default=1)
            if len(ratios) > 1
            else min(_channels(wiring.graph, members[0].body), default=1)
        )
        steps, arcs = _renamed(Column(steps, arcs), 0 if len(ratios) > 1 else base)
    name = members[0].name or "block"
    heading = f"{name} (C)" if len(sizes) > 1 and len(ratios) == 1 else name
    drawn = Group(
        shorten(heading, 2 * NAME_LIMIT),
        1,
        "",
        (),
        steps,
        arcs,
        shorten(name, 80),
        lines=tuple(_where(members)),
    )
    return (
        drawn
        if step_size(drawn)[0] <= _WIDEST
        else drawn._replace(steps=(), arcs=(), lines=(*drawn.lines, "too wide for an inset"))
    )


def _renamed(column: Column, base: int) -> Column:
    """Write channels as multiples of C (`base` of them), or leave them out."""
    return Column(
        tuple(_step(step, base) for step in column.steps), tuple(_arc(arc, base) for arc in column.arcs)
    )


def _step(step: Step, base: int) -> Step:
    match step:
        case Pill():
            return _pill(step, base)
        case Group():
            steps, arcs = _renamed(Column(step.steps, step.arcs), base)
            return step._replace(steps=steps, arcs=arcs)
        case Fork(branches):
            return Fork(tuple(_renamed(branch, base) for branch in branches))
        case Web(steps):
            return step._replace(steps=tuple(_step(inner, base) for inner in steps))
    return step


def _arc(arc: Arc, base: int) -> Arc:
    return arc._replace(pills=tuple(_pill(pill, base) for pill in arc.pills))


def _pill(pill: Pill, base: int) -> Pill:
    cells = []
    for cell in pill.cells:
        count = cell.detail.removeprefix(", ")
        said = f", {_multiple(int(count), base)}" if base and count.isdigit() else ""
        cells.append(cell._replace(detail=said if count.isdigit() else cell.detail))
    return pill._replace(cells=tuple(cells))


def _where(members: Sequence[_Use]) -> list[str]:
    """Say which blocks of which rows look like this, a few rows to a line."""
    rows: dict[str, list[_Use]] = {}
    for use in members:
        rows.setdefault(use.row, []).append(use)
    facts = []
    for row, uses in rows.items():
        every = len(uses) == uses[0].of
        facts.append(
            shorten(row, NAME_LIMIT) + ("" if every else " " + blocks_label([use.number for use in uses]))
        )
    lines = [""]
    for number, fact in enumerate(facts):
        piece = fact + ("," if number + 1 < len(facts) else "")
        if lines[-1] and len(lines[-1]) + len(piece) >= _LINE_LIMIT:
            lines.append(piece)
        else:
            lines[-1] = f"{lines[-1]} {piece}".strip()
    return lines[:4] if len(lines) <= 4 else [*lines[:3], "…"]
