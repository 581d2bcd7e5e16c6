"""`archdsl decompile` of networks that are no chain: several inputs and outputs, layers that are applied twice, maps that are read from far behind, layers of the model's own."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import archdsl
from archdsl.cli.main import main
from archdsl.foreign.decompile import _compare, decompiled, written
from archdsl.foreign.errors import ForeignError
from archdsl.graph.graph import Graph

MAP = [None, 16, 16, 3]
OWN = """layer mix(c, k=3): HxWxin -> HxWxc, params k*k*in*c + c, macs H*W*(k*k*in)*(c - 1)
layer codes(n, d): HxWxin -> nxd
    params  n*d*in
"""


def layer(
    kind: str, name: str, *calls: str | tuple[str, ...], module: str = "keras.layers", **config: Any
) -> dict[str, Any]:
    """Write a layer as Keras does, with a node for each call; `name:1` is what the second call of a layer gives."""
    nodes = []
    for call in calls:
        tensors = [tensor(one) for one in ([call] if isinstance(call, str) else call)]
        nodes.append({"args": [tensors] if len(tensors) > 1 else tensors, "kwargs": {}})
    return {"module": module, "class_name": kind, "config": {"name": name, **config}, "inbound_nodes": nodes}


def tensor(value: str) -> dict[str, Any]:
    return {"class_name": "__keras_tensor__", "config": {"keras_history": [*place(value), 0]}}


def place(value: str) -> tuple[str, int]:
    name, _, number = value.partition(":")
    return name, int(number or 0)


def functional(layers: list[dict[str, Any]], inputs: str, outputs: str, name: str = "net") -> dict[str, Any]:
    ends = {
        f"{kind}_layers": [[*place(one), 0] for one in names.split()]
        for kind, names in (("input", inputs), ("output", outputs))
    }
    return {"class_name": "Functional", "config": {"name": name, "layers": layers, **ends}}


def conv(name: str, read: str, filters: int, kernel: int = 1, **config: Any) -> dict[str, Any]:
    window = {"filters": filters, "kernel_size": [kernel] * 2, "padding": "same", "use_bias": True}
    return layer("Conv2D", name, read, **window, **config)


def twins(outputs: str = "score") -> dict[str, Any]:
    """Return two images through one tower, which has a residual block, and what is made of the difference."""
    tower = functional(
        [
            layer("InputLayer", "in", batch_shape=MAP),
            conv("c1", "in", 8, 3, activation="relu"),
            conv("c2", "c1", 8, 3),
            layer("Add", "sum", ("c2", "c1")),
            layer("ReLU", "act", "sum"),
            layer("GlobalAveragePooling2D", "pool", "act"),
            layer("Dense", "code", "pool", units=4),
        ],
        "in",
        "code",
        "tower",
    )
    tower["inbound_nodes"] = layer("", "", "left", "right")["inbound_nodes"]
    images = [layer("InputLayer", name, batch_shape=MAP) for name in ("left", "right")]
    apart = layer("Subtract", "apart", ("tower:1", "tower"))
    heads = [
        layer("Dense", name, "apart", units=n) for name, n in (("score", 1), ("kind", 3)) if name in outputs
    ]
    return functional([*images, tower, apart, *heads], "left right", outputs)


def read(model: dict[str, Any], tmp_path: Path) -> tuple[str, Graph]:
    path = tmp_path / "model.json"
    path.write_text(json.dumps(model))
    return decompiled(str(path))


def graph_of(text: str, tmp_path: Path) -> Graph:
    path = tmp_path / "net.arch"
    path.write_text(text)
    return archdsl.load(str(path)).network().graph


def test_a_model_that_is_applied_twice_is_a_row_and_a_reuse_of_it(tmp_path: Path) -> None:
    text, graph = read(twins(), tmp_path)
    assert "input left: 16x16x3\ninput right: 16x16x3\n" in text
    assert "stage1  -  3x3, 8; relu; residual-unit; global average pool; fc 4\n" in text
    assert "stage2  -  from right; reuse stage1\n" in text
    assert "head    -  subtract stage1; fc 1\n" in text
    assert sum(node.shares >= 0 for node in graph.nodes) > 3


def test_outputs_are_named_in_their_order(tmp_path: Path) -> None:
    text, graph = read(twins("kind score"), tmp_path)
    assert "outputs stage4, head\n" in text
    assert "stage4  -  fc 3\n" in text
    assert "head    -  from stage3; fc 1\n" in text
    assert [graph.nodes[i].shape for i in graph.outputs] == [(3,), (1,)]


def test_inputs_of_one_size_are_not_taken_for_each_other(tmp_path: Path) -> None:
    heads = "distance - from a; subtract b\n"
    one = graph_of(
        f"input left: 8\ninput right: 8\na - from left; fc 4\nb - from right; reuse a\n{heads}", tmp_path
    )
    text, _ = written(one, "net")
    assert "from right; reuse stage1" in text
    twice = next(i for i, node in enumerate(one.nodes) if node.shares >= 0)
    nodes = list(one.nodes)
    nodes[twice] = nodes[twice]._replace(inputs=(one.inputs[0],))
    with pytest.raises(ForeignError, match="does not compute it"):
        _compare(one._replace(nodes=tuple(nodes)), one)


@pytest.mark.parametrize("name", ["left image", "conv", "stage1", "9", "in1"])
def test_an_input_is_called_what_the_language_takes(name: str, tmp_path: Path) -> None:
    model = twins()
    named = json.loads(json.dumps(model).replace('"left"', f'"{name}"'))
    text, _ = read(named, tmp_path)
    assert "input right: 16x16x3" in text


def test_a_layer_within_a_row_is_applied_again(tmp_path: Path) -> None:
    spec = "input 8x8x3\na 8x8 3x3, 16; 3x3, 16\nb 8x8 3x3, 16\nc 8x8 reuse b\nd 4x4 3x3, 8, /2; max pool 1x1\ne - gap, 3-d fc\n"
    text, _ = written(graph_of(spec, tmp_path), "net")
    assert "reuse stage" in text


def test_weights_follow_a_network_that_shares(tmp_path: Path) -> None:
    import keras

    from archdsl.backends.keras import build

    spec = "input left: 8x8x3\ninput right: 8x8x3\na - from left; 3x3, 4; gap; fc 5\nb - from right; reuse a\nc - from a; subtract b; fc 2\n"
    model = build(graph_of(spec, tmp_path))
    random = np.random.default_rng(0)
    model.set_weights([random.normal(size=array.shape) for array in model.get_weights()])
    model.save(tmp_path / "model.keras")
    again, out = str(tmp_path / "again.arch"), str(tmp_path / "out.keras")
    assert main(["decompile", str(tmp_path / "model.keras"), "-o", again]) == 0
    assert main(["diff", str(tmp_path / "net.arch"), again]) == 0
    assert main(["import-weights", again, "--from", str(tmp_path / "model.keras"), "-o", out]) == 0
    images = [random.random((2, 8, 8, 3), np.float32) for _ in range(2)]
    np.testing.assert_allclose(keras.saving.load_model(out)(images), model(images), atol=1e-5)


def test_maps_that_wait_for_others_are_rows_and_no_block(tmp_path: Path) -> None:
    spec = "input 32x32x3\nbias yes\ndown 32x32 3x3, 8\nlow 16x16 2x2 max pool; 3x3, 16\nup 32x32 2x2 up-conv, 8\nend 32x32 from up; concat down; 3x3, 8; 1x1, 2\n"
    text, _ = written(graph_of(spec, tmp_path), "net")
    assert "block" not in text
    assert "concat stage1; " in text


def test_the_first_value_of_a_join_comes_first(tmp_path: Path) -> None:
    spec = "input 32x32x3\ndown 32x32 3x3, 8\nlow 16x16 2x2 max pool; 3x3, 16\nup 32x32 2x2 up-conv, 8\nend 32x32 from down; concat up; 3x3, 8; 1x1, 2\n"
    text, _ = written(graph_of(spec, tmp_path), "net")
    assert "from stage1; concat stage3; " in text


def test_a_decoder_names_the_memory_that_its_blocks_read(tmp_path: Path) -> None:
    spec = "input source: 9x16\ninput target: 9x16\nstyle transformer\nencoder - from source; post-norm-block(4, 32) x2\ndecoder - from target; decoder-block(4, 32, encoder) x3\n"
    text, _ = written(graph_of(spec, tmp_path), "net")
    assert "[post-norm-block(4, 32)] x2" in text
    assert "from target; [decoder-block(4, 32, stage1)] x3" in text


@pytest.mark.parametrize("between", ["", "middle - fc 16, each position\n"])
def test_logits_tied_to_an_embedding_name_its_row(between: str, tmp_path: Path) -> None:
    spec = f"input 9\nstyle transformer\nwords - embedding 50x16; LN\n{between}logits - LN; tied words; softmax\n"
    text, _ = written(graph_of(spec, tmp_path), "net")
    assert "tied stage1; softmax\n" in text


def test_a_gate_of_1x1_convolutions_is_one_of_dense_layers(tmp_path: Path) -> None:
    layers = [
        layer("InputLayer", "x", batch_shape=MAP),
        conv("stem", "x", 16, 3, activation="relu"),
        layer("GlobalAveragePooling2D", "pool", "stem"),
        layer("Reshape", "map", "pool", target_shape=[1, 1, 16]),
        conv("less", "map", 4, activation="relu"),
        conv("more", "less", 16, activation="sigmoid"),
        layer("Multiply", "gated", ("stem", "more")),
        layer("GlobalAveragePooling2D", "end", "gated", keepdims=True),
        conv("wide", "end", 32, activation="relu"),
        layer("Dropout", "drop", "wide", rate=0.2),
        conv("classes", "drop", 10),
        layer("Flatten", "y", "classes"),
    ]
    text, _ = read(functional(layers, "x", "y"), tmp_path)
    assert "squeeze-excite(4)" in text
    assert "global average pool; fc 32; dropout 0.2; fc 10\n" in text
    text, graph = read(functional(layers[:-1], "x", "classes"), tmp_path)
    assert text.endswith("to map\n")
    assert graph.nodes[graph.outputs[0]].shape == (1, 1, 10)


@pytest.mark.parametrize(
    ("operations", "said"),
    [
        ((("Add", [0, 3.0]), ("ReLU", 6.0), ("Multiply", [0, 1 / 6])), "hard sigmoid"),
        ((("Add", [3.0, 0]), ("ReLU", 6.0), ("TrueDivide", [0, 6])), "hard sigmoid"),
        ((("Add", [0, 3.0]), ("ReLU", 6.0), ("Multiply", [0, 0.2])), "offset=3; relu6; rescale 0.2"),
        ((("Subtract", [1.0, 0]),), "rescale -1, offset=1"),
        ((("Subtract", [0, 2.0]),), "rescale 1, offset=-2"),
    ],
)
def test_operations_with_a_number_are_layers(operations: Any, said: str, tmp_path: Path) -> None:
    layers, last = [layer("InputLayer", "x", batch_shape=MAP)], "x"
    for number, (kind, what) in enumerate(operations):
        name = f"op{number}"
        if kind == "ReLU":
            layers.append(layer("ReLU", name, last, max_value=what))
        else:
            args = [one or tensor(last) for one in what]
            made = layer(kind, name, module="keras.src.ops.numpy")
            layers.append({**made, "name": name, "inbound_nodes": [{"args": args, "kwargs": {}}]})
        last = name
    text, _ = read(functional(layers, "x", last), tmp_path)
    assert said in text


def test_a_number_divided_by_a_value_is_not_said(tmp_path: Path) -> None:
    divided = layer("TrueDivide", "y", module="keras.src.ops.numpy")
    divided["inbound_nodes"] = [{"args": [2.0, tensor("x")], "kwargs": {}}]
    with pytest.raises(ForeignError, match="y: the language has no TrueDivide"):
        read(functional([layer("InputLayer", "x", batch_shape=MAP), divided], "x", "y"), tmp_path)


def own_model(**config: Any) -> dict[str, Any]:
    return functional(
        [
            layer("InputLayer", "x", batch_shape=MAP),
            layer("Mix", "m1", "x", module="mine", c=6, **config),
            layer("ReLU", "r", "m1"),
            layer("Mix", "m2", "r", module="mine", c=6, k=1),
            layer("Codes", "y", "m2", module="mine", n=7, d=2),
        ],
        "x",
        "y",
    )


def test_layers_of_the_models_own_are_those_that_a_spec_declares(tmp_path: Path) -> None:
    path, spec, out = (tmp_path / name for name in ("model.json", "own.arch", "net.arch"))
    path.write_text(json.dumps(own_model()))
    spec.write_text(f"input 8x8x3\n{OWN}a 8x8x6 mix(6)\n")
    assert main(["decompile", str(path), "-o", str(out), "--with", str(spec)]) == 0
    text = out.read_text()
    assert "layer mix(c, k): HxWxin -> HxWxc, params k*k*in*c + c, macs H*W*(k*k*in)*(c - 1)\n" in text
    assert "stage1  16x16x6  mix(6, 3); relu; mix(6, 1)\n" in text
    assert "codes(7, 2)" in text
    assert main(["check", str(out)]) == 0


@pytest.mark.parametrize(
    ("declared", "config", "code", "told"),
    [
        ("", {}, 4, "m1: Mix is no layer of Keras: declare it in a spec (`layer mix(…): HxWxin -> …`)"),
        (OWN.partition("\n")[0], {}, 4, "y: Codes is no layer of Keras"),
        (OWN.replace("c, k=3", "c, k"), {}, 4, "m1: Mix has no `k` in its configuration"),
        (OWN, {"k": [3, 3]}, 4, "m1: Mix has no `k` in its configuration"),
        (
            OWN.replace("HxWxin -> HxWxc", "Lxin -> Lxc").replace("macs H*W", "macs L"),
            {},
            4,
            "m1: `mix` takes Lxin",
        ),
        ("input 8x8x3\na 8x8 3x3, 4\n", {}, 2, "declares no layer"),
        ("layer mix(c): HxWxin -> HxWxq\n", {}, 2, "own.arch: "),
    ],
)
def test_a_layer_that_is_not_declared_is_named(
    declared: str,
    config: dict[str, Any],
    code: int,
    told: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path, spec, out = (tmp_path / name for name in ("model.json", "own.arch", "net.arch"))
    path.write_text(json.dumps(own_model(**config)))
    spec.write_text(declared)
    said = ["--with", str(spec)] if declared else []
    assert main(["decompile", str(path), "-o", str(out), *said]) == code
    assert told in capsys.readouterr().err
    assert not out.exists()


def test_a_spec_of_declarations_that_is_not_there_is_told(tmp_path: Path) -> None:
    (tmp_path / "model.json").write_text(json.dumps(own_model()))
    with pytest.raises(ForeignError, match="cannot read"):
        decompiled(str(tmp_path / "model.json"), declaring=str(tmp_path / "missing.arch"))


def words(*behind: dict[str, Any], outputs: str, **config: Any) -> dict[str, Any]:
    """Return a model that begins with an embedding of ten tokens, called `words`."""
    tokens = layer("InputLayer", "x", batch_shape=[None, 10])
    numbers = {"input_dim": 50, "output_dim": 8, **config}
    return functional([tokens, layer("Embedding", "words", "x", **numbers), *behind], "x", outputs)


def compared(token: int = 0) -> dict[str, Any]:
    """Return what compares the tokens with the one that is padding, as Keras writes it."""
    made = layer("NotEqual", "mask", "x", module="keras.src.ops.numpy")
    made["inbound_nodes"][0]["args"].append(token)
    return made


def masked(made: dict[str, Any]) -> dict[str, Any]:
    """Return a layer that is called with the mask of padding."""
    made["inbound_nodes"][0]["kwargs"]["mask"] = tensor("mask")
    return made


def test_padding_is_passed_over_as_the_model_does(tmp_path: Path) -> None:
    def behind(called: Any) -> list[dict[str, Any]]:
        return [
            layer("Dropout", "drop", "words", rate=0.2),
            called(layer("LSTM", "each", "drop", units=6, return_sequences=True)),
            layer("Dense", "mixed", "each", units=5, activation="tanh"),
            called(layer("GlobalAveragePooling1D", "mean", "mixed")),
            layer("Dense", "y", "mean", units=1),
        ]

    text, graph = read(words(compared(), *behind(masked), outputs="y", mask_zero=True), tmp_path)
    assert "embedding 50x8, initializer=uniform(0.05), mask=0;" in text
    assert [node.op for node in graph.nodes if "masks" in node.params] == ["lstm", "global_avg_pool"]
    text, graph = read(words(*behind(lambda made: made), outputs="y"), tmp_path)
    assert "mask" not in text
    assert not any("masks" in node.params for node in graph.nodes)


def test_padding_ends_at_a_window_as_in_keras(tmp_path: Path) -> None:
    behind = [
        layer("Conv1D", "window", "words", filters=6, kernel_size=[3]),
        layer("GRU", "y", "window", units=3),
    ]
    _, graph = read(words(*behind, outputs="y", mask_zero=True), tmp_path)
    assert not any("masks" in node.params for node in graph.nodes)


@pytest.mark.parametrize(
    ("behind", "told"),
    [
        ([layer("LSTM", "y", "words", units=3)], "y: padding reaches it"),
        ([compared(7), masked(layer("LSTM", "y", "words", units=3))], "y: it is called with a mask"),
        (
            [
                compared(),
                layer("Conv1D", "window", "words", filters=6, kernel_size=[3], padding="same"),
                masked(layer("LSTM", "y", "window", units=3)),
            ],
            "y: it is called with a mask",
        ),
        (
            [masked(layer("LSTM", "y", "words", units=3)), layer("Flatten", "mask", "words")],
            "that mask makes",
        ),
        ([compared(), layer("Flatten", "y", "mask")], "mask: the language has no NotEqual"),
    ],
)
def test_a_layer_that_does_something_else_with_padding_is_named(
    behind: list[dict[str, Any]], told: str, tmp_path: Path
) -> None:
    with pytest.raises(ForeignError, match=told):
        read(words(*behind, outputs="y", mask_zero=True), tmp_path)


def test_a_model_that_is_called_with_a_mask_is_named(tmp_path: Path) -> None:
    inner = functional(
        [layer("InputLayer", "in", batch_shape=[None, 10, 8]), layer("LSTM", "l", "in", units=3)],
        "in",
        "l",
        "y",
    )
    inner["inbound_nodes"] = masked(layer("", "", "words"))["inbound_nodes"]
    with pytest.raises(ForeignError, match=r"^y: it is a model that is called with a mask"):
        read(words(compared(), inner, outputs="y", mask_zero=True), tmp_path)


def reversible(**config: Any) -> dict[str, Any]:
    model = words(layer("LayerNormalization", "ln", "words"), outputs="words:1", **config)
    entry = model["config"]["layers"][1]
    entry["class_name"] = "ReversibleEmbedding"
    entry["inbound_nodes"].append({"args": [tensor("ln")], "kwargs": {"reverse": True}})
    return model


def test_an_embedding_that_is_applied_the_other_way_round_stays_tied(tmp_path: Path) -> None:
    text, graph = read(reversible(), tmp_path)
    assert "tied stage1" in text
    (tied,) = (node for node in graph.nodes if node.op == "tied_dense")
    assert graph.nodes[tied.shares].op == "embedding"


@pytest.mark.parametrize(
    "config", [{"tie_weights": False}, {"logit_soft_cap": 30.0}, {"reverse_dtype": "float32"}]
)
def test_one_that_does_more_is_refused(config: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(ForeignError, match=r"^words(:2)?: ReversibleEmbedding with"):
        read(reversible(**config), tmp_path)


def test_a_use_that_stands_before_the_first_call_has_the_same_weights(tmp_path: Path) -> None:
    layers = [
        layer("InputLayer", "x", batch_shape=[None, 8]),
        layer("Dense", "d", "deep", "x", units=8),  # called with what is deep first
        layer("Dense", "deep", "x", units=8),
        layer("Add", "y", ("d", "d:1")),
    ]
    _, graph = read(functional(layers, "x", "y"), tmp_path)
    assert sum(node.shares >= 0 for node in graph.nodes if node.op == "dense") == 1


def spoken(tmp_path: Path, *behind: dict[str, Any], shape: tuple[int, ...] = (9, 4)) -> str:
    """Return the rows of the spec of a few layers in a row, the last of which is `y`."""
    first = layer("InputLayer", "x", batch_shape=[None, *shape])
    text, _ = read(functional([first, *behind], "x", "y"), tmp_path)
    return text.partition("\n\n")[2]


def direction(**config: Any) -> dict[str, Any]:
    return {"module": "keras.layers", "class_name": "LSTM", "config": {"name": "one", "units": 5, **config}}


@pytest.mark.parametrize(
    ("kind", "config", "said"),
    [
        ("LSTM", {"units": 5, "return_sequences": True}, "lstm 5, sequences=yes"),
        ("GRU", {"units": 5}, "gru 5"),
        ("GRU", {"units": 5, "reset_after": False, "use_bias": False}, "gru 5, no bias, reset=before"),
        (
            "SimpleRNN",
            {"units": 5, "activation": "relu", "dropout": 0.2},
            "rnn 5, activation=relu, dropout=0.2",
        ),
        ("Bidirectional", {"layer": direction()}, "lstm 5, bidirectional=yes"),
        (
            "Bidirectional",
            {"layer": direction(), "backward_layer": direction(go_backwards=True), "merge_mode": "sum"},
            "lstm 5, bidirectional=yes, merge=sum",
        ),
    ],
)
def test_recurrent_layers_are_said(kind: str, config: dict[str, Any], said: str, tmp_path: Path) -> None:
    assert spoken(tmp_path, layer(kind, "y", "x", **config)).split("  ")[-1].strip() == said


@pytest.mark.parametrize(
    ("kind", "config"),
    [
        ("LSTM", {"units": 5, "go_backwards": True}),
        ("LSTM", {"units": 5, "zero_output_for_mask": True}),
        ("LSTM", {"units": 5, "recurrent_activation": "hard_sigmoid"}),
        ("LSTM", {"units": 5, "return_state": True}),
        ("GRU", {"units": 5, "stateful": True}),
        ("GRU", {"units": 5, "activation": "my_own"}),
        ("Bidirectional", {"layer": direction(), "merge_mode": None}),
        ("Bidirectional", {"layer": direction(), "backward_layer": direction(units=6, go_backwards=True)}),
        ("Bidirectional", {"layer": direction(), "backward_layer": direction()}),
    ],
)
def test_recurrent_layers_that_cannot_be_said_are_named(
    kind: str, config: dict[str, Any], tmp_path: Path
) -> None:
    with pytest.raises(ForeignError, match=r"^y: "):
        spoken(tmp_path, layer(kind, "y", "x", **config))


def test_a_recurrent_convolution_is_said_and_compared(tmp_path: Path) -> None:
    config = {"filters": 4, "kernel_size": [3, 3], "padding": "same", "return_sequences": True}
    rows = spoken(tmp_path, layer("ConvLSTM2D", "y", "x", **config), shape=(4, 8, 8, 3))
    assert "3x3 convlstm, 4, sequences=yes" in rows


def test_zeros_before_the_first_position(tmp_path: Path) -> None:
    config = {"filters": 4, "kernel_size": [3], "padding": "causal", "dilation_rate": [2]}
    assert "zeropad, before=4; 3, 4, dilation=2" in spoken(tmp_path, layer("Conv1D", "y", "x", **config))


def test_layers_and_operations_that_work_at_each_position(tmp_path: Path) -> None:
    inner = {"module": "keras.layers", "class_name": "Dense", "config": {"name": "d", "units": 5}}
    operation = {"module": "keras.src.ops.nn"}
    rows = spoken(
        tmp_path,
        layer("TimeDistributed", "each", "x", layer=inner),
        layer("Silu", "act", "each", **operation),
        layer("Mean", "y", "act", module="keras.src.ops.numpy", axis=[1], keepdims=False),
    )
    assert "fc 5, each position; swish" in rows
    assert "global average pool" in rows
    inner["class_name"] = "Conv1D"
    with pytest.raises(ForeignError, match=r"^y: TimeDistributed of Conv1D"):
        spoken(tmp_path, layer("TimeDistributed", "y", "x", layer=inner))


@pytest.mark.parametrize(
    "config", [{"axis": [1], "initial": 0.5}, {"axis": None}, {"axis": [2]}, {"axis": [1, 2]}]
)
def test_a_maximum_of_something_else_is_named(config: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(ForeignError, match=r"^y: the language has no"):
        spoken(tmp_path, layer("Max", "y", "x", module="keras.src.ops.numpy", **config))


def test_whole_numbers_where_others_may_stand(tmp_path: Path) -> None:
    rows = spoken(tmp_path, layer("Rescaling", "y", "x", scale=2, offset=-1), shape=(8, 8, 3))
    assert "rescale 2, offset=-1" in rows
