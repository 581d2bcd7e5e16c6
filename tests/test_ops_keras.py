"""Every op against Keras: output shape, parameter counts and refusals over a grid of parameters."""

import contextlib
import itertools
from collections.abc import Iterator
from math import prod
from typing import Any

import keras
import numpy as np
import pytest
import token_grids

from archdsl.backends import undisturbed
from archdsl.backends.keras import connected
from archdsl.ops import OPS, ShapeFault

Shapes = tuple[tuple[int, ...], ...]
COMMON = {"bias": True, "initializer": "glorot_uniform"}


def _windows(rank: int, **fixed: Any) -> Iterator[dict[str, Any]]:
    for kernel, stride, padding in itertools.product((1, 2, 3, 5), (1, 2, 3), ("same", "valid")):
        yield {"kernel": (kernel,) * rank, "stride": (stride,) * rank, "padding": padding, **fixed}


def _conv() -> Iterator[tuple[dict[str, Any], Shapes]]:
    for rank, size in ((1, (9,)), (2, (7, 8)), (3, (5, 4, 6))):
        for params in _windows(rank, dilation=(1,) * rank, groups=1, channels=6, **COMMON):
            yield params, ((*size, 4),)
    base = {
        "kernel": (3, 3),
        "stride": (1, 1),
        "padding": "same",
        "dilation": (1, 1),
        "groups": 1,
        "channels": 6,
        **COMMON,
    }
    for change in (
        {"bias": False},
        {"groups": 2},
        {"dilation": (2, 2)},
        {"dilation": (3, 3), "padding": "valid"},
        {"kernel": (1, 3)},
        {"stride": (1, 2)},
    ):
        yield base | change, ((9, 11, 4),)


def _depthwise() -> Iterator[tuple[dict[str, Any], Shapes]]:
    for rank, size in ((1, (9,)), (2, (8, 8))):
        for params in _windows(rank, dilation=(1,) * rank, **COMMON):
            yield params, ((*size, 4),)
    yield (
        {
            "kernel": (3, 3),
            "stride": (1, 1),
            "padding": "same",
            "dilation": (2, 2),
            "bias": False,
            "initializer": "he_normal",
        },
        ((9, 9, 3),),
    )


def _pool() -> Iterator[tuple[dict[str, Any], Shapes]]:
    for rank, size in ((1, (9,)), (2, (7, 8)), (3, (5, 4, 6))):
        for params in _windows(rank):
            yield params, ((*size, 3),)


def _adaptive() -> Iterator[tuple[dict[str, Any], Shapes]]:
    for output in ((1, 1), (2, 2), (4, 3), (8, 2)):
        yield {"output": output}, ((8, 6, 3),)
    yield {"output": (3,)}, ((9, 3),)
    yield {"output": (1, 2, 3)}, ((5, 4, 6, 3),)


def _maps() -> Iterator[tuple[dict[str, Any], Shapes]]:
    for shape in ((9, 3), (7, 8, 3), (5, 4, 6, 3)):
        yield {}, (shape,)


def _conv_transpose() -> Iterator[tuple[dict[str, Any], Shapes]]:
    for rank, size in ((1, (5,)), (2, (4, 5)), (3, (2, 3, 4))):
        for params in _windows(rank, channels=6, **COMMON):
            yield params, ((*size, 4),)
    base = {"kernel": (3, 3), "stride": (2, 2), "padding": "same", "channels": 6, **COMMON}
    for change in ({"bias": False}, {"kernel": (1, 4)}, {"stride": (1, 2), "padding": "valid"}):
        yield base | change, ((4, 5, 4),)


def _any_shape(**params: Any) -> Iterator[tuple[dict[str, Any], Shapes]]:
    for shape in ((6,), (9, 6), (7, 8, 6), (2, 3, 4, 6)):
        yield params, (shape,)


def _norms(**params: Any) -> Iterator[tuple[dict[str, Any], Shapes]]:
    yield from _any_shape(epsilon=1e-5, **params)
    for scale, center in itertools.product((True, False), (True, False)):
        yield {"epsilon": 1e-3, "scale": scale, "center": center, **params}, ((7, 8, 6),)


def _instance_norms() -> Iterator[tuple[dict[str, Any], Shapes]]:
    yield from ((params, shapes) for params, shapes in _norms() if len(shapes[0]) > 1)


def _grouped(key: str, **params: Any) -> Iterator[tuple[dict[str, Any], Shapes]]:
    for number in (1, 2, 3, 4, 6):
        yield from _any_shape(**{key: number}, **params)


def _activations() -> Iterator[tuple[dict[str, Any], Shapes]]:
    from archdsl.ops import ACTIVATIONS

    for function in sorted(set(ACTIVATIONS.values())):
        yield {"function": function}, ((4, 4, 3),)
    yield {"function": "leaky_relu", "slope": 0.1}, ((4, 4, 3),)
    yield {"function": "softmax", "axis": 1}, ((4, 3),)


def _merges() -> Iterator[tuple[dict[str, Any], Shapes]]:
    for shape in ((5,), (4, 3), (4, 5, 3), (2, 3, 4, 3)):
        for count in (2, 3):
            yield {}, (shape,) * count


def _concat() -> Iterator[tuple[dict[str, Any], Shapes]]:
    yield from _merges()
    for shapes in (
        ((4, 5, 3), (4, 5, 7), (4, 5, 1)),
        ((3,), (4,)),
        ((4, 5, 3), (5, 5, 3)),
        ((4, 5, 3), (5, 3)),
    ):
        yield {}, shapes


def _multiply() -> Iterator[tuple[dict[str, Any], Shapes]]:
    yield from _merges()
    for gate in ((3,), (1, 1, 3), (4, 5, 1), (1, 5, 3), (2,), (4, 5, 2), (4, 4, 3)):
        yield {}, ((4, 5, 3), gate)
        yield {}, (gate, (4, 5, 3), (4, 1, 1))
    yield {}, ((4, 3), (3,))
    yield {}, ((2, 3, 4, 5), (5,))


def _enlarged(channels: int) -> Iterator[tuple[dict[str, Any], Shapes]]:
    for size, stride in (
        ((5,), (2,)),
        ((4, 5), (2, 2)),
        ((4, 5), (3, 1)),
        ((2, 3, 4), (2, 2, 2)),
        ((2, 3), (3, 3)),
    ):
        yield {"stride": stride}, ((*size, channels),)


def _upsample() -> Iterator[tuple[dict[str, Any], Shapes]]:
    for params, shapes in _enlarged(3):
        yield params | {"interpolation": "nearest"}, shapes
        yield params | {"interpolation": "bilinear"}, shapes
    yield {"stride": (2, 2), "interpolation": "nearest"}, ((5, 3),)


def _crops() -> Iterator[tuple[dict[str, Any], Shapes]]:
    for params, shapes in _pads():
        yield params, (tuple(n + 3 for n in shapes[0]),)
    for amount in (((2, 1), (0, 0)), ((5, 5), (0, 0)), ((0, 0), (4, 4))):
        yield {"amount": amount}, ((3, 8, 2),)
    yield {"amount": ((1, 1),)}, ((3, 8, 2),)


def _selections() -> Iterator[tuple[dict[str, Any], Shapes]]:
    for start, stop in ((0, 6), (0, 1), (2, 5), (5, 6)):
        yield from _any_shape(start=start, stop=stop)


def _lrn() -> Iterator[tuple[dict[str, Any], Shapes]]:
    for size in (1, 2, 5, 11):
        yield from (
            (params, shapes)
            for params, shapes in _any_shape(size=size, alpha=1e-4, beta=0.75, offset=2.0)
            if len(shapes[0]) > 1
        )


def _lcn() -> Iterator[tuple[dict[str, Any], Shapes]]:
    for size in (1, 2, 5):
        yield from (
            (params, shapes)
            for params, shapes in _any_shape(size=size, alpha=0.5, beta=0.75, offset=2.0)
            if len(shapes[0]) > 1
        )


def _shapes(*grid: tuple[tuple[int, ...], tuple[int, ...]]) -> Iterator[tuple[dict[str, Any], Shapes]]:
    for shape, target in grid:
        yield {"shape": target}, (shape,)


def _dense() -> Iterator[tuple[dict[str, Any], Shapes]]:
    for shape, bias in itertools.product(((5,), (7, 5), (3, 4, 5)), (True, False)):
        yield {"channels": 6, "bias": bias, "initializer": "he_normal"}, (shape,)


def _recurrent(**more: Any) -> Iterator[tuple[dict[str, Any], Shapes]]:
    base = {"channels": 4, "merge": "concat", "activation": "tanh", "bias": True, "biases": "one", **more}
    base |= {"sequences": False, "bidirectional": False, "dropout": 0.0, "recurrent_dropout": 0.0}
    for sequences, both, bias in itertools.product((True, False), repeat=3):
        yield base | {"sequences": sequences, "bidirectional": both, "bias": bias}, ((5, 3),)
    for change in (
        {"biases": "two"},
        {"biases": "two", "bidirectional": True, "merge": "sum"},
        {"activation": "relu", "dropout": 0.2, "recurrent_dropout": 0.1},
    ):
        yield base | change, ((5, 3),)
    for shapes in (((6,),), ((4, 5, 3),)):
        yield base, shapes


def _gru() -> Iterator[tuple[dict[str, Any], Shapes]]:
    yield from _recurrent(reset="after")
    yield from _recurrent(reset="before")


def _conv_lstm() -> Iterator[tuple[dict[str, Any], Shapes]]:
    for (params, _), padding in itertools.product(_recurrent(kernel=(3, 3)), ("same", "valid")):
        if params["biases"] == "one":
            kept = {key: value for key, value in params.items() if key != "biases"}
            yield kept | {"padding": padding}, ((3, 5, 4, 2),)
            yield kept | {"padding": padding, "kernel": (2,)}, ((3, 5, 2),)


def _to_sequence() -> Iterator[tuple[dict[str, Any], Shapes]]:
    for axis, shape in itertools.product((0, 1, 2), ((4, 5, 3), (1, 5, 3), (5, 1, 3), (2, 4, 5, 3))):
        yield {"axis": axis}, (shape,)


def _pads() -> Iterator[tuple[dict[str, Any], Shapes]]:
    yield {"amount": ((1, 2),)}, ((9, 3),)
    yield {"amount": ((1, 2), (0, 3))}, ((7, 8, 3),)
    yield {"amount": ((1, 2), (0, 3), (1, 1))}, ((5, 4, 6, 3),)


GRIDS = {
    "conv": _conv,
    "depthwise": _depthwise,
    "dense": _dense,
    "max_pool": _pool,
    "avg_pool": _pool,
    "global_avg_pool": _maps,
    "global_max_pool": _maps,
    "conv_transpose": _conv_transpose,
    "upsample": _upsample,
    "depth_to_space": lambda: itertools.chain(_enlarged(4), _enlarged(18), _enlarged(8)),
    "batch_norm": lambda: _norms(momentum=0.9),
    "layer_norm": _norms,
    "group_norm": lambda: itertools.chain(_norms(groups=3), _grouped("groups", epsilon=1e-3)),
    "instance_norm": _instance_norms,
    "lrn": _lrn,
    "lcn": _lcn,
    "scale": lambda: itertools.chain(
        *(
            _any_shape(initial=initial, bias=bias)
            for initial, bias in itertools.product((1.0, 1e-6), (True, False))
        )
    ),
    "activation": _activations,
    "prelu": lambda: itertools.chain(_any_shape(initial=0.25), _any_shape(initial=1)),
    "maxout": lambda: ((params, shapes) for params, shapes in _grouped("pieces") if params["pieces"] != 4),
    "adaptive_avg_pool": _adaptive,
    "adaptive_max_pool": _adaptive,
    "spatial_dropout": lambda: (({"rate": 0.3}, shapes) for _, shapes in _maps()),
    "dropout": lambda: _any_shape(rate=0.3),
    "drop_path": lambda: _any_shape(rate=0.3),
    "flatten": _maps,
    "lstm": _recurrent,
    "gru": _gru,
    "rnn": _recurrent,
    "conv_lstm": _conv_lstm,
    "to_sequence": _to_sequence,
    "reshape": lambda: _shapes(
        ((48,), (4, 4, 3)),
        ((4, 4, 3), (16, 3)),
        ((4, 4, 3), (48,)),
        ((48,), (4, 4, 4)),
        ((2, 3, 4, 2), (4, 12)),
    ),
    "expand": lambda: iter([({"axes": axes}, ((6,),)) for axes in (1, 2, 3)]),
    "add": lambda: itertools.chain(_merges(), [({}, ((4, 5, 3), (4, 6, 3)))]),
    "maximum": lambda: itertools.chain(_merges(), [({}, ((4, 5, 3), (4, 6, 3)))]),
    "average": lambda: itertools.chain(_merges(), [({}, ((4, 5, 3), (4, 6, 3)))]),
    "subtract": lambda: iter([({}, ((5,),) * 2), ({}, ((4, 5, 3),) * 2), ({}, ((4, 3), (5, 3)))]),
    "dot": lambda: iter([({}, ((5,),) * 2), ({}, ((1,),) * 2), ({}, ((5,), (4,)))]),
    "cosine": lambda: iter([({}, ((5,),) * 2), ({}, ((1,),) * 2), ({}, ((5,), (4,)))]),
    "concat": _concat,
    "multiply": _multiply,
    "pad": _pads,
    "crop": _crops,
    "select": _selections,
    "absolute": _any_shape,
    "rescale": lambda: itertools.chain(_any_shape(factor=0.1), _any_shape(factor=0.1, offset=-1.0)),
    "standardize": lambda: itertools.chain(
        _any_shape(),
        _any_shape(mean=(0.5,), variance=(0.25,)),
        (({"mean": (0.5, 0.4, 0.3), "variance": (0.1, 0.2, 0.3)}, ((7, 8, 3),)) for _ in range(1)),
    ),
    "channel_mean": _maps,
    "channel_max": _maps,
    "channel_shuffle": lambda: _grouped("groups"),
    "pad_channels": lambda: iter(
        [
            ({"amount": 5}, ((4, 6, 3),)),
            ({"amount": 1}, ((3, 3, 1),)),
            ({"amount": 2}, ((7, 3),)),
            ({"amount": 2}, ((3, 4, 5, 2),)),
        ]
    ),
    "input": lambda: iter([({"shape": (4, 4, 3)}, ())]),
} | token_grids.GRIDS


# What a spec declares itself has no layer of Keras: tests/test_own_layers.py.
OWN = {"own", "own_weighted"}


def test_every_op_has_a_grid() -> None:
    assert set(GRIDS) == set(OPS) - OWN


def connect(name: str, params: dict[str, Any], inputs: list[Any]) -> tuple[Any, list[Any]]:
    """Apply an op's layers to tensors or arrays."""
    return connected(
        keras, OPS[name].calls(params, tuple(tuple(value.shape[1:]) for value in inputs)), "layer", inputs
    )


@pytest.mark.parametrize("name", [name for name in OPS if name not in {"input", *OWN}])
def test_shape_and_weights(name: str) -> None:
    accepted = 0
    for params, shapes in GRIDS[name]():
        op = OPS[name]
        tensors = [keras.Input(shape) for shape in shapes]
        try:
            ours: tuple[int, ...] | None = op.shape(params, shapes)
        except ShapeFault:
            ours = None
        if ours is None:
            with pytest.raises(ValueError):
                connect(name, params, tensors)
            continue
        accepted += 1
        output, layers = connect(name, params, tensors)
        assert tuple(output.shape[1:]) == ours, (params, shapes)
        weights = op.weights(params, shapes)
        built = [w for layer in layers for w in layer.weights]
        assert [(tuple(w.shape), w.trainable) for w in built] == [(w.shape, w.trainable) for w in weights], (
            params,
            shapes,
        )
        assert sum(layer.count_params() for layer in layers) == sum(prod(w.shape) for w in weights)
        assert not layers or layers[-1].name.startswith("layer")
        assert params.keys() <= {param.name for param in op.params}
    assert accepted > 1


def test_input() -> None:
    call = OPS["input"].calls({"shape": (4, 4, 3)}, ())[0]
    assert tuple(keras.Input(**call.kwargs).shape[1:]) == OPS["input"].shape({"shape": (4, 4, 3)}, ())


def test_arity() -> None:
    for name, grid in GRIDS.items():
        least, most = OPS[name].arity
        assert all(least <= len(shapes) <= (most or len(shapes)) for _, shapes in grid()), name
    for name in ("add", "concat", "multiply", "maximum", "average"):
        with pytest.raises(ShapeFault, match="two inputs or more"):
            OPS[name].shape({}, ((4, 4, 3),))


def test_what_grows() -> None:
    assert {name for name, op in OPS.items() if op.grows} == {"conv_transpose", "upsample", "depth_to_space"}


@pytest.mark.parametrize("shape", [(7, 4), (3, 5, 4), (3, 2, 5, 4)])
def test_zero_channels_come_after_the_others(shape: tuple[int, ...]) -> None:
    values = np.random.default_rng(0).random((2, *shape), np.float32)
    padded = np.asarray(connect("pad_channels", {"amount": 3}, [values])[0])
    np.testing.assert_array_equal(padded[..., :4], values)
    assert not padded[..., 4:].any()


_STRIDED = {"padding": "same", "dilation": (1,) * 3, **COMMON}
REFUSED: list[tuple[str, dict[str, Any], Shapes]] = [
    ("pad_channels", {"amount": 3}, ((5,),)),
    ("depthwise", {"kernel": (3,) * 3, "stride": (1,) * 3, **_STRIDED}, ((5, 5, 5, 2),)),
    (
        "conv_transpose",
        {"kernel": (3,), "stride": (2,), "padding": "same", "channels": 6, **COMMON},
        ((4, 5, 4),),
    ),
    ("lrn", {"size": 5, "alpha": 1e-4, "beta": 0.75, "offset": 1.0}, ((5,),)),
    ("lcn", {"size": 5, "alpha": 1.0, "beta": 0.5, "offset": 1.0}, ((5,),)),
    ("instance_norm", {"epsilon": 1e-3}, ((5,),)),
    ("multiply", {}, ((4, 5, 3), (5, 3))),
    ("select", {"start": 2, "stop": 7}, ((4, 5, 6),)),
    ("select", {"start": 3, "stop": 3}, ((4, 5, 6),)),
    ("select", {"start": 0, "stop": 1}, ((2, 2, 2, 2, 6),)),
    ("maxout", {"pieces": 2}, ((2, 2, 2, 2, 6),)),
    ("maxout", {"pieces": 4}, ((4, 4, 6),)),
    ("channel_mean", {}, ((6,),)),
    ("expand", {"axes": 2}, ((4, 6),)),
    ("activation", {"function": "elu", "slope": 0.1}, ((4, 4, 6),)),
    ("activation", {"function": "relu", "axis": 1}, ((4, 4, 6),)),
    ("activation", {"function": "softmax", "axis": 3}, ((4, 6),)),
]


@pytest.mark.parametrize(
    ("name", "params", "shapes"), REFUSED, ids=[f"{case[0]}{i}" for i, case in enumerate(REFUSED)]
)
def test_what_keras_has_no_layer_for_is_refused(name: str, params: dict[str, Any], shapes: Shapes) -> None:
    with pytest.raises(ShapeFault):
        OPS[name].shape(params, shapes)


@pytest.mark.parametrize(("channels", "groups"), [(6, 4), (4, 3)])
def test_groups_must_divide(channels: int, groups: int) -> None:
    params = {
        "kernel": (3, 3),
        "stride": (1, 1),
        "padding": "same",
        "dilation": (1, 1),
        "groups": groups,
        "channels": channels,
        **COMMON,
    }
    with pytest.raises(ShapeFault):
        OPS["conv"].shape(params, ((8, 8, 4),))


def test_stride_and_dilation_together_are_refused_as_keras_does() -> None:
    params = {
        "kernel": (3, 3),
        "stride": (2, 2),
        "padding": "same",
        "dilation": (2, 2),
        "groups": 1,
        "channels": 4,
        **COMMON,
    }
    with pytest.raises(ShapeFault):
        OPS["conv"].shape(params, ((8, 8, 4),))
    with pytest.raises(ValueError, match="strides"):
        connect("conv", params, [keras.Input((8, 8, 4))])


# What an op computes, in a few lines of NumPy: (op, params, input shape, the function of its input and its weights).
def _lrn_values(x: np.ndarray, params: dict[str, Any]) -> np.ndarray:
    before, channels = params["size"] // 2, x.shape[-1]
    total = np.zeros_like(x)
    for c in range(channels):
        total[..., c] = (x[..., max(c - before, 0) : c - before + params["size"]] ** 2).sum(-1)
    return x / (params["offset"] + params["alpha"] * total) ** params["beta"]


def _lcn_values(x: np.ndarray, params: dict[str, Any]) -> np.ndarray:
    def mean(values: np.ndarray) -> np.ndarray:
        found = np.zeros_like(values)
        for i, j in np.ndindex(values.shape[1:3]):
            low = (params["size"] - 1) // 2
            rows, columns = (slice(max(at - low, 0), at - low + params["size"]) for at in (i, j))
            found[:, i, j] = values[:, rows, columns].mean((1, 2))
        return found

    centred = x - mean(x)
    return centred / (params["offset"] + params["alpha"] * mean(centred**2)) ** params["beta"]


def _shuffled(x: np.ndarray, params: dict[str, Any]) -> np.ndarray:
    size = x.shape[-1] // params["groups"]
    return x[..., [group * size + i for i in range(size) for group in range(params["groups"])]]


def _maxout_values(x: np.ndarray, params: dict[str, Any]) -> np.ndarray:
    return np.stack(
        [x[..., i : i + params["pieces"]].max(-1) for i in range(0, x.shape[-1], params["pieces"])], -1
    )


def _to_space(x: np.ndarray, params: dict[str, Any]) -> np.ndarray:
    (rows, columns), channels = params["stride"], x.shape[-1] // (params["stride"][0] * params["stride"][1])
    y = np.zeros((x.shape[0], x.shape[1] * rows, x.shape[2] * columns, channels), x.dtype)
    for i, j in itertools.product(range(rows), range(columns)):
        first = (i * columns + j) * channels
        y[:, i::rows, j::columns] = x[..., first : first + channels]
    return y


VALUES: list[tuple[str, dict[str, Any], tuple[int, ...], Any]] = [
    *(
        ("lrn", {"size": size, "alpha": alpha, "beta": 0.75, "offset": offset}, shape, _lrn_values)
        for size, alpha, offset in ((5, 1e-4, 2.0), (4, 0.5, 1.0), (1, 2.0, 1.0), (20, 1.0, 1.0))
        for shape in ((6, 7), (3, 5, 7), (2, 3, 4, 7))
    ),
    *(
        ("lcn", {"size": size, "alpha": 0.5, "beta": 0.75, "offset": 2.0}, (6, 5, 3), _lcn_values)
        for size in (1, 3, 4)
    ),
    *(
        ("channel_shuffle", {"groups": groups}, shape, _shuffled)
        for groups in (2, 3)
        for shape in ((12,), (5, 12), (3, 4, 12), (2, 3, 2, 12))
    ),
    *(
        ("maxout", {"pieces": pieces}, shape, _maxout_values)
        for pieces in (2, 3)
        for shape in ((12,), (5, 12), (3, 4, 12), (2, 3, 2, 12))
    ),
    *(
        ("select", {"start": 2, "stop": 5}, shape, lambda x, params: x[..., params["start"] : params["stop"]])
        for shape in ((7,), (5, 7), (3, 4, 7), (2, 3, 2, 7))
    ),
    *(
        ("channel_mean", {}, shape, lambda x, params: x.mean(-1, keepdims=True))
        for shape in ((5, 3), (4, 5, 3), (2, 3, 4, 5))
    ),
    *(
        ("channel_max", {}, shape, lambda x, params: x.max(-1, keepdims=True))
        for shape in ((5, 3), (4, 5, 3), (2, 3, 4, 5))
    ),
    *(("absolute", {}, shape, lambda x, params: abs(x)) for shape in ((5,), (4, 5, 3))),
    *(("rescale", {"factor": 0.25}, shape, lambda x, params: 0.25 * x) for shape in ((5,), (4, 5, 3))),
    ("rescale", {"factor": 0.25, "offset": -1.0}, (4, 5, 3), lambda x, params: 0.25 * x - 1),
    (
        "standardize",
        {"mean": (0.5, 0.25), "variance": (4.0, 0.25)},
        (4, 5, 2),
        lambda x, params: (x - [0.5, 0.25]) / [2, 0.5],
    ),
    ("standardize", {}, (4, 5, 2), lambda x, params: x),
    ("depth_to_space", {"stride": (2, 3)}, (4, 5, 12), _to_space),
    (
        "upsample",
        {"stride": (2, 3), "interpolation": "nearest"},
        (4, 5, 2),
        lambda x, params: x.repeat(2, 1).repeat(3, 2),
    ),
    ("crop", {"amount": ((1, 2), (0, 1))}, (6, 5, 2), lambda x, params: x[:, 1:-2, :-1]),
    ("expand", {"axes": 2}, (5,), lambda x, params: x[:, None, None]),
    (
        "activation",
        {"function": "leaky_relu", "slope": 0.1},
        (4, 3),
        lambda x, params: np.where(x < 0, 0.1 * x, x),
    ),
    ("prelu", {"initial": 0.25}, (4, 5, 3), lambda x, params: np.where(x < 0, 0.25 * x, x)),
    *(
        ("scale", {"initial": 0.5, "bias": bias}, shape, lambda x, params: 0.5 * x)
        for bias in (True, False)
        for shape in ((5,), (4, 3, 5))
    ),
]


@pytest.mark.parametrize(
    ("name", "params", "shape", "expected"), VALUES, ids=[f"{case[0]}{i}" for i, case in enumerate(VALUES)]
)
def test_values(name: str, params: dict[str, Any], shape: tuple[int, ...], expected: Any) -> None:
    values = np.random.default_rng(0).normal(size=(2, *shape)).astype(np.float32)
    np.testing.assert_allclose(
        np.asarray(connect(name, params, [values])[0]), expected(values, params), rtol=1e-5, atol=1e-6
    )


@pytest.mark.parametrize("shape", [(3,), (4, 3), (4, 5, 3), (2, 4, 5, 3)])
def test_scale_multiplies_each_channel_by_its_own_factor(shape: tuple[int, ...]) -> None:
    values = np.random.default_rng(0).normal(size=(2, *shape)).astype(np.float32)
    output, (layer,) = connect("scale", {"initial": 1e-6, "bias": True}, [values])
    np.testing.assert_allclose(np.asarray(output), values * 1e-6, rtol=1e-5)
    factors, bias = np.array([1.0, -2.0, 3.0]), np.array([0.5, 0.0, -1.0])
    layer.set_weights([factors, bias])
    np.testing.assert_allclose(np.asarray(layer(values)), values * factors + bias, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("gate", [(3,), (1, 1, 3), (4, 5, 1), (1, 5, 3)])
def test_a_gate_is_multiplied_as_it_lies(gate: tuple[int, ...]) -> None:
    random = np.random.default_rng(0)
    values, factors = (random.normal(size=(2, *shape)).astype(np.float32) for shape in ((4, 5, 3), gate))
    aligned = factors[:, None, None] if len(gate) == 1 else factors
    for inputs in ([values, factors], [factors, values]):
        np.testing.assert_allclose(
            np.asarray(connect("multiply", {}, inputs)[0]), values * aligned, rtol=1e-6
        )


def test_drop_path_drops_whole_examples() -> None:
    _, (layer,) = connect("drop_path", {"rate": 0.5}, [np.ones((1, 3, 4, 2), np.float32)])
    dropped = np.asarray(layer(np.ones((64, 3, 4, 2), np.float32), training=True)).reshape(64, -1)
    assert set(dropped.min(1)) == {0.0, 2.0}
    np.testing.assert_array_equal(dropped.min(1), dropped.max(1))


def test_norms_over_groups_and_positions() -> None:
    values = np.random.default_rng(0).normal(2, 3, (2, 4, 5, 6)).astype(np.float32)
    grouped = np.asarray(connect("group_norm", {"groups": 2, "epsilon": 1e-6}, [values])[0]).reshape(
        2, 20, 2, 3
    )
    np.testing.assert_allclose(grouped.mean((1, 3)), 0, atol=1e-5)
    np.testing.assert_allclose(grouped.std((1, 3)), 1, atol=1e-4)
    each = np.asarray(connect("instance_norm", {"epsilon": 1e-6}, [values])[0])
    np.testing.assert_allclose(each.mean((1, 2)), 0, atol=1e-5)
    np.testing.assert_allclose(each.std((1, 2)), 1, atol=1e-4)


@pytest.mark.parametrize("enabled", [True, False])
def test_a_build_leaves_the_collector_of_cycles_as_it_was(enabled: bool) -> None:
    import gc

    try:
        gc.enable() if enabled else gc.disable()
        with contextlib.suppress(KeyError), undisturbed._uncollected():
            assert not gc.isenabled()
            raise KeyError
        assert gc.isenabled() is enabled
    finally:
        gc.enable()
