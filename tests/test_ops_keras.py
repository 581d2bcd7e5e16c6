"""Every op against Keras: output shape, parameter counts and refusals over a grid of parameters."""

import itertools
from collections.abc import Iterator
from functools import reduce
from math import prod
from typing import Any

import keras
import numpy as np
import pytest

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
    base = {"kernel": (3, 3), "stride": (1, 1), "padding": "same", "dilation": (1, 1), "groups": 1, "channels": 6, **COMMON}
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
        {"kernel": (3, 3), "stride": (1, 1), "padding": "same", "dilation": (2, 2), "bias": False, "initializer": "he_normal"},
        ((9, 9, 3),),
    )


def _pool() -> Iterator[tuple[dict[str, Any], Shapes]]:
    for rank, size in ((1, (9,)), (2, (7, 8)), (3, (5, 4, 6))):
        for params in _windows(rank):
            yield params, ((*size, 3),)


def _maps() -> Iterator[tuple[dict[str, Any], Shapes]]:
    for shape in ((9, 3), (7, 8, 3), (5, 4, 6, 3)):
        yield {}, (shape,)


def _any_shape(**params: Any) -> Iterator[tuple[dict[str, Any], Shapes]]:
    for shape in ((5,), (9, 3), (7, 8, 3)):
        yield params, (shape,)


def _activations() -> Iterator[tuple[dict[str, Any], Shapes]]:
    from archdsl.ops import ACTIVATIONS

    for function in sorted(set(ACTIVATIONS.values())):
        yield {"function": function}, ((4, 4, 3),)


def _dense() -> Iterator[tuple[dict[str, Any], Shapes]]:
    for shape, bias in itertools.product(((5,), (7, 5), (3, 4, 5)), (True, False)):
        yield {"channels": 6, "bias": bias, "initializer": "he_normal"}, (shape,)


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
    "batch_norm": lambda: _any_shape(epsilon=1e-5, momentum=0.9),
    "layer_norm": lambda: _any_shape(epsilon=1e-6),
    "activation": _activations,
    "dropout": lambda: _any_shape(rate=0.3),
    "flatten": _maps,
    "add": lambda: iter([({}, ((4, 4, 3),) * 2), ({}, ((5,),) * 3)]),
    "pad": _pads,
    "pad_channels": lambda: iter(
        [({"amount": 5}, ((4, 6, 3),)), ({"amount": 1}, ((3, 3, 1),)), ({"amount": 2}, ((7, 3),)), ({"amount": 2}, ((3, 4, 5, 2),))]
    ),
    "input": lambda: iter([({"shape": (4, 4, 3)}, ())]),
}


def test_every_op_has_a_grid() -> None:
    assert set(GRIDS) == set(OPS)


def _keras_layer(name: str, params: dict[str, Any], shapes: Shapes) -> Any:
    call = OPS[name].keras(params, shapes)
    return reduce(getattr, call.target.split("."), keras)(**call.kwargs)


@pytest.mark.parametrize("name", [name for name in OPS if name != "input"])
def test_shape_and_weights(name: str) -> None:
    for params, shapes in GRIDS[name]():
        op = OPS[name]
        tensors = [keras.Input(shape) for shape in shapes]
        try:
            ours: tuple[int, ...] | None = op.shape(params, shapes)
        except ShapeFault:
            ours = None
        if ours is None:
            with pytest.raises(ValueError):
                _keras_layer(name, params, shapes)(tensors[0] if len(tensors) == 1 else tensors)
            continue
        layer = _keras_layer(name, params, shapes)
        output = layer(tensors[0] if len(tensors) == 1 else tensors)
        assert tuple(output.shape[1:]) == ours, (params, shapes)
        weights = op.weights(params, shapes)
        assert [(tuple(w.shape), w.trainable) for w in layer.weights] == [(w.shape, w.trainable) for w in weights], (params, shapes)
        assert layer.count_params() == sum(prod(w.shape) for w in weights)


def test_input() -> None:
    assert tuple(_keras_layer("input", {"shape": (4, 4, 3)}, ()).shape[1:]) == OPS["input"].shape({"shape": (4, 4, 3)}, ())


@pytest.mark.parametrize("shape", [(7, 4), (3, 5, 4), (3, 2, 5, 4)])
def test_zero_channels_come_after_the_others(shape: tuple[int, ...]) -> None:
    values = np.random.default_rng(0).random((2, *shape), np.float32)
    padded = np.asarray(_keras_layer("pad_channels", {"amount": 3}, (shape,))(values))
    np.testing.assert_array_equal(padded[..., :4], values)
    assert not padded[..., 4:].any()


def test_what_keras_has_no_layer_for_is_refused() -> None:
    with pytest.raises(ShapeFault):
        OPS["pad_channels"].shape({"amount": 3}, ((5,),))
    with pytest.raises(ShapeFault):
        OPS["depthwise"].shape({"kernel": (3,) * 3, "stride": (1,) * 3, "padding": "same", "dilation": (1,) * 3, **COMMON}, ((5, 5, 5, 2),))


@pytest.mark.parametrize(("channels", "groups"), [(6, 4), (4, 3)])
def test_groups_must_divide(channels: int, groups: int) -> None:
    params = {"kernel": (3, 3), "stride": (1, 1), "padding": "same", "dilation": (1, 1), "groups": groups, "channels": channels, **COMMON}
    with pytest.raises(ShapeFault):
        OPS["conv"].shape(params, ((8, 8, 4),))


def test_stride_and_dilation_together_are_refused_as_keras_does() -> None:
    params = {"kernel": (3, 3), "stride": (2, 2), "padding": "same", "dilation": (2, 2), "groups": 1, "channels": 4, **COMMON}
    with pytest.raises(ShapeFault):
        OPS["conv"].shape(params, ((8, 8, 4),))
    with pytest.raises(ValueError, match="strides"):
        _keras_layer("conv", params, ((8, 8, 4),))
