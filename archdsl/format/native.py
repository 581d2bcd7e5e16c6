"""Lines of cells -> the text of a native spec: columns, guards and trailing comments aligned, at most one
blank line in a row."""

from collections.abc import Iterator, Sequence

from archdsl.format.layout import Kind, Line

_GAP = "  "
_INDENT = "    "
_TABLE: tuple[Kind, ...] = ("row", "header", "rule")
_ALIGNED = ("setting", "spaced", "piped", "block")


def write(lines: Sequence[Line]) -> str:
    """Write the lines; every run of settings, rows or lines of a block is aligned by itself, comment lines do
    not end it."""
    sheets = {
        piped: _widths([line for line in lines if line.sheet and line.piped == piped])
        for piped in (True, False)
    }
    written: list[str] = []
    for run in _runs(lines):
        written += _aligned(run, sheets)
    while written and not written[-1]:
        written.pop()
    return "".join(f"{line}\n" for line in written)


def _runs(lines: Sequence[Line]) -> Iterator[list[Line]]:
    run: list[Line] = []
    sort = ""
    blank = True  # a blank line at the top goes, too
    for line in lines:
        own = _sort(line)
        changed = own and sort and own != sort
        if changed or own in ("blank", "kept") or line.kind == "block":
            yield run
            run, sort = [], ""
        if own != "blank" or not blank:
            run.append(line)
        blank = own == "blank"
        sort = own if own in _ALIGNED else sort
    yield run


def _sort(line: Line) -> str:
    """Name what a line is aligned with; a comment goes with anything."""
    if line.kind in _TABLE:
        return "piped" if line.piped else "spaced"
    return {"comment": "", "step": "block"}.get(line.kind, line.kind)


def _aligned(run: Sequence[Line], sheets: dict[bool, list[int]]) -> list[str]:
    own = _widths([line for line in run if not line.sheet])
    texts = [
        _text(line, sheets[line.piped] if line.sheet or (line.kind == "rule" and sheets[True]) else own)
        for line in run
    ]
    commented = [len(text) for line, text in zip(run, texts, strict=True) if line.comment]
    at = max(commented, default=0) + len(_GAP)
    return [
        text.ljust(at) + line.comment if line.comment else text for line, text in zip(run, texts, strict=True)
    ]


def _widths(lines: Sequence[Line]) -> list[int]:
    """Return the width of every column; lines of a block are as wide as the widest that has a guard."""
    rows = [
        line.cells
        for line in lines
        if line.cells and line.kind not in ("rule", "block") and (line.kind != "step" or line.cells[1])
    ]
    count = max(map(len, rows), default=0)
    return [max(len(row[index]) for row in rows if index < len(row)) for index in range(count)]


def _text(line: Line, widths: Sequence[int]) -> str:
    if not line.cells:
        return line.text.rstrip()
    if line.kind == "rule":
        return _piped(
            line,
            [_dashes(cell, width) for cell, width in zip(line.cells, _enough(line, widths), strict=True)],
        )
    if line.kind == "block":
        return line.cells[0]
    padded = [cell.ljust(width) for cell, width in zip(line.cells, widths, strict=False)]
    if line.piped:
        return _piped(line, padded)
    if line.kind == "step":
        return _INDENT + (_GAP.join(padded).rstrip() if line.cells[1] else line.cells[0])
    return _GAP.join(cell for cell, width in zip(padded, widths, strict=False) if width).rstrip()


def _piped(line: Line, cells: Sequence[str]) -> str:
    return (
        ("| " if line.edges[0] else "")
        + " | ".join(cells).rstrip(" " if not line.edges[1] else "")
        + (" |" if line.edges[1] else "")
    )


def _enough(line: Line, widths: Sequence[int]) -> list[int]:
    return [widths[i] if i < len(widths) else 3 for i in range(len(line.cells))]


def _dashes(cell: str, width: int) -> str:
    """Draw a rule as wide as its column, with the colons that align it."""
    left, right = cell.startswith(":"), cell.endswith(":") and len(cell) > 1
    return ":" * left + "-" * max(width - left - right, 1) + ":" * right
