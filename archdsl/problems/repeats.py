"""Messages about repeats that can be read in two ways; the network is built as read."""

from archdsl.diagnostics import Diagnostic, Label
from archdsl.problems.base import error, short
from archdsl.source import Source, Span


def printed_twice(source: Source, span: Span, inner: Span, once: bool) -> Diagnostic:
    """W0220: the repeat of a row is printed beside its layers and in their cell."""
    outer_text, inner_text = (
        source.text[span.start : span.end].strip(),
        source.text[inner.start : inner.end].strip(),
    )
    read = f"used once: {inner_text} times" if once else f"multiplied: {outer_text} × {inner_text} times"
    other = f"{outer_text} × {inner_text} times" if once else f"{inner_text} times"
    found = error(
        "W0220",
        f"the repeat is printed twice, and {read}",
        source,
        span,
        "beside the layers",
        Label(inner, "and again here"),
        notes=[f"the other reading is {other}"],
        help="remove one of the two",
    )
    return found._replace(severity="warning")


def stands_for(source: Source, span: Span, rows: int, layers: int, times: int, other: int) -> Diagnostic:
    """W0221: a row whose name counts layers, and that prints a different number of them."""
    name = source.text[span.start : span.end].strip()
    read = "each is used once" if times == 1 else f"all of them are repeated {times} times"
    found = error(
        "W0221",
        f"`{name}` stands for {rows} rows and prints {layers} layers: {read}",
        source,
        span,
        f"{rows} rows in one",
        notes=[f"the other reading is {other} times"] if other > 1 else [],
        help=f"write the repeat, like `[3x3, 64; 3x3, 64] x {max(2, rows // max(layers, 1))}`",
    )
    return found._replace(severity="warning")


def unmatched_list(source: Source, span: Span, header: str, count: int, row: str) -> Diagnostic:
    """E0229: a list of numbers in a row that has another number of layers."""
    return error(
        "E0229",
        f"`{short(header)}` has {count} numbers, but {short(row)} has a different number of layers",
        source,
        span,
        "which number belongs to which layer?",
        help="write a row for each layer, or a block whose lines say which layer has which number",
    )
