"""A layer that stands alone in the first of several columns of networks -> that layer in all of them."""

from archdsl.table.bands import filled
from archdsl.table.inputs import own_input
from archdsl.table.roles import CLAIMS, role_of
from archdsl.table.table import Table
from archdsl.text.grid import Cell


def spread(table: Table) -> Table:
    """Return a layer that stands alone in the first of several columns of networks to all of them.

    Forms without merged cells print it so. Where a table has no other columns, a layer that other rows print
    beside others belongs to its own network; so does every layer where networks have inputs of their own.
    """
    networks, body = table.networks, table.body
    if len(networks) == 1 or any(_enters(row, networks) for row in body):
        return table
    bare = bool(body) and len(networks) == len(body[0])
    own = {cell.text.strip() for row in body if bare and len(filled(row)) > 1 for cell in row}
    return table._replace(body=tuple(_spread(row, networks, own) for row in body))


def _spread(row: tuple[Cell, ...], networks: tuple[int, ...], own: set[str]) -> tuple[Cell, ...]:
    first = row[networks[0]]
    alone = filled(tuple(row[index] for index in networks)) == [first] and first.text.strip() not in own
    return (
        tuple(first if index in networks else cell for index, cell in enumerate(row))
        if alone and not _claims(row)
        else row
    )


def _enters(row: tuple[Cell, ...], networks: tuple[int, ...]) -> bool:
    """Return whether a row prints the inputs of several networks, each its own."""
    cells = [row[index] for index in networks]
    return len({cell.text.strip() for cell in cells}) > 1 and all(map(own_input, cells))


def _claims(row: tuple[Cell, ...]) -> bool:
    return role_of(row[0].text) in CLAIMS
