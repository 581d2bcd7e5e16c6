"""Graph -> the figure of a network whose blocks, each drawn once, stand beside a trunk of cards.

Where blocks in the trunk would have to be shrunk too far to fit a page, each row is a card that names its
blocks by letters. A block that reads what a block before it has read names both inputs, and the card says
where that comes from.
"""

import re
from collections.abc import Mapping, Sequence
from textwrap import wrap
from typing import NamedTuple

from archdsl.figure.attention import joined
from archdsl.figure.collapse import Wiring
from archdsl.figure.inscribed import unit_group
from archdsl.figure.ladder.skips import encodes_and_decodes
from archdsl.figure.model import figure
from archdsl.figure.page.drawn import layers_of
from archdsl.figure.paper import channels_of, insets_of, uses_of
from archdsl.figure.parts import Capsule, Figure, Group, Join, Split, Step, Web, marked
from archdsl.figure.pills import Pill, layers_told
from archdsl.figure.trunk import Row, Trunk, trunk
from archdsl.figure.units import folded, units
from archdsl.graph.graph import Graph

_LONGEST = 44  # characters of a line of channels
_RATES = re.compile(r" [\d.e-]+…[\d.e-]+$")
_FIRST, _SECOND = Capsule("input"), Capsule("previous")


class _Card(NamedTuple):
    """The letters of a row's blocks, and what else its card says."""

    letters: str
    facts: tuple[str, ...]


def once(graph: Graph, file: str = "", *, bare: bool = False) -> Figure | None:
    """Model a figure with each block drawn once, before it is arranged on a page; where it is `bare`, cards
    have no meters and drop paths no rates.

    None where no row has blocks, one is too wide or reads from afar what it cannot name, or where an edge
    could not be told in words.
    """
    if encodes_and_decodes(graph) or len(graph.outputs) > 1 or len(graph.inputs) > 1:
        return None
    whole = joined(graph)
    found = units(whole)
    placed = trunk(folded(whole, found))
    insets, marks = insets_of(placed, 0)
    drawn = bool(insets) and all(group.steps and _named_all(placed.wiring, group) for group in insets)
    if not drawn or not _told_in_words(placed, marks):
        return None
    blocks = [
        *(_two_inputs(placed.wiring, group) for group in insets),
        *(unit_group(whole, one) for one in found),
    ]
    blocks = [_without_rates(block) for block in blocks] if bare else blocks
    model = figure(graph, file, "stage")
    sizes = _open_sizes(placed, marks)
    cards = {graph.nodes[row.ids[0]].stage: _told(placed, row, marks, sizes) for row in placed.rows}
    steps = [
        (_lettered(step, cards, bare=bare), shape)
        for step, shape in zip(model.steps, model.shapes, strict=True)
        if not isinstance(step, Split)
    ]
    return model._replace(
        steps=tuple(step for step, _ in steps),
        shapes=tuple(shape for _, shape in steps),
        far=(),
        insets=tuple(blocks),
    )


def _told_in_words(placed: Trunk, marks: Mapping[int, Sequence[str]]) -> bool:
    """Return whether every edge past others leads into a block."""
    inside = {i for row in placed.rows if marks.get(row.ids[0]) for i in row.ids}
    fed = not any(placed.loose(at) for at in range(len(placed.rows) + 1))
    return fed and inside.issuperset(placed.wiring.sources)


Sizes = Mapping[tuple[int, str], dict[str, None]]  # by a row's first node and a letter: the channels there


def _open_sizes(placed: Trunk, marks: Mapping[int, Sequence[str]]) -> Sizes:
    """Return the channels of the blocks that are drawn once with several: their cards have to say them."""
    graph = placed.wiring.graph
    found: dict[tuple[int, str], dict[str, None]] = {}
    several: dict[str, dict[str, None]] = {}
    for row in placed.rows:
        for letter, use in zip(marks.get(row.ids[0], ()), uses_of(row), strict=False):
            said = ", ".join(map(str, channels_of(graph, use.body)))
            found.setdefault((row.ids[0], letter), {})[said] = None
            several.setdefault(letter, {})[said] = None
    return {key: said for key, said in found.items() if len(several[key[1]]) > 1}


def _told(placed: Trunk, row: Row, marks: Mapping[int, Sequence[str]], sizes: Sizes) -> _Card:
    """Return the letters of a row's blocks, and what they read beside the row before, and their heads."""
    graph = placed.wiring.graph
    sources = {source for i in row.ids for source in placed.wiring.sources.get(i, ())}
    names = [
        other.stage.label or other.stage.name
        for other in placed.rows
        if other is not row and sources & set(other.ids)
    ]
    names += ["its own blocks"] * bool(sources & set(row.ids))
    heads = dict.fromkeys(graph.nodes[i].params.get("heads", 0) for i in row.ids)
    alone = layers_told(graph, [part for part in row.body.parts if isinstance(part, int)], everything=True)
    facts = [" · ".join([*alone, *(f"{count} heads" for count in heads if count)])]
    facts += [f"previous: {', '.join(names)}"] * bool(names)
    letters = marks.get(row.ids[0], ())
    for letter in dict.fromkeys(letters):
        for said in sizes.get((row.ids[0], letter), ()):
            facts += wrap(f"{letter}: {said}", _LONGEST)
    return _Card(marked(letters), tuple(filter(None, facts)))


def _lettered(step: Step, cards: Mapping[int, _Card], *, bare: bool) -> Step:
    if not isinstance(step, Group):
        return step
    step = step._replace(meters=()) if bare else step
    card = cards[step.rows[0]]
    return step._replace(kind=card.letters, lines=card.facts) if card.letters else step


def _without_rates(group: Group) -> Group:
    """Leave out from what to what the rates of drop paths rise."""
    return group._replace(
        steps=tuple(_short(step) if isinstance(step, Pill) else step for step in group.steps)
    )


def _short(pill: Pill) -> Pill:
    cells = (
        cell._replace(text=_RATES.sub("", cell.text)) if cell.family == "regularisation" else cell
        for cell in pill.cells
    )
    return pill._replace(cells=tuple(cells))


def _two_inputs(wiring: Wiring, group: Group) -> Group:
    """Name both inputs of a block that reads one from afar; any other block stays as it is."""
    steps = [_named(wiring, step) if isinstance(step, Web) else step for step in group.steps]
    if list(group.steps) == steps:
        return group
    return group._replace(steps=tuple(step for step in steps if not isinstance(step, Split)))


def _named_all(wiring: Wiring, group: Group) -> bool:
    """Return whether everything that a block reads from afar begins a step of its web."""
    begins = {_first(step) for web in group.steps if isinstance(web, Web) for step in web.steps}
    return all(layer[0] in begins or layer[0] not in wiring.sources for layer in layers_of(group.steps))


def _named(wiring: Wiring, web: Web) -> Web:
    afar = [at for at, step in enumerate(web.steps) if _first(step) in wiring.sources]
    if not afar:
        return web
    edges = [(tail + 2 if tail >= 0 else 0, head + 2) for tail, head in web.edges]
    return Web((_FIRST, _SECOND, *web.steps), (*edges, *((1, at + 2) for at in afar)))


def _first(step: Step) -> int:
    """Return the node that a step of a web begins with, as far as it can read from afar."""
    return step.layers[0][0] if isinstance(step, Pill | Join) and step.layers else -1
