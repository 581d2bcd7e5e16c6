"""Graph -> the functions of its source: what stands together in the table and is used again, each part of a
part first; and the trunk, which calls them."""

from collections.abc import Iterator, Mapping
from itertools import groupby
from math import inf
from types import MappingProxyType
from typing import Any, NamedTuple

from archdsl.backends.blocks import VARYING, Block, Instance, Lowered, Step, distinct
from archdsl.backends.body import variable
from archdsl.backends.names import part_name
from archdsl.backends.regions import Region, region
from archdsl.backends.signature import Signature, signature
from archdsl.graph.graph import Graph
from archdsl.ops import OPS, Op, taken

# A function that is used once is worth its lines from this number of steps on.
_LONG = 4


class Function(NamedTuple):
    """A block of the source and its parameters; `row` is one printed layer with its norm and activation."""

    block: Block
    signature: Signature
    row: bool


class Program(NamedTuple):
    """`trunk` are the steps that no function has; their inputs are positions of steps before them, and
    `outputs` those of the network's outputs."""

    graph: Graph
    functions: list[Function]
    trunk: list[Step]
    outputs: tuple[int, ...]


class Value(NamedTuple):
    """A step whose inputs are values: each is the number of the last step of the graph that makes it."""

    number: int
    step: Step


def program(
    graph: Graph,
    varying: Mapping[str, Any] = VARYING,
    in_rows: Mapping[str, Any] = MappingProxyType({}),
    lowered: Lowered = Op.calls,
) -> Program:
    """Find the functions of a graph in the target's words; uses of a block may differ in the `varying`
    arguments, those of a row in those `in_rows`, too."""
    maker = _Maker(graph, lowered)
    tree = region(graph)
    parts = sorted(tree.within()[1:], key=lambda one: (one.height, not one.row))
    for (_, row), level in groupby(parts, key=lambda one: (one.height, one.row)):
        maker.level(list(level), row, {**varying, **in_rows} if row else varying)
    values = maker.flat(tree)
    places = {value.number: i for i, value in enumerate(values)}
    trunk = [
        _placed(value.step, {number: places[number] for number in value.step.inputs}) for value in values
    ]
    return Program(graph, maker.functions, trunk, tuple(places[maker.ends[i]] for i in graph.outputs))


class _Maker:
    """Puts calls of functions in the place of steps, from the inside out."""

    def __init__(self, graph: Graph, lowered: Lowered) -> None:
        self.graph = graph
        self.functions: list[Function] = []
        self.ends: dict[int, int] = {}  # a node -> the number of its value
        self.steps = list(self._steps(lowered))
        self.shared = graph.sharing()
        self.last_read: dict[int, float] = {self.ends[i]: inf for i in graph.outputs}
        for value in self.steps:
            for number in value.step.inputs:
                self.last_read[number] = max(self.last_read.get(number, 0), value.number)
        self.made: dict[int, list[Value]] = {}  # the start of a region's path -> its values

    def _steps(self, lowered: Lowered) -> Iterator[Value]:
        number = 0
        for i, node in enumerate(self.graph.nodes):
            first, read = number, [self.ends[source] for source in node.inputs]
            for call in lowered(OPS[node.op], node.params, self.graph.input_shapes(node)):
                inputs = tuple(
                    j for at in call.inputs for j in (taken(at, read) if at < 0 else (first + at,))
                )
                name = part_name(node.name, call.suffix)
                made = (call.target, call.kwargs, inputs, node.branch, call.layer, call.use)
                yield Value(number, Step(name, *made, call.apart, call.called, at=i, keywords=call.keywords))
                number += 1
            self.ends[i] = number - 1

    def flat(self, one: Region) -> list[Value]:
        """Return the values of a region, with the functions that are there."""
        return [value for part in one.parts for value in self._of(part)]

    def _of(self, part: Region | int) -> list[Value]:
        if isinstance(part, Region):
            return self.made[id(part)]
        return self._between(part, part + 1)

    def _between(self, start: int, stop: int) -> list[Value]:
        first = self.ends[start - 1] + 1 if start else 0
        return self.steps[first : self.ends[stop - 1] + 1]

    def level(self, parts: list[Region], row: bool, varying: Mapping[str, Any]) -> None:
        """Make functions of regions whose own parts are made."""
        found: dict[int, Region] = {}
        uses = []
        for part in parts:
            self.made[id(part)] = self.flat(part)
            if self._closed(part):
                uses.append(self._instance(part))
                found[id(uses[-1])] = part
        for block in distinct(uses, varying):
            if len(block.instances) > 1 or self._long(block, row):
                made = signature(self._name(block, found[id(block.full)]), block)
                self.functions.append(Function(block, made, row))
                for index, use in enumerate(block.instances):
                    part = found[id(use)]
                    self.made[id(part)] = [_call(made, index, part, use, self.made[id(part)])]

    def _long(self, block: Block, row: bool) -> bool:
        outermost = len(self.graph.nodes[block.full.start].frames) > 0 and "/" not in block.full.path
        return not row and outermost and len(block.full.steps) >= _LONG

    def _closed(self, part: Region) -> bool:
        """Return whether a region has several steps and hands on its last value alone."""
        inner = self._between(part.start, part.stop)
        last = inner[-1].number
        return (
            len(self.made[id(part)]) > 1
            and all(self.last_read.get(value.number, 0) <= last for value in inner[:-1])
            and self.shared.isdisjoint(range(part.start, part.stop))
            and all(self.graph.nodes[i].inputs for i in range(part.start, part.stop))
        )

    def _instance(self, part: Region) -> Instance:
        values = self.made[id(part)]
        places = {value.number: i for i, value in enumerate(values)}
        outer = dict.fromkeys(n for value in values for n in value.step.inputs if n not in places)
        places |= {number: -1 - i for i, number in enumerate(outer)}
        steps = [_placed(value.step, places, part.path) for value in values]
        stage = self.graph.nodes[part.start].stage
        return Instance(part.start, part.stop, next(iter(outer)), part.path, stage, steps, tuple(outer))

    def _name(self, block: Block, part: Region) -> str:
        nodes = self.graph.nodes[part.start : part.stop]
        stage = self.graph.stages[block.full.stage].name
        if part.row:
            name = "_".join(node.name.removeprefix(part.path).strip("_") or node.op for node in nodes)
        elif part.kind:
            name = part.kind.lower()
        else:
            adds = any(step.target == "layers.Add" for step in block.full.steps)
            name = "residual_block" if adds else "block"
        known = {i: function.signature.name for i, function in enumerate(self.functions)}
        again = name if part.kind or part.row else f"{stage}_{name}"
        names = [name, again, *(f"{again}_{number}" for number in range(2, len(known) + 3))]
        return next(made for made in (variable(word, {}) for word in names) if made not in known.values())


def _placed(step: Step, places: Mapping[int, int], path: str = "") -> Step:
    """Return a step with its inputs as positions, named from where a path ends."""
    name = step.name.removeprefix(path) if path else step.name
    return Step(
        name,
        step.target,
        step.kwargs,
        tuple(places[number] for number in step.inputs),
        *(step.branch, step.layer, step.use, step.apart, step.called, step.function, step.at, step.keywords),
    )


def _call(made: Signature, index: int, part: Region, use: Instance, values: list[Value]) -> Value:
    """Return the use of a function as a step."""
    given = {name: made.values[name][index] for name, _ in made.parameters}
    kwargs = {name: value for name, value in given.items() if value is not None}
    for name, default in made.parameters:  # what nothing in this use reads has to be given all the same
        if not default and name not in kwargs:
            kwargs[name] = next(value for value in made.values[name] if value is not None)
    branches = {value.step.branch for value in values}
    branch = branches.pop() if len(branches) == 1 else "main"
    return Value(
        values[-1].number,
        Step(part.path, made.name, kwargs, use.sources, branch, function=True, at=part.start),
    )
