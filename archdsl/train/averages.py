"""Moving averages of the weights (EMA), where an optimiser keeps them: validated and saved in place of the weights."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from archdsl.backends.quiet import import_keras


def average_places(optimizer: Any) -> list[int]:
    """Give where among `optimizer.variables` the averages are, in the order of the trainable variables; none without."""
    averages = {id(one) for one in getattr(_inner(optimizer), "_model_variables_moving_average", None) or ()}
    return [place for place, one in enumerate(optimizer.variables) if id(one) in averages]


def _inner(optimizer: Any) -> Any:
    return getattr(optimizer, "inner_optimizer", optimizer)


def keep_apart(optimizer: Any) -> None:
    """Keep `fit` from setting the weights to their averages at its end: a run calls it once per epoch."""
    _inner(optimizer).finalize_variable_values = lambda trainable_variables: None


@contextmanager
def averaged(model: Any) -> Iterator[None]:
    """Let a model have the averages of its weights; afterwards it has its own again, to the bit."""
    places = average_places(model.optimizer)
    if not places:
        yield
        return
    convert = import_keras().ops.convert_to_numpy
    import numpy as np

    own = [np.array(convert(one)) for one in model.trainable_variables]
    _assign(model.trainable_variables, [convert(model.optimizer.variables[place]) for place in places])
    try:
        yield
    finally:
        _assign(model.trainable_variables, own)


def _assign(variables: list[Any], values: list[Any]) -> None:
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)
