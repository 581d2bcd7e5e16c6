"""Masks of padding: which layers pass over it, as hand-written Keras does, in models and both sources; what is refused."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

import archdsl
from archdsl.backends.keras import build
from archdsl.backends.python_source import source
from archdsl.backends.torch_source import NoForm
from archdsl.backends.torch_source import source as torch_source
from archdsl.cli.main import main
from archdsl.deploy.check import examples
from archdsl.figure.draw import render
from archdsl.network import Network, Spec
from archdsl.pipeline import compile_source
from archdsl.source import Source

# Padding at the end, inside, in front, and none.
TOKENS = np.array([[3, 7, 1, 0, 0], [2, 0, 5, 9, 0], [0, 0, 4, 4, 1], [1, 2, 3, 4, 5]], np.int32)
OTHERS = np.array([[1, 2, 0], [3, 4, 5], [0, 0, 6], [7, 0, 8]], np.int32)
HEAD = "input 5\nstyle transformer\nwords embedding 11x8, mask=0\n"
BOTH = (
    "input source: 5\ninput target: 3\nstyle transformer\nwords from source; embedding 11x8, mask=0\n"
    "encoder post-norm-block(2, 16)\nshifted from target; reuse words\ndecoder decoder-block(2, 16, encoder)\n"
    "scores global average pool; fc 3\n"
)


def network(text: str) -> Network:
    compilation = compile_source(Source("net.arch", text))
    assert compilation.diagnostics == ()
    return Spec(compilation).network()


def randomised(model: Any) -> Any:
    random = np.random.default_rng(1)
    model.set_weights([random.normal(size=weight.shape) * 0.5 for weight in model.get_weights()])
    return model


def embedded() -> tuple[Any, Any]:
    inputs = keras.Input((5,), dtype="int32")
    return inputs, layers.Embedding(11, 8, mask_zero=True)(inputs)


def norm() -> Any:
    return layers.LayerNormalization(epsilon=1e-6)


def every() -> Any:
    inputs, x = embedded()
    return keras.Model(inputs, layers.Dense(3)(layers.MultiHeadAttention(2, 4)(x, x)))


def attended(causal: bool) -> Any:
    inputs, x = embedded()
    x = layers.MultiHeadAttention(2, 4)(x, x, use_causal_mask=causal)
    return keras.Model(inputs, layers.Dense(3)(layers.GlobalAveragePooling1D()(norm()(x))))


def residual() -> Any:
    inputs, words = embedded()
    x = norm()(words)
    x = layers.Add()([layers.MultiHeadAttention(2, 4)(x, x), words])
    return keras.Model(inputs, layers.Dense(3)(layers.GlobalAveragePooling1D()(layers.Dropout(0.5)(x))))


def recurrent(*made: Any) -> Any:
    inputs, x = embedded()
    for layer in made:
        x = layer(x)
    return keras.Model(inputs, layers.Dense(3)(x))


PAIRS = {
    "attention": (HEAD + "a attention, 2 heads; LN; global average pool; fc 3", lambda: attended(False)),
    "causal attention": (
        HEAD + "a causal attention, 2 heads; LN; global average pool; fc 3",
        lambda: attended(True),
    ),
    "positions of padding": (
        HEAD + "a attention, 2 heads; fc 3, each position",
        every,
    ),
    "a residual": (
        HEAD + "a LN; attention, 2 heads; add words; dropout 0.5; global average pool; fc 3",
        residual,
    ),
    "LSTM": (HEAD + "a LSTM 6; fc 3", lambda: recurrent(layers.LSTM(6))),
    "GRU, stacked": (
        HEAD + "a GRU 6, return sequences; dropout 0.1; GRU 4; fc 3",
        lambda: recurrent(layers.GRU(6, return_sequences=True), layers.Dropout(0.1), layers.GRU(4)),
    ),
    "both directions": (
        HEAD + "a BiLSTM 6, return sequences; fc 5, each position; RNN 4; fc 3",
        lambda: recurrent(
            layers.Bidirectional(layers.LSTM(6, return_sequences=True)), layers.Dense(5), layers.SimpleRNN(4)
        ),
    ),
    "a mean of states": (
        HEAD + "a LSTM 6, return sequences; global average pool; fc 3",
        lambda: recurrent(layers.LSTM(6, return_sequences=True), layers.GlobalAveragePooling1D()),
    ),
    "a maximum has no mask": (
        HEAD + "a LSTM 6, return sequences; global max pool; fc 3",
        lambda: recurrent(layers.LSTM(6, return_sequences=True), layers.GlobalMaxPooling1D()),
    ),
}


def output(model: Any, *given: np.ndarray) -> np.ndarray:
    return np.asarray(model(list(given) if len(given) > 1 else given[0]))


@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.filterwarnings("ignore:.*does not support masking")
def test_padding_is_passed_over_as_in_keras(name: str) -> None:
    """Where the mask of Keras' own embedding goes."""
    text, made = PAIRS[name]
    ours, theirs = randomised(build(network(text).graph)), made()
    theirs.set_weights(ours.get_weights())
    one, other = output(ours, TOKENS), output(theirs, TOKENS)
    if one.ndim == 3:  # what stands at positions of padding is nobody's
        one, other = (values[TOKENS != 0] for values in (one, other))
    np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.filterwarnings("ignore:.*does not support masking")
def test_the_source_computes_the_same(name: str) -> None:
    found = network(PAIRS[name][0])
    ours, scope = randomised(build(found.graph)), dict[str, Any]()
    exec(source(found.graph), scope)
    theirs = scope["build"]()
    theirs.set_weights(ours.get_weights())
    np.testing.assert_allclose(output(ours, TOKENS), output(theirs, TOKENS), rtol=1e-5, atol=1e-6)


def test_what_padding_holds_reaches_nothing() -> None:
    """Through positions, both sides of a transformer, and an embedding that is applied again."""
    model = randomised(build(network(BOTH).graph))
    before = output(model, TOKENS, OTHERS)
    (matrix,) = (layer.embeddings for layer in model.layers if isinstance(layer, layers.Embedding))
    matrix.assign(np.asarray(matrix) + 3 * np.eye(11)[:1].T)
    np.testing.assert_allclose(output(model, TOKENS, OTHERS), before, rtol=1e-4, atol=1e-5)
    matrix.assign(np.asarray(matrix) + 3 * np.eye(11)[3:4].T)
    assert np.abs(output(model, TOKENS, OTHERS) - before).max() > 1e-3


@pytest.mark.parametrize("text", [PAIRS["attention"][0], PAIRS["causal attention"][0], BOTH])
def test_pytorch_computes_the_same(text: str) -> None:
    pytest.importorskip("torch", reason="PyTorch is not installed")
    from torch_twin import outputs

    ((expected,), (given,), _) = outputs(network(text).graph)
    np.testing.assert_allclose(given, expected, rtol=1e-3, atol=1e-4)


def test_pytorch_has_no_recurrent_layer_that_does() -> None:
    with pytest.raises(NoForm, match="at the end of a sequence alone"):
        torch_source(network(PAIRS["LSTM"][0]).graph)


def test_another_number_may_be_padding() -> None:
    ours = randomised(build(network(PAIRS["LSTM"][0]).graph))
    other = build(network(PAIRS["LSTM"][0].replace("mask=0", "mask=10")).graph)
    swapped = ours.get_weights()
    swapped[0] = swapped[0][[10, *range(1, 10), 0]]
    other.set_weights(swapped)
    tokens = np.where(TOKENS == 0, 10, TOKENS)
    np.testing.assert_allclose(output(other, tokens), output(ours, TOKENS), rtol=1e-5, atol=1e-6)


def test_figures_draw_values_alone_and_name_the_padding() -> None:
    text = PAIRS["attention"][0]
    plain = render(network(text.replace(", mask=0", "")), "dot", "light", "layer").decode()
    masked = render(network(text), "dot", "light", "layer").decode()
    assert masked.count("->") == plain.count("->")
    assert "padding 0" in masked


def test_a_mask_is_a_difference() -> None:
    text = PAIRS["attention"][0]
    assert not archdsl.diff(network(text), network(text.replace(", mask=0", ""))).same
    assert not archdsl.diff(network(text), network(text.replace("mask=0", "mask=1"))).same
    assert archdsl.diff(network(text), network(text)).same


@pytest.mark.parametrize("option", ["mask=11", "mask=-1", "mask=yes"])
def test_a_token_that_there_is_not_is_told(option: str) -> None:
    found = compile_source(Source("net.arch", HEAD.replace("mask=0", option) + "a LSTM 4\n"))
    assert found.failed and len(found.diagnostics) == 1


@pytest.mark.parametrize("text", [PAIRS["attention"][0], PAIRS["LSTM"][0], BOTH])
def test_a_graph_is_written_again(text: str) -> None:
    from archdsl.foreign.decompile import written

    said, made = written(network(text).graph, "net")
    assert "mask=0" in said
    assert [node.params.get("masks") for node in made.nodes if "masks" in node.params]


def test_a_file_is_compared_on_tokens(tmp_path: Path) -> None:
    """A network of which all positions were padding would have no mean."""
    (tmp_path / "net.arch").write_text(PAIRS["attention"][0], encoding="utf-8")
    given = examples(network(PAIRS["attention"][0]).graph, 4)
    assert given.dtype == np.int32 and 1 <= given.min() < given.max() < 11
    assert main(["compile", str(tmp_path / "net.arch"), "-o", str(tmp_path / "net.keras")]) == 0
    model = keras.saving.load_model(tmp_path / "net.keras")
    assert np.isfinite(output(model, TOKENS)).all()
