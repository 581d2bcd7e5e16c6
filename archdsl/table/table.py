"""What passes work on: the body of a table under columns that have their roles."""

from archdsl.light import NamedTuple
from archdsl.text.grid import Bound, Cell, GridSetting, Remark

Row = tuple[Cell, ...]
Body = tuple[Row, ...]


class ColumnRoles(NamedTuple):
    """The columns of one network, by index; `bound` are (role, header, index) of the others.

    `shared` tells that the last column is none of the table but one setting for all rows; `column` is the
    network's own column where that is not its structure, `further` the one of what follows its layers.
    """

    name: int | None
    size: int | None
    incoming: int | None
    structure: int
    bound: tuple[tuple[str, str, int], ...]
    shared: bool = False
    column: int | None = None
    further: int | None = None

    @property
    def own(self) -> int:
        """Return the column that is the network's own: counts of the network stand in it."""
        return self.structure if self.column is None else self.column

    @property
    def windowed(self) -> bool:
        """Return whether windows have a column of their own, so that a number behind a layer is the row's."""
        return any(role in ("fused", "filter") for role, _, _ in self.bound)


class Table(NamedTuple):
    """A table whose columns have roles: each of `networks` is a column of layers, or of values of a network.

    `ratio` is the column of another network's sizes, `brace` the one of counts beside some of the rows.
    `settings` are what rows turned out to say of the whole table, `notes` what a pass has to tell of it,
    `passed` what passes took out because nothing is made of it, under a role that says why.
    """

    body: Body
    roles: ColumnRoles
    networks: tuple[int, ...]
    ratio: int | None = None
    brace: int | None = None
    settings: tuple[GridSetting, ...] = ()
    notes: tuple[Remark, ...] = ()
    passed: tuple[Bound, ...] = ()
