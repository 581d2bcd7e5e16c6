"""Tables of lines with `|` and a rule with `+` (Org, psql) -> sheets."""

import re
from collections.abc import Sequence

from archdsl.diagnostics import Diagnostic
from archdsl.forms.headless import headed
from archdsl.forms.inline import cell as read_cell
from archdsl.forms.lines import Piece as Range
from archdsl.forms.lines import depth, joined
from archdsl.forms.merged_cells import Piece, lay_out, layout_problems
from archdsl.patterns import pattern
from archdsl.source import Source, Span
from archdsl.text.chars import Text, whole
from archdsl.text.grid import Cell, Sheet

RULE = pattern(r"[ \t]*(?:(?:#|//|\*|%)[ \t]+)?[|+]?[-=:]{2,}(?:[+|][-=:]{2,})*[|+]?[ \t]*$")
GAP = pattern(r"[ \t]*(?:\.{2,}|[…⋮⋯])[ \t]*$")  # a line that stands for rows which are not printed
_COOKIE = pattern(r"\|?(?:\s*(?:<[lcr]?\d*>)?\s*\|)+\s*$")


def read_piped(source: Source, lines: Sequence[str], starts: Sequence[int]) -> Sheet:
    """Read one table: each line is a row, or as many lines as a bracket goes over."""
    text = whole(source)
    problems: list[Diagnostic] = []
    rows: list[list[list[Range]]] = []
    rules: list[int] = []
    opened: list[int] = []
    for line, start in zip(lines, starts, strict=True):
        if RULE.match(line):
            rules += [len(rows)] if rows else []
            opened = []
        elif not _COOKIE.match(line):
            gap = GAP.match(line) and rows
            parts = [(start, start + len(line))] * len(rows[-1]) if gap else _parts(line, start)
            if any(left > 0 for left in opened):
                _continue(rows[-1], parts)
            else:
                rows.append([[part] for part in parts])
                opened = [0] * len(parts)
            opened = [
                (opened[index] if index < len(opened) else 0) + depth(source.clean[first:last])
                for index, (first, last) in enumerate(parts)
            ]
    cells = [[_cell(source, joined(text, ranges), problems) for ranges in row] for row in rows]
    cells = cells if rules else headed(cells)
    above = rules[0] if rules and rules[0] < len(rows) else 0
    width = max(map(len, cells[:above] or cells), default=0)
    layout = lay_out([[Piece(cell) for cell in row] for row in cells], False, above, width)
    problems += layout_problems(source, layout, "|")
    return Sheet(
        "", layout.rows, layout.header, Span(starts[0], starts[0] + len(lines[0])), None, tuple(problems[:20])
    )


def _cell(source: Source, text: Text, problems: list[Diagnostic]) -> Cell:
    return read_cell(source, text, problems.append)


def _continue(row: list[list[Range]], parts: list[Range]) -> None:
    for index, part in enumerate(parts):
        if index < len(row):
            row[index].append(part)


def _parts(line: str, start: int) -> list[Range]:
    parts, at = [], start
    for part in line.split("|"):
        parts.append((at, at + len(part)))
        at += len(part) + 1
    outside = line.strip().startswith("|") or re.match(r"[ \t]*(?:#|//|\*|%)[ \t]+\|", line)
    return (
        parts[1:-1]
        if outside and line.rstrip().endswith("|") and len(parts) > 2
        else parts[1:]
        if outside
        else parts
    )
