"""Tables behind the comment signs of a program -> the same text with blanks for the signs.

# | layer | output | structure |
# |-------|--------|-----------|
"""

import re

from archdsl.patterns import pattern
from archdsl.source import Source

# Texts in which such a sign means something else: a heading, an item of a list, what TeX passes over.
DOCUMENTS = frozenset(
    {"md", "markdown", "rst", "adoc", "org", "tex", "latex", "ltx", "html", "htm", "xhtml", "ipynb", "arch"}
)
_SIGN = pattern(r"^[ \t]*(?:#{1,3}|/{2,3}!?|\*{1,2}|%{1,2}|--|;{1,2})(?=[ \t]*\|)", re.MULTILINE)


def uncommented(source: Source, ending: str) -> Source:
    """Return a text in which lines of pipes stand behind nothing but blanks."""
    if ending in DOCUMENTS or "|" not in source.clean:
        return source
    clean = _SIGN.sub(lambda match: " " * len(match[0]), source.clean)
    if clean == source.clean:
        return source
    found = Source(source.path, source.text)
    found.clean = clean
    return found
