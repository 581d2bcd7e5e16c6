"""Markdown and HTML marks inside a cell -> blanks or the characters they stand for, length for length."""

import re

from archdsl.patterns import pattern

# Markup that says nothing of the structure is blanked; what stands for a character becomes it. Lengths never
# change.
_MARKUP = (
    (pattern(r"<br\s*/?>", re.IGNORECASE), ";"),
    (pattern(r"<sup>\s*(\d)\s*</sup>", re.IGNORECASE), "^\\1"),
    (pattern(r"\\times\b|&times;"), "×"),
    (pattern(r"&nbsp;|&emsp;|&ensp;|\\,|\\ |\$|`|\*{2,}|__|</?\w+>"), ""),
    (pattern(r"(?<![\w)\]])\*(?=\S)|(?<=[\w)\]])\*(?![\w\s(\[])"), ""),
)


def plain(text: str) -> str:
    """Return the text without its markup; every other character stays at its offset."""
    for form, replacement in _MARKUP:
        if form.search(text):
            text = form.sub(lambda match, new=replacement: match.expand(new).ljust(len(match[0])), text)  # type: ignore[misc]
    return text
