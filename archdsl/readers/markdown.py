"""Markdown -> grids: every table of the document that describes a network; the prose around it is passed over."""

import re

from archdsl.readers.grid import Cell, Grid, Sheet, Tables
from archdsl.readers.markup import plain
from archdsl.readers.columns import sheet_grids
from archdsl.source import Source, Span

_HEADING = re.compile(r"#{1,6}\s+(.*)")
_FENCE = re.compile(r"\s*(```+|~~~+)")
_TABLE_WORD = re.compile(r"\btable\s*[-:]?\s*(\w+)", re.IGNORECASE)


def is_rule(line: str) -> bool:
    """Tell whether a line is the one of dashes and pipes below a table's header."""
    return "|" in line and "-" in line and not line.strip(" \t|:-")


def is_markdown(source: Source) -> bool:
    """Tell whether a text has a Markdown table: a line of dashes and pipes under a line of cells."""
    return any(map(is_rule, source.clean.split("\n")))


def read_markdown(source: Source, limit: int) -> Tables:
    """Find the tables of a document; each is named after its heading's `table N`, or else by its number."""
    grids: list[Grid] = []
    seen, heading, fenced = 0, "", False
    starts = source.starts
    index = 0
    while index < len(starts):
        line = _line(source, index)
        if _FENCE.match(line):
            fenced = not fenced
        elif match := _HEADING.match(line):
            heading = match[1]
        elif not fenced and "|" in line and index + 1 < len(starts) and is_rule(_line(source, index + 1)):
            stop = _table_end(source, index + 2)
            grids += _grids(source, index, min(stop, index + 3 + limit), heading, len(grids) + 1)
            seen += 1
            index = stop
            continue
        index += 1
    return Tables(_distinct(grids), seen)


def _line(source: Source, index: int) -> str:
    end = source.starts[index + 1] - 1 if index + 1 < len(source.starts) else len(source.clean)
    return source.clean[source.starts[index] : end]


def _table_end(source: Source, index: int) -> int:
    while index < len(source.starts) and "|" in _line(source, index):
        index += 1
    return index


def _grids(source: Source, first: int, stop: int, heading: str, number: int) -> tuple[Grid, ...]:
    head = _cells(source, first)
    rows = [head, *(_cells(source, index) for index in range(first + 2, stop))]
    width = max(map(len, rows))
    filled = tuple(tuple(row) + (Cell("", row[-1].start + len(row[-1].text) if row else 0),) * (width - len(row)) for row in rows)
    span = Span(source.starts[first], source.starts[first] + len(_line(source, first)))
    named = _TABLE_WORD.search(heading)
    name = f"table-{named[1].lower()}" if named else f"table-{number}"
    return sheet_grids(source, Sheet(name, filled, 1, span))


def _cells(source: Source, index: int) -> list[Cell]:
    line, at = _line(source, index), source.starts[index]
    clean = line.replace("\\|", "  ")
    cells = []
    for text in clean.split("|"):
        cells.append(Cell(plain(text), at))
        at += len(text) + 1
    if cells and clean.lstrip().startswith("|"):
        cells = cells[1:]
    if cells and clean.rstrip().endswith("|"):
        cells = cells[:-1]
    return cells


def _distinct(grids: list[Grid]) -> tuple[Grid, ...]:
    """Two tables under one heading are told apart by their number in the document."""
    names: dict[str, int] = {}
    for grid in grids:
        names[grid.name] = names.get(grid.name, 0) + 1
    taken = {name for name, count in names.items() if count == 1}
    distinct = []
    for number, grid in enumerate(grids, 1):
        name = grid.name
        if names[name] > 1:
            name = f"table-{number}"
            while name in taken:
                name = f"{name}-{number}"
        taken.add(name)
        distinct.append(grid._replace(name=name))
    return tuple(distinct)
