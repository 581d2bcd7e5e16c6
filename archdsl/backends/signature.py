"""A distinct block -> the parameters of its function: one for each value that differs between its uses."""

from dataclasses import dataclass
from math import inf
from typing import Any

from archdsl.backends.blocks import Block, Instance
from archdsl.ops import Call


@dataclass(frozen=True, slots=True)
class Signature:
    """`parameters` are (name, default or "") in order; `arguments` say which parameter an argument of a step
    is.

    `flags` give the parameter that guards an optional step; `values` hold each parameter's value per
    instance.
    """

    name: str
    parameters: tuple[tuple[str, str], ...]
    arguments: dict[tuple[str, str], str]
    flags: dict[str, str]
    values: dict[str, tuple[Any, ...]]

    def of(self, block: Block, instance: Instance) -> list[str]:
        """Write the arguments of one use: leading ones by position, what equals its default left out."""
        defaults, given = dict(self.parameters), self.given(block, instance)
        words = {name: literal(value) for name, value in given.items()}
        return [
            f"{name}={word}" if defaults[name] else word
            for name, word in words.items()
            if word != defaults[name]
        ]

    def given(self, block: Block, instance: Instance) -> dict[str, Any]:
        """Return the arguments of one use by name; one that nothing in it reads is left out if it has a
        default."""
        index = next(i for i, one in enumerate(block.instances) if one is instance)
        found = {}
        for name, default in self.parameters:
            values = self.values[name]
            if values[index] is not None or not default:
                found[name] = next(v for v in (values[index], *values) if v is not None)
        return found


# Arguments of PyTorch's modules that say one thing, and how a person would call the parameter.
_CALLED = {
    "out_channels": "channels",
    "num_features": "channels",
    "num_channels": "channels",
    "num_parameters": "channels",
    "normalized_shape": "channels",
    "out_features": "channels",
    "in_features": "in_channels",
    "p": "rate",
}
# The end of a parameter's name whose value an argument may take, where it is not the argument's own name.
_TAKEN_FROM = {"in_channels": ("channels",), "groups": ("groups", "channels")}


def literal(value: Any) -> str:
    """Write a value as Python source, strings in double quotes; a call as a call of `keras`."""
    if value in (inf, -inf):
        return f'float("{value}")'
    if isinstance(value, Call):
        arguments = ", ".join(f"{key}={literal(part)}" for key, part in value.kwargs.items())
        return f"keras.{value.target}({arguments})"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
    return repr(value)


def signature(name: str, block: Block) -> Signature:
    """Find what differs between the uses of a block; differences that always go together share a
    parameter."""
    values: dict[str, tuple[Any, ...]] = {}
    arguments: dict[tuple[str, str], str] = {}
    for step in block.full.steps:
        keys = {
            **{key: None for key in step.kwargs},
            **{
                key: None
                for one in block.instances
                for s in one.steps
                if s.name == step.name
                for key in s.kwargs
            },
        }
        for key in (key for key in keys if block.varies(step, key)):
            found = block.values(step, key)
            known = [value for value in found if value is not None]
            varies = any(value != known[0] for value in known)
            # A projection's stride is 2 wherever there is a projection, and a person would still pass the
            # block's.
            follows = None in found and 0 not in found and _agreeing(values, found, key)
            if varies or follows:
                arguments[step.name, key] = _shared(values, found, key, step.name)
    flags = {
        step.name: _flag(values, block, step) for step in block.full.steps if not all(block.present(step))
    }
    parameters = sorted(
        ((key, _default(key, found)) for key, found in values.items()), key=lambda pair: bool(pair[1])
    )
    return Signature(name, tuple(parameters), arguments, flags, values)


def _shared(values: dict[str, tuple[Any, ...]], found: tuple[Any, ...], key: str, step: str) -> str:
    """Return the parameter whose values agree with these wherever both are there (a missing step has none),
    or a new one."""
    key = _CALLED.get(key, key)
    agreeing = _agreeing(values, found, key)
    if agreeing:
        values[agreeing] = tuple(b if a is None else a for a, b in zip(values[agreeing], found, strict=True))
        return agreeing
    name = key if key not in values else f"{step.strip('/_').replace('/', '_')}_{key}"
    values[name] = found
    return name


def _agreeing(values: dict[str, tuple[Any, ...]], found: tuple[Any, ...], key: str) -> str:
    key = _CALLED.get(key, key)
    for name, known in values.items():
        together = [(a, b) for a, b in zip(known, found, strict=True) if a is not None and b is not None]
        if name.endswith(_TAKEN_FROM.get(key, (key,))) and together and all(a == b for a, b in together):
            return name
    return ""


def _flag(values: dict[str, tuple[Any, ...]], block: Block, step: Any) -> str:
    """Name the guard of an optional step; steps that are always there together share it."""
    present = block.present(step)
    for name, known in values.items():
        if known == present and all(isinstance(value, bool) for value in known):
            return name
    base = "projection" if step.branch == "shortcut" and "conv" in step.target.lower() else "downsample"
    name = base if base not in values else f"{step.name.strip('/_').replace('/', '_')}_used"
    values[name] = present
    return name


def _default(name: str, found: tuple[Any, ...]) -> str:
    """Choose a default where one value is what most uses have and means "nothing special"."""
    known = [value for value in found if value is not None]
    if any(value is False for value in known):
        return "False"
    if "same" in known:
        return literal("same")
    if name.endswith(("padding", "initializer")):
        return literal(max(known, key=known.count))
    if name.endswith("size"):
        return ""
    return (
        "1"
        if 1 in known
        and all(isinstance(value, (int, tuple)) for value in known)
        and min(map(str, known)) == "1"
        else ""
    )
