"""The networks of one table: its structure columns, and those that `variant` lines make of the table or of
another network."""

from archdsl.diagnostics import Reporter
from archdsl.light import NamedTuple
from archdsl.patterns import pattern
from archdsl.problems import preamble
from archdsl.source import Source
from archdsl.syntax.ast import Setting, Table, Variant
from archdsl.syntax.names import compact
from archdsl.text.grid import Cell, Grid

_HEAD = pattern(r"\s*([^:=,]+?)(?:\s+of\s+([^:=,]+?))?\s*(?::|$)")
_BINDING = pattern(r"(?<![\w.])([A-Za-z_]\w*)\s*=\s*(\d+(?:\.\d+)?)(?![\w.])")
_CLAIMS = ("params", "macs", "flops", "depth")


class _Line(NamedTuple):
    """The head of a `variant` line, and the network that it is of; that one is empty where the line says
    none."""

    name: str
    base: str
    cell: Cell


def _lines(grid: Grid) -> list[_Line]:
    values = [setting.value for setting in grid.settings if setting.key.text.lower() == "variant"]
    matches = [(match, value) for value in values if (match := _HEAD.match(value.text))]
    return [
        _Line(match[1], match[2] or "", value.part(match.start(1), match.end(2 if match[2] else 1)))
        for match, value in matches
    ]


def _printed(grids: tuple[Grid, ...]) -> list[str]:
    """List the networks that columns print."""
    return [grid.column for grid in grids if grid.column]


def _further(grid: Grid) -> list[str]:
    """List the networks that `variant` lines make of a grid."""
    lines = _lines(grid)
    if not grid.column:
        return [line.name for line in lines]
    of = {compact(grid.column)}
    found = []
    for line in lines:
        if compact(line.base) in of and line.base:
            of.add(compact(line.name))
            found.append(line.name)
    return found


def network_names(grids: tuple[Grid, ...]) -> list[str]:
    """List the networks of a file's tables by the names that `--variant` takes."""
    return _printed(grids) + [name for grid in grids for name in _further(grid)]


def chosen(wanted: str, printed: list[str], further: list[str] | None = None) -> list[str]:
    """Find networks by name: exactly, or else those that have these words in their name, columns before
    `variant` lines."""
    names, key = (*printed, *(further or ())), compact(wanted)
    exact = [name for name in names if compact(name) == key]
    ending = [name for name in names if key and compact(name).endswith(key)]
    if exact or not key or len(ending) == 1:
        return exact or ending
    return [name for name in printed if compact(wanted) in compact(name)] or [
        name for name in further or () if compact(wanted) in compact(name)
    ]


def with_network(grids: tuple[Grid, ...], wanted: str | None) -> tuple[Grid, ...]:
    """Leave out the structure columns that have nothing to do with the network that is asked for."""
    if not wanted or not any(grid.column for grid in grids):
        return grids
    names = chosen(wanted, _printed(grids), [name for grid in grids for name in _further(grid)])
    return tuple(
        grid for grid in grids if grid.column in names or any(name in names for name in _further(grid))
    )


def variants_of(table: Table, wanted: str | None, known: frozenset[str]) -> list[Variant | None]:
    """List the networks to compile of a table; None stands for one of which nothing further is said.

    `known` are the parameters that a header may set.
    """
    bound = _bound(table, known)
    if not table.column and not table.variants:
        return [] if wanted else [bound]
    found: dict[str, Variant | None] = {table.column: bound} if table.column else {}
    for variant in table.variants:
        base = next((name for name in found if name and compact(name) == compact(variant.base)), None)
        if base is not None or not table.column:
            found[variant.name] = _based(
                variant, found.get(base) if base else None if table.column else bound
            )
    printed = [table.column] if table.column else []
    names = (
        chosen(wanted, printed, [name for name in found if name not in printed]) if wanted else list(found)
    )
    return [variant for name, variant in found.items() if name in names]


def _bound(table: Table, known: frozenset[str]) -> Variant | None:
    """Return what is said of a network: by its column's line, and by its header, which may set parameters (`g
    = 3`)."""
    line = _line_of(table, table.column) if table.column else None
    said = [heading for heading in table.headings if "=" in heading]
    pairs = [match.groups() for heading in said for match in _BINDING.finditer(heading)]
    nowhere = table.span
    own = tuple(Setting(key, value, nowhere, nowhere) for key, value in pairs if key in known)
    if not own:
        return line
    return (
        Variant(table.column, own, nowhere)
        if line is None
        else line._replace(settings=(*own, *line.settings))
    )


def _line_of(table: Table, column: str) -> Variant | None:
    """Find the line that adds settings to a column."""
    return next(
        (one for one in table.variants if not one.base and compact(one.name) == compact(column)), None
    )


def _based(variant: Variant, base: Variant | None) -> Variant:
    """Put a line's settings over those of the network that it is of; what that one claims of itself is left
    behind."""
    own = {setting.key.lower() for setting in variant.settings}
    kept = [
        setting for setting in (base.settings if base else ()) if setting.key.lower() not in (*own, *_CLAIMS)
    ]
    return variant._replace(settings=(*kept, *variant.settings))


def check_variants(source: Source, grids: tuple[Grid, ...], reporter: Reporter) -> None:
    """Report the `variant` lines that belong to no network of their table."""
    for name in dict.fromkeys(grid.name for grid in grids):
        own = tuple(grid for grid in grids if grid.name == name)
        before = {compact(column) for column in _printed(own)}
        columns = bool(before)
        for line in _lines(own[0]):
            base = line.base or (line.name if columns else "")
            if base and compact(base) not in before:
                reporter.add(preamble.variant_of_nothing(source, line.cell.span, base, network_names(own)))
            before.add(compact(line.name))
