"""How the rows of a summary stand to each other: inside of one, at an end, behind one that is missing."""

from bisect import bisect_left
from itertools import pairwise

from archdsl.forms.summaries.rows import Row
from archdsl.forms.summaries.unprinted import Step
from archdsl.lang.classes import KEEPING
from archdsl.light import Final

_COLUMN: Final = 16  # characters from which on a name may be cut off at the edge of its column


def ends(rows: list[Row]) -> set[str]:
    """Find the rows before the last one that no other takes, where connections are printed: each is an output
    of its own."""
    taken = [one for row in rows for one in row.takes or ()]
    cut = {one.name for one in taken if one.cut}
    lengths = {len(name) for name in cut}
    names = {one.name for one in taken} | {row.called for row, below in pairwise(rows) if not below.takes}
    open_ = [
        row for row in rows[:-1] if row.takes is not None and row.level == 0 and row.kind != "inputlayer"
    ]
    return {
        row.called
        for row in open_
        if row.called not in names and not any(row.called[:length] in cut for length in lengths)
    }


def gap(rows: list[Row]) -> tuple[Row, str] | None:
    """Find a row that takes one that is not printed; the first row may take the input by any name."""
    known = {row.called for row in rows} | {one.name for row in rows[:1] for one in row.takes or ()}
    ordered, lengths = sorted(known), {len(name) for name in known if len(name) >= _COLUMN}
    for row in rows:
        for one in row.takes or ():
            if one.name in known or one.cut:
                continue
            at = bisect_left(ordered, one.name)
            longer = len(one.name) >= _COLUMN and ordered[at : at + 1]
            cut = longer and longer[0].startswith(one.name)
            if not cut and not any(one.name[:length] in known for length in lengths):
                return row, one.name
    return None


def left_behind(rows: list[Row], steps: dict[int, Step]) -> set[str]:
    """Find the rows behind which the next one begins somewhere else: each is an output of its own."""
    return {row.called for row, below in pairwise(rows) if steps.get(below.place, Step()).source}


def code_before(rows: list[Row]) -> int:
    """Return how many rows stand before a network that begins behind code without weights which changes the
    shape (`Lambda`), so that nothing printed says what it computes; 0 where other rows read from before
    it."""
    weighted = next((index for index, row in enumerate(rows) if not row.weightless), 0)
    ends = [
        index + 1
        for index in range(1, weighted)
        if rows[index].kind in KEEPING and rows[index].axes != rows[index - 1].axes
    ]
    end = ends[-1] if ends else 0
    before = {row.called for row in rows[: max(end - 1, 0)]}
    taken = any(one.name in before for row in rows[end:] for one in row.takes or ())
    return 0 if taken or any(row.kind == "inputlayer" for row in rows[end:]) else end
