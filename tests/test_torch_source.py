"""Generated PyTorch source: the same function as the Keras model from the same weights, written as a person would."""

import ast
import subprocess
import sys
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from backend_graphs import Net, branching, everything, resnet

import archdsl
from archdsl.backends import own
from archdsl.backends.layout import WIDTH, laid
from archdsl.backends.torch_source import NoForm, source
from archdsl.cli.main import main
from archdsl.graph.graph import Graph
from archdsl.ops import OPS
from archdsl.ops.base import NoTorchForm
from archdsl.pipeline import compile_source
from archdsl.resolve.settings import Overrides
from archdsl.source import Source

ROOT = Path(__file__).parent.parent
SPECS = sorted((ROOT / "specs").glob("*.arch")) + sorted((ROOT / "specs/papers").glob("*.arch"))
SMALL = {
    "lenet": "input 32x32x1\nC1 28x28 5x5, 6, tanh\nS2 14x14 2x2 average pool\nC3 10x10 5x5 conv, 16\nS4 5x5 max pool 2x2\nF fc 84; dropout 0.4; 10-d fc, softmax",
    "nested": "input 16x16x3\nstyle resnet\na 16x16 [[3x3, 8] x2; 1x1, 16] x3\nb 8x8 [3x3, 16; 3x3, 16] x2 plain\nc - gap, 5-d fc",
    "preact": "input 16x16x3\nstyle preact\na 16x16 3x3, 8\nb 16x16 [3x3, 8; 3x3, 8] x2\nc 8x8 [3x3, 16; 3x3, 16] x2\nd 4x4 [1x1, 8; 3x3, 8; 1x1, 32] x3\ne gap, 4-d fc, softmax",
    "odd sizes": "input 15x15x3\nstyle resnet\na 15x15 3x3, 8\nb 8x8 [3x3, 8; 3x3, 8] x2\nc 4x4 [3x3, 16; 3x3, 16] x3\nd gap, 4-d fc",
    "zero-pad": "input 16x16x3\nstyle resnet, shortcut zero-pad\na 16x16 3x3, 8\nb 8x8 [3x3, 16; 3x3, 16] x3\nc gap, 4-d fc",
    "1-d": "input 64x2\na  32  conv kernel=9 channels=8 stride=2\nb  16  max pool kernel=2\nc gap, 3-d fc",
    "flattened": "input 8x8x3\na 8x8 3x3, 4\nb fc 5",
    "names": "input 8x8x3\ntrain 8x8 3x3, 4\nclass 8x8 3x3, 4\n2nd 8x8 3x3, 4\nself 8x8 3x3, 4; 1x1, 3",
}


def graph_of(text: str) -> Graph:
    compilation = compile_source(Source("spec.arch", text + "\n"), Overrides())
    assert not compilation.failed, [d.message for d in compilation.diagnostics]
    return compilation.compiled[0].graph


def assert_same(graph: Graph) -> None:
    pytest.importorskip("torch", reason="PyTorch is not installed")
    from torch_twin import outputs

    expected, given, module = outputs(graph)
    for ours, theirs in zip(expected, given, strict=True):
        scale = max(float(np.abs(ours).max()), 1e-3)
        np.testing.assert_allclose(theirs / scale, ours / scale, atol=1e-4)
    counted = sum(p.numel() for p in module.parameters())
    weights = [w for n in graph.nodes for w in OPS[n.op].weights(n.params, graph.input_shapes(n))]
    assert counted == sum(int(np.prod(w.shape)) for w in weights if w.trainable)


@pytest.mark.parametrize("name", SMALL)
def test_small_networks(name: str) -> None:
    assert_same(graph_of(SMALL[name]))


NESTED = {
    "encoder": (
        "input 9x8\nstyle transformer\na encoder-block(2, 16) x2; fc 12, each position; encoder-block(2, 20) x2",
        ["FeedForward", "EncoderBlock"],
    ),
    "gates": (
        "input 8x8x6\na 8x8 MBConv(4, 6)\nb 8x8 [MBConv(2, 6)] x2\nc 4x4 MBConv(2, 8, s=2)",
        ["SqueezeExcite", "MBConv"],
    ),
    "three deep": (
        "input 8x8x4\nstyle resnet\nblock inner(c)\n    3x3, c; 1x1, c\nblock middle(c)\n    inner(c); 3x3, in\n"
        "block outer(c)\n    1x1, in; middle(c); 1x1, in; add input\na 8x8 outer(6) x2\nb 8x8 outer(5)\nc 8x8 middle(3); 1x1, 2",
        ["Inner", "Middle", "Outer"],
    ),
    "read again": (  # what it gives is read twice
        "input 8x8x4\nblock pair(c)\n    3x3, c; 1x1, in\n"
        "block outer(c)\n    first:\n    pair(c)\n    3x3, in; add first; add input\na 8x8 [outer(6)] x2",
        ["Pair", "Outer"],
    ),
}


@pytest.mark.parametrize("name", NESTED)
def test_blocks_in_blocks_are_classes_of_their_own(name: str) -> None:
    text, classes = NESTED[name]
    graph = graph_of(text)
    made = [node for node in ast.parse(source(graph)).body if isinstance(node, ast.ClassDef)]
    names = [node.name for node in made[:-1]]
    assert [one for one in classes if one not in names] == []
    assert [one for one in names if one in classes] == classes  # the inner ones come first
    for inner, outer in pairwise(classes):
        body = ast.unparse(next(node for node in made if node.name == outer))
        assert f"{inner}(" in body
    assert_same(graph)


SEVERAL = {
    "cells": (
        "input 8x8x4\nblock cell(c, before=previous)\n    h: 1x1, c\n    p: from before; 1x1, c\n"
        "    from h; 3x3, c; add p\na 8x8 3x3, 6\nb 8x8 3x3, 6\nc 8x8 [cell(6)] x3\nd gap, 3-d fc",
        "Cell",
        ["inputs", "other"],
    ),
    "projected": (  # one use has a layer that the others lack, and each reads two values
        "input 8x8x6\nstyle resnet\nblock join(c, before)\n    3x3, c; 3x3, in; add before\n"
        "a 8x8 3x3, 6\nb 8x8 3x3, 6\nc 8x8 join(4, a) x2\nd 8x8 join(5, b)\ne gap, 3-d fc",
        "Join",
        ["inputs", "other"],
    ),
    "decoder": (
        "input source: 5\ninput target: 4\nstyle transformer\nencoder  -  from source; embedding 9x8; LN\n"
        "decoder  -  from target; embedding 9x8; decoder-block(2, 16, encoder) x2\nend  -  fc 9, each position",
        "DecoderBlock",
        ["inputs", "other"],
    ),
    "within": (  # the inner block reads two values of the outer one, in another order than it gives them
        "input 8x8x4\nblock inner(c, before)\n    3x3, c; 1x1, in; concat before\n"
        "block outer(c)\n    one: 3x3, c\n    two: 1x1, c\n    from one; inner(c, two); 1x1, in; add input\n"
        "a 8x8 [outer(4)] x2; outer(6)",
        "Inner",
        ["inputs", "other"],
    ),
}


@pytest.mark.parametrize("name", SEVERAL)
def test_blocks_that_read_several_values_are_classes(name: str) -> None:
    text, called, given = SEVERAL[name]
    graph = graph_of(text)
    classes = [node for node in ast.parse(source(graph)).body if isinstance(node, ast.ClassDef)]
    (made,) = (node for node in classes if node.name == called)
    forward = next(part for part in made.body if isinstance(part, ast.FunctionDef) and part.name == "forward")
    assert [argument.arg for argument in forward.args.args] == ["self", *given]
    assert_same(graph)


@pytest.mark.parametrize("framed", [True, False])
def test_every_op(framed: bool) -> None:
    assert_same(everything(framed))


def test_several_inputs_and_outputs() -> None:
    assert_same(branching())


def windows(rank: int, sizes: tuple[int, ...]) -> Graph:
    """One input under windows of every kind, size, stride and padding, each an output."""
    net = Net((*sizes[:rank], 4))
    net.stage("windows")
    shared: dict[str, Any] = {"bias": True, "initializer": "he_normal"}
    ends = []
    for kernel in (1, 2, 3, 4) if rank == 2 else (2, 3):
        for stride in (1, 2, 3):
            for padding in ("same", "valid"):
                window = {"kernel": (kernel,) * rank, "stride": (stride,) * rank, "padding": padding}
                path = f"k{kernel}s{stride}{padding}"
                spread = {**window, **shared, "dilation": (1,) * rank}
                kinds: dict[str, dict[str, Any]] = {
                    "conv": {**spread, "channels": 6, "groups": 2},
                    "conv_transpose": {**spread, "channels": 3},
                    "max_pool": {**window, "ceil": False},
                    "avg_pool": {**window, "ceil": False},
                }
                if rank < 3:
                    kinds["depthwise"] = spread
                ends += [net.node(op, params, (0,), f"{op}_{path}") for op, params in kinds.items()]
    wide = {
        **shared,
        "kernel": (3,) * rank,
        "stride": (1,) * rank,
        "padding": "same",
        "dilation": (2,) * rank,
    }
    ends.append(net.node("conv", {**wide, "channels": 2, "groups": 1}, (0,), "wide"))
    return net.graph("windows", tuple(ends))


@pytest.mark.parametrize(("rank", "sizes"), [(1, (9,)), (2, (7, 8)), (3, (5, 6, 4))])
def test_every_zero_is_where_the_graph_has_it(rank: int, sizes: tuple[int, ...]) -> None:
    assert_same(windows(rank, sizes))


@pytest.mark.parametrize("rank", [0, 1, 2, 3])
def test_norms_of_any_rank(rank: int) -> None:
    net = Net((*(3, 4, 2)[:rank], 6))
    net.stage("norms")
    for scale in (True, False):
        for center in (True, False):
            factors = {"scale": scale, "center": center, "epsilon": 1e-2}
            path = f"{scale}{center}"
            net.node("batch_norm", {**factors, "momentum": 0.9}, (net.last,), f"bn{path}")
            net.node("layer_norm", factors, (net.last,), f"ln{path}")
            net.node("group_norm", {**factors, "groups": 3}, (net.last,), f"gn{path}")
            if rank:
                net.node("instance_norm", factors, (net.last,), f"in{path}")
    net.node("prelu", {"initial": 0.25}, (net.last,), "prelu")
    net.node("scale", {"initial": 0.5, "bias": True}, (net.last,), "scale")
    net.node("bias", {}, (net.last,), "bias")
    net.node("rescale", {"factor": 3.0}, (net.last,), "rescale")
    assert_same(net.graph("norms"))


def tokens(causal: bool) -> Graph:
    """Attention of one, two and three inputs, and everything that turns positions around."""
    net = Net((4, 6, 8))
    net.stage("tokens")
    image = net.node("roll", {"shift": (1, -2)}, (0,), "roll")
    parted = net.node("windows", {"window": (2, 3)}, (image,), "windows")
    kept = {
        "bias": True,
        "dropout": 0.1,
        "initializer": "glorot_uniform",
        "width": None,
        "value": None,
        "out": None,
    }
    own = {**kept, "heads": 2, "causal": False, "over": 1}
    within = net.node("attention", own, (parted,), "within")
    whole = net.node("join_windows", {"window": (2, 3)}, (within,), "join")
    over = net.node("attention", {**own, "over": None}, (whole,), "over")
    row = net.node("tokens", {}, (over,), "row")
    row = net.node(
        "position_embedding", {"kind": "learned", "initializer": "uniform 0.05"}, (row,), "learned_positions"
    )
    row = net.node(
        "position_embedding", {"kind": "sinusoidal", "initializer": "uniform 0.05"}, (row,), "sines"
    )
    extra = net.node("learned", {"shape": (2, 8), "initializer": "uniform 0.05"}, (row,), "extra")
    both = net.node("append", {}, (extra, row), "both")
    wide = {**own, "heads": 3, "width": 5, "value": 2, "out": 10, "over": None, "bias": False}
    few = net.node("select_tokens", {"start": 1, "stop": 5}, (both,), "few")
    crossed = net.node("attention", wide, (few, both), "crossed")
    third = net.node("attention", {**own, "over": None, "causal": causal}, (row, row, row), "third")
    heads = net.node("heads", {"heads": 2}, (third,), "heads")
    turned = net.node("transpose", {"order": None}, (heads,), "turned")
    scores = net.node("matmul", {}, (heads, turned), "scores")
    masked = net.node("causal_mask", {}, (scores,), "masked")
    soft = net.node("activation", {"function": "softmax"}, (masked,), "soft")
    product = net.node("join_heads", {}, (net.node("matmul", {}, (soft, heads), "product"),), "joined")
    deep = net.node("space_to_depth", {"block": (2, 2)}, (whole,), "deep")
    vector = net.node("global_std_pool", {}, (deep,), "std")
    spread = net.node("spread", {}, (vector, deep), "spread")
    upright = net.node("to_sequence", {"axis": 2}, (spread,), "upright")
    apart = net.node("absolute", {}, (net.node("subtract", {}, (third, row), "minus"),), "apart")
    return net.graph("tokens", (crossed, product, upright, apart))


@pytest.mark.parametrize("causal", [False, True])
def test_tokens(causal: bool) -> None:
    assert_same(tokens(causal))


KINDS = {
    "lstm": {"biases": "one"},
    "gru": {"biases": "one", "reset": "after"},
    "rnn": {"biases": "one"},
}


def recurrent(op: str, **told: Any) -> Graph:
    """A recurrent layer over five positions, and one over what it hands on."""
    net = Net((5, 3))
    net.stage("sequence")
    plain = {"sequences": True, "bidirectional": False, "merge": "concat", "activation": "tanh", "bias": True}
    params = {**plain, "dropout": 0.0, "recurrent_dropout": 0.0, **KINDS[op], "channels": 4, **told}
    net.node(op, params, (0,), "first")
    net.node(op, {**params, "channels": 2, "sequences": False}, (net.last,), "last")
    return net.graph("sequence")


@pytest.mark.parametrize("op", KINDS)
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("biases", ["one", "two", "none"])
def test_recurrent_layers(op: str, bidirectional: bool, biases: str) -> None:
    """Both conventions of biases, all positions and the last, one direction and two; the counts are Keras'."""
    said = {"bias": False} if biases == "none" else {"biases": biases}
    assert_same(recurrent(op, bidirectional=bidirectional, dropout=0.2, **said))


@pytest.mark.parametrize("merge", ["sum", "ave", "mul"])
def test_directions_that_are_merged(merge: str) -> None:
    assert_same(recurrent("lstm", bidirectional=True, merge=merge))


def test_a_rectified_recurrent_layer() -> None:
    assert_same(recurrent("rnn", activation="relu"))


@pytest.mark.parametrize(
    ("op", "told", "why"),
    [
        ("gru", {"reset": "before"}, "the reset gate of its GRU acts behind the product"),
        ("lstm", {"activation": "relu"}, "its LSTM has tanh, not `relu`"),
        ("lstm", {"recurrent_dropout": 0.1}, "drop no values of the state"),
    ],
)
def test_what_its_recurrent_layers_cannot_say(op: str, told: dict[str, Any], why: str) -> None:
    with pytest.raises(NoForm, match=why):
        source(recurrent(op, **told))


def test_where_positions_lie() -> None:
    """Biases and logits of relative positions and the mask of shifted windows, in one network."""
    net = Net((4, 6, 8))
    net.stage("relative")
    parted = net.node("windows", {"window": (2, 3)}, (0,), "windows")
    heads = net.node("heads", {"heads": 2}, (parted,), "heads")
    turned = net.node("transpose", {"order": None}, (heads,), "turned")
    scores = net.node("matmul", {}, (heads, turned), "scores")
    spread = {"initializer": "uniform 0.05"}
    biased = net.node("relative_bias", {"window": (2, 3), **spread}, (scores,), "bias")
    masked = net.node("shift_mask", {"window": (2, 3), "shift": (1, 2)}, (biased,), "mask")
    soft = net.node("activation", {"function": "softmax"}, (masked,), "soft")
    row = net.node("tokens", {}, (0,), "row")
    queries = net.node("heads", {"heads": 2}, (row,), "queries")
    logits = net.node("relative_logits", {"window": (4, 6), **spread}, (queries,), "logits")
    assert_same(net.graph("relative", (soft, logits)))


@pytest.mark.parametrize("rank", [0, 1, 2])
def test_statistics_of_the_data_are_buffers(rank: int) -> None:
    net = Net((*(4, 3)[:rank], 5))
    net.stage("data")
    net.node("standardize", {}, (0,), "standardize")
    text = source(net.graph("data"))
    assert text.count("nn.Buffer(") == 2 and "nn.Parameter" not in text
    assert_same(net.graph("data"))


def test_every_op_has_a_form_or_a_reason() -> None:
    """`input` is no layer; an LSTM of convolutions is the only op that PyTorch never has, and says so."""
    assert [name for name, op in OPS.items() if op.torch is None] == ["input"]
    with pytest.raises(NoTorchForm, match="no recurrent layer of convolutions"):
        OPS["conv_lstm"].torch_steps({}, ((4, 8, 8, 3),))
    assert OPS["conv_lstm"].modules({}, ((4, 8, 8, 3),)) == ()


OWN = """input 8x8x3
classes 4
layer mix(c, k=3): HxWxin -> HxWxc, params k*k*in*c + c
a  8x8x6  mix(6)
b  8x8x5  [mix(5, k=1)] x 2
h  -      gap; fc
"""
MODULES = """import archdsl
from torch import nn


class Mix(nn.LazyConv2d):
    def __init__(self, c, k=3):
        super().__init__(c, k, padding="same")


archdsl.register("mix", torch=Mix)
"""


def test_modules_for_layers_that_a_spec_declares(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "net.arch").write_text(OWN)
    compiled = ["compile", str(tmp_path / "net.arch"), "-o", str(tmp_path / "net.py"), "--target", "torch"]
    assert main(compiled) == 2
    assert '`archdsl.register("mix", torch=Module)`' in capsys.readouterr().err
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    (tmp_path / "modules.py").write_text(MODULES)
    before = dict(own._MODULES)
    try:
        assert main([*compiled, "--layers", str(tmp_path / "modules.py")]) == 0
        from torch_twin import executed

        text = (tmp_path / "net.py").read_text()
        assert "from modules import Mix" in text and "Mix(c=6, k=3)" in text
        assert executed(text)(torch.zeros(2, 3, 8, 8)).shape == (2, 4)
    finally:
        own._MODULES.clear()
        own._MODULES.update(before)


def test_embeddings_and_twins() -> None:
    net = Net((5,))
    net.stage("text")
    words = net.node("embedding", {"shape": (7, 6), "initializer": "uniform 0.05"}, (0,), "words")
    one = net.node("global_avg_pool", {}, (words,), "mean")
    other = net.node("global_max_pool", {}, (words,), "max")
    ends = [net.node(op, {}, (one, other), op) for op in ("dot", "cosine", "subtract")]
    assert_same(net.graph("text", tuple(ends)))


@pytest.mark.parametrize("name", ["table1", "table1-preact"])
def test_shipped_specs(name: str) -> None:
    assert_same(archdsl.load(str(ROOT / f"specs/{name}.arch")).network().graph)


@pytest.mark.parametrize("name", ["dcgan", "shufflenet-v2"])
def test_published_networks(name: str) -> None:
    assert_same(archdsl.load(str(ROOT / f"specs/papers/{name}.arch")).networks[0].graph)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Generate the source of every network that comes along."""
    folder = tmp_path_factory.mktemp("sources")
    for path in SPECS:
        for number, network in enumerate(archdsl.load(str(path)).networks):
            if all(
                OPS[node.op].modules(node.params, network.graph.input_shapes(node)) or not node.inputs
                for node in network.graph.nodes
            ):
                (folder / f"{path.stem.replace('-', '_')}_{number}.py").write_text(source(network.graph))
    (folder / "everything.py").write_text(source(everything(True)))
    (folder / "resnet.py").write_text(source(resnet()))
    return folder


def test_every_spec_gives_source_that_parses(written: Path) -> None:
    texts = [path.read_text() for path in written.iterdir()]
    assert len(texts) > len(SPECS)
    for text in texts:
        ast.parse(text)
        assert "archdsl" not in text.split('"""')[2]
        assert "import keras" not in text


@pytest.mark.skipif(not find_spec("ruff"), reason="ruff is not installed")
@pytest.mark.parametrize(
    "command",
    [["check", "--select", "E4,E5,E7,E9,F,I", "--line-length", str(WIDTH)], ["format", "--check"]],
    ids=lambda command: command[0],
)
def test_source_is_as_ruff_wants_it(written: Path, command: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ruff", *command, "--isolated", str(written)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]


def test_one_class_serves_the_four_stages_of_table_1() -> None:
    text = source(archdsl.load(str(ROOT / "specs/table1.arch")).network().graph)
    assert text.count("class ") == 2
    assert "for _ in range(2)]" in text
    assert text.count("\n") < 95


def test_a_layer_without_a_form_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = tmp_path / "net.arch"
    spec.write_text("input 8x8x3\na 8x8 3x3, 4\nb gap, 2-d fc\n")
    monkeypatch.setitem(OPS, "dense", OPS["dense"]._replace(torch=None))  # type: ignore[arg-type]
    assert main(["compile", str(spec), "-o", str(tmp_path / "net.py"), "--target", "torch"]) == 4
    assert "b/dense: PyTorch has no equivalent of `dense` here" in capsys.readouterr().err
    assert not (tmp_path / "net.py").exists()
    with pytest.raises(NoForm):
        source(graph_of("input 8\na fc 3"))


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = str(ROOT / "specs/table2.arch")
    assert main(["compile", spec, "-o", str(tmp_path / "net.py"), "--target", "torch"]) == 0
    assert "lines of PyTorch" in capsys.readouterr().out
    assert "from table2.arch" in (tmp_path / "net.py").read_text()
    assert main(["compile", spec, "-o", str(tmp_path / "net.keras"), "--target", "torch"]) == 2


def test_long_statements_are_broken_at_their_brackets() -> None:
    assert laid(f"x = f({'a' * 80})", 4) == ["    x = f(", f"        {'a' * 80}", "    )"]
    long = [f"{'b' * 20}({i})" for i in range(5)]
    assert laid(f"x = f({', '.join(long)})") == ["x = f(", *(f"    {word}," for word in long), ")"]
    assert laid(f"x = {' + '.join(long)}") == [
        "x = (",
        f"    {long[0]}",
        *(f"    + {word}" for word in long[1:]),
        ")",
    ]
