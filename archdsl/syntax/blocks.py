"""Block definitions and readings (`read A as B`) -> AST.

block bottleneck(t, c, s=1)
    1x1, t*in               when t != 1
    depthwise 3x3, /s
    1x1, c, linear
    add input               when s == 1 and c == in
"""

import re

from archdsl.lang.vocabulary import glued, longest, op_with_kernel
from archdsl.light import TYPE_CHECKING
from archdsl.patterns import pattern
from archdsl.problems import blocks as problems
from archdsl.problems import lints
from archdsl.source import Span
from archdsl.syntax.ast import BlockDef, BlockParameter, Condition, Expr, Guard, Reading, Step, Use, Wire
from archdsl.syntax.slug import slug
from archdsl.text.grid import Cell, GridBlock

if TYPE_CHECKING:
    from archdsl.syntax.parse import TableParser

MERGES = ("concat", "add", "multiply", "maximum", "average")
_HEAD = pattern(
    r"\s*([A-Za-z][\w-]*)\s*(?:\(([^()]*(?:\([^()]*\)[^()]*)*)\))?\s*(?:also\s+([^=]*?))?\s*(?:=\s*(\w+)\s*)?:?\s*$"
)
_PARAMETER = pattern(
    r"\s*([^\W\d]\w*)\s*(?::\s*((?:\"[^\"]*\"|[A-Za-z][\w -]*?)(?:\s*\|\s*(?:\"[^\"]*\"|[A-Za-z][\w "
    r"-]*?))*))?\s*(?:=\s*(.+?))?\s*$"
)
_SPLIT = pattern(r",(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)")
_LABEL = pattern(r"\s*([A-Za-z_]\w*)\s*:(?=\s|$)")
_WHEN = pattern(r"\bwhen\b")
_COMPARE = pattern(r"==|!=|<=|>=|<|>|=|≠|≤|≥")
_SAME = {"=": "==", "≠": "!=", "≤": "<=", "≥": ">="}


def block_name(head: Cell) -> str:
    """Return the name in the first line of a definition, however that goes on."""
    match = re.match(r"\s*([\w-]+)", head.text)
    return match[1] if match else ""


def block_definition(parser: "TableParser", block: GridBlock) -> BlockDef:
    """Parse a definition; it is marked where something in it is broken, so that its uses tell nothing
    more."""
    source, before = parser.source, parser.reporter.errors
    match = _HEAD.fullmatch(block.head.text)
    text = source.text[block.span.start : block.span.end]
    if not match:
        parser.reporter.add(problems.bad_head(source, block.head.span))
        return BlockDef(block_name(block.head), (), (), "", (), source, block.head.span, text, broken=True)
    merge = (match[4] or "").lower()
    if merge and merge not in MERGES:
        parser.reporter.add(
            problems.unknown_merge(source, block.head.place(match.start(4), match.end(4)), match[4], MERGES)
        )
    parameters = tuple(parameters_of(parser, block.head, match))
    labels = frozenset(slug(label[1]) for line in block.lines if (label := _LABEL.match(line.text)))
    local = parser.inside(frozenset(parameter.name for parameter in parameters) | {"in"}, match[1], labels)
    steps = tuple(step for line in block.lines if (step := _step(local, line)))
    if not block.lines:
        parser.reporter.add(problems.empty_block(source, block.head.span, match[1]))
    aliases = tuple(alias.strip().strip('"') for alias in (match[3] or "").split(",") if alias.strip())
    place = block.head.place(match.start(1), match.end(1))
    found = BlockDef(match[1], aliases, parameters, merge, steps, source, place, text)
    if parser.reporter.errors == before:
        _checkparameters_of(parser, found, block)
        _check_labels(parser, found)
    return found._replace(broken=parser.reporter.errors > before)


def parameters_of(parser: "TableParser", head: Cell, match: re.Match[str]) -> list[BlockParameter]:
    """Parse the parameters in the first line of a definition, which are the second group of its match."""
    found: list[BlockParameter] = []
    at = match.start(2)
    for text in _SPLIT.split(match[2] or ""):
        cell = head.part(at, at + len(text)) if match[2] else head
        at += len(text) + 1
        if not text.strip():
            continue
        one = _PARAMETER.fullmatch(text)
        if not one:
            parser.reporter.add(problems.bad_parameter(parser.source, cell.span, text.strip()))
            continue
        headers = tuple(
            header.strip().strip('"').strip() for header in (one[2] or "").split("|") if header.strip()
        )
        default = parser.cell("expression", cell.part(one.start(3), one.end(3))) if one[3] else None
        found.append(BlockParameter(one[1], headers, default, cell.place(one.start(1), one.end(1))))
    return found


def _checkparameters_of(parser: "TableParser", found: BlockDef, block: GridBlock) -> None:
    """Report names that two parameters share, and parameters that no line and no default speaks of."""
    check_unique(parser, found.parameters)
    texts = (*(line.text for line in block.lines), *re.findall(r"=([^,]*)", block.head.text))
    for parameter in found.parameters:
        spoken = re.compile(rf"(?<![A-Za-z_]){re.escape(parameter.name)}(?!\w)")
        if not any(spoken.search(text) for text in texts):
            parser.reporter.add(
                lints.unused_parameter(parser.source, parameter.span, parameter.name, found.name)
            )


def check_unique(parser: "TableParser", parameters: tuple[BlockParameter, ...]) -> None:
    """Report names that two parameters share."""
    first: dict[str, Span] = {}
    for parameter in parameters:
        if parameter.name in first:
            parser.reporter.add(
                problems.named_twice(
                    parser.source, parameter.span, "parameter", parameter.name, first[parameter.name]
                )
            )
        first.setdefault(parameter.name, parameter.span)


def _check_labels(parser: "TableParser", found: BlockDef) -> None:
    """Report a name that two steps have; with guards they may be alternatives."""
    first: dict[str, Span] = {}
    for step in found.steps:
        if step.label in first:
            parser.reporter.add(
                problems.named_twice(parser.source, step.span, "step", step.label, first[step.label])
            )
        elif step.label and not step.guard:
            first[step.label] = step.span


def _step(parser: "TableParser", line: Cell) -> Step | None:
    label = _LABEL.match(line.text)
    start = label.end() if label else 0
    body, guard = split_guard(parser, line.part(start, len(line.text)))
    items = parser.items(body) if body.text.strip() else ()
    if items is None or guard is None:
        return None
    return Step(label[1] if label else "", items, guard, line.span)


def split_guard(parser: "TableParser", cell: Cell) -> tuple[Cell, Guard | None]:
    """Take `when CONDITION` off the end of a structure; the guard is None where it is broken."""
    match = _WHEN.search(cell.text) if "when" in cell.text else None
    if not match:
        return cell, ()
    parser.reporter.claim(cell.place(match.start(), len(cell.text)), "when")
    return cell.part(0, match.start()), condition(parser, cell.part(match.end(), len(cell.text)))


def condition(parser: "TableParser", cell: Cell) -> Guard | None:
    """Parse `a == b and c or d`."""
    alternatives = []
    for choice in _pieces(cell, r"\bor\b"):
        found = [_comparison(parser, piece) for piece in _pieces(choice, r"\band\b")]
        if any(one is None for one in found):
            return None
        alternatives.append(tuple(one for one in found if one))
    return tuple(alternatives)


def _pieces(cell: Cell, separator: str) -> list[Cell]:
    pieces, at = [], 0
    for match in re.finditer(separator, cell.text):
        pieces.append(cell.part(at, match.start()))
        at = match.end()
    return [*pieces, cell.part(at, len(cell.text))]


def _comparison(parser: "TableParser", cell: Cell) -> Condition | None:
    match = _COMPARE.search(cell.text)
    if not match:
        alone: Expr | None = parser.cell("expression", cell)
        return None if alone is None else Condition(alone, "", None, cell.span)
    left: Expr | None = parser.cell("expression", cell.part(0, match.start()))
    right: Expr | None = parser.cell("expression", cell.part(match.end(), len(cell.text)))
    if left is None or right is None:
        return None
    return Condition(left, _SAME.get(match[0], match[0]), right, cell.span)


def reading(parser: "TableParser", value: Cell) -> Reading | None:
    """Parse the rest of a line `read PATTERN as REPLACEMENT`."""
    match = re.search(r"\bas\b", value.text)
    if not match:
        parser.reporter.add(problems.bad_reading(parser.source, value.span))
        return None
    parser = parser.inside(_variables(parser, value.text[: match.start()]))
    printed = value.part(0, match.start())
    pattern = parser.items(printed)
    if pattern is not None and len(pattern) != 1:
        parser.reporter.add(
            problems.bad_pattern(
                parser.source, printed.span, f"{len(pattern) or 'no'} layers stand here", len(pattern)
            )
        )
        return None
    if pattern and isinstance(pattern[0], Use | Wire):
        what = (
            f"`{pattern[0].block.name}` is a block: define one of that name"
            if isinstance(pattern[0], Use)
            else "this is no layer"
        )
        parser.reporter.add(problems.bad_pattern(parser.source, printed.span, what, 1))
        return None
    replacement = parser.items(value.part(match.end(), len(value.text))) if pattern else None
    return Reading(pattern[0], replacement, value.span) if pattern and replacement else None


def _variables(parser: "TableParser", pattern: str) -> frozenset[str]:
    """List the words of a pattern that mean nothing: they stand for whatever is printed in their place."""
    words = re.findall(r"(?<![\w-])[A-Za-z_]\w*(?![\w-])", pattern)
    return frozenset(
        word
        for word in words
        if not longest([word])
        and not glued(word)
        and not op_with_kernel(word)
        and not parser.blocks.get(word)
    )
