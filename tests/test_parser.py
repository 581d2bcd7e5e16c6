"""The driver of the LALR tables against Lark's own parser, and the tables that an installation brings."""

import re
import runpy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedInput

from archdsl import pattern_codes, patterns
from archdsl.diagnostics import Reporter
from archdsl.patterns import from_code
from archdsl.source import Source
from archdsl.syntax.brackets import report_brackets
from archdsl.syntax.cells import ACTIONS
from archdsl.syntax.lark_tables import compile_tables, module_text
from archdsl.syntax.parse import MAX_DEPTH, nesting
from archdsl.syntax.parser import ParseError, Parser, load_tables
from archdsl.syntax.tables import STARTS, Tables
from archdsl.text.grid import Cell

GRAMMAR = (Path(__file__).parent.parent / "archdsl/syntax/grammar.lark").read_text(encoding="utf-8")
TABLES = compile_tables(GRAMMAR)
LARK = Lark(GRAMMAR, parser="lalr", lexer="basic", start=list(STARTS), maybe_placeholders=False)
OURS = Parser(TABLES)
TREES = {name: (lambda children, span, name=name: (name, *children)) for name in ACTIONS}
CELLS = [
    "[1x1,64; 3x3,128; 3x3,128] x3",
    "3 x 3, 64 stride=1",
    "average pool, 10-d fc, softmax",
    "[[3x3, 16×k; 3x3, 16×k] x 2; 1x1, 128 /2] × N",
    "3x3, (16*k + 2/1 - n), 2n, -4, 0.5 & 1e3 + max pool → fc",
    "",
    "x x x",
    "] [",
]


def of_lark(node: Any) -> Any:
    if isinstance(node, Token):
        return str(node)
    assert isinstance(node, Tree)
    return (str(node.data), *map(of_lark, node.children))


def of_ours(node: Any) -> Any:
    return node.text if hasattr(node, "text") else (node[0], *map(of_ours, node[1:]))


def assert_agree(start: str, text: str) -> None:
    try:
        theirs = of_lark(LARK.parse(text, start=start))
    except UnexpectedInput:
        theirs = None
    try:
        ours = of_ours(OURS.parse(start, Cell(text, 0), TREES))
    except ParseError:
        ours = None
    assert ours == theirs


@pytest.mark.parametrize("text", CELLS)
@pytest.mark.parametrize("start", STARTS)
def test_same_trees_as_lark(start: str, text: str) -> None:
    assert_agree(start, text)


PIECES = st.sampled_from(
    [
        "[",
        "]",
        "(",
        ")",
        ",",
        ";",
        "&",
        "+",
        "-",
        "*",
        "/",
        "=",
        ":",
        "x",
        "×",
        "3",
        "64",
        "0.5",
        "2n",
        "k",
        "conv",
        "pool",
        "stride",
        "fc",
        "10-d",
        "^2",
        "²",
        "→",
        "$",
    ]
)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(STARTS), st.lists(PIECES, max_size=14), st.sampled_from(["", " "]))
def test_same_trees_as_lark_on_any_text(start: str, pieces: list[str], gap: str) -> None:
    assert_agree(start, gap.join(pieces))


def test_every_production_has_an_action() -> None:
    names = {rule[0] for rule in TABLES.rules if not rule[3] and not rule[4]}
    assert names == set(ACTIONS)


def test_written_tables_are_the_computed_ones() -> None:
    namespace: dict[str, Any] = {}
    exec(module_text(TABLES), namespace)
    assert Tables(*namespace["TABLES"]) == TABLES


def test_stale_tables_are_not_used() -> None:
    changed = GRAMMAR + "\n// a change\n"
    assert load_tables(changed).grammar != TABLES.grammar
    assert load_tables(changed).actions == TABLES.actions


def test_the_lexer_is_kept_compiled() -> None:
    kept = from_code(TABLES.pattern, TABLES.code)
    own = re.compile(TABLES.pattern)
    assert (kept.flags, kept.groups, dict(kept.groupindex)) == (own.flags, own.groups, dict(own.groupindex))
    for text in (*CELLS, "tf.Conv2D(3) α² ⌊n/2⌋ 10-d 0.5e-3 ’x’ →\\"):
        for at in range(len(text) + 1):
            found, meant = kept.match(text, at), own.match(text, at)
            assert (found and (found.span(), found.lastgroup)) == (meant and (meant.span(), meant.lastgroup))


@pytest.mark.parametrize("code", [(), (((3, 0), 0, 0), 0, (), 0, {}, ())])
def test_code_of_another_engine_is_not_used(code: tuple[Any, ...]) -> None:
    found = from_code("(?P<A>a)|(?P<B>b)", code).match("b")
    assert found and found.lastgroup == "B"


def test_the_expressions_of_the_readers_are_kept_compiled(tmp_path: Path) -> None:
    """Codes are written and read as when the package is built; equal expressions have equal code."""
    found = pattern_codes.codes()
    assert len(found) > 300
    path = tmp_path / "kept.py"
    path.write_text(pattern_codes.module_text(found), encoding="utf-8")
    kept = runpy.run_path(str(path))["CODES"]
    assert kept == found
    for (text, flags), code in kept.items():
        assert from_code(text, code, flags) == re.compile(text, flags)


def test_an_expression_without_kept_code_is_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patterns, "_KEPT", [{}])
    found = patterns.pattern("(a)B", re.I).match("ab")
    assert found and found.group(1) == "a"


def test_an_error_tells_what_could_stand_there() -> None:
    with pytest.raises(ParseError) as fault:
        OURS.parse("structure", Cell("[3x3, 64", 5), TREES)
    assert "RSQB" in fault.value.expected
    assert fault.value.token.span.start == 13


@pytest.mark.parametrize(
    "text", ["", "[a, (b)]", "{[()]}", "(]", "a)", "[[a]", "[" * 32 + "]" * 32, "[" * 33 + "]" * 33, "[" * 40]
)
def test_a_cell_is_refused_for_what_is_told_of_its_brackets(text: str) -> None:
    told = Reporter()
    report_brackets(Source("net.arch", text), told, Cell(text, 0), MAX_DEPTH)
    assert told.failed != (0 <= nesting(text) <= MAX_DEPTH)
