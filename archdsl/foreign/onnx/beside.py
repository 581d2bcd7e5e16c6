"""Constants of an ONNX file whose numbers lie in a file beside it, as PyTorch writes large models."""

import os
from math import prod
from typing import TYPE_CHECKING, Any

from archdsl.foreign.errors import ForeignError

if TYPE_CHECKING:
    import numpy as np


def external(tensor: Any, path: str) -> "np.ndarray | None":
    """Return the numbers of a tensor, None where their file is not there; raise ForeignError for a place that
    is not beside the model."""
    import numpy as np
    import onnx

    said = {one.key: one.value for one in tensor.external_data}
    where = os.path.join(os.path.dirname(path), _beside(said.get("location", "")))
    kind = np.dtype(onnx.helper.tensor_dtype_to_np_dtype(tensor.data_type)).newbyteorder("<")
    if not os.path.isfile(where):
        return None
    try:
        start, count = int(said.get("offset") or 0), prod(tensor.dims)
    except ValueError:
        raise ForeignError(f"the tensor {tensor.name[:80]} is damaged") from None
    if start < 0 or count < 0 or start + count * kind.itemsize > os.path.getsize(where):
        raise ForeignError(f"{where} is shorter than {path} says")
    return np.fromfile(where, kind, count, offset=start).reshape(tuple(tensor.dims))


_OUTSIDE = frozenset("/\\\0")  # what no name of a file in the same folder has


def _beside(location: str) -> str:
    """Return the name of a file in the same folder; raise ForeignError for any other place."""
    name = location.removeprefix("./")
    if name in ("", ".", "..") or not _OUTSIDE.isdisjoint(name):
        raise ForeignError(
            f"weights in {location[:80]!r} are not read: only those of a file beside the model"
        )
    return name
