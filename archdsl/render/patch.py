"""A fix -> the changed lines: new text marked with `+` beneath, or old and new lines after `-` and `+`."""

from collections.abc import Sequence

from archdsl.diagnostics import Edit, Fix
from archdsl.light import NamedTuple
from archdsl.render.excerpt import gutter
from archdsl.render.glyphs import show
from archdsl.render.paint import Row
from archdsl.render.places import clamp
from archdsl.source import Source

_LINES_SHOWN = 12


class Hunk(NamedTuple):
    """Changed lines next to each other: the first one's number before and after, and the texts.

    `inserted` are the places in the only new line, where all that changes is text put into it.
    """

    number: int
    new_number: int
    old: list[str]
    new: list[str]
    inserted: list[tuple[int, int]]


def patch(source: Source, fix: Fix, digits: int, width: int) -> list[Row]:
    """Show what a fix changes."""
    hunks = _hunks(source, fix)
    rows = [gutter(digits)]
    for i, hunk in enumerate(hunks):
        if i and hunk.number > hunks[i - 1].number + len(hunks[i - 1].old):
            rows.append(Row("...", "gutter"))
        rows += _insertion(hunk, digits, width) if hunk.inserted else _replacement(hunk, digits, width)
    return rows


def _hunks(source: Source, fix: Fix) -> list[Hunk]:
    edits = sorted(Edit(clamp(source, edit.span), edit.text) for edit in fix.edits)
    groups: list[list[Edit]] = []
    for edit in edits:
        if groups and source.position(edit.span.start)[0] <= source.position(groups[-1][-1].span.end)[0]:
            groups[-1].append(edit)
        else:
            groups.append([edit])
    hunks: list[Hunk] = []
    shift = 0
    for group in groups:
        hunk = _hunk(source, group, shift)
        hunks.append(hunk)
        shift += len(hunk.new) - len(hunk.old)
    return hunks


def _hunk(source: Source, edits: list[Edit], shift: int) -> Hunk:
    first = source.position(edits[0].span.start)[0]
    last = source.position(max(edit.span.end for edit in edits))[0]
    begin = source.starts[first - 1]
    end = source.starts[last] if last < len(source.starts) else len(source.text)
    changed, inserted = _applied(source.text, begin, end, edits)
    old, new = _lines(source.text[begin:end]), _lines(changed)
    if len(old) == len(new) == 1 and all(edit.span.start == edit.span.end for edit in edits):
        return Hunk(first, first + shift, old, new, inserted)
    same = _common(old, new)
    old, new = old[same:], new[same:]
    tail = _common(old[::-1], new[::-1])
    return Hunk(first + same, first + same + shift, old[: len(old) - tail], new[: len(new) - tail], [])


def _applied(text: str, begin: int, end: int, edits: list[Edit]) -> tuple[str, list[tuple[int, int]]]:
    """Edit a part of the text; also give where in the result the new texts stand, without blanks around
    them."""
    result = ""
    inserted: list[tuple[int, int]] = []
    for (start, stop), new in edits:
        result += text[begin:start]
        blank = len(new) - len(new.lstrip()) if new.strip() else 0
        inserted.append((len(result) + blank, len(result) + blank + len(new.strip() or new)))
        result += new
        begin = max(begin, stop)
    return result + text[begin:end], inserted


def _lines(text: str) -> list[str]:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return lines if lines[-1] else lines[:-1]


def _insertion(hunk: Hunk, digits: int, width: int) -> list[Row]:
    shown = show(hunk.new[0], hunk.inserted, width)
    marks = Row()
    for start, stop in hunk.inserted:
        column = shown.column(start)
        marks.put(column, "+" * max(shown.column(stop) - column, 1), "added")
    return [gutter(digits, hunk.new_number).extend(Row(shown.text)), gutter(digits).extend(marks)]


def _replacement(hunk: Hunk, digits: int, width: int) -> list[Row]:
    paired = len(hunk.old) == len(hunk.new)
    rows: list[Row] = []
    for sign, number, lines, others in (
        ("-", hunk.number, hunk.old, hunk.new),
        ("+", hunk.new_number, hunk.new, hunk.old),
    ):
        for i, line in enumerate(lines[:_LINES_SHOWN]):
            focus = [_difference(line, others[i])] if paired else []
            rows.append(gutter(digits, number + i, sign).extend(Row(show(line, focus, width).text)))
        if len(lines) > _LINES_SHOWN:
            rows.append(Row("...", "gutter"))
    return rows


def _difference(line: str, other: str) -> tuple[int, int]:
    start = _common(line, other)
    tail = _common(line[start:][::-1], other[start:][::-1])
    return start, len(line) - tail


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """Count the first elements that two texts or lists of lines share, by halving."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
