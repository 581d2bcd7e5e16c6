"""Words of no meaning are no part of the grammar: what it refuses for one, layers tell, and nothing else is refused."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archdsl.diagnostics import Reporter
from archdsl.pipeline import compile_source
from archdsl.resolve.styles import style_blocks
from archdsl.source import Source
from archdsl.syntax import library
from archdsl.syntax.names import Blocks
from archdsl.syntax.parse import TableParser
from archdsl.syntax.parser import ParseError
from archdsl.syntax.typed import UNKNOWN
from archdsl.text.grid import Cell

PRINT = Path(__file__).parent / "print"
WORDS = ("conv", "max pool", "BN", "ReLU", "stride 2", "same", "64", "3x3", "x 2", "/2", "add", "padding")
WORDS += ("banana", "relou", "split", "Conv-BN-ReLU", "Conv-split", "bottleneck", "16*pear", "k=3", "pear=3")
JOINTS = (" ", ", ", "; ", " + ", " → ")


def reader(text: str) -> TableParser:
    blocks = Blocks(style_blocks("plain"), library.find)
    return TableParser(Source("t.arch", text), Reporter(), frozenset({"n"}), blocks)


def is_sentence(text: str) -> bool:
    """Return whether the grammar takes a cell, whose words are told apart."""
    try:
        reader(text)._parsed("structure", "structure", Cell(text, 0))
    except ParseError:
        return False
    return True


@pytest.mark.parametrize(
    "text", ["relou 3x3 banana", "banana", "[3x3, 8; banana]", "3x3, 64, relou", "conv → banana → fc 10"]
)
def test_words_of_no_meaning_are_no_sentence(text: str) -> None:
    assert not is_sentence(text)
    parser = reader(text)
    assert parser.items(Cell(text, 0)) is None
    assert {found.code for found in parser.reporter.diagnostics} == {"E0204"}


KNOWN = ["3x3 conv, 64", "add banana", "concat a, banana", "3x3, 16*banana", "padding banana", "banana=3, 64"]
KNOWN += ["ConvBNReLU 3x3, 8", "bottleneck 64", "batch normalization (BN)", "n", "3x3, n", "banana(3, 8)"]


@pytest.mark.parametrize("text", KNOWN)
def test_what_may_be_a_word_of_a_layer_or_a_name_is_one(text: str) -> None:
    assert is_sentence(text)


def test_what_is_refused_for_a_word_is_told_by_layers(monkeypatch: pytest.MonkeyPatch) -> None:
    refused: list[str] = []
    before = TableParser._with_strange_words

    def told(self: TableParser, cell: Cell) -> Any:
        refused.append(cell.text)
        return before(self, cell)

    items = TableParser.items

    def checked(self: TableParser, cell: Cell, parsed: Any = None) -> Any:
        count, errors = len(refused), self.reporter.errors
        found = items(self, cell, parsed)
        assert len(refused) == count or self.reporter.errors > errors, cell.text
        return found

    monkeypatch.setattr(TableParser, "_with_strange_words", told)
    monkeypatch.setattr(TableParser, "items", checked)
    for path in sorted(PRINT.glob("*.toml")):
        for case in tomllib.loads(path.read_text(encoding="utf-8"))["case"]:
            compile_source(Source(f"t.{case['form']}", case["text"]))
    assert len(refused) > 5


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(JOINTS)), max_size=7))
def test_the_grammar_and_layers_agree_on_any_words(pieces: list[tuple[str, str]]) -> None:
    text = "".join(word + joint for word, joint in pieces).rstrip("→+,; ")
    try:
        reader(text)._parsed("structure", "structure", Cell(text, 0))
    except ParseError as fault:
        if fault.token.kind == UNKNOWN:
            assert reader(text).items(Cell(text, 0)) is None
