"""A network's graph and a recipe -> the compiled Keras model that learns, on logits."""

from dataclasses import dataclass
from typing import Any

from archdsl.backends.keras import build
from archdsl.backends.quiet import import_keras
from archdsl.graph.graph import Graph
from archdsl.recipe import Recipe
from archdsl.train import losses, optimizers
from archdsl.train.cpu_layers import replacements
from archdsl.train.hardware import has_accelerator, multiplies_bfloat16


@dataclass(frozen=True, slots=True)
class Learner:
    """`model` is the network as the spec says it; `logits` shares its weights and leaves a final softmax to
    the loss."""

    model: Any
    logits: Any


def precision_policy(precision: str) -> str:
    """Give Keras' name of a precision; `auto` takes bfloat16 where the hardware multiplies it (AVX512-BF16,
    AMX, a GPU)."""
    if precision == "auto":
        return "mixed_bfloat16" if has_accelerator() or multiplies_bfloat16() else "float32"
    return "mixed_bfloat16" if precision == "bfloat16" else "float32"


def make(graph: Graph, policy: str, training: bool = False) -> Learner:
    """Build a network in a precision policy; for training, of layers that are faster and have the same
    weights.

    Auxiliary heads are left out: only the network's main output is trained. A head that is a map of 1x1 is
    flattened.
    """
    keras = import_keras()
    graph = graph._replace(outputs=graph.outputs[:1])
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        model = build(graph, replacements() if training else {})
    finally:
        keras.config.set_dtype_policy(before)
    last = graph.nodes[graph.outputs[0]]
    if len(last.shape) > 1:
        flat = keras.Model(model.input, keras.layers.Flatten(name="classes")(model.output), name=model.name)
        return Learner(flat, flat)
    softmax = last.op == "activation" and last.params["function"] == "softmax"
    logits = keras.Model(model.input, model.layers[-1].input if softmax else model.output, name="logits")
    return Learner(model, logits)


def compile_model(
    learner: Learner, recipe: Recipe, steps: int, labels: Any = None, weighted: bool = False
) -> None:
    """Return the model its loss, metrics and optimiser; an epoch has `steps` steps, `labels` are those to
    train with.

    `weighted` metrics heed weights of images.
    """
    keras = import_keras()
    optimizer = optimizers.make(recipe, steps, learner.logits)
    loss = losses.make(recipe, learner.logits.output_shape[-1], labels)
    metrics = [keras.metrics.CategoricalAccuracy(name="accuracy")]
    learner.logits.compile(optimizer, loss, **{"weighted_metrics" if weighted else "metrics": metrics})
