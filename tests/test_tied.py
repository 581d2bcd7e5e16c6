"""Dense layers whose kernel is the matrix of an embedding: counts, models, sources, figures, and what is refused."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

import archdsl
from archdsl.backends.keras import build
from archdsl.backends.python_source import source
from archdsl.cli.main import main
from archdsl.deploy.weights import assign, read
from archdsl.network import Network, Spec
from archdsl.pipeline import compile_source
from archdsl.source import Source

DECODER = """input 6
style transformer
embed   embedding 11x8; position embedding
blocks  encoder-block(2, 16, causal=yes) x 2
logits  LN; tied embed
"""
BOTH = """input source: 5
input target: 4
style transformer
words    -  from source; embedding 11x8; rescale 2; sinusoidal position embedding
encoder  -  post-norm-block(2, 16)
shifted  -  from target; reuse words
decoder  -  decoder-block(2, 16, encoder)
output   -  tied shifted; softmax
"""
LAST = """input 6
style plain
words   embedding 11x8
state   LSTM 8
next    tied words; softmax
"""
LINES = """input 6
style transformer
block model
    words: embedding 11x8
    LN; tied words
logits  6x11  model
"""
NETWORKS = [DECODER, BOTH, LAST, LINES]
BIASED = DECODER.replace("tied embed", "tied embed; trained bias")


def compiled(text: str) -> Any:
    return compile_source(Source("net.arch", text))


def network(text: str) -> Network:
    found = compiled(text)
    assert found.diagnostics == ()
    return Spec(found).network()


def model_of(found: Network) -> keras.Model:
    random = np.random.default_rng(1)
    model = build(found.graph)
    model.set_weights([random.normal(size=weight.shape) * 0.5 for weight in model.get_weights()])
    return model


def tokens(found: Network) -> list[np.ndarray]:
    random = np.random.default_rng(0)
    return [random.integers(0, 11, (2, *shape)).astype(np.int32) for shape in found.inputs.values()]


def output(model: Any, given: list[np.ndarray]) -> np.ndarray:
    return np.asarray(model(given if len(given) > 1 else given[0]))


def test_the_weights_count_once_and_the_products_are_counted() -> None:
    found = network(DECODER)
    logits = found.stages[-1]
    assert logits.params == (16, 16) and logits.macs == 6 * 8 * 11
    untied = network(DECODER.replace("tied embed", "fc 11, no bias, each position"))
    assert untied.params.total - found.params.total == 8 * 11
    assert untied.counts.macs == found.counts.macs and untied.counts.depth == found.counts.depth
    assert not archdsl.diff(found, untied).same and archdsl.diff(found, network(DECODER)).same


@pytest.mark.parametrize("text", NETWORKS)
def test_logits_are_products_with_the_embedding(text: str) -> None:
    found = network(text)
    model, given = model_of(found), tokens(found)
    assert model.count_params() == found.params.total
    (layer,) = (one for one in model.layers if isinstance(one, keras.layers.ReversibleEmbedding))
    matrix = np.asarray(layer.embeddings)
    node = next(node for node in found.graph.nodes if node.op == "tied_dense")
    before = found.graph.nodes[node.inputs[0]].name.replace("/", "-")
    inputs = model.inputs if len(given) > 1 else model.inputs[0]
    states = output(keras.Model(inputs, model.get_layer(before).output), given)
    logits = states @ matrix.T
    if text in (BOTH, LAST):
        powers = np.exp(logits - logits.max(-1, keepdims=True))
        logits = powers / powers.sum(-1, keepdims=True)
    np.testing.assert_allclose(output(model, given), logits, rtol=1e-4, atol=1e-5)


def test_each_token_has_a_bias_of_its_own() -> None:
    plain, found = network(DECODER), network(BIASED)
    assert found.params.total - plain.params.total == 11 and found.counts.macs == plain.counts.macs
    bare, model, given = model_of(plain), build(found.graph), tokens(found)
    numbers = np.arange(11.0)
    model.set_weights([*bare.get_weights(), numbers])
    np.testing.assert_allclose(output(model, given), output(bare, given) + numbers, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("text", [*NETWORKS, BIASED])
def test_the_source_computes_the_same(text: str) -> None:
    found = network(text)
    ours, given = model_of(found), tokens(found)
    scope: dict[str, Any] = {}
    exec(source(found.graph), scope)
    theirs = scope["build"]()
    theirs.set_weights(ours.get_weights())
    np.testing.assert_allclose(output(ours, given), output(theirs, given), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("text", [DECODER, LAST, BOTH, BIASED])
def test_pytorch_computes_the_same(text: str) -> None:
    pytest.importorskip("torch", reason="PyTorch is not installed")
    from torch_twin import outputs

    found = network(text)
    ((expected,), (given,), module) = outputs(found.graph)
    np.testing.assert_allclose(given, expected, rtol=1e-3, atol=1e-4)
    assert sum(p.numel() for p in module.parameters()) == found.params.total


def test_a_saved_model_keeps_the_tie(tmp_path: Path) -> None:
    found = network(DECODER)
    model, given = model_of(found), tokens(found)
    model.save(tmp_path / "net.keras")
    again = keras.saving.load_model(tmp_path / "net.keras")
    np.testing.assert_array_equal(output(again, given), output(model, given))
    assert again.count_params() == found.params.total


def test_weights_are_read_and_given_once() -> None:
    found = network(DECODER)
    model, other, given = model_of(found), build(found.graph), tokens(found)
    assign(other, read(model, found.graph))
    np.testing.assert_array_equal(output(other, given), output(model, given))


def test_words_that_say_it() -> None:
    for words in ("tied to embed", "logits tied to embed", "tied logits embed", "tied(embed)"):
        assert archdsl.diff(network(DECODER), network(DECODER.replace("tied embed", words))).same


def test_a_figure_says_that_the_weights_are_shared(tmp_path: Path) -> None:
    (tmp_path / "net.arch").write_text(DECODER, encoding="utf-8")
    assert (
        main(["draw", str(tmp_path / "net.arch"), "-o", str(tmp_path / "net.svg"), "--level", "layer"]) == 0
    )
    assert "dense, 11 (shared)" in (tmp_path / "net.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("rows", "code", "why"),
    [
        ("embed embedding 11x8\nb fc 4, each position; tied embed", "E0303", "has 8 channels"),
        ("embed embedding 11x8\nb LN\nc tied b", "E0303", "`b` has no embedding"),
        ("a embedding 11x8; fc 6, each position; flatten\nb tied input", "E0303", "no embedding"),
        ("a embedding 11x8\nb tied embed", "E0226", "called `embed`"),
        ("a embedding 11x8\nb tied", "E0225", ""),
        ("a 6x8 embedding 11x8\nb 6x12 tied a", "E0301", ""),
        ("a embedding 11x8; reuse a", "E0226", ""),
    ],
)
def test_what_cannot_be_tied_is_told(rows: str, code: str, why: str) -> None:
    (found,) = compiled(f"input 6\nstyle transformer\n{rows}\n").diagnostics
    assert found.code == code
    assert why in " ".join([found.message, *(label.text for label in found.labels)])


@pytest.mark.parametrize("text", [DECODER, LAST, BIASED])
def test_a_graph_is_written_again(text: str) -> None:
    from archdsl.foreign.decompile import written

    said, made = written(network(text).graph, "net")
    assert "tied stage1" in said
    assert sum(node.op == "tied_dense" and node.shares >= 0 for node in made.nodes) == 1
