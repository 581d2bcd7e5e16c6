"""Rows that print counts of the whole network (`FLOPs`, `# params.`, `Total`) -> those counts."""

import re

from archdsl.lang.vocabulary import layer_word
from archdsl.patterns import pattern
from archdsl.table.bands import filled
from archdsl.table.head import WEIGHTED
from archdsl.table.reach import BRACE_ALONE
from archdsl.table.roles import CLAIMS, holds_layers, role_of, says_none
from archdsl.table.table import Body, ColumnRoles
from archdsl.text.grid import Bound, Cell

_TOTAL = pattern(
    r"\s*(?:in\s+)?(?:totals?|sum|overall|all|总计|合计|总和|合計|総計|합계|총계|итого)\s*:?\s*",
    re.IGNORECASE,
)
_AMOUNT = r"(?P<count>[~≈]?\s*\d[\d.,]{0,30}\s*(?:[kKMGB]|million|billion)?)"
_TOLD_TOTAL = pattern(
    rf"\s*(?P<what>[A-Za-z#][A-Za-z# ().-]{{0,40}}?)\s*[:=]\s*{_AMOUNT}\s*(?P<unit>[A-Za-z]*)\s*"
)


def claims_of(body: Body, roles: ColumnRoles, single: bool) -> tuple[Bound, ...]:
    """Return the counts printed of the whole network, in rows of their own (`FLOPs`, `# params.`, `Total`).

    Where the table has a `single` network, they may stand under whichever column.
    """
    found = []
    for row in body:
        what = claim_row(row, roles)
        told = _told(_title(row, roles).text) if what == "told" else None
        if told:
            title = _title(row, roles)
            found += [Bound(told[0], title.text[: told[1][0]].strip(" :="), title.part(*told[1]))]
            continue
        if what == "total":
            found += [
                bound
                for bound in bound_cells(row, roles)
                if bound.role in CLAIMS and not says_none(bound.cell.text)
            ]
            continue
        cell = row[roles.own]
        if what and single and (cell is _title(row, roles) or says_none(cell.text)):
            others = [one for one in filled(row) if one is not _title(row, roles) and not says_none(one.text)]
            cell = others[0] if len(others) == 1 else cell
        if what and not says_none(cell.text):
            weighted = WEIGHTED.fullmatch(cell.text)
            cell = cell.part(*weighted.span(1)) if weighted else cell
            found.append(Bound(what, _title(row, roles).text.strip(), cell))
    return tuple(found)


def is_count_row(row: tuple[Cell, ...]) -> bool:
    """Return whether a row prints counts of the networks, and no layer."""
    title = next((cell.text for cell in row if cell.text.strip()), "")
    return role_of(title) in CLAIMS or _TOTAL.fullmatch(title) is not None or _told(title) is not None


def _told(text: str) -> tuple[str, tuple[int, int]] | None:
    """Read `Total params: 12,345` in one cell: what is counted, and where the count stands."""
    match = _TOLD_TOTAL.fullmatch(text)
    role = role_of(match["what"]) or role_of(match["unit"] or "") if match else None
    return (role, match.span("count")) if match and role in CLAIMS else None


def _title(row: tuple[Cell, ...], roles: ColumnRoles) -> Cell:
    return next((cell for cell in row if cell.text.strip()), row[0])


def claim_row(row: tuple[Cell, ...], roles: ColumnRoles) -> str | None:
    """Return which count of the network a row prints (`total`: several, `told`: in words), if any."""
    title = _title(row, roles)
    role = role_of(title.text)
    value = row[roles.own].text.strip()
    if filled(row) == [title] and _told(title.text):
        return "told"
    if WEIGHTED.fullmatch(value):
        return "depth"
    if _TOTAL.fullmatch(title.text) and any(bound.role in CLAIMS for bound in bound_cells(row, roles)):
        return None if title is not row[roles.own] and layer_word(value) else "total"
    if role not in CLAIMS or (title is row[roles.own] and roles.own != roles.name) or holds_layers([value]):
        return None
    return role


def bound_cells(row: tuple[Cell, ...], roles: ColumnRoles) -> list[Bound]:
    """Return the cells of a row that say something of its layer."""
    return [
        Bound(role, header, row[index])
        for role, header, index in roles.bound
        if row[index] is not row[roles.structure]
        and not (BRACE_ALONE.fullmatch(row[index].text) and row[index].rows > 1)
    ]
