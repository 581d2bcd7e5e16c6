"""An annotated graph -> the text of a spec that computes the same: settings, blocks, rows."""

from collections.abc import Mapping

from archdsl.backends.blocks import Block, Instance, Step
from archdsl.backends.plan import Plan, plan
from archdsl.backends.signature import Signature
from archdsl.foreign.apart import apart
from archdsl.foreign.block_text import block_lines, parameter_names
from archdsl.foreign.idiom.house import House
from archdsl.foreign.idiom.library import Match
from archdsl.foreign.idiom.rows import Writing, input_names, rows
from archdsl.foreign.own import declarations
from archdsl.foreign.words import joins, lowered, text
from archdsl.graph.graph import Graph
from archdsl.ops import INPUT


def spec(graph: Graph, origin: str, house: House, named: Mapping[int, Match]) -> str:
    """Write the spec under a house; `named` has words for runs of nodes. Every other block is defined once,
    with parameters for what differs between its uses."""
    planned = plan(graph._replace(nodes=tuple(node._replace(shares=-1) for node in graph.nodes)), lowered)
    names = _names(planned)
    again = apart(graph, named).again
    lines = [f"# Read from {origin} by archdsl.", *_inputs(graph), *house.lines()]
    lines += declarations(graph)
    for block, made in zip(planned.blocks, planned.signatures, strict=True):
        lines += ["", *block_lines(names[made.name], block, made, house)]
    uses = {at: _use(planned, names, at) for at in planned.uses}
    return "\n".join([*lines, "", *rows(Writing(graph, house, named, uses, again))]) + "\n"


def _inputs(graph: Graph) -> list[str]:
    """Write the inputs of a network, by their names where it has several, and its outputs where it has."""
    names = input_names(graph)
    ends = [stage.name for i in graph.outputs for stage in graph.stages if stage.stop == i + 1]
    lines = [f"input {f'{names[i]}: ' if names else ''}{text(graph.nodes[i].shape)}" for i in graph.inputs]
    return lines + ([f"outputs {', '.join(ends)}"] if len(ends) > 1 else [])


def _use(planned: Plan, names: Mapping[str, str], at: int) -> Match:
    """Return the words of one use of a block of the spec."""
    block, made = planned.uses[at]
    instance = planned.covered[at]
    arguments = _arguments(block, made, instance)
    words = f"{names[made.name]}({', '.join(arguments)})" if arguments else names[made.name]
    return Match(at, instance.stop, words, words)


def _names(planned: Plan) -> dict[str, str]:
    """Name the blocks by what they are: `residual-unit`, `inception-unit-a`."""
    kinds = {
        made.name: _kind(block.full.steps)
        for block, made in zip(planned.blocks, planned.signatures, strict=True)
    }
    found: dict[str, str] = {}
    for name, kind in kinds.items():
        same = [other for other, its in kinds.items() if its == kind]
        found[name] = f"{kind}-{_letters(same.index(name))}" if len(same) > 1 else kind
    return found


def _kind(steps: list[Step]) -> str:
    last = next((step for step in reversed(steps) if joins(step.target)), None)
    if last is None or last.target not in ("add", "concat"):
        return "unit"
    if last.target == "add":
        return "residual-unit"
    return "dense-unit" if INPUT in last.inputs else "inception-unit"


def _letters(number: int) -> str:
    rest, last = divmod(number, 26)
    return (_letters(rest - 1) if rest else "") + chr(ord("a") + last)


def _arguments(block: Block, made: Signature, instance: Instance) -> list[str]:
    """Write the arguments of one use: leading ones by position, what equals its default left out."""
    index = next(i for i, one in enumerate(block.instances) if one is instance)
    names = parameter_names(made)
    words = []
    for name, default in made.parameters:
        values = made.values[name]
        value = values[index]
        if value is None and default:
            continue
        if value is None:
            value = next(one for one in values if one is not None)
        word, left_out = text(value), {"False": "no", "True": "yes"}.get(default, default.strip('"'))
        if word != left_out:
            words.append(f"{names[name]}={word}" if default else word)
    return words
