"""Whole networks of tokens against the same in NumPy, position by position; how tables and blocks say them; their source."""

from typing import Any

import keras
import numpy as np
import pytest
from test_tokens import PLAIN, RNG, Arrays, attention, parted, softmax

from archdsl.backends.keras import build
from archdsl.backends.python_source import source
from archdsl.explaining.texts import explain
from archdsl.network import Network, Spec
from archdsl.pipeline import compile_source
from archdsl.source import Source


def network(text: str) -> Network:
    compilation = compile_source(Source("net.arch", text))
    assert compilation.diagnostics == ()
    return Spec(compilation).network()


def codes(text: str) -> list[str]:
    return [found.code for found in compile_source(Source("net.arch", text)).diagnostics]


def normalised(x: np.ndarray, gamma: np.ndarray, beta: np.ndarray, epsilon: float) -> np.ndarray:
    mean, variance = x.mean(-1, keepdims=True), x.var(-1, keepdims=True)
    return (x - mean) / np.sqrt(variance + epsilon) * gamma + beta


def gelu(x: np.ndarray) -> np.ndarray:
    return np.asarray(keras.activations.gelu(x.astype(np.float32)))


VIT = """
input 12x12x3
style transformer
patches - patch-embedding(8, 4)
tokens  - tokens; class-token; position embedding
encoder - encoder-block(2, 16) × 2
final   - LN; class-output
head    - 5-d fc
"""


class Weights:
    """The weights of a model by the end of their layer's name."""

    def __init__(self, model: keras.Model) -> None:
        for weight in model.weights:
            weight.assign(RNG.normal(size=weight.shape) * 0.5)
        self.layers = {layer.name: [np.asarray(w) for w in layer.weights] for layer in model.layers}

    def __call__(self, name: str) -> Arrays:
        found = [weights for layer, weights in self.layers.items() if layer.endswith(name) and weights]
        assert len(found) == 1, (name, sorted(self.layers))
        return found[0]


def mlp(x: np.ndarray, weights: Weights, path: str) -> np.ndarray:
    (a, b), (c, d) = weights(f"{path}-dense1"), weights(f"{path}-dense2")
    return gelu(x @ a + b) @ c + d


def test_a_small_vision_transformer() -> None:
    """ViT's equations 1 to 4, one by one."""
    model = build(network(VIT).graph)
    weights = Weights(model)
    images = RNG.normal(size=(2, 12, 12, 3)).astype(np.float32)
    kernel, bias = weights("patches-conv")
    patches = parted((4, 4), images).reshape(2, 9, 4 * 4 * 3) @ kernel.reshape(-1, 8) + bias
    (token,) = weights("tokens-class_token-learned")
    (places,) = weights("tokens-position_embedding")
    x = np.concatenate([np.stack([token] * 2), patches], axis=1) + places
    for block in ("block1", "block2"):
        normed = normalised(x, *weights(f"{block}-ln1"), 1e-6)
        x = x + attention(PLAIN, [normed], weights(f"{block}-attention"))
        x = x + mlp(normalised(x, *weights(f"{block}-ln2"), 1e-6), weights, f"{block}-feed_forward")
    last = normalised(x, *weights("final-ln"), 1e-6)[:, 0]
    kernel, bias = weights("head-dense")
    np.testing.assert_allclose(np.asarray(model(images)), last @ kernel + bias, rtol=1e-4, atol=1e-4)


SWIN = """
input 16x16x3
style transformer

block window-attention(heads, size, by)
    roll, shift=(0-by)                  when by
    windows size
    parted:
    fc in, each position; split heads heads; rescale (1/sqrt(in/heads))
    queries:
    from parted; fc in, each position; split heads heads; transpose
    keys:
    from parted; fc in, each position; split heads heads
    values:
    from queries; matmul keys; relative position bias size
    shift mask size, shift=by           when by
    softmax; matmul values; join heads; fc in, each position; join windows size
    roll, shift=by                      when by

block swin(heads, size)
    LN; window-attention(heads, size, floor(size/2)*(1 - index + 2*floor(index/2))); add input
    middle:
    LN; feed-forward(2*in); add middle

patches 8x8 patch-embedding(6, 2); LN
stage1  8x8 [swin(2, 4)] × 2
merge   4x4 space to depth 2; LN; fc 8, no bias, each position
stage2  4x4 [swin(4, 2)] × 2
"""


def swin_attention(
    x: np.ndarray, weights: Weights, path: str, heads: int, size: int, shift: int
) -> np.ndarray:
    """Attention of one position after the other, to those that share its window and were beside it before the
    shift."""
    path += "-window_attention"
    (_, height, width, _), each = x.shape, x.shape[-1] // heads
    q, k, v = (
        (x @ kernel + bias).reshape(*x.shape[:-1], heads, each)
        for kernel, bias in (weights(f"{path}-dense{number}") for number in (1, 2, 3))
    )
    (table,) = weights(f"{path}-relative_bias_table")
    made = np.zeros_like(x)
    for y, x_ in np.ndindex(height, width):
        for head in range(heads):
            keys, scores = [], []
            for down, right in np.ndindex(height, width):
                sides = ((y, down, height), (x_, right, width))
                same = all(
                    (a - shift) % n // size == (b - shift) % n // size and (a < shift) == (b < shift)
                    for a, b, n in sides
                )
                if same:
                    keys.append((down, right))
                    product = (q[:, y, x_, head] * k[:, down, right, head]).sum(-1) / np.sqrt(each)
                    scores.append(product + table[y - down + size - 1, x_ - right + size - 1, head])
            shares = softmax(np.stack(scores, -1))
            values = np.stack([v[:, down, right, head] for down, right in keys], 1)
            made[:, y, x_, head * each : (head + 1) * each] = (shares[..., None] * values).sum(1)
    kernel, bias = weights(f"{path}-dense4")
    return made @ kernel + bias


def test_a_small_swin_transformer() -> None:
    """Windows, shifts, masks and biases by what they mean for each pair of positions."""
    model = build(network(SWIN).graph)
    weights = Weights(model)
    images = RNG.normal(size=(2, 16, 16, 3)).astype(np.float32)
    kernel, bias = weights("patches-patch_embedding-conv")
    x = parted((2, 2), images).reshape(2, 8, 8, 12) @ kernel.reshape(-1, 6) + bias
    x = normalised(x, *weights("patches-ln"), 1e-6)
    for stage, heads, size in (("stage1", 2, 4), ("stage2", 4, 2)):
        if stage == "stage2":
            (kernel,) = weights("merge-dense")
            x = normalised(parted((2, 2), x).reshape(2, 4, 4, 24), *weights("merge-ln"), 1e-6) @ kernel
        for block, shift in (("block1", 0), ("block2", size // 2)):
            path = f"{stage}-{block}"
            normed = normalised(x, *weights(f"{path}-ln1"), 1e-6)
            x = x + swin_attention(normed, weights, path, heads, size, shift)
            x = x + mlp(normalised(x, *weights(f"{path}-ln2"), 1e-6), weights, f"{path}-feed_forward")
    np.testing.assert_allclose(np.asarray(model(images)), x, rtol=1e-3, atol=1e-3)


def last(words: str, size: str = "5x8") -> dict[str, Any]:
    return dict(network(f"input {size}\na - {words}").graph.nodes[-1].params)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("attention, 4 heads", {"heads": 4, "causal": False, "bias": True, "width": None}),
        ("attention 4", {"heads": 4}),
        ("multi-head self-attention, 4 heads", {"heads": 4}),
        ("MSA, heads=4, width=16, no bias", {"heads": 4, "width": 16, "bias": False}),
        ("masked multi-head attention, 4 heads", {"heads": 4, "causal": True}),
        ("causal attention, 2 heads, out=12, value=3", {"heads": 2, "causal": True, "out": 12, "value": 3}),
        ("sinusoidal position embedding", {"kind": "sinusoidal"}),
        ("positional embedding", {"kind": "learned"}),
        ("learned value 1x6", {"shape": (1, 6)}),
        ("split heads 2", {"heads": 2}),
        ("transpose", {"order": None}),
        ("permute 2x1", {"order": (2, 1)}),
        ("roll, shift=2", {"shift": (2,)}),
        ("windows 5", {"window": (5,)}),
        ("softmax, axis=1", {"function": "softmax", "axis": 1}),
    ],
)
def test_words(words: str, said: dict[str, Any]) -> None:
    params = last(words)
    assert {key: params[key] for key in said} == said


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a - attention", "E0206"),
        ("a - attention, 5 heads", "E0303"),
        ("a - attention, 2 heads, keys=nothing", "E0226"),
        ("a - attention, 2 heads, values=input", "E0206"),
        ("a - embedding 8", "E0303"),
        ("a - embedding", "E0206"),
        ("a - 3, 4; attention, 2 heads, width=0", "E0207"),
        ("a - position embedding, kind=none", "E0205"),
        ("a - split heads 5", "E0303"),
        ("a - fc 4, each position; matmul input", "E0303"),
        ("a - transpose; append input", "E0303"),
        ("a - tokens, 3", "E0206"),
    ],
)
def test_faults(text: str, code: str) -> None:
    assert codes(f"input 5x8\n{text}") == [code]


@pytest.mark.parametrize("word", ["attention", "causal attention", "masked self attention", "MSA"])
def test_what_is_explained(word: str) -> None:
    assert (explain(word) or "").startswith("attention: Multi-head attention")
    assert "written: matmul NAME" in (explain("matmul") or "")
    assert (explain("gelu") or "").startswith("activation:")


def test_keys_of_a_row_and_of_a_parameter() -> None:
    """A layer reads rows and lines by name; a parameter of a block may be the name."""
    text = """
input 6x8
style transformer
block ask(memory)
    attention, 2 heads, keys=memory
block three(a, b)
    attention, 2 heads, keys=a, values=b
small 3x8 select tokens, start=1, stop=4
other 3x8 LN
head  6x8 from input; ask(small); three(small, other)
"""
    graph = network(text).graph
    by_name = {node.name: i for i, node in enumerate(graph.nodes)}
    first, second = (graph.nodes[by_name[f"head/{name}/attention"]] for name in ("ask", "three"))
    assert first.inputs == (0, by_name["small/select_tokens"])
    assert second.inputs == (
        by_name["head/ask/attention"],
        by_name["small/select_tokens"],
        by_name["other/ln"],
    )


def test_keys_of_the_value_itself_are_no_others() -> None:
    graphs = [network(f"input 6x8\na - LN; attention, 2 heads{more}").graph for more in ("", ", keys=input")]
    assert [node.inputs for node in graphs[0].nodes] != [node.inputs for node in graphs[1].nodes]
    itself = network("input 6x8\na - attention, 2 heads, keys=input").graph
    assert itself.nodes[-1].inputs == (0,)


def test_numbers_of_tokens_stay_whole() -> None:
    """Those that an embedding reads, even of a part of the input; 50,000 has no place in half precision."""
    assert network("input 5\na - embedding 9x4").graph.nodes[0].params["dtype"] == "int32"
    text = "input 5x2\na - select 1; flatten; embedding 9x4"
    assert network(text).graph.nodes[0].params["dtype"] == "int32"
    assert "dtype" not in network("input 5x2\na - fc 4, each position").graph.nodes[0].params


DECODER = """
input 6
style transformer
words   - embedding 20x8; position embedding
memory  - from words; LN; select tokens, stop=3
decoder - from words; decoder-block(2, 12, memory) × 2
pooled  - statistics-pooling; fc 8
again   - spread decoder; append memory; gated-mlp(12)
"""

TRANSLATOR = """
input source: 5
input target: 4
style transformer
words   - from source; embedding 20x8; rescale (sqrt(8)); sinusoidal position embedding
encoder - post-norm-block(2, 12) × 2
shifted - from target; reuse words
decoder - decoder-block(2, 12, encoder) × 2
"""


def some(shape: tuple[int, ...]) -> np.ndarray:
    """Numbers of tokens for a flat input, else any numbers."""
    return RNG.integers(0, 20, (2, *shape)) if len(shape) == 1 else RNG.normal(size=(2, *shape))


@pytest.mark.parametrize(
    "text", [VIT, SWIN, DECODER, TRANSLATOR], ids=["vit", "swin", "decoder", "translator"]
)
def test_source_is_the_same_network(text: str) -> None:
    """The generated source builds the same model, by the same layers."""
    graph = network(text).graph
    model = build(graph)
    names: dict[str, Any] = {"__name__": "made"}
    exec(compile(source(graph), "made.py", "exec"), names)
    made = names["build"]()
    made.set_weights(model.get_weights())
    values = [some(graph.nodes[i].shape) for i in graph.inputs]
    values = values[0] if len(values) == 1 else values
    np.testing.assert_allclose(np.asarray(made(values)), np.asarray(model(values)), rtol=1e-5, atol=1e-5)
    assert [layer.name for layer in made.layers if layer.weights] == [
        layer.name for layer in model.layers if layer.weights
    ]
