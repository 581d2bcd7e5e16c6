"""A column that says which rows a row reads, `Connected to` -> wiring in the structure: `from c1; conv`,
`from c2; concat c3`."""

from archdsl.patterns import pattern
from archdsl.table.roles import says_nothing
from archdsl.table.table import Body, Table
from archdsl.text.grid import Bound, Cell, Remark, joined

_BETWEEN = pattern(r"\s*(?:\[\d+\]\s*)*(?:[,;&+⊕]|\band\b|$)\s*")
_MERGE = pattern(r"\s*(?:add(?:ition)?|sum|concat(?:enat\w*)?|multiply|maximum|average)\s*(?:layer)?\s*", 2)
_LISTED = pattern(r"\s*[\[(]\s*([A-Za-z_][\w.-]*(?:\s*[,;&+]\s*[A-Za-z_][\w.-]*)+)\s*[\])]\s*,?\s*")
_SUM = pattern(r"[+⊕]")


def wired(table: Table) -> Table:
    """Say in the structure of each row what it reads, where that is not the row above."""
    at = next((index for role, _, index in table.roles.bound if role == "wires"), None)
    name = table.roles.name
    if at is None:
        return table
    if name is None or name in table.networks:
        return _without(table, table.body, told=True)
    rows, above = [], ""
    joins: list[tuple[Cell, str]] = []
    for row in table.body:
        names = _names(row[at]) if above else []  # the first row reads the input, whatever it is called
        way = "add" if _SUM.search(row[at].text) else "concat"
        layers = [row[index] for index in table.networks if row[index].text.strip()]
        if len(names) > 1 and layers and not any(map(_merges, layers)):
            joins.append((row[at], way))
        rows.append(
            tuple(
                _wired(cell, names, above, way) if index in table.networks else cell
                for index, cell in enumerate(row)
            )
        )
        above = row[name].text.strip() or above
    read = tuple(Bound("read from", "", row[at]) for row in table.body)
    table = table._replace(passed=(*table.passed, *read), notes=(*table.notes, *_told(joins)))
    return _without(table, tuple(rows), told=False)


def _told(joins: list[tuple[Cell, str]]) -> tuple[Remark, ...]:
    """Tell where values are joined that layers read together, and how."""
    if not joins:
        return ()
    from archdsl.problems import lints

    places = tuple(cell.span for cell, _ in joins)
    return (Remark(lints.joined_before, (places, tuple(way for _, way in joins))),)


def _merges(structure: Cell) -> bool:
    return _MERGE.fullmatch(structure.text) is not None


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
        if not says_nothing(cell.text[at : match.start()]):
            found.append(cell.part(at, match.start()))
        at = match.end()
    return found


def _wired(structure: Cell, names: list[Cell], above: str, way: str) -> Cell:
    """Put what a row reads around its structure; several values that meet in a layer which joins nothing are
    joined before it, in a way."""
    if not names:
        return structure
    said = structure.part(0, len(structure.text.rstrip()))
    if len(names) > 1 and not _merges(structure):
        said = joined(_joining(_word(way, names[1]), names), joined(_word("; ", said), said))
    elif len(names) > 1:
        said = _joining(said, names)
    if names[0].text.strip() == above:
        return said
    return joined(joined(_word("from ", names[0]), joined(names[0], _word(";", names[0]))), said)


def _joining(way: Cell, names: list[Cell]) -> Cell:
    """Put the values behind the first one behind the word that joins them to it."""
    for between, name in zip((" ", *(", ",) * len(names)), names[1:], strict=False):
        way = joined(way, joined(_word(between, way), name))
    return way


def _word(text: str, beside: Cell) -> Cell:
    """Return a word that is not printed the place of what it stands beside."""
    start = beside.span.start
    return Cell(text, start, (start,) * (len(text) + 1))
