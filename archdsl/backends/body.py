"""A distinct block -> the variables of its body, which the sources of all targets write alike."""

import re
from keyword import iskeyword

from archdsl.backends.blocks import VARYING, Block
from archdsl.ops import INPUT

RESERVED = {
    *("inputs", "x", "shortcut", "name", "i", "projection", "downsample"),
    *("keras", "layers", "ops", "self", "torch", "nn", "F", "build", "range", "float"),
    *VARYING,
}


def input_names(count: int) -> dict[int, str]:
    """Name the inputs of a block, by the references that its steps have to them."""
    names = ["inputs", "other", *(f"other{i}" for i in range(2, count))][:count]
    return {INPUT - i: name for i, name in enumerate(names)}


def variables_of(block: Block) -> dict[int, str]:
    """Name the inputs of a block and the value of each step: `x` along the main path, `shortcut` beside it,
    its own name where it is read later."""
    steps = block.full.steps
    variables = input_names(len(block.full.sources))
    for i, step in enumerate(steps):
        readers = [j for j, other in enumerate(steps) if i in other.inputs]
        common = "x" if step.branch == "main" else "shortcut"
        overwritten = next(
            (j for j in range(i + 1, len(steps)) if steps[j].branch == step.branch), len(steps)
        )
        late = any(j > overwritten for j in readers)
        variables[i] = variable(step.name.replace("/", "_"), variables) if late else common
    return variables


def variable(name: str, taken: dict[int, str]) -> str:
    """Make a name that Python takes for a variable and that nothing else has."""
    name = re.sub(r"[^A-Za-z0-9_]", "_", name)
    name = name if name.isidentifier() else f"v_{name}"
    while iskeyword(name) or name in RESERVED or name in taken.values():
        name += "_"
    return name


def opening(block: Block, i: int, variables: dict[int, str], condition: str, indent: int) -> list[str]:
    """Write what an optional part's variable holds without it, and the condition."""
    steps, space = block.full.steps, " " * indent
    segment = {j for j, step in enumerate(steps) if block.present(step) == block.present(steps[i])}
    end = max(j for j in segment if j >= i and all(k in segment for k in range(i, j + 1)))
    otherwise = _otherwise(block, end, variables)
    start = [] if otherwise == variables[end] else [f"{space}{variables[end]} = {otherwise}"]
    return [*start, f"{space}if {condition}:"]


def _otherwise(block: Block, end: int, variables: dict[int, str]) -> str:
    """Find what the reader of an optional part reads in an instance without it."""
    steps = block.full.steps
    reader, slot = next((i, step.inputs.index(end)) for i, step in enumerate(steps) if end in step.inputs)
    for instance in block.instances:
        names = [step.name for step in instance.steps]
        if steps[end].name not in names and steps[reader].name in names:
            reference = instance.steps[names.index(steps[reader].name)].inputs[slot]
            if reference < 0:
                return variables[reference]
            return variables[[step.name for step in steps].index(names[reference])]
    return "inputs"
