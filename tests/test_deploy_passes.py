"""Folding and pruning: the same outputs, the expected layers, and nothing folded that must not be."""

from collections import Counter
from typing import Any

import backend_graphs
import numpy as np
import pytest
from backend_graphs import CONV, Net

from archdsl.backends.keras import build
from archdsl.backends.quiet import import_keras
from archdsl.deploy.model import keras_model
from archdsl.deploy.passes import folded, pruned, simplified
from archdsl.deploy.weights import Weighted, read
from archdsl.graph.graph import Graph

KERNEL = {"padding": "same", "bias": True, "initializer": "he_normal"}
ONCE = {
    1: {"stride": (1,), "dilation": (1,)},
    2: {"stride": (1, 1), "dilation": (1, 1)},
    3: {"stride": (1,) * 3, "dilation": (1,) * 3},
}


def conv(channels: int, kernel: int = 3, rank: int = 2, **params: Any) -> tuple[str, dict[str, Any]]:
    return "conv", {
        "kernel": (kernel,) * rank,
        "channels": channels,
        "groups": 1,
        **ONCE[rank],
        **KERNEL,
        **params,
    }


def depthwise(kernel: int = 3, **params: Any) -> tuple[str, dict[str, Any]]:
    return "depthwise", {"kernel": (kernel, kernel), **ONCE[2], **KERNEL, **params}


def transposed(channels: int, rank: int = 2, **params: Any) -> tuple[str, dict[str, Any]]:
    return "conv_transpose", {
        "kernel": (3,) * rank,
        "channels": channels,
        **KERNEL,
        "stride": (2,) * rank,
        **params,
    }


def norm(**params: Any) -> tuple[str, dict[str, Any]]:
    return "batch_norm", {"epsilon": 1e-3, "momentum": 0.9, **params}


def dense(channels: int, **params: Any) -> tuple[str, dict[str, Any]]:
    return "dense", {"channels": channels, "bias": True, "initializer": "he_normal", **params}


RELU = ("activation", {"function": "relu"})
MAP, LINE, VOLUME, VECTOR = (7, 6, 4), (9, 4), (4, 5, 3, 4), (6,)
# Layers in a row -> the ops that are left.
CHAINS: dict[str, tuple[tuple[int, ...], list[tuple[str, dict[str, Any]]], str]] = {
    "conv": (MAP, [conv(8), norm(), RELU], "conv activation"),
    "conv without bias": (MAP, [conv(8, bias=False), norm()], "conv"),
    "conv strided, valid": (MAP, [conv(8, stride=(2, 2), padding="valid"), norm()], "conv"),
    "conv dilated": (MAP, [conv(8, dilation=(2, 2)), norm()], "conv"),
    "conv grouped": (MAP, [conv(8, groups=2), norm()], "conv"),
    "conv 1-D": (LINE, [conv(6, rank=1), norm()], "conv"),
    "conv 3-D": (VOLUME, [conv(6, rank=3), norm()], "conv"),
    "depthwise": (MAP, [depthwise(), norm()], "depthwise"),
    "depthwise without bias": (MAP, [depthwise(bias=False), norm()], "depthwise"),
    "transposed": (MAP, [transposed(6), norm()], "conv_transpose"),
    "transposed 1-D": (LINE, [transposed(6, 1, bias=False), norm()], "conv_transpose"),
    "dense": (VECTOR, [dense(5), norm()], "dense"),
    "dense on a map": (MAP, [dense(5, bias=False), norm()], "dense"),
    "no gamma": (MAP, [conv(8), norm(scale=False)], "conv"),
    "no beta": (MAP, [conv(8, bias=False), norm(center=False)], "conv"),
    "neither": (MAP, [conv(8), norm(scale=False, center=False)], "conv"),
    "epsilon": (MAP, [conv(8), norm(epsilon=0.5)], "conv"),
    "two norms": (MAP, [conv(8), norm(), norm(scale=False)], "conv"),
    "layer scale and a factor": (
        MAP,
        [conv(8), ("scale", {"initial": 0.1, "bias": True}), ("rescale", {"factor": 0.3})],
        "conv",
    ),
    "a factor without bias": (MAP, [conv(8, bias=False), ("rescale", {"factor": 0.3})], "conv"),
    "dropout between": (MAP, [conv(8), ("dropout", {"rate": 0.5}), norm()], "conv"),
    # Ahead: into the layer behind.
    "norm first, no padding": (MAP, [norm(), conv(8, padding="valid")], "conv"),
    "norm first, 1x1": (MAP, [norm(), conv(8, 1, bias=False)], "conv"),
    "norm first, 1x1 strided": (MAP, [norm(), conv(8, 1, stride=(2, 2))], "conv"),
    "norm first, grouped": (MAP, [norm(), conv(6, groups=2, padding="valid")], "conv"),
    "norm first, depthwise": (MAP, [norm(), depthwise(padding="valid")], "depthwise"),
    "norm first, dense": (VECTOR, [norm(), dense(5, bias=False)], "dense"),
    "norm on both sides": (MAP, [norm(), conv(8, padding="valid"), norm()], "conv"),
    "a factor before padding": (MAP, [("rescale", {"factor": 0.5}), conv(8)], "conv"),
    "a constant added": (
        MAP,
        [("rescale", {"factor": 0.5, "offset": 1.0}), conv(8, padding="valid")],
        "conv",
    ),
    # What must stay.
    "a constant added before zeros": (
        MAP,
        [("rescale", {"factor": 0.5, "offset": 1.0}), conv(8)],
        "rescale conv",
    ),
    "norm before zeros": (MAP, [norm(), conv(8)], "batch_norm conv"),
    "norm before a zero-padded strided window": (
        (8, 8, 4),
        [norm(), conv(8, stride=(2, 2))],
        "batch_norm conv",
    ),
    "norm before a pad": (
        MAP,
        [norm(), ("pad", {"amount": ((1, 1), (1, 1))}), conv(8, padding="valid")],
        "batch_norm pad conv",
    ),
    "norm before a depthwise with zeros": (MAP, [norm(), depthwise()], "batch_norm depthwise"),
    "norm before a transposed": (MAP, [norm(), transposed(5)], "batch_norm conv_transpose"),
    "pre-activation": (MAP, [norm(), RELU, conv(8, padding="valid")], "batch_norm activation conv"),
    "norm alone": (MAP, [norm()], "batch_norm"),
    "norm after relu": (MAP, [conv(8), RELU, norm()], "conv activation batch_norm"),
    "group norm": (MAP, [conv(8), ("group_norm", {"groups": 2, "epsilon": 1e-3})], "conv group_norm"),
    # What does nothing.
    "dropouts": (MAP, [conv(8), ("spatial_dropout", {"rate": 0.5}), ("drop_path", {"rate": 0.5})], "conv"),
    "flat already": (VECTOR, [dense(4), ("flatten", {}), ("reshape", {"shape": (4,)})], "dense"),
    "factors of one": (
        MAP,
        [conv(8), ("rescale", {"factor": 1}), ("channel_shuffle", {"groups": 1}), ("maxout", {"pieces": 1})],
        "conv",
    ),
    "a reshape that is one": (MAP, [conv(8, 1), ("reshape", {"shape": (42, 8)})], "conv reshape"),
}


def randomised(graph: Graph, seed: int = 0) -> tuple[Any, Weighted]:
    """Build a graph whose statistics are not those of a fresh network."""
    import_keras().utils.set_random_seed(seed)
    model = build(graph)
    random = np.random.default_rng(seed)
    model.set_weights(
        [
            random.uniform(0.3, 2, w.shape)
            if "variance" in w.path or "gamma" in w.path
            else np.asarray(w) + random.normal(0, 0.2, w.shape)
            for w in model.weights
        ]
    )
    return model, read(model, graph)


def outputs(model: Any) -> np.ndarray:
    random = np.random.default_rng(3)
    inputs = [random.normal(size=(2, *one.shape[1:])).astype(np.float32) for one in model.inputs]
    found = model.predict_on_batch(inputs if len(inputs) > 1 else inputs[0])
    return np.asarray(found[0] if isinstance(found, list) else found)


def same_outputs(model: Any, network: Weighted) -> None:
    """Hold the outputs of a pass, and what it says of shapes, against the network before it."""
    expected, found = outputs(model), outputs(keras_model(network))
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5 * max(1, np.abs(expected).max()))


def ops(network: Weighted) -> str:
    return " ".join(node.op for node in network.graph.nodes[1:])


@pytest.mark.parametrize("name", CHAINS)
def test_a_chain(name: str) -> None:
    shape, layers, left = CHAINS[name]
    net = Net(shape)
    net.stage("row")
    for number, (op, params) in enumerate(layers):
        net.node(op, params, (net.last,), f"{op}{number}")
    model, network = randomised(net.graph("chain"))
    result = simplified(network)
    assert ops(result) == left
    same_outputs(model, result)
    assert [(stage.start, stage.stop) for stage in result.graph.stages] == [(1, len(result.graph.nodes))]


def test_a_layer_with_several_readers_keeps_its_weights() -> None:
    net = Net(MAP)
    net.stage("row")
    first = net.conv(8, 3, "conv", norm=False, relu=False)
    normed = net.node(*norm(), (first,), "norm")
    net.node("add", {}, (first, normed), "add")
    model, network = randomised(net.graph("shared"))
    result = simplified(network)
    assert ops(result) == "conv batch_norm add"
    same_outputs(model, result)


def test_a_norm_that_two_layers_read_is_not_folded_ahead() -> None:
    net = Net(MAP)
    net.stage("row")
    normed = net.node(*norm(), (0,), "norm")
    ends = [net.node(*conv(8, 1), (normed,), f"conv{i}") for i in range(2)]
    net.node("add", {}, tuple(ends), "add")
    model, network = randomised(net.graph("fork"))
    assert ops(simplified(network)) == "batch_norm conv conv add"
    same_outputs(model, simplified(network))


def test_a_map_read_by_a_norm_and_by_others_is_folded_ahead() -> None:
    net = Net(MAP)
    net.stage("row")
    start = net.conv(4, 3, "conv", norm=False)
    normed = net.node(*norm(), (start,), "norm")
    end = net.node(*conv(4, 1), (normed,), "narrow")
    net.node("add", {}, (start, end), "add")
    model, network = randomised(net.graph("residual"))
    assert ops(simplified(network)) == "conv activation conv add"
    same_outputs(model, simplified(network))


def test_a_layer_that_is_an_output_too_keeps_its_weights() -> None:
    net = Net(MAP)
    net.stage("row")
    first = net.conv(8, 3, "conv", norm=False, relu=False)
    normed = net.node(*norm(), (first,), "norm")
    network = randomised(net.graph("two", (normed, first)))[1]
    assert ops(folded(network)) == "conv batch_norm"
    assert ops(simplified(network)) == "conv"  # the second output is left out first


def test_arrays_that_nodes_share_are_not_written_to() -> None:
    net = Net(MAP)
    net.stage("row")
    for i in range(2):
        net.conv(4, 3, f"conv{i}")
    _, network = randomised(net.graph("twice"))
    kernel = network.weights["row/conv0"]["kernel"]
    weights = {**network.weights, "row/conv1": {**network.weights["row/conv1"], "kernel": kernel}}
    before = kernel.copy()
    result = simplified(Weighted(network.graph, weights))
    assert not np.array_equal(result.weights["row/conv0"]["kernel"], result.weights["row/conv1"]["kernel"])
    np.testing.assert_array_equal(kernel, before)


def test_auxiliary_heads_are_left_out() -> None:
    net = Net(MAP)
    net.stage("row")
    start = net.conv(4, 3, "conv")
    net.branch = "aux"
    aux = net.conv(3, 1, "aux", at=start)
    net.branch = "main"
    main = net.conv(5, 3, "main", at=start)
    model, network = randomised(net.graph("heads", (main, aux)))
    result = pruned(network)
    assert Counter(node.branch for node in result.graph.nodes) == {"main": 7}
    assert len(result.graph.outputs) == 1
    same_outputs(model, result)


@pytest.mark.parametrize(
    "graph",
    [backend_graphs.everything(True), backend_graphs.branching(), backend_graphs.resnet((1, 1), 8)],
    ids=lambda g: g.name,
)
def test_networks(graph: Graph) -> None:
    model, network = randomised(graph)
    result = simplified(network)
    assert len(result.graph.nodes) < len(graph.nodes)
    same_outputs(model, result)


def test_every_norm_of_a_resnet_is_folded() -> None:
    graph = backend_graphs.resnet((1, 1), 8)
    assert CONV["bias"] is False
    result = simplified(randomised(graph)[1])
    assert "batch_norm" not in ops(result).split()
    assert all(node.params["bias"] for node in result.graph.nodes if node.op == "conv")
