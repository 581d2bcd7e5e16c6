"""A table of our own form with further columns: its lines as rows of cells, and their networks."""

from collections.abc import Sequence

from archdsl.light import TYPE_CHECKING
from archdsl.native.divide import gap_cells, has_pipe, pipe_cells, surplus, under_headers, words_of
from archdsl.source import Span
from archdsl.table import columns
from archdsl.table.bands import with_settings
from archdsl.table.roles import role_of
from archdsl.text.grid import Cell, Grid, Sheet

if TYPE_CHECKING:
    from archdsl.native.reader import NativeReader


def sheet_grids(reader: "NativeReader", grid: Grid, lines: Sequence[tuple[Cell, ...]]) -> tuple[Grid, ...]:
    """Return the networks of a table with further columns, each with the settings and blocks of the file."""
    sheet = Sheet(grid.name, (tuple(reader.headers), *lines), 1, grid.span)
    found = columns.sheet_grids(reader.source, sheet, grid.settings, reader.own_headers())
    found = tuple(one._replace(rows=(*one.rows, *reader.rows)) for one in found)
    found = with_settings(found, grid.settings, grid.blocks)
    return tuple(_with_surplus(one, reader.surplus) for one in found) or (grid,)


def _with_surplus(grid: Grid, spans: Sequence[Span]) -> Grid:
    """Note in each row the cells that stand beyond the last header."""
    rows = list(grid.rows)
    for span in spans:
        at = max((i for i, row in enumerate(rows) if row.span.start <= span.start), default=None)
        if at is not None:
            rows[at] = rows[at]._replace(surplus=span)
    return grid._replace(rows=tuple(rows)) if spans else grid


def columned(reader: "NativeReader", line: str, start: int) -> tuple[Cell, ...]:
    """Split a row under a header: by pipes, else by gaps."""
    count = len(reader.headers)
    if has_pipe(line):
        cells = pipe_cells(line, start, count)
        further = surplus(cells, count)
        if further:
            reader.surplus.append(further)
        return tuple(cells[:count]) + (Cell("", start + len(line)),) * (count - len(cells))
    pieces = gap_cells(line, start)
    if len(pieces) == 1 and reader.single:
        return _worded(reader, words_of(line, start), count)
    if len(pieces) == 1 and not any(
        role_of(header.text) in ("name", "size", "input") for header in reader.headers
    ):
        return tuple(pieces) * count  # one layer across all columns
    source = reader.source
    left = source.starts[source.position(reader.headers[0].start)[0] - 1]
    return under_headers(line, start, [header.start - left for header in reader.headers])


def _worded(reader: "NativeReader", words: list[Cell], count: int) -> tuple[Cell, ...]:
    """Take each word for a cell, under headers in single spaces."""
    further = surplus(words, count)
    if further:
        reader.surplus.append(further)
    return (*words[:count], *[Cell("", words[-1].span.end)] * (count - len(words)))
