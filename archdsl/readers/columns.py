"""A sheet -> grids: its header gives columns their roles; each structure column is a network of its own."""

import re
from typing import NamedTuple

from archdsl.readers.bands import spread, take_input
from archdsl.readers.grid import Cell, Grid, GridRow, GridSetting, Sheet
from archdsl.readers.roles import CLAIMS, IGNORE, LEXICON, SIZE, header_words, holds_layers, holds_network, role_of
from archdsl.readers.rows import ColumnRoles, claims_of, grid_rows
from archdsl.source import Source

_NUMERIC = re.compile(r"[~≈]?\s*[\d.,]+\s*(?:[×x]?\s*10\s*\^?\s*\d+|[kKMGB]i?)?%?")
_MAX_HEADER = 4


class Columns(NamedTuple):
    """The columns of a sheet: those shared by its networks, and one structure column for each network."""

    shared: ColumnRoles
    networks: tuple[int, ...]
    headers: tuple[str, ...]
    body: tuple[tuple[Cell, ...], ...]
    unread: tuple[Cell, ...]
    head: tuple[Cell, ...]
    settings: tuple[GridSetting, ...] = ()


def sheet_grids(source: Source, sheet: Sheet, settings: tuple[GridSetting, ...] = ()) -> tuple[Grid, ...]:
    """Give the networks of a sheet; none where it describes no network."""
    columns = columns_of(sheet, settings)
    if columns is None:
        return ()
    grids = []
    for network in columns.networks:
        shared = columns.shared.shared and network == len(columns.headers) - 1
        roles = columns.shared._replace(structure=network, shared=shared)
        rows = grid_rows(columns.body, roles, columns.networks)
        name = columns.headers[network] if len(columns.networks) > 1 else ""
        claims = claims_of(columns.body, roles)
        grids.append(Grid(sheet.name, columns.settings, rows, sheet.span, columns.unread, (), name, claims, columns.head, sheet))
    return tuple(grid for grid in grids if _describes(grid, columns))


def columns_of(sheet: Sheet, settings: tuple[GridSetting, ...] = ()) -> Columns | None:
    """Give the columns of a sheet their roles; None where it describes no network.

    The setting `columns` lists the roles of the columns; `each-row` is what every row is, where no column says it.
    """
    given = {setting.key.text.lower(): setting.value for setting in settings}
    override, operator = given.get("columns"), given.get("each-row")
    rows = _upright(sheet)
    count = sheet.header or _header_rows(rows)
    rows = tuple(_with_operator(row, operator, index < count) for index, row in enumerate(rows)) if operator else rows
    headers = tuple(_header_text(rows[:count], index) for index in range(len(rows[0]))) if rows else ()
    if not headers:
        return None
    body = rows[count:]
    said = [word.strip() for word in override.text.split(",")] if override else []
    roles = [_said_role(said[index] if index < len(said) else "") or role_of(header) for index, header in enumerate(headers)]
    columns = _assign(rows[:count], headers, roles, body)
    return columns and columns._replace(shared=columns.shared._replace(shared=operator is not None))


def _with_operator(row: tuple[Cell, ...], operator: Cell, head: bool) -> tuple[Cell, ...]:
    """Add the operator that all rows share as a column; a row of counts has none."""
    if head:
        return (*row, Cell("operator", operator.start, (operator.start,) * 9))
    return (*row, operator if role_of(row[0].text) not in CLAIMS and any(cell.text.strip() for cell in row) else Cell("", operator.start))


def _said_role(word: str) -> str | None:
    """Read an entry of `columns`: a role, a header that has one, or `ignore` (`-`); an empty one leaves the column as it is."""
    return IGNORE if word in (IGNORE, "-") else word if word in LEXICON else role_of(word)


def _assign(
    head: tuple[tuple[Cell, ...], ...], headers: tuple[str, ...], roles: list[str | None], body: tuple[tuple[Cell, ...], ...]
) -> Columns | None:
    taken: dict[str, int] = {}
    structures: list[int] = []
    bound: list[tuple[str, str, int]] = []
    unread: list[int] = []
    for index, (header, role) in enumerate(zip(headers, roles, strict=True)):
        cells = _texts(body, index)
        if role == IGNORE:
            continue
        letter = len(header_words(header)) == 1 and holds_layers(cells)  # networks are often called A, B, C
        if role == "structure" or letter or (role is None and holds_network(cells, bool(structures))):
            structures.append(index)
        elif role in ("name", "size", "input"):
            if role in taken:
                unread.append(index)
            taken.setdefault(role, index)
        elif role is None and not header_words(header) and index == 0 and "name" not in roles:
            taken["name"] = index  # the corner above the names is often left empty
        elif role is None and header_words(header) and not any(cells):
            unread.append(index)
        elif any(cells):
            bound.append((role or "", header, index))
    structures = _networks(structures, roles, taken, body)
    if not structures:
        return None
    shared = ColumnRoles(taken.get("name"), taken.get("size"), taken.get("input"), structures[0], tuple(bound))
    passed = tuple(head[-1][index] for index in unread if head and head[-1][index].text.strip())
    body, settings = take_input(spread(body, tuple(structures)) if len(structures) > 1 else body)
    return Columns(shared, tuple(structures), headers, body, passed, head[-1] if head else (), settings)


def _networks(structures: list[int], roles: list[str | None], taken: dict[str, int], body: tuple[tuple[Cell, ...], ...]) -> list[int]:
    """Choose the structure columns: a printed `type` beside columns of properties is one; else the name says the layer."""
    if structures:
        named = [index for index in structures if roles[index] == "structure"]
        return named if named and len(named) < len(structures) and "name" not in taken and not _several(structures, body) else structures
    if "name" in taken and len(roles) > 1 and any(role in ("fused", "filter", "channels", "stride", "size", "input") for role in roles):
        return [taken["name"]]
    return []


def _several(structures: list[int], body: tuple[tuple[Cell, ...], ...]) -> bool:
    return all(holds_layers(_texts(body, index)) for index in structures)


def _texts(body: tuple[tuple[Cell, ...], ...], index: int) -> list[str]:
    return [row[index].text.strip() for row in body]


def _header_text(rows: tuple[tuple[Cell, ...], ...], index: int) -> str:
    """Join the header cells above a column: a merged cell once."""
    cells: list[Cell] = []
    for row in rows:
        title = len(row) > 1 and all(cell is row[0] for cell in row)  # a title of the table above its header
        if not title and not any(row[index] is cell for cell in cells):
            cells.append(row[index])
    return " ".join(cell.text.replace(";", " ").strip() for cell in cells if cell.text.strip())


def _header_rows(rows: tuple[tuple[Cell, ...], ...]) -> int:
    """Count the leading rows that hold neither sizes, numbers nor layers."""
    count = 0
    for row in rows[:_MAX_HEADER]:
        texts = [cell.text.strip() for cell in row]
        known = sum(role_of(text) is not None for text in texts)
        data = any((SIZE.fullmatch(text) and text != "-") or _NUMERIC.fullmatch(text) for text in texts if text)
        if data or (holds_layers([text for text in texts if text]) and known < 2):
            break
        count += 1
        if known >= 2 and all(cell.rows == 1 for cell in row):
            break
    return count


def _upright(sheet: Sheet) -> tuple[tuple[Cell, ...], ...]:
    """Turn a table whose first column holds the headers (`output map size | 32x32 | 16x16`)."""
    rows = sheet.rows
    if not rows or len(rows[0]) < 3:
        return rows
    across = sum(role_of(cell.text) is not None for cell in rows[0] if cell.text.strip())
    down = sum(role_of(row[0].text) is not None for row in rows)
    counted = [row for row in rows if role_of(row[0].text) in ("params", "macs", "depth", None)]
    if down >= 2 and down > across and len(counted) <= 1:
        return tuple(zip(*rows, strict=True))
    return rows


def _describes(grid: Grid, columns: Columns) -> bool:
    """Tell a network from a table of results: most of its rows say a layer, a size or a property of one."""
    return any(_of_network(row) for row in grid.rows)


def _of_network(row: GridRow) -> bool:
    sized = bool(SIZE.match(row.size.text.strip()) and row.size.text.strip() != "-") or row.incoming is not None
    return holds_layers([row.structure.text]) or sized or bool(row.parts[0].bound)
