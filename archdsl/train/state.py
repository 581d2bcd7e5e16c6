"""Everything a run goes on from, as arrays: weights and statistics, seeds of dropout, the optimiser's memory,
metrics."""

from typing import Any

from archdsl.backends.quiet import import_keras

Arrays = dict[str, list[Any]]
GROUPS = ("model", "optimizer", "metrics")


def prime(model: Any, classes: int) -> None:
    """Make the variables of optimiser and metrics, which Keras makes with the first step, so that they can be
    set."""
    import numpy as np

    if not model.optimizer.built:
        model.optimizer.build(model.trainable_variables)
    one = np.zeros((1, classes), np.float32)
    model.compute_metrics(None, one, one)
    model.reset_metrics()


def capture(model: Any) -> Arrays:
    """Copy the state of a compiled model into NumPy arrays."""
    convert = import_keras().ops.convert_to_numpy
    import numpy as np

    return {group: [np.array(convert(one)) for one in variables(model, group)] for group in GROUPS}


def put_back(model: Any, arrays: Arrays, groups: tuple[str, ...] = GROUPS) -> None:
    """Set the state of a compiled model of the same network and recipe; raise ValueError where it is
    another's."""
    for group in groups:
        there = variables(model, group)
        if [tuple(one.shape) for one in there] != [one.shape for one in arrays[group]]:
            raise ValueError(f"the variables of the {group} are others")
        for variable, value in zip(there, arrays[group], strict=True):
            variable.assign(value)


def variables(model: Any, group: str) -> list[Any]:
    """List the variables of one group, in an order that is the same in every process."""
    if group == "metrics":
        return list(model.metrics_variables)
    return list(model.variables if group == "model" else model.optimizer.variables)
