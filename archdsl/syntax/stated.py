"""What a structure says of its sizes in words: `1x1 stride, outputs 24x24x8`, `max pool 4x1 (output: 250 x
n)`, `input 30, output 12`, `input 14x14x6, same padding`."""

import re

from archdsl.lang.ordinals import kind_of
from archdsl.lang.vocabulary import LONGEST
from archdsl.patterns import pattern
from archdsl.syntax.bag import takes
from archdsl.table.roles import says_nothing
from archdsl.text.grid import Cell, GridRow, joined

_OUTPUT = pattern(
    r"[,;]?\s*\(?\s*\bout(?:puts?)?(?:\s+(?:size|shape|of|map))?\s*[:=]?\s*"
    r"(\d{1,9}(?:\s*[x×]\s*\d{1,9}){0,3})(\s*[x×]\s*[A-Za-z])?(?!\s*[x×\w])\s*\)?",
    2,
)
_INPUT = pattern(
    r"[,;]?\s*\binputs?(?:\s+(?:size|shape))?\s*[:=]?\s*(\d{1,9}(?:\s*[x×]\s*\d{1,9}){1,3})(?!\s*[x×\w])", 2
)
_DIMENSION = r"(?:\s+(?:dim(?:ension)?s?|size|units|neurons|nodes|features))?\s*[:=]?\s*"
_COMES_IN = pattern(rf"\binputs?{_DIMENSION}(?=\d{{1,9}}(?![.\d]*\d)\s*(?:[,;.)]|$))", 2)
_GOES_OUT = pattern(rf"\boutputs?{_DIMENSION}(?=\d{{1,9}}(?![.\d]*\d)\s*(?:[,;.)]|$))", 2)
_VALUES = pattern(rf"[,;]?\s*\(?\s*\boutputs?{_DIMENSION}(\d{{1,9}})(?![.\d]*\d)\s*(?=[,;.)]|$)\)?", 2)
_WORD = pattern(r"[A-Za-z][\w-]*")


def stated(row: GridRow) -> GridRow:
    """Return a row with what its structures state of sizes where it belongs: the output as its size, the
    input as what the row reads, units and inputs as options."""
    if not any("put" in part.structure.text.lower() for part in row.parts):
        return row
    found = [_output(part.structure) for part in row.parts]
    if not says_nothing(row.size.text):
        found = [(part.structure, None) for part in row.parts]
    sizes = [size for _, size in found if size]
    read = [_taken(_INPUT, cell) for cell, _ in found]
    entering = [size for _, size in read if size]
    parts = tuple(
        part._replace(structure=_units(cell)) for part, (cell, _) in zip(row.parts, read, strict=True)
    )
    incoming = row.incoming or (entering[0] if entering else None)
    return row._replace(parts=parts, size=sizes[-1] if sizes else row.size, incoming=incoming)


def _output(cell: Cell) -> tuple[Cell, Cell | None]:
    """Take the output that a structure states out of it: the structure without it, and the size; one number
    is that of the units where the layer has some."""
    match = _OUTPUT.search(cell.text)
    if match and match[1].isdecimal() <= bool(match[2]):
        return _taken(_OUTPUT, cell)
    return _taken(_VALUES, cell) if _is_counted_alone(cell.text) else (cell, None)


def _taken(form: re.Pattern[str], cell: Cell) -> tuple[Cell, Cell | None]:
    """Take a size out of a structure that says a layer before it."""
    match = form.search(cell.text)
    if match is None or not cell.text[: match.start()].strip():
        return cell, None
    return joined(cell.part(0, match.start()), cell.part(match.end(), len(cell.text))), cell.part(
        *match.span(1)
    )


def _is_counted_alone(text: str) -> bool:
    """Return whether the layer of a structure has no channels of its own: a flatten, an activation."""
    words = _WORD.findall(text)
    kinds = [kind for at in range(len(words)) if (kind := kind_of(words[at : at + LONGEST]))]
    return bool(kinds) and not any(kind[0] == "op" and takes(kind[1], "channels") for kind in kinds)


def _units(cell: Cell) -> Cell:
    """Say `input 30, output 12` of a layer as its grammar does: the channels that come in, and the units."""
    for form, key in ((_COMES_IN, "in_features="), (_GOES_OUT, "units=")):
        match = form.search(cell.text)
        if match and cell.text[: match.start()].strip():
            start = cell.place(*match.span()).start
            word = Cell(key, start, (start,) * (len(key) + 1))
            cell = joined(joined(cell.part(0, match.start()), word), cell.part(match.end(), len(cell.text)))
    return cell
