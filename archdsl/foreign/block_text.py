"""A distinct block -> its lines in a spec, with labels where a value is read again."""

from collections.abc import Mapping
from typing import Any

from archdsl.backends.blocks import Block, Step
from archdsl.backends.signature import Signature
from archdsl.foreign.words import joins, layer
from archdsl.ops import INPUT

_COMMUTATIVE = ("add", "multiply", "maximum", "average")
_NORMS = ("batch_norm", "layer_norm", "group_norm", "instance_norm")
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


def block_lines(name: str, block: Block, made: Signature, usual: Mapping[str, Any]) -> list[str]:
    """Write a block: its first line has the parameters, each further line layers in order."""
    names = parameter_names(made)
    parameters = [
        f"{names[key]}={_word(default)}" if default else names[key] for key, default in made.parameters
    ]
    lines = _lines(block, made, names, usual)
    return [f"block {name}({', '.join(parameters)})", *(f"    {line}" for line in lines)]


def _word(default: str) -> str:
    return {"False": "no", "True": "yes"}.get(default, default.strip('"'))


def _lines(block: Block, made: Signature, names: Mapping[str, str], usual: Mapping[str, Any]) -> list[str]:
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

    for i, step in enumerate(steps):
        turn, others = turns[i]
        if turn:
            lines.append(f"from {labels[turn[0]]}")
        if joins(step.target):
            line.append(f"{step.target} {', '.join(labels[one] for one in others)}")
        else:
            line.append(_layer(steps, i, made, names, usual))
        guard, label = made.flags.get(step.name, ""), labels.get(i, "")
        follows = i + 1 < len(steps) and not turns[i + 1][0]
        if label or not follows or not _stays(steps, i, made):
            end(label, names.get(guard, guard))
    return lines


def _stays(steps: list[Step], i: int, made: Signature) -> bool:
    """Return whether the next step stands in the same line: a norm or an activation under the same
    condition."""
    following = steps[i + 1]
    same = made.flags.get(steps[i].name, "") == made.flags.get(following.name, "")
    return same and following.target in (*_NORMS, "activation")


def _turn(steps: list[Step], i: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return what a step goes on from, where that is not the step before it, and what it joins that with."""
    step, current = steps[i], i - 1 if i else INPUT
    if not joins(step.target):
        return (() if step.inputs[0] == current else step.inputs[:1]), ()
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
    steps: list[Step], i: int, made: Signature, names: Mapping[str, str], usual: Mapping[str, Any]
) -> str:
    step = steps[i]
    given = {key: names[word] for (name, key), word in made.arguments.items() if name == step.name}
    normed = i + 1 < len(steps) and steps[i + 1].target in _NORMS and _stays(steps, i, made)
    return layer(step.target, step.kwargs, given, {"bias": not normed, **usual})
