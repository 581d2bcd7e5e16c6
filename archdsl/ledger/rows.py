"""Whether something in the rows of a native spec was taken by nobody: a look at what lies between the claims,
before every place is listed."""

from archdsl.light import TYPE_CHECKING

if TYPE_CHECKING:
    from archdsl.pipeline.networks import Printed

_SIGNS = ("", "x", "X")  # what parts and joins


def may_lack(printed: "Printed") -> bool:
    """Return whether a structure has a word or number outside of every claim."""
    clean, claims = printed.source.clean, sorted({span for span, _ in printed.claims})
    cells = sorted(part.structure.span for row in printed.grid.rows for part in row.parts)
    number = 0
    for start, end in cells:
        at = start
        while number < len(claims) and claims[number].start < end:
            if _says(clean[at : claims[number].start]):
                return True
            at = max(at, claims[number].end)
            number += 1
        if _says(clean[at:end]):
            return True
    return False


def _says(text: str) -> bool:
    return "".join(filter(str.isalnum, text)) not in _SIGNS
