"""Operators whose inputs are all known: their results, as far as shapes of other values need them."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from archdsl.foreign.onnx.program import Step

if TYPE_CHECKING:
    import numpy as np

_MOST = 2**27  # elements of a result that grows


def folded(step: Step, given: "list[np.ndarray | None]") -> "np.ndarray | None":
    """Return the result of an operator of constants; None where it is not one of those that shapes need."""
    import numpy as np

    if step.kind in ("Constant", "ConstantOfShape"):
        return _constant(step, given)
    make = _FOLDS.get(step.kind)
    if make is None or any(one is None for one in given) or not given:
        return None
    try:
        with np.errstate(all="ignore"):
            made = np.asarray(make(np, step.said, *given))
    except (ValueError, TypeError, IndexError, KeyError):
        return None
    return made if made.size <= _MOST else None


def _constant(step: Step, given: "list[np.ndarray | None]") -> "np.ndarray | None":
    import numpy as np

    if step.kind == "Constant":
        value = next(iter(step.said.values()), None)
        if isinstance(value, str) or value is None:
            return None
        single = any(key in step.said for key in ("value_float", "value_floats"))
        return np.asarray(value, np.float32 if single else None)
    sizes = given[0] if given else None
    fill = step.said.get("value", np.zeros(1, np.float32))
    if sizes is None or int(np.prod(sizes)) > _MOST:
        return None
    return np.full([int(n) for n in sizes], fill.reshape(-1)[0])


def _axes(said: dict[str, Any], given: tuple[Any, ...]) -> tuple[int, ...]:
    return tuple(int(n) for n in (given[0].reshape(-1) if given else said.get("axes", ())))


def _unsqueezed(np: Any, said: dict[str, Any], array: Any, *axes: Any) -> Any:
    return np.expand_dims(array, _axes(said, axes))


def _squeezed(np: Any, said: dict[str, Any], array: Any, *axes: Any) -> Any:
    return np.squeeze(array, _axes(said, axes) or None)


def _sliced(np: Any, said: dict[str, Any], array: Any, *given: Any) -> Any:
    starts, stops = given[:2] if given else (said["starts"], said["ends"])
    axes = given[2] if len(given) > 2 else said.get("axes", range(len(starts)))
    steps = given[3] if len(given) > 3 else [1] * len(starts)
    cut = [slice(None)] * array.ndim
    for axis, start, stop, step in zip(axes, starts, stops, steps, strict=True):
        cut[int(axis)] = slice(int(start), int(stop), int(step))
    return array[tuple(cut)]


def _reshaped(np: Any, said: dict[str, Any], array: Any, target: Any) -> Any:
    return array.reshape([array.shape[i] if n == 0 else int(n) for i, n in enumerate(target)])


def _divided(np: Any, said: dict[str, Any], one: Any, other: Any) -> Any:
    return one // other if one.dtype.kind in "iu" else one / other


def _cast(np: Any, said: dict[str, Any], array: Any) -> Any:
    import onnx

    return array.astype(onnx.helper.tensor_dtype_to_np_dtype(said["to"]))


def _broadcast(np: Any, said: dict[str, Any], array: Any, sizes: Any) -> Any:
    shape = np.broadcast_shapes(array.shape, tuple(int(n) for n in sizes))
    return np.broadcast_to(array, shape)


_FOLDS: dict[str, Callable[..., Any]] = {
    "Identity": lambda np, said, array: array,
    "Cast": _cast,
    "Unsqueeze": _unsqueezed,
    "Squeeze": _squeezed,
    "Slice": _sliced,
    "Reshape": _reshaped,
    "Expand": _broadcast,
    "Gather": lambda np, said, array, at: np.take(array, at.astype(int), axis=said.get("axis", 0)),
    "Concat": lambda np, said, *arrays: np.concatenate(arrays, said["axis"]),
    "Transpose": lambda np, said, array: array.transpose(said.get("perm")),
    "Add": lambda np, said, one, other: one + other,
    "Sub": lambda np, said, one, other: one - other,
    "Mul": lambda np, said, one, other: one * other,
    "Div": _divided,
    "Mod": lambda np, said, one, other: np.fmod(one, other) if said.get("fmod") else np.mod(one, other),
    "Min": lambda np, said, *arrays: np.minimum.reduce(arrays),
    "Max": lambda np, said, *arrays: np.maximum.reduce(arrays),
    "Sqrt": lambda np, said, array: np.sqrt(array),
    "Reciprocal": lambda np, said, array: 1 / array,
    "Neg": lambda np, said, array: -array,
    "Exp": lambda np, said, array: np.exp(array),
    "Pow": lambda np, said, one, other: one**other,
    "Floor": lambda np, said, array: np.floor(array),
    "Ceil": lambda np, said, array: np.ceil(array),
    "ReduceProd": lambda np, said, array, *axes: np.prod(
        array, _axes(said, axes) or None, keepdims=bool(said.get("keepdims", 1))
    ),
    "Range": lambda np, said, start, stop, step: np.arange(int(start), min(int(stop), _MOST), int(step)),
    "Equal": lambda np, said, one, other: one == other,
    "Where": lambda np, said, test, one, other: np.where(test, one, other),
    "Size": lambda np, said, array: np.int64(array.size),
    "Shape": lambda np, said, array: np.asarray(array.shape, np.int64),
}
