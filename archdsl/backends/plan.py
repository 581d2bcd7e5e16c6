"""Graph -> the plan of its source: distinct blocks with their parameters, and what each value of the trunk is
called. The sources of all targets follow one plan."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from archdsl.backends.blocks import Block, Instance, Lowered, distinct, instances
from archdsl.backends.body import variable
from archdsl.backends.names import layer_name
from archdsl.backends.signature import Signature, signature
from archdsl.graph.graph import Graph
from archdsl.ops import Call


class Use(NamedTuple):
    """The use of a block within another one, as the `step` of that name."""

    step: str
    instance: Instance
    block: Block
    made: Signature


class Plan(NamedTuple):
    """`uses` has the block whose use begins at a node, `covered` the use that a node belongs to, `names` the
    variable that holds the value of a node. `inner` are the blocks within blocks that are written for
    themselves, by the nodes `[start, stop)` of the one around them."""

    graph: Graph
    blocks: list[Block]
    signatures: list[Signature]
    uses: dict[int, tuple[Block, Signature]]
    covered: dict[int, Instance]
    names: dict[int, str]
    inner: Mapping[tuple[int, int], list[Use]] = {}


def plan(graph: Graph, lowered: Lowered) -> Plan:
    """Find the blocks of a graph in the target's words."""
    blocks = distinct(instances(graph, lowered))
    made: list[Signature] = []
    for block in blocks:
        name = block_name(graph, block, "", [one.name for one in made], alone=len(blocks) == 1)
        made.append(signature(name, block))
    pairs = list(zip(blocks, made, strict=True))
    return planned(graph, pairs, [Use("", one, *pair) for pair in pairs for one in pair[0].instances])


def planned(graph: Graph, pairs: list[tuple[Block, Signature]], uses: list[Use]) -> Plan:
    """Return the plan of a graph whose blocks are known, and their uses that are in no other one."""
    covered = {i: use.instance for use in uses for i in range(use.instance.start, use.instance.stop)}
    return Plan(
        graph,
        [block for block, _ in pairs],
        [made for _, made in pairs],
        {use.instance.start: (use.block, use.made) for use in uses},
        covered,
        _value_names(graph, covered),
    )


def stages_of(graph: Graph, block: Block) -> str:
    """List the stages that a block is used in, for its documentation."""
    return ", ".join(dict.fromkeys(graph.stages[instance.stage].name for instance in block.instances))


def docstring(text: str) -> str:
    """Write a text so that it can stand in a docstring."""
    return text.replace("\\", "\\\\").replace('"', "'").replace("\n", " ")


def listed(names: list[str]) -> str:
    """Write values as one argument: alone, or as a list."""
    return names[0] if len(names) == 1 else f"[{', '.join(names)}]"


def part_names(calls: tuple[Call, ...], name: str) -> list[str]:
    """Name the values of the calls that make an op; one that a call further on takes has a name of its
    own."""
    again = any(i < 0 for call in calls[1:] for i in call.inputs)
    return [_part(calls, i, name, again) for i in range(len(calls) - 1)] + [name]


def _part(calls: tuple[Call, ...], at: int, name: str, again: bool) -> str:
    if any(at in call.inputs for call in calls[at + 2 :]):
        return f"{name}_{calls[at].suffix or at}"
    return f"{name}_part" if again else name


def block_name(graph: Graph, block: Block, kind: str, taken: Collection[str], *, alone: bool = False) -> str:
    """Name a block after its `kind`, what the table calls it; one without a name after its stage, unless it
    is the only one."""
    adds = any(graph.nodes[i].op == "add" for i in range(block.full.start, block.full.stop))
    stage = graph.stages[block.instances[0].stage].name
    stage = f"s{stage}" if stage[:1].isdigit() else stage
    plain = "residual_block" if adds else "block"
    base = kind or f"{stage}_{plain}"
    names = [kind or plain] if alone or kind else [f"{stage}_block", base]
    names += [f"{base}_{number}" for number in range(2, len(taken) + 3)]
    return next(name for name in names if name not in taken)


def _value_names(graph: Graph, covered: dict[int, Instance]) -> dict[int, str]:
    """Name the values of the trunk: `inputs`, then `x`; a name of its own for a value that is read again
    later."""
    last_reader: dict[int, int] = {}
    for i, node in enumerate(graph.nodes):
        for source_id in node.inputs:
            last_reader[source_id] = i
    names: dict[int, str] = {}
    for i, node in enumerate(graph.nodes):
        end = covered[i].stop if i in covered else i + 1
        following = covered[end].stop if end in covered else end + 1
        late = last_reader.get(i, i) >= following or (i in graph.outputs and end < len(graph.nodes))
        single = len(graph.inputs) == 1
        own = layer_name(node).replace("-", "_")
        if i in graph.inputs:
            names[i] = "inputs" if single else variable(own, names)
        else:
            names[i] = f"v_{own}" if late else "x"
    return names
