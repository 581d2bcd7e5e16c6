"""An input printed as a variable and what it is of: `z ∈ ℝ^128 ~ N(0, I)`, `RGB image x ∈ R^(64×64×3)`."""

import re

from archdsl.patterns import pattern
from archdsl.text.grid import Cell

_LAW = r"[~∼]\s*(?:mathcal\s*)?[A-Za-z]\w{0,9}\s*(?:\([^()]{0,30}\))?"
_WORDS = r"(?:the\s+)?(?:input|(?:rgb|gr[ae]y(?:-?scale)?)?\s*images?|noise|latent(?:\s+code|\s+vector)?)"
_SPACE = pattern(
    rf"\s*(?:{_WORDS}|(?:{_WORDS}\s+)?[a-z](?:_\w)?)\s*(?:∈|in\b)\s*(?:mathbb\s*)?[ℝR]\s*\^?\s*\(?\s*"
    rf"(?P<shape>\d{{1,9}}(?:\s*[x×]\s*\d{{1,9}}){{0,3}})\s*\)?\s*(?:[,;]?\s*{_LAW}\s*)?",
    re.IGNORECASE,
)
_DRAWN = pattern(r"\s*(?:the\s+)?(?:noise\s+|latent\s+)?[a-z](?:_\w)?\s*" + _LAW + r"\s*", re.IGNORECASE)


def space_of(cell: Cell) -> Cell | None:
    """Return the `64×64×3` of `x ∈ R^(64×64×3)`, whatever law it is drawn from."""
    said = "∈" in cell.text or "in " in cell.text.lower()  # most cells have neither, and every one is asked
    match = _SPACE.fullmatch(cell.text) if said else None
    return cell.part(*match.span("shape")) if match else None


def is_drawn(text: str) -> bool:
    """Return whether a text says what a variable is drawn from: `z ~ N(0, 1)`."""
    return _DRAWN.fullmatch(text) is not None
