"""Recurrent layers: their counts by either convention, what they hand on, code of frameworks, and Keras' results."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from test_ops_keras import connect

import archdsl
from archdsl.backends.keras import build
from archdsl.backends.python_source import source
from archdsl.network import Network, Spec
from archdsl.ops import OPS
from archdsl.pipeline import compile_source
from archdsl.source import Source


def network(text: str) -> Network:
    compilation = compile_source(Source("net.arch", text))
    assert compilation.diagnostics == ()
    return Spec(compilation).network()


def codes(text: str) -> list[str]:
    return [found.code for found in compile_source(Source("net.arch", text)).diagnostics]


def line(words: str, settings: str = "") -> Network:
    return network(f"input 10x128\n{settings}\na  -  {words}\n")


@pytest.mark.parametrize(
    ("words", "settings", "params"),
    [
        ("LSTM 256", "", 394_240),
        ("LSTM 256", "recurrent-biases two", 395_264),
        ("LSTM 256, biases=two", "", 395_264),
        ("LSTM 256, no bias", "recurrent-biases two", 393_216),
        ("GRU 256", "", 296_448),
        ("GRU 256", "gru-reset before", 295_680),
        ("GRU 256, reset=before, biases=two", "", 296_448),
        ("RNN 256", "", 98_560),
        ("RNN 256", "recurrent-biases two", 98_816),
        ("BiLSTM 256", "", 2 * 394_240),
        ("bidirectional LSTM 256, merge=sum", "recurrent-biases two", 2 * 395_264),
        ("LSTM 64 × 2", "", 4 * 64 * (193 + 129)),
        ("nn.LSTM(128, 256, num_layers=2)", "", 395_264 + 4 * 256 * 514),
    ],
)
def test_counts_are_those_of_the_convention_and_of_keras(words: str, settings: str, params: int) -> None:
    found = line(words, settings)
    assert found.params == (params, params)
    assert build(found.graph).count_params() == params


def test_multiply_adds_are_those_of_every_position() -> None:
    assert line("LSTM 256").macs == 10 * 4 * 256 * (128 + 256)
    assert line("BiGRU 256").macs == 2 * 10 * 3 * 256 * (128 + 256)


@pytest.mark.parametrize(
    ("rows", "shapes"),
    [
        ("a - LSTM 8\n", [(8,)]),
        ("a - LSTM 8, return sequences\n", [(10, 8)]),
        ("a 10x8 LSTM 8\n", [(10, 8)]),
        ("a  8  LSTM 8\n", [(8,)]),
        ("a - LSTM 8\nb - GRU 6\n", [(10, 8), (6,)]),
        ("a - LSTM 8\nb - dropout 0.5; BN\nc - GRU 6\n", [(10, 8), (10, 8), (6,)]),
        ("a - LSTM 8\nb - global max pool\n", [(10, 8), (8,)]),
        ("a - LSTM 8\nb - 3, 6\n", [(10, 8), (10, 6)]),
        ("a - LSTM 8\nb - fc 6\n", [(8,), (6,)]),
        ("a - LSTM 8, return sequences\nb - fc 6\nc - fc 5\n", [(10, 8), (10, 6), (10, 5)]),
        ("a - LSTM 8\nb - fc 6, each position\n", [(10, 8), (10, 6)]),
        ("a - BiLSTM 8, last state\n", [(16,)]),
        ("a - [LSTM 8] x 3 plain\n", [(8,)]),
        ("a - [LSTM 8; dropout 0.5] x 3 plain\nb - GRU 2\n", [(10, 8), (2,)]),
    ],
)
def test_what_a_layer_hands_on(rows: str, shapes: list[tuple[int, ...]]) -> None:
    assert [stage.computed for stage in network(f"input 10x128\n{rows}").stages] == shapes


def test_explain_says_what_is_handed_on() -> None:
    stages = network("input 10x128\na - LSTM 8\nb - GRU 6\nc - fc 3\n").stages
    assert [(one.fact, one.because) for stage in stages for one in stage.inferred] == [
        ("all states of the LSTM", "the gru behind it"),
        ("the last state of the GRU", "nothing behind it takes a sequence"),
    ]


@pytest.mark.parametrize(
    ("words", "same"),
    [
        ("Bidirectional(LSTM(16, return_sequences=True))", "BiLSTM 16, return sequences"),
        ("BLSTM(16)", "BiLSTM 16"),
        ("Bi-LSTM, 16 units", "BiLSTM 16"),
        ("nn.GRU(128, 16, batch_first=True)", "GRU 16, return sequences, biases=two"),
        ("LSTM(16, dropout=0.2)", "LSTM 16, last state, dropout=0.2"),
        ("nn.LSTM(input_size=128, hidden_size=16)", "LSTM 16, return sequences, biases=two"),
        ("long short-term memory, 16", "LSTM 16"),
        ("simple RNN, 16", "RNN 16"),
    ],
)
def test_spellings(words: str, same: str) -> None:
    assert archdsl.diff(line(words), line(same)).same


def test_a_dropout_of_pytorch_is_between_the_layers_of_a_stack() -> None:
    nodes = line("nn.LSTM(128, 16, num_layers=3, dropout=0.4)").graph.nodes[1:]
    assert [node.params["dropout"] for node in nodes] == [0.0, 0.4, 0.4]


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ("a - LSTM", "E0206"),
        ("a - ConvLSTM 3x3", "E0206"),
        ("a - LSTM 8, last state\nb - GRU 6", "E0303"),
        ("a - flatten; LSTM 8", "E0303"),
        ("a - LSTM 8, merge=both", "E0205"),
        ("a - nn.LSTM(64, 16)", "E0303"),
        ("a - dilated causal conv 3, 8", "E0206"),
    ],
)
def test_what_is_wrong_is_told(rows: str, code: str) -> None:
    assert code in codes(f"input 10x128\n{rows}\n")


@pytest.mark.parametrize("words", ["causal conv 3x3, 8", "LSTM 8"])
def test_a_map_is_no_sequence(words: str) -> None:
    assert codes(f"input 8x9x3\na - {words}\n") == ["E0303"]


def test_a_causal_convolution_is_that_of_keras() -> None:
    graph = network("input 12x3\na 12x4 causal conv 3, 4, dilation=2, linear\n").graph
    ours = build(graph)
    inputs = keras.Input((12, 3))
    theirs = keras.Model(inputs, keras.layers.Conv1D(4, 3, padding="causal", dilation_rate=2)(inputs))
    theirs.set_weights(ours.get_weights())
    values = np.random.default_rng(0).normal(size=(2, 12, 3)).astype(np.float32)
    np.testing.assert_allclose(ours(values), theirs(values), rtol=1e-5, atol=1e-6)


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return np.asarray(1 / (1 + np.exp(-x)))


def _lstm(x: np.ndarray, w: np.ndarray, u: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Compute the states of an LSTM for one sequence, gates in the order of Keras: input, forget, cell, output."""
    h = c = np.zeros(u.shape[0])
    states = []
    for step in x:
        i, f, g, o = np.split(step @ w + h @ u + b, 4)
        c = _sigmoid(f) * c + _sigmoid(i) * np.tanh(g)
        h = _sigmoid(o) * np.tanh(c)
        states.append(h)
    return np.stack(states)


def test_the_second_bias_is_added() -> None:
    values = np.random.default_rng(0).normal(size=(1, 5, 3)).astype(np.float32)
    params = {param.name: param.default for param in OPS["lstm"].params}
    params |= {"channels": 4, "biases": "two", "sequences": True}
    _, layers = connect("lstm", params, [values])
    w, u, b = layers[-1].get_weights()
    first = np.arange(16) / 10
    layers[-1].set_weights([np.vstack([w[:3], first]), u, b - 0.3])
    ones = np.ones((1, 5, 1), np.float32)
    output = np.asarray(layers[-1](np.concatenate([values, ones], -1)))
    np.testing.assert_allclose(output[0], _lstm(values[0], w[:3], u, first + b - 0.3), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("biases", ["one", "two"])
def test_pytorch_computes_the_same(biases: str) -> None:
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    ours = build(network(f"input 5x3\nrecurrent-biases {biases}\na 5x4 LSTM 4\n").graph)
    w, u, b = ours.get_weights()
    first, second = (w[3] if biases == "two" else np.zeros_like(b)), b
    lstm = torch.nn.LSTM(3, 4, batch_first=True)
    with torch.no_grad():
        for name, value in {
            "weight_ih_l0": w[:3].T,
            "weight_hh_l0": u.T,
            "bias_ih_l0": first,
            "bias_hh_l0": second,
        }.items():
            getattr(lstm, name).copy_(torch.tensor(np.ascontiguousarray(value)))
        values = np.random.default_rng(0).normal(size=(2, 5, 3)).astype(np.float32)
        theirs = lstm(torch.tensor(values))[0].numpy()
    np.testing.assert_allclose(ours(values), theirs, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    "text",
    [
        "input 6x5\na - LSTM 4 × 2\nb - BiGRU 3, reset=before\n",
        "input 6x5\nrecurrent-biases two\na - BiLSTM 4\nb - RNN 3\n",
        "input 4x6x6x2\na 4x6x6 ConvLSTM 3x3, 3\nb - bidirectional ConvLSTM 3x3, 2\n",
        "input 4x6x2\na - map to sequence\nb - GRU 3\n",
    ],
)
def test_generated_source_builds_the_same(text: str) -> None:
    found = network(text)
    scope: dict[str, Any] = {}
    exec(source(found.graph), scope)
    theirs, ours = scope["build"](), build(found.graph)
    theirs.set_weights(ours.get_weights())
    values = np.random.default_rng(0).normal(size=(2, *found.input)).astype(np.float32)
    np.testing.assert_allclose(ours(values), theirs(values), rtol=1e-5, atol=1e-6)


def test_columns_become_positions() -> None:
    values = np.arange(2 * 3 * 4, dtype=np.float32).reshape(1, 2, 3, 4)
    output = np.asarray(connect("to_sequence", {"axis": 0}, [values])[0])
    np.testing.assert_array_equal(output[0, 1], values[0, :, 1].reshape(-1))


def test_the_table_of_crnn() -> None:
    found = archdsl.load(str(Path(__file__).parent.parent / "specs/papers/crnn.arch")).network()
    assert found.output == (24, 37)
    assert found.params.trainable == 8_719_653


def test_layers_at_each_frame_are_those_of_time_distributed() -> None:
    """Windows over frames alone: Keras' own wrapper gives the same shapes, counts and values."""
    layers = keras.layers
    rows = """a 4x6x6x3  5x5, 3, stride 2, each frame, linear
b 4x3x3x3  TimeDistributed(MaxPooling2D(2))
c -        TimeDistributed(Conv2D(2, 3)); flatten, each frame
d -        LSTM 5
"""
    found = network(f"input 4x12x12x2\n{rows}")
    ours = build(found.graph)
    inputs = keras.Input((4, 12, 12, 2))
    x = layers.TimeDistributed(layers.Conv2D(3, 5, 2, padding="same"))(inputs)
    x = layers.TimeDistributed(layers.MaxPooling2D(2))(x)
    x = layers.TimeDistributed(layers.Conv2D(2, 3, activation="relu"))(x)
    x = layers.TimeDistributed(layers.Flatten())(x)
    theirs = keras.Model(inputs, layers.LSTM(5)(x))
    assert theirs.count_params() == found.params.total
    weights = [w.reshape(v.shape) for w, v in zip(ours.get_weights(), theirs.get_weights(), strict=True)]
    theirs.set_weights(weights)
    values = np.random.default_rng(0).normal(size=(2, 4, 12, 12, 2)).astype(np.float32)
    np.testing.assert_allclose(ours(values), theirs(values), rtol=1e-4, atol=1e-5)
