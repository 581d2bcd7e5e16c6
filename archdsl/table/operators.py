"""Names of rows that say a layer -> the layer without the number of the row."""

import re

from archdsl.patterns import pattern
from archdsl.text.grid import Cell, joined

# `inception (3a)`, `inception(3a)`, `Dense Block (1)`; but `block(64)` and `block(k)` have an argument.
LABEL = pattern(r"(?:\s+\(\s*(?:\d+[a-z]?|[a-z])\s*\)|\(\s*\d+[a-z]\s*\))\s*$", re.IGNORECASE)
# A row that is a sum with what came into its group.
SUM = pattern(r"\s*(?:residual|shortcut|skip connection|add(?:ition)?)(?:\s+(?:connection|layer|add(?:ition)?))?\s*", re.IGNORECASE)
# What parts of a network are called above their rows.
TITLE = pattern(
    r"\s*(?:(?:the\s+)?(?:\w+\s+)?(?:encoder|decoder|backbone|neck|trunk|path|flow|part|section|tower|stream|phase|extractor|subnet|sub-network"
    r"|head|classifier|network|layers|down-?sampling|up-?sampling|contraction|expansion)"
    r"|(?:stage|block|part|section|phase|level|scale|module|group)\s*\(?(?:\d+|[ivx]+|[a-z])\)?)(?:\s*(?:part|path|layers|network|blocks?|side|\d+))?\s*[:.]?\s*",
    re.IGNORECASE,
)
# `Conv1`, `pool_2`, `fc6`, `conv3_1`, `Conv4a`: a layer and the number of its row.
NUMBERED = pattern(r"(?!.*\b[A-Za-z]+[123][dD]\s*$)\s*[A-Za-z]{2,}[ A-Za-z]*[\s_-]?\d+(?:[._-]\d+)*[a-z]?\s*")


# `CONV1 (f=5, s=1)`: what is said of the layer stands behind its name.
TOLD = pattern(r"\s*(([A-Za-z]+(?:[ -][A-Za-z]+)*)([\s_-]?\d+[a-z]?)?)\s*\(([^()]+)\)\s*")


def name_of(cell: Cell) -> Cell:
    """Give the name of a row that says its layer, too: `CONV1` of `CONV1 (f=5, s=1)`."""
    told = None if LABEL.search(cell.text) else TOLD.fullmatch(cell.text)
    return cell.part(*told.span(1)) if told else cell


def operator_of(cell: Cell) -> Cell:
    """Read a layer's name as its operator: `fire2`, `conv10` and `inception (3a)` without their numbers."""
    label = LABEL.search(cell.text)
    stop = label.start() if label else len(cell.text)
    told = TOLD.fullmatch(cell.text) if label is None else None
    if told:
        word, inside = cell.part(*told.span(2)), cell.part(*told.span(4))
        comma = Cell(", ", word.span.end, (max(word.span.end - 1, 0),) * 2 + (word.span.end,))
        return joined(joined(word, comma), inside)
    match = re.match(r"\s*(.*?[A-Za-z])[\s_-]*(?:\d+(?:[_.-]\d+|[a-z](?![a-z]))*)?\s*$", cell.text[:stop])
    return cell.part(match.start(1), match.end(1)) if match else cell.part(0, stop)
