"""A sheet and the networks that its columns give -> how much speaks for a network, feature by feature.

Weights are by hand, from a study of 1,092 tables of real documents, in which one kind of evidence decides
nearly alone: a row that holds an operator and a number of a layer. The other features find short tables, and
pass tables of results over.
"""

from collections.abc import Callable
from itertools import islice, pairwise

from archdsl.detect.headers import BESIDE_LISTS, LISTS, PROPERTIES, RESULTS
from archdsl.detect.rows import MAX_TEXT, of_row
from archdsl.detect.words import said
from archdsl.light import Any, NamedTuple
from archdsl.patterns import pattern
from archdsl.table.roles import header_words, role_of
from archdsl.text.grid import Cell, Grid, Sheet

TAKEN = 2.25  # from here on a table is one of a network
_DECIMAL = pattern(
    r"\s*[+-]?\d+[.,]\d+\s*(?:%|[±+].*|\(.*\))?\s*|\s*~?\d+(?:[.,]\d+)?\s*(?:%|ms|[µu]s|sec|fps|[GMK]i?B|hours?|days?)\s*"
)
_CODE = pattern(r"\s*(?:#|//).*|.*[,{(;:]\s*|.*\bself\.\w.*|\s*(?:def|class|return|import)\s.*")
_PATH = pattern(r"\w+\.(?:py|csv|json|txt|md|ya?ml|h5|png|jpe?g)\b|https?:|--\w|/\w+/|\w+\(\)")
_OWN = ({"name", "size", "structure"}, {"name", "size", "params"}, {"structure", "size", "params"})
_PROSE = 5  # unknown words in a cell
_ROWS = 200  # as many say what a longer table is


class Evidence(NamedTuple):
    """What speaks for a network (above 0) and against it; `layered` says whether any cell reads as a layer at
    all."""

    parts: dict[str, float]
    layered: bool = True

    @property
    def total(self) -> float:
        """Add the parts up."""
        return sum(self.parts.values())

    @property
    def code(self) -> bool:
        """Return whether a good part of the lines are those of a program."""
        return self.parts.get("code", 0.0) < _SOME_CODE * WEIGHTS["code"]

    @property
    def taken(self) -> bool:
        """Return whether the table is taken for a network: some cell must say a layer, by a word or a
        window, and some row a number of it; a glossary of layers has none."""
        numbered = self.parts.keys() & {"rows", "input", "windows", "own"}
        return self.layered and bool(numbered) and self.total >= TAKEN


_HALF = 0.5
_SOME_CODE = 0.2
_FEW = 5  # one row of so many is enough: brackets often stand above a single row of words
WEIGHTS = {
    "rows": 2.0,
    "layers": 1.0,
    "operators": 1.0,
    "sizes": 0.8,
    "follow": 1.2,
    "windows": 1.5,
    "headers": 0.5,
    "fitting": 1.8,
    "own": 2.25,
    "input": 2.25,
    "results": -2.5,
    "lists": -2.5,
    "decimals": -2.5,
    "prose": -2.0,
    "paths": -1.0,
    "code": -3.0,
}
_LACKING = (
    ("operators", "no cell names a layer"),
    ("rows", "no row has a layer with a number of its own"),
    ("sizes", "no column holds the sizes of maps"),
)
_OTHERWISE = "its headers and cells look like another kind of table"


def lacks(evidence: Evidence) -> str:
    """Say what would have made a table one of a network, the strongest first."""
    return next(
        (text for name, text in _LACKING if evidence.parts.get(name, 0.0) < _HALF * WEIGHTS[name]), _OTHERWISE
    )


def score(sheet: Sheet | None, grids: tuple[Grid, ...]) -> Evidence:
    """Weigh a table by the rows of its networks, its headers and its cells; `sheet` is None for rows of our
    own form."""
    rows = [of_row(row) for row in islice((row for grid in grids for row in grid.rows), _ROWS)]
    headers = [cell.text for cell in _head(sheet, grids)]
    roles = {role for header in headers if (role := role_of(header))}
    cells = _cells(sheet, grids)
    found: dict[str, float] = {
        "rows": min(1.0, _FEW * _share(rows, lambda row: row.layer)),
        "layers": _share(rows, lambda row: row.said.layer or (row.window and not row.said.unknown)),
        "operators": float(any(row.said.layer for row in rows)),
        "sizes": _share(rows, lambda row: bool(row.size)),
        "follow": float(_follow([row.size for row in rows if row.size])),
        "windows": float(any(row.window for row in rows)),
        "headers": min(1.0, len(roles) / 2),
        "fitting": min(1.0, len(roles & PROPERTIES) / 3)
        if rows and any(row.numbers for row in rows)
        else 0.0,
        "input": float(_enters(grids)),
        "own": float(any(own <= roles for own in _OWN) and any(row.said.operators for row in rows)),
        "results": float(bool(_header_words(headers) & RESULTS)),
        "lists": min(1.5, 0.5 + 0.5 * len(lists)) if (lists := _list_words(headers)) else 0.0,
        "decimals": _share(cells, lambda cell: _DECIMAL.fullmatch(cell) is not None),
        "prose": _share(cells, _is_prose),
        "paths": float(any(_PATH.search(cell) for cell in cells)),
        "code": _share(cells, lambda cell: _CODE.fullmatch(cell) is not None),
    }
    # Lines without a header may be sentences: they need what no sentence has.
    layered = found["input"] > 0 or any(
        row.window or (row.said.operators if sheet else row.size) for row in rows
    )
    return Evidence({name: WEIGHTS[name] * value for name, value in found.items() if value}, layered)


def _enters(grids: tuple[Grid, ...]) -> bool:
    """Return whether a row prints the input of rows that are brackets: `[20/4, 16]` alone may be any list."""
    rows = [row for grid in grids for row in grid.rows[:_ROWS]]
    said = any(setting.key.text == "input" for grid in grids for setting in grid.settings)
    return said and 2 * sum(row.structure.text.lstrip().startswith("[") for row in rows) > len(rows)


def _is_prose(cell: str) -> bool:
    """Return whether a cell is text for a reader: many words of no layer, or a sentence with its full
    stop."""
    return said(cell).unknown >= _PROSE or (
        cell.rstrip().endswith((".", "!", "?")) and len(cell.split()) > _PROSE
    )


def _head(sheet: Sheet | None, grids: tuple[Grid, ...]) -> tuple[Cell, ...]:
    return next((grid.headers for grid in grids if grid.headers), sheet.rows[0] if sheet else ())


def _cells(sheet: Sheet | None, grids: tuple[Grid, ...]) -> list[str]:
    if sheet is None:
        return [row.structure.text[:MAX_TEXT] for grid in grids for row in grid.rows[:_ROWS]]
    return [cell.text[:MAX_TEXT] for row in sheet.rows[1:_ROWS] for cell in row if cell.text.strip()]


def _share(items: list[Any], test: Callable[[Any], bool]) -> float:
    return sum(map(test, items)) / len(items) if items else 0.0


def _header_words(headers: list[str]) -> set[str]:
    return {
        word
        for header in headers
        for word in header_words(header[:MAX_TEXT]).replace("(", " ").replace(")", " ").split()
    }


def _list_words(headers: list[str]) -> set[str]:
    """Return the words of a header that stand above lists of options, files and plans."""
    words = _header_words(headers)
    found = words & LISTS
    return found | (words & BESIDE_LISTS) if found else found


def _follow(sizes: list[str]) -> bool:
    """Return whether sizes of at least two rows are the same or divide each other, as maps behind each other
    do."""
    sides = [int(match[0]) for size in sizes if (match := pattern(r"\d{1,6}").search(size))]
    return len(sides) > 1 and all(_near(a, b) for a, b in pairwise(sides))


def _near(a: int, b: int) -> bool:
    small, large = sorted((a, b))
    return small > 0 and (
        large - small <= 6 or large % small <= 1 or abs(large / small - round(large / small)) < 0.1
    )
