"""A native spec -> its lines as cells of text, in the reader's own notion of settings and rows.

What the reader does not tell to be a setting or a row, and whatever does not divide into the cells that it found, is
kept as it stands: a construct that is not known here is never touched.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from archdsl.format import cells
from archdsl.readers.grid import Cell, Grid, GridRow, GridSetting
from archdsl.readers.roles import role_of
from archdsl.source import Source, Span

Kind = Literal["blank", "comment", "kept", "rule", "setting", "row", "header"]

_COMMENT = re.compile(r"(?:^|(?<=\s))#(?=\s|$|[^\d\s])")
_GAP = re.compile(r"\s{2,}|\t")
_RULE = re.compile(r"[\s|:-]*-[\s|:-]*")
_SIZE, _STRUCTURE = 1, 2  # where these stand among the cells of a row


class Line(NamedTuple):
    """One line. `cells` are the texts of its columns, `edges` whether pipes stand before the first and behind the last.

    `text` is the line as it was, `comment` the comment behind the cells; `piped` tells pipes from gaps.
    """

    kind: Kind
    text: str
    cells: tuple[str, ...] = ()
    comment: str = ""
    piped: bool = False
    edges: tuple[bool, bool] = (False, False)


def lines(source: Source, grids: Sequence[Grid]) -> list[Line]:
    """Divide the lines of a spec into cells."""
    rows = {source.position(row.span.start)[0]: row for grid in grids for row in grid.rows}
    settings: dict[int, list[GridSetting]] = {}
    for grid in grids:
        for setting in grid.settings:
            settings.setdefault(source.position(setting.key.span.start)[0], []).append(setting)
    first = min(rows, default=0)
    found = []
    for number in range(1, len(source.starts) + 1):
        text = source.line(number).rstrip()
        start = source.starts[number - 1]
        if number in rows:
            line = _row(source, rows[number], text, start)
        elif number in settings:
            line = _setting(source, settings[number], text, start)
        else:
            line = _other(text, above=number < first)
        found.append(line or Line("kept", text))
    return found


def _other(text: str, above: bool) -> Line:
    if not text.strip():
        return Line("blank", "")
    if text.lstrip().startswith("#"):
        return Line("comment", text)
    if "|" in text and _RULE.fullmatch(text):
        return _piped("rule", text, "")
    header = _header(text) if above else None
    return header or Line("kept", text)


def _header(text: str) -> Line | None:
    comment = _COMMENT.search(text)
    body, rest = (text[: comment.start()].rstrip(), text[comment.start() :]) if comment else (text, "")
    if "|" in body:
        line = _piped("header", body, rest)
        return line if sum(role_of(cell) is not None for cell in line.cells) > 1 else None
    named = _GAP.split(body.strip())
    named = body.split() if len(named) == 1 else named
    if sum(role_of(cell) is not None for cell in named) < 2:
        return None
    return Line("header", text, tuple(named), rest)


def _piped(kind: Kind, body: str, comment: str) -> Line:
    inner = body.strip()
    edges = inner.startswith("|"), inner.endswith("|") and len(inner) > 1
    inner = inner[edges[0] : len(inner) - edges[1]]
    return Line(kind, body, tuple(cell.strip() for cell in inner.split("|")), comment, True, edges)


def _comment(text: str, end: int) -> str | None:
    """Give what stands behind the cells of a line; None where it is no comment."""
    rest = text[end:].strip()
    return rest if not rest or rest.startswith("#") else None


def _row(source: Source, row: GridRow, text: str, start: int) -> Line | None:
    end = row.span.end - start
    comment = _comment(text, end)
    if comment is None or row.span.end > start + len(text):
        return None
    if "|" in text[:end]:
        line = _piped("row", text[:end], comment)
        structures = [cell.span for cell in _cells(row)[_SIZE:]]
        return line._replace(text=text, cells=tuple(_spelled_pipe(source, line, structures, start, text)))
    found = _cells(row)
    if not _covers(found, text[:end], start):
        return None
    texts = [text[cell.span.start - start : cell.span.end - start] for cell in found]
    spelled = [_spell(number, cell) for number, cell in enumerate(texts)]
    return Line("row", text, tuple(spelled), comment)


def _spelled_pipe(source: Source, line: Line, spans: Sequence[Span], start: int, text: str) -> Iterator[str]:
    """Spell the cells between pipes that the reader took for a size or a structure."""
    roles = {text[span.start - start : span.end - start]: number for number, span in enumerate(spans, _SIZE) if span.end > span.start}
    for cell in line.cells:
        yield _spell(roles[cell], cell) if cell in roles else cell


def _spell(number: int, text: str) -> str:
    return cells.structure(text) if number == _STRUCTURE else cells.size(text) if number == _SIZE else text.strip()


def _cells(row: GridRow) -> list[Cell]:
    """Give the cells of a row in the order of their roles, those of roles that come to be known later included."""
    found: list[Cell] = []
    parts: tuple[object, ...] = tuple(row)
    for part in parts:
        if isinstance(part, Cell):
            found.append(part)
        elif isinstance(part, tuple):
            found += [cell for cell in part if isinstance(cell, Cell)]
    return found


def _covers(found: Sequence[Cell], text: str, start: int) -> bool:
    """Tell whether the cells stand in their order and leave nothing of the line out."""
    at = 0
    for cell in found:
        span = cell.span
        if span.end == span.start:
            continue
        if span.start - start < at or text[at : span.start - start].strip():
            return False
        at = span.end - start
    return not text[at:].strip()


def _setting(source: Source, settings: Sequence[GridSetting], text: str, start: int) -> Line | None:
    key, value = settings[0].key.span, settings[0].value.span
    end = max(value.end, settings[-1].value.span.end, settings[-1].key.span.end) - start
    comment = _comment(text, end)
    if comment is None or value.end <= value.start or text[: key.start - start].strip():
        return None
    name = text[key.start - start : key.end - start]
    return Line("setting", text, (name, cells.setting(name, text[value.start - start : end])), comment)
