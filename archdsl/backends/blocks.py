"""Graph -> the distinct blocks of its brackets: instances that differ in a few values or an optional part
become one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from archdsl.backends.names import part_name
from archdsl.graph.graph import Graph, Node
from archdsl.ops import INPUT, OPS, Call, Op, taken
from archdsl.ops.base import Params, Shape

# What two uses of one block may differ in, with the value that leaving it out means; all else makes another
# block. Keras' arguments, then PyTorch's, then those of ops.
VARYING: dict[str, Any] = {
    "filters": None,
    "units": None,
    "strides": 1,
    "padding": None,
    "groups": 1,
    "rate": None,
    "output_shape": None,
    "in_channels": None,
    "out_channels": None,
    "num_features": None,
    "num_channels": None,
    "num_parameters": None,
    "normalized_shape": None,
    "in_features": None,
    "out_features": None,
    "stride": None,
    "p": None,
    "channels": None,
    "kernel": None,
    "heads": None,
    "factor": None,
}

Lowered = Callable[[Op, Params, tuple[Shape, ...]], tuple[Call, ...]]
"""How an op is said in the target's words: `Op.calls` or `Op.modules`."""


@dataclass(slots=True)
class Step:
    """One layer of a block: its constructor, its inputs as positions of steps (or INPUT: the block's, and
    the numbers below it: its further ones), its name within the block. `use` is how PyTorch applies it, as
    `Call.use` says. It may be the use of another block, a `function`; `at` is its first node."""

    name: str
    target: str
    kwargs: dict[str, Any]
    inputs: tuple[int, ...]
    branch: str
    layer: bool = True
    use: str = ""
    apart: bool = False
    called: dict[str, Any] = field(default_factory=dict)
    function: bool = False
    at: int = -1
    keywords: tuple[str, ...] = ()


@dataclass(slots=True)
class Instance:
    """One use of a block: nodes `[start, stop)` of the graph, the value it reads, the path its layers are
    named after; `sources` are the values where it may read several."""

    start: int
    stop: int
    source: int
    path: str
    stage: int
    steps: list[Step]
    sources: tuple[int, ...] = ()


@dataclass(slots=True)
class Block:
    """A distinct block: the fullest of its instances, and all of them. Steps that some instances lack are
    optional; `varying` says what its uses may differ in, as VARYING does."""

    full: Instance
    instances: list[Instance] = field(default_factory=list)
    varying: Mapping[str, Any] = field(default_factory=lambda: VARYING)

    def varies(self, step: Step, key: str) -> bool:
        """Return whether uses may differ in an argument of a step."""
        return step.function or key in self.varying

    def present(self, step: Step) -> tuple[bool, ...]:
        """Return which instances have a step."""
        return tuple(any(own.name == step.name for own in instance.steps) for instance in self.instances)

    def values(self, step: Step, key: str) -> tuple[Any, ...]:
        """Return the value of an argument in each instance; None where the step is missing."""
        found = []
        for instance in self.instances:
            own = next((own for own in instance.steps if own.name == step.name), None)
            found.append(None if own is None else own.kwargs.get(key, self.varying.get(key)))
        return tuple(found)


def instances(graph: Graph, lowered: Lowered = Op.calls, *, several: bool = False) -> list[Instance]:
    """Cut the brackets out of a graph: each repeat that reads one value, or `several`, and hands on only its
    last."""
    found: list[Instance] = []
    shared = graph.sharing()  # a layer that is applied more than once is no function's own
    at = 0
    while at < len(graph.nodes):
        node = graph.nodes[at]
        stop = at + 1
        if node.frames:
            while stop < len(graph.nodes) and _together(node, graph.nodes[stop]):
                stop += 1
            alone = shared.isdisjoint(range(at, stop))
            instance = _instance(graph, at, stop, lowered) if alone else None
            found += [instance] if instance and (several or len(instance.sources) == 1) else []
        at = stop
    return found


def _together(a: Node, b: Node) -> bool:
    return a.stage == b.stage and bool(b.frames) and a.frames[0] == b.frames[0]


def _instance(graph: Graph, start: int, stop: int, lowered: Lowered) -> Instance | None:
    nodes = graph.nodes[start:stop]
    outer = tuple(dict.fromkeys(i for node in nodes for i in node.inputs if i < start))
    used_later = {i for node in graph.nodes[stop:] for i in node.inputs} | set(graph.outputs)
    if not outer or any(i in used_later for i in range(start, stop - 1)):
        return None
    path = "/".join(nodes[0].name.split("/")[:2])
    if any(not node.name.startswith(f"{path}/") for node in nodes):  # the only block of its row
        path = path.partition("/")[0]
    steps = _steps(graph, range(start, stop), outer, path, lowered)
    return Instance(start, stop, outer[0], path, nodes[0].stage, steps, outer)


def _steps(graph: Graph, nodes: range, sources: tuple[int, ...], path: str, lowered: Lowered) -> list[Step]:
    steps: list[Step] = []
    outputs = {source: INPUT - i for i, source in enumerate(sources)}  # a node -> its last step
    for i in nodes:
        node, first = graph.nodes[i], len(steps)
        read = tuple(outputs[source] for source in node.inputs)
        for call in lowered(OPS[node.op], node.params, graph.input_shapes(node)):
            name = part_name(node.name.removeprefix(path).strip("/"), call.suffix)
            inputs = tuple(j for at in call.inputs for j in (taken(at, read) if at < 0 else (first + at,)))
            made = (call.target, call.kwargs, inputs, node.branch, call.layer, call.use)
            steps.append(Step(name, *made, call.apart, call.called, at=i, keywords=call.keywords))
        outputs[i] = len(steps) - 1
    return steps


def distinct(found: list[Instance], varying: Mapping[str, Any] = VARYING) -> list[Block]:
    """Group instances into distinct blocks, in the order of their first use."""
    blocks: list[Block] = []
    for instance in found:
        for block in blocks:
            if _merge(block, instance):
                break
        else:
            blocks.append(Block(instance, [instance], varying))
    return blocks


def _merge(block: Block, instance: Instance) -> bool:
    """Add an instance to a block if one of the two is the other with optional steps, and they agree
    otherwise."""
    if len(instance.steps) <= len(block.full.steps):
        merges = _fits(block, instance, block.full)
    else:
        merges = all(_fits(block, one, instance) for one in block.instances)
    if not merges:
        return False
    block.full = max(block.full, instance, key=lambda one: len(one.steps))
    block.instances.append(instance)
    return True


def _fits(block: Block, small: Instance, large: Instance) -> bool:
    positions = {step.name: i for i, step in enumerate(large.steps)}
    if len(small.sources) != len(large.sources) or any(step.name not in positions for step in small.steps):
        return False
    mapping = [positions[step.name] for step in small.steps]
    if mapping != sorted(mapping):
        return False
    missing = set(range(len(large.steps))) - set(mapping)
    if not all(_optional(large.steps[i]) for i in missing):
        return False
    return all(_same(block, step, large, positions, small, missing) for step in small.steps)


def _optional(step: Step) -> bool:
    """A person would write a projection and the padding of a strided convolution under an `if`, other layers
    not."""
    return step.branch == "shortcut" or _pads(step)


def _pads(step: Step) -> bool:
    return "pad" in step.target.lower()


def _same(
    block: Block, step: Step, large: Instance, positions: dict[str, int], small: Instance, missing: set[int]
) -> bool:
    """Compare a step with its counterpart: equal but for what may vary; inputs equal, or through a missing
    step."""
    other = large.steps[positions[step.name]]
    keys = {
        key
        for key in (*step.kwargs, *other.kwargs)
        if not block.varies(step, key) or (key == "padding" and _pads(step))
    }
    said, again = ((one.target, one.use, one.called, one.keywords) for one in (step, other))
    if said != again or len(step.inputs) != len(other.inputs):
        return False
    if any(step.kwargs.get(key) != other.kwargs.get(key) for key in keys):
        return False
    for mine, theirs in zip(step.inputs, other.inputs, strict=True):
        own = mine if mine < 0 else positions[small.steps[mine].name]
        if own != theirs and theirs not in missing:
            return False
    return True
