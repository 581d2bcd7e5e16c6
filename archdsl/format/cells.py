"""The text of a cell -> its usual spelling; only white space and the sign between numbers change."""

import re

_BLANKS = re.compile(r"\s+")
_BY = re.compile(r"(?<=\d)\s*[x×✕✖⨉⨯]\s*(?=\d)")
_REPEAT = re.compile(r"\]\s*[x×✕✖⨉⨯]\s*(?=([\w(])|$)")
_SPACING = (
    (re.compile(r"\s*,\s*"), ", "),
    (re.compile(r"\s*;\s*"), "; "),
    (re.compile(r"\[\s+"), "["),
    (re.compile(r"\s+\]"), "]"),
    (re.compile(r"\s*=\s*"), "="),
)
_PARAMETER = re.compile(r"(\w+)\s*=\s*(.*)")


def structure(text: str) -> str:
    """Spell a structure: `[3 × 3,64;3x3,64]x 2` becomes `[3x3, 64; 3x3, 64] x2`."""
    text = _BY.sub("x", _BLANKS.sub(" ", text.strip()))
    for pattern, spelling in _SPACING:
        text = pattern.sub(spelling, text)
    return _REPEAT.sub(lambda match: "] x" if (match[1] or "").isdecimal() else "] x ", text).strip()


def size(text: str) -> str:
    """Spell a size: `8 × 8` becomes `8x8`."""
    return _BY.sub("x", text.strip())


def setting(key: str, value: str) -> str:
    """Spell what follows the key of a setting."""
    value = value.strip()
    if key.lower() == "param":
        match = _PARAMETER.fullmatch(value)
        return f"{match[1]} = {match[2]}" if match else value
    value = re.sub(r"\s*,\s*", ", ", value)
    return size(value) if key.lower() == "input" else value
