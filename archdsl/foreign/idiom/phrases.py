"""A layer with the norm and the activation behind it -> how a house prints it: what the house does anyway
is not said, what it would do and the layer does not is."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from archdsl.foreign.idiom.house import NORMS, WINDOWS, House
from archdsl.foreign.words import layer
from archdsl.ops import OPS

Params = Mapping[str, Any]


class Behind(NamedTuple):
    """The norm (its op and parameters) and the activation that belong to a layer, None where it has none."""

    norm: tuple[str, Params] | None = None
    activation: Params | None = None


def phrase(
    house: House,
    op: str,
    params: Params,
    given: Mapping[str, str],
    behind: Behind,
    last: bool = False,
    bare: bool = False,
) -> str:
    """Write a layer; `given` has the parameters that are names of a block's. The `last` dense layer of a
    network has no activation unless it says so, a `bare` one neither norm nor activation."""
    usual = _usual(house, op, params, bare or behind.norm is not None)
    if OPS[op].is_pool and set(params["kernel"]) == {params.get("stride")} == {2}:
        usual["stride"] = params["stride"]
    words = layer(op, params, given, usual)
    if not (op in WINDOWS or OPS[op].takes_flat):
        return "; ".join([words, *_behind(house, behind)])
    norm = house.settings["norm"] if op in WINDOWS and not bare else "none"
    function = "none" if last or bare else house.settings["activation"]
    return words + _norm(house, norm, behind) + _activation(house, function, behind)


def _norm(house: House, expected: str, behind: Behind) -> str:
    if behind.norm is None:
        return ", no norm" if expected != "none" else ""
    op, params = behind.norm
    said = layer(op, params, {}, _usual(house, op, params, False))
    bare = said == OPS[op].words[0]
    return "" if bare and NORMS[op] == expected else f"; {said}"


def _activation(house: House, expected: str, behind: Behind) -> str:
    if behind.activation is None:
        return ", linear" if expected != "none" else ""
    usual: dict[str, Any] = {"function": expected}
    if expected == "leaky_relu":
        usual["slope"] = house.number("leaky-slope")
    same = {key: value for key, value in behind.activation.items() if value is not None} == usual
    return "" if same else f"; {layer('activation', behind.activation, {}, {})}"


def _behind(house: House, behind: Behind) -> list[str]:
    norm = [layer(*behind.norm, {}, _usual(house, *behind.norm, False))] if behind.norm else []
    return [*norm, *([layer("activation", behind.activation, {}, {})] if behind.activation else [])]


def _usual(house: House, op: str, params: Params, normed: bool) -> dict[str, Any]:
    """Return what the parameters of a layer are under a house where nothing is said."""
    found: dict[str, Any] = {"bias": house.bias(normed), "initializer": house.initializer(op)}
    if op in NORMS:
        found |= {"epsilon": house.number("norm-epsilon"), "scale": house.settings["norm-scale"] == "yes"}
        found |= {"momentum": house.number("norm-momentum")}
    return found | _padding(house, op, params)


def _padding(house: House, op: str, params: Params) -> dict[str, Any]:
    """Return the padding that is not said: where a stride puts its zeros, a house decides."""
    stride = params.get("stride", 1)
    strided = stride != 1 and (not isinstance(stride, tuple) or max(stride) > 1)
    bare = isinstance(params.get("kernel"), tuple) and set(params["kernel"]) == {1}
    if not strided or bare or op == "conv_transpose":
        return {}
    if OPS[op].is_pool:
        return {"padding": house.settings["pool-padding"]}
    return {"padding": house.settings["strided-padding"]} if op in WINDOWS else {}
