"""Grids -> a plain table: lines of settings and blocks, columns with roles, and cells as printed, in single
spaces.

What every written form starts from: it comes from the grids, before anything is resolved, so a table keeps
its notation.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import Literal, NamedTuple

from archdsl.format.layout import lines
from archdsl.format.native import write
from archdsl.pipeline import MAX_ROWS, native_reader
from archdsl.source import Source
from archdsl.table.columns import Columns, columns_of
from archdsl.table.owned import listed_headers
from archdsl.table.reach import brace_of
from archdsl.table.roles import CLAIMS, plain_columns, role_of
from archdsl.text.grid import Cell, Grid

Role = Literal["name", "size", "structure", "other"]

_SENTENCE = re.compile(r"(?<![A-Z])\.(?=\s+\W?[A-Z]|$)|;")
_BLANKS = re.compile(r"\s+")
_NUMBERED = re.compile(r"^\W*tab(?:le|\.)\s*[-:]?\s*[\w.]+?\s*[:.|]+\s*", re.IGNORECASE)
_PRINTED = {"name": "Layer", "size": "Output size", "structure": "Structure", "other": ""}


# Lines of a native spec that are no table's.
_SAID = ("setting", "block", "step")


class Column(NamedTuple):
    """A column: its header, and what it says of a row; several of the role `structure` are several
    networks."""

    header: str
    role: Role


class Entry(NamedTuple):
    """A cell; `above` tells that it is one with the cell above it, whose text it repeats."""

    text: str
    above: bool = False


class PlainTable(NamedTuple):
    """A table of one network or several; `lines` are its settings and blocks as native lines, `words` the
    roles of columns.

    `title` begins the comment at the top of a native spec, which has no caption.
    """

    name: str
    caption: str
    lines: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: tuple[tuple[Entry, ...], ...]
    words: tuple[str, ...] = ()
    title: str = ""

    def indices(self, role: Role) -> list[int]:
        """List the columns of a role."""
        return [index for index, column in enumerate(self.columns) if column.role == role]


def plain_tables(source: Source, grids: Sequence[Grid], document: bool) -> list[PlainTable]:
    """Return the tables of a source, a document or a native spec; the grids of one sheet are one table."""
    found: list[list[Grid]] = []
    for grid in grids:
        if found and grid.sheet is not None and found[-1][0].sheet is grid.sheet:
            found[-1].append(grid)
        else:
            found.append([grid])
    return [_table(source, several[0], document) for several in found]


def _table(source: Source, grid: Grid, document: bool) -> PlainTable:
    said = _lines(grid) if document else _own_lines(source)
    own = listed_headers(grid.blocks)
    columns = columns_of(grid.sheet, grid.settings, own) if grid.sheet else None
    title = "" if document else first_sentence(source)
    caption = (
        _NUMBERED.sub("", grid.sheet.caption.text.strip(), count=1)
        if grid.sheet and grid.sheet.caption
        else ""
    )
    if grid.sheet is None or columns is None:
        return PlainTable(grid.name, "", said, *_of_rows(grid), title)
    width = len(columns.headers) - columns.shared.shared
    heads = tuple(Column(*one) for one in zip(_headers(columns), _roles(columns), strict=True))[:width]
    rows = [row[:width] for row in _body(columns)]
    kept = [
        index
        for index, column in enumerate(heads)
        if column.role != "other" or any(row[index].text for row in rows)
    ]
    cut = tuple(tuple(row[index] for index in kept) for row in rows)
    words = _words(columns)
    return PlainTable(
        grid.name,
        _line(caption),
        said,
        tuple(heads[index] for index in kept),
        cut,
        tuple(words[index] for index in kept),
        title,
    )


def first_sentence(source: Source) -> str:
    """Return the first sentence of the comment at the top of a spec: what the table is of."""
    comment = takewhile(lambda line: line.startswith("#"), map(str.strip, source.text.split("\n")))
    text = _line(" ".join(line.lstrip("#") for line in comment))
    end = _SENTENCE.search(text)
    return text[: end.start()] + "." if end else text


def _own_lines(source: Source) -> tuple[str, ...]:
    """Return the lines of a native spec that are no table's, with the comments above it."""
    reader = native_reader(source)
    reader.read("", MAX_ROWS)
    found = lines(source, reader)
    body = next(
        (number for number, line in enumerate(found) if line.kind in ("row", "header", "rule")), len(found)
    )
    kept = [
        line
        for number, line in enumerate(found)
        if line.kind in _SAID or (number < body and line.kind in ("comment", "blank"))
    ]
    return tuple(write(kept).rstrip("\n").split("\n")) if kept else ()


def _lines(grid: Grid) -> tuple[str, ...]:
    """Write settings and blocks as lines of our own form, comments and all that is no cell left out."""
    texts = [f"{setting.key.text} {_line(setting.value.text)}" for setting in grid.settings]
    for block in grid.blocks:
        texts += ["", f"block {_line(block.head.text)}", *(f"    {_line(line.text)}" for line in block.lines)]
    text = Source("", "\n".join(texts))
    reader = native_reader(text)
    reader.read("", len(texts))
    return tuple(write(lines(text, reader)).rstrip("\n").split("\n")) if texts else ()


def _line(text: str) -> str:
    return _BLANKS.sub(" ", text.strip())


def _headers(columns: Columns) -> Iterator[str]:
    """Return the headers; a column without one is called by its role, save for the corner above the names."""
    roles = _roles(columns)
    for index, (header, role) in enumerate(zip(columns.headers, roles, strict=True)):
        corner = not index and role == "name" and any(columns.headers)
        yield _line(header) or ("" if corner else _PRINTED[role])


def _roles(columns: Columns) -> list[Role]:
    sizes = (columns.shared.size, columns.shared.incoming)
    return [
        "structure"
        if index in columns.networks
        else "size"
        if index in sizes
        else "name"
        if index == columns.shared.name
        else "other"
        for index in range(len(columns.headers))
    ]


def _words(columns: Columns) -> tuple[str, ...]:
    """Name the roles as the setting `columns` does."""
    words = {index: "structure" for index in columns.networks} | {
        index: role for role, _, index in columns.shared.bound if role
    }
    shared = columns.shared
    words |= {
        index: role
        for role, index in (("name", shared.name), ("size", shared.size), ("input", shared.incoming))
        if index is not None
    }
    return tuple(words.get(index, "") for index in range(len(columns.headers)))


def _body(columns: Columns) -> Iterator[tuple[Entry, ...]]:
    kept = [row for row in columns.body if any(cell.text.strip() for cell in row)]
    before: tuple[Cell, ...] | None = None
    stage: tuple[Entry, ...] = ()
    for row in kept:
        entries = [
            Entry(_text(row, index, columns), _merged(row, before, index)) for index in range(len(row))
        ]
        if stage and _goes_on(row, columns):
            for index in _stage_columns(columns):
                entries[index] = Entry(stage[index].text, True)
        before, stage = row, tuple(entries)
        yield stage


def _merged(row: tuple[Cell, ...], before: tuple[Cell, ...] | None, index: int) -> bool:
    return before is not None and row[index] is before[index] and bool(row[index].text.strip())


def _stage_columns(columns: Columns) -> list[int]:
    return [index for index in (columns.shared.name, columns.shared.size) if index is not None]


def _goes_on(row: tuple[Cell, ...], columns: Columns) -> bool:
    """Recognise a row whose name and size are left empty: they are those of the row above."""
    own = _stage_columns(columns)
    return len(own) == 2 and not any(row[index].text.strip() for index in own)


def _text(row: tuple[Cell, ...], index: int, columns: Columns) -> str:
    """Return a cell's text: nothing where a printed structure is one with the cell, a brace over several rows
    in front of each."""
    others = [*columns.networks, *_stage_columns(columns)]
    printed = [network for network in columns.networks if network < len(columns.headers)]
    if index not in others and any(row[index] is row[network] for network in printed):
        return ""
    if role_of(row[index].text) in CLAIMS and any(cell is row[index] for cell in row[:index]):
        return ""
    brace = brace_of(row)
    if brace is row[index]:
        return ""
    text = _line(row[index].text)
    return f"{brace.text.strip(' ×xX')}× {text}" if brace and index in columns.networks else text


def _named_and_sized(grid: Grid) -> tuple[list[str], list[str], list[bool]]:
    """Return the names and sizes of printed rows; those after the first of a stage go on with it."""
    names: list[str] = []
    sizes: list[str] = []
    for row in grid.rows:
        names += [_line(row.name.text), *[""] * (len(row.parts) - 1)]
        sizes += [_line(row.size.text), *[""] * (len(row.parts) - 1)]
    return names, sizes, [number > 0 for row in grid.rows for number in range(len(row.parts))]


def _of_rows(grid: Grid) -> tuple[tuple[Column, ...], tuple[tuple[Entry, ...], ...], tuple[str, ...]]:
    """Return the rows of a table that has no further columns."""
    printed = [cell.text for cell in grid.headers]
    headers = {role: printed[index] for role, index in (plain_columns(printed) or {}).items()}
    names, sizes, further = _named_and_sized(grid)
    cells: list[tuple[Role, list[str]]] = [
        ("name", names),
        ("size", sizes),
        ("structure", [_line(part.structure.text) for row in grid.rows for part in row.parts]),
    ]
    cells[1] = (
        "size",
        ["" if text == "-" and name else text for text, name in zip(sizes, names, strict=True)],
    )
    nameless = any(not name and not goes_on for name, goes_on in zip(names[1:], further[1:], strict=True))
    if nameless or any(cells[1][1]):  # a row without a name and a size would go on with the one above
        whole = zip(cells[1][1], names, further, strict=True)
        cells[1] = ("size", [text if text or name or goes_on else "-" for text, name, goes_on in whole])
    sized = nameless or any(text.strip("-") for text in cells[1][1])
    kept = [
        (role, texts)
        for role, texts in cells
        if role == "structure" or (sized if role == "size" else any(texts) or not sized)
    ]
    columns = tuple(Column(_line(headers.get(role, "")) or _PRINTED[role], role) for role, _ in kept)
    rows = zip(*([Entry(text) for text in texts] for _, texts in kept), strict=True)
    return columns, tuple(rows), tuple(role for role, _ in kept)
