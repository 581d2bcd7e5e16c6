"""Rows that are named after frames, and print which of them they read -> their layers: `frame1 | [t-2, t+2] |
512`."""

from archdsl.lang.ordinals import kind_of
from archdsl.patterns import pattern
from archdsl.table.kinds import is_context
from archdsl.table.operators import operator_of
from archdsl.table.roles import WINDOWS
from archdsl.table.table import Table
from archdsl.text.grid import Bound, Cell

_SEGMENT = pattern(r"\s*[{[]\s*0\s*[}\]]\s*")  # behind the pooling of all frames


def layers_of_frames(table: Table) -> Table:
    """Give the rows of a table of contexts their layers: a convolution over frames, or a dense layer behind
    them; a layer that a name says reads what its row says of frames as a remark."""
    roles, body = table.roles, table.body
    at = next((index for role, _, index in roles.bound if role in WINDOWS), None)
    if at is None or roles.structure != roles.name:
        return table
    if not any(is_context(row[at].text) and not _says_layer(row[roles.structure]) for row in body):
        return table
    column = len(body[0])
    passed = tuple(Bound("frames", "", row[at]) for row in body if not is_context(row[at].text))
    return table._replace(
        body=tuple(_with_layer(row, roles.structure, at) for row in body),
        roles=roles._replace(structure=column),
        networks=(column,),
        passed=(*table.passed, *passed),
    )


def _with_layer(row: tuple[Cell, ...], name: int, at: int) -> tuple[Cell, ...]:
    """Put a row's layer behind it; frames that are no window of it are blank."""
    word, context = row[name], is_context(row[at].text)
    said = "conv" if context else "fc" if _SEGMENT.fullmatch(row[at].text) else ""
    if said and not _says_layer(word):
        word = Cell(said, word.start, (word.span.start,) * len(said) + (word.span.end,))
    else:
        word = operator_of(word)
    frames = row[at] if context else Cell("", row[at].start)
    return (*row[:at], frames, *row[at + 1 :], word)


def _says_layer(name: Cell) -> bool:
    """Return whether the name of a row is a layer."""
    return kind_of(operator_of(name).text.split()) is not None
