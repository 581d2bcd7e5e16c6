"""What a figure shows: pills in execution order, repeats drawn once where they agree, every difference told."""

import time

import pytest
from backend_graphs import everything
from figure_graphs import BOTTLENECK, PLAIN, changed, graph, row, spec

from archdsl.figure.metrics import shorten, text_width
from archdsl.figure.model import figure
from archdsl.figure.parts import Arc, Capsule, Figure, Fork, Group, Join, Split, Step, Web
from archdsl.figure.pills import Pill, amount, blocks_label
from archdsl.resolve.settings import Overrides


def pill_text(pill: Pill) -> str:
    return (
        "["
        + " | ".join(" ".join(f"{cell.text}{cell.detail} {cell.note}".split()) for cell in pill.cells)
        + "]"
    )


def sketch(step: Step) -> object:
    match step:
        case Pill():
            return pill_text(step)
        case Group():
            return (step.repeats, [sketch(inner) for inner in step.steps])
        case Split():
            return "."
        case Join(symbol):
            return symbol
        case Fork(branches):
            return tuple([sketch(inner) for inner in branch.steps] for branch in branches)
        case Web(steps, edges):
            return {"web": [sketch(inner) for inner in steps], "edges": edges}
        case Capsule(text):
            return text


def arc_text(arc: Arc) -> str:
    return f"{arc.start}>{arc.end} " + " ".join([*arc.label, *map(pill_text, arc.pills)])


def cards(model: Figure) -> list[Group]:
    return [step for step in model.steps if isinstance(step, Group)]


def test_title_and_subtitle() -> None:
    model = figure(spec("table1"), "table1.arch")
    assert model.title == "table1"
    assert model.subtitle == "11.17 M params · 555 M MACs · 18 weighted layers (+3 projections) · table1.arch"


def test_first_block_differs_in_stride_and_projection() -> None:
    card = cards(figure(spec("table1")))[1]
    assert (card.title, card.repeats, card.detail) == ("Conv3-x", 2, "16×16×128")
    assert sketch(card)[1] == [
        ".",
        "[3×3 conv, 128 /2 block 1 | BN | ReLU]",
        "[3×3 conv, 128 | BN]",
        "+",
        "[ReLU]",
    ]  # type: ignore[index]
    assert sorted(map(arc_text, card.arcs)) == [
        "0>3 block 1 [1×1 conv, 128 /2 | BN]",
        "0>3 identity (block 2)",
    ]


def test_same_blocks_have_no_notes() -> None:
    card = cards(figure(spec("table1")))[0]
    assert sketch(card) == (2, [".", "[3×3 conv, 64 | BN | ReLU]", "[3×3 conv, 64 | BN]", "+", "[ReLU]"])
    assert [arc_text(arc) for arc in card.arcs] == ["0>3 identity"]


def test_projection_without_stride_still_names_its_block() -> None:
    card = cards(figure(graph(BOTTLENECK)))[0]
    assert sorted(map(arc_text, card.arcs)) == [
        "0>4 block 1 [1×1 conv, 256 | BN]",
        "0>4 identity (blocks 2–3)",
    ]


def test_pre_activation_order_and_branch_points() -> None:
    model = figure(spec("table1-preact"))
    card = cards(model)[1]
    assert sketch(card)[1] == [
        ".",
        "[BN | ReLU]",
        ".",
        "[3×3 conv, 128 /2 block 1]",
        "[BN | ReLU | 3×3 conv, 128]",
        "+",
    ]  # type: ignore[index]
    assert sorted(map(arc_text, card.arcs)) == ["0>5 identity (block 2)", "2>5 block 1 [1×1 conv, 128 /2]"]
    assert [sketch(step) for step in model.steps[-4:]] == [
        "[BN | ReLU]",
        "[global avg pool]",
        "[dense, 10 | softmax]",
        "output",
    ]


def test_zero_padded_shortcut_has_its_own_pill() -> None:
    card = cards(figure(spec("resnet-cifar")))[1]
    assert sorted(map(arc_text, card.arcs)) == [
        "0>3 block 1 [subsample /2 | zero-pad +16]",
        "0>3 identity (blocks 2–3)",
    ]


def test_shapes_stand_only_where_they_changed() -> None:
    model = figure(spec("table1"))
    assert model.shapes == ("", "32×32×3", "32×32×64", "", "16×16×128", "8×8×256", "4×4×512", "512", "10")


def test_shares_add_up() -> None:
    network = spec("table1")
    conv5 = cards(figure(network))[3]
    assert [meter.text for meter in conv5.meters] == ["8.39 M params", "134 M MACs"]
    assert conv5.meters[0].share == pytest.approx(8_393_728 / 11_173_962, abs=1e-4)
    assert conv5.meters[1].share == pytest.approx(134_217_728 / 555_422_720, abs=1e-3)


def test_plain_nested_and_several_brackets() -> None:
    model = figure(graph(PLAIN))
    one, two, three = cards(model)
    assert (one.repeats, [sketch(step) for step in one.steps]) == (2, ["[3×3 conv, 8 | ReLU]"])
    assert sketch(model.steps[2]) == "[2×2 max pool /2]"
    assert sketch(two) == (
        3,
        ["[3×3 conv, 16 | ReLU]", (2, ["[1×1 conv, 8 | ReLU]", "[3×3 conv, 16 | ReLU]"])],
    )
    assert sketch(three) == (1, [(2, ["[5×5 conv, 16 | ReLU]"]), (4, ["[3×3 conv, 24 | ReLU]"])])
    assert not any(card.arcs for card in (one, two, three))


def test_blocks_that_differ_in_an_op_stand_apart() -> None:
    network = changed(
        graph(PLAIN), "one/block2/conv", lambda node: node._replace(params={**node.params, "kernel": (5, 5)})
    )
    card = cards(figure(network))[0]
    assert card.repeats == 1
    assert [(inner.detail, sketch(inner)) for inner in card.steps if isinstance(inner, Group)] == [
        ("block 1", (1, ["[3×3 conv, 8 | ReLU]"])),
        ("block 2", (1, ["[5×5 conv, 8 | ReLU]"])),
    ]


@pytest.mark.parametrize(
    ("param", "value"),
    [("groups", 2), ("bias", True), ("initializer", "zeros"), ("dilation", (2, 2)), ("channels", 31)],
)
def test_no_difference_between_blocks_is_hidden(param: str, value: object) -> None:
    base = spec("resnet-cifar")
    network = changed(
        base, "conv3/block2/conv2", lambda node: node._replace(params={**node.params, param: value})
    )
    groups = [step for step in cards(figure(network))[1].steps if isinstance(step, Group)]
    assert len(cards(figure(base))[1].steps) == 5
    assert [group.detail for group in groups] == ["block 1", "block 2", "block 3"]


def test_stride_in_a_middle_block_is_named() -> None:
    network = changed(
        graph(PLAIN),
        "three/block5/conv",
        lambda node: node._replace(params={**node.params, "stride": (2, 1)}),
    )
    inner = cards(figure(network))[2].steps[1]
    assert sketch(inner) == (4, ["[3×3 conv, 24 /2×1 block 3 | ReLU]"])


def test_deep_network_collapses_to_the_same_page_quickly() -> None:
    shallow = figure(spec("resnet-cifar"))
    deep_graph = spec("resnet-cifar", Overrides({"n": 200}, None, None))
    start = time.perf_counter()
    deep = figure(deep_graph)
    assert time.perf_counter() - start < 2
    assert len(deep.steps) == len(shallow.steps)
    assert [card.repeats for card in cards(deep)] == [200] * 3
    assert sorted(map(arc_text, cards(deep)[1].arcs))[1] == "0>3 identity (blocks 2–200)"


def test_any_rank() -> None:
    window = {"stride": (1, 1, 1), "padding": "same", "dilation": (1, 1, 1), "groups": 1, "bias": True}
    conv = ("conv", {"kernel": (3, 3, 3), "channels": 4, **window}, (8, 9, 7, 4))
    model = figure(
        row((8, 9, 7, 1), conv, ("flatten", {}, (2016,)), ("dense", {"channels": 3, "bias": True}, (3,)))
    )
    assert model.shapes == ("", "8×9×7×1", "8×9×7×4", "2016", "3")
    assert [sketch(step) for step in model.steps[1:-1]] == ["[3×3×3 conv, 4]", "[flatten]", "[dense, 3]"]
    flat = figure(row((12,), ("dense", {"channels": 3, "bias": True}, (3,))))
    assert [sketch(step) for step in flat.steps] == ["input", "[dense, 3]", "output"]


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0"),
        (1856, "1.9 k"),
        (147_968, "0.15 M"),
        (11_173_962, "11.17 M"),
        (555_422_720, "555 M"),
        (4_089_184_256, "4.09 G"),
    ],
)
def test_amount(count: int, text: str) -> None:
    assert amount(count) == text


def test_blocks_label() -> None:
    assert [blocks_label(blocks) for blocks in ([1], [2, 3, 4], [1, 3])] == [
        "block 1",
        "blocks 2–4",
        "blocks 1, 3",
    ]


def test_metrics() -> None:
    assert text_width("conv", 10, bold=True) > text_width("conv", 10) > 0
    assert text_width("日本", 10) == 20
    assert shorten("a\nb\tc   d", 20) == "a b c d"
    assert shorten("abcdefghij", 5) == "abcd…"


def test_what_grows_and_what_joins() -> None:
    steps = [sketch(step) for step in figure(everything(True)).steps]
    assert steps[1] == "[3×3 conv transpose, 8 ×2]"
    assert "[pixel shuffle ×2]" in steps
    assert "[upsample ×1×2]" in steps
    assert "[channels 1–9]" not in steps
    assert {"[channel 2]", "[channels 2–9]"} <= {step for step in steps if isinstance(step, str)}
    words = repr(steps)
    assert all(f"'{join}'" in words for join in ("×", "concat", "max", "avg", "+"))
    assert "[LRN | LCN | scale | GN | IN | BN | PReLU | LeakyReLU]" in words
