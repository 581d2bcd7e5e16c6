"""A native spec -> its lines as cells of text, in the reader's own notion of settings, blocks, headers and
rows.

What the reader does not tell to be one of these, and whatever does not divide into the cells that it found,
is kept as it stands: a construct that is not known here is never touched.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Literal, NamedTuple

from archdsl.format import cells
from archdsl.native.divide import at_pipes, has_pipe, pipe_cells
from archdsl.native.reader import NativeReader
from archdsl.source import Source, Span
from archdsl.table.columns import columns_of
from archdsl.text.grid import Cell, GridBlock, GridRow, GridSetting, Sheet

Kind = Literal["blank", "comment", "kept", "rule", "setting", "row", "header", "block", "step"]

_COMMENT = re.compile(r"(?:^|(?<=\s))#(?=\s|$|[^\d\s])")
_RULE = re.compile(r"[\s|:-]*-[\s|:-]*")
_SIZE, _STRUCTURE = 1, 2  # where these stand among the cells of a row
_SPELL = {"size": cells.size, "structure": cells.structure}


class Line(NamedTuple):
    """One line. `cells` are the texts of its columns, `edges` whether pipes stand before the first and behind
    the last.

    `text` is the line as it was, `comment` the comment behind the cells; `piped` tells pipes from gaps. The
    lines of a `sheet` (a table with further columns) are aligned all together: where a cell is blank, the
    header tells which.
    """

    kind: Kind
    text: str
    cells: tuple[str, ...] = ()
    comment: str = ""
    piped: bool = False
    edges: tuple[bool, bool] = (False, False)
    sheet: bool = False


def lines(source: Source, reader: NativeReader) -> list[Line]:
    """Divide the lines of a spec, which `reader` has read, into cells."""
    known = dict(_known(source, reader))
    found: list[Line] = []
    in_block = False
    for number in range(1, len(source.starts) + 1):
        text = source.line(number).rstrip()
        line = known[number](text, source.starts[number - 1]) if number in known else _other(text, in_block)
        found.append(line or Line("kept", text))
        in_block = found[-1].kind in ("block", "step") or (
            in_block and found[-1].kind in ("comment", "blank")
        )
    return found


Divide = Callable[[str, int], Line | None]


def _known(source: Source, reader: NativeReader) -> Iterator[tuple[int, Divide]]:
    """Return how each line that the reader knows is divided, by its number."""

    def line(at: int) -> int:
        return source.position(at)[0]

    settings: dict[int, list[GridSetting]] = {}
    for setting in reader.settings:
        settings.setdefault(line(setting.key.span.start), []).append(setting)
    for number, several in settings.items():
        yield number, lambda text, start, found=several: _setting(found, text, start)  # type: ignore[misc]
    for block in reader.blocks:
        yield line(block.span.start), lambda text, start, found=block: _block(found, text, start)  # type: ignore[misc]
        for step in block.lines:
            yield line(step.start), lambda text, start, found=step: _step(found, text, start)  # type: ignore[misc]
    for row in reader.rows:
        yield line(row.span.start), lambda text, start, found=row: _row(source, reader, found, text, start)  # type: ignore[misc]
    yield from ((line(at), divide) for at, divide in _sheet(source, reader))


def _sheet(source: Source, reader: NativeReader) -> Iterator[tuple[int, Divide]]:
    headers = tuple(reader.headers)
    if not headers:
        return
    rows = reader.sheet or []
    edges = _edges(source, headers)
    spell = [_SPELL.get(role, _as_it_is) for role in _roles(reader)]
    yield (
        headers[0].span.start,
        _divided(
            source,
            Line("header", "", (), "", edges is not None, edges or (False, False), bool(spell)),
            headers,
            [_as_it_is] * len(headers),
        ),
    )
    for row in rows:
        start = next(cell.span.start for cell in row if cell.text.strip())
        yield (
            start,
            _divided(
                source, Line("row", "", (), "", edges is not None, edges or (False, False), True), row, spell
            ),
        )


def _edges(source: Source, headers: Sequence[Cell]) -> tuple[bool, bool] | None:
    """Return which pipes stand around a line of headers; None where no pipes part them."""
    if "|" not in source.clean[headers[0].start : headers[-1].start]:
        return None
    line = source.position(headers[0].start)[0]
    before = source.clean[source.starts[line - 1] : headers[0].start]
    after = source.line(line)[headers[-1].start + len(headers[-1].text) - source.starts[line - 1] :]
    blank = not (headers[0].text.strip() and headers[-1].text.strip())
    return blank or "|" in before, blank or after.startswith("|")


def _roles(reader: NativeReader) -> list[str]:
    """Name the role of every column as far as its cells have a spelling of their own."""
    if reader.sheet is None:
        return []
    rows = (tuple(reader.headers), *reader.sheet)
    columns = columns_of(Sheet("", rows, 1, Span(0, 0)), tuple(reader.settings), reader.own_headers())
    if columns is None or len(columns.headers) - columns.shared.shared != len(reader.headers):
        return [""] * len(reader.headers)
    sizes = (columns.shared.size, columns.shared.incoming)
    return [
        "structure" if index in columns.networks else "size" if index in sizes else ""
        for index in range(len(reader.headers))
    ]


def _as_it_is(text: str) -> str:
    return re.sub(r"\s+", " ", text.strip())


def _divided(
    source: Source, form: Line, found: Sequence[Cell], spell: Sequence[Callable[[str], str]]
) -> Divide:
    """Return what divides a line into the cells that the reader found; `form` has all but these."""

    def divide(text: str, start: int) -> Line | None:
        end = max(cell.start + len(cell.text) for cell in found if cell.text.strip()) - start
        comment = _comment(text, end + len(text[end:]) - len(text[end:].lstrip(" \t|")))
        if comment is None:
            return None
        own = has_pipe(text[: len(text) - len(comment)])
        texts = tuple(_spelled(source, cell, spelling) for cell, spelling in zip(found, spell, strict=True))
        return form._replace(text=text, cells=texts, comment=comment, piped=form.piped or own)

    return divide


def _spelled(source: Source, cell: Cell, spelling: Callable[[str], str]) -> str:
    """Spell a cell, unless it holds markup."""
    raw = source.text[cell.start : cell.start + len(cell.text)].strip()
    return (
        spelling(raw)
        if raw == source.clean[cell.start : cell.start + len(cell.text)].strip() == cell.text.strip()
        else raw
    )


def _other(text: str, in_block: bool) -> Line:
    if not text.strip():
        return Line("blank", "")
    if text.lstrip().startswith("#"):
        return Line("comment", f"    {text.strip()}" if in_block and text[0] in " \t" else text)
    if "|" in text and _RULE.fullmatch(text):
        return _piped("rule", text, "")
    return Line("kept", text)


def _piped(kind: Kind, body: str, comment: str) -> Line:
    inner = body.strip()
    edges = inner.startswith("|"), inner.endswith("|") and len(inner) > 1
    inner = inner[edges[0] : len(inner) - edges[1]]
    return Line(kind, body, tuple(cell.strip() for cell in at_pipes(inner)), comment, True, edges)


def _comment(text: str, end: int) -> str | None:
    """Return what stands behind the cells of a line; None where it is no comment."""
    rest = text[end:].strip()
    return rest if not rest or rest.startswith("#") else None


def _row(source: Source, reader: NativeReader, row: GridRow, text: str, start: int) -> Line | None:
    end = row.span.end - start
    if reader.headers and has_pipe(source.clean[start : row.span.end]):
        return _under_headers(source, reader, text, start, row.span.end)
    comment = _comment(text, end)
    if comment is None or row.span.end > start + len(text) or len(row.parts) != 1:
        return None
    found = (row.name, row.size, row.structure)
    if has_pipe(text[:end]):
        line = _piped("row", text[:end], comment)
        return line._replace(
            text=text, cells=tuple(_spelled_pipe(line, [cell.span for cell in found[_SIZE:]], start, text))
        )
    if not _covers(found, text[:end], start):
        return None
    texts = [text[cell.span.start - start : cell.span.end - start] for cell in found]
    spelled = [_spell(number, cell) for number, cell in enumerate(texts)]
    return Line("row", text, tuple(spelled), comment)


def _under_headers(source: Source, reader: NativeReader, text: str, start: int, end: int) -> Line | None:
    headers = tuple(reader.headers)
    found = pipe_cells(source.clean[start:end], start, len(headers))
    found += [Cell("", end)] * (len(headers) - len(found))
    roles = {index: role for role, index in (reader.columns or {}).items()}
    spell = [_SPELL.get(roles.get(index, ""), _as_it_is) for index in range(len(headers))]
    edges = _edges(source, headers)
    form = Line("row", "", (), "", True, edges or _pipes_around(text))
    return _divided(source, form, found, spell)(text, start) if len(found) == len(headers) else None


def _pipes_around(text: str) -> tuple[bool, bool]:
    return text.lstrip().startswith("|"), text.endswith("|")


def _spelled_pipe(line: Line, spans: Sequence[Span], start: int, text: str) -> Iterator[str]:
    """Spell the cells between pipes that the reader took for a size or a structure."""
    roles = {
        text[span.start - start : span.end - start]: number
        for number, span in enumerate(spans, _SIZE)
        if span.end > span.start
    }
    for cell in line.cells:
        yield _spell(roles[cell], cell) if cell in roles else cell


def _spell(number: int, text: str) -> str:
    return (
        cells.structure(text)
        if number == _STRUCTURE
        else cells.size(text)
        if number == _SIZE
        else text.strip()
    )


def _covers(found: Iterable[Cell], text: str, start: int) -> bool:
    """Return whether the cells stand in their order and leave nothing of the line out."""
    at = 0
    for cell in found:
        span = cell.span
        if span.end == span.start:
            continue
        if span.start - start < at or text[at : span.start - start].strip():
            return False
        at = span.end - start
    return not text[at:].strip()


def _setting(settings: Sequence[GridSetting], text: str, start: int) -> Line | None:
    key, value = settings[0].key.span, settings[0].value.span
    end = max(value.end, settings[-1].value.span.end, settings[-1].key.span.end) - start
    comment = _comment(text, end)
    if comment is None or value.end <= value.start or text[: key.start - start].strip():
        return None
    name = text[key.start - start : key.end - start]
    return Line("setting", text, (name, cells.setting(name, text[value.start - start : end])), comment)


def _block(block: GridBlock, text: str, start: int) -> Line | None:
    span = block.head.span
    comment = _comment(text, span.end - start)
    if comment is None or text[: span.start - start].strip() != "block":
        return None
    return Line("block", text, (f"block {cells.head(text[span.start - start : span.end - start])}",), comment)


def _step(cell: Cell, text: str, start: int) -> Line | None:
    span = cell.span
    comment = _comment(text, span.end - start)
    if comment is None or text[: span.start - start].strip():
        return None
    return Line("step", text, cells.step(text[span.start - start : span.end - start]), comment)
