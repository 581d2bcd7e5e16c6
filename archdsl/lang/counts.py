"""Counts as tables print them (`25.6M`, `3.8×10^9`, `1,248,424`), and which whole numbers are printed so."""

import math
import re

from archdsl.light import NamedTuple
from archdsl.patterns import pattern

_NUMBER = pattern(
    r"\s*[~≈]?\s*(\d{1,3}(?:[ ]\d{3})+|\d[\d,_]*(?:\.\d+)?|\.\d+)"
    r"\s*(?:(?:[×x*·]\s*10\s*(?:\^|\*\*)?|e\+?)\s*\{?\s*(\d{1,2})\s*\}?|(k|m|g|b|million|billion)?)(?:i)?"
    r"\s*(?:params|parameters|flops|macs)?\s*",
    re.IGNORECASE,
)
_DECIMAL_COMMA = pattern(r"(0(?=,)|\d+(?=,(?:\d{1,2}|\d{4,})$)),(\d+)")
_UNITS = {"k": 10**3, "m": 10**6, "g": 10**9, "b": 10**9, "million": 10**6, "billion": 10**9}


class Printed(NamedTuple):
    """A printed count: its value, and the size of one unit of its last digit."""

    value: float
    unit: float


def printed(text: str) -> Printed | None:
    """Read `25.6M`, `3.8×10^9`, `1,248,424`, `112K`; None where the text is no number."""
    match = _NUMBER.fullmatch(text)
    if not match:
        return None
    digits = _in_digits(match[1])
    scale = 10 ** int(match[2]) if match[2] else _UNITS[match[3].lower()] if match[3] else 1
    decimals = len(digits.partition(".")[2])
    value = float(digits) * float(scale)
    return Printed(value, scale / 10**decimals) if math.isfinite(value) else None


def _in_digits(number: str) -> str:
    """Take out the signs between thousands; a comma that no three digits follow is a decimal point: `0,22` of
    `0,22K`."""
    decimal = _DECIMAL_COMMA.fullmatch(number)
    return f"{decimal[1]}.{decimal[2]}" if decimal else re.sub("[,_ ]", "", number)


def agrees(text: str, count: int) -> bool:
    """Return whether a count is what is printed: exactly, or rounded or cut off at the last digit (K may be
    1,024).

    One digit alone says little: a count that is half of it, or twice as large, is another number even so.
    """
    found = printed(text)
    if found is None:
        return False
    if found.unit <= 1:
        return count == found.value
    counts = (count, count / 1.024) if "k" in text.lower() else (count,)
    return any(_printed_as(one, found) and _is_near(one, found.value) for one in counts)


def _is_near(count: float, value: float) -> bool:
    return value == 0 or value / 2 < count < 2 * value


def _printed_as(count: float, found: Printed) -> bool:
    """Return whether a count, rounded or cut off at the last digit, is what is printed."""
    return -found.unit / 2 <= count - found.value < max(found.unit, 1)


def like(text: str, count: int) -> str:
    """Write a count as another one is printed: as many digits, the same unit."""
    match, found = _NUMBER.fullmatch(text), printed(text)
    if match is None or found is None:
        return f"{count:,}"
    decimals = len(_in_digits(match[1]).partition(".")[2])
    scale = found.unit * 10**decimals
    number = f"{count / scale:,.{decimals}f}"
    return (number if "," in match[1] else number.replace(",", "")) + text[match.end(1) :]


def rounds(text: str, count: int) -> bool:
    """Return whether a count, rounded or cut off, is what is printed."""
    found = printed(text)
    return found is not None and _printed_as(count, found)
