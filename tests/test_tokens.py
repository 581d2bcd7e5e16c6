"""What the ops of sequences compute, against NumPy, and what they refuse."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from token_grids import GRIDS, PLAIN

from archdsl.backends.keras import connected
from archdsl.ops import OPS, ShapeFault

Arrays = list[np.ndarray]
RNG = np.random.default_rng(1)


def softmax(scores: np.ndarray) -> np.ndarray:
    powers = np.exp(scores - scores.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


def model_of(
    name: str, params: dict[str, Any], shapes: tuple[tuple[int, ...], ...]
) -> tuple[keras.Model, Any]:
    """Make a model of one op, every weight random."""
    dtype = "int32" if name == "embedding" else "float32"
    inputs = [keras.Input(shape, dtype=dtype) for shape in shapes]
    output, layers = connected(keras, OPS[name].calls(params, shapes), "layer", inputs)
    model = keras.Model(inputs, output)
    for weight in model.weights:
        weight.assign(RNG.normal(size=weight.shape))
    return model, layers


def values_of(name: str, shapes: tuple[tuple[int, ...], ...]) -> Arrays:
    if name == "embedding":
        return [RNG.integers(0, 11, (2, *shape)).astype(np.int32) for shape in shapes]
    return [RNG.normal(size=(2, *shape)).astype(np.float32) for shape in shapes]


def attention(params: dict[str, Any], inputs: Arrays, weights: Arrays) -> np.ndarray:
    """Head by head, position by position, as the paper writes it."""
    over = params["over"] or inputs[0].ndim - 2
    flat = [x.reshape(*x.shape[: x.ndim - 1 - over], -1, x.shape[-1]) for x in inputs]
    query, key, value = flat[0], flat[min(1, len(flat) - 1)], flat[-1]
    kernels = weights[::2] if params["bias"] else weights
    biases = weights[1::2] if params["bias"] else [np.zeros(1)] * 4
    total: np.ndarray = np.zeros((*query.shape[:-1], kernels[3].shape[-1])) + biases[3]
    for head in range(params["heads"]):
        q, k, v = (
            x @ kernel[:, head] + (bias[head] if params["bias"] else 0)
            for x, kernel, bias in zip((query, key, value), kernels, biases, strict=False)
        )
        scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
        if params["causal"]:
            scores = np.where(np.tril(np.ones(scores.shape[-2:], bool)), scores, -np.inf)
        total = total + softmax(scores) @ v @ kernels[3][head]
    return total.reshape(*inputs[0].shape[:-1], -1)


def sinusoids(count: int, channels: int) -> np.ndarray:
    found = np.zeros((count, channels))
    for position in range(count):
        for channel in range(0, channels, 2):
            angle = position / 10000 ** (channel / channels)
            found[position, channel], found[position, channel + 1] = np.sin(angle), np.cos(angle)
    return found


def positions(params: dict[str, Any], inputs: Arrays, weights: Arrays) -> np.ndarray:
    (x,) = inputs
    return x + (weights[0] if weights else sinusoids(*x.shape[1:]))


def parted(window: tuple[int, ...], x: np.ndarray) -> np.ndarray:
    """Cut windows out of a map one by one."""
    counts = [n // side for n, side in zip(x.shape[1:], window, strict=False)]
    found = np.zeros((len(x), *counts, int(np.prod(window)), x.shape[-1]), x.dtype)
    for place in np.ndindex(*counts):
        cut = tuple(slice(i * side, (i + 1) * side) for i, side in zip(place, window, strict=True))
        found[(slice(None), *place)] = x[(slice(None), *cut)].reshape(len(x), -1, x.shape[-1])
    return found


def together(params: dict[str, Any], inputs: Arrays, weights: Arrays) -> np.ndarray:
    """Find the map whose windows these are."""
    (x,) = inputs
    window = params["window"]
    sides = [n * side for n, side in zip(x.shape[1:], window, strict=False)]
    numbers = np.arange(int(np.prod(sides))).reshape(1, *sides, 1)
    order = parted(window, numbers).ravel()
    made = np.zeros((len(x), len(order), x.shape[-1]), x.dtype)
    made[:, order] = x.reshape(len(x), -1, x.shape[-1])
    return made.reshape(len(x), *sides, x.shape[-1])


def shift_mask(params: dict[str, Any], inputs: Arrays, weights: Arrays) -> np.ndarray:
    """Number the regions of the shifted map as Swin's code does, by slices."""
    (x,) = inputs
    window, shift = params["window"], params["shift"]
    sides = [n * side for n, side in zip(x.shape[1:], window, strict=False)]
    region = np.zeros((1, *sides, 1), int)
    slices = [
        (slice(0, n - side), slice(n - side, n - by), slice(n - by, n))
        for n, side, by in zip(sides, window, shift, strict=True)
    ]
    for number, chosen in enumerate(np.ndindex(*(3,) * len(sides))):
        region[(0, *(along[i] for along, i in zip(slices, chosen, strict=True)), 0)] = number
    ids = parted(window, region)[0, ..., 0]
    apart = ids[..., None] != ids[..., None, :]
    return np.where(np.expand_dims(apart, len(window)), -30000.0, x)


def window_of(params: dict[str, Any], count: int) -> tuple[int, int]:
    side = round(count**0.5)
    window = params["window"] or (side, side)
    return window if len(window) == 2 else (1, *window)


def relative_bias(params: dict[str, Any], inputs: Arrays, weights: Arrays) -> np.ndarray:
    (x,), (table,) = inputs, weights
    rows, columns = window_of(params, x.shape[-1])
    made = x.copy()
    for query, key in np.ndindex(x.shape[-2:]):
        down, right = query // columns - key // columns, query % columns - key % columns
        made[..., query, key] += table[down + rows - 1, right + columns - 1]
    return made


def relative_logits(params: dict[str, Any], inputs: Arrays, weights: Arrays) -> np.ndarray:
    (x,), (along, down) = inputs, weights
    rows, columns = window_of(params, x.shape[-2])
    made = np.zeros((*x.shape[:-1], x.shape[-2]))
    for query, key in np.ndindex(made.shape[-2:]):
        vector = (
            along[:, key % columns - query % columns + columns - 1]
            + down[:, key // columns - query // columns + rows - 1]
        )
        made[..., query, key] = x[..., query, :] @ vector
    return made


def space_to_depth(params: dict[str, Any], inputs: Arrays, weights: Arrays) -> np.ndarray:
    found = parted(params["block"], inputs[0])
    return found.reshape(*found.shape[:-2], -1)


def heads(params: dict[str, Any], inputs: Arrays, weights: Arrays) -> np.ndarray:
    return np.stack(np.split(inputs[0], params["heads"], axis=-1), axis=-3)


COMPUTED: dict[str, Callable[[dict[str, Any], Arrays, Arrays], np.ndarray]] = {
    "attention": attention,
    "embedding": lambda params, inputs, weights: weights[0][inputs[0]],
    "learned": lambda params, inputs, weights: np.stack([weights[0]] * len(inputs[0])),
    "tied_dense": lambda params, inputs, weights: inputs[0] @ weights[0].T,
    "position_embedding": positions,
    "heads": heads,
    "join_heads": lambda params, inputs, weights: np.concatenate(
        [inputs[0][..., head, :, :] for head in range(inputs[0].shape[-3])], axis=-1
    ),
    "matmul": lambda params, inputs, weights: inputs[0] @ inputs[1],
    "causal_mask": lambda params, inputs, weights: np.where(
        np.tril(np.ones(inputs[0].shape[-2:], bool)), inputs[0], -30000.0
    ),
    "shift_mask": shift_mask,
    "bias": lambda params, inputs, weights: inputs[0] + weights[0],
    "relative_bias": relative_bias,
    "relative_logits": relative_logits,
    "tokens": lambda params, inputs, weights: inputs[0].reshape(len(inputs[0]), -1, inputs[0].shape[-1]),
    "grid": lambda params, inputs, weights: inputs[0].reshape(
        len(inputs[0]), *(round(inputs[0].shape[1] ** 0.5),) * 2, inputs[0].shape[-1]
    ),
    "transpose": lambda params, inputs, weights: (
        inputs[0].transpose(0, *params["order"]) if params["order"] else np.swapaxes(inputs[0], -1, -2)
    ),
    "select_tokens": lambda params, inputs, weights: inputs[0][:, params["start"] : params["stop"]],
    "append": lambda params, inputs, weights: np.concatenate(inputs, axis=1),
    "spread": lambda params, inputs, weights: (
        np.zeros((*inputs[1].shape[:-1], 1))
        + inputs[0].reshape(len(inputs[0]), *(1,) * (inputs[1].ndim - 2), -1)
    ),
    "windows": lambda params, inputs, weights: parted(params["window"], inputs[0]),
    "join_windows": together,
    "space_to_depth": space_to_depth,
    "roll": lambda params, inputs, weights: np.roll(
        inputs[0], params["shift"], tuple(range(1, len(params["shift"]) + 1))
    ),
    "global_std_pool": lambda params, inputs, weights: inputs[0].std(tuple(range(1, inputs[0].ndim - 1))),
}


@pytest.mark.parametrize("name", GRIDS)
def test_values(name: str, tmp_path: Path) -> None:
    for at, (params, shapes) in enumerate(GRIDS[name]()):
        model, layers = model_of(name, params, shapes)
        inputs = values_of(name, shapes)
        expected = COMPUTED[name](
            params, inputs, [np.asarray(weight) for layer in layers for weight in layer.weights]
        )
        found = np.asarray(model(inputs))
        np.testing.assert_allclose(found, expected, rtol=2e-5, atol=2e-5, err_msg=f"{params} {shapes}")
        if at == 0:
            model.save(tmp_path / "op.keras")
            again = keras.models.load_model(tmp_path / "op.keras")
            np.testing.assert_array_equal(np.asarray(again(inputs)), found)


REFUSED: list[tuple[str, dict[str, Any], tuple[tuple[int, ...], ...]]] = [
    ("attention", PLAIN | {"heads": 4}, ((5, 6),)),
    ("attention", PLAIN, ((6,),)),
    ("attention", PLAIN | {"over": 2}, ((5, 6),)),
    ("attention", PLAIN, ((5, 6), (4, 6), (3, 6))),
    ("attention", PLAIN | {"over": 1}, ((3, 5, 6), (2, 5, 6))),
    ("embedding", {"shape": (11,), "initializer": "uniform 0.05"}, ((5,),)),
    ("embedding", {"shape": (11, 6), "mask": 11, "initializer": "uniform 0.05"}, ((5,),)),
    ("tied_dense", {"shape": (11, 6), "initializer": "uniform 0.05"}, ((5, 7),)),
    ("position_embedding", {"kind": "learned", "initializer": "uniform 0.05"}, ((5,),)),
    ("position_embedding", {"kind": "sinusoidal", "initializer": "uniform 0.05"}, ((5, 7),)),
    ("heads", {"heads": 4}, ((5, 6),)),
    ("heads", {"heads": 2}, ((6,),)),
    ("join_heads", {}, ((5, 6),)),
    ("matmul", {}, ((5, 3), (4, 3))),
    ("matmul", {}, ((2, 5, 3), (3, 3, 4))),
    ("causal_mask", {}, ((5, 4),)),
    ("shift_mask", {"window": (2, 3), "shift": (2, 1)}, ((2, 2, 3, 6, 6),)),
    ("shift_mask", {"window": (2, 3), "shift": (1, 1)}, ((3, 6, 6),)),
    ("relative_bias", {"window": (2, 2), "initializer": "uniform 0.05"}, ((2, 6, 6),)),
    ("relative_bias", {"window": (2, 3), "initializer": "uniform 0.05"}, ((6, 6),)),
    ("relative_logits", {"window": None, "initializer": "uniform 0.05"}, ((2, 6, 4),)),
    ("tokens", {}, ((6,),)),
    ("grid", {}, ((6, 4),)),
    ("grid", {}, ((3, 3, 4),)),
    ("transpose", {"order": None}, ((6,),)),
    ("transpose", {"order": (1, 1)}, ((5, 6),)),
    ("select_tokens", {"start": 1, "stop": 1}, ((5, 6),)),
    ("select_tokens", {"start": 0, "stop": 6}, ((5, 6),)),
    ("select_tokens", {"start": 0, "stop": 1}, ((5, 5, 6),)),
    ("append", {}, ((5, 6), (5, 4))),
    ("append", {}, ((6,), (6,))),
    ("spread", {}, ((5, 6), (5, 6))),
    ("windows", {"window": (2, 2)}, ((5, 4, 6),)),
    ("windows", {"window": (2,)}, ((4, 4, 6),)),
    ("join_windows", {"window": (2, 2)}, ((2, 2, 5, 6),)),
    ("space_to_depth", {"block": (2, 2)}, ((5, 4, 6),)),
    ("roll", {"shift": (1,)}, ((4, 4, 6),)),
]


@pytest.mark.parametrize(
    ("name", "params", "shapes"), REFUSED, ids=[f"{one[0]}{i}" for i, one in enumerate(REFUSED)]
)
def test_what_does_not_fit_is_refused(
    name: str, params: dict[str, Any], shapes: tuple[tuple[int, ...], ...]
) -> None:
    with pytest.raises(ShapeFault):
        OPS[name].shape(params, shapes)


def test_multiply_adds_of_attention() -> None:
    """For 5 queries and 4 keys in 2 heads of 3: projections, scores, sums and what comes out."""
    shapes = ((5, 6), (4, 8))
    projected = 5 * 6 * 6 + 4 * 8 * 6 + 4 * 8 * 6 + 5 * 6 * 6
    assert OPS["attention"].macs(PLAIN, shapes, (5, 6)) == projected + 2 * (5 * 4 * 3) * 2
