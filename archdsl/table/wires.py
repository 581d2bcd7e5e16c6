"""A column that says which rows a row reads, `Connected to` -> wiring in the structure: `from c1; conv`,
`from c2; concat c3`."""

from archdsl.patterns import pattern
from archdsl.table.table import Body, Table
from archdsl.text.grid import Bound, Cell, joined

_BETWEEN = pattern(r"\s*(?:\[\d+\]\s*)*(?:[,;&+]|\band\b|$)\s*")
_MERGE = pattern(r"\s*(?:add(?:ition)?|sum|concat(?:enat\w*)?|multiply|maximum|average)\s*(?:layer)?\s*", 2)
_LISTED = pattern(r"\s*[\[(]\s*([A-Za-z_][\w.-]*(?:\s*[,;&+]\s*[A-Za-z_][\w.-]*)+)\s*[\])]\s*,?\s*")
_NIL = ("", "-", "–", "—")


def wired(table: Table) -> Table:
    """Say in the structure of each row what it reads, where that is not the row above."""
    at = next((index for role, _, index in table.roles.bound if role == "wires"), None)
    name = table.roles.name
    if at is None:
        return table
    if name is None or name in table.networks:
        return _without(table, table.body, told=True)
    rows, above = [], ""
    for row in table.body:
        names = _names(row[at]) if above else []  # the first row reads the input, whatever it is called
        cells = [
            _wired(cell, names, above) if index in table.networks else cell for index, cell in enumerate(row)
        ]
        if None in cells:
            return _without(table, table.body, told=True)
        rows.append(tuple(cell for cell in cells if cell))
        above = row[name].text.strip() or above
    read = tuple(Bound("read from", "", row[at]) for row in table.body)
    return _without(table._replace(passed=(*table.passed, *read)), tuple(rows), told=False)


def joins_listed(word: Cell, said: Cell) -> tuple[Cell, Cell] | None:
    """Return a join with the names that a remark lists (`Concat | [a, b], 8x8`: `Concat(a, b)`), and the
    rest of the remark; None where it lists none."""
    listed = _LISTED.match(said.text) if _MERGE.fullmatch(word.text) else None
    if listed is None:
        return None
    opening, closing = (said.part(at, at + 1) for at in (listed.start(1) - 1, listed.end(1)))
    whole = joined(word.part(0, len(word.text.rstrip())), _word("(", opening))
    for index, name in enumerate(_names(said.part(*listed.span(1)))):
        whole = joined(joined(whole, _word(", ", name)), name) if index else joined(whole, name)
    return joined(whole, _word(")", closing)), said.part(listed.end(), len(said.text))


def _without(table: Table, body: Body, told: bool) -> Table:
    """Return a table whose wires are said, or are told not to be read."""
    bound = tuple(
        ("", *one[1:]) if one[0] == "wires" else one for one in table.roles.bound if told or one[0] != "wires"
    )
    return table._replace(body=body, roles=table.roles._replace(bound=bound))


def _names(cell: Cell) -> list[Cell]:
    """List the names of a cell; a place behind one, `c1[0][0]`, says nothing more."""
    found, at = [], 0
    for match in _BETWEEN.finditer(cell.text):
        if cell.text[at : match.start()].strip() not in _NIL:
            found.append(cell.part(at, match.start()))
        at = match.end()
    return found


def _wired(structure: Cell, names: list[Cell], above: str) -> Cell | None:
    """Put what a row reads around its structure; None where several names meet in a layer that joins
    nothing."""
    if not names:
        return structure
    if (len(names) > 1) != (_MERGE.fullmatch(structure.text) is not None):
        return None
    said = structure.part(0, len(structure.text.rstrip()))
    for between, name in zip((" ", *(", ",) * len(names)), names[1:], strict=False):
        said = joined(said, joined(_word(between, said), name))
    if names[0].text.strip() == above:
        return said
    return joined(joined(_word("from ", names[0]), joined(names[0], _word(";", names[0]))), said)


def _word(text: str, beside: Cell) -> Cell:
    """Return a word that is not printed the place of what it stands beside."""
    start = beside.span.start
    return Cell(text, start, (start,) * (len(text) + 1))
