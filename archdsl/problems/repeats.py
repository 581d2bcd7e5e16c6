"""Messages about how often layers stand; the network is built as read."""

from archdsl.diagnostics import Diagnostic, Label
from archdsl.problems.base import error, short
from archdsl.source import Source, Span


def printed_twice(source: Source, span: Span, inner: Span, once: bool) -> Diagnostic:
    """W0220: how often a row stands is printed beside its layers and with them."""
    outer_text, inner_text = (
        source.text[span.start : span.end].strip(),
        source.text[inner.start : inner.end].strip(),
    )
    read = f"read once: {inner_text} times" if once else f"read as {outer_text} × {inner_text}"
    other = f"{outer_text} × {inner_text} times" if once else f"{inner_text} times"
    found = error(
        "W0220",
        f"how often the layers stand is printed twice, and {read}",
        source,
        span,
        "beside the layers",
        Label(inner, "and with them"),
        notes=[f"the other reading is {other}"],
        help="leave one of the two away",
    )
    return found._replace(severity="warning")


def stands_for(source: Source, span: Span, rows: int, layers: int, times: int, other: int) -> Diagnostic:
    """W0221: a row whose name counts layers, of which it prints another number."""
    name = source.text[span.start : span.end].strip()
    read = "each layer once" if times == 1 else f"all of them {times} times"
    found = error(
        "W0221",
        f"`{name}` is a row of {rows} by its numbers and prints {layers} layers, read as {read}",
        source,
        span,
        f"{rows} rows in one",
        notes=[f"the other reading is {other} times"] if other > 1 else [],
        help=f"say how often the layers stand, like `[3x3, 64; 3x3, 64] x {max(2, rows // max(layers, 1))}`",
    )
    return found._replace(severity="warning")


def unmatched_list(source: Source, span: Span, header: str, count: int, row: str) -> Diagnostic:
    """E0229: a list of numbers in a row that has another number of layers."""
    return error(
        "E0229",
        f"{count} numbers under `{short(header)}`, and {short(row)} has another number of layers",
        source,
        span,
        f"whose {header.lower()} are these?",
        help="print a row for each layer, or a block whose lines say which layer has which",
    )
