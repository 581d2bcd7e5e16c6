"""Brackets that do not match, or are nested too deep -> the diagnostic, before the grammar stumbles over
them."""

import re

from archdsl.diagnostics import Reporter
from archdsl.patterns import pattern
from archdsl.problems import brackets, syntax
from archdsl.source import Source, Span
from archdsl.text.grid import Cell

_TAIL = 60  # how far from its end a cell is searched for what is missing: longer texts make the patterns slow
_LAST = pattern(r"[^\s;,\[]+\s*,?\s*[^\s;,\[\]]*$")
_REPEAT_END = pattern(r"\s*((?:[x×*]\s*\w+)(?:\s*/\s*\d+)?)\s*$")


def report_brackets(source: Source, reporter: Reporter, cell: Cell, limit: int) -> None:
    """Report the first bracket without its partner; nesting beyond the limit where all have theirs, or none
    is closed."""
    open_at: list[int] = []
    deepest = 0
    for at, char in enumerate(cell.text):
        if char in "[({":
            open_at.append(at)
            deepest = max(deepest, len(open_at))
        elif char in "])}" and not _closes(source, reporter, cell, at, open_at):
            return
    if deepest > limit:
        place = Span(cell.span.start, cell.span.start + 1)
        reporter.add(syntax.too_deep(source, place, deepest, limit))
    elif open_at:
        square = (at for at in reversed(open_at) if cell.text[at] == "[")
        _report_unclosed(source, reporter, cell, next(square, open_at[-1]))


def _closes(source: Source, reporter: Reporter, cell: Cell, at: int, open_at: list[int]) -> bool:
    """Take away the bracket that ends here; report where none does."""
    end, here = cell.text[at], cell.place(at, at + 1)
    if not open_at:
        repeated = re.match(r"\s*[x×*]\s*\w", cell.text[at + 1 : at + 1 + _TAIL]) is not None
        reporter.add(brackets.unopened(source, end, here, cell.span.start, repeated))
        return False
    opening = open_at.pop()
    if cell.text[opening] + end in ("[]", "()", "{}"):
        return True
    place = cell.place(opening, opening + 1)
    reporter.add(brackets.crossed(source, cell.text[opening], place, end, here))
    return False


def _report_unclosed(source: Source, reporter: Reporter, cell: Cell, opening: int) -> None:
    text = cell.text.rstrip()
    tail = max(opening + 1, len(text) - _TAIL)
    repeat = _REPEAT_END.search(text, tail)
    at = repeat.start(1) if repeat else len(text)
    found = repeat[1].split("/")[0].strip() if repeat else ""
    last = _LAST.search(text[max(tail, at - _TAIL) : at].rstrip())
    span = cell.place(opening, opening + 1)
    reporter.add(
        brackets.unclosed(
            source,
            cell.text[opening],
            span,
            cell.place(at, at).start,
            found,
            last[0].strip() if last else "",
        )
    )
