"""A graph -> the plan of its PyTorch source, in which blocks that stand in blocks are classes of their own.

A block is cut out of the one around it where it hands on only its last value and keeps at least two things;
the outer one then has a step that applies the inner class. The innermost are classes first, so that those
around them compare what they apply.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from archdsl.backends.blocks import Instance, Step, distinct, instances
from archdsl.backends.plan import Plan, Use, block_name, planned
from archdsl.backends.signature import signature
from archdsl.graph.graph import Graph
from archdsl.ops import INPUT, Op

_LEAST = 2  # what a block keeps that is worth a class


@dataclass(slots=True)
class _Tree:
    """A block and those in it. `steps` is its place among the steps of the one around it, `name` what it is
    called there, `kind` what the table calls it."""

    instance: Instance
    children: list["_Tree"]
    steps: range = range(0)
    name: str = ""
    kind: str = ""

    @property
    def height(self) -> int:
        """Return how deep blocks stand in blocks."""
        return 1 + max((child.height for child in self.children), default=0)

    @property
    def place(self) -> tuple[int, int]:
        """Return the nodes `[start, stop)`; one in another one has fewer."""
        return self.instance.start, self.instance.stop

    def every(self) -> Iterator["_Tree"]:
        """Return the block and all that are in it."""
        yield self
        for child in self.children:
            yield from child.every()


_Uses = dict[int, Use]  # by the `id` of the tree


def nested_plan(graph: Graph) -> Plan:
    """Return the plan of a PyTorch module; its blocks are in the order in which classes can be written."""
    trees = [_tree(graph, instance, 1) for instance in instances(graph, Op.modules, several=True)]
    every = [one for tree in trees for one in tree.every()]
    highest = max((tree.height for tree in every), default=0)
    uses: _Uses = {}
    for height in range(1, highest + 1):
        level = [tree for tree in every if tree.height == height]
        _make_classes(graph, level, uses, alone=highest == 1)
    classes = {use.made.name: (use.block, use.made) for use in uses.values()}
    made = planned(graph, list(classes.values()), [uses[id(tree)] for tree in trees])
    around = (tree for tree in every if tree.children)
    return made._replace(inner={tree.place: [uses[id(one)] for one in tree.children] for tree in around})


def _tree(graph: Graph, instance: Instance, depth: int) -> _Tree:
    """Find the blocks in a block; `depth` is the number of frames around it."""
    runs = list(_runs(graph, instance, depth))
    if len(runs) == 1 and len(graph.nodes[instance.start].frames) > depth:  # a frame around all of it
        return _tree(graph, instance, depth + 1)
    frame, children = graph.nodes[instance.start].frames[depth - 1], []
    for start, stop in runs:
        if child := _cut(graph, instance, start, stop, depth):
            children.append(child)
    kind = frame.name if len(instance.steps) > 1 else ""  # else it is called as its only layer
    return _Tree(instance, children, kind=kind)


def _runs(graph: Graph, instance: Instance, depth: int) -> Iterator[tuple[int, int]]:
    """Return the nodes of each frame of a depth that follow each other, and those between frames."""
    ids = range(instance.start, instance.stop)
    for _, several in groupby(ids, key=lambda i: graph.nodes[i].frames[depth : depth + 1]):
        run = list(several)
        yield run[0], run[-1] + 1


def _cut(graph: Graph, outer: Instance, start: int, stop: int, depth: int) -> _Tree | None:
    """Return a block in a block; None where it is none, or too small, or gives several values."""
    frames = graph.nodes[start].frames
    own = [i for i, step in enumerate(outer.steps) if start <= step.at < stop]
    if len(frames) <= depth or sum("{m}" in outer.steps[i].use for i in own) < _LEAST:
        return None
    steps = range(own[0], own[-1] + 1)
    read = tuple(dict.fromkeys(i for at in steps for i in outer.steps[at].inputs if i not in steps))
    late = any(i in steps[:-1] for step in outer.steps[steps.stop :] for i in step.inputs)
    name = _folder(outer, steps)
    if not read or late or not name:
        return None
    made = [_inside(outer.steps[i], steps.start, read, len(name) + 1) for i in steps]
    instance = Instance(start, stop, read[0], f"{outer.path}/{name}", outer.stage, made, read)
    return replace(_tree(graph, instance, depth + 1), steps=steps, name=name)


def _folder(outer: Instance, steps: range) -> str:
    """Return what the names of some steps begin with, and no other's; empty where there is nothing."""
    parts = [outer.steps[i].name.split("/")[:-1] for i in steps]
    count = 0
    while all(len(one) > count and one[count] == parts[0][count] for one in parts):
        count += 1
    name = "/".join(parts[0][:count])
    others = (step.name for i, step in enumerate(outer.steps) if i not in steps)
    return "" if any(f"{other}/".startswith(f"{name}/") for other in others) else name


def _inside(step: Step, start: int, read: tuple[int, ...], cut: int) -> Step:
    """Return a step as the block that it stands in has it; `start` is that block's first step, `read` what
    it reads."""
    inputs = tuple(INPUT - read.index(i) if i in read else i - start for i in step.inputs)
    return replace(step, name=step.name[cut:], inputs=inputs)


def _make_classes(graph: Graph, level: list[_Tree], uses: _Uses, *, alone: bool) -> None:
    """Make classes of blocks whose inner ones have theirs; `alone` tells that there are no others."""
    for tree in level:
        tree.instance = _folded(tree, uses)
    where = {id(tree.instance): tree for tree in level}
    blocks = distinct([tree.instance for tree in level])
    for block in blocks:
        own = [where[id(instance)] for instance in block.instances]
        kinds, taken = {tree.kind for tree in own}, {use.made.name for use in uses.values()}
        kind = kinds.pop() if len(kinds) == 1 else ""
        made = signature(block_name(graph, block, kind, taken, alone=alone and len(blocks) == 1), block)
        uses |= {id(tree): Use(tree.name, tree.instance, block, made) for tree in own}


def _folded(tree: _Tree, uses: _Uses) -> Instance:
    """Return a block whose inner ones are steps that apply their classes."""
    steps: list[Step] = []
    at = {INPUT - i: INPUT - i for i in range(len(tree.instance.sources))}  # where a step has come to
    begins = {child.steps.start: child for child in tree.children}
    i = 0
    while i < len(tree.instance.steps):
        child = begins.get(i)
        places = child.steps if child else range(i, i + 1)
        made = _applied(child, uses[id(child)]) if child else tree.instance.steps[i]
        read = child.instance.sources if child else tree.instance.steps[i].inputs
        steps.append(replace(made, inputs=tuple(at[j] for j in read)))
        at |= dict.fromkeys(places, len(steps) - 1)
        i = places.stop
    return replace(tree.instance, steps=steps)


def _applied(child: _Tree, use: Use) -> Step:
    """Return the step that applies the class of an inner block, with the arguments of its constructor."""
    kwargs, last = use.made.given(use.block, use.instance), child.instance.steps[-1]
    given = ", ".join(f"{{{i}}}" for i in range(len(child.instance.sources)))
    made = Step(child.name, use.made.name, kwargs, (), last.branch, use=f"{{m}}({given})", at=last.at)
    return replace(made, function=True)
