"""What was taken from where: `check --explain`, as text and as JSON."""

from itertools import groupby

from archdsl.ledger.entries import Entry, entries
from archdsl.ledger.left import left
from archdsl.light import TYPE_CHECKING, Any
from archdsl.render.glyphs import plain
from archdsl.source import Source, Span

if TYPE_CHECKING:
    from archdsl.pipeline.networks import Printed


def told(printed: "Printed") -> list[str]:
    """List for each row its words and numbers, each behind what it was taken for."""
    source, found = printed.source, entries(printed)
    lines = []
    for row, group in groupby(
        sorted(found, key=lambda entry: (entry.row, entry)), key=lambda entry: entry.row
    ):
        taken = list(group)
        if row >= 0:
            lines.append((_place(source, taken[0].span), ", ".join(_said(source, entry) for entry in taken)))
    rest = [
        f"nobody took `{_text(source, span)}` at {_place(source, span)}"
        for span in left(source, [printed.grid], found)
    ]
    width = max((len(place) for place, _ in lines), default=0)
    return ["taken:", *(f"  {place.ljust(width)}  {said}" for place, said in lines), *rest]


def ledger_json(printed: "Printed") -> dict[str, Any]:
    """Return the same as plain data; `row` is the index of a row, or null for what belongs to the whole
    table."""
    source, found = printed.source, entries(printed)
    rest = left(source, [printed.grid], found)
    return {
        "taken": [
            {**_json(source, entry.span), "as": entry.what, "row": entry.row if entry.row >= 0 else None}
            for entry in found
        ],
        "left": [_json(source, span) for span in rest],
    }


def _said(source: Source, entry: Entry) -> str:
    return f"{entry.what} `{_text(source, entry.span)}`"


def _json(source: Source, span: Span) -> dict[str, Any]:
    line, column = source.position(span.start)
    return {"line": line, "column": column, "text": _text(source, span)}


def _text(source: Source, span: Span) -> str:
    return plain(" ".join(source.text[span.start : span.end].split()))


def _place(source: Source, span: Span) -> str:
    return "{}:{}".format(*source.position(span.start))
