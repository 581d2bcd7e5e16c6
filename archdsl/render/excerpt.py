"""Labels -> the lines of source they point at, with marks and texts beneath."""

from archdsl.diagnostics import Label, Severity
from archdsl.light import NamedTuple
from archdsl.render.glyphs import plain, show
from archdsl.render.paint import Row, Style
from archdsl.render.places import clamp
from archdsl.source import Source, Span

_SIGNS: dict[str, Style] = {"+": "added", "-": "removed"}


class Mark(NamedTuple):
    """A label on its line: display columns (half-open), what to say, and how."""

    start: int
    end: int
    primary: bool
    text: str
    style: Style


def gutter(digits: int, number: int | None = None, sign: str = "|") -> Row:
    """Return the left margin: a line number, or none, and a rule (or the `+` or `-` of a change)."""
    shown = "" if number is None else str(number)
    return Row(shown.ljust(digits), "gutter").add(f" {sign} ", _SIGNS.get(sign, "gutter"))


def excerpt(
    source: Source, labels: tuple[Label, ...], severity: Severity, digits: int, width: int
) -> list[Row]:
    """Show every line that a label begins on, in order; `...` stands for more than one line left out."""
    by_line: dict[int, list[Label]] = {}
    for label in labels:
        by_line.setdefault(source.position(clamp(source, label.span).start)[0], []).append(label)
    rows = [gutter(digits)]
    previous = 0
    for number in sorted(by_line):
        if previous and number == previous + 2:
            rows.append(
                gutter(digits, previous + 1).extend(Row(show(source.line(previous + 1), (), width).text))
            )
        elif previous and number > previous + 2:
            rows.append(Row("...", "gutter"))
        line, *beneath = _annotated(source, number, by_line[number], severity, width)
        rows += gutter(digits, number).extend(line), *(gutter(digits).extend(row) for row in beneath)
        previous = number
    return rows


def _annotated(source: Source, number: int, labels: list[Label], severity: Severity, width: int) -> list[Row]:
    line = source.line(number)
    begin = source.starts[number - 1]
    spans = [_on_line(clamp(source, label.span), begin, line) for label in labels]
    shown = show(line, spans, width)
    marks = [
        Mark(
            start,
            max(shown.column(stop), start + 1),
            label.primary,
            plain(label.text),
            severity if label.primary else "gutter",
        )
        for label, (offset, stop) in zip(labels, spans, strict=True)
        for start in (shown.column(offset),)
    ]
    return [Row(shown.text), *annotate(marks)]


def _on_line(span: Span, begin: int, line: str) -> tuple[int, int]:
    start = min(span.start - begin, len(line))
    stop = span.end - begin
    # Of a place that goes on over further lines, the first is shown.
    return start, stop if stop <= len(line) else max(start, len(line.rstrip()))


def annotate(marks: list[Mark]) -> list[Row]:
    """Underline the marks of one line; the last says its text beside its mark, the others below theirs."""
    rows = [_underline(marks)]
    hanging = sorted(
        (mark for mark in marks if mark.text), key=lambda mark: (mark.start, mark.end, mark.primary)
    )
    if hanging and hanging[-1].end == max(mark.end for mark in marks):
        last = hanging.pop()
        rows[0].put(last.end + 1, last.text, last.style)
    if hanging:
        rows.append(_connectors(hanging))
    while hanging:
        mark = hanging.pop()
        row = _connectors([other for other in hanging if other.start < mark.start])
        row.put(mark.start, mark.text, mark.style)
        rows.append(row)
    return rows


def _underline(marks: list[Mark]) -> Row:
    row = Row()
    for mark in sorted(marks, key=lambda mark: mark.primary):
        row.put(mark.start, ("^" if mark.primary else "-") * (mark.end - mark.start), mark.style)
    return row


def _connectors(marks: list[Mark]) -> Row:
    row = Row()
    for mark in marks:
        row.put(mark.start, "|", mark.style)
    return row
