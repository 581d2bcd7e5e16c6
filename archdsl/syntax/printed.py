"""A cell of counts, with its header -> the claim that it makes."""

import re

from archdsl.patterns import pattern
from archdsl.syntax.ast import Claim
from archdsl.text.grid import Bound

# `Params (K)`, `#Params [M]`, `Parameters in millions`; `MFLOPs`, `GMACs`
_UNIT = pattern(
    r"[(\[ /](?:in |x ?)?(k|m|b|g|thousand|million|billion)s?[)\]]?$|\b([mg])(?:flop|mac|madd|op)",
    re.IGNORECASE,
)


def claim(bound: Bound) -> Claim:
    """Take a printed count as it stands; a unit above it (`GFLOPs`, `Params (M)`) is part of it, a sum before
    it (`6*26 = 156`) is not."""
    text = bound.cell.text.rpartition("=")[2].strip()
    unit = _UNIT.search(bound.header)
    scale = (unit[1] or unit[2])[0].upper().replace("B", "G") if unit else ""
    return Claim(
        bound.role,
        text + (scale if text[-1:].isdecimal() and not re.search(r"[×x*]\s*10", text) else ""),
        bound.cell.span,
    )
