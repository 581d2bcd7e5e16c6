"""A brace that is printed beside one of its rows -> the rows that it goes around.

A brace of its own column stands beside one of the rows that it repeats together. They end where a sum with
their input is printed, or where the channels are again those before them.
"""

from bisect import bisect_left

from archdsl.patterns import pattern
from archdsl.table.operators import SUM
from archdsl.table.reach import BRACE_ALONE
from archdsl.table.roles import header_words
from archdsl.table.table import Body, ColumnRoles, Table

_REACH = 64  # rows that a brace goes around at most
_CHANNELS = pattern(r"\d+")


def brace_column(headers: tuple[str, ...], roles: list[str], body: Body) -> int | None:
    """Find the column that holds nothing but counts such as `8×`, each beside some of the rows."""
    for index, (header, role) in enumerate(zip(headers, roles, strict=True)):
        filled = [row[index].text for row in body if row[index].text.strip()]
        if (
            (not header_words(header) or role == "repeat")
            and filled
            and all(map(BRACE_ALONE.fullmatch, filled))
        ):
            return index
    return None


def spread_braces(table: Table) -> Table:
    """Merge each count over the rows that it repeats."""
    if table.brace is None:
        return table
    body, column = table.body, table.brace
    rows = [list(row) for row in body]
    channels = _channels(body, table.roles)
    beside = [i for i, row in enumerate(body) if row[column].text.strip()]
    for i in beside:
        first, last = _extent(body, channels, i, table.roles, beside)
        if body[i][column].rows == 1:
            merged = body[i][column]._replace(rows=last - first + 1)
            for j in range(first, last + 1):
                rows[j][column] = merged
    return table._replace(body=tuple(map(tuple, rows)))


def _extent(
    body: Body, channels: list[str], i: int, roles: ColumnRoles, beside: list[int]
) -> tuple[int, int]:
    """Find the first and the last row of a brace beside row `i`: the shortest run of rows that closes."""
    at = bisect_left(beside, i)
    above = max(beside[at - 1] if at else -1, i - _REACH)
    below = min(beside[at + 1] if at + 1 < len(beside) else len(body), i + _REACH)
    last = next((j for j in range(i, below) if SUM.fullmatch(body[j][roles.structure].text)), None)
    ends = [last] if last is not None else range(i, below)
    for end in ends:
        for first in range(min(i, end - 1), above, -1):
            if first and channels[end] == channels[first - 1]:
                return first, end
    return i, i


def _channels(body: Body, roles: ColumnRoles) -> list[str]:
    """Return the channels behind each row: those of the last row up to it that prints some."""
    columns = [index for role, _, index in roles.bound if role == "channels"]
    found, last = [], ""
    for row in body:
        last = next((text for index in columns if _CHANNELS.fullmatch(text := row[index].text.strip())), last)
        found.append(last)
    return found
