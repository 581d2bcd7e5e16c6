"""The rows of a sheet -> its header and its body, upright."""

import re

from archdsl.patterns import pattern
from archdsl.table.roles import SIZE, holds_layers, role_of, strengths
from archdsl.table.spaces import space_of
from archdsl.text.grid import Cell, Sheet

_NUMERIC = pattern(r"[~≈]?\s*[\d.,]+\s*(?:[×x]?\s*10\s*\^?\s*\d+|[kKMGB]i?)?%?")
_MAX_HEADER = 4
_INPUT = pattern(r"input\b.*\d\s*[x×]\s*\d", re.IGNORECASE)
_IN_HEADER = str.maketrans({";": " ", "[": "(", "]": ")"})
_WEIGHT_LAYERS = pattern(r"\d+\s+(?:weight\s+)?layers", re.IGNORECASE)
WEIGHTED = pattern(r"\s*(\d+)\s+weight(?:ed)?\s+layers\s*", re.IGNORECASE)
# `0.5×`, `×1.4`, `g = 3`, `ShuffleNet 1.5x`, `MobileNet-0.75`: how a width is written above a column.
WIDTH = pattern(
    r"(?:[A-Za-z][\w .-]*[ -])?(?:[×x]\s?\d*\.?\d+|\d*\.?\d+\s?[×x]|\d?\.\d+)|\w+\s*=\s*\d*\.?\d+(?:\s?[×x])?"
)
MAX_WIDTH = 60  # longer texts are no widths, and are not searched for one
Rows = tuple[tuple[Cell, ...], ...]


def is_width(text: str) -> bool:
    """Return whether a text is a width above a column: `0.5×`, `g = 3`."""
    text = text.strip()
    return len(text) <= MAX_WIDTH and WIDTH.fullmatch(text) is not None


def strengths_above(rows: Rows, index: int) -> dict[str, float]:
    """Return the roles that the headers of a column say together, or the lowest that says one; a width (`g =
    1`) says none."""
    text = header_text(rows, index)
    whole = {} if is_width(text) else strengths(text)
    cells = (cell for cell in reversed(header_cells(rows, index)) if not is_width(cell.text))
    return whole or next((found for cell in cells if (found := strengths(cell.text))), {})


def more_header(rows: Rows, count: int) -> int:
    """Count the rows of a header that the form marks.

    What stands under it may be of it: a row of widths (`g = 1 | g = 2`), all of it under a mere title; counts
    of layers at its end are not.
    """
    if 0 < count < len(rows) and len(rows[0]) > 2 and all(map(_is_title, rows[:count])):
        return count + header_rows(rows[count:])
    if 1 < count <= len(rows) and all(WEIGHTED.fullmatch(cell.text) for cell in rows[count - 1] if cell.text):
        return count - 1
    filled = [cell.text.strip() for cell in rows[count] if cell.text.strip()] if count < len(rows) else []
    return count + 1 if count and len(filled) > 1 and all(map(is_width, filled)) else count


def strengths_left(rows: Rows, index: int) -> dict[str, float]:
    """Return the roles of the header to the left, where that of a column is blank above a width: it stands
    over both."""
    blank = len(rows) > 1 and not rows[0][index].text.strip() and is_width(rows[-1][index].text)
    left = next((i for i in range(index, -1, -1) if rows[0][i].text.strip()), None) if blank else None
    return strengths(rows[0][left].text) if left is not None else {}


def header_cells(rows: Rows, index: int) -> list[Cell]:
    """List the header cells above a column: a merged cell once, a title of the whole table not at all."""
    cells: list[Cell] = []
    for row in rows:
        if not (_is_title(row) and (len(rows) > 1 or row[-1] is row[0])) and not any(
            row[index] is cell for cell in cells
        ):
            cells.append(row[index])
    return [cell for cell in cells if cell.text.strip()]


def _is_title(row: tuple[Cell, ...]) -> bool:
    """Recognise a title of the table above its header: one cell over all columns, or with empty ones after
    it."""
    first = row[0]
    bare = first.text.strip() and role_of(first.text) is None
    return len(row) > 1 and (
        all(cell is first for cell in row) or bool(bare and not any(cell.text.strip() for cell in row[1:]))
    )


def header_text(rows: Rows, index: int) -> str:
    """Join the header cells above a column."""
    # Parentheses over several lines are brackets elsewhere.
    return " ".join(cell.text.translate(_IN_HEADER).strip() for cell in header_cells(rows, index))


def header_rows(rows: tuple[tuple[Cell, ...], ...]) -> int:
    """Count the leading rows that hold neither sizes, numbers nor layers."""
    count = 0
    for row in rows[:_MAX_HEADER]:
        texts = [cell.text.strip() for cell in row]
        known = sum(role_of(text) is not None for text in texts)
        data = any(
            (SIZE.fullmatch(text) and text != "-") or _NUMERIC.fullmatch(text) for text in texts if text
        )
        data = (
            data
            or any(_INPUT.match(cell.text.strip()) or space_of(cell) for cell in row)
            or all(_WEIGHT_LAYERS.fullmatch(text) for text in texts if text)
        )
        if data or (holds_layers([text for text in texts if text]) and known < 2):
            break
        count += 1
        if known >= 2 and all(cell.rows == 1 for cell in row):
            break
    return count


def may_lie(sheet: Sheet) -> bool:
    """Return whether the first column of a table may hold its headers (`output map size | 32x32 | 16x16`)."""
    rows = sheet.rows
    if not rows or len(rows[0]) < 3:
        return False
    across = sum(role_of(cell.text) is not None for cell in rows[0] if cell.text.strip())
    down = sum(role_of(row[0].text) is not None for row in rows)
    counted = [row for row in rows if role_of(row[0].text) in ("params", "macs", "depth", None)]
    return down >= 2 and down > across and len(counted) <= 1
