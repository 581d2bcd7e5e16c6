"""A graph in Keras and in PyTorch, by the generated source, with the same random weights."""

from typing import Any

import numpy as np

from archdsl.backends.keras import build
from archdsl.backends.torch_source import source
from archdsl.backends.torch_weights import state
from archdsl.deploy.weights import Weighted, assign, declared
from archdsl.graph.graph import Graph


def random_weights(graph: Graph) -> dict[str, dict[str, np.ndarray]]:
    """Draw weights that keep the size of a signal; statistics are those of such a signal."""
    random = np.random.default_rng(0)
    found: dict[str, dict[str, np.ndarray]] = {}
    for node in graph.nodes:
        found[node.name] = found[graph.nodes[node.shares].name] if node.shares >= 0 else {}
        for weight in declared(graph, node) if node.shares < 0 else ():
            drawn = random.normal(size=weight.shape)
            if weight.name == "kernel" and len(weight.shape) > 1:
                drawn *= np.sqrt(2 / max(np.prod(weight.shape[:-1]), 1))
            elif weight.name in {"moving_variance", "variance", "gamma", "kernel"}:
                drawn = 0.5 + random.random(weight.shape)
            else:
                drawn *= 0.1
            found[node.name][weight.name] = drawn.astype(np.float32)
    return found


def executed(text: str) -> Any:
    """Run generated source and give an instance of the network's class, the last one."""
    namespace: dict[str, Any] = {"__name__": "generated"}
    exec(compile(text, "generated.py", "exec"), namespace)
    return [value for value in namespace.values() if isinstance(value, type)][-1]()


def outputs(graph: Graph) -> tuple[list[np.ndarray], list[np.ndarray], Any]:
    """Give what Keras computes, what PyTorch computes (channels last again), and the PyTorch module."""
    import torch

    weights = random_weights(graph)
    model = build(graph)
    assign(model, Weighted(graph, weights))
    module = executed(source(graph))
    tensors = {name: torch.from_numpy(array.copy()) for name, array in state(graph, weights).items()}
    missing, unexpected = module.load_state_dict(tensors, strict=False)
    assert not unexpected and all(name.endswith("num_batches_tracked") for name in missing), missing
    random = np.random.default_rng(1)
    images = [random.normal(size=(2, *graph.nodes[i].shape)).astype(np.float32) for i in graph.inputs]
    numbered = {i for node in graph.nodes if node.op == "embedding" for i in node.inputs}
    images = [
        np.floor(4 * random.random(image.shape)).astype(np.float32) if i in numbered else image
        for i, image in zip(graph.inputs, images, strict=True)
    ]
    with torch.inference_mode():
        given = module.eval()(*(torch.from_numpy(np.moveaxis(image, -1, 1).copy()) for image in images))
    expected = model(images if len(images) > 1 else images[0], training=False)
    return (
        [np.asarray(value) for value in (expected if isinstance(expected, list) else [expected])],
        [np.moveaxis(value.numpy(), 1, -1) for value in (given if isinstance(given, tuple) else (given,))],
        module,
    )
