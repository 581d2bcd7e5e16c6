"""Reads the pickles of CIFAR without executing anything: only what rebuilds bytes and arrays is allowed."""

import io
import pickle
from typing import Any

from archdsl.data.faults import DataError

# The classes and functions that NumPy's arrays are pickled with, under their old and new module names.
_ALLOWED = {
    ("numpy", "ndarray"),
    ("numpy", "dtype"),
    ("numpy.core.multiarray", "_reconstruct"),
    ("numpy._core.multiarray", "_reconstruct"),
    ("_codecs", "encode"),
}


class _SafeUnpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _ALLOWED:
            raise DataError(
                f"the pickle asks for {module}.{name}, which no CIFAR batch needs: nothing of it was executed"
            )
        if module.startswith("numpy.core"):
            module = module.replace("numpy.core", "numpy._core")
        return super().find_class(module, name)


def read_batch(data: bytes, path: str, labels: bytes = b"labels") -> dict[bytes, Any]:
    """Return the dictionary of a batch, with its data and labels; raise DataError where the bytes hold
    anything else."""
    try:
        batch = _SafeUnpickler(io.BytesIO(data), encoding="bytes").load()
    except DataError as error:
        raise DataError(f"{path}: {error}") from None
    except Exception as error:
        raise DataError(f"{path} is not a CIFAR batch: {error}") from None
    if not isinstance(batch, dict) or b"data" not in batch or labels not in batch:
        raise DataError(f"{path} is not a CIFAR batch: it has no data and {labels.decode()}")
    return batch


def read_names(data: bytes, path: str, key: bytes) -> tuple[str, ...]:
    """Return the names that a pickled dictionary has under a key; raise DataError where the bytes hold
    anything else."""
    try:
        return tuple(name.decode() for name in _SafeUnpickler(io.BytesIO(data), encoding="bytes").load()[key])
    except DataError as error:
        raise DataError(f"{path}: {error}") from None
    except Exception as error:
        raise DataError(f"{path} has no names of classes: {error}") from None
