"""The text of a cell -> its usual spelling; only white space and the signs between numbers change."""

import re

from archdsl.text.grid import COMMA

_BLANKS = re.compile(r"\s+")
# A sign between numbers; the one before a window (`3 × 3x3`) is a repeat, and stays as it is.
_BY = re.compile(r"(?<=\d)(?<!\^\d)(?!\s+[x×✕✖⨉⨯]\s+\d+[x×✕✖⨉⨯]\d)\s*[x×✕✖⨉⨯]\s*(?=\d)")
_REPEAT = re.compile(r"\]\s*[x×✕✖⨉⨯]\s*(?=([\w(])|$)")
_SPACING = (
    (re.compile(r"\s*,\s*"), ", "),
    (re.compile(r"\s*;\s*"), "; "),
    (re.compile(r"\[\s+"), "["),
    (re.compile(r"\s+\]"), "]"),
    (re.compile(r"\s*=\s*"), "="),
)
_PARAMETER = re.compile(r"(\w+)\s*=\s*(.*)")
_VARIANT = re.compile(r"([^:=,]+?)\s*:\s*(.*)")
_WHEN = re.compile(r"\s*\bwhen\b\s*")
_COMPARED = re.compile(r"\s*(==|!=|<=|>=|<|>|=|≠|≤|≥)\s*")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+")
_LABEL = re.compile(r"([A-Za-z_]\w*)\s*:(?:\s+|$)")
_QUOTED = re.compile(r"(\"[^\"]*\")")


def structure(text: str) -> str:
    """Spell a structure: `[3 × 3,64;3x3,64]x 2` becomes `[3x3, 64; 3x3, 64] x2`."""
    layers, condition = guarded(text)
    return f"{layers} {condition}".strip()


def guarded(text: str) -> tuple[str, str]:
    """Spell a structure and the guard at its end: `1x1,8 when t!=1` becomes `1x1, 8` and `when t != 1`."""
    text = _BLANKS.sub(" ", text.strip())
    match = _WHEN.search(text)
    if not match:
        return _layers(text), ""
    condition = _COMPARED.sub(r" \1 ", text[match.end() :])
    return _layers(text[: match.start()]), f"when {condition.strip()}".strip()


def _layers(text: str) -> str:
    if _GROUPED.fullmatch(text.strip()):  # a count: `28,589,128`
        return text.strip()
    text = _BY.sub("x", text)
    for pattern, spelling in _SPACING:
        text = pattern.sub(spelling, text)
    return _REPEAT.sub(lambda match: "] x" if (match[1] or "").isdecimal() else "] x ", text).strip()


def step(text: str) -> tuple[str, str]:
    """Spell a line of a block definition: its label and layers, and its guard."""
    text = text.strip()
    label = _LABEL.match(text)
    layers, condition = guarded(text[label.end() :] if label else text)
    return (f"{label[1]}: {layers}".strip() if label else layers), condition


def head(text: str) -> str:
    """Spell what follows the word `block`; column headers in quotes are left alone."""
    parts = [
        part if part.startswith('"') else _unquoted(part)
        for part in _QUOTED.split(_BLANKS.sub(" ", text.strip()))
    ]
    return "".join(parts).strip()


def _unquoted(text: str) -> str:
    for pattern, spelling in (
        (r"\s*,\s*", ", "),
        (r"\(\s+", "("),
        (r"\s+\)", ")"),
        (r"\s*:\s*", ": "),
        (r"\)\s*(?=also\b|=)", ") "),
    ):
        text = re.sub(pattern, spelling, text)
    before, _, after = text.rpartition("=")
    inside = before.count("(") > before.count(")")  # a default, as in `res(c, s=1)`
    return (
        f"{before.rstrip()} = {after.strip()}" if after.strip().isalpha() and before and not inside else text
    )


def size(text: str) -> str:
    """Spell a size: `8 × 8` becomes `8x8`."""
    return _BY.sub("x", text.strip())


def setting(key: str, value: str) -> str:
    """Spell what follows the key of a setting."""
    value = value.strip()
    if key.lower() == "param":
        match = _PARAMETER.fullmatch(value)
        return f"{match[1]} = {match[2]}" if match else value
    value = ", ".join(part.strip() for part in COMMA.split(value))
    if key.lower() == "variant":
        match = _VARIANT.fullmatch(value)
        return f"{match[1]}: {match[2]}" if match else value
    if key.lower() == "read":
        return _BLANKS.sub(" ", re.sub(r"\s*;\s*", "; ", value))
    return size(value) if key.lower() == "input" else value
