"""Whether a Keras model computes what another one does: the same weights, images, modes and settings in both."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np
from keras_pairs import Part, pairs

Pairs = Sequence[tuple[Part, Part]]
TRAINING_ONLY = ("Dropout", "SpatialDropout2D", "StochasticDepth")
KERNELS = ("kernel_initializer", "depthwise_initializer", "pointwise_initializer")


class Errors(NamedTuple):
    """The largest difference of two models over the largest value of theirs; `training` is None where their
    layers draw numbers while they train."""

    logits: float
    outputs: float
    training: float | None


def compared(ours: Any, theirs: Any, images: np.ndarray) -> Errors:
    """Give both models the same random state and compare what they compute of the same images.

    Moving statistics are those of the images, as training would have them: random ones let signals die out.
    """
    matched = pairs(ours, theirs)
    for model in (ours, theirs):
        _constants(model)
    randomise(theirs)
    copy(matched)
    training = _trained(ours, theirs, images) if norms(theirs) else None
    copy(matched)
    (logits, outputs), (their_logits, their_outputs) = run(ours, images), run(theirs, images)
    found = error(outputs, their_outputs)
    # Without norms, and nothing dropped, training mode is no other mode.
    return Errors(error(logits, their_logits), found, training if norms(theirs) or drops(theirs) else found)


def _constants(model: Any) -> None:
    """Give a rescaling its factor in the precision of the model: Keras rounds it to float32 on the way."""
    for layer in model.layers:
        if type(layer).__name__ == "Rescaling":
            layer.scale = np.asarray(layer.scale, layer.compute_dtype)


def _trained(ours: Any, theirs: Any, images: np.ndarray) -> float | None:
    """Let their moving statistics become those of the images; return the error of the outputs meanwhile, or None
    where something is dropped."""
    with _statistics_at_once(ours), _statistics_at_once(theirs):
        expected = run(theirs, images, training=True)[1]
        return None if drops(theirs) else error(run(ours, images, training=True)[1], expected)


def norms(model: Any) -> list[Any]:
    """Return the layers whose statistics are those of a batch while training."""
    return [layer for layer in model._flatten_layers() if type(layer).__name__ == "BatchNormalization"]


def error(ours: np.ndarray, theirs: np.ndarray) -> float:
    """Return the largest difference over the largest value; endless where something is no number."""
    assert ours.shape == theirs.shape
    largest = float(np.abs(theirs).max())
    found = float(np.abs(ours - theirs).max()) / largest if largest else float("inf")
    return found if np.isfinite(found) else float("inf")


def randomise(model: Any, seed: int = 0) -> None:
    """Give every weight of a model random numbers, such that signals keep their size."""
    random = np.random.default_rng(seed)
    for layer in model._flatten_layers():
        for weight in layer.weights if not hasattr(layer, "layers") else ():
            weight.assign(_drawn(random, weight.name, tuple(weight.shape)))
    _settled(model)


def _drawn(random: np.random.Generator, name: str, shape: tuple[int, ...]) -> np.ndarray:
    if len(shape) > 1:
        fan_in = (
            np.prod(shape[:-2])
            if name.endswith("depthwise_kernel") or shape[-1] == 1
            else np.prod(shape[:-1])
        )
        return random.normal(0, np.sqrt(2 / fan_in), shape)
    if name.endswith(("bias", "beta", "mean")):
        return random.normal(0, 0.2, shape)
    return random.uniform(0.5, 1.5, shape) if shape else np.asarray(7)


def copy(matched: Pairs) -> None:
    """Give our parts the weights of theirs."""
    for ours, theirs in matched:
        for own, other in zip(ours.weights, theirs.weights, strict=True):
            own.assign(np.asarray(other).reshape(own.shape))
        _settle(ours.layer)


def _settled(model: Any) -> None:
    for layer in model._flatten_layers():
        _settle(layer)


def _settle(layer: Any) -> None:
    """Let a normalisation by statistics of the data take those that it was given."""
    if type(layer).__name__ == "Normalization" and layer.weights:
        layer.finalize_state()


@contextmanager
def _statistics_at_once(model: Any) -> Iterator[None]:
    """Let one step in training mode set the moving statistics to those of its batch."""
    found = norms(model)
    kept = [layer.momentum for layer in found]
    for layer in found:
        layer.momentum = 0.0
    try:
        yield
    finally:
        for layer, momentum in zip(found, kept, strict=True):
            layer.momentum = momentum


def run(model: Any, images: np.ndarray, training: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """Return the logits and the outputs: a softmax at the end is taken off for the first."""
    last = model.layers[-1]
    softmax = getattr(last, "activation", None)
    assert getattr(softmax, "__name__", "") == "softmax", "the network ends in no softmax"
    last.activation = lambda values: values
    try:
        logits = model(images, training=training)
    finally:
        last.activation = softmax
    return np.asarray(logits), np.asarray(softmax(logits))


def settings(matched: Pairs) -> list[tuple[str, Any, Any]]:
    """List what differs in the settings of paired layers: epsilon and momentum of norms, initialisers of kernels."""
    found = []
    for ours, theirs in matched:
        for (key, own), (_, other) in zip(_said(ours), _said(theirs), strict=True):
            if own != other:
                found.append((f"{key} of {theirs.layer.name}", own, other))
    return found


def _said(part: Part) -> list[tuple[str, Any]]:
    given = part.layer.get_config()
    norms = [(key, given[key]) for key in ("epsilon", "momentum") if key in given]
    return norms or [("initializer", _initializer(part))]


def _initializer(part: Part) -> Any:
    """Write the initialiser of a part's kernel as plain data, without its seed."""
    layer = part.layer
    if hasattr(layer, "init_values"):  # ConvNeXt's layer scale
        return "Constant", {"value": layer.init_values}
    keys = [key for key in KERNELS if hasattr(layer, key)]
    if len(keys) > 1:  # a separable convolution, of which this is one half
        keys = ["depthwise_initializer" if part.weights[0] is layer.weights[0] else "pointwise_initializer"]
    if not keys:
        return None
    made = getattr(layer, keys[0])
    config = {key: value for key, value in made.get_config().items() if key != "seed" and value is not None}
    return type(made).__name__, config


def drops(model: Any) -> list[tuple[str, float]]:
    """List what is dropped while training, in order: values or whole examples, and the rate."""
    layers = (layer for layer in model._flatten_layers() if type(layer).__name__ in TRAINING_ONLY)
    return [("examples" if layer.noise_shape else "values", round(layer.rate, 12)) for layer in layers]
