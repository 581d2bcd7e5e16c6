"""Texts of cells -> what in them was spoilt on the way from print: doubled glyphs, lost or displaced
brackets, fused rows."""

import re
from collections.abc import Iterator

from archdsl.diagnostics import Diagnostic, Edit, Fix
from archdsl.light import Final
from archdsl.patterns import pattern
from archdsl.problems import readers
from archdsl.problems.syntax import cell_too_long
from archdsl.source import Source, Span
from archdsl.text.grid import Cell, Sheet

MAX_LENGTH: Final = 1000  # longer texts are no cells of a table, and told elsewhere
MAX_CELL: Final = 50_000
_KERNEL = r"\d{1,2}\s*[x×]\s*\d{1,2}"
_LAYER = rf"(?:(?:conv|dw|sep)[\w.]*,?\s*)?{_KERNEL}\s*,\s*\d+(?![\w×])"
_REPEAT = r"[x×]\s*\d{1,3}(?!\s*[x×\d])"
# The channels of one layer, then the kernel of the next with nothing between: `, 643×3,`, `, 16×k3×3,`.
_FUSED = pattern(
    rf"{_KERNEL}\s*,\s*(\d+\s*[x×]\s*[A-Za-z]|[A-Za-z]|\d{{1,5}}?)(?=(\d{{1,2}})\s*[x×]\s*\2\s*,)"
)
_FUSED_BRACKET = pattern(r"\[[^\[\]]*\]")
# Each line of a tall bracket with its piece of it, the repeat beside the middle one: `[a] b ×n [c]`.
_GLUED = pattern(rf"\]{_KERNEL}\s*,")
_DISPLACED = pattern(
    rf"\[([^\[\]]+)\]\s*((?:{_LAYER}[\s;,]*)+)({_REPEAT})?\s*(?:\[([^\[\]]+)\])?\s*({_REPEAT})?"
)
_LOST = pattern(rf"\s*((?:{_LAYER})(?:\s*(?:;\s*)?{_LAYER})+)\s*(?:(;)\s*)?({_REPEAT})\s*")
_START = pattern(rf"(?:conv[\w.]*,?\s*)?{_KERNEL}\s*,", re.IGNORECASE)
# A formula as text, and once more as TeX: `16^2 x 8` with its power lost, then `16^{2}\\times 8`.
_TWICE = pattern(r"(\d{1,4})2×(\d{1,4}?)(\1)?\^\{?2\}?×\2")
_DOUBLED_MARK = pattern(r"(?=.*\d)(?:.*(?:××|xx|,,|\[\[))")


def once(source: Source, sheet: Sheet) -> Sheet:
    """Return a sheet without the second copy of formulas that stand twice in their cells, and say so at the
    first of them."""
    found = {
        id(cell): (cell, match)
        for row in sheet.rows
        for cell in row
        if (match := _TWICE.fullmatch(cell.text.replace(" ", "")))
    }
    if not found:
        return sheet
    single = {
        key: cell._replace(text=(text := f"{match[1]}^2×{match[2]}"), offsets=_spread(cell, len(text)))
        for key, (cell, match) in found.items()
    }
    rows = tuple(tuple(single.get(id(cell), cell) for cell in row) for row in sheet.rows)
    first, _ = next(iter(found.values()))
    return sheet._replace(
        rows=rows, problems=(*sheet.problems, readers.doubled_glyphs(source, first.span, ()))
    )


def _spread(cell: Cell, length: int) -> tuple[int, ...]:
    """Return places in a cell for another text of some length."""
    place = cell.span
    return (*(min(place.start + index, place.end - 1) for index in range(length)), place.end)


def bounded(source: Source, sheet: Sheet) -> Sheet:
    """Refuse cells too long to be one, and keep their beginnings, so that no rule of print reads a
    megabyte."""
    long = {id(cell): cell for row in sheet.rows for cell in row if len(cell.text) > MAX_CELL}
    if not long:
        return sheet
    short = {
        key: cell.part(0, len(cell.text[:MAX_LENGTH].rstrip()))._replace(rows=cell.rows, columns=cell.columns)
        for key, cell in long.items()
    }
    rows = tuple(tuple(short.get(id(cell), cell) for cell in row) for row in sheet.rows)
    # A macro without end makes a cell long.
    told = {source.position(problem.span.start)[0] for problem in sheet.problems}
    places = [cell.span for cell in long.values() if source.position(cell.span.start)[0] not in told]
    return sheet._replace(
        rows=rows, problems=(*sheet.problems, *(cell_too_long(source, place, MAX_CELL) for place in places))
    )


def examine(source: Source, sheet: Sheet) -> Iterator[Diagnostic]:
    """Say what is wrong with the texts of a sheet."""
    seen: set[int] = set()
    for row in sheet.rows:
        for cell in row:
            if id(cell) not in seen:
                seen.add(id(cell))
                yield from examine_cell(source, cell)


def _is_divided(match: re.Match[str], glued: bool) -> bool:
    """Recognise a bracket with layers behind it, which belong into it, and with its repeat."""
    return (glued or match[4] is not None) and (match[3] or match[5]) is not None


def examine_cell(source: Source, cell: Cell) -> Iterator[Diagnostic]:
    """Say what is wrong with the text of a cell; a fix comes only where there is one way to mend it."""
    text = cell.text
    if not 8 <= len(text) <= MAX_LENGTH or not ("×" in text or "x" in text):
        return
    if _doubled(text):
        yield readers.doubled_glyphs(
            source, cell.span, _fix(source, cell, 0, len(text), _halved(text), "write every character once")
        )
        return
    displaced = _DISPLACED.fullmatch(text)
    glued = _GLUED.search(text)
    if displaced and _is_divided(displaced, glued is not None):
        yield readers.reordered_bracket(source, cell.span, _one_bracket(source, cell, displaced))
        return
    if glued:
        yield readers.reordered_bracket(source, cell.place(*glued.span()), ())
        return
    yield from _fused(source, cell)
    lost = _LOST.fullmatch(text)
    if lost:
        yield _lost(source, cell, lost)


def _doubled(text: str) -> bool:
    dense = "".join(text.split())
    return (
        len(dense) % 2 == 0
        and len(dense) >= 8
        and dense[::2] == dense[1::2]
        and _DOUBLED_MARK.match(dense) is not None
    )


def _halved(text: str) -> str:
    return " ".join(word[::2] for word in text.split())


def _one_bracket(source: Source, cell: Cell, match: re.Match[str]) -> tuple[Fix, ...]:
    first, middle, repeat, last, final = match.groups()
    layers = [first, *_layers(middle), *([last] if last else [])]
    if repeat and final:
        return ()
    mended = f"[{'; '.join(layer.strip(' ;,') for layer in layers)}] {repeat or final}"
    return _fix(source, cell, 0, len(cell.text), mended, "write one bracket around the layers")


def _layers(text: str) -> list[str]:
    starts = [match.start() for match in _START.finditer(text)]
    return [
        text[start:stop].strip(" ;,") for start, stop in zip(starts, [*starts[1:], len(text)], strict=True)
    ]


def _fused(source: Source, cell: Cell) -> Iterator[Diagnostic]:
    for bracket in _FUSED_BRACKET.finditer(cell.text):
        matches = list(_FUSED.finditer(cell.text, *bracket.span()))
        if matches:
            first = matches[0]
            kernel = _START.match(cell.text, first.end())
            start, stop = first.start(1), kernel.end() - 1 if kernel else first.end()
            edits = []
            for match in matches:
                edits += [
                    edit
                    for fix in _fix(source, cell, match.end(), match.end(), "; ", "")
                    for edit in fix.edits
                ]
            fixes = (Fix("separate the layers", tuple(edits)),) if len(edits) == len(matches) else ()
            yield readers.fused_rows(source, cell.place(start, stop), cell.text[start:stop], fixes)


def _lost(source: Source, cell: Cell, match: re.Match[str]) -> Diagnostic:
    fixes: tuple[Fix, ...] = ()
    # A repeat on a line of its own is that of all; `64 × 3` on one line may as well be a product.
    if match[2]:
        mended = f"[{'; '.join(_layers(match[1]))}] {match[3]}"
        fixes = _fix(source, cell, 0, len(cell.text), mended, "write the bracket")
    return readers.lost_bracket(source, cell.place(match.start(3), match.end(3)), fixes)


def _fix(source: Source, cell: Cell, start: int, stop: int, text: str, title: str) -> tuple[Fix, ...]:
    """Make the fix that writes over a part of a cell, if that part is one in the source, too."""
    if start == stop:
        at = cell.place(start, start + 1).start
        return (Fix(title, (Edit(Span(at, at), text),)),)
    span = cell.place(start, stop)
    plain = cell.offsets == () or source.clean[span.start : span.end] == cell.text[start:stop]
    return (Fix(title, (Edit(span, text),)),) if plain else ()
