"""How often: the signs of a repeat, as they are printed before, behind and beside what is repeated."""

from archdsl.patterns import pattern

SIGN = "[×xX]"
COUNT = r"\d{1,4}|[A-Za-z]"  # a number or a letter that stands for one
# `3×`, `×3` alone
ALONE = pattern(rf"\s*(?:(?P<left>{COUNT})\s*{SIGN}|{SIGN}\s*(?P<right>{COUNT}))\s*")
# `4× conv`, `n x block`, but not `3x3 conv` and not `2 × [3x3, 64]`, which the grammar has
BEFORE = pattern(rf"\s*(?P<count>{COUNT})\s*{SIGN}\s*(?=[A-Za-z])")
# `conv2_x ×3`, `conv2_x (x3)`, `conv2_x, 3 times`, `conv2_x [repeated 3 times]`; not the window of `conv 3x3`
# and `conv 3 × 3`
_SIGNED = r"(?:(?<!\d)×|(?<=\s)[xX*])\s*(?P<signed>\d{1,4}|[NMKLRnmklr])"
_TIMES = rf"(?<=\s)(?:(?P<times>{COUNT})\s+times|(?P<crossed>\d{{1,4}}){SIGN})"
_BEFORE = rf"(?:repeat(?:ed|s)?\s*:?\s*|{SIGN}\s*)+(?P<told>{COUNT})(?:\s*times)?"
_WORDS = rf"(?:{_BEFORE}|(?P<count>{COUNT})\s*(?:{SIGN}|times))"
BEHIND = pattern(rf"(?P<rest>.*[^\s,])\s*(?:,\s*)?(?:[(\[]\s*{_WORDS}\s*[)\]]|{_SIGNED}|{_TIMES})\s*", 2)
_WINDOW = pattern(r"(?:.*\s)?\d+(?P<gap>\s*)[×xX*](?P=gap)\d+\s*")
# What is not repeated by a factor, but made larger or smaller.
_SCALED = pattern(
    r"(?:up|down|de-?conv|scale|zoom|pool|interpol|nearest|bilinear|shuffle|super|resol|resize)", 2
)
MAX_TEXT = 200  # longer texts are no names


def behind(text: str) -> tuple[int, tuple[int, int]] | None:
    """Return where a name ends that has a repeat behind it, and the place of the count."""
    match = BEHIND.fullmatch(text) if len(text) <= MAX_TEXT and not _WINDOW.fullmatch(text) else None
    if not match or scaled(match["rest"]):
        return None
    group = match.lastgroup or ""
    return match.end("rest"), match.span(group)


def before(text: str) -> tuple[int, tuple[int, int]] | None:
    """Return where a name begins that has a repeat before it, and the place of the count."""
    match = BEFORE.match(text) if len(text) <= MAX_TEXT else None
    if not match or scaled(text[match.end() :]):
        return None
    return match.end(), match.span("count")


def scaled(text: str) -> bool:
    """Return whether a text speaks of something that a factor makes larger or smaller: `upsample ×2`."""
    return _SCALED.search(text) is not None
