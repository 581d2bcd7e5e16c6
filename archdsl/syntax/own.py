"""Layers that a spec declares -> blocks of one step, whose shape and counts are formulas.

layer deform-conv(c, k=3): HxWxin -> HxWxc, params k*k*in*c + c, macs H*W*k*k*in*c
"""

import re

from archdsl.light import TYPE_CHECKING, Any
from archdsl.ops.arithmetic import Formula
from archdsl.ops.own import Rule
from archdsl.patterns import pattern
from archdsl.problems import blocks as problems
from archdsl.problems import names
from archdsl.source import Span
from archdsl.syntax.ast import BinOp, BlockDef, Call, Layer, Name, Num, Option, Step
from archdsl.syntax.blocks import check_unique, parameters_of
from archdsl.syntax.names import FUNCTIONS
from archdsl.text.grid import Cell, GridBlock

if TYPE_CHECKING:
    from archdsl.syntax.parse import TableParser

_HEAD = pattern(r"\s*([A-Za-z][\w-]*)\s*(?:\(([^()]*)\))?\s*:\s*(.+?)\s*(?:->|→)\s*(.+)$")
_FACT = pattern(r"\s*(params|parameters|macs|multiply-adds)\s+(?=\S)")
_AXIS = pattern(r"[A-Za-z]\w*|\d{1,7}")
_WORD = pattern(r"[A-Za-z]\w*")
_TIMES = "x×"


def own_layer(parser: "TableParser", block: GridBlock) -> BlockDef:
    """Parse a declaration; it is marked where something in it is broken, so that its uses tell nothing
    more."""
    before = parser.reporter.errors
    match = _HEAD.fullmatch(block.head.text)
    text = parser.source.text[block.span.start : block.span.end]
    if match is None:
        parser.reporter.add(problems.bad_own_layer(parser.source, block.head.span))
        name = re.match(r"\s*([\w-]*)", block.head.text)
        return BlockDef(name[1] if name else "", (), (), "", (), parser.source, block.head.span, text, True)
    place = block.head.place(match.start(1), match.end(1))
    parameters = tuple(parameters_of(parser, block.head, match))
    check_unique(parser, parameters)
    rule = _Reader(parser, block, match, tuple(one.name for one in parameters)).rule()
    op = "own" if rule.macs == 0 else "own_weighted"
    options = (Option("rule", rule, place), Option("arguments", "", place))  # type: ignore[arg-type]
    step = Step("", (Layer(op, options, place),), (), block.span)
    broken = parser.reporter.errors > before
    return BlockDef(match[1], (), parameters, "", (step,), parser.source, place, text, broken)


class _Reader:
    """Reads the shapes and the counts of one declaration."""

    def __init__(
        self, parser: "TableParser", block: GridBlock, match: re.Match[str], parameters: tuple[str, ...]
    ) -> None:
        self.parser = parser
        self.block = block
        self.match = match
        self.parameters = parameters
        self.known = list(parameters)

    def rule(self) -> Rule:
        """Return what the declaration says; faults in it are reported."""
        head = self.block.head
        takes = tuple(self._axis(part) for part in _by_times(head.part(*self.match.span(3))))
        self.known += [axis for axis in takes if isinstance(axis, str)]
        shape, *facts = _by_commas(head.part(*self.match.span(4)))
        gives = tuple(self._formula(part) for part in _by_times(shape))
        counts: dict[str, Formula] = {"params": 0, "macs": 0}
        for fact in (*facts, *(one for line in self.block.lines for one in _by_commas(line))):
            self._fact(fact, counts)
        return Rule(self.match[1], self.parameters, takes, gives, counts["params"], counts["macs"])

    def _axis(self, part: Cell) -> str | int:
        text = part.text.strip()
        if not _AXIS.fullmatch(text):
            self.parser.reporter.add(problems.bad_axis(self.parser.source, part.span, text))
            self.known += _WORD.findall(text)
            return 1
        return int(text) if text.isdecimal() else text

    def _fact(self, fact: Cell, counts: dict[str, Formula]) -> None:
        match = _FACT.match(fact.text)
        if match is None:
            self.parser.reporter.add(problems.bad_own_layer(self.parser.source, fact.span))
            return
        key = "params" if match[1].startswith("p") else "macs"
        counts[key] = self._formula(fact.part(match.end(), len(fact.text)))

    def _formula(self, cell: Cell) -> Formula:
        expression = self.parser.cell("expression", cell)
        return 0 if expression is None else self._data(expression)

    def _data(self, expression: Any) -> Formula:
        """Return an expression as plain data; report names that nothing in the declaration has."""
        match expression:
            case Num():
                return expression.value
            case Name():
                if expression.id not in self.known:
                    self._unknown(expression.span, expression.id)
                return expression.id
            case BinOp():
                return (expression.op, self._data(expression.left), self._data(expression.right))
            case Call() if expression.name in FUNCTIONS:
                return (expression.name, *(self._data(one.value) for one in expression.args))
            case Call():
                self._unknown(expression.span, expression.name)
        return 0

    def _unknown(self, span: Span, name: str) -> None:
        known = {one: one for one in (*self.known, *FUNCTIONS)}
        self.parser.reporter.add(names.unknown_in_layer(self.parser.source, span, name, known))


def _by_commas(cell: Cell) -> list[Cell]:
    """Divide a cell at the commas outside of parentheses."""
    return [part for part in _divided(cell, lambda text, at: text[at] == ",") if part.text.strip()]


def _by_times(cell: Cell) -> list[Cell]:
    """Divide a shape at its signs; the x of `max(` is none."""
    return _divided(cell, lambda text, at: text[at] in _TIMES and text[at - 2 : at + 2] != "max(")


def _divided(cell: Cell, here: Any) -> list[Cell]:
    found, depth, start = [], 0, 0
    for at, char in enumerate(cell.text):
        depth += (char == "(") - (char == ")")
        if depth == 0 and here(cell.text, at):
            found.append(cell.part(start, at))
            start = at + 1
    return [*found, cell.part(start, len(cell.text))]
