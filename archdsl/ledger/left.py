"""What is printed in a network's table, and was taken by nobody."""

from collections.abc import Iterable, Iterator

from archdsl.ledger.entries import Entry, is_word
from archdsl.source import Source, Span
from archdsl.text.grid import Cell, Grid

_SIGNS = ("x", "X")  # between what they multiply


def left(source: Source, grids: Iterable[Grid], entries: Iterable[Entry]) -> tuple[Span, ...]:
    """Return the places of words and numbers of a table that no entry of its networks has, each as long as it
    goes on."""
    taken: set[int] = set()
    for entry in entries:
        taken.update(range(entry.span.start, entry.span.end))
    places = sorted({at for grid in grids for at in _places(source, grid)} - taken)
    spans: list[Span] = []
    for at in places:
        if spans and spans[-1].end == at:
            spans[-1] = Span(spans[-1].start, at + 1)
        else:
            spans.append(Span(at, at + 1))
    return tuple(span for span in spans if source.clean[span.start : span.end] not in _SIGNS)


def _places(source: Source, grid: Grid) -> Iterator[int]:
    if grid.sheet is not None:
        for cell in {id(cell): cell for row in grid.sheet.rows for cell in row}.values():
            yield from _of(cell)
        return
    from archdsl.ledger.lines import printed_lines

    for line in printed_lines(source):
        yield from _of(line)


def _of(cell: Cell) -> Iterator[int]:
    return (cell.place(at, at + 1).start for at, char in enumerate(cell.text) if is_word(char))


def twice(source: Source, entries: Iterable[Entry]) -> tuple[tuple[Entry, Entry], ...]:
    """Return the pairs of entries that took a place twice: they overlap in part, or give one number two
    meanings."""
    found: list[tuple[Entry, Entry]] = []
    before: list[Entry] = []
    for entry in sorted(entries, key=lambda one: (one.span.start, -one.span.end)):
        while before and before[-1].span.end <= entry.span.start:
            before.pop()
        over = before[-1] if before else None
        if over and (over.span.end < entry.span.end or _is_repeated(source, over, entry)):
            found.append((over, entry))
        before.append(entry)
    return tuple(found)


def _is_repeated(source: Source, one: Entry, other: Entry) -> bool:
    """Return whether two entries give one number of a row two meanings."""
    return one.span == other.span and one.row == other.row >= 0 and _is_number(source, one.span)


def _is_number(source: Source, span: Span) -> bool:
    return source.clean[span.start : span.end].isdecimal()
