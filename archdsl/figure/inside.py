"""Merged bodies -> the steps and arcs of a card."""

from collections import Counter
from itertools import pairwise
from typing import NamedTuple

from archdsl.figure.collapse import Wiring, merges
from archdsl.figure.merge import Drawn, Layer, Merged, MergedFork, MergedPart, MergedPath, MergedWeb, Repeats
from archdsl.figure.metrics import shorten
from archdsl.figure.parts import Arc, Column, Fork, Group, Join, Split, Step, Web
from archdsl.figure.pills import blocks_label, fuse, leads, range_label, single
from archdsl.ops import OPS

_NAME_LIMIT = 32


class Contents(NamedTuple):
    """Steps with the node that each ends in, and the arcs between them."""

    steps: tuple[Step, ...]
    arcs: tuple[Arc, ...]
    ends: tuple[int, ...]


def contents(wiring: Wiring, merged: Merged) -> Contents:
    """Turn a merged body into steps and arcs."""
    builder = _Builder(wiring, merged)
    return builder.build()


class _Builder:
    def __init__(self, wiring: Wiring, merged: Merged) -> None:
        self.wiring = wiring
        self.graph = wiring.graph
        self.merged = merged
        self.steps: list[Step] = []
        self.ends: list[int] = []
        self.chain: list[Layer] = []
        self.splits: dict[int, int] = {}
        self.joins: dict[int, int] = {}  # position of a part on the main path -> step of its join
        head = merged.parts[0] if merged.parts else None
        self.leading = isinstance(head, Drawn) and leads(self.graph, head.nodes[0])

    def build(self) -> Contents:
        starts = {path.start for path in self.merged.paths}
        starts |= {
            at - 1 for at, part in enumerate(self.merged.parts) if isinstance(part, MergedFork | MergedWeb)
        }
        for position in range(-1, len(self.merged.parts)):
            if position >= 0:
                self._part(position, self.merged.parts[position])
            tap = self._tap(position)
            if position in starts or tap >= 0:
                self._flush()
                self.splits[position] = len(self.steps)
                self._put(Split(tap), self.ends[-1] if self.ends else -1)
        self._flush()
        arcs = tuple(self._arc(path) for path in self.merged.paths)
        return Contents(tuple(self.steps), arcs, tuple(self.ends))

    def _put(self, step: Step, end: int) -> None:
        self.steps.append(step)
        self.ends.append(end)

    def _flush(self) -> None:
        ends = iter(self.chain)
        for pill in fuse(self.graph, self.chain, self.merged.blocks, leading=self.leading):
            layers = [next(ends) for _ in pill.cells]
            mark = layers[0][0] if layers[0][0] in self.wiring.sources else -1
            self._put(pill._replace(mark=mark), layers[-1][-1])
        self.chain.clear()

    def _tap(self, position: int) -> int:
        part = self.merged.parts[position] if position >= 0 else None
        node = -1
        if isinstance(part, Repeats):
            node = part.groups[-1].exits[-1]
        elif isinstance(part, Drawn):
            node = part.nodes[-1]
        return node if node in self.wiring.taps else -1

    def _part(self, position: int, part: MergedPart) -> None:
        if isinstance(part, Repeats):
            self._flush()
            for group in part.groups:
                self._put(block(self.wiring, group, part), group.exits[-1])
        elif isinstance(part, MergedFork):
            self._flush()
            self._put(Fork(tuple(Column(*contents(self.wiring, branch)[:2]) for branch in part.branches)), -1)
        elif isinstance(part, MergedWeb):
            self._flush()
            self._put(self._web(part), -1)
        else:
            self._layer(position, part.nodes)

    def _layer(self, position: int, layer: Layer) -> None:
        node = self.graph.nodes[layer[0]]
        op = OPS[node.op]
        far = layer[0] in self.wiring.sources
        if merges(node):
            self._flush()
            self.joins[position] = len(self.steps)
            self._put(Join(op.label(node.params), layer[0] if far else -1, (layer,)), layer[-1])
            return
        if far:
            self._flush()
        self.chain.append(layer)

    def _scales(self, position: int) -> bool:
        part = self.merged.parts[position]
        return isinstance(part, Drawn) and self.graph.nodes[part.nodes[0]].op == "multiply"

    def _web(self, web: MergedWeb) -> Web:
        """Return every part of a web its own step; chains in it become one."""
        steps: list[Step] = []
        place: dict[int, int] = {-1: -1}
        runs = _chains(self.wiring, web)
        for run in runs:
            merged = Merged(self.merged.blocks, tuple(web.parts[at] for at in run), (), ())
            found = contents(self.wiring, merged).steps
            place |= dict.fromkeys(run, len(steps))
            steps.append(found[0] if len(found) == 1 else Fork((Column(found, ()),)))
        place[len(web.parts)] = len(steps)
        inner = {(tail, head) for run in runs for tail, head in pairwise(run)}
        return Web(
            tuple(steps),
            tuple((place[tail], place[head]) for tail, head in web.edges if (tail, head) not in inner),
        )

    def _arc(self, path: MergedPath) -> Arc:
        where = (blocks_label(path.blocks),) if len(path.blocks) < len(self.merged.blocks) else ()
        start, end = self.splits[path.start], self.joins[path.end]
        if not path.layers:
            return Arc(start, end, ("identity", *(f"({text})" for text in where)), ())
        if self._scales(path.end):
            return Arc(start, end, where, fuse(self.graph, path.layers, path.blocks, leading=False), "gate")
        return Arc(start, end, where, (single(self.graph, path.layers, path.blocks),))


def _chains(wiring: Wiring, web: MergedWeb) -> list[list[int]]:
    """Group the layers of a web that follow each other without a branch between them."""
    tails = Counter(tail for tail, _ in web.edges)
    heads = Counter(head for _, head in web.edges)
    runs: list[list[int]] = []
    for at, part in enumerate(web.parts):
        last = runs[-1][-1] if runs else -1
        alone = tails[last] == heads[at] == 1 and (last, at) in web.edges
        if runs and alone and _follows(wiring, web.parts[last], part):
            runs[-1].append(at)
        else:
            runs.append([at])
    return runs


def _follows(wiring: Wiring, before: MergedPart, after: MergedPart) -> bool:
    if not isinstance(before, Drawn) or not isinstance(after, Drawn):
        return False
    joins = any(merges(wiring.graph.nodes[part.nodes[0]]) for part in (before, after))
    return not joins and after.nodes[0] not in wiring.sources and before.nodes[0] not in wiring.taps


def block(wiring: Wiring, merged: Merged, among: Repeats) -> Group:
    """Frame the repeats of a bracket inside a card; say which ones where they do not all look alike."""
    shapes = [wiring.graph.nodes[i].shape for i in merged.exits]
    facts = [blocks_label(merged.blocks)] if len(among.groups) > 1 else []
    facts += [range_label(shapes)] if len(set(shapes)) > 1 else []
    inside = contents(wiring, merged)
    title = shorten(among.name, _NAME_LIMIT) if not facts or merged.blocks[0] == 1 else ""
    return Group("", len(merged.blocks), " · ".join(facts), (), inside.steps, inside.arcs, "", title)
