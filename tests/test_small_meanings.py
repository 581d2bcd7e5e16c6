"""Small decisions of the front half that whole networks seldom turn on: found by changing one line at a time."""

import pytest

from archdsl.detect.rows import of_row
from archdsl.network import Spec
from archdsl.pipeline import compile_source
from archdsl.source import Source, Span
from archdsl.text.grid import Cell, GridRow, Part


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
