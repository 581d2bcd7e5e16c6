"""A line of our own form -> its cells: by pipes, by gaps, or word by word."""

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise

from archdsl.lang.ordinals import is_counted, is_kind, is_ordinal
from archdsl.patterns import pattern
from archdsl.source import Span
from archdsl.table.roles import SIZE, holds_layers
from archdsl.text.grid import Cell, GridRow, Part

_GAP = pattern(r"\s{2,}|\t")
# One number is a size (of one axis, or of a square) where it is set off.
_LENGTH = pattern(r"\d+(?=\s{2,}|\t)")
_STARRED = pattern(r"\d+\s?\*\s?\d+(?![\w.*])")
_WORD = pattern(r"\S+")
# One number before a window and its channels, or before a bracket of such: no layer has two numbers of
# channels.
_BARE = pattern(
    r"\d+(?= \[?\d+\s?[x×]\s?\d+\s?,\s?\d)|1(?= (?:global |avg |average |max |mean )?(?:pool|gap))",
    re.IGNORECASE,
)
_LISTED = pattern(r"(\d+)\s?,\s?\1(?:\s?,\s?\d+)?(?=\s{2,}|\t)")
_SEVERAL = pattern(r"[A-Za-z][\w-]*(?: [A-Za-z][\w-]*){0,2} (?:\d{1,2}|[A-Za-z][\w-]*)(?= +\d)")


def pipe_cells(line: str, start: int, width: int = 0) -> list[Cell]:
    """Split at pipes; those around the row are left out, unless they are needed for a row of that many
    cells."""
    cells, at = [], start
    for text in at_pipes(line):
        cells.append(Cell(_unmarked(text), at))
        at += len(text) + 1
    # Pipes around a row come in pairs: one alone ends an empty cell.
    outer = line.rstrip().endswith("|") or width
    if not cells[0].text.strip() and len(cells) > max(width, 1) and line.lstrip().startswith("|") and outer:
        cells = cells[1:]
    if len(cells) > max(width, 1) and not cells[-1].text.strip() and line.rstrip().endswith("|"):
        cells = cells[:-1]
    return cells


def has_pipe(line: str) -> bool:
    """Recognise a row with pipes between its cells."""
    return "|" in line and len(at_pipes(line)) > 1


def at_pipes(line: str) -> list[str]:
    """Split at pipes; those inside a bracket part its layers (`[1x1, 64 | 3x3, 64] x 3`)."""
    if "[" not in line or "|" not in line:
        return line.split("|")
    pipes: list[int] = []
    opened: list[int] = []  # for each open bracket, how many pipes stand before it
    for at, char in enumerate(line):
        if char == "[":
            opened.append(len(pipes))
        elif char == "]" and opened:
            del pipes[opened.pop() :]
        elif char == "|":
            pipes.append(at)
    return [
        line[start:stop]
        for start, stop in zip([0, *(at + 1 for at in pipes)], [*pipes, len(line)], strict=True)
    ]


def gap_cells(line: str, start: int) -> list[Cell]:
    """Divide a line where two blanks or more stand."""
    cells, at = [], 0
    for gap in _GAP.finditer(line):
        if line[at : gap.start()].strip():
            cells.append(Cell(line[at : gap.start()], start + at))
        at = gap.end()
    return [*cells, Cell(line[at:], start + at)] if line[at:].strip() else cells


def words_of(line: str, start: int) -> list[Cell]:
    """Divide a line at every blank."""
    return [Cell(match[0], start + match.start()) for match in _WORD.finditer(line)]


def surplus(cells: "list[Cell] | tuple[Cell, ...]", columns: int) -> Span | None:
    """Return the place of the cells beyond the table's columns; None where there are none."""
    further = [cell.span for cell in cells[columns:] if cell.text.strip()]
    return Span(further[0].start, further[-1].end) if further else None


def under_headers(line: str, start: int, lefts: list[int]) -> tuple[Cell, ...]:
    """Divide a row at its gaps; blank cells are told by where the others stand: `lefts` are the left edges of
    the columns."""
    pieces = gap_cells(line, start)
    if len(pieces) == len(lefts):
        return tuple(pieces)
    cells = [Cell("", start + len(line))] * len(lefts)
    for piece in pieces:
        at = piece.start - start
        column = max((i for i, left in enumerate(lefts) if left <= at + 1), default=0)
        joined = cells[column]
        cells[column] = (
            piece
            if not joined.text
            else Cell(line[joined.start - start : at + len(piece.text)], joined.start)
        )
    return tuple(cells)


def piped_row(line: str, start: int, columns: Mapping[str, int] | None, width: int, headers: int) -> GridRow:
    """Divide a row at its pipes; `columns` are those of a header, of which there are `headers`."""
    cells = pipe_cells(line, start, headers)
    empty = Cell("", start + len(line))
    roles = columns or {"name": 0, "size": 1, "structure": 2}
    name, size, structure = (
        cells[roles[role]] if roles.get(role, len(cells)) < len(cells) else empty
        for role in ("name", "size", "structure")
    )
    if not columns and len(cells) < 3:
        structure = cells[-1]
        size = empty
        name = cells[0] if len(cells) == 2 else empty
        if SIZE.fullmatch(name.text.strip()):
            name, size = empty, name
    return GridRow(name, size, (Part(structure),), trim(line, start), surplus(cells, width))


def spaced_row(line: str, start: int, is_layer_word: Callable[[str], bool], number: int) -> GridRow:
    """Divide the row of that number, which has no pipes, into its name, its size and its structure."""
    at = len(line) - len(line.lstrip())
    name_end = _counted_end(line, at, number) or _name_end(line, at, is_layer_word)
    size_at = name_end + len(line[name_end:]) - len(line[name_end:].lstrip())
    size = _size(line, size_at, name_end > at)
    window = size is not None and _is_window(size.group(), line[size.end() :])
    if size and (window or line[size.end() :].lstrip()[:1] in (",", "/")):
        size = None
    if size is None and not window and name_end > at and not _set_off(line, at, name_end, is_layer_word):
        name_end = size_at = at
    rest = size.end() if size else size_at
    return GridRow(
        Cell(line[at:name_end], start + at),
        Cell(size.group(), start + size_at) if size else Cell("", start + rest),
        (Part(Cell(line[rest:], start + rest)),),
        trim(line, start),
    )


def _is_window(size: str, after: str) -> bool:
    """Return whether a size is the window of the layer whose word comes one blank behind it."""
    if not after[1:2].isalpha():
        return False
    from archdsl.table.window import is_window

    return is_window(size.replace("*", "x"), after)


def _size(line: str, at: int, named: bool) -> "re.Match[str] | None":
    """Find the size behind a name; one number is a size where it is set off, or where it can be nothing
    else."""
    if not line[at : at + 1].isdecimal():
        return SIZE.match(line, at)
    size = SIZE.match(line, at) or _STARRED.match(line, at)
    return size or (
        _LENGTH.match(line, at) or _BARE.match(line, at) or _LISTED.match(line, at) if named else None
    )


def _name_end(line: str, at: int, is_layer_word: Callable[[str], bool]) -> int:
    """Find where the row's name ends; `at` where it has none."""
    word = _WORD.match(line, at)
    if word is None or line[at] in "[(/-" or SIZE.match(line, at):
        return at
    gap = _GAP.search(line, at)
    first = line[at : gap.start()] if gap and gap.end() < len(line) else ""
    if (
        first
        and not any(mark in first for mark in ",;[]=/")
        and len(first.split()) <= 3
        and not SIZE.search(first)
    ):
        return at + len(first)
    return _words_end(line, at, is_layer_word) or word.end()


def _counted_end(line: str, at: int, number: int) -> int:
    """Find the end of a name with a number behind a blank, `Conv 2`, that counts the rows so far; 0 where
    there is none."""
    words = line[at:].split(" ", 2)
    counted = words[1].rstrip(":") if len(words) > 2 and words[2].strip() else ""
    if not counted.isdecimal() or not 0 < int(counted[:9]) <= number or not words[0][:1].isalpha():
        return 0
    end = at + len(words[0]) + 1 + len(words[1])
    return end if words[1].endswith(":") or is_counted(words[0], words[2].lstrip()) else 0


def _words_end(line: str, at: int, is_layer_word: Callable[[str], bool]) -> int:
    """Find the end of a name of several words, `Conv 2` or `down block`: a size and layers come behind it; 0
    where it is none."""
    second = line.find(" ", at) + 1
    name = (
        _SEVERAL.match(line, at)
        if line[second : second + 1].isalnum() and not SIZE.match(line, second)
        else None
    )
    if name is None:
        return 0
    size = SIZE.match(line, name.end() + 1)
    rest = line[size.end() :].strip() if size else ""
    if size is None or not holds_layers([rest]):
        return 0
    first, *more = name[0].split(" ")
    if is_ordinal(more[-1]) and (rest[0] in "[(" or rest[0].isdecimal() or not is_layer_word(first)):
        return name.end()
    return 0 if any(map(is_layer_word, more)) or more[-1].isdecimal() else name.end()


def _set_off(line: str, at: int, name_end: int, is_layer_word: Callable[[str], bool]) -> bool:
    """Without a size, a name is told from a layer by two spaces after it, by being none, or by its kind
    behind it (`fc Dense(10)`)."""
    rest = line[name_end:]
    if not rest.strip():
        return False
    if _GAP.match(rest) or " " in line[at:name_end]:
        return True
    if is_kind(line[at:name_end], rest):
        return True
    sign = line[name_end - 1] in ",;" or rest.lstrip()[0] in "+&"
    return not is_layer_word(line[at:]) and not sign and line[at].isalpha()


def _unmarked(text: str) -> str:
    """A row cut out of a Markdown table keeps its bold marks and line breaks."""
    if not any(mark in text for mark in ("**", "<", "$", "`")):
        return text
    from archdsl.text.markup import plain

    return plain(text)


def trim(line: str, start: int) -> Span:
    """Return the place of a line without the white space around it."""
    return Span(start + len(line) - len(line.lstrip()), start + len(line.rstrip()))


def comments(line: str) -> Iterator[int]:
    """Find where comments may begin: at a `#` that stands behind white space and before no digit."""
    for at, char in enumerate(line):
        if char == "#" and (at == 0 or line[at - 1].isspace()) and not line[at + 1 : at + 2].isdecimal():
            yield at


def sets_off(text: str) -> bool:
    """Return whether a text is parted by pipes, tabs or two blanks."""
    gaps = (one.isspace() and (other.isspace() or one == "\t") for one, other in pairwise(text))
    return "|" in text or any(gaps)
