"""The Python batches of CIFAR-10 -> bytes and numbers, without running anything that their pickles may ask for.

A pickle is a program. This reader hands it four names, those of which a pickled array of bytes consists, and behind
them stand objects that only remember what they were given. Every other name is refused.
"""

import io
import pickle
from typing import Any

from archdsl.data.dataset import DataError


class _Inert:
    """Remembers its arguments and its state."""

    def __init__(self, *args: Any) -> None:
        self.args = args
        self.state: Any = None

    def __setstate__(self, state: Any) -> None:
        self.state = state


class _Dtype(_Inert):
    """Stands for `numpy.dtype`."""


class _Array(_Inert):
    """Stands for `numpy.ndarray`, and for the function that makes one."""


_KNOWN = {
    ("numpy.core.multiarray", "_reconstruct"): _Array,
    ("numpy._core.multiarray", "_reconstruct"): _Array,
    ("numpy", "ndarray"): _Array,
    ("numpy", "dtype"): _Dtype,
}


class _Reader(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        """Give the stand-in for a name; refuse a name that no array needs."""
        known = _KNOWN.get((module, name))
        if known is None:
            raise DataError(f"it asks for {module}.{name}, which no batch of images needs, so nothing of it was run")
        return known


def read_batch(content: bytes, pixels: int) -> tuple[bytes, list[int]]:
    """Give the pixel bytes (row after row of `pixels`) and the labels of a pickled batch.

    Raises DataError, whose message reads after the name of the file, where the content is not such a batch.
    """
    try:
        batch = _Reader(io.BytesIO(content), encoding="bytes").load()
    except DataError:
        raise
    except Exception as error:  # a damaged pickle raises almost anything
        raise DataError(f"it is not a readable pickle ({type(error).__name__})") from error
    if not isinstance(batch, dict):
        raise DataError("it does not hold a batch of images")
    labels, data = batch.get(b"labels"), batch.get(b"data")
    if not isinstance(labels, list) or not all(type(label) is int for label in labels):
        raise DataError("it holds no list of labels")
    return _bytes_of(data, len(labels), pixels), labels


def _bytes_of(array: Any, rows: int, columns: int) -> bytes:
    """Give the content of a remembered array; its state is (version, shape, dtype, column order, content)."""
    state = array.state if isinstance(array, _Array) else None
    if not isinstance(state, tuple) or len(state) != 5:
        raise DataError("it holds no array of pixels")
    _, shape, dtype, columns_first, content = state
    is_bytes = isinstance(dtype, _Dtype) and dtype.args[:1] in ((b"u1",), ("u1",))
    if shape != (rows, columns) or not is_bytes or columns_first or not isinstance(content, bytes) or len(content) != rows * columns:
        raise DataError(f"its pixels are not {rows:,} rows of {columns:,} bytes")
    return content
