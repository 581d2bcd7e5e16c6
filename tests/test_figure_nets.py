"""Figures of networks with branches: what is drawn, at every level, as golden DOT texts and as drawings."""

import re
from contextlib import nullcontext
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from figure_graphs import PLAIN, changed, graph, spec
from figure_nets import NETS, Net, densenet, inception, resnet, unet
from figure_random import RandomNet
from test_figure_dot import HOSTILE
from test_figure_draw import SVG, texts
from test_figure_model import arc_text, cards, sketch

import archdsl
from archdsl.figure import engine as drawing
from archdsl.figure.dot import figure_dot, write
from archdsl.figure.draw import draw, draw_sketch, render, svg
from archdsl.figure.engine import run_graphviz
from archdsl.figure.levels import LEVELS, TooManyLayersError, fits, leveled
from archdsl.figure.marks import marks
from archdsl.figure.model import figure
from archdsl.figure.paper import paper
from archdsl.figure.paper_dot import write_paper
from archdsl.figure.parts import Figure, Fork, Group, Join, Split, Step, Web
from archdsl.figure.sketch import sketch as sketch_figure
from archdsl.figure.theme import LIGHT
from archdsl.figure.wrap import figure_size, wrapped
from archdsl.graph.graph import Graph, SketchStage
from archdsl.pipeline import compile_source
from archdsl.source import Source

GOLDEN = Path(__file__).parent / "golden" / "figure"
BROKEN = (
    SketchStage("conv1", (32, 32), (32, 32, 64), "3x3, 64", False, 3, 1856),
    SketchStage("conv4_x", (8, 8), (16, 16, 256), "[3x3,256; 3x3,256] x2", True, 6, 2_099_712),
    SketchStage("", (1, 1), None, "average pool, softmaxx", True, 8, 0),
)


@pytest.mark.parametrize("name", NETS)
def test_golden(name: str, request: pytest.FixtureRequest) -> None:
    path = GOLDEN / f"{name}.dot"
    text = figure_dot(NETS[name]())
    if request.config.getoption("--update-golden"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8"), (
        f"the figure of {name} changed; look at it, then run pytest --update-golden"
    )


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", NETS)
def test_every_level_is_drawn(name: str, level: str) -> None:
    network = NETS[name]()
    if level == "layer" and name == "densenet-264":
        pytest.skip("too many layers")
    root = ElementTree.fromstring(svg(network, "light", level))
    shown = texts(root).replace("\u00a0", " ")
    assert network.name in shown
    if level in ("stage", "paper"):
        assert all(
            stage.label in shown
            for stage in network.stages
            if stage.label != "head" and not stage.label.startswith("aux")
        )


def steps_of(model: Figure) -> list[Step]:
    """List every step of a figure, the inner ones too."""
    found: list[Step] = []
    waiting = [*model.steps, *(step for side in model.sides for step in side.steps)]
    while waiting:
        step = waiting.pop()
        found.append(step)
        if isinstance(step, Group | Web):
            waiting += step.steps
        elif isinstance(step, Fork):
            waiting += [inner for branch in step.branches for inner in branch.steps]
    return found


@pytest.mark.parametrize("level", ["stage", "block", "layer"])
@pytest.mark.parametrize("name", NETS)
def model_edges_have_both_ends(name: str, level: str) -> None:
    model = figure(NETS[name](), level=level)
    steps = steps_of(model)
    starts = {step.mark for step in steps if isinstance(step, Split)}
    heads = {getattr(step, "mark", -1) for step in steps if not isinstance(step, Split)}
    assert {far.start for far in model.far} | {side.start for side in model.sides} <= starts
    assert all(far.end in heads for far in model.far if far.step < 0)


@pytest.mark.parametrize("name", NETS)
def test_trunk_is_straight(name: str) -> None:
    """Steps of the trunk outside cards stand below each other: input, output and what is between (without columns)."""
    root = ElementTree.fromstring(run_graphviz(figure_dot(NETS[name]()), "svg"))
    centres = set()
    for text in root.iter(f"{SVG}text"):
        if "".join(text.itertext()) in ("input", "output"):
            centres.add(round(float(text.get("x") or 0)))
    sides = len(NETS[name]().outputs) - 1
    assert len(centres) == 1 + sides


def test_inception_branches_side_by_side() -> None:
    card = cards(figure(inception()))[0]
    assert (card.title, card.kind, card.detail) == ("3a", "inception", "28×28×256")
    branches = (
        ["[1×1 conv, 64 | ReLU]"],
        ["[1×1 conv, 96 | ReLU]", "[3×3 conv, 128 | ReLU]"],
        ["[1×1 conv, 16 | ReLU]", "[5×5 conv, 32 | ReLU]"],
        ["[3×3 max pool]", "[1×1 conv, 32 | ReLU]"],
    )
    assert sketch(card) == (1, [".", branches, "concat"])


def test_branches_split_again() -> None:
    conv = "[{} conv, 384 | BN | ReLU]".format
    for name, join in (("inception-e", ["concat"]), ("inception-e-flat", [])):
        drawn = sketch(cards(figure(NETS[name]()))[0])
        fork = drawn[1][1]  # type: ignore[index]
        assert fork[1] == [conv("1×1"), ".", ([conv("1×3")], [conv("3×1")]), *join]


def test_shortcut_past_a_fork() -> None:
    card = cards(figure(NETS["inception-resnet"]()))[0]
    assert (card.title, card.kind, card.repeats) == ("block35", "", 10)
    assert [type(step).__name__ for step in card.steps] == ["Split", "Fork", "Join", "Pill", "Join", "Pill"]
    assert [arc_text(arc) for arc in card.arcs] == ["0>4 identity"]


def test_gate_is_a_branch_of_its_own() -> None:
    card = cards(figure(NETS["se-resnet"]()))[1]
    gate = "[global avg pool] [dense, 32 | ReLU] [dense, 512 | sigmoid]"
    assert [arc_text(arc) for arc in card.arcs if arc.kind == "gate"] == [f"4>5 {gate}"]
    assert sorted(arc_text(arc) for arc in card.arcs if arc.kind != "gate") == [
        "0>6 block 1 [1×1 conv, 512 /2 | BN]",
        "0>6 identity (blocks 2–4)",
    ]
    assert sketch(card)[1][4:] == [".", "×", "+", "[ReLU]"]  # type: ignore[index]


def test_first_mbconv_stands_apart() -> None:
    card = cards(figure(NETS["mbconv"]()))[2]
    assert (card.title, card.kind, card.repeats) == ("stage 4", "MBConv6", 1)
    assert [(inner.detail, inner.repeats) for inner in card.steps if isinstance(inner, Group)] == [
        ("block 1", 1),
        ("blocks 2–4", 3),
    ]


def test_dense_block_is_one_card_with_its_range() -> None:
    card = cards(figure(densenet(6)))[0]
    assert (card.title, card.kind, card.repeats, card.detail) == (
        "dense block 1",
        "dense layer",
        6,
        "56×56×96…256",
    )
    assert sketch(card)[1] == [".", "[BN | ReLU | 1×1 conv, 128]", "[BN | ReLU | 3×3 conv, 32]", "concat"]  # type: ignore[index]
    assert [arc_text(arc) for arc in card.arcs] == ["0>3 identity"]


def test_a_different_layer_in_a_dense_block_is_not_hidden() -> None:
    base = densenet(6)
    name = next(
        node.name for node in base.nodes if node.op == "conv" and node.frames and node.frames[0].index == 3
    )
    network = changed(base, name, lambda node: node._replace(params={**node.params, "groups": 2}))
    details = [step.detail for step in cards(figure(network))[0].steps if isinstance(step, Group)]
    assert details == ["blocks 1–3 · 56×56×96…160", "block 4", "blocks 5–6 · 56×56×224…256"]


def test_skips_lead_from_encoder_to_decoder() -> None:
    model = figure(unet(2))
    assert [far.label for far in model.far] == ["128×128×128", "256×256×64"]
    assert sketch(cards(model)[0])[1][1] == "concat"  # type: ignore[index]
    assert not model.loose


def test_rows_from_afar() -> None:
    """Two streams: the second row starts from the input again, the third joins both."""
    net = Net("streams", (8, 8, 3))
    with net.row("left"):
        left = net.conv(net.input, 4)
    with net.row("right"):
        right = net.conv(net.input, 4, 5)
    with net.row("join"):
        out = net.op("add", left, right)
    model = figure(net.graph(out))
    loose = [sketch(model.steps[at]) for at in sorted(model.loose)]
    assert loose == ["[5×5 conv, 4 | BN | ReLU]"]
    assert [(far.label, far.step >= 0) for far in model.far] == [("8×8×4", False), ("8×8×3", True)]
    assert svg(net.graph(out))


def test_auxiliary_heads_stand_beside_the_trunk() -> None:
    model = figure(NETS["auxiliary"]())
    assert len(model.sides) == 2
    first = model.sides[0].steps
    assert isinstance(first[0], Group)
    assert (first[0].title, sketch(first[1]), sketch(first[-1])) == ("aux1", "[5×5 avg pool /3]", "output")
    assert [step.title for step in model.steps if isinstance(step, Group)] == ["conv1", "conv2", "conv3"]


def test_what_is_not_in_series_or_parallel_is_drawn_edge_by_edge() -> None:
    steps = cards(figure(NETS["tangled"]()))[0].steps
    web = next(step for step in steps if isinstance(step, Web))
    assert len(web.edges) == 12
    assert (
        sum(isinstance(step, Join) for step in web.steps) + sum(isinstance(step, Join) for step in steps) == 3
    )


def test_a_chain_with_overlapping_shortcuts_stays_a_chain() -> None:
    net = Net("overlap", (8, 8, 4))
    with net.row("r"), net.frame("cell"):
        a = net.conv(net.input, 4)
        b = net.op("add", net.conv(a, 4), net.input)
        c = net.op("add", net.conv(b, 4), a)
    card = cards(figure(net.graph(c)))[0]
    assert [sketch(step) for step in card.steps].count("+") == 2
    assert sorted(arc_text(arc) for arc in card.arcs) == ["0>4 identity", "2>6 identity"]


def test_stage_level_has_no_inside() -> None:
    model = figure(resnet(3, 8, 36, 3), level="stage")
    assert [(card.title, card.repeats, card.steps) for card in cards(model)][3] == ("conv4_x", 36, ())
    assert model.shapes[1] == "224×224×3"


def test_a_card_without_inside_tells_gates_shortcuts_and_activations() -> None:
    lines = [card.lines for card in cards(figure(printed("mobilenet-v3-small"), level="stage"))]
    assert "ReLU · squeeze and excitation" in lines[1]
    assert any("hard silu · squeeze and excitation · residual" in line for line in lines)
    assert "residual" in cards(figure(spec("table1"), level="stage"))[1].lines[1]
    plain = cards(figure(printed("vgg#D"), level="stage"))
    plain += cards(figure(printed("bert"), level="stage"))[:1]  # a sum, but no way past layers
    assert not any("residual" in line for card in plain for line in card.lines)


def test_layer_level_draws_every_repeat() -> None:
    card = cards(figure(graph(PLAIN), level="layer"))[0]
    assert [(inner.detail, sketch(inner)) for inner in card.steps if isinstance(inner, Group)] == [
        ("block 1", (1, ["[3×3 conv, 8 | ReLU]"])),
        ("block 2", (1, ["[3×3 conv, 8 | ReLU]"])),
    ]
    with pytest.raises(TooManyLayersError, match=r"at most 400\); draw level `block`"):
        leveled(resnet(3, 8, 200, 3), "", "layer")


@pytest.mark.parametrize("name", ["resnet-152", "densenet-264", "unet", "mbconv"])
def test_auto_fits_a_page(name: str) -> None:
    network = NETS[name]()
    model = leveled(network, "", "auto")
    assert fits(model)
    root = ElementTree.fromstring(svg(network, "light", "auto"))
    height = float((root.get("height") or "").removesuffix("pt"))
    assert height * 0.43 <= 842
    assert model == wrapped(figure(network, "", "block" if fits(wrapped(figure(network))) else "stage"))


@pytest.mark.parametrize("framed", [True, False])
def test_auto_draws_blocks_of_a_long_network_once_or_stages_where_there_are_none(*, framed: bool) -> None:
    assert leveled(spec("table1"), "", "auto") == wrapped(figure(spec("table1")))
    net = Net("long", (8, 8, 8))
    x = net.input
    for number in range(40):
        with net.row(f"m{number}"), net.frame("block") if framed else nullcontext():
            x = net.op("add", net.conv(x, 8), x)
    drawn = leveled(net.graph(x), "", "auto")
    assert drawn.insets if framed else drawn == wrapped(figure(net.graph(x), level="stage"))


@pytest.mark.parametrize("name", [*NETS, *range(60)])
@pytest.mark.parametrize("level", ["block", "stage"])
def test_columns_hold_together(name: str | int, level: str) -> None:
    network = NETS[name]() if isinstance(name, str) else RandomNet(name).graph()
    model = wrapped(figure(network, "", level))
    whole = figure(network, "", level)
    assert model._replace(breaks=(), shapes=whole.shapes) == whole
    for at, (shape, before) in enumerate(zip(model.shapes, whole.shapes, strict=True)):
        filled = at in model.breaks and level == "block"
        assert shape == (next((above for above in whole.shapes[at::-1] if above), "") if filled else before)
    bounds = [0, *model.breaks, len(model.steps)]
    assert bounds == sorted(set(bounds))
    column = {
        mark: number
        for number, (low, high) in enumerate(pairwise(bounds))
        for step in model.steps[low:high]
        for mark in marks(step)
    }
    for far in model.far:
        end = sum(far.step >= place for place in model.breaks) if far.step >= 0 else column.get(far.end)
        # What goes to a layer that is drawn with others is told there.
        assert end in (
            None,
            column[far.start],
        )
    assert not model.loose & set(model.breaks)
    dot = write(model)
    assert all(dot.count(f'goes on at the next {number + 1}"') == 2 for number in range(len(model.breaks)))


def test_a_long_chain_stands_in_columns_that_balance() -> None:
    net = Net("chain", (8, 8, 8))
    x = net.input
    for number in range(60):
        with net.row(f"m{number}"):
            x = net.conv(x, 8)
    model = wrapped(figure(net.graph(x)))
    lengths = [high - low for low, high in pairwise([0, *model.breaks, len(model.steps)])]
    assert len(lengths) > 2
    assert max(lengths) - min(lengths) <= 2
    assert fits(model)


@pytest.mark.parametrize("name", [*NETS, "table1", "wide-resnet"])
def test_the_size_is_estimated(name: str) -> None:
    network = NETS[name]() if name in NETS else spec(name)
    root = ElementTree.fromstring(svg(network, "light", "block"))
    height = float((root.get("height") or "").removesuffix("pt"))
    assert height * 0.75 < figure_size(wrapped(figure(network)))[1] < height * 1.3


def chain(rows: int, channels: int = 8) -> Graph:
    net = Net("chain", (8, 8, 3))
    x = net.input
    for number in range(rows):
        with net.row(f"m{number // 4}"):
            x = net.conv(x, channels)
    return net.graph(x)


def test_rows_alike_are_one_glyph_of_a_strip() -> None:
    model = paper(chain(10))
    assert [(glyph.name, glyph.repeats) for glyph in model.glyphs] == [
        ("image", 1),
        ("m0", 4),
        ("m1", 4),
        ("m2", 2),
    ]
    assert model.glyphs[1].tooltip.count("\n") == 3
    assert len(model.strides) == 4


def test_a_long_strip_goes_on_below() -> None:
    short, long = (write_paper(paper(chain(rows))) for rows in (20, 120))
    assert "goes on at" not in short
    circles = re.findall(r'goes on at the next (\d+)"', long)
    assert circles
    assert all(circles.count(number) == 2 for number in circles)


def test_paper_strip_and_insets() -> None:
    model = paper(spec("table1"))
    assert [(glyph.name, glyph.repeats) for glyph in model.glyphs][:3] == [
        ("image", 1),
        ("Conv1", 1),
        ("Conv2-x", 2),
    ]
    assert [glyph.name for glyph in model.glyphs][-2:] == ["global avg pool", "dense"]
    assert model.strides == ("", "", "", "/2", "/2", "/2", "", "")
    heights = [glyph.height for glyph in model.glyphs][1:6]
    widths = [glyph.width for glyph in model.glyphs][1:6]
    assert heights == sorted(heights, reverse=True)
    assert widths == sorted(widths)
    assert [inset.title for inset in model.insets] == ["A", "B"]
    assert [glyph.told for glyph in model.glyphs][2:6] == ["A×2", "B, A", "B, A", "B, A"]
    assert "[3×3 conv, C /2 | BN | ReLU]" in [sketch(step) for step in model.insets[1].steps]
    assert model.far == ()
    assert sorted(paper(unet(2)).far) == [(1, 7), (3, 6)]


def test_many_distinct_blocks_leave_channels_out() -> None:
    net = Net("many", (8, 8, 8))
    x = net.input
    for number in range(6):
        with net.row(f"m{number}"), net.frame("pair"):
            x = net.conv(net.conv(x, 8, 1), 10 + 3 * number)
    model = paper(net.graph(x))
    assert [sketch(step) for step in model.insets[0].steps] == [
        "[1×1 conv | BN | ReLU]",
        "[3×3 conv | BN | ReLU]",
    ]
    assert len(model.insets) == 1


def test_blocks_that_differ_in_a_rate_are_one_inset_that_says_from_what_to_what() -> None:
    net = Net("rates", (8, 8, 8))
    x = net.input
    for number in range(3):
        with net.row(f"m{number}"), net.frame("block"):
            x = net.op("add", net.op("dropout", net.conv(x, 8), rate=0.1 * (number + 1)), x)
    model = paper(net.graph(x))
    assert [inset.title for inset in model.insets] == ["A"]
    assert any("dropout 0.1…0.3" in str(sketch(step)) for step in model.insets[0].steps)


def test_heads_beside_the_trunk_are_strips_of_their_own() -> None:
    model = paper(NETS["auxiliary"]())
    assert len(model.sides) == 2 and all(side.glyphs for side in model.sides)
    dot = write_paper(model)
    assert all(f">from {side.start}<" in dot for side in model.sides)


def test_a_broken_table_is_drawn() -> None:
    model = sketch_figure("net", BROKEN, "net.arch", "2 errors: E0301 at net.arch:7:10")
    sound, faulty, unknown = cards(model)
    assert (sound.faulty, sound.title, sound.detail) == (False, "conv1", "32×32×64")
    assert (faulty.faulty, faulty.lines) == (
        True,
        ("declared 8×8, computed 16×16×256", "[3x3,256; 3x3,256] x2"),
    )
    assert (unknown.title, unknown.lines[0]) == ("average pool, softmaxx", "declared 1×1, not computed")
    assert model.fault.startswith("2 errors")


@pytest.mark.parametrize("kind", ["svg", "png", "pdf", "dot"])
def test_a_broken_table_in_every_format(kind: str, tmp_path: Path) -> None:
    out = tmp_path / f"x.{kind}"
    draw_sketch(sketch_figure("net", BROKEN, fault="1 error"), str(out))
    assert out.stat().st_size > 1000
    if kind == "svg":
        text = out.read_text(encoding="utf-8")
        assert LIGHT.fault.lower() in text
        assert "declared 8×8, computed 16×16×256" in texts(ElementTree.fromstring(text)).replace(
            "\u00a0", " "
        )


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text(text: str) -> None:
    base = inception()
    stages = tuple(stage._replace(label=text, name=text) for stage in base.stages)
    nodes = tuple(
        node._replace(name=text, frames=tuple(f._replace(name=text) for f in node.frames))
        for node in base.nodes
    )
    network = base._replace(name=text, stages=stages, nodes=nodes)
    for level in ("stage", "block", "paper"):
        root = ElementTree.fromstring(svg(network, "light", level))
        assert not {element.tag.removeprefix(SVG) for element in root.iter()} & {
            "script",
            "br",
            "b",
            "a",
            "image",
        }
    stage = SketchStage(text, (8, 8), None, text, True, 1, 0)
    dot = figure_dot(network) + write_paper(paper(network))
    assert "<b>c</b>" not in dot
    assert "\\N" not in re.sub(r"&#92;&#92;", "", dot)
    sketched = sketch_figure(text, (stage,), text, text)
    assert isinstance(sketched, Figure)


def test_hostile_sketch(tmp_path: Path) -> None:
    for number, text in enumerate(HOSTILE):
        stage = SketchStage(text, (8, 8), None, text, True, 1, 0)
        draw_sketch(
            sketch_figure(text, (stage,), text, text, {stage.line: [text]}), str(tmp_path / f"{number}.svg")
        )
        ElementTree.parse(tmp_path / f"{number}.svg")


def test_all_themes(tmp_path: Path) -> None:
    for level in ("stage", "paper"):
        light, dark = (render(inception(), "dot", theme, level).decode() for theme in ("light", "dark"))
        colour = re.compile(r"#[0-9A-F]{6}")
        assert light != dark
        assert colour.sub("", light) == colour.sub("", dark)
    draw(inception(), str(tmp_path / "x.svg"), "auto", "paper")
    assert "prefers-color-scheme" in (tmp_path / "x.svg").read_text(encoding="utf-8")


def test_no_graph_is_too_deep_or_too_wide() -> None:
    """A torch-style dense block, each layer taking all before it, is drawn edge by edge and in bounded time."""
    net = Net("hairball", (8, 8, 4))
    with net.row("dense"), net.frame("dense block"):
        outputs = [net.input]
        for _ in range(12):
            outputs.append(net.conv(net.op("concat", *outputs) if len(outputs) > 1 else net.input, 4))
        out = net.op("concat", *outputs)
    network: Graph = net.graph(out)
    assert svg(network, "light", "block")


@pytest.mark.parametrize("seed", range(40))
def test_random_networks_are_drawn(seed: int) -> None:
    network = RandomNet(seed).graph()
    for level in ("stage", "block", "layer", "paper"):
        ElementTree.fromstring(svg(network, "light", level))
        assert render(network, "mmd", "light", level)
    model = figure(network, level="layer")
    starts = {step.mark for step in steps_of(model) if isinstance(step, Split)}
    heads = {getattr(step, "mark", -1) for step in steps_of(model) if not isinstance(step, Split)}
    assert {far.start for far in model.far} | {side.start for side in model.sides} <= starts
    assert {far.end for far in model.far if far.step < 0} <= heads


def test_a_breakdown_of_graphviz_is_survived(monkeypatch: pytest.MonkeyPatch) -> None:
    text = figure_dot(unet(1))
    assert drawing.run_guarded(text, "svg").startswith(b"<?xml")
    monkeypatch.setattr(
        drawing, "_GUARDED", "import os, sys; 'compound' in sys.stdin.read() and os.abort(); print('<?xml')"
    )
    assert drawing.run_guarded(text, "svg") == b"<?xml\n"
    monkeypatch.setattr(drawing, "_GUARDED", "import os; os.abort()")
    with pytest.raises(drawing.LayoutError, match="draw level `stage` instead"):
        drawing.run_guarded(text, "svg")
    monkeypatch.setattr(drawing, "_GUARDED", "import sys; sys.exit(3)")
    with pytest.raises(drawing.EngineMissingError, match="pip install pygraphviz"):
        drawing.run_guarded(text, "svg")


def test_mermaid_holds_every_edge() -> None:
    """As many arrows as edges: a residual block's two ways, four branches, skips, heads."""
    text = render(inception(), "mmd", "light", "block").decode()
    assert text.startswith("flowchart TB\n")
    assert text.count("subgraph") == 2
    assert text.count("-->") == 2 * (4 + 3 + 4) + 5
    assert 'n0(["input"])' in text
    assert len(re.findall(r"-\.->", render(spec("table1"), "mmd", "light", "block").decode())) == 6
    assert render(unet(2), "mmd", "light", "block").decode().count('-->|"256×256×64"|') == 3


@pytest.mark.parametrize("text", HOSTILE)
def test_mermaid_quotes(text: str) -> None:
    base = inception()
    network = base._replace(stages=tuple(stage._replace(label=text, name=text) for stage in base.stages))
    for level in ("stage", "block", "paper"):
        for line in render(network, "mmd", "light", level).decode().splitlines():
            assert line.count('"') in (0, 2)
            label = line.partition('"')[2].rpartition('"')[0]
            assert not set(re.sub(r"#\d+;", "", label)) & set('#"<>&;`[](){}|\\')
    for name in NETS:
        assert render(NETS[name](), "mmd", "light", "auto")


def printed(name: str) -> Graph:
    """Return the graph of a published network, `SPEC#VARIANT`."""
    path, _, variant = name.partition("#")
    folder = Path(__file__).parent.parent / "specs" / "papers"
    return archdsl.load(str(folder / f"{path}.arch"), variant=variant).network().graph


def test_a_strip_loses_no_layer_and_no_repeat() -> None:
    resnet = {glyph.name: glyph for glyph in paper(printed("resnet#50-layer")).glyphs}
    assert resnet["conv1"].layers == "7×7 conv, 64 /2"
    assert (resnet["conv2_x"].badge, resnet["conv2_x"].layers) == ("×3", "3×3 max pool /2")
    assert resnet["dense"].layers == ""  # its name says it
    convnext = {glyph.name: glyph for glyph in paper(printed("convnext#ConvNeXt-T")).glyphs}
    assert [convnext[f"res{number}"].badge for number in (2, 3, 4, 5)] == ["×3", "×3", "×9", "×3"]
    assert convnext["stem"].layers == "4×4 conv, 96 /4"


def test_a_row_with_two_repeated_blocks_says_both() -> None:
    text = "input 8x8x4\nstyle resnet\na 8x8 [3x3, 4; 3x3, 4] x2, [1x1, 4; 1x1, 4] x3\n"
    graph = compile_source(Source("two.arch", text)).compiled[0].graph
    assert graph is not None
    assert paper(graph).glyphs[1].badge == "×2, ×3"


def test_a_key_names_the_colours_of_a_strip() -> None:
    dot = write_paper(paper(printed("resnet#50-layer")))
    assert [name for name in ("convolution", "pooling", "dense") if f">{name}<" in dot] == [
        "convolution", "pooling", "dense"
    ]  # fmt: skip
