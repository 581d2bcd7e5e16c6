"""Small decisions of the front half that whole networks seldom turn on: found by changing one line at a time."""

import pytest

from archdsl.detect.rows import of_row
from archdsl.detect.words import said
from archdsl.diagnostics import Reporter
from archdsl.editor.document import Live
from archdsl.forms.forms import read_sheets
from archdsl.lang.counts import agrees
from archdsl.lang.ordinals import is_kind, kind_of, layer_kind
from archdsl.network import Spec
from archdsl.pipeline import compile_source
from archdsl.resolve.settings import Overrides
from archdsl.resolve.template import MAX_DEPTH
from archdsl.source import Source, Span
from archdsl.table.kinds import kinds
from archdsl.text.decode import decode
from archdsl.text.grid import Cell, GridRow, Part, joined


def trainable(text: str, path: str = "net.md") -> int:
    """Return the number of trained parameters of the only network of a clean text."""
    found = compile_source(Source(path, text))
    assert found.diagnostics == ()
    return Spec(found).networks[0].params.trainable


@pytest.mark.parametrize(("size", "said"), [("8x8", "8x8"), ("-", ""), ("large", ""), ("", "")])
def test_evidence_of_a_row_has_its_size(size: str, said: str) -> None:
    row = GridRow(Cell("conv1", 0), Cell(size, 6), (Part(Cell("conv", 12)),), Span(0, 16))
    assert of_row(row).size == said
    assert of_row(row).numbers == bool(said)


def test_the_first_row_may_read_the_input() -> None:
    head = "| Layer | Input size | In channels | Kernel | Filters |\n|---|---|---|---|---|\n"
    rows = "| conv1 | 16x16 | 3 | 3x3 | 8 |\n| conv2 | 16x16 | 8 | 3x3 | 4 |\n"
    assert trainable(head + rows) == 3 * 3 * 3 * 8 + 8 + 3 * 3 * 8 * 4 + 4


def test_titles_with_inputs_part_a_table_into_networks() -> None:
    head = "| Layer | Kernel | Filters |\n|---|---|---|\n"
    first = "| Encoder, input 8 x 8 x 3 | | |\n| conv1 | 3x3 | 4 |\n"
    second = "| Decoder, input 8 x 8 x 4 | | |\n| conv2 | 3x3 | 2 |\n"
    found = compile_source(Source("net.md", head + first + second))
    assert [one.settings.input for one in found.compiled] == [(8, 8, 3), (8, 8, 4)]


def test_letters_of_an_input_that_a_parameter_says_are_not_open() -> None:
    found = compile_source(Source("net.arch", "param H = 8\ninput HxWx3\n\nconv1 3x3, 4\n"))
    (one,) = found.compiled
    assert one.settings.open_axes == ("", "W")
    assert one.settings.input[0] == 8
    assert [diagnostic.code for diagnostic in found.diagnostics] == ["W0305"]


@pytest.mark.parametrize(("side", "padding", "after"), [(8, 1, 5), (7, 0, 3), (8, 0, 4), (6, 1, 4)])
def test_a_pool_that_rounds_up_counts_the_zeros_before_it(side: int, padding: int, after: int) -> None:
    """As PyTorch counts: the last window begins in the map or in the zeros before it."""
    row = f"pool  max pool 3x3, stride 2, padding {padding}, ceil mode"
    found = compile_source(Source("net.arch", f"input {side}x{side}x3\n\n{row}\n"))
    assert found.diagnostics == ()
    assert Spec(found).networks[0].graph.nodes[-1].shape == (after, after, 3)


@pytest.mark.parametrize(("layer", "entering"), [("Conv2d(1, 6, 5)", 1), ("5x5 conv, 6", 3)])
def test_the_first_layer_says_the_channels_of_the_input(layer: str, entering: int) -> None:
    table = f"| Stage | Input size | Layer |\n|---|---|---|\n| first | 16x16 | {layer} |\n"
    (one,) = compile_source(Source("net.md", table)).compiled
    assert one.settings.input == (16, 16, entering)


@pytest.mark.parametrize(
    ("rows", "example"),
    [
        ("a 112x112 7x7, 64, stride 2\nb 56x56 3x3 max pool, stride 2", "224x224x3"),
        ("a 56x56 3x3, 8\nb 28x28 3x3, 8", "56x56x3"),
        ("a 30x30x8 3x3, 8, padding valid", "32x32x3"),
        ("a 20 3x3, 8", "32x32x3"),  # no size of a map: the example is any
        ("a 7x7 gap\nb 10-d fc", "32x32x3"),  # nothing makes a map of this
        ("a 112x112 7x7, 8, stride 2\nb 112x112 [3x3, 8; 3x3, 8] x2", "224x224x3"),
        (
            "a 112x112 7x7, 8, stride 2\nb 112x112 [3x3, 8; 3x3, 8] x3000",
            "32x32x3",
        ),  # not built again and again
    ],
)
def test_a_missing_input_is_asked_for_with_one_that_fits(rows: str, example: str) -> None:
    (found,) = compile_source(Source("net.arch", rows + "\n")).diagnostics
    assert found.code == "E0215"
    assert f"`--input {example}`" in found.help


@pytest.mark.parametrize(
    ("text", "encoding"),
    [("conv 3x3 " * 4 + "→", "UTF-16-LE"), ("conv 3x3 " + "→" * 3, "")],
)
def test_utf_16_without_its_mark_is_mostly_ascii(text: str, encoding: str) -> None:
    found = decode(text.encode("utf-16-le"))
    assert found.encoding == encoding
    assert found.text == (text if encoding else None)


def test_parts_of_a_text_keep_their_places_when_put_together() -> None:
    whole = Cell("conv; pool", 0, tuple(range(20, 42, 2)))
    assert joined(whole.part(0, 4), whole.part(4, 10)).offsets == whole.offsets


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("md", "| Layer | Structure |\n|---|---|\n" + "| a | 3x3, 8 |\n" * 9),
        (
            "tex",
            "\\begin{tabular}{ll}\nLayer & Structure \\\\\n" + "a & 3x3, 8 \\\\\n" * 9 + "\\end{tabular}\n",
        ),
        ("html", "<table><tr><th>Layer<th>Structure</tr>" + "<tr><td>a<td>3x3, 8</tr>" * 9 + "</table>"),
        ("csv", "Layer,Structure\n" + 'a,"3x3, 8"\n' * 9),
        ("txt", "Layer    Output    Structure\n" + "a        8x8       3x3, 8\n" * 9),
    ],
)
def test_one_row_more_than_the_limit_is_read(form: str, text: str) -> None:
    """So that whoever asked sees that there are more."""
    (sheet,) = read_sheets(Source(f"net.{form}", text), Reporter(), 3) or ()
    assert len(sheet.rows) > 3


@pytest.mark.parametrize(
    ("text", "kind"), [("dense layer", "dense"), ("Dense layers", "dense"), ("dense net", ""), ("layers", "")]
)
def test_layer_and_layers_are_no_more_of_a_name(text: str, kind: str) -> None:
    assert layer_kind(text) == kind


@pytest.mark.parametrize(("text", "count", "holds"), [("900K", 921_600, True), ("900M", 943_718_400, False)])
def test_a_thousand_may_be_1024_and_no_more(text: str, count: int, holds: bool) -> None:
    assert agrees(text, count) == holds


@pytest.mark.parametrize(
    ("word", "rest", "holds"), [("depthwise", "conv depthwise 3x3", False), ("fc", "dense(10)", True)]
)
def test_the_first_word_of_a_phrase_is_no_kind(word: str, rest: str, holds: bool) -> None:
    assert is_kind(word, rest) == holds


@pytest.mark.parametrize(("text", "kind"), [("15", "small"), ("16", "large"), ("1,500", "large")])
def test_the_largest_side_of_a_window(text: str, kind: str) -> None:
    assert kinds(text) == {"count", kind}


@pytest.mark.parametrize(("text", "layer"), [("weird conv", True), ("very weird conv", False)])
def test_a_layer_has_hardly_a_word_that_none_has(text: str, layer: bool) -> None:
    assert said(text).layer == layer


def test_a_row_that_another_names_is_read_again_after_an_edit() -> None:
    """`pool` is a value while a row is called so, and a layer when none is."""
    live, text = Live("net.arch"), "input 8x8x3\na 3x3, 4\n{} 8x8 3x3, 4\nb 3x3, 4\nc concat a, pool\n"
    graphs = [live.document(text.format(name)).compilation.compiled[0].graph for name in ("pool", "poul")]
    assert [graph.nodes[-1].shape for graph in graphs if graph] == [(8, 8, 12), (8,)]


def test_a_depthwise_kernel_is_likelier_than_a_long_one() -> None:
    table = "| Layer | Output | Channels | Params |\n|---|---|---|---|\n| conv1 | 8x8 | 3 | 30 |\n"
    (one,) = Spec(compile_source(Source("net.md", table), Overrides(input="8x8x3"))).networks
    (conv,) = [node for node in one.graph.nodes if node.op in ("conv", "depthwise")]
    assert conv.params["kernel"] == (3, 3)


def test_blocks_in_each_other_end_at_a_depth() -> None:
    def nested(depth: int) -> str:
        outer = "".join(f"block b{at}(c):\n  b{at - 1}(c)\n" for at in range(2, depth + 1))
        return f"input 8x8x3\nblock b1(c):\n  1x1, c\n{outer}a 8x8 b{depth}(4)\n"

    assert compile_source(Source("net.arch", nested(MAX_DEPTH))).diagnostics == ()
    assert compile_source(Source("net.arch", nested(MAX_DEPTH + 1))).diagnostics != ()


@pytest.mark.parametrize(
    ("text", "meaning"),
    [("fully connected 10", "dense"), ("global average pooling", "global_avg_pool"), ("fully", "")],
)
def test_words_of_one_layer_are_read_together(text: str, meaning: str) -> None:
    found = kind_of(text.split())
    assert (found[1] if found else "") == meaning


def test_places_in_a_verbatim_are_those_of_the_file() -> None:
    rule = "+-------+--------+------------+\n"
    rows = "| Layer | Output | Structure  |\n" + rule + "| conv1 | 8x8    | banana 3x3 |\n"
    table = rule + rows + rule
    text = f"\\documentclass{{article}}\n\\begin{{verbatim}}\n{table}\\end{{verbatim}}\n"
    (found,) = compile_source(Source("net.tex", text), Overrides(input="8x8x3")).diagnostics
    assert text[found.span.start : found.span.end] == "banana"


@pytest.mark.parametrize(("setting", "window"), [("zeros", "3x3"), ("symmetric", "2x2")])
def test_a_pool_that_does_not_stride_is_padded_as_ever(setting: str, window: str) -> None:
    text = f"input 8x8x3, pool-padding {setting}\na avg pool {window}, stride 1\n"
    (one,) = Spec(compile_source(Source("net.arch", text))).networks
    assert [node.op for node in one.graph.nodes] == ["input", "avg_pool"]


def test_what_every_row_is_stands_in_no_row() -> None:
    rows = ["| a | 8x8 | 3x3, 4 | 3x3, 5 |", "| b | 8x8 | 1x1, 4 | 1x1, 7 |"]
    head = "<!-- archdsl: each-row conv -->\n\n| Layer | Output | A | B |\n|---|---|---|---|\n"
    text = head + "\n".join(rows) + "\n"
    for one in compile_source(Source("net.md", text), Overrides(input="8x8x3")).compiled:
        spans = [row.span for row in one.table.rows]
        assert [text[span.start : span.end] for span in spans] == [row.strip("| ") for row in rows]
