"""A window that a remark says once more, `Convolution 3x3 | 3x3 kernel, 6 filters` -> the remark without it:
two windows would be two layers."""

import re

from archdsl.patterns import pattern
from archdsl.text.grid import Cell, joined

_WINDOW = pattern(
    r"(?<![\w×])(\d{1,3}\s*[x×]\s*\d{1,3})(?![\w×]|\s*[x×]\s*\d|\s*(?:strid|pad))"
    r"(?:\s*(?:kernel size|kernel|window|filter size)(?!\w))?",
    re.IGNORECASE,
)
_OF_ANOTHER = pattern(r"(?:outputs?|inputs?|strides?|padding)\s*(?:of|size|:|=)?\s*$", re.IGNORECASE)
_BEFORE = 20  # characters in which a word says what a pair of numbers is


def without_window(word: Cell, said: Cell) -> tuple[Cell, Cell | None]:
    """Return a remark without the window that its layer's word has, and what was left out."""
    windows = {_plain(match[1]) for match in _WINDOW.finditer(word.text)}
    for match in _WINDOW.finditer(said.text) if windows else ():
        before = said.text[max(0, match.start() - _BEFORE) : match.start()]
        if _plain(match[1]) in windows and not _OF_ANOTHER.search(before):
            rest = said.part(match.end(), len(said.text))
            return joined(said.part(0, match.start()), rest), said.part(*match.span())
    return said, None


def _plain(text: str) -> str:
    return "x".join(re.findall(r"\d+", text))
