"""Layers that a spec declares itself: the shape and the counts are told, what they compute is not."""

from archdsl.light import Any, NamedTuple
from archdsl.ops.arithmetic import Formula, reckoned
from archdsl.ops.base import Call, Op, Param, Params, Shape, ShapeFault, Weight, across

OWN = "own."  # begins the target of a call that Python gives an implementation for
_MOST = 10**15


class Rule(NamedTuple):
    """What a spec says of a layer: the axes that it takes, as names or numbers, the formulas of those that it
    gives, and of its parameters and multiply-adds."""

    name: str
    parameters: tuple[str, ...]
    takes: tuple[str | int, ...]
    gives: tuple[Formula, ...]
    params: Formula
    macs: Formula


def _names(params: Params, inputs: tuple[Shape, ...]) -> dict[str, Any]:
    """Return what the names of a rule stand for; raise ShapeFault where another shape arrives."""
    rule, shape = params["rule"], inputs[0]
    pattern = "x".join(map(str, rule.takes))
    bound = dict(params["arguments"])
    for axis, size in zip(rule.takes, shape, strict=False):
        if size != (axis if isinstance(axis, int) else bound.setdefault(axis, size)):
            raise ShapeFault(f"`{rule.name}` takes {pattern}, and {across(shape)} is another shape")
    if len(shape) != len(rule.takes):
        raise ShapeFault(f"`{rule.name}` takes {pattern}, and {across(shape)} has {len(shape)} axes")
    return bound


def _whole(params: Params, formula: Formula, names: dict[str, Any], what: str, least: int) -> int:
    rule = params["rule"]
    try:
        value = reckoned(formula, names)
    except (TypeError, ValueError):
        raise ShapeFault(
            f"the {what} of `{rule.name}` is reckoned with something that is no number"
        ) from None
    if not least <= value <= _MOST or value != int(value):
        raise ShapeFault(f"the {what} of `{rule.name}` comes to {value:g}")
    return int(value)


def _shape(params: Params, inputs: tuple[Shape, ...]) -> Shape:
    names = _names(params, inputs)
    return tuple(_whole(params, axis, names, "output", 1) for axis in params["rule"].gives)


def _weights(params: Params, inputs: tuple[Shape, ...]) -> tuple[Weight, ...]:
    count = _whole(params, params["rule"].params, _names(params, inputs), "count of parameters", 0)
    return (Weight("weights", (count,)),) if count else ()


def _macs(params: Params, inputs: tuple[Shape, ...], output: Shape) -> int:
    return _whole(params, params["rule"].macs, _names(params, inputs), "count of multiply-adds", 0)


def _own(name: str, doc: str, *, weighted: bool) -> Op:
    return Op(
        name=name,
        family="own",
        doc=doc,
        params=(
            Param("rule", None, "what the spec says of the layer"),
            Param("arguments", (), "its parameters with their values"),
        ),
        shape=_shape,
        weights=_weights,
        macs=_macs,
        keras=lambda params, inputs: Call(f"{OWN}{params['rule'].name}", dict(params["arguments"])),
        torch=lambda params, inputs: Call(
            f"{OWN}{params['rule'].name}", dict(params["arguments"]), use="{m}({0})"
        ),
        label=lambda params: params["rule"].name,
        weighted=weighted,
    )


OWN_LAYER = _own("own", "A layer that the spec declares.", weighted=False)
OWN_WEIGHTED = _own(
    "own_weighted",
    "A layer that the spec declares with its multiply-adds, so that it counts to the depth.",
    weighted=True,
)
