"""Moving averages of the weights (EMA), where an optimiser keeps them: validated and saved in place of the
weights."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from archdsl.backends.quiet import import_keras


def average_places(model: Any) -> list[tuple[int, int]]:
    """Return for each weight with an average its place in `model.variables`, and that of the average in
    `optimizer.variables`."""
    averages = getattr(_inner(model.optimizer), "_model_variables_moving_average", None) or ()
    weights = {id(one): place for place, one in enumerate(model.variables)}
    places = {id(one): place for place, one in enumerate(model.optimizer.variables)}
    pairs = zip(model.trainable_variables, averages, strict=bool(averages))
    return [(weights[id(weight)], places[id(average)]) for weight, average in pairs]


def _inner(optimizer: Any) -> Any:
    return getattr(optimizer, "inner_optimizer", optimizer)


def keep_apart(optimizer: Any) -> None:
    """Keep `fit` from setting the weights to their averages at its end: a run calls it once per epoch."""
    _inner(optimizer).finalize_variable_values = lambda trainable_variables: None


@contextmanager
def averaged(model: Any) -> Iterator[None]:
    """Let a model have the averages of its weights; afterwards it has its own again, to the bit."""
    places = average_places(model)
    if not places:
        yield
        return
    convert = import_keras().ops.convert_to_numpy
    import numpy as np

    weights = [model.variables[place] for place, _ in places]
    own = [np.array(convert(one)) for one in weights]
    _assign(weights, [convert(model.optimizer.variables[place]) for _, place in places])
    try:
        yield
    finally:
        _assign(weights, own)


def _assign(variables: list[Any], values: list[Any]) -> None:
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)
