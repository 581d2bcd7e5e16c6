"""A distinct block -> a class of PyTorch: what differs between its uses are the parameters of its
constructor."""

from collections.abc import Mapping

from archdsl.backends.blocks import Block, Step
from archdsl.backends.body import input_names, opening, variables_of
from archdsl.backends.layout import laid
from archdsl.backends.signature import Signature, literal
from archdsl.backends.torch_text import applied, attribute, constructor, returned


def attributes(block: Block, made: Signature) -> dict[str, str]:
    """Return the attribute that holds each step, for those that keep something."""
    found: dict[str, str] = {}
    for step in block.full.steps:
        if "{m}" in step.use:
            taken = [*found.values(), *made.flags.values()]
            found[step.name] = attribute(step.name.replace("/", "_"), taken)
    return found


def block_class(
    classes: Mapping[str, str], inner: Mapping[str, Signature], block: Block, made: Signature, doc: str
) -> list[str]:
    """Write a block as a class; `classes` has the class of each block, by the name of its signature, `inner`
    those signatures."""
    name = classes[made.name]
    constructed = {
        step.name: _applied(step, made, classes, inner) if step.function else _constructed(step, made)
        for step in block.full.steps
    }
    parts = [_init(block, made, constructed), _forward(block, made)]
    return [f"class {name}(nn.Module):", *laid(f'"""{doc}"""', 4), *(line for part in parts for line in part)]


def _init(block: Block, made: Signature, constructed: Mapping[str, str]) -> list[str]:
    """Write the constructor, where there is anything to construct: for each step, what it keeps."""
    names, guard = attributes(block, made), ""
    lines = [f"        self.{flag} = {flag}" for flag, _ in made.parameters if flag in made.flags.values()]
    for step in block.full.steps:
        flag = made.flags.get(step.name, "")
        if step.name not in names:
            continue
        if flag and flag != guard:
            lines.append(f"        if {flag}:")
        guard = flag
        lines += laid(f"self.{names[step.name]} = {constructed[step.name]}", 12 if flag else 8)
    if not lines:
        return []
    parameters = [f"{key}={default}" if default else key for key, default in made.parameters]
    head = laid(f"def __init__({', '.join(['self', *parameters])}):", 4)
    return ["", *head, "        super().__init__()", *lines]


def _constructed(step: Step, made: Signature) -> str:
    parameters = {key: word for (name, key), word in made.arguments.items() if name == step.name}
    kwargs = step.kwargs | {key: None for key in parameters if key not in step.kwargs}
    return constructor(step.target, kwargs, parameters)


def _applied(step: Step, made: Signature, classes: Mapping[str, str], inner: Mapping[str, Signature]) -> str:
    """Write what makes an inner block: arguments without a default by position, others by name."""
    words = {key: literal(value) for key, value in step.kwargs.items()}
    words |= {key: word for (name, key), word in made.arguments.items() if name == step.name}
    given = [(words[key], key, default) for key, default in inner[step.target].parameters if key in words]
    shown = [f"{key}={word}" if default else word for word, key, default in given if word != default]
    return f"{classes[step.target]}({', '.join(shown)})"


def _forward(block: Block, made: Signature) -> list[str]:
    steps, names, guard = block.full.steps, attributes(block, made), ""
    variables = variables_of(block)
    lines: list[str] = []
    for i, step in enumerate(steps):
        flag = made.flags.get(step.name, "")
        if flag and flag != guard:
            lines += opening(block, i, variables, f"self.{flag}", 8)
        guard = flag
        inputs = [variables[reference] for reference in step.inputs]
        value = applied(step.use, names.get(step.name, ""), inputs)
        lines += laid(f"{variables[i]} = {value}", 12 if flag else 8)
    given = ", ".join(["self", *input_names(len(block.full.sources)).values()])
    return ["", *laid(f"def forward({given}):", 4), *returned(lines, variables[len(steps) - 1])]
