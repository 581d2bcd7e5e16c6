"""Rows of a table that are no layers of its network: what trains it (`Optimizer | Adam`), and code that keeps
the shape (`Lambda`)."""

from archdsl.lang.classes import KEEPING
from archdsl.patterns import pattern
from archdsl.problems import summaries, syntax
from archdsl.table.roles import says_nothing
from archdsl.table.table import Row, Table
from archdsl.text.grid import Bound, Cell, Remark

# Settings of a training that tables print behind their last layer.
_TRAINING = pattern(
    r"\s*(?:optimi[sz]er|\w+ ?optimi[sz]er|learning[ _-]?rate|batch[ _-]?size|(?:no\. of |number of )?epochs?"
    r"|loss(?: (?:function|operation))?|(?:\w+[ -]){0,3}(?:loss|cross[ -]?entropy)"
    r"|(?:l2 )?regulari[sz]ation|weight decay|momentum"
    r"|non-?trainable param(?:eter)?s)\s*:?\s*",
    2,
)
_DOTS = pattern(r"\.{2,}|[…⋮⋯]|\\v?dots")
_AND_SO_ON = pattern(r"\s*(?:etc\.?|and so (?:on|forth))\s*", 2)
_NUMBER = pattern(r"\d+")
_COUNTS = ("params", "macs", "entering")


def without_training(table: Table) -> Table:
    """Leave out the rows behind the last layer that say how the network is trained."""
    at = table.roles.structure if table.roles.name is None else table.roles.name
    end = len(table.body)
    while end > 1 and _TRAINING.fullmatch(table.body[end - 1][at].text):
        end -= 1
    gone = [cell for row in table.body[end:] for cell in row if cell.text.strip()]
    if not gone:
        return table
    told = Remark(syntax.not_read, (tuple(row[at].span for row in table.body[end:]),))
    passed = (*table.passed, *(Bound("training", "", cell) for cell in gone))
    return table._replace(body=table.body[:end], passed=passed, notes=(*table.notes, told))


def without_gaps(table: Table) -> Table:
    """Stop before a row of dots, which stands for rows that are not printed, and before a layer of which a
    template says `etc.`: what is behind it follows no row above."""
    at = next((index for index, row in enumerate(table.body) if _is_gap(row) or _open(row)), None)
    if at is None:
        return table
    gone = [cell for row in table.body[at:] for cell in row if cell.text.strip()]
    passed = (*table.passed, *(Bound("behind rows left out", "", cell) for cell in gone))
    open_ = _open(table.body[at])
    what, cell = (syntax.left_open, open_[0]) if open_ else (syntax.rows_left_out, gone[0])
    note = Remark(what, (cell.span,))
    return table._replace(body=table.body[:at], passed=passed, notes=(*table.notes, note))


def _is_gap(row: Row) -> bool:
    said = [cell.text.strip() for cell in row if cell.text.strip()]
    return bool(said) and all(map(_DOTS.fullmatch, said))


def _open(row: Row) -> list[Cell]:
    """List the cells of a row that say only that there is more."""
    return [cell for cell in row if _AND_SO_ON.fullmatch(cell.text)]


def without_code(table: Table) -> Table:
    """Leave out rows of a class that keeps its input's shape and has no weights, of which nothing more is
    printed: what it computes is code."""
    kept: list[Row] = []
    gone: list[Row] = []
    for row in table.body:
        (gone if _is_code(row, kept[-1:], table) else kept).append(row)
    if not gone:
        return table
    at = table.roles.structure
    notes = tuple(Remark(summaries.nothing_printed, (row[at].span, row[at].text.strip())) for row in gone)
    passed = tuple(Bound("code", "", cell) for row in gone for cell in row if cell.text.strip())
    return table._replace(body=tuple(kept), passed=(*table.passed, *passed), notes=(*table.notes, *notes))


def _is_code(row: Row, above: list[Row], table: Table) -> bool:
    """Return whether a row is code that gives the shape which it reads, as far as that is printed."""
    roles = table.roles
    if row[roles.structure].text.strip().lower() not in KEEPING:
        return False
    said = (row[index] for role, _, index in roles.bound if role not in _COUNTS)
    if any(not says_nothing(cell.text) for cell in said):
        return False
    size = _axes(row, roles.size)
    read = _axes(row, roles.incoming) or next((_axes(one, roles.size) for one in above), "")
    return not (size and read) or size == read


def _axes(row: Row, index: int | None) -> str:
    """Return the numbers of a size; empty where the table has no column of it."""
    return "" if index is None else " ".join(_NUMBER.findall(row[index].text))
