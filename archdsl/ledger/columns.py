"""What the columns of a sheet say by where they stand: headers, columns that are passed over, rows of
counts."""

from collections.abc import Iterator

from archdsl.source import Span
from archdsl.table import bodies, rows
from archdsl.table.roles import CLAIMS, IGNORE, role_of
from archdsl.text.grid import Cell, Grid

PASSED, OTHER = "column passed over", "another network"


Rows = tuple[tuple[Cell, ...], ...]


def of_sheet(grid: Grid) -> Iterator[tuple[Span, str]]:
    """Return the cells of a sheet that stand in no row of the network, and what they are."""
    head, body = grid.printed
    yield from _header(grid, head)
    columns = [
        *((index, PASSED) for index in _passed(grid, head)),
        *((index, OTHER) for index in grid.others),
    ]
    yield from ((row[index].span, what) for index, what in columns for row in body)
    yield from _titles(body) if grid.others else ()
    for bound in grid.claims:
        yield from _counts(body, bound.cell.span, bound.role)
    places = [[cell.span for cell in row] for row in body]
    for setting in grid.settings:
        yield from _whole_row(places, setting.value.span, setting.key.text.strip().lower())
    yield from ((cell.span, "ditto") for row in body for cell in row if _is_ditto(cell.text))


def _header(grid: Grid, head: Rows) -> Iterator[tuple[Span, str]]:
    """Return the cells of the header, as they are printed and as they are read where one cell is about two
    columns."""
    above = {cell.span.start for row in head for cell in row}
    printed = grid.sheet.rows if grid.sheet else ()
    yield from (
        (cell.span, "header") for row in (*head, *printed) for cell in row if cell.span.start in above
    )


def _titles(body: Rows) -> Iterator[tuple[Span, str]]:
    """Return the titles of rows of counts, which are those of networks that print none in them, too."""
    for row in body:
        title = next((one for one in row if one.text.strip()), row[0])
        role = role_of(title.text)
        if role in CLAIMS:
            yield title.span, role


def _is_ditto(text: str) -> bool:
    return bool(bodies.DITTO.fullmatch(text) or rows.DITTO.fullmatch(text))


def _passed(grid: Grid, head: Rows) -> list[int]:
    """List the columns that a warning or the setting `columns` passes over."""
    unread = {cell.span for cell in grid.unread}
    said = next(
        (setting.value.text.split(",") for setting in grid.settings if setting.key.text.lower() == "columns"),
        [],
    )
    named = [index for index, cell in enumerate(head[-1] if head else ()) if cell.span in unread]
    return [*named, *(index for index, word in enumerate(said) if word.strip() in (IGNORE, "-"))]


def _counts(body: Rows, span: Span, role: str) -> Iterator[tuple[Span, str]]:
    """Return the title of a row of counts, and the whole cell of the count (`13 weight layers`)."""
    for row in body:
        cell = next((one for one in row if one.span.start <= span.start and span.end <= one.span.end), None)
        if cell is not None:
            yield cell.span, role
            yield next(one for one in row if one.text.strip()).span, role


def _whole_row(places: list[list[Span]], span: Span, what: str) -> Iterator[tuple[Span, str]]:
    """Return the cells of the row that a setting was read from: nothing else is said in it."""
    for row in places:
        if any(cell.start <= span.start < cell.end for cell in row):
            yield from ((cell, what) for cell in row)
