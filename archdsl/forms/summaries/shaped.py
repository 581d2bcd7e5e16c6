"""A layer of a summary whose shapes and count say more than its class -> its words."""

from math import prod

from archdsl.forms.summaries.rows import Axes, Row
from archdsl.light import Final

_PLANE: Final = 2


def shaped_words(row: Row, word: str, before: Axes, after: Axes) -> str:
    """Return the words of a layer of which the row's shape says more."""
    rank = len(after) - 1
    match word:
        case "fc" if rank > 0:  # at each position
            return "conv"
        case "fc":
            units = after[0] if after else _units(row, before)
            said = f"fc, {units}" if units else "fc"
            # So that its units are not read as the sides of a map.
            return f"flatten; {said}" if len(before) > 1 and after else said
        case "reshape":
            return f"reshape {'x'.join(map(str, after))}"
        case "separable conv":
            return f"depthwise conv, no bias; {'x'.join('1' * rank)} conv"
    return _convolution(row, word, before, after) if "conv" in word else word


def _units(row: Row, before: Axes) -> int:
    """Return the units of a last dense layer whose output is not printed, with its bias."""
    return (row.counted or 0) // (prod(before) + 1) if before else 0


def _along_rows(row: Row, word: str, before: Axes, after: Axes) -> str:
    """Return the words of a convolution of one axis over a map, row by row, as Keras allows; its
    count says its window."""
    weights = before[-1] * after[-1] if before else 0
    for biases in (after[-1], 0) if weights else ():
        window, left = divmod((row.counted or 0) - biases, weights)
        if window > 0 and not left:
            return f"1x{window} {word}"
    return word


def _convolution(row: Row, word: str, before: Axes, after: Axes) -> str:
    """Return the words of a convolution; where its window is printed, the count says its groups and whether
    it has a bias."""
    rank = len(after) - 1
    if rank == _PLANE and "1d" in row.type.chars.lower():
        return _along_rows(row, word, before, after)
    if rank < 1 or len(row.kernel) not in (1, rank, rank + 2):
        return word
    window = row.kernel * rank if len(row.kernel) == 1 else row.kernel[-rank:]
    said = f"{'x'.join(map(str, window))} {word}" if rank > 1 else f"{word}, kernel {window[0]}"
    weights = prod(window) * after[-1] * (before[-1] if before and "depthwise" not in word else 1)
    for biases, bias in ((after[-1], ""), (0, ", no bias")) if before and row.counted else ():
        left = (row.counted or 0) - biases
        groups = weights // left if left > 0 and weights % left == 0 else 0
        if groups and before[-1] % groups == 0:
            return said + (f", groups={groups}" if groups > 1 else "") + bias
    return said
