"""Words of no meaning are no part of the grammar: what it refuses for one, layers tell, and nothing else is refused."""

import tomllib
from functools import partial
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
from archdsl.syntax.cells import ACTIONS
from archdsl.syntax.named import STRANGE, named
from archdsl.syntax.names import Blocks
from archdsl.syntax.parse import TableParser, parser
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


def parsed(text: str) -> Any:
    """Parse a cell by the grammar alone; raise ParseError where it is refused."""
    one = reader(text)
    arrange = partial(named, one.known, one.blocks, "structure", one.reporter.claim)
    return parser().parse("structure", Cell(text, 0), ACTIONS, arrange)


def is_sentence(text: str) -> bool:
    """Return whether the grammar takes a cell, whose words are told apart."""
    try:
        parsed(text)
    except ParseError:
        return False
    return True


@pytest.mark.parametrize(
    "text", ["relou 3x3 banana", "banana", "[3x3, 8; banana]", "3x3, 64, relou", "conv → banana → fc 10"]
)
def test_words_of_no_meaning_are_no_sentence(text: str) -> None:
    assert not is_sentence(text)
    one = reader(text)
    assert one.items(Cell(text, 0)) is None
    assert {found.code for found in one.reporter.diagnostics} == {"E0204"}


KNOWN = ["3x3 conv, 64", "add banana", "concat a, banana", "3x3, 16*banana", "padding banana", "banana=3, 64"]
KNOWN += ["ConvBNReLU 3x3, 8", "bottleneck 64", "batch normalization (BN)", "n", "3x3, n", "banana(3, 8)"]


@pytest.mark.parametrize("text", KNOWN)
def test_what_may_be_a_word_of_a_layer_or_a_name_is_one(text: str) -> None:
    assert is_sentence(text)


def test_what_is_refused_for_a_word_is_told_by_layers(monkeypatch: pytest.MonkeyPatch) -> None:
    refused: list[str] = []
    before = TableParser._parsed

    def told(self: TableParser, start: str, words: str, cell: Cell) -> Any:
        if words == STRANGE:
            refused.append(cell.text)
        return before(self, start, words, cell)

    items = TableParser.items

    def checked(self: TableParser, cell: Cell, parsed: Any = None) -> Any:
        count, errors = len(refused), self.reporter.errors
        found = items(self, cell, parsed)
        assert len(refused) == count or self.reporter.errors > errors, cell.text
        return found

    monkeypatch.setattr(TableParser, "_parsed", told)
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
        parsed(text)
    except ParseError as fault:
        if fault.token.kind == UNKNOWN:
            assert reader(text).items(Cell(text, 0)) is None
