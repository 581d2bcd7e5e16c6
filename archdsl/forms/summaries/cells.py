"""Cells of the table that a summary becomes, which stand where something of the summary stands."""

from archdsl.forms.summaries.rows import Row
from archdsl.text.grid import Cell, GridSetting


def label(row: Row) -> Cell:
    """Return the cell of a row's name: empty where the row has a class alone."""
    alone = row.name.places[0] == row.type.places[0] and row.name.chars == row.type.chars
    alone = alone and not row.called[-1].isdecimal()  # `max_pooling2d_1`
    return Cell("", row.name.places[0]) if alone else row.name.cell()


def between(words: str, before: Row) -> tuple[Cell, ...]:
    """Return a row of a layer that is not printed, which stands where the row behind it stands."""
    at = before.name.cell()
    nothing = Cell("", at.start)
    return said(f"before {before.called}", at), said(words, at), nothing, nothing


def said(word: str, at: Cell) -> Cell:
    """Return a word that stands for a cell."""
    place = at.span
    return Cell(word, place.start, (*(place.start,) * len(word), place.end))


def setting(key: str, value: str, at: Cell) -> GridSetting:
    """Return a setting that a cell says without printing it."""
    return GridSetting(said(key, at), said(value, at))
