"""Settings under which Keras builds a model, and what it and Python do again for each layer and need not."""

import gc
import inspect
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from types import FunctionType
from typing import Any

_ASKED = ("__init__", "call", "compute_output_shape")


@contextmanager
def undisturbed(keras: Any, layers: Iterable[Any]) -> Iterator[None]:
    """Let the block make a model of these classes of layers, channels last."""
    with ExitStack() as stack:
        for one in (_channels_last(keras), _unfiltered(keras), _signed(layers), _uncollected()):
            stack.enter_context(one)
        yield


@contextmanager
def _channels_last(keras: Any) -> Iterator[None]:
    """Make new layers channels last, whatever the user's `keras.json` says: shapes in a graph are."""
    before = keras.config.image_data_format()
    keras.config.set_image_data_format("channels_last")
    try:
        yield
    finally:
        keras.config.set_image_data_format(before)


@contextmanager
def _unfiltered(keras: Any) -> Iterator[None]:
    """Let Keras call layers without the wrappers that shorten the traceback of an error: it makes them anew
    for each call."""
    filtered = keras.config.is_traceback_filtering_enabled()
    keras.config.disable_traceback_filtering()
    try:
        yield
    finally:
        if filtered:
            keras.config.enable_traceback_filtering()


@contextmanager
def _signed(layers: Iterable[Any]) -> Iterator[None]:
    """Let the functions of classes carry their signatures: Keras asks for them with each layer, and
    `inspect` takes the one that a function carries instead of finding it anew."""
    made = (getattr(layer, name, None) for layer in layers for name in _ASKED)
    plain = [one for one in made if isinstance(one, FunctionType) and not hasattr(one, "__wrapped__")]
    unsigned = [one for one in plain if "__signature__" not in vars(one)]
    for one in unsigned:
        vars(one)["__signature__"] = inspect.signature(one)
    try:
        yield
    finally:
        for one in unsigned:
            vars(one).pop("__signature__", None)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Keep Python's collector of cycles out of a build: what a build makes lives on, and each of its runs
    would go through all layers there are."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
