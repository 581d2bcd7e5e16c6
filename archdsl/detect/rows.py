"""A row of a table -> what in it can be of a layer."""

from functools import lru_cache

from archdsl.detect.words import Said, said
from archdsl.light import NamedTuple
from archdsl.patterns import pattern
from archdsl.table.roles import SIZE, UNREAD
from archdsl.text.grid import GridRow

MAX_TEXT = 500  # so many characters of a cell say what it is
# A window, a bracket that is repeated or has several layers, `k = 3`; a bracket of numbers by itself is a
# list, and one without a comma or a letter a printed array.
_WINDOW = pattern(
    r"\d\s*(?<!\b0)[x×]\s*\d"
    r"|\[(?=[^\]]{0,200}[A-Za-z×,])[^\]]{0,200}\](?:\s{0,3}[x×*]\s{0,3}\d|[^\[]{0,20}\[)"
    r"|\[(?=[^\];]{0,160}[A-Za-z×,])[^\];]{0,80}\d[^\];]{0,80};|\bk\s*=?\s*\d"
)
# The digit of `Conv2d` says nothing of a layer's own.
_AMOUNT = pattern(r"\d(?![dD])")
_FLAT = pattern(r"\s*[(\[]?\s*(?:none\s*,)?[\d,\s]+[)\]]?\s*", 2)  # `(8,)`, `[8]`, `8`: as many values


class RowEvidence(NamedTuple):
    """What a row says: its words, whether a number or a window of a layer is in it, its size."""

    said: Said
    window: bool
    numbers: bool
    size: str

    @property
    def layer(self) -> bool:
        """Return whether the row holds an operator and a number of a layer, and is no sentence."""
        known = self.said.operators + self.said.properties
        return self.numbers and self.said.operators > 0 and self.said.unknown <= 2 * known


def _together(name: Said, structure: Said) -> Said:
    """Return the operators of a name beside the other words of the row; those of a name by itself say
    nothing."""
    return structure._replace(operators=name.operators, everyday=name.everyday)


def _bound(row: GridRow) -> list[str]:
    """Return the cells of columns that say something of layers; a number of another column is none of a
    layer."""
    cells = [cell for part in row.parts for cell in part.bound]
    return [
        cell.cell.text for cell in cells if cell.role != UNREAD and (cell.role or _is_property(cell.header))
    ]


@lru_cache(256)  # the same few headers stand over every row
def _is_property(header: str) -> bool:
    """Return whether the words of a header are those of layers, like `hidden units` or `heads`."""
    words = said(header[:MAX_TEXT])
    return words.operators + words.properties + words.everyday > 0


def of_row(row: GridRow) -> RowEvidence:
    """Read the cells of a row; the name says the layer where the structure does not."""
    bound = " ".join(_bound(row))[:MAX_TEXT]
    structure = " ".join(part.structure.text[:MAX_TEXT] for part in row.parts)
    own = said(structure)
    named = own if own.operators or own.everyday else _together(said(row.name.text[:MAX_TEXT]), own)
    size = row.size.text.strip() or (row.incoming.text.strip() if row.incoming else "")
    sized = size if SIZE.match(size) and size != "-" else ""
    text = f"{structure} {bound}"
    numbers = bool(_AMOUNT.search(text) or sized or _FLAT.fullmatch(size))
    named = named._replace(operators=named.operators + named.everyday) if numbers else named
    return RowEvidence(named, _WINDOW.search(text) is not None, numbers, sized)
