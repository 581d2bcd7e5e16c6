"""What a written model answers, held against the network it was made of."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from archdsl.deploy.feed import Feed
from archdsl.graph.graph import Graph
from archdsl.graph.tokens import tokens

if TYPE_CHECKING:
    import numpy as np

Engine = Callable[["np.ndarray"], "np.ndarray"]
"""Runs a model on a batch of examples, [batch, …], and gives its output as an array."""

TOLERANCE = 1e-5
LAST_BIT = 2.0**-23
ROUNDINGS = 8  # folding was seen to move answers by 0.3 to 3 times what the last bit of the input moves them
BATCHES = (4, 1)  # a model must take any number of examples: two different ones show that it does


def examples(graph: Graph, count: int, feed: Feed | None = None, seed: int = 0) -> Any:
    """Return examples for a network: normal noise, or random images as uint8 for one that takes images, or
    numbers of tokens from 1 on (0 is often padding); a list of arrays for several inputs."""
    import numpy as np

    random = np.random.default_rng(seed)
    shapes = [(count, *graph.nodes[i].shape) for i in graph.inputs]
    if feed is not None:
        return random.integers(0, 256, shapes[0], np.uint8)
    counts = [tokens(graph.nodes, i) for i in graph.inputs]
    found = [
        random.integers(1, max(most, 2), shape).astype(np.int32)
        if most
        else random.normal(size=shape).astype(np.float32)
        for shape, most in zip(shapes, counts, strict=True)
    ]
    return found[0] if len(found) == 1 else found


def reference(model: Any, feed: Feed | None = None) -> Engine:
    """Return the Keras model of a network as an engine; with a feed it takes images as uint8, scaled outside
    of the model."""
    import numpy as np

    def run(inputs: "np.ndarray") -> "np.ndarray":
        outputs = model.predict_on_batch(feed.scaled(inputs) if feed else inputs)
        return np.asarray(outputs[0] if isinstance(outputs, list) else outputs)

    return run


def difference(expected: "np.ndarray", found: "np.ndarray") -> float:
    """Return the largest difference of two outputs, relative to the largest value where that is above 1; NaN
    for other shapes."""
    import numpy as np

    if expected.shape != found.shape:
        return float("nan")
    return float(np.max(np.abs(expected - found)) / max(1.0, float(np.max(np.abs(expected)))))


def largest_difference(expected: Engine, found: Engine, graph: Graph, feed: Feed | None = None) -> float:
    """Run two engines on the same examples, in batches of different sizes, and give the largest
    difference."""
    import numpy as np

    inputs = [examples(graph, count, feed, seed) for seed, count in enumerate(BATCHES)]
    return float(np.max([difference(expected(batch), found(batch)) for batch in inputs]))


def allowed(model: Any, graph: Graph, feed: Feed | None = None) -> float:
    """Return the largest difference that rounding explains: 1e-5, or eight times as much as the network's own
    answers move with the last bit of its inputs (those of two near winners of a softmax, say)."""
    import numpy as np

    run, random, moves = reference(model), np.random.default_rng(len(BATCHES)), [0.0]
    for seed, count in enumerate(BATCHES):
        batch = examples(graph, count, feed, seed)
        batch = feed.scaled(batch) if feed else batch
        moved = [_moved(one, random) for one in (batch if isinstance(batch, list) else [batch])]
        beside: Any = moved if isinstance(batch, list) else moved[0]
        moves.append(difference(run(batch), run(beside)))
    return max(TOLERANCE, ROUNDINGS * float(np.nanmax(moves)))


def _moved(values: "np.ndarray", random: "np.random.Generator") -> "np.ndarray":
    """Return numbers whose last bit went up or down; those of tokens stay."""
    if values.dtype.kind == "i":
        return values
    signs = random.choice([-LAST_BIT, LAST_BIT], values.shape)
    moved: np.ndarray = (values * (1 + signs)).astype(values.dtype)
    return moved
