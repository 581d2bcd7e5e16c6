"""The body of a sheet under its columns -> rows: merged cells, braces, dittos, counts."""

import re
from collections import Counter
from collections.abc import Iterator

from archdsl.lang.vocabulary import longest
from archdsl.light import NamedTuple
from archdsl.patterns import pattern
from archdsl.source import Span
from archdsl.table.claim_rows import bound_cells, claim_row
from archdsl.table.further import followed
from archdsl.table.operators import LABEL, NUMBERED, TOLD, name_of, operator_of
from archdsl.table.reach import brace_of, reach
from archdsl.table.roles import CLAIMS, SIZE, says_none
from archdsl.table.table import Body, ColumnRoles
from archdsl.text.grid import Bound, Cell, GridRow, Part, cut_off, joined

_BRACE = pattern(r"\s*(\d+|[A-Za-z])\s*[×xX]\s*(?=[A-Za-z])(?!\s*\[)")
_SEVERAL = pattern(r"[+&;→]|->")
_REPEAT_ALONE = pattern(r"\s*[×xX*]\s*\S+\s*")
DITTO = pattern(r"\s*(?:←|<-|〃|\"|''|same|ditto|idem|同左|同上|← 同左)\s*", re.IGNORECASE)
# A row that one of several networks does not have.
_ABSENT = pattern(r"\s*(?:removed|omitted|absent|-|–|—)\s*", re.IGNORECASE)
_LAST_BRACKET = pattern(r".*\]", re.DOTALL)


class Printed(NamedTuple):
    """The rows as printed and as they are said: blank operators are those above; and the names that several
    rows have."""

    body: Body
    said: Body
    repeated: frozenset[str]


def grid_rows(body: Body, roles: ColumnRoles, networks: tuple[int, ...]) -> tuple[GridRow, ...]:
    """Return the rows of one network, printed rows that a merged cell or a brace joins as one."""
    bare = len(networks) > 1 and roles.name is None and roles.size is None
    kept = [
        i
        for i, row in enumerate(body)
        if any(cell.text.strip() for cell in row)
        and not claim_row(row, roles)
        # Between two full rows each network has as many layers as it likes: the others' further ones are
        # blank in it.
        and not (bare and not row[roles.structure].text.strip())
    ]
    named = [row[roles.structure if roles.name is None else roles.name].text.strip() for row in body]
    printed = Printed(
        body, continued(body, roles), frozenset(text for text, count in Counter(named).items() if count > 1)
    )
    rows: list[GridRow] = []
    for group, inferred in _groups(body, kept, roles):
        if len(networks) == 1 or not all(_ABSENT.fullmatch(body[i][roles.structure].text) for i in group):
            row = _row(printed, group, roles, networks)
            rows.append(
                row._replace(around=tuple(body[i][roles.structure] for i in group)) if inferred else row
            )
    return tuple(_targets(rows) if roles.incoming is not None and roles.size is None else rows)


def absent_rows(body: Body, roles: ColumnRoles, networks: tuple[int, ...]) -> list[tuple[Cell, ...]]:
    """List the rows of which the column of a network says that it does not have them."""
    if len(networks) < 2:
        return []
    return [
        row
        for row in body
        if row[roles.structure].text.strip() and _ABSENT.fullmatch(row[roles.structure].text)
    ]


def _groups(body: Body, kept: list[int], roles: ColumnRoles) -> list[tuple[list[int], bool]]:
    """Group printed rows into stages: rows under one merged name and size, or behind one brace; tell if sizes
    say how far."""
    groups: list[tuple[list[int], bool]] = []
    last = -1
    for at, i in enumerate(kept):
        if groups and (
            i <= last
            or _one_stage(body, groups[-1][0][-1], i, roles)
            or _one_brace(body, groups[-1][0][-1], i, roles)
        ):
            groups[-1][0].append(i)
            continue
        last, inferred = _reach(body, kept[at:], roles)
        groups.append(([i], inferred))
    return groups


def _reach(body: Body, rows: list[int], roles: ColumnRoles) -> tuple[int, bool]:
    if not _brace_before(body[rows[0]][roles.structure]) or (len(rows) > 1 and _brace(body, rows[1], roles)):
        return rows[0], False
    return reach(body, rows, (roles.structure, roles.incoming), lambda i: _brace(body, i, roles) is not None)


def _one_stage(body: Body, a: int, b: int, roles: ColumnRoles) -> bool:
    """Recognise rows under one merged name and size; where both are left empty, they are those of the row
    above."""
    columns = [index for index in (roles.name, roles.size) if index is not None]
    blank = not any(body[b][index].text.strip() for index in columns)
    blank = blank and (len(columns) > 1 or _is_behind(body[b][roles.structure].text))
    merged = [blank or body[a][index] is body[b][index] for index in columns]
    different = roles.structure not in columns and body[a][roles.structure] is not body[b][roles.structure]
    return bool(columns) and roles.name is not None and all(merged) and different


def _is_behind(text: str) -> bool:
    """Return whether a cell holds a norm or an activation alone, which belongs to the row above it."""
    words = text.split()
    found = longest(words) if words else None
    return found is not None and found[0] == len(words) and found[1][0] in ("norm", "activation")


def _brace(body: Body, i: int, roles: ColumnRoles) -> Cell | None:
    """Find the brace of a row: a count of its own cell that is merged over rows, or `5×` before the
    operator."""
    merged = brace_of(body[i])
    if merged:
        return merged
    cell = body[i][roles.structure]
    match = _brace_before(cell)
    return cell.part(match.start(1), match.end(1)) if match else None


def _brace_before(cell: Cell) -> re.Match[str] | None:
    """Find a count before the only layer of a row; before several it is that of the first one (`2 × conv +
    pool`)."""
    return None if _SEVERAL.search(cell.text) else _BRACE.match(cell.text)


def _one_brace(body: Body, a: int, b: int, roles: ColumnRoles) -> bool:
    first, second = _brace(body, a, roles), _brace(body, b, roles)
    if first is None or second is None:
        return False
    if first.rows > 1 or second.rows > 1:
        return first is second
    same_count = first.text.strip() == second.text.strip()
    return same_count and (
        roles.incoming is None or body[a][roles.incoming].text.strip() == body[b][roles.incoming].text.strip()
    )


def _row(printed: Printed, group: list[int], roles: ColumnRoles, networks: tuple[int, ...]) -> GridRow:
    body = printed.body
    first, last = body[group[0]], body[group[-1]]
    end = Cell("", first[-1].span.end)
    name = _name(printed, group[0], roles) or end
    size = last[roles.size] if roles.size is not None else end
    if not _is_size(size.text):
        sizes = [body[i][roles.size] for i in group if roles.size is not None]
        size = next((cell for cell in reversed(sizes) if _is_size(cell.text)), size)
    brace = _brace(body, group[0], roles)
    absent = [
        len(group) > 1 and len(networks) > 1 and _ABSENT.fullmatch(body[i][roles.structure].text)
        for i in group
    ]
    parts = tuple(
        _part(printed.said[i], roles, networks, brace)
        for i, left_out in zip(group, absent, strict=True)
        if not left_out
    )
    spans = [
        cell.span
        for i in group
        for index, cell in enumerate(body[i])
        if cell.text.strip() and not (roles.shared and index == len(body[i]) - 1)
    ]
    span = Span(min(one.start for one in spans), max(one.end for one in spans))
    claims = tuple(bound for i in group for bound in bound_cells(body[i], roles) if bound.role in CLAIMS)
    incoming = (
        first[roles.incoming]
        if roles.incoming is not None and not says_none(first[roles.incoming].text)
        else None
    )
    repeat = None if brace is None else _count(brace)
    passed = tuple(one for i in group for one in _passed(body[i], roles, brace, i == group[0]))
    return GridRow(name, size, parts, span, None, repeat, incoming, claims, passed=passed)


def _passed(row: tuple[Cell, ...], roles: ColumnRoles, brace: Cell | None, first: bool) -> Iterator[Bound]:
    """Return what nothing is made of: ordinals in names, the count before each row of a brace, sizes between
    its rows."""
    cell = row[roles.structure]
    if roles.structure == roles.name:
        yield from (Bound("ordinal", "", piece) for piece in cut_off(cell, operator_of(cell, roles.windowed)))
    match = _BRACE.match(cell.text) if brace is not None and brace.rows == 1 else None
    if match:
        yield Bound("repeat", "", cell.part(0, match.end()))
    for role, index in (("output", roles.size), ("input", roles.incoming)):
        if index is not None and not first:
            yield Bound(role, "", row[index])


def _name(printed: Printed, i: int, roles: ColumnRoles) -> Cell | None:
    """Return the name of a row: that of its column, or an operator with a label or a number (`inception
    (3a)`, `pool1`)."""
    index = roles.structure if roles.name is None else roles.name
    cell = printed.body[i][index]
    if roles.name is not None and i and printed.body[i - 1][index] is cell:
        return Cell("", cell.start)  # one name for several rows
    if index != roles.structure:
        return cell
    alone = cell.text.strip() not in printed.repeated
    labelled = LABEL.search(cell.text) is not None
    named = alone and (roles.name is not None or _is_numbered(cell.text, roles.windowed))
    return name_of(cell) if labelled or named else None


def _is_numbered(text: str, windowed: bool) -> bool:
    """Recognise an operator with a number of its own, by the columns beside it or by what it says."""
    told = TOLD.fullmatch(text)
    return bool((windowed and NUMBERED.fullmatch(text)) or (told and told[3]))


def continued(body: Body, roles: ColumnRoles) -> Body:
    """Fill a blank name that says the operator with the one above, and its channels where it prints none."""
    if roles.structure != roles.name:
        return body
    columns = {roles.structure, *(index for role, _, index in roles.bound if role == "channels")}
    rows, above = [], dict.fromkeys(columns, Cell("", 0))
    for row in body:
        blank = not row[roles.structure].text.strip()
        said = tuple(
            above[i] if blank and i in columns and not cell.text.strip() else cell
            for i, cell in enumerate(row)
        )
        above = {i: said[i] if said[i].text.strip() else above[i] for i in columns}
        rows.append(said)
    return tuple(rows)


def _is_size(text: str) -> bool:
    return bool(SIZE.match(text.strip())) or text.strip().isdecimal()


def _count(brace: Cell) -> Cell:
    match = re.search(r"[\w]+", brace.text.replace("×", " ").replace("x", " "))
    return brace.part(match.start(), match.end()) if match else brace


def _part(row: tuple[Cell, ...], roles: ColumnRoles, networks: tuple[int, ...], brace: Cell | None) -> Part:
    cell = row[roles.structure]
    if roles.structure == roles.name:
        cell = operator_of(cell, roles.windowed)
    elif len(networks) > 1:
        cell = _elided(row, roles.structure, networks)
    match = _brace_before(cell) if brace is not None and brace.rows == 1 else None
    if match:
        cell = cell.part(match.end(), len(cell.text))
    cell = cell if roles.further is None else followed(cell, row[roles.further])
    bound = tuple(one for one in bound_cells(row, roles) if one.role not in CLAIMS)
    return Part(cell, bound)


def _elided(row: tuple[Cell, ...], index: int, networks: tuple[int, ...]) -> Cell:
    """Fill what a variant column leaves out: a ditto, or a repeat alone after the bracket of the column to
    the left."""
    cell = row[index]
    before = networks.index(index)
    if not before:
        return cell
    if DITTO.fullmatch(cell.text):
        return _elided(row, networks[before - 1], networks)
    if _REPEAT_ALONE.fullmatch(cell.text) or (cell.text.strip().startswith("[...]")):
        left = _elided(row, networks[before - 1], networks)
        bracket = _LAST_BRACKET.match(left.text)
        if bracket:
            own = cell.text.replace("[...]", " " * 5)
            return joined(left.part(0, bracket.end()), Cell(own, cell.start, cell.offsets))
    return cell


def _targets(rows: list[GridRow]) -> list[GridRow]:
    """Where the table prints input sizes, a row's output is the next row's input."""
    following = [*(row.incoming for row in rows[1:]), None]
    return [
        row if after is None else row._replace(size=after)
        for row, after in zip(rows, following, strict=False)
    ]
