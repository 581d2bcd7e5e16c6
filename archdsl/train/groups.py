"""A model -> its trained weights by what they are: of norms, biases, factors per channel, kernels."""

from typing import Any

from archdsl.backends.quiet import import_keras


def groups(model: Any) -> dict[str, list[Any]]:
    """Divide the trained weights of a model into `norms`, `biases`, `scales` and `kernels`, by the layer that
    has them."""
    found: dict[str, list[Any]] = {"norms": [], "biases": [], "scales": [], "kernels": []}
    for layer in model.layers:
        for variable in layer.trainable_variables:
            found[_group(layer, variable)].append(variable)
    return found


def _group(layer: Any, variable: Any) -> str:
    layers = import_keras().layers
    norms = (
        layers.BatchNormalization,
        layers.LayerNormalization,
        layers.GroupNormalization,
        layers.RMSNormalization,
    )
    if isinstance(layer, norms):
        return "norms"
    if variable is getattr(layer, "bias", None):
        return "biases"
    factors = isinstance(layer, layers.EinsumDense) and len(variable.shape) == 1
    return "scales" if factors or isinstance(layer, layers.PReLU) else "kernels"
