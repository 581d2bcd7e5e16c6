"""Printed names -> names that layers can carry."""

import re
from functools import lru_cache


@lru_cache(20_000)
def slug(name: str) -> str:
    """Make a name that layers can carry: `Conv2-x` -> `conv2_x`; letters of other alphabets are told apart by
    their numbers."""
    low = name.lower()
    return re.sub(r"[^a-z0-9]+", "_", low if low.isascii() else re.sub(r"[^\W_]", _spelt, low)).strip("_")


def _spelt(letter: re.Match[str]) -> str:
    return letter[0] if letter[0].isascii() else f"_u{ord(letter[0]):x}_"
