"""Each habit of print does what its example says, once, and nothing to tables that it does not concern."""

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from archdsl.diagnostics import Reporter
from archdsl.forms.forms import read_sheets
from archdsl.source import Source, Span
from archdsl.table import columns
from archdsl.table.passes import PASSES, SHEET_PASSES, Pass, SheetPass, put_straight
from archdsl.table.table import Table
from archdsl.text.grid import Cell, Sheet

ROOT = Path(__file__).parent
Laid = Callable[[Sheet], list[Table]]
IDS = [one.name for one in PASSES]


@pytest.fixture
def laid(monkeypatch: pytest.MonkeyPatch) -> Laid:
    """Return the tables that a sheet hands to the passes."""

    def of(sheet: Sheet) -> list[Table]:
        found: list[Table] = []

        def keep(table: Table) -> Table:
            found.append(table)
            return put_straight(table)

        monkeypatch.setattr(columns, "put_straight", keep)
        columns.sheet_grids(Source("", ""), sheet)
        return found

    return of


def _sheet(text: str) -> Sheet:
    """Read the example of a pass: rows parted by `;`, cells by `|`; equal cells beside each other are merged, ` / ` is a line break."""
    rows: list[tuple[Cell, ...]] = []
    for at, line in enumerate(text.split("; ")):
        cells: list[Cell] = []
        for word in line.split("|"):
            cell = Cell(word.strip().replace(" / ", ";"), 100 * at)
            cells.append(cells[-1] if cells and cell.text and cells[-1].text == cell.text else cell)
        rows.append(tuple(cells))
    return Sheet("", tuple(rows), 1, Span(0, 0))


def _texts(table: Table) -> list[list[str]]:
    return [[cell.text.strip() for cell in row] for row in table.body]


@pytest.mark.parametrize("one", PASSES, ids=IDS)
def test_example(one: Pass, laid: Laid) -> None:
    (before,), (after,) = laid(_sheet(one.before)), laid(_sheet(one.after))
    done = one.run(before)
    assert done != before
    assert _texts(done) == _texts(after)
    assert one.run(after) == after


@pytest.mark.parametrize("one", SHEET_PASSES, ids=[one.name for one in SHEET_PASSES])
def test_example_of_a_sheet(one: SheetPass) -> None:
    before, after = _sheet(one.before).rows, _sheet(one.after).rows
    done = one.run(before, 1)
    assert [[cell.text for cell in row] for row in done] == [[cell.text for cell in row] for row in after]
    assert one.run(after, 1) == after


def _inputs() -> list[tuple[str, str]]:
    found = [
        (f"net.{case['form']}", case["text"])
        for path in sorted((ROOT / "print").glob("*.toml"))
        for case in _cases(path)
    ]
    return found + [
        (path.name, path.read_text(encoding="utf-8")) for path in sorted((ROOT / "golden").rglob("*.md"))
    ]


def _cases(path: Path) -> list[dict[str, str]]:
    return tomllib.loads(path.read_text(encoding="utf-8"))["case"]  # type: ignore[no-any-return]


def test_twice_is_once(laid: Laid) -> None:
    seen = 0
    for name, text in _inputs():
        for sheet in read_sheets(Source(name, text), Reporter(), 1000) or ():
            for habit in SHEET_PASSES:
                straight = habit.run(sheet.rows, sheet.header or 1)
                assert habit.run(straight, sheet.header or 1) == straight, (name, habit.name)
            for start in laid(sheet):
                table = start
                for one in PASSES:
                    done = one.run(table)
                    assert one.run(done) == done, (name, one.name)
                    table = done
                assert put_straight(table) == table, name
                seen += 1
    assert seen > 100
