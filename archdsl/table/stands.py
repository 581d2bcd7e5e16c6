"""How often a row stands, as its name says: `conv2_x ×3`, `4× conv2`; or layers `2-5` between `1` and `6`."""

from itertools import pairwise

from archdsl.lang import repeats
from archdsl.light import NamedTuple
from archdsl.patterns import pattern
from archdsl.text.grid import Grid, GridRow

_TO = r"\s*(?:[-–—~]|to|through|\.\.\.?)\s*(?P<again>[A-Za-z]*[ _-]?)(?P<last>\d{1,4})"
_RANGE = pattern(rf"\s*(?P<word>[A-Za-z]*(?:[ _-](?=\d))?|#)\s*(?P<first>\d{{1,4}})(?:{_TO})?\s*[.:]?\s*", 2)
_FIRST = 2  # the number of the first row, where the input is the row before it


class _Run(NamedTuple):
    """The numbers that a name says: of one row, or of a range of them."""

    word: str
    first: int
    last: int


def with_repeats(grid: Grid) -> Grid:
    """Return the rows with the repeats that their names print, and names without them."""
    return grid._replace(rows=_with_ranges(tuple(map(_with_repeat, grid.rows))))


def _with_repeat(row: GridRow) -> GridRow:
    text = row.name.text
    ahead, behind = repeats.before(text), repeats.behind(text)
    if row.repeat is not None or row.name.span == row.structure.span or not (ahead or behind):
        return row
    start, stop = (ahead[0], len(text)) if ahead else (0, behind[0] if behind else len(text))
    count = (ahead or behind or (0, (0, 0)))[1]
    return row._replace(name=row.name.part(start, stop), repeat=row.name.part(*count))


def _with_ranges(rows: tuple[GridRow, ...]) -> tuple[GridRow, ...]:
    """Recognise rows that stand for several layers, where the numbers of all rows with such names follow from
    each other."""
    runs = [_run(row.name.text) for row in rows]
    told = {run.word for run in runs if run and run.last > run.first}
    ranges = {word for word in told if _follow([run for run in runs if run and run.word == word])}
    return tuple(
        _standing(row, run) if run and run.word in ranges else row
        for row, run in zip(rows, runs, strict=True)
    )


def _standing(row: GridRow, run: _Run) -> GridRow:
    return row if row.repeat or run.last == run.first else row._replace(stands=run.last - run.first + 1)


def _run(name: str) -> _Run | None:
    match = _RANGE.fullmatch(name) if len(name) <= repeats.MAX_TEXT else None
    if (
        not match
        or (match["again"] or match["word"]).strip(" _-").lower() != match["word"].strip(" _-").lower()
    ):
        return None
    return _Run(match["word"].strip(" _-").lower(), int(match["first"]), int(match["last"] or match["first"]))


def _follow(runs: list[_Run]) -> bool:
    """Return whether each row begins behind the one before it, so that `2-5` are four and `conv2-1` is no
    range."""
    numbered = [number for run in runs for number in (run.first, run.last)]
    return len(runs) > 1 and numbered[0] <= _FIRST and all(b.first == a.last + 1 for a, b in pairwise(runs))
