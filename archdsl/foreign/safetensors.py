"""The `.safetensors` format: a length, a JSON header of names, types, shapes and places, then the bytes."""

import json
import os
from math import prod
from typing import TYPE_CHECKING, Any

from archdsl.foreign.errors import ForeignError
from archdsl.foreign.tensors import Group, Shape, Tensor, natural

if TYPE_CHECKING:
    import numpy as np

_MOST_HEADER = 100_000_000  # as in the format's own library
_TYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2", "I64": "<i8", "I32": "<i4", "U8": "|u1"}
_COUNTERS = ("num_batches_tracked",)


def groups(path: str) -> list[Group]:
    """Return the tensors of a file by the module that owns them, in natural order of their names.

    Raises ForeignError for a file that does not hold to the format.
    """
    try:
        with open(path, "rb") as file:
            size = os.fstat(file.fileno()).st_size
            header, start = _header(file, size, path)
    except OSError as error:
        raise ForeignError(f"cannot read {path}: {(error.strerror or 'unknown error').lower()}") from None
    found: dict[str, list[Tensor]] = {}
    for name in sorted(header, key=natural):
        owner, _, own = name.rpartition(".")
        if own not in _COUNTERS:
            found.setdefault(owner, []).append(_tensor(path, own, header[name], start))
    return [Group(owner, tuple(tensors)) for owner, tensors in found.items()]


def _header(file: Any, size: int, path: str) -> tuple[dict[str, Any], int]:
    """Read what is said of each tensor, and where the data begins."""
    length = int.from_bytes(file.read(8), "little")
    if not 2 <= length <= min(_MOST_HEADER, size - 8):
        raise ForeignError(f"{path} is damaged, or no .safetensors file: its header has no sensible length")
    try:
        header = json.loads(file.read(length))
    except (ValueError, RecursionError):
        raise ForeignError(f"{path} is damaged, or no .safetensors file: its header is no JSON") from None
    if not isinstance(header, dict):
        raise ForeignError(f"{path} is damaged: its header is no table")
    header.pop("__metadata__", None)
    for name, entry in header.items():
        if not _sound(entry, size - 8 - length):
            raise ForeignError(f"{path} is damaged: its entry for {name[:80]} does not fit")
    return header, 8 + length


def _sound(entry: Any, length: int) -> bool:
    """Return whether an entry has a known type, a shape, and a place in the data that is as large."""
    if not isinstance(entry, dict) or entry.get("dtype") not in _TYPES:
        return False
    shape: Any = entry.get("shape")
    place: Any = entry.get("data_offsets")
    if not _counts(shape) or not _counts(place) or len(place) != 2:
        return False
    bytes_each = int(_TYPES[entry["dtype"]][2])
    return bool(0 <= place[0] <= place[1] <= length and place[1] - place[0] == prod(shape) * bytes_each)


def _counts(value: Any) -> bool:
    return isinstance(value, list) and all(type(n) is int and 0 <= n < 2**48 for n in value)


def _tensor(path: str, name: str, entry: dict[str, Any], start: int) -> Tensor:
    shape: Shape = tuple(entry["shape"])
    place, kind = start + entry["data_offsets"][0], entry["dtype"]

    def read() -> "np.ndarray":
        import numpy as np

        raw = np.fromfile(path, np.dtype(_TYPES[kind]), prod(shape), offset=place)
        if raw.size != prod(shape):
            raise ForeignError(f"{path} is cut off")
        if kind == "BF16":  # the upper half of a 32-bit number
            return (raw.astype(np.uint32) << 16).view(np.float32).reshape(shape)
        return raw.astype(np.float32).reshape(shape)

    return Tensor(name, shape, read)
