"""A line of our own form above the rows -> the headers of a table's columns, if that is what it is."""

from collections.abc import Callable

from archdsl.lang.headers import OTHERWISE
from archdsl.native.divide import gap_cells, pipe_cells, words_of
from archdsl.table.roles import SIZE, is_data, role_of
from archdsl.text.grid import Cell


def header_cells(
    line: str, start: int, overridden: bool, is_layer_word: Callable[[str], bool]
) -> list[Cell] | None:
    """Return the headers that a line holds; None where it is none of headers. `overridden`: the roles are
    told elsewhere."""
    cells = pipe_cells(line, start) if "|" in line else gap_cells(line, start)
    # `block type = B(3,3)` beside two known headers is one; a line of settings has `=` in all its cells.
    if "=" in line and sum("=" not in cell.text and role_of(cell.text) is not None for cell in cells) < 2:
        return None
    if any(cell.text.strip() == "-" for cell in cells):
        return None  # the size of a row, no header
    if len(cells) == 1:
        cells = words_of(line, start)
        return cells if _all_known(cells) else None
    if overridden and "|" in line:
        return cells
    told = _enough(cells, line) or lies(cells) or _networks(cells, line, is_layer_word)
    return cells if told else None


def _all_known(cells: list[Cell]) -> bool:
    """Recognise headers set with single spaces: all have a role, and one is of sizes or layers."""
    known = {role_of(cell.text) for cell in cells}
    return len(known) > 1 and None not in known and bool({"size", "input", "structure"} & known)


def _enough(cells: list[Cell], line: str) -> bool:
    """Recognise headers by two with a role; one is enough beside others that are no data."""
    known = [role_of(cell.text) for cell in cells]
    count = len(set(known) - {None})
    if "|" in line and len(cells) == 2 and known[0] == "structure":  # `Type | Configurations`
        return "details" in OTHERWISE.get(cells[1].text.strip().lower(), ())
    enough = 2 if "|" in line and known[0] in ("size", "input") else 3
    if count != 1:
        return count > 1
    return len(cells) >= enough and "=" not in line and not any(is_data(cell.text) for cell in cells)


def _networks(cells: list[Cell], line: str, is_layer_word: Callable[[str], bool]) -> bool:
    """Recognise the names of networks, above their columns, from a row of the body: words that are no
    layer's."""
    return "|" in line and len(cells) > 2 and all(_network_name(cell.text, is_layer_word) for cell in cells)


def _network_name(text: str, is_layer_word: Callable[[str], bool]) -> bool:
    plain = text.strip() != "" and not any(mark in text for mark in "([,;/") and len(text.split()) <= 4
    return plain and not is_data(text) and not is_layer_word(text.strip())


def lies(cells: list[Cell]) -> bool:
    """Recognise the first row of a table whose headers stand in its first column: `output map size  32x32
    16x16`."""
    sized = len(cells) > 2 and role_of(cells[0].text) in ("size", "input")
    return sized and all(SIZE.fullmatch(cell.text.strip()) for cell in cells[1:])
