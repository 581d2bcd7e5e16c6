"""A column of kinds that tells what layers are for, or nothing -> the layers that the names say: `Dropout |
Regularization`, `Flatten | -`."""

from archdsl.lang.categories import CATEGORIES
from archdsl.lang.vocabulary import layer_word
from archdsl.table.operators import operator_of
from archdsl.table.roles import says_none
from archdsl.table.table import Row, Table
from archdsl.text.grid import Bound


def layers_of_names(table: Table) -> Table:
    """Take the layer from the name of a row whose kind is no layer."""
    name, kind = table.roles.name, table.roles.structure
    if name is None or name == kind or len(table.networks) > 1:
        return table
    told = [row[kind] for row in table.body if _is_told(row, name, kind)]
    if not told:
        return table
    body = tuple(_named(row, name, kind) if _is_told(row, name, kind) else row for row in table.body)
    return table._replace(body=body, passed=(*table.passed, *(Bound("kind", "", cell) for cell in told)))


def _is_told(row: Row, name: int, kind: int) -> bool:
    """Return whether the kind of a row is a category or says nothing, and its name begins with a layer."""
    said = row[kind].text.strip().lower()
    return (said in CATEGORIES or says_none(said)) and layer_word(row[name].text.strip())


def _named(row: Row, name: int, kind: int) -> Row:
    layer = operator_of(row[name].part(0, len(row[name].text.rstrip())))
    return tuple(layer if index == kind else cell for index, cell in enumerate(row))
