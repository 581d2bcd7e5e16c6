"""What a structure says of its sizes in words: `1x1 stride, outputs 24x24x8`, `max pool 4x1 (output: 250 x
n)`, `input 30, output 12`."""

from archdsl.patterns import pattern
from archdsl.syntax.properties import NIL
from archdsl.text.grid import Cell, GridRow, joined

_OUTPUT = pattern(
    r"[,;]?\s*\(?\s*\bout(?:puts?)?(?:\s+(?:size|shape|of|map))?\s*[:=]?\s*"
    r"(\d{1,9}(?:\s*[x×]\s*\d{1,9}){0,3})(\s*[x×]\s*[A-Za-z])?(?!\s*[x×\w])\s*\)?",
    2,
)
_COMES_IN = pattern(r"\binputs?\s*[:=]?\s*(?=\d{1,9}\s*(?:[,;]|$))", 2)
_GOES_OUT = pattern(r"\boutputs?\s*[:=]?\s*(?=\d{1,9}\s*(?:[,;)]|$))", 2)


def stated(row: GridRow) -> GridRow:
    """Return a row with what its structures state of sizes where it belongs: the output as its size, units
    and inputs as options."""
    if not any("put" in part.structure.text.lower() for part in row.parts):
        return row
    found = [_output(part.structure) for part in row.parts]
    if row.size.text.strip() not in NIL:
        found = [(part.structure, None) for part in row.parts]
    sizes = [size for _, size in found if size]
    parts = tuple(
        part._replace(structure=_units(cell)) for part, (cell, _) in zip(row.parts, found, strict=True)
    )
    return row._replace(parts=parts, size=sizes[-1] if sizes else row.size)


def _output(cell: Cell) -> tuple[Cell, Cell | None]:
    """Take the output that a structure states out of it: the structure without it, and the size."""
    match = _OUTPUT.search(cell.text)
    if match is None or not cell.text[: match.start()].strip() or match[1].isdecimal() > bool(match[2]):
        return cell, None  # one number is that of the units
    return joined(cell.part(0, match.start()), cell.part(match.end(), len(cell.text))), cell.part(
        *match.span(1)
    )


def _units(cell: Cell) -> Cell:
    """Say `input 30, output 12` of a layer as its grammar does: the channels that come in, and the units."""
    for form, key in ((_COMES_IN, "in_features="), (_GOES_OUT, "units=")):
        match = form.search(cell.text)
        if match and cell.text[: match.start()].strip():
            start = cell.place(*match.span()).start
            word = Cell(key, start, (start,) * (len(key) + 1))
            cell = joined(joined(cell.part(0, match.start()), word), cell.part(match.end(), len(cell.text)))
    return cell
