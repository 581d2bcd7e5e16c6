"""Columns of numbers under one header -> networks that share their rows: `0.5× | 1× | 2×`, `g=1 | g=2`."""

import re

from archdsl.table.head import is_width
from archdsl.table.roles import CLAIMS, role_of
from archdsl.table.table import Body, ColumnRoles
from archdsl.text.grid import Cell

_NUMBER = re.compile(r"\d[\d,]*")
_NIL = ("", "-", "–", "—")


def width_columns(headers: tuple[str, ...], roles: list[str], body: Body) -> tuple[int, ...]:
    """Find the columns that print the channels of several networks: rows have numbers in several of them at once."""
    named = [index for index, role in enumerate(roles) if role == "channels"]
    if not named:
        named = [index for index, role in enumerate(roles) if not role and is_width(headers[index])]
    counts = [index for index in named if _counts(body, index)]
    together = any(
        sum(bool(_NUMBER.fullmatch(row[index].text.strip())) and not _merged(row, counts) for index in counts) > 1 for row in body
    )
    return tuple(counts) if len(counts) > 1 and together else ()


def _filled(row: tuple[Cell, ...], columns: list[int]) -> int:
    return sum(row[index].text.strip() not in _NIL for index in columns)


def _merged(row: tuple[Cell, ...], columns: list[int]) -> bool:
    return all(row[index] is row[columns[0]] for index in columns)


def _counts(body: Body, index: int) -> bool:
    """Tell a column of whole numbers, but for rows that print counts of the networks."""
    cells = [row[index].text.strip() for row in body if role_of(row[0].text) not in CLAIMS]
    filled = [cell for cell in cells if cell not in _NIL]
    return bool(filled) and all(map(_NUMBER.fullmatch, filled))


def own_columns(shared: ColumnRoles, widths: tuple[int, ...], index: int) -> ColumnRoles:
    """Give the roles of the columns for one of the networks: the widths of the others are none of its."""
    return shared._replace(bound=tuple(one for one in shared.bound if one[2] == index or one[2] not in widths), column=index)
