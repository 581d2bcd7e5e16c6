"""A sheet -> grids: its header gives columns their roles; each structure column is a network of its own."""

from archdsl.lang.headers import LEXICON
from archdsl.light import NamedTuple
from archdsl.source import Source
from archdsl.table.braces import brace_column
from archdsl.table.claim_rows import claims_of, is_count_row
from archdsl.table.counted import counted_columns
from archdsl.table.further import further_column
from archdsl.table.head import (
    header_cells,
    header_rows,
    header_text,
    may_lie,
    more_header,
    strengths_above,
    strengths_left,
)
from archdsl.table.inputs import own_input
from archdsl.table.owned import plain_header, says_no_layer
from archdsl.table.passes import laid_out, put_straight
from archdsl.table.resolution import leaves
from archdsl.table.roles import CLAIMS, IGNORE, UNREAD, header_words, role_of
from archdsl.table.rows import absent_rows, grid_rows
from archdsl.table.scores import ALONE, SAID, Choice, assign
from archdsl.table.sections import sections
from archdsl.table.spaces import space_of
from archdsl.table.table import Body, ColumnRoles, Table
from archdsl.table.widths import is_absent, own_columns, value_columns
from archdsl.text.grid import Bound, Cell, Grid, GridSetting, Remark, Sheet

_ASIDE = {IGNORE: "column passed over", "ratio": "size of the original"}  # columns that rows have no part of
_MAX_CELL = 2_000  # so many characters of a cell say what its column is for


class Columns(NamedTuple):
    """The columns of a sheet: those shared by its networks, and one column for each network.

    That one holds layers, or values of one property (`widths`: the channels of networks that share their
    rows).
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
    printed: tuple[Body, Body] = ((), ())
    passed: tuple[Bound, ...] = ()


def sheet_grids(
    source: Source,
    sheet: Sheet,
    settings: tuple[GridSetting, ...] = (),
    own: frozenset[str] = frozenset(),
) -> tuple[Grid, ...]:
    """Return the networks that the columns of a sheet could be; none where no column can hold layers.

    `own` are headers that blocks of the file list for their parameters.
    """
    rows = _upright(sheet)
    parts = (
        sections(sheet, more_header(rows, sheet.header) or header_rows(rows))
        if rows is sheet.rows
        else (("", sheet),)
    )
    grids = tuple(grid for title, part in parts for grid in _section_grids(part, title, settings, own))
    return tuple(
        grid for grid in grids if any(role_of(row.structure.text) not in CLAIMS for row in grid.rows)
    )


def _section_grids(
    sheet: Sheet, title: str, settings: tuple[GridSetting, ...], own: frozenset[str]
) -> tuple[Grid, ...]:
    """Return the networks of one section of a sheet, which the title names."""
    columns = columns_of(sheet, settings, own)
    if columns is None:
        return ()
    return tuple(
        _network(sheet, columns, roles, " ".join(filter(None, (title, name))))
        for roles, name in _each(columns)
    )


def _each(columns: Columns) -> list[tuple[ColumnRoles, str]]:
    """List the networks: the roles that the columns have for each, and what it is called."""
    if columns.widths:
        return [
            (own_columns(columns.shared, columns.widths, index), columns.names[index])
            for index in columns.widths
        ]
    names = (
        columns.headers
        if len(columns.networks) > 1
        else [""] * max(len(columns.headers), 1 + columns.networks[0])
    )
    return [(columns.shared._replace(structure=i), names[i]) for i in columns.networks]


def _network(sheet: Sheet, columns: Columns, roles: ColumnRoles, name: str) -> Grid:
    absent = [row for row in columns.body if columns.widths and is_absent(row, roles, columns.widths)]
    gone = set(map(id, absent))
    body = tuple(row for row in columns.body if id(row) not in gone) if absent else columns.body
    absent += absent_rows(columns.body, roles, columns.networks)
    passed = (*columns.passed, *(Bound("row of another network", "", cell) for row in absent for cell in row))
    rows = grid_rows(body, roles, columns.networks)
    claims = claims_of(columns.body, roles, len(columns.networks) == 1 and not columns.widths)
    settings = (*columns.settings, *sheet.settings)
    entering = own_input(rows[0].structure) if rows and len(columns.networks) > 1 else None
    if entering and not settings:
        settings, rows = (entering,), rows[1:]
    others = tuple(index for index in columns.widths or columns.networks if index != roles.own)
    grid = Grid(
        sheet.name,
        settings,
        rows,
        sheet.span,
        columns.unread,
        (),
        name,
        claims,
        columns.head,
        sheet,
        columns.notes,
    )
    return grid._replace(printed=columns.printed, others=others, passed=passed)


def columns_of(
    sheet: Sheet, settings: tuple[GridSetting, ...] = (), own: frozenset[str] = frozenset()
) -> Columns | None:
    """Return the columns of a sheet their roles; None where it describes no network.

    The setting `columns` lists the roles of the columns; `each-row` is what every row is, where no column
    says it.
    """
    given = {setting.key.text.lower(): setting.value for setting in settings}
    override, operator = given.get("columns"), given.get("each-row")
    rows = _upright(sheet)
    count = more_header(rows, sheet.header) or header_rows(rows)
    rows = laid_out(rows, count)
    rows = (
        tuple(_with_operator(row, operator, index < count) for index, row in enumerate(rows))
        if operator
        else rows
    )
    headers = tuple(header_text(rows[:count], index) for index in range(len(rows[0]))) if rows else ()
    if not headers:
        return None
    said = [_said_role(word.strip()) for word in override.text.split(",")] if override else []
    roles = [choice.role for choice in _choices(rows, count, said)]
    for index, header in enumerate(headers if own else ()):
        parameter = roles[index] == "structure" and plain_header(header) in own
        roles[index] = "" if parameter and says_no_layer(_texts(rows[count:], index)) else roles[index]
    columns = _assign(rows[:count], headers, roles, rows[count:])
    printed = rows[:count], rows[count:]
    return columns and columns._replace(
        shared=columns.shared._replace(shared=operator is not None), printed=printed
    )


def _upright(sheet: Sheet) -> Body:
    """Return the rows of a table, turned where it lies on its side: rows such as `input` and `output` are
    headers, too, so scores decide."""
    rows = sheet.rows
    if not may_lie(sheet):
        return rows
    turned = tuple(zip(*rows, strict=True))
    return turned if _fit(turned) > _fit(rows) else rows


def _fit(rows: Body) -> float:
    choices = _choices(rows, header_rows(rows), [])
    return sum(choice.score for choice in choices) / len(choices)


def _choices(rows: Body, count: int, said: list[str | None]) -> list[Choice]:
    """Return each column the role that the setting says, or that its header and its cells make the best."""
    head = rows[:count]
    above = [strengths_left(head, index) or strengths_above(head, index) for index in range(len(rows[0]))]
    said = said + [None] * (len(above) - len(said))
    strengths = [found if own is None else {own: SAID} for own, found in zip(said, above, strict=False)]
    corner = not header_words(header_text(head, 0))
    body = tuple(row for row in rows[count:] if not (is_count_row(row) or any(map(space_of, row))))
    body = body or rows[count:]
    return assign(strengths, [_texts(body, index) for index in range(len(above))], corner)


def _with_operator(row: tuple[Cell, ...], operator: Cell, head: bool) -> tuple[Cell, ...]:
    """Add the operator that all rows share as a column; a row of counts has none."""
    if head:
        return (*row, Cell("operator", operator.start, (operator.start,) * 9))
    return (
        *row,
        operator
        if role_of(row[0].text) not in CLAIMS and any(cell.text.strip() for cell in row)
        else Cell("", operator.start),
    )


def _said_role(word: str) -> str | None:
    """Read an entry of `columns`: a role, a header that has one, or `ignore` (`-`); an empty one leaves the
    column as it is."""
    return IGNORE if word in (IGNORE, "-") else word if word in LEXICON else role_of(word)


def _assign(head: Body, headers: tuple[str, ...], roles: list[str], body: Body) -> Columns | None:
    """Bind columns by their roles; None where no column says what the layers are."""
    brace, widths = _look_at_cells(headers, roles, body)
    taken = {role: index for index, role in reversed(list(enumerate(roles))) if role in ALONE}
    if "structure" not in roles:
        for index in counted_columns(roles, body):
            roles[index] = "structure"
    layered = [index for index, role in enumerate(roles) if role == "structure"]
    further = further_column(body, layered, taken.get("name"))
    structures = _networks([index for index in layered if index != further], taken, roles)
    if not structures:
        return None
    unread = [
        index for index, role in enumerate(roles) if role == UNREAD or _is_blank(body, index, headers, roles)
    ]
    columns = tuple(
        (role, headers[index], index)
        for index, role in enumerate(roles)
        if index not in unread and _is_bound(body, index, role)
    )
    shared = ColumnRoles(
        taken.get("name"), taken.get("size"), taken.get("input"), structures[0], columns, further=further
    )
    table = put_straight(Table(body, shared, tuple(structures), taken.get("ratio"), brace))
    above = head[-1] if head else ()
    passed = tuple(above[index] for index in unread if above and above[index].text.strip())
    return Columns(
        table.roles,
        table.networks,
        headers,
        table.body,
        passed,
        above,
        table.settings,
        widths,
        tuple(_lowest(head, index) for index in range(len(headers))),
        table.notes,
        passed=(*_unsaid(roles, body), *table.passed),
    )


def _look_at_cells(
    headers: tuple[str, ...], roles: list[str], body: Body
) -> tuple[int | None, tuple[int, ...]]:
    """Correct roles by what stands in the columns; give the column of braces, and those of values."""
    brace = brace_column(headers, roles, body)
    if brace is not None:
        roles[brace] = "repeat"  # of its own row, where it goes around no others
    for index, said in enumerate(roles):
        if said == "bias" and any(map(_is_count, _texts(body, index))):
            roles[index] = UNREAD  # how many there are, which a layer's count has
        elif said == "input" and "size" not in roles and leaves(headers[index], body, index, roles):
            roles[index] = "size"
    widths, role = value_columns(headers, roles, body)
    for index in widths:
        roles[index] = role
    return brace, widths


def _is_count(text: str) -> bool:
    return text.replace(",", "").isdecimal() and text.lstrip("0") not in ("", "1")


def _lowest(head: Body, index: int) -> str:
    """Return the lowest header of a column; empty where it has none."""
    cells = header_cells(head, index)
    return cells[-1].text.strip() if cells else ""


def _is_bound(body: Body, index: int, role: str) -> bool:
    """Return whether the cells of a column say something of the layers beside them."""
    return role not in (*ALONE, "structure", IGNORE) and any(_texts(body, index))


def _unsaid(roles: list[str], body: Body) -> tuple[Bound, ...]:
    """List the cells of the columns that say nothing of the network, with what they hold."""
    aside = {index: _ASIDE[role] for index, role in enumerate(roles) if role in _ASIDE}
    return tuple(Bound(what, "", row[index]) for row in body for index, what in aside.items())


def _is_blank(body: Body, index: int, headers: tuple[str, ...], roles: list[str]) -> bool:
    """Return whether a column has a header of no known role, and nothing under it."""
    return not roles[index] and bool(header_words(headers[index])) and not any(_texts(body, index))


def _networks(structures: list[int], taken: dict[str, int], roles: list[str]) -> list[int]:
    """Choose the structure columns; where there is none, the name of a row says its layer."""
    said = any(
        role in ("fused", "filter", "channels", "stride", "size", "input", "details") for role in roles
    )
    return structures or ([taken["name"]] if "name" in taken and len(roles) > 1 and said else [])


def _texts(body: Body, index: int) -> list[str]:
    return [row[index].text[:_MAX_CELL].strip() for row in body]
