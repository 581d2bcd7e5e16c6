"""Recurrent layers of a summary: its count says what the row does not, how many biases and directions there
are."""

from itertools import product

from archdsl.forms.summaries.rows import Axes, Row
from archdsl.light import Final

# The products of each kind: what its gates and its state are made of.
GATES: Final = {"lstm": 4, "gru": 3, "simplernn": 1, "rnn": 1}
_WORDS: Final = {"lstm": "lstm", "gru": "gru", "simplernn": "rnn", "rnn": "rnn"}
_WRAPPER: Final = "bidirectional"
# Biases of each product, and what says so; a GRU of two has its reset gate behind the product.
_BIASES: Final = {
    "lstm": ((1, ""), (2, ", biases=two"), (0, ", no bias")),
    "gru": ((2, ""), (1, ", reset=before"), (0, ", no bias")),
    "rnn": ((1, ""), (2, ", biases=two"), (0, ", no bias")),
}
_MOST_LAYERS: Final = 4


def is_recurrent(row: Row) -> bool:
    """Return whether a row is a recurrent layer, or one around such a layer for both directions."""
    return row.kind in GATES or (row.kind == _WRAPPER and not row.weightless)


def recurrent_words(row: Row, before: Axes, after: Axes) -> str | None:
    """Return the words of a recurrent layer over a sequence of `before` (steps, values); None where no kind
    has its count.

    Where the input is not printed, the count is that of one layer with its usual biases, and is compared.
    """
    if len(before) not in (0, 2) or len(after) not in (1, 2) or 0 in after:
        return None
    kinds = ("lstm", "gru", "simplernn") if row.kind == _WRAPPER else (row.kind,)
    sides = (2,) if row.kind == _WRAPPER else (1, 2)
    if not before:
        usual = [kind for kind in kinds if len(kinds) == 1 or _fits(kind, row.counted or 0, after[-1] // 2)]
        return _said(usual[0], after, sides[0], 1, "") if len(usual) == 1 else None
    found = [
        (layers, _said(kind, after, side, layers, bias))
        for kind, side, layers in product(kinds, sides, range(1, _MOST_LAYERS + 1))
        for biases, bias in _BIASES[_WORDS[kind]]
        if after[-1] % side == 0
        and _count(GATES[kind], before[-1], after[-1] // side, side, layers, biases) == row.counted
    ]
    return min(found)[1] if found else None


def _count(gates: int, entering: int, units: int, sides: int, layers: int, biases: int) -> int:
    values = (entering, *(units * sides for _ in range(layers - 1)))
    return sum(sides * gates * units * (one + units + biases) for one in values)


def _fits(kind: str, count: int, units: int) -> bool:
    """Return whether two directions of a layer may have a count, whatever values come in."""
    values, left = divmod(count, 2 * GATES[kind] * units) if units else (0, 1)
    return left == 0 and values > units + _BIASES[_WORDS[kind]][0][0]


def _said(kind: str, after: Axes, sides: int, layers: int, bias: str) -> str:
    words = f"{'bidirectional ' if sides == 2 else ''}{_WORDS[kind]}, {after[-1] // sides}"
    sequences = ", return sequences" if len(after) == 2 else ""
    return words + sequences + (f", layers={layers}" if layers > 1 else "") + bias
