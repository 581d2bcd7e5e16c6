"""A distinct block -> its lines in a spec, with labels where a value is read again."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from archdsl.backends.blocks import Block, Step
from archdsl.backends.signature import Signature
from archdsl.foreign.idiom.house import House
from archdsl.foreign.idiom.phrases import Behind, phrase
from archdsl.foreign.words import by_name, joins
from archdsl.ops import INPUT

_COMMUTATIVE = ("add", "multiply", "maximum", "average")
_JOINED = ("concat", "add", "multiply", "maximum", "average")
_NORMS = ("batch_norm", "layer_norm", "group_norm", "instance_norm")
_LONG_LINE = 60
# What the parameters of a block are called, by what they say.
_SHORT = {
    "channels": "c",
    "kernel": "k",
    "stride": "st",
    "padding": "pad",
    "groups": "g",
    "rate": "p",
    "factor": "f",
}


def parameter_names(made: Signature) -> dict[str, str]:
    """Return the parameters of a block short names: `c`, `c2`, `st`."""
    found: dict[str, str] = {}
    for name, _ in made.parameters:
        ending = name.rpartition("_")[2]
        short = _SHORT.get(ending, ending)
        taken, number = set(found.values()), 1
        while (own := short if number == 1 else f"{short}{number}") in taken:
            number += 1
        found[name] = own
    return found


def block_lines(name: str, block: Block, made: Signature, house: House) -> list[str]:
    """Write a block: its first line has the parameters, each further line layers in order."""
    names = parameter_names(made)
    parameters = [
        f"{names[key]}={_word(default)}" if default else names[key] for key, default in made.parameters
    ]
    branches = _branches(block, made, names, house)
    lines = branches or _lines(block, made, names, house)
    head = f"block {name}({', '.join(parameters)})" if parameters else f"block {name}"
    head += f" = {block.full.steps[-1].target}" if branches else ""
    return [head, *(f"    {line}" for line in lines)]


def _word(default: str) -> str:
    return {"False": "no", "True": "yes"}.get(default, default.strip('"'))


def _lines(block: Block, made: Signature, names: Mapping[str, str], house: House) -> list[str]:
    steps = block.full.steps
    turns = [_turn(steps, i) for i in range(len(steps))]
    labels = _labels({reference for turn in turns for part in turn for reference in part})
    lines: list[str] = []
    line: list[str] = []

    def end(label: str = "", guard: str = "") -> None:
        if line:
            lines.append(
                f"{f'{label}: ' if label else ''}{'; '.join(line)}{f' when {guard}' if guard else ''}"
            )
            line.clear()

    i = 0
    while i < len(steps):
        step, (turn, others) = steps[i], turns[i]
        if turn:  # a condition holds for all of its line
            (lines if step.name in made.flags else line).append(f"from {labels[turn[0]]}")
        stop = i + 1
        if joins(step.target):
            line.append(f"{step.target} {', '.join(labels[one] for one in others)}")
        else:
            behind, stop = _behind(steps, i, made, labels)
            read = by_name(step.target, [labels[one] for one in others])
            line.append(_layer(step, made, names, house, behind, read))
        guard, label = made.flags.get(step.name, ""), labels.get(stop - 1, "")
        long = sum(map(len, line)) > _LONG_LINE
        if label or long or not _stays(steps, stop - 1, made) or turns[stop][0]:
            end(label, names.get(guard, guard))
        i = stop
    return lines


def _branches(block: Block, made: Signature, names: Mapping[str, str], house: House) -> list[str]:
    """Write a block whose ways are chains from its input that are joined in the end, a line for each way;
    nothing for another block."""
    steps = block.full.steps
    if not joins(steps[-1].target) or steps[-1].target not in _JOINED or made.flags:
        return []
    ways: list[list[int]] = []
    for end in steps[-1].inputs:
        way = [end] if end != INPUT else []
        while way and steps[way[0]].inputs != (INPUT,):
            if len(steps[way[0]].inputs) != 1:
                return []
            way.insert(0, steps[way[0]].inputs[0])
        ways.append(way)
    if house.settings["bias"] == "auto" and any(way and steps[way[0]].target in _NORMS for way in ways):
        return []  # a line that begins with a norm has other biases
    used = [i for way in ways for i in way]
    if sorted(used) != list(range(len(steps) - 1)) or len(used) != len(set(used)):
        return []
    return [_way(steps, way, made, names, house) if way else "skip:" for way in ways]


def _way(steps: list[Step], way: list[int], made: Signature, names: Mapping[str, str], house: House) -> str:
    words, at = [], 0
    chain = [steps[i] for i in way]
    linked = [replace(step, inputs=(i - 1,)) for i, step in enumerate(chain)]
    while at < len(linked):
        behind, stop = _behind(linked, at, made, {})
        words.append(_layer(linked[at], made, names, house, behind))
        at = stop
    return "; ".join(words)


def _behind(steps: list[Step], i: int, made: Signature, labels: Mapping[int, str]) -> tuple[Behind, int]:
    """Return the norm and the activation that belong to a layer, and the step behind them."""
    parts: list[Step | None] = []
    at = i + 1
    for targets in (_NORMS, ("activation",)):
        follows = at < len(steps) and steps[at].target in targets and steps[at].inputs == (at - 1,)
        own = (
            follows
            and steps[i].target not in targets
            and at - 1 not in labels
            and _stays(steps, at - 1, made)
        )
        parts.append(steps[at] if own else None)
        at += bool(own)
    norm, act = parts
    return Behind((norm.target, norm.kwargs) if norm else None, act.kwargs if act else None), at


def _stays(steps: list[Step], i: int, made: Signature) -> bool:
    """Return whether the next step may stand in the same line: it is there under the same condition."""
    if i + 1 >= len(steps):
        return False
    return made.flags.get(steps[i].name, "") == made.flags.get(steps[i + 1].name, "")


def _turn(steps: list[Step], i: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return what a step goes on from, where that is not the step before it, and what it joins that with."""
    step, current = steps[i], i - 1 if i else INPUT
    if not joins(step.target):
        return (() if step.inputs[0] == current else step.inputs[:1]), step.inputs[1:]
    if step.inputs[0] == current or (current in step.inputs and step.target in _COMMUTATIVE):
        others = list(step.inputs)
        others.remove(current)
        return (), tuple(others)
    return step.inputs[:1], step.inputs[1:]


def _labels(read: set[int]) -> dict[int, str]:
    """Name the values that are read again: `input`, `main`, or `way1`, `way2`."""
    own = sorted(read - {INPUT})
    names = ["main"] if len(own) == 1 else [f"way{number}" for number in range(1, len(own) + 1)]
    return {INPUT: "input", **dict(zip(own, names, strict=True))}


def _layer(
    step: Step,
    made: Signature,
    names: Mapping[str, str],
    house: House,
    behind: Behind,
    read: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """Write a layer; `read` has the names of values that it reads besides the current one."""
    given = {key: names[word] for (name, key), word in made.arguments.items() if name == step.name}
    return phrase(house, step.target, {**step.kwargs, **read}, given, behind)
