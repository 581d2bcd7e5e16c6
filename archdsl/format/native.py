"""Lines of cells -> the text of a native spec: columns and trailing comments aligned, at most one blank line in a row."""

from collections.abc import Iterator, Sequence

from archdsl.format.layout import Kind, Line

_GAP = "  "
_TABLE: tuple[Kind, ...] = ("row", "header", "rule")


def write(lines: Sequence[Line]) -> str:
    """Write the lines; every run of settings or rows is aligned by itself, comment lines do not end it."""
    written: list[str] = []
    for run in _runs(lines):
        written += _aligned(run)
    while written and not written[-1]:
        written.pop()
    return "".join(f"{line}\n" for line in written)


def _runs(lines: Sequence[Line]) -> Iterator[list[Line]]:
    run: list[Line] = []
    sort = ""
    blank = True  # a blank line at the top goes, too
    for line in lines:
        own = _sort(line)
        if own in ("blank", "kept") or (own and sort and own != sort):
            yield run
            run, sort = [], ""
        if own != "blank" or not blank:
            run.append(line)
        blank = own == "blank"
        sort = own if own in ("setting", "spaced", "piped") else sort
    yield run


def _sort(line: Line) -> str:
    """Name what a line is aligned with; a comment goes with anything."""
    if line.kind in _TABLE:
        return "piped" if line.piped else "spaced"
    return "" if line.kind == "comment" else line.kind


def _aligned(run: Sequence[Line]) -> list[str]:
    cells = [line.cells for line in run if line.cells and line.kind != "rule"]
    widths = [max(map(len, column)) for column in _columns(cells)]
    texts = [_text(line, widths) for line in run]
    commented = [len(text) for line, text in zip(run, texts, strict=True) if line.comment]
    at = max(commented, default=0) + len(_GAP)
    return [text.ljust(at) + line.comment if line.comment else text for line, text in zip(run, texts, strict=True)]


def _columns(cells: Sequence[tuple[str, ...]]) -> list[list[str]]:
    count = max(map(len, cells), default=0)
    return [[row[i] for row in cells if i < len(row)] for i in range(count)]


def _text(line: Line, widths: Sequence[int]) -> str:
    if not line.cells:
        return line.text.rstrip()
    if line.kind == "rule":
        return _piped(line, [_dashes(cell, width) for cell, width in zip(line.cells, _enough(line, widths), strict=True)])
    padded = [cell.ljust(width) for cell, width in zip(line.cells, widths, strict=False)]
    if line.piped:
        return _piped(line, padded)
    return _GAP.join(cell for cell, width in zip(padded, widths, strict=False) if width).rstrip()


def _piped(line: Line, cells: Sequence[str]) -> str:
    return ("| " if line.edges[0] else "") + " | ".join(cells).rstrip(" " if not line.edges[1] else "") + (" |" if line.edges[1] else "")


def _enough(line: Line, widths: Sequence[int]) -> list[int]:
    return [widths[i] if i < len(widths) else 3 for i in range(len(line.cells))]


def _dashes(cell: str, width: int) -> str:
    """Draw a rule as wide as its column, with the colons that align it."""
    left, right = cell.startswith(":"), cell.endswith(":") and len(cell) > 1
    return ":" * left + "-" * max(width - left - right, 1) + ":" * right
