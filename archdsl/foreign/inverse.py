"""A layer of Keras -> an op and its parameters, by running the op's own Keras call backwards.

What argument a parameter becomes is found by trying: a parameter is changed, and the argument that changes
with it says it. Whatever is read so is put through the call again and compared, so no layer is taken for
another.
"""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, NamedTuple

from archdsl.foreign.initializers import plain, spelling
from archdsl.foreign.neutral import says_nothing
from archdsl.ops import OPS, Call, Op, ShapeFault

Shape = tuple[int, ...]
# Two values of each parameter, by its name; numbers per axis are made of one.
_AXES = {"kernel": (3, 5), "stride": (1, 2), "dilation": (1, 3), "output": (2, 4)}
_CHANNELS = 24
_SAMPLES: dict[str, tuple[Any, Any]] = {
    "padding": ("same", "valid"),
    "function": ("relu", "tanh"),
    "interpolation": ("nearest", "bilinear"),
    "initializer": ("he_normal", "lecun_normal"),
    "slope": (None, None),
    "mean": ((0.1,) * _CHANNELS, (0.2,) * _CHANNELS),
    "variance": ((0.1,) * _CHANNELS, (0.2,) * _CHANNELS),
    "channels": (12, 24),
    "groups": (2, 3),
    "factor": (0.3, 0.4),
}
_EXTENT = 8


class Argument(NamedTuple):
    """How a parameter is read: of which argument, by what, and what it is where that is not there."""

    key: str
    read: Callable[[Any], Any]
    absent: Any


class Form(NamedTuple):
    """An op for maps of some rank: the class of its layer, its arguments, and parameters that no argument
    says."""

    op: Op
    arguments: dict[str, Argument]
    fixed: dict[str, Any]


def read(kind: str, config: dict[str, Any], inputs: tuple[Shape, ...]) -> tuple[str, dict[str, Any]] | None:
    """Find the op and the parameters that make such a layer; None where none does."""
    for form in _forms(len(inputs[0]) - 1 if inputs else 0).get(kind, ()):
        said = _params(form, config)
        # What no argument says is left out where the op does without it, as it is in graphs of tables.
        for params in () if said is None else (said, form.fixed | said):
            if _makes(form.op, params, kind, config, inputs):
                return form.op.name, {name: value for name, value in params.items() if value is not None}
    return None


def unsaid(kind: str, config: dict[str, Any], inputs: tuple[Shape, ...]) -> str:
    """Tell why no op makes such a layer, as far as can be told."""
    forms = _forms(len(inputs[0]) - 1 if inputs else 0).get(kind, ())
    if not forms:
        return f"the language has no {kind}"
    known = {argument.key for form in forms for argument in form.arguments.values()}
    odd = [
        key for key, value in config.items() if key not in known and not _nothing(key, value, config, inputs)
    ]
    told = ", ".join(f"{key}={config[key]!r}" for key in odd) or "arguments"
    return f"{kind} with {told[:200]} is nothing that the language says"


def _params(form: Form, config: dict[str, Any]) -> dict[str, Any] | None:
    try:
        return {
            name: argument.read(plain(config[argument.key])) if argument.key in config else argument.absent
            for name, argument in form.arguments.items()
        }
    except (TypeError, ValueError, IndexError, AttributeError, KeyError):
        return None


def _makes(
    op: Op, params: dict[str, Any], kind: str, config: dict[str, Any], inputs: tuple[Shape, ...]
) -> bool:
    """Return whether the op has just this layer: what it says is so, and what it leaves out says nothing."""
    try:
        op.shape(params, inputs)
        calls = op.calls(params, inputs)
    except (ShapeFault, LookupError, TypeError, ValueError, AttributeError, ArithmeticError):
        return False
    if len(calls) > 1 or calls[0].target != f"layers.{kind}":
        return False
    said = calls[0].kwargs
    return all(
        _same(said[key], plain(value)) if key in said else _nothing(key, value, config, inputs)
        for key, value in config.items()
    )


def _nothing(key: str, value: Any, config: dict[str, Any], inputs: tuple[Shape, ...]) -> bool:
    if key == "strides" and value == config.get("pool_size"):
        return True
    return says_nothing(key, plain(value), len(inputs[0]) if inputs else 0)


def _same(ours: Any, theirs: Any) -> bool:
    if isinstance(ours, int | float) and isinstance(theirs, tuple):
        return all(one == ours for one in theirs)
    if isinstance(ours, tuple) and isinstance(theirs, tuple):
        return len(ours) == len(theirs) and all(map(_same, ours, theirs))
    return bool(ours == theirs)


@cache
def _forms(rank: int) -> dict[str, list[Form]]:
    """Return the forms of all ops for maps of so many spatial axes, by the class of the layer."""
    found: dict[str, list[Form]] = {}
    for op in OPS.values():
        for kind, form in _tried(op, rank):
            found.setdefault(kind, []).append(form)
    return {kind: sorted(forms, key=lambda form: len(form.arguments)) for kind, forms in found.items()}


def _tried(op: Op, rank: int) -> Iterator[tuple[str, Form]]:
    shape = (_EXTENT,) * rank + (_CHANNELS,)
    inputs = (shape,) * max(op.arity[0], 1)
    base = {param.name: _samples(param.name, param.default, rank)[0] for param in op.params if not param.said}
    call = _called(op, base, inputs)
    if call is None:
        return
    arguments: dict[str, Argument] = {}
    fixed: dict[str, Any] = {}
    for param in (param for param in op.params if not param.said):
        one, other = _samples(param.name, param.default, rank)
        changed = _called(op, base | {param.name: other}, inputs)
        argument = _argument(call, changed, one, other, rank) if changed else None
        if argument:
            absent = param.default if argument.absent is None else argument.absent
            arguments[param.name] = argument._replace(absent=absent)
        else:
            fixed[param.name] = param.default
    yield call.target.removeprefix("layers."), Form(op, arguments, fixed)


def _called(op: Op, params: dict[str, Any], inputs: tuple[Shape, ...]) -> Call | None:
    """Return the only layer of an op, None where it has several or cannot be made of these."""
    try:
        calls = op.calls(params, inputs)
    except Exception:  # sample values that the op cannot take: it is not read so
        return None
    return calls[0] if len(calls) == 1 and calls[0].layer else None


def _samples(name: str, default: Any, rank: int) -> tuple[Any, Any]:
    if name in _AXES:
        one, other = _AXES[name]
        return (one,) * rank, (other,) * rank
    if name in _SAMPLES:
        return _SAMPLES[name]
    if name == "amount":
        return ((1, 2),) * rank, ((2, 1),) * rank
    if name == "shape":
        return (2, 12), (3, 8)
    if isinstance(default, bool):
        return True, False
    return (0.3, 0.4) if isinstance(default, float) else (2, 3)


def _argument(call: Call, changed: Call, one: Any, other: Any, rank: int) -> Argument | None:
    """Find the argument that changes with a parameter, and what reads it back."""
    for key in {**call.kwargs, **changed.kwargs}:
        if call.kwargs.get(key) == changed.kwargs.get(key):
            continue
        pairs = [
            (made.kwargs[key], value) for made, value in ((call, one), (changed, other)) if key in made.kwargs
        ]
        absent = next(
            (value for made, value in ((call, one), (changed, other)) if key not in made.kwargs), None
        )
        for reader in _readers(rank):
            if all(_reads(reader, made, value) for made, value in pairs):
                return Argument(key, reader, absent)
    return None


def _reads(reader: Callable[[Any], Any], made: Any, value: Any) -> bool:
    try:
        return bool(reader(made) == value) and type(reader(made)) is type(value)
    except (TypeError, ValueError, AttributeError, KeyError, IndexError):
        return False


def _readers(rank: int) -> tuple[Callable[[Any], Any], ...]:
    def per_axis(value: Any) -> tuple[int, ...]:
        return tuple(value) if isinstance(value, tuple) else (value,) * rank

    def per_end(value: Any) -> tuple[Any, ...]:
        return tuple(value) if isinstance(value[0], tuple) else (tuple(value),)

    return (
        spelling,
        lambda value: value,
        per_axis,
        per_end,
        lambda value: 1.0 if value == "ones" else value.kwargs["value"],  # a constant initializer
        lambda value: value is not None and bool(value),
        lambda value: value[-1],  # the axis of channels
        lambda value: value[-1][-1],
        lambda value: len(value) - 1,
    )
