"""What networks that differ in width or depth are called, above their columns."""

from archdsl.patterns import pattern

SIZES = frozenset(("xxxs", "xxs", "xs", "s", "m", "l", "xl", "xxl", "xxxl", "atto", "femto", "pico", "nano", "micro", "tiny", "mini"))
SIZES |= {"small", "medium", "base", "normal", "standard", "large", "big", "huge", "giant", "full", "half", "double"}
SIZES |= {"slim", "thin", "wide", "thick", "narrow", "lite", "light"}
# What differs between names of one series: `Tiny-10` and `Tiny-16`, `Net-A` and `Net-B`.
DIFFERS = pattern(r"\d+(?:\.\d+)?|(?<![A-Za-z])[A-Za-z](?![A-Za-z])")
WORD = pattern(r"[A-Za-z]+")


def series(header: str) -> str:
    """Give what names of one series share: `tiny-#` of `Tiny-10`, `#` of `XS`; empty where a name is of none."""
    text = " ".join(header.lower().split())
    words = WORD.sub(lambda match: "#" if match[0] in SIZES else match[0], text)
    stem = DIFFERS.sub("#", words)
    return stem if "#" in stem else ""


def is_size(header: str) -> bool:
    """Return whether a header is a size of networks: `XS`, `Tiny`."""
    return header.strip().lower() in SIZES
