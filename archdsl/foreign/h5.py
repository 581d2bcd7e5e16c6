"""Keras' weights in HDF5: `model.weights.h5` of Keras 3, that file within a `.keras` archive, and the older
`.h5` of layers by name. Links that lead out of the file are never followed."""

import io
import zipfile
from collections.abc import Iterator
from math import prod
from typing import TYPE_CHECKING, Any

from archdsl.foreign.errors import ForeignError
from archdsl.foreign.tensors import Group, Tensor, natural

if TYPE_CHECKING:
    import numpy as np

_MEMBER = "model.weights.h5"
_MOST_GROUPS = 200_000
_NO_WEIGHTS = ("seed_generator", "optimizer", "optimizer_weights")


def groups(path: str, most_bytes: int) -> list[Group]:
    """Return the weights of a file by layer; raise ForeignError where it is none, or larger than `most_bytes`
    for a tensor."""
    import h5py

    try:
        file = h5py.File(_opened(path, most_bytes), "r")
    except OSError:
        raise ForeignError(f"{path} is damaged, or no HDF5 file of Keras") from None
    if "model_weights" in file:
        file = file["model_weights"]
    try:
        found = list(_older(file)) if "layer_names" in file.attrs else list(_walked(file))
    except (RuntimeError, KeyError, ValueError, TypeError) as error:
        raise ForeignError(f"{path} is damaged: {error}") from None
    for group in found:
        for tensor in group.tensors:
            if 4 * prod(tensor.shape) > most_bytes:
                raise ForeignError(
                    f"{path}: {group.name} has a tensor of {tensor.shape}, larger than any of the spec"
                )
    return found


def _opened(path: str, most_bytes: int) -> Any:
    if not path.endswith(".keras"):
        return path
    try:
        with zipfile.ZipFile(path) as archive:
            size = archive.getinfo(_MEMBER).file_size
            if size > 8 * most_bytes + 2**28:
                raise ForeignError(f"the weights in {path} are {size >> 20} MB, far more than the spec has")
            return io.BytesIO(archive.read(_MEMBER))
    except OSError as error:
        raise ForeignError(f"cannot read {path}: {(error.strerror or 'unknown error').lower()}") from None
    except (zipfile.BadZipFile, KeyError, RuntimeError):
        raise ForeignError(f"{path} is damaged, or no model that Keras 3 wrote") from None


def _walked(file: Any) -> Iterator[Group]:
    """Walk through the groups that own variables, in natural order of their names."""
    import h5py

    waiting, seen = [("", file)], 0
    while waiting:
        path, group = waiting.pop()
        seen += 1
        if seen > _MOST_GROUPS:
            raise ValueError("too many groups")
        own = [name for name in group if _is_here(group, name)]
        tensors = [
            _tensor(name, group[name])
            for name in sorted(own, key=natural)
            if isinstance(group[name], h5py.Dataset)
        ]
        if tensors:
            yield Group(str(group.attrs.get("name", "")) or path.removesuffix("/vars"), tuple(tensors))
        inner = [
            (f"{path}/{name}".lstrip("/"), group[name])
            for name in sorted(own, key=natural)
            if isinstance(group[name], h5py.Group) and not name.startswith(_NO_WEIGHTS)
        ]
        waiting += reversed(inner)


def _older(file: Any) -> Iterator[Group]:
    """Read the layers that an older file names, each with its weights in order."""
    for name in map(_text, file.attrs["layer_names"]):
        if not _is_here(file, name):
            continue
        layer = file[name]
        weights = [_text(one) for one in layer.attrs.get("weight_names", ())]
        tensors = tuple(_tensor(one.rpartition("/")[2].split(":")[0], _within(layer, one)) for one in weights)
        if tensors:
            yield Group(name, tensors)


def _within(group: Any, path: str) -> Any:
    for part in path.split("/"):
        if not _is_here(group, part):
            raise KeyError(part)
        group = group[part]
    return group


def _is_here(group: Any, name: str) -> bool:
    """Return whether a member is in this very file: no link to another place or file."""
    import h5py

    return isinstance(group.get(name, getlink=True), h5py.HardLink)


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _tensor(name: str, data: Any) -> Tensor:
    if data.is_virtual or data.external:
        raise ValueError(f"{data.name} is kept in another file")
    if data.dtype.kind not in "fiu":
        raise ValueError(f"{data.name} holds no numbers")

    def read() -> "np.ndarray":
        import numpy as np

        return np.asarray(data[()], dtype=np.float32)

    return Tensor(name, tuple(data.shape), read)
