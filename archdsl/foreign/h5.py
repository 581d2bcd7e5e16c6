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


# The parts of layers whose weights Keras has in another order than that of their names.
_PARTS = {
    **{"query_dense": 0, "key_dense": 1, "value_dense": 2, "output_dense": 3},
    **{"forward_layer": 0, "backward_layer": 1},
}


def _walked(file: Any) -> Iterator[Group]:
    """Walk through the groups that own variables, in natural order of their names."""
    waiting, seen = [("", file)], 0
    while waiting:
        path, group = waiting.pop()
        seen += 1
        if seen > _MOST_GROUPS:
            raise ValueError("too many groups")
        tensors = list(_tensors(group))
        if tensors:
            yield Group(str(group.attrs.get("name", "")) or path.removesuffix("/vars"), tuple(tensors))
        if whole := _of_layer(path, group):
            yield whole
            continue
        inner = [(f"{path}/{name}".lstrip("/"), one) for name, one in _inner(group)]
        waiting += reversed(inner)


def _tensors(group: Any) -> Iterator[Tensor]:
    """Read the variables that a group owns itself."""
    import h5py

    for name in sorted((name for name in group if _is_here(group, name)), key=natural):
        if isinstance(group[name], h5py.Dataset):
            yield _tensor(name, group[name])


def _inner(group: Any) -> Iterator[tuple[str, Any]]:
    """Return the groups in a group, parts of a layer in the order in which Keras has their weights."""
    import h5py

    names = [name for name in group if _is_here(group, name) and not name.startswith(_NO_WEIGHTS)]
    for name in sorted(names, key=lambda one: (_PARTS.get(one, -1), natural(one))):
        if isinstance(group[name], h5py.Group):
            yield name, group[name]


def _of_layer(path: str, group: Any) -> Group | None:
    """Return the weights of a layer that has layers of its own (the projections of attention, a cell), in
    one group; None for a layer without such, and for a model."""
    *above, _ = path.split("/")
    if above[-1:] != ["layers"] or not _is_here(group, "vars"):
        return None
    found: list[Tensor] = []
    waiting = [group]
    while waiting:
        part = waiting.pop()
        found += _tensors(part)
        inner = list(_inner(part))
        if len(found) > _MOST_GROUPS or any(name == "layers" for name, _ in inner):
            return None
        waiting += [one for _, one in reversed(inner)]
    return Group(str(group["vars"].attrs.get("name", "")) or path, tuple(found)) if found else None


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
