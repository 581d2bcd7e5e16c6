"""Text -> its width, so that boxes fit their text whatever fonts the machine has.

The numbers are the advance widths of Roboto (thousandths of the font size), the font that every figure is set
in.
"""

from collections.abc import Iterable
from unicodedata import east_asian_width

BETWEEN = " · "  # facts of one line

_FIRST = 32
# One number for each printable ASCII character, from the space on.
_REGULAR = (
    *(
        248,
        258,
        320,
        616,
        562,
        732,
        622,
        175,
        342,
        348,
        431,
        567,
        197,
        276,
        264,
        413,
        562,
        562,
        562,
        562,
        562,
        562,
        562,
        562,
    ),
    *(
        562,
        562,
        242,
        211,
        508,
        549,
        523,
        473,
        898,
        652,
        623,
        651,
        656,
        568,
        553,
        681,
        713,
        272,
        552,
        627,
        539,
        873,
        713,
        688,
    ),
    *(
        631,
        688,
        616,
        594,
        597,
        648,
        637,
        887,
        627,
        601,
        599,
        265,
        411,
        265,
        418,
        451,
        309,
        544,
        562,
        523,
        564,
        530,
        348,
        562,
    ),
    *(
        551,
        243,
        239,
        507,
        243,
        877,
        552,
        570,
        562,
        568,
        339,
        516,
        327,
        551,
        484,
        751,
        496,
        473,
        496,
        338,
        244,
        338,
        680,
    ),
)
_BOLD = (
    *(
        249,
        272,
        321,
        596,
        574,
        738,
        656,
        162,
        351,
        353,
        454,
        546,
        245,
        388,
        291,
        374,
        574,
        574,
        574,
        574,
        574,
        574,
        574,
        574,
    ),
    *(
        574,
        574,
        282,
        262,
        509,
        572,
        517,
        498,
        895,
        673,
        638,
        655,
        650,
        562,
        548,
        681,
        707,
        292,
        559,
        635,
        542,
        876,
        707,
        690,
    ),
    *(
        646,
        690,
        638,
        615,
        619,
        658,
        654,
        875,
        636,
        619,
        606,
        278,
        422,
        278,
        438,
        447,
        331,
        536,
        563,
        522,
        564,
        541,
        358,
        571,
    ),
    *(
        560,
        265,
        260,
        534,
        265,
        866,
        560,
        565,
        563,
        565,
        365,
        515,
        338,
        560,
        506,
        735,
        509,
        502,
        509,
        331,
        253,
        331,
        649,
    ),
)
_OTHER = {"×": 534, "·": 290, "–": 656, "…": 740}
_WIDE, _UNKNOWN = 1000, 650


def _advance(char: str, widths: tuple[int, ...]) -> int:
    index = ord(char) - _FIRST
    if 0 <= index < len(widths):
        return widths[index]
    if char in _OTHER:
        return _OTHER[char]
    return _WIDE if east_asian_width(char) in "WF" else _UNKNOWN


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Return the width of one line of text, in the unit of the font size (here points)."""
    widths = _BOLD if bold else _REGULAR
    return sum(_advance(char, widths) for char in text) * size / 1000


def shorten(text: str, limit: int) -> str:
    """Cut a text to at most `limit` characters on one line, with an ellipsis where something was left out."""
    line = "".join(char if char.isprintable() else " " for char in text)
    line = " ".join(line.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def folded(facts: Iterable[str], limit: int) -> list[str]:
    """Return lines of facts, none cut: a line ends where the next fact would make it longer than `limit`
    characters."""
    lines: list[str] = []
    for fact in facts:
        if lines and len(lines[-1]) + len(BETWEEN) + len(fact) <= limit:
            lines[-1] += BETWEEN + fact
        else:
            lines.append(fact)
    return lines
