"""Slips of the keyboard, of the eye and of another notation: what is typed, what is meant, and why.

A slip is looked for only where a text cannot be read as it stands, and only one that makes it readable is
told. `says` may quote what is printed as {said} and what is meant as {meant}. Of a slip that stands anywhere,
all lines are searched, else those with an error; `whole` ones are told with the whole line.
"""

import re
from collections.abc import Callable

from archdsl.lang.number_words import NUMBER_WORDS
from archdsl.light import NamedTuple
from archdsl.patterns import pattern


class Slip(NamedTuple):
    """`pattern` finds what is typed, `put` (a template or a function) gives what is meant, `holds` what the
    place can hold."""

    pattern: re.Pattern[str]
    put: str | Callable[[re.Match[str]], str]
    says: str
    holds: str
    anywhere: bool = False


_DIGITS = str.maketrans("OolI", "0011")
# Letters of other alphabets that look like ours.
_FOREIGN, _LATIN = "асеорхіАСЕОРХВНКМТαονρΑΒΕΗΙΚΜΝΟΡΤΧ", "aceopxiACEOPXBHKMTaovpABEHIKMNOPTX"
_LOOKS = str.maketrans(_FOREIGN, _LATIN)
# Options of `archdsl train`, which no table of a network has; with their usual spellings.
_TRAINING = (
    r"batch[ _-]?size|batch|epochs?|steps|lr|learning[ _-]?rate|optimi[sz]er|momentum|weight[ "
    r"_-]?decay|decay|loss|schedule|warm[ _-]?up"
    r"|seed|augment(?:ation)?|data[ _-]?set|metrics?"
)

SLIPS = (
    Slip(
        pattern(r"(?<![A-Za-z_\d])(?:\d+[OolI]+[\dOolI]*|[OolI]+\d[\dOolI]*)(?![A-WYZa-wyz_])"),
        lambda match: match[0].translate(_DIGITS),
        "`{said}` has a letter in place of a digit",
        "this looks like a number",
    ),
    Slip(
        pattern(rf"(?<![A-Za-z])[A-Za-z]*[{_FOREIGN}][A-Za-z{_FOREIGN}]*"),
        lambda match: match[0].translate(_LOOKS),
        "`{said}` has letters of another alphabet, which only look like `{meant}`",
        "expected Latin letters",
    ),
    Slip(
        pattern(r"(?:^|(?<=\s))(?://|%|--|/\*|')(?=\s|\w)"),
        "#",
        "`{said}` does not start a comment; comments start with `#`",
        "this looks like a comment",
    ),
    Slip(
        pattern(r"(?<![\w.])(\d)\s?([xX×])\s?\1(\d{1,4})(?![\w.])"),
        r"\1\2\1, \3",
        "`{said}` lacks the comma between a window and its channels",
        "write the window, a comma, then the channels",
    ),
    Slip(
        pattern(r"(?<![\w.])(\d)\s?[xX×](?=\s*(?:[,;\]|#]|$))"),
        r"\1x\1",
        "`{said}` holds half a window",
        "a window has two sides",
    ),
    Slip(
        pattern(r"(?<![\w.])([1357])\1(?=\s*,\s*\d)"),
        r"\1x\1",
        "`{said}` holds a window without its `x`",
        "a window, like `3x3`, comes before the channels",
    ),
    Slip(
        pattern(r"(\d\s?[xX×]\s?\d)\s*;\s*(?=\d+\s*(?:[;\],#]|$))"),
        r"\1, ",
        "`{said}` has a `;` between a window and its channels",
        "`;` separates layers, `,` the parts of one layer",
    ),
    Slip(
        pattern(
            (
                r"((?:(?:max|average|avg|mean)[ -]?)?pool(?:ing)?(?: \d[xX×]\d)?(?: ?/ ?\d)?) ?, ?(\d ?[xX×] "
                r"?\d(?: ?, ?\d+)?)"
            ),
            re.IGNORECASE,
        ),
        r"\1; \2",
        "`{said}` is two layers separated by a comma",
        "separate layers with `;`",
    ),
    Slip(
        pattern(r"(?<=[\])])\s?[xX×*](?=\s*(?:$|[#,;|\]]))"),
        "",
        "the repeat has no number",
        "write the number after the sign, like `x2`, or remove the sign",
    ),
    Slip(
        pattern(
            rf"(?<![\w-])(?:{'|'.join(sorted(NUMBER_WORDS, key=len, reverse=True))})(?![\w-])", re.IGNORECASE
        ),
        lambda match: str(NUMBER_WORDS[match[0].lower()]),
        "`{said}` is a number in words",
        "write it in digits",
    ),
    Slip(
        pattern(r"(?P<key>^\s*input\s*[=:]?\s*)(\d+\s*[xX×]\s*\d+)(?=\s*(?:$|#|,))", re.IGNORECASE),
        r"\g<key>\2x3",
        "the input has no channels",
        "height x width x channels: `{meant}` for colour images, with `x1` for grey ones",
        anywhere=True,
    ),
    Slip(
        pattern(rf"^(?P<key>\s*)((?:{_TRAINING})\s*(?:[=:]\s*|\s)\s*[\w.-]+)(?=\s*(?:$|#))", re.IGNORECASE),
        r"\g<key># \2",
        "`{said}` is a training option, not part of the network",
        "`archdsl train --help` lists training options; in a table, put it in a comment",
    ),
)
# Of a line's first word, which is no setting: the nearest that is one is found where settings are known.
KEY = Slip(
    pattern(r"^\s*[A-Za-z][\w-]*(?=\s*[=:]|\s+\S)"),
    "",
    "unknown setting `{said}`",
    "not a setting",
)
INDENT = Slip(
    pattern(r"^\S.*$"),
    r"    \g<0>",
    "the lines of this block are not indented",
    "start each line of a block with spaces; the block ends at the first line without them",
)
# The last resort, above the rows.
REMARK = Slip(
    pattern(r"^(?P<key>\s*)([A-Za-z][\w -]*[\s:=].*?)(?=\s*(?:$|#))"),
    r"\g<key># \2",
    "`{said}` is neither a setting nor a row",
    "comments start with `#`",
)
