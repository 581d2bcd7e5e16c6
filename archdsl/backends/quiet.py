"""Importing Keras without the lines that its backend writes to standard error."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from importlib import import_module
from types import ModuleType

from archdsl.backends.alone import left_out
from archdsl.extras import part_of

_STDERR = 2


@contextmanager
def held_back() -> Iterator[None]:
    """Hold back what is written to standard error, by C++ code too; show it if the block raises."""
    sys.stderr.flush()
    try:
        saved = os.dup(_STDERR)
    except OSError:  # standard error is closed: nothing would be seen
        yield
        return
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), _STDERR)
        failed = True
        try:
            yield
            failed = False
        finally:
            sys.stderr.flush()
            os.dup2(saved, _STDERR)
            os.close(saved)
            if failed:
                held.seek(0)
                os.write(_STDERR, held.read())


def import_keras(alone: bool = False) -> ModuleType:
    """Import Keras quietly, with the backend that `KERAS_BACKEND` names; ModuleNotFoundError where one is
    missing.

    `alone` leaves out what it would import along without need (`alone.py`): for commands, not in a process of
    someone else.
    """
    if loaded := sys.modules.get("keras"):
        return loaded
    # TensorFlow reads these when it is loaded: 2 leaves errors only.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    try:
        with held_back(), left_out() if alone else nullcontext():
            keras = import_module("keras")
            _find_devices(keras)
    except ModuleNotFoundError as error:
        sys.modules.pop("keras", None)  # half imported: a second try must fail the same way
        raise ModuleNotFoundError(part_of(error) or str(error), name=error.name) from None
    return keras


def _find_devices(keras: ModuleType) -> None:
    """Make TensorFlow look for a GPU now: it complains about a missing one the first time it looks."""
    if keras.backend.backend() == "tensorflow":
        import tensorflow

        tensorflow.config.list_physical_devices()
