"""A source -> the text of its tables in another form, read again to see that it means the same networks."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from archdsl.diagnostics import Diagnostic, Reporter
from archdsl.format.arch import write_native
from archdsl.format.latex import write_latex
from archdsl.format.markdown import write_markdown
from archdsl.format.spec import format_source
from archdsl.format.table import PlainTable, plain_tables
from archdsl.format.verify import same_networks
from archdsl.pipeline import compile_source, read, select
from archdsl.resolve.settings import Overrides
from archdsl.source import Source
from archdsl.text.grid import Grid

# Form -> the ending of its files.
FORMS = {"native": "arch", "markdown": "md", "latex": "tex"}


class Converted(NamedTuple):
    """The text in the other form and what there is to say of the source; `why` tells why there is no text."""

    text: str | None
    diagnostics: tuple[Diagnostic, ...]
    why: str = ""

    @property
    def failed(self) -> bool:
        """Return whether the source has errors; its tables may be written for all that."""
        return any(diagnostic.severity == "error" for diagnostic in self.diagnostics)


def convert(
    source: Source,
    form: str,
    wanted: str | None = None,
    overrides: Overrides = Overrides(),  # noqa: B008 - immutable
    standalone: bool = False,
) -> Converted:
    """Write the tables of a source, or the one that is `wanted`, in a form of `FORMS`.

    Nothing is written that would be read back as other networks.
    """
    before = compile_source(source, overrides, wanted)
    reporter = Reporter()
    found = read(source, reporter)
    tables = plain_tables(source, _wanted(source, found.grids, wanted, reporter), found.seen > 0)
    if not tables or not any(table.rows for table in tables):
        what = (
            f"table `{wanted}` in it; a table is written with all of its networks"
            if wanted
            else "table in it"
        )
        return Converted(None, before.diagnostics, "" if before.failed else f"there is no {what}")
    if form == "native" and len(tables) > 1:
        names = ", ".join(f"`#{table.name}`" for table in tables)
        return Converted(
            None,
            before.diagnostics,
            f"a native spec has one table, and here are {len(tables)}: choose one of {names}",
        )
    text = _WRITERS[form](tables, standalone)
    if form == "native":
        text = format_source(Source(f"{tables[0].name}.arch", text), overrides).text or text
    after = compile_source(Source(f"{tables[0].name}.{FORMS[form]}", text), overrides)
    if not same_networks(before, after):
        return Converted(None, before.diagnostics, f"its {form} form would be read as another network")
    return Converted(text, before.diagnostics)


def _wanted(
    source: Source, grids: tuple[Grid, ...], wanted: str | None, reporter: Reporter
) -> tuple[Grid, ...]:
    """Choose a table, with all its networks."""
    if not wanted:
        return grids
    one = select(source, grids, wanted, reporter)
    return tuple(grid for grid in grids if one and grid.name == one[0].name)


_WRITERS: dict[str, Callable[[Sequence[PlainTable], bool], str]] = {
    "native": lambda tables, standalone: write_native(tables[0]),
    "markdown": lambda tables, standalone: write_markdown(tables),
    "latex": write_latex,
}
