"""Whether `2x2` in `pool1 2x2 max pool` is the size of the row, or the window of its first layer."""

import re

from archdsl.patterns import pattern
from archdsl.text.grid import natural

_WINDOWED = pattern(
    r" (?:[a-z]+[ -])?(?:(conv|deconv|upconv|depthwise|dwconv)|(?:max|avg|average|mean)?-?pool)",
    re.IGNORECASE,
)
_OWN = pattern(r"\d\s*[x×]\s*\d|\bk\d|kernel|[\s(]\d+\s*,\s*\d", re.IGNORECASE)
_KERNELS = (1, 2, 3, 4, 5, 7, 9, 11)


def is_window(size: str, after: str) -> bool:
    """Recognise a window by the layer word one space after it, if that layer has no other.

    A convolution cannot do without a window; a pool can, so that only what no map is pooled to (2 or 3) is
    one.
    """
    word = _WINDOWED.match(after)
    if word is None or _OWN.search(re.split("[;+&]|, *[a-z]", after, maxsplit=1)[0]):
        return False
    lengths = [natural(number) for number in re.findall(r"\d+", size)]
    return bool(lengths) and (
        all(length in _KERNELS for length in lengths) if word[1] else 1 < max(lengths) <= 3
    )
