"""A count before the operator of one row (`5× Conv dw`) -> the last of the rows that it goes around.

Copies of tables print a brace beside the first of its rows only. It ends with a sum (`Residual`); in a table
of input sizes with the last row that leads back to the size that the first one reads, so that the rows can be
repeated together.
"""

from collections.abc import Callable, Iterator
from itertools import takewhile

from archdsl.patterns import pattern
from archdsl.table.operators import SUM
from archdsl.text.grid import Cell

Body = tuple[tuple[Cell, ...], ...]
BRACE_ALONE = pattern(r"\s*(\d+|[A-Za-z])\s*[×xX]\s*|\s*[×xX]\s*(\d+|[A-Za-z])\s*")


def reach(
    body: Body, rows: list[int], columns: tuple[int, int | None], braced: Callable[[int], bool]
) -> tuple[int, bool]:
    """Return the last row that the brace of `rows[0]` goes around, and whether only sizes say so.

    `columns` are those of the operator and of the input size.
    """
    operator, incoming = columns
    ahead = list(takewhile(lambda i: not braced(i), rows[1:]))
    total = next((i for i in ahead if SUM.fullmatch(body[i][operator].text)), None)
    if total is not None or incoming is None:
        return rows[0] if total is None else total, False
    alike = list(_alike(body, [rows[0], *ahead], incoming))
    # The row behind the last one reads the size of the first: so all but the last one lead back to it.
    last = alike[-2] if len(alike) > 1 else rows[0]
    return last, last != rows[0]


def _alike(body: Body, rows: list[int], incoming: int) -> Iterator[int]:
    size = body[rows[0]][incoming].text.strip()
    return takewhile(lambda i: bool(size) and body[i][incoming].text.strip() == size, rows)


def brace_of(row: tuple[Cell, ...]) -> Cell | None:
    """Find the count that is merged over several rows: how often they are repeated together."""
    return next((cell for cell in row if cell.rows > 1 and BRACE_ALONE.fullmatch(cell.text)), None)
