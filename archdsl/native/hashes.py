"""`#` in a line of our own form that begins a header, or the name of a row, and no comment."""

from collections.abc import Callable

from archdsl.native.heading import header_cells, lies
from archdsl.patterns import pattern
from archdsl.table.roles import CLAIMS, role_of
from archdsl.text.grid import Cell

_HASHED = pattern(r"#[A-Za-z]\w*(?=\s|$|\|)")
_OPENING = " \t|"  # what may stand before the first cell of a row


def is_header(line: str, at: int, is_layer_word: Callable[[str], bool]) -> bool:
    """Return whether `#` begins a header: `# bits` between pipes, `#out` among other headers."""
    if line[:at].rstrip().endswith("|") and ("|" in line[at:] or role_of(line[at:]) is not None):
        return True
    word = _HASHED.match(line, at)
    return bool(word and role_of(word[0])) and header_cells(line, 0, False, is_layer_word) is not None


def is_named_row(line: str, at: int, headers: list[Cell]) -> bool:
    """Return whether `#` begins the name of a row: `# params. | 25.5M`, or one of a table whose headers stand
    in its first column."""
    if len(headers) < 2 or line.count("|") + 1 < len(headers) or line[:at].strip(_OPENING):
        return False
    role = role_of(line.lstrip(_OPENING).partition("|")[0])
    return role in CLAIMS or (role is not None and len(headers) > 2 and lies(headers))
