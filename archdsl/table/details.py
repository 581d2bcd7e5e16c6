"""A column of remarks on the layers that the names say -> structures: `Convolution 5x5 | 1x1 stride, valid
padding`."""

from archdsl.lang.vocabulary import layer_word, longest
from archdsl.patterns import pattern
from archdsl.problems import lints
from archdsl.table.operators import NUMBERED, operator_of
from archdsl.table.prose import said_plainly
from archdsl.table.roles import says_nothing
from archdsl.table.said_twice import without_window
from archdsl.table.table import Body, Table
from archdsl.table.wires import joins_listed
from archdsl.text.grid import Bound, Cell, Remark, joined

_FIRST = pattern(r"([^+&,;()]*[^+&,;()\s])\s*[+&]")  # of several layers: what is said is said of it
_REMARK = pattern(r"(?<=\w)\s*\(\s*([A-Za-z][A-Za-z ,-]*)\)\s*$")
_WORD = pattern(r"[A-Za-z][\w-]*")
_ONE = pattern(r"(?<![\w.])1\s+(?:unit|neuron|node)(?!\w)", 2)
_OUTPUT = pattern(r"\s*output\s*", 2)


def with_details(table: Table) -> Table:
    """Put what a column says of the layers behind their words, as a column of structures; words without a
    number are no names."""
    at = next((index for role, _, index in table.roles.bound if role == "details"), None)
    if at is None:
        return table
    column = len(table.body[0]) if table.body else 0
    found = [without_window(row[table.roles.structure], row[at]) for row in table.body]
    words = [_without_remark(row[table.roles.structure], row[at]) for row in table.body]
    aside: list[Cell] = []
    body: Body = tuple(
        (*row, _joined(word, said, aside))
        for row, (word, _), (said, _) in zip(table.body, words, found, strict=True)
    )
    twice = tuple(Bound("said twice", "", cell) for _, cell in found if cell is not None)
    bound = tuple(one for one in table.roles.bound if one[0] != "details")
    names = [row[table.roles.name].text.strip() for row in table.body] if table.roles.name is not None else []
    apart = table.roles.name not in (None, table.roles.structure)
    counted = [name for name in names if any(map(str.isdigit, name))]
    numbered = apart or (len(set(counted)) == len(counted) and any(map(NUMBERED.fullmatch, counted)))
    roles = table.roles._replace(structure=column, bound=bound, name=table.roles.name if numbered else None)
    remarks = tuple(dict.fromkeys(one for _, one in words if one is not None))
    notes = tuple(Remark(lints.part_of_a_name, (one.span, one.text.strip())) for one in remarks)
    said_aside = (Bound("said in passing", "", cell) for cell in aside)
    passed = (*table.passed, *twice, *said_aside, *(Bound("remark", "", one) for one in remarks))
    return table._replace(
        body=body, roles=roles, networks=(column,), passed=passed, notes=(*table.notes, *notes)
    )


def _without_remark(word: Cell, said: Cell) -> tuple[Cell, Cell | None]:
    """Part `Dense (output)` into the layer and what its values are for, where another column says its
    numbers."""
    remark = _REMARK.search(word.text)
    if remark is None or says_nothing(said.text) or longest(_WORD.findall(remark[1])) is not None:
        return word, None
    return word.part(0, remark.start()), word.part(*remark.span(1))


def _joined(word: Cell, said: Cell, aside: list[Cell]) -> Cell:
    if says_nothing(said.text):
        return word
    said = _in_plural(said)
    if layer_word(said.text.strip()) and not layer_word(word.text.strip()):
        aside += [word] if word.text.strip() else []  # a name of the row: the remark says its layer
        return said
    if not word.text.strip():
        return said
    if _OUTPUT.fullmatch(word.text):
        word = joined(
            word, Cell(" layer", word.span.end, (max(word.span.end - 1, 0),) * 6 + (word.span.end,))
        )
    word = operator_of(word) if NUMBERED.fullmatch(word.text) else word
    word, said = joins_listed(word, said) or (word, said)
    said = said_plainly(word, said, aside)
    if not said.text.strip():
        return word
    first = _FIRST.match(word.text)
    stop = first.end(1) if first else len(word.text)
    said = _behind(word.part(0, stop), said)
    return joined(said, word.part(stop, len(word.text))) if stop < len(word.text) else said


def _in_plural(said: Cell) -> Cell:
    """Return `1 unit` as `1 units`: `unit` alone is what blocks are called."""
    one = _ONE.search(said.text)
    if one is None:
        return said
    at = said.place(one.end() - 1, one.end())
    letter = Cell("s", at.start, (at.start, at.end))
    return joined(joined(said.part(0, one.end()), letter), said.part(one.end(), len(said.text)))


def _behind(word: Cell, said: Cell) -> Cell:
    end = max(word.span.end - 1, 0)
    return joined(joined(word, Cell(", ", end, (end, end, word.span.end))), said)
