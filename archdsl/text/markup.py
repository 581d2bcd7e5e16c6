"""Markdown and HTML marks inside a cell -> blanks or the characters they stand for, length for length."""

import re

# Markup that says nothing of the structure is blanked; what stands for a character becomes it. Lengths never
# change.
_MARKUP = (
    (re.compile(r"<br\s*/?>", re.IGNORECASE), ";"),
    (re.compile(r"<sup>\s*(\d)\s*</sup>", re.IGNORECASE), "^\\1"),
    (re.compile(r"\\times\b|&times;"), "×"),
    (re.compile(r"&nbsp;|&emsp;|&ensp;|\\,|\\ |\$|`|\*{2,}|__|</?\w+>"), ""),
    (re.compile(r"(?<![\w)\]])\*(?=\S)|(?<=[\w)\]])\*(?![\w\s(\[])"), ""),
)


def plain(text: str) -> str:
    """Return the text without its markup; every other character stays at its offset."""
    for pattern, replacement in _MARKUP:
        if pattern.search(text):
            text = pattern.sub(lambda match, new=replacement: match.expand(new).ljust(len(match[0])), text)  # type: ignore[misc]
    return text
