"""The trunk of a network -> a class of PyTorch: `nn.Sequential` where layers and blocks follow each other."""

from itertools import groupby
from typing import NamedTuple

from archdsl.backends.layout import laid
from archdsl.backends.names import layer_name, part_name
from archdsl.backends.plan import Plan, part_names
from archdsl.backends.torch_text import applied, attribute, constructor, returned
from archdsl.graph.graph import Graph
from archdsl.ops import OPS, Call, taken


class Item(NamedTuple):
    """What is written at once: the use of a block, or the steps of the single node `start`, which may be one
    whose layers are `shared`."""

    start: int
    stop: int
    source: tuple[int, ...]
    calls: tuple[Call, ...] = ()
    shared: bool = False

    @property
    def layered(self) -> bool:
        """Return whether it can stand in an `nn.Sequential`."""
        alone = len(self.source) == 1 and not self.shared
        return alone and all(map(_layer, self.calls, range(-1, len(self.calls))))


def _layer(call: Call, before: int) -> bool:
    plain = call.use == "{m}({0})" or "{m}" not in call.use
    return bool(call.target) and plain and call.inputs == (before,)


class Placed(NamedTuple):
    """A run and the attributes that hold it: one for a block or an `nn.Sequential`, else one for each step
    (none where it keeps nothing)."""

    run: list[Item]
    names: tuple[str, ...]

    @property
    def single(self) -> bool:
        """Return whether it is a single node, whose steps stand in `forward`."""
        return len(self.run) == 1 and bool(self.run[0].calls)


def placed(planned: Plan) -> list[Placed]:
    """Return the runs of the trunk in order, each with its attributes; layers that are applied again have
    those of the first time."""
    found: list[Placed] = []
    taken: set[str] = set()
    held: dict[int, tuple[str, ...]] = {}
    for stage, several in groupby(_runs(planned), key=lambda run: planned.graph.nodes[run[0].start].stage):
        runs = list(several)
        alone = sum(map(_keeps, runs)) == 1
        for run in runs:
            own = planned.graph.stages[stage].name if alone else _common(planned, run)
            again = held.get(planned.graph.nodes[run[0].start].shares)
            found.append(Placed(run, again or _names(run, own, taken)))
            taken.update(found[-1].names)
            held[run[0].start] = found[-1].names
    return found


def _names(run: list[Item], own: str, taken: set[str]) -> tuple[str, ...]:
    if len(run) > 1 or not run[0].calls:
        return (attribute(own, taken),)
    return tuple(
        attribute(part_name(own, call.suffix), taken) if "{m}" in call.use else "" for call in run[0].calls
    )


def network_class(
    planned: Plan, name: str, classes: dict[str, str], doc: str, begin: tuple[str, ...]
) -> list[str]:
    """Write the network as a class; `classes` has the class of each block, by the name of its signature, and
    `begin` are the statements that end the constructor."""
    init: list[str] = []
    forward: list[str] = []
    for one in placed(planned):
        constructed, computed = (_single if one.single else _layered)(planned, one, classes)
        init += constructed
        forward += computed
    inputs = [planned.names[i] for i in planned.graph.inputs]
    outputs = ", ".join(planned.names[i] for i in planned.graph.outputs)
    return [
        f"class {name}(nn.Module):",
        *laid(f'"""{doc}"""', 4),
        *(["", "    def __init__(self):", "        super().__init__()", *init, *begin] if init else []),
        "",
        *laid(f"def forward({', '.join(['self', *inputs])}):", 4),
        *returned(forward, outputs),
    ]


def _keeps(run: list[Item]) -> bool:
    """Return whether a run has something that the module keeps."""
    return len(run) > 1 or not run[0].calls or any("{m}" in call.use for call in run[0].calls)


def _items(planned: Plan) -> list[Item]:
    graph, at = planned.graph, 0
    shared = graph.sharing()
    found: list[Item] = []
    while at < len(graph.nodes):
        if at in planned.uses:
            instance = planned.covered[at]
            found.append(Item(at, instance.stop, instance.sources))
            at = instance.stop
            continue
        node = graph.nodes[at]
        if node.inputs:
            calls = OPS[node.op].modules(node.params, graph.input_shapes(node))
            found.append(Item(at, at + 1, node.inputs, calls, at in shared))
        at += 1
    return found


def _runs(planned: Plan) -> list[list[Item]]:
    """Part the items into runs that one `nn.Sequential` can hold, as long as can be."""
    readers = planned.graph.readers()
    runs: list[list[Item]] = []
    for item in _items(planned):
        if runs and _follows(planned.graph, readers, runs[-1][-1], item):
            runs[-1].append(item)
        else:
            runs.append([item])
    return runs


def _follows(graph: Graph, readers: list[list[int]], last: Item, item: Item) -> bool:
    end = last.stop - 1
    together = last.layered and item.layered and graph.nodes[end].stage == graph.nodes[item.start].stage
    alone = end not in graph.outputs and all(item.start <= i < item.stop for i in readers[end])
    return together and item.source == (end,) and alone


def _layered(planned: Plan, one: Placed, classes: dict[str, str]) -> tuple[list[str], list[str]]:
    """Return the lines of the constructor and of `forward` for a block, or for what is an `nn.Sequential`."""
    entries = [entry for item in one.run for entry in _entries(planned, item, classes)]
    made = entries[0] if len(one.run) == 1 else f"nn.Sequential({', '.join(_repeated(entries))})"
    read = ", ".join(planned.names[i] for i in one.run[0].source)
    given = planned.names[one.run[-1].stop - 1]
    return laid(f"self.{one.names[0]} = {made}", 8), laid(f"{given} = self.{one.names[0]}({read})", 8)


def _common(planned: Plan, run: list[Item]) -> str:
    """Name a run after its place: its stage and its first layer, or the block."""
    if run[0].calls:
        return layer_name(planned.graph.nodes[run[0].start]).replace("-", "_")
    path = planned.covered[run[0].start].path
    return (path if len(run) == 1 else path.rstrip("0123456789") + "s").replace("/", "_")


def _entries(planned: Plan, item: Item, classes: dict[str, str]) -> list[str]:
    if item.calls:
        return [constructor(call.target, call.kwargs, {}) for call in item.calls]
    block, made = planned.uses[item.start]
    arguments = made.of(block, planned.covered[item.start])
    return [f"{classes[made.name]}({', '.join(arguments)})"]


def _repeated(entries: list[str]) -> list[str]:
    """Write equal ones that follow each other once, as a loop."""
    counted = [(entry, len(list(group))) for entry, group in groupby(entries)]
    return [entry if n == 1 else f"*[{entry} for _ in range({n})]" for entry, n in counted]


def _single(planned: Plan, one: Placed, classes: dict[str, str]) -> tuple[list[str], list[str]]:
    """Return the lines of the constructor and of `forward` for the steps of one node."""
    item = one.run[0]
    own = planned.graph.nodes[item.start].shares < 0
    init: list[str] = []
    forward: list[str] = []
    values = part_names(item.calls, planned.names[item.start])
    for call, value, name in zip(item.calls, values, one.names, strict=True):
        if name and own:
            init += laid(f"self.{name} = {constructor(call.target, call.kwargs, {})}", 8)
        inputs = [
            word
            for i in call.inputs
            for word in (taken(i, [planned.names[j] for j in item.source]) if i < 0 else [values[i]])
        ]
        forward += laid(f"{value} = {applied(call.use, name, inputs)}", 8)
    return init, forward
