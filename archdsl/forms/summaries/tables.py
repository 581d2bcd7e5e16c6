"""A table that holds a summary, whatever its form: its columns by the headers, and its rows by what is
printed in them."""

import re

from archdsl.forms.summaries.printed import TOTAL, Dump, Printed, role_of
from archdsl.lang.summaries import PASSED_OVER
from archdsl.light import Final
from archdsl.patterns import pattern
from archdsl.source import Source
from archdsl.text.grid import Cell, Sheet

_LAYER: Final = pattern(r"layer(?:\s*\(type.*\)|\s+type|s)?|type", re.IGNORECASE)
_SHAPE: Final = pattern(r"\s*\[?[\[(]\s*(?:None|-1|\?)\s*,")


def dump_of(source: Source, sheet: Sheet) -> Dump | None:
    """Return the summary that a table is; None where it is none."""
    del source
    roles = _roles(sheet)
    if roles is None:
        return None
    rows: list[Printed] = []
    total: Cell | None = None
    for row in sheet.rows[1:]:
        first = row[0].text.strip()
        if match := _total(row):
            total = match
        if first.lower().startswith(("total", "trainable", "non-trainable")) or re.match(r"\s*=", first):
            break
        values = {role: cell for role, cell in zip(roles, row, strict=True) if role and role != "layer"}
        if rows and not any(cell.text.strip() for role, cell in values.items() if role != "connected"):
            _go_on(rows[-1], row, roles)
        elif first:
            connected = [values.pop("connected")] if "connected" in values else []
            rows.append(Printed([row[0]], values, connected))
    return Dump(sheet.rows[0][0], tuple(filter(None, roles)), tuple(rows), total, sheet.span)


def _roles(sheet: Sheet) -> tuple[str, ...] | None:
    """Return the roles of the columns; None where these are not those of a summary."""
    head = [" ".join(cell.text.lower().split()) for cell in sheet.rows[0]]
    if len(head) < 2 or not _LAYER.fullmatch(head[0]):
        return None
    roles = tuple("layer" if index == 0 else role_of(word) for index, word in enumerate(head))
    unknown = any(not role and word not in PASSED_OVER for role, word in zip(roles, head, strict=True))
    if unknown or not {"output", "input", "params"} & set(roles):
        return None
    if "(type" in head[0]:
        return roles
    shapes = [row[roles.index("output")].text for row in sheet.rows[1:]] if "output" in roles else []
    return roles if any(map(_SHAPE.match, shapes)) and "params" in roles else None


def _total(row: tuple[Cell, ...]) -> Cell | None:
    """Return the total that a row prints: behind its words, or in a cell of its own."""
    if match := TOTAL.search(row[0].text):
        return row[0].part(*match.span(1))
    if not re.fullmatch(r"\s*total(?: params| parameters)?:?\s*", row[0].text, re.IGNORECASE):
        return None
    for cell in row[1:]:
        if number := re.match(r"\s*(\d[\d,]*)", cell.text):
            return cell.part(*number.span(1))
    return None


def _go_on(printed: Printed, row: tuple[Cell, ...], roles: tuple[str, ...]) -> None:
    """Add a line that holds the rest of a wrapped name or of connections."""
    if row[0].text.strip():
        printed.name.append(row[0])
    if "connected" in roles and row[roles.index("connected")].text.strip():
        printed.connected.append(row[roles.index("connected")])
