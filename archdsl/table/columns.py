"""A sheet -> grids: its header gives columns their roles; each structure column is a network of its own."""

from archdsl.lang.headers import LEXICON
from archdsl.light import NamedTuple
from archdsl.source import Source
from archdsl.table.apart import apart
from archdsl.table.braces import brace_column
from archdsl.table.deciding import decide
from archdsl.table.head import header_cells, header_rows, header_text, more_header, role_above, role_left, upright
from archdsl.table.passes import put_straight
from archdsl.table.roles import CLAIMS, IGNORE, UNREAD, header_words, holds_layers, holds_network, role_of
from archdsl.table.rows import claims_of, grid_rows
from archdsl.table.sections import sections
from archdsl.table.table import Body, ColumnRoles, Table
from archdsl.table.widths import own_columns, width_columns
from archdsl.text.grid import Cell, Grid, GridSetting, Remark, Sheet

_MAX_CELL = 2_000  # so many characters of a cell say what its column is for


class Columns(NamedTuple):
    """The columns of a sheet: those shared by its networks, and one column for each network.

    That one holds layers, or values of one property (`widths`: the channels of networks that share their rows).
    """

    shared: ColumnRoles
    networks: tuple[int, ...]
    headers: tuple[str, ...]
    body: Body
    unread: tuple[Cell, ...]
    head: tuple[Cell, ...]
    settings: tuple[GridSetting, ...] = ()
    widths: tuple[int, ...] = ()
    names: tuple[str, ...] = ()
    notes: tuple[Remark, ...] = ()


def sheet_grids(source: Source, sheet: Sheet, settings: tuple[GridSetting, ...] = ()) -> tuple[Grid, ...]:
    """Give the networks that the columns of a sheet could be; none where no column can hold layers."""
    rows = upright(sheet)
    parts = sections(sheet, more_header(rows, sheet.header) or header_rows(rows)) if rows is sheet.rows else (("", sheet),)
    grids = tuple(grid for title, part in parts for grid in _section_grids(part, title, settings))
    return tuple(grid for grid in grids if any(role_of(row.structure.text) not in CLAIMS for row in grid.rows))


def _section_grids(sheet: Sheet, title: str, settings: tuple[GridSetting, ...]) -> tuple[Grid, ...]:
    """Give the networks of one section of a sheet, which the title names."""
    columns = columns_of(sheet, settings)
    if columns is None:
        return ()
    return tuple(_network(sheet, columns, roles, " ".join(filter(None, (title, name)))) for roles, name in _each(columns))


def _each(columns: Columns) -> list[tuple[ColumnRoles, str]]:
    """List the networks: the roles that the columns have for each, and what it is called."""
    if columns.widths:
        return [(own_columns(columns.shared, columns.widths, index), columns.names[index]) for index in columns.widths]
    names = columns.headers if len(columns.networks) > 1 else [""] * len(columns.headers)
    shared = columns.shared.shared
    last = len(names) - 1
    return [(columns.shared._replace(structure=i, shared=shared and i == last), names[i]) for i in columns.networks]


def _network(sheet: Sheet, columns: Columns, roles: ColumnRoles, name: str) -> Grid:
    rows = grid_rows(columns.body, roles, columns.networks)
    claims = claims_of(columns.body, roles, len(columns.networks) == 1 and not columns.widths)
    settings = (*columns.settings, *sheet.settings)
    return Grid(sheet.name, settings, rows, sheet.span, columns.unread, (), name, claims, columns.head, sheet, columns.notes)


def columns_of(sheet: Sheet, settings: tuple[GridSetting, ...] = ()) -> Columns | None:
    """Give the columns of a sheet their roles; None where it describes no network.

    The setting `columns` lists the roles of the columns; `each-row` is what every row is, where no column says it.
    """
    given = {setting.key.text.lower(): setting.value for setting in settings}
    override, operator = given.get("columns"), given.get("each-row")
    rows = upright(sheet)
    count = more_header(rows, sheet.header) or header_rows(rows)
    rows = apart(rows, count)
    rows = tuple(_with_operator(row, operator, index < count) for index, row in enumerate(rows)) if operator else rows
    headers = tuple(header_text(rows[:count], index) for index in range(len(rows[0]))) if rows else ()
    if not headers:
        return None
    said = [_said_role(word.strip()) for word in override.text.split(",")] if override else []
    said += [None] * (len(headers) - len(said))
    found = [own or role_left(rows[:count], index) or role_above(rows[:count], index) for index, own in enumerate(said[: len(headers)])]
    decided = decide(headers, found, [_texts(rows[count:], index) for index in range(len(headers))])
    roles = [own or role for own, role in zip(said, decided, strict=False)]
    columns = _assign(rows[:count], headers, roles, rows[count:])
    return columns and columns._replace(shared=columns.shared._replace(shared=operator is not None))


def _with_operator(row: tuple[Cell, ...], operator: Cell, head: bool) -> tuple[Cell, ...]:
    """Add the operator that all rows share as a column; a row of counts has none."""
    if head:
        return (*row, Cell("operator", operator.start, (operator.start,) * 9))
    return (*row, operator if role_of(row[0].text) not in CLAIMS and any(cell.text.strip() for cell in row) else Cell("", operator.start))


def _said_role(word: str) -> str | None:
    """Read an entry of `columns`: a role, a header that has one, or `ignore` (`-`); an empty one leaves the column as it is."""
    return IGNORE if word in (IGNORE, "-") else word if word in LEXICON else role_of(word)


class _Assigned(NamedTuple):
    """The columns while they are gone through from left to right."""

    taken: dict[str, int]
    structures: list[int]
    bound: list[tuple[str, str, int]]
    unread: list[int]


def _assign(head: Body, headers: tuple[str, ...], roles: list[str | None], body: Body) -> Columns | None:
    brace = brace_column(headers, roles, body)
    if brace is not None:
        roles[brace] = IGNORE
    widths = width_columns(headers, roles, body)
    for index in widths:
        roles[index] = "channels"
    found = _Assigned({}, [], [], [])
    for index in range(len(headers)):
        if roles[index] != IGNORE:
            _take(found, headers, roles, body, index)
    taken = found.taken
    structures = _networks(found.structures, roles, taken, body)
    if not structures:
        return None
    shared = ColumnRoles(taken.get("name"), taken.get("size"), taken.get("input"), structures[0], tuple(found.bound))
    passed = tuple(head[-1][index] for index in found.unread if head and head[-1][index].text.strip())
    table = put_straight(Table(body, shared, tuple(structures), taken.get("ratio"), brace))
    names = tuple(cells[-1].text.strip() if (cells := header_cells(head, index)) else "" for index in range(len(headers)))
    above = head[-1] if head else ()
    return Columns(shared, tuple(structures), headers, table.body, passed, above, table.settings, widths, names, table.notes)


def _take(found: _Assigned, headers: tuple[str, ...], roles: list[str | None], body: Body, index: int) -> None:
    """Say what a column is for: a name, a size, the layers, a property, or nothing that is read."""
    header, role, taken = headers[index], roles[index], found.taken
    cells = _texts(body, index)
    letter = len(header_words(header)) == 1 and holds_layers(cells)  # networks are often called A, B, C
    further = role == "name" and "name" in taken and holds_layers(cells)  # `Stage | Output | Layers`
    if role == UNREAD:
        found.unread.append(index)
    elif role == "structure" or letter or further or (role is None and holds_network(cells, bool(found.structures))):
        found.structures.append(index)
    elif role in ("name", "size", "input", "ratio"):
        if role in taken:
            found.unread.append(index)
        taken.setdefault(role, index)
    elif role is None and not header_words(header) and index == 0 and "name" not in roles:
        taken["name"] = index  # the corner above the names is often left empty
    elif role is None and header_words(header) and not any(cells):
        found.unread.append(index)
    elif any(cells):
        found.bound.append((role or "", header, index))


def _networks(structures: list[int], roles: list[str | None], taken: dict[str, int], body: Body) -> list[int]:
    """Choose the structure columns: a printed `type` beside columns of properties is one; else the name says the layer."""
    if structures:
        named = [index for index in structures if roles[index] == "structure"]
        return named if named and len(named) < len(structures) and "name" not in taken and not _several(structures, body) else structures
    if "name" in taken and len(roles) > 1 and any(role in ("fused", "filter", "channels", "stride", "size", "input") for role in roles):
        return [taken["name"]]
    return []


def _several(structures: list[int], body: Body) -> bool:
    return all(holds_layers(_texts(body, index)) for index in structures)


def _texts(body: Body, index: int) -> list[str]:
    return [row[index].text[:_MAX_CELL].strip() for row in body]
