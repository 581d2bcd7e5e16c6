"""LaTeX text -> tokens: macros, braces, alignment marks, blanks and runs of text; comments are left out."""

import re
from collections.abc import Iterator

from archdsl.light import NamedTuple
from archdsl.patterns import pattern
from archdsl.text.chars import Text

_SCAN = (
    r"\\(?:[A-Za-z@]+\*?[ \t]*(?:\n(?![ \t]*\n)[ \t]*)?|.|\n)|[{}$&\[\]^~]|#\d?|\s+|[^\\{}$&\[\]^~#%s\s]+|%s"
)
_WITH_COMMENTS = pattern(_SCAN % ("%", r"%[^\n]*\n?[ \t]*"), re.DOTALL)
_WITHOUT = pattern(_SCAN % ("", r"\\"), re.DOTALL)


class Token(NamedTuple):
    """A token's text and its index in the text that is read; `call` is the place of the macro call that gave
    it, or -1."""

    text: str
    at: int
    call: int = -1

    @property
    def name(self) -> str:
        """Return the name of a macro, the empty string for any other token."""
        return self.text[1:] if self.text[0] == "\\" else ""


def tokenize(text: Text, start: int, stop: int, comments: bool) -> Iterator[Token]:
    """Return the tokens from `start` to `stop`; `%` begins a comment only in a LaTeX file."""
    pattern = _WITH_COMMENTS if comments else _WITHOUT
    for match in pattern.finditer(text.chars, start, stop):
        token = match[0]
        if token[0] == "%" and comments:
            continue
        if token[0] == "\\" and len(token) > 2:
            token = token.rstrip().removesuffix("*")
        yield Token(token, match.start())
