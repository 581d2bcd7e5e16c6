"""A column that prints several properties with a mark between them -> a column for each: `k/s/p`, `Kernel,
Stride, Padding`."""

import re

from archdsl.patterns import pattern
from archdsl.table.head import header_text
from archdsl.table.roles import SIZE, known_role, listed, role_of, says_nothing
from archdsl.text.grid import Cell

Rows = tuple[tuple[Cell, ...], ...]
_MARK = pattern(r"\s*([/,;→])\s*")
_IN_OUT = pattern(
    r"\s*(?:(?P<a>\w+)\W*\b(?:in|i|input)\s*(?:/|→|,)\s*(?:out|o|output)\b\W*|(?:in|i|input)\s*(?:/|→)\s*(?:out|o|output)\s+(?P<b>\w+)\W*)",
    re.IGNORECASE,
)
_ARROW = pattern(r"\s*([^→>-]*?\d)\s*(?:→|->)\s*(\d[^→>-]*?)\s*")
# `In x Out` above `3x64`, and `3 → 64` below any header of channels.
_IN_X_OUT = pattern(
    r"\s*in(?:put)?s?\s*(?:[x×/→]|->|to)\s*out(?:put)?s?(?:\s*(?:channels|ch\.?|filters|features|maps|units))?\s*",
    2,
)
# `1500T` is as many values of each frame, `N` a parameter.
_SIDES = pattern(r"\s*(\d{1,9}|[A-Z])T?\s*(?:[x×/→]|->|to)\s*(\d{1,9}|[A-Z])\s*")
_FROM_TO = pattern(r"\s*(\d{1,9})\s*(?:→|->|=>)\s*(\d{1,9})\s*")


def apart(rows: Rows, header: int) -> Rows:
    """Divide the columns of which the header lists several roles, where the cells have as many parts."""
    for index in range(len(rows[0]) - 1 if rows and header else -1, -1, -1):
        rows = _in_and_out(_with_words(rows, header, index), header, index)
        rows = _channels(rows, header, index)
        text = header_text(rows[:header], index)
        roles = [role_of(word) for word in _MARK.split(text)[::2]]
        if (
            known_role(text) is None
            and "structure" not in listed(text)
            and None not in roles
            and len(set(roles)) == len(roles) > 1
        ):
            rows = _divided(rows, header, index, len(roles))
    return rows


def _with_words(rows: Rows, header: int, index: int) -> Rows:
    """Spell `Channels (in/out)` out as `input channels / output channels`, each part where it stands."""
    *above, cell = (row[index] for row in rows[:header])
    match = _IN_OUT.fullmatch(cell.text)
    words = match and [f"{side} {match['a'] or match['b']}" for side in ("input", "output")]
    if (
        not words
        or any(other is not cell and other.text.strip() for other in above)
        or None in map(role_of, words)
    ):
        return rows
    spelt = _spelt(cell, " / ".join(words))
    return (
        *rows[: header - 1],
        (*rows[header - 1][:index], spelt, *rows[header - 1][index + 1 :]),
        *rows[header:],
    )


def _in_and_out(rows: Rows, header: int, index: int) -> Rows:
    """Divide a column of sizes with arrows, `96x96 → 48x48`, into what comes into a row and what leaves
    it."""
    cells = [row[index] for row in rows[header:] if not says_nothing(row[index].text)]
    found = [_ARROW.fullmatch(cell.text) for cell in cells]
    if not cells or None in found or not any(SIZE.match(match[1]) for match in found if match):
        return rows
    return tuple(_two(row, index, _ARROW, "size" * (at < header)) for at, row in enumerate(rows))


def _channels(rows: Rows, header: int, index: int) -> Rows:
    """Divide a column of channels before and behind a layer, `3x64` or `3 → 64`."""
    text = header_text(rows[:header], index)
    both = _IN_X_OUT.fullmatch(text) is not None
    form = _SIDES if both else _FROM_TO
    cells = [row[index] for row in rows[header:] if not says_nothing(row[index].text)]
    if not (both or role_of(text) == "channels") or not cells:
        return rows
    if not all(form.fullmatch(cell.text) for cell in cells):
        return rows
    return tuple(_two(row, index, form, "channels" * (at < header)) for at, row in enumerate(rows))


def _two(row: tuple[Cell, ...], index: int, form: re.Pattern[str], head: str) -> tuple[Cell, ...]:
    """Return a row with two cells for one; `head` is what the two columns of a header are called after."""
    cell = row[index]
    match = form.fullmatch(cell.text)
    sides = [cell.part(*match.span(1)), cell.part(*match.span(2))] if match else [cell, cell]
    if head and cell.text.strip():
        sides = [_spelt(cell, f"input {head}"), _spelt(cell, f"output {head}")]
    return (*row[:index], *sides, *row[index + 1 :])


def _spelt(cell: Cell, text: str) -> Cell:
    """Return other words for a header, where it stands."""
    start, end = cell.span
    return Cell(text, start, (*(start,) * len(text), end))


def _divided(rows: Rows, header: int, index: int, count: int) -> Rows:
    """Divide the cells of a column at the marks of its header; a cell may end before the last of them (`2x2 /
    2` of `k / s, p`)."""
    marks = tuple(mark for row in rows[:header] for mark in _MARK.findall(row[index].text))
    parts = [
        _parts(row[index], count, marks if at < header else marks[: count - 1]) for at, row in enumerate(rows)
    ]
    if None in parts:
        return rows
    return tuple((*row[:index], *own, *row[index + 1 :]) for row, own in zip(rows, parts, strict=True) if own)


def _parts(cell: Cell, count: int, marks: tuple[str, ...]) -> tuple[Cell, ...] | None:
    """Return the parts of a cell, blank ones where it is empty or ends early; None where its marks are not
    those of the header."""
    if says_nothing(cell.text):
        return (cell,) * count
    found = [match for match in _MARK.finditer(cell.text) if match[1] in marks]
    starts = [0, *(match.end() for match in found)]
    ends = [*(match.start() for match in found), len(cell.text)]
    if not 1 < len(starts) <= count or tuple(match[1] for match in found) != marks[: len(found)]:
        return None
    last = Cell("", cell.span.end)
    return (*map(cell.part, starts, ends), *(last,) * (count - len(starts)))
