"""A table printed from the output up to the input -> the same table from the input down.

The setting `direction` says it; without it a table is turned whose first row ends a network and whose last
one is its input.
"""

import re

from archdsl.diagnostics import Reporter
from archdsl.patterns import pattern
from archdsl.problems import lints, preamble
from archdsl.source import Source, Span
from archdsl.text.grid import Grid, GridRow, natural

DIRECTIONS = ("top-down", "bottom-up")
_END = pattern(
    (
        r"(?:soft-?\s?max|fc|fully|dense|linear|inner "
        r"product|classif|transcription|output|logits?|sigmoid|\d+-(?:d|way)\b)"
    ),
    re.IGNORECASE,
)
_SIDE = pattern(r"(\d+)\s*[x×]", re.IGNORECASE)
_GROWS = pattern(
    r"deconv|transpos|up-?\s?(?:conv|sampl|scal)|reshape|unpool|project|shuffle|resize|interpol|\bto map",
    re.IGNORECASE,
)
_SIZED = 3  # as many sizes show that they only grow


def downwards(source: Source, reporter: Reporter, grid: Grid) -> Grid:
    """Return the table with its first layer first."""
    given = next(
        (setting.value for setting in grid.settings if setting.key.text.lower() == "direction"), None
    )
    word = given.text.strip().lower() if given else ""
    if given and word not in DIRECTIONS:
        reporter.add(
            preamble.bad_value(source, given.span, "direction", word, " or ".join(DIRECTIONS), DIRECTIONS)
        )
    if word == "bottom-up":
        return _turned(grid)
    row = None if given else _input_last(grid) or _largest_last(grid)
    if row is None:
        return grid
    reporter.add(lints.turned(source, grid.rows[0].span, row, _input_last(grid) is not None))
    return _turned(grid)


def _input_last(grid: Grid) -> Span | None:
    """Find the row of the input behind the others, where the first of them ends a network."""
    inputs = [
        setting.key.span for setting in grid.settings if setting.key.text == "input" and setting.key.offsets
    ]
    if (
        len(inputs) != 1
        or len(grid.rows) < 2
        or inputs[0].start < grid.rows[-1].span.end
        or any(row.incoming for row in grid.rows)
    ):
        return None
    return inputs[0] if _ends(grid.rows[0]) and not _ends(grid.rows[-1]) else None


def _largest_last(grid: Grid) -> Span | None:
    """Find the last row where maps only grow from the end of a network on, and no layer makes them larger."""
    sides = [natural(match[1]) for row in grid.rows if (match := _SIDE.search(row.size.text))]
    if (
        len(sides) < _SIZED
        or sides != sorted(sides)
        or sides[0] == sides[-1]
        or any(row.incoming for row in grid.rows)
    ):
        return None
    grows = any(_GROWS.search(f"{row.name.text} {row.structure.text}") for row in grid.rows)
    ends = (
        _ends(grid.rows[0]) and not _ends(grid.rows[-1]) and "x" in grid.rows[-1].size.text.replace("×", "x")
    )
    return grid.rows[-1].span if ends and not grows else None


def _ends(row: GridRow) -> bool:
    return bool(_END.match(row.structure.text.strip()) or _END.match(row.name.text.strip()))


def _turned(grid: Grid) -> Grid:
    rows = tuple(row._replace(parts=tuple(reversed(row.parts))) for row in reversed(grid.rows))
    return grid._replace(rows=rows)
