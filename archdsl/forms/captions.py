"""Captions and headings -> the names of a document's tables."""

import re
from collections.abc import Iterable

from archdsl.patterns import pattern
from archdsl.source import Source
from archdsl.text.grid import Cell, Sheet

_NUMBERED = pattern(r"\btab(?:le|\.)\s*[-:]?\s*(\w+)", re.IGNORECASE)
_CAPTION = pattern(
    r"\W{0,20}tab(?:le|\.)\s*[-:]?\s*(?:[A-Z]?\d[\w.]{0,5}|[IVXL]+)\s*(?:[:.|*_-]|$)", re.IGNORECASE
)
_MARKUP = pattern(r"<[^<>]*>|[*_`]")
_REACH = 2000  # how far from its table a caption is looked for


def number_in(words: str) -> str | None:
    """Return the `2` of `Table 2` where a heading or a caption has it, in small letters."""
    match = _NUMBERED.search(words)
    return match[1].lower() if match else None


def caption_before(source: Source, start: int, stop: int) -> Cell | None:
    """Find the last line between two places that is a caption, `Table 2: ...`."""
    captions = [
        cell for cell in _lines(source, max(start, stop - _REACH), stop)[-6:] if _CAPTION.match(cell.text)
    ]
    return captions[-1] if captions else None


def caption_after(source: Source, start: int, stop: int) -> Cell | None:
    """Return the first line between two places if it is a caption."""
    lines = _lines(source, start, min(start + _REACH, stop))
    return lines[0] if lines and _CAPTION.match(lines[0].text) else None


def _lines(source: Source, start: int, stop: int) -> list[Cell]:
    """List the lines that hold more than markup."""
    found = []
    text = _MARKUP.sub(lambda match: " " * len(match[0]), source.clean[start:stop])
    for line in text.split("\n"):
        if line.strip() and not line.startswith("#"):
            found.append(Cell(line.strip(), start + len(line) - len(line.lstrip())))
        start += len(line) + 1
    return found


def with_captions(source: Source, sheets: list[tuple[Sheet, int]]) -> list[Sheet]:
    """Return each table, of which the end is told, the caption above it; or below it, if more tables, or the
    last, have theirs there."""
    before: list[Cell | None] = []
    after: list[Cell | None] = []
    at = 0
    for index, (sheet, stop) in enumerate(sheets):
        before.append(caption_before(source, at, sheet.span.start))
        after.append(
            caption_after(
                source,
                stop,
                sheets[index + 1][0].span.start if index + 1 < len(sheets) else len(source.clean),
            )
        )
        at = stop
    above, below = len(sheets) - before.count(None), len(sheets) - after.count(None)
    ends_below = bool(sheets) and before[0] is None and after[-1] is not None
    chosen = after if below > above or (below == above and ends_below) else before
    return [
        sheet._replace(caption=sheet.caption or caption)
        for (sheet, _), caption in zip(sheets, chosen, strict=True)
    ]


def named(sheets: Iterable[Sheet]) -> tuple[Sheet, ...]:
    """Name the tables by the number of their heading (the name that they have) or caption, where no other has
    it; else by their own."""
    sheets = tuple(sheets)
    wanted = [sheet.name or _from_caption(sheet) for sheet in sheets]
    counts: dict[str, int] = {}
    for name in wanted:
        counts[name] = counts.get(name, 0) + 1
    taken = {name for name, count in counts.items() if count == 1}
    distinct = []
    for number, sheet in enumerate(sheets, 1):
        name = wanted[number - 1]
        if not name or counts[name] > 1:
            name = f"table-{number}"
            while name in taken:
                name = f"{name}-{number}"
        taken.add(name)
        distinct.append(sheet._replace(name=name))
    return tuple(distinct)


def _from_caption(sheet: Sheet) -> str:
    number = number_in(sheet.caption.text) if sheet.caption and _CAPTION.match(sheet.caption.text) else None
    return f"table-{number}" if number else ""
