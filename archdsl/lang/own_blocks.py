"""Names of blocks that networks call their own: `Residual1dBlock`, `ConvUnit`."""

from collections.abc import Iterable

from archdsl.patterns import pattern

_OWN = pattern(r"\w*(?:block|module|unit|cell|bottleneck|stage)s?_?\d*[a-z]?", 2)
_LIKE = 0.88  # so alike a word is misspelt, and no other one


def is_own_block(word: str, known: Iterable[str]) -> bool:
    """Return whether a word names a block of a network's own: it ends as their names do, and misspells
    none."""
    from difflib import get_close_matches

    return _OWN.fullmatch(word) is not None and not get_close_matches(word.lower(), list(known), 1, _LIKE)
