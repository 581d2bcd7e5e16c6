"""Numbered layers, each of which takes others by their numbers -> a table of layers."""

from collections.abc import Iterator

from archdsl.lang.darknet import HEADS
from archdsl.light import NamedTuple
from archdsl.text.chars import Writer
from archdsl.text.grid import Cell


class Step(NamedTuple):
    """A layer: what it is called in the print, its words (none: it passes on what it takes), the layers that
    it takes, its size.

    Without `takes` it takes the one before it; several are joined by `merge`.
    """

    kind: Cell
    words: str
    size: Cell
    takes: tuple[int, ...] = ()
    merge: str = ""


def table(steps: list[Step], head: Cell) -> tuple[tuple[Cell, ...], ...]:
    """Return the rows of a table, its header first."""
    return (tuple(said(word, head) for word in ("name", "operator", "output size")), *_rows(steps))


def _rows(steps: list[Step]) -> Iterator[tuple[Cell, ...]]:
    names: dict[int, str] = {-1: "input"}
    ends = _ends(steps)
    last = "input"
    for number, step in enumerate(steps):
        takes = [names.get(one, "input") for one in step.takes or (number - 1,)]
        words = [f"{step.merge} {', '.join(takes[1:])}" if len(takes) > 1 else "", step.words]
        operator = "; ".join(filter(None, words))
        if step.kind.text.lower() in HEADS or not operator:
            names[number] = takes[0]
            continue
        names[number] = f"{step.kind.text.lower()}{number}"
        aside = "aside" if number in ends else ""
        start = f"from {takes[0]}" if takes[0] != last else ""
        yield (
            said(names[number], step.kind),
            said("; ".join(filter(None, (f"{aside} {start}".strip(), operator))), step.kind),
            step.size,
        )
        last = last if aside else names[number]


def _ends(steps: list[Step]) -> set[int]:
    """Find the layers before the last one that no other layer takes: each is an output of its own."""
    layers = [number for number, step in enumerate(steps) if step.kind.text.lower() not in HEADS]
    taken = {one for number in layers for one in steps[number].takes or (number - 1,)}
    return {number for number in layers[:-1] if number not in taken}


def said(words: str, at: Cell) -> Cell:
    """Return words that stand for what is printed at a place."""
    writer = Writer()
    span = at.span
    writer.put(words[:-1], span.start)
    writer.put(words[-1:], max(span.start, span.end - 1))
    return writer.text(max(span.end, span.start)).cell() if words else Cell("", span.start)
