"""Importing TensorFlow and Keras without what they import along where it happens to be installed."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

# Wrappers for scikit-learn, galleries of images, DataFrames as training data, conversion of JAX models: both
# libraries do without, a command that trains has no use for them, and they are half of the time of the import
# and a third of its memory.
CONVENIENCES = ("matplotlib", "pandas", "sklearn")


@contextmanager
def left_out() -> Iterator[None]:
    """Let the block find none of the conveniences; afterwards they can be imported as ever."""
    names = [*CONVENIENCES, *(["jax"] if backend() == "tensorflow" else [])]
    hidden = [name for name in names if name not in sys.modules]
    modules = cast(dict[str, Any], sys.modules)
    for name in hidden:
        modules[name] = None  # Python's own mark for a module that is not to be found
    try:
        yield
    finally:
        for name in hidden:
            modules.pop(name, None)


def backend() -> str:
    """Return the backend that Keras will take: by its environment variable, else by its settings."""
    chosen = os.environ.get("KERAS_BACKEND")
    if chosen:
        return chosen
    folder = os.environ.get("KERAS_HOME") or os.path.join(os.path.expanduser("~"), ".keras")
    try:
        with open(os.path.join(folder, "keras.json"), encoding="utf-8") as file:
            return str(json.load(file).get("backend", "tensorflow"))
    except (OSError, ValueError, AttributeError):
        return "tensorflow"
