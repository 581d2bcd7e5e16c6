"""Messages about a file as a whole: that it cannot be read, and which tables it has."""

from collections.abc import Sequence

from archdsl.diagnostics import Diagnostic, Label, Note
from archdsl.problems.base import about_file, error, listed, short
from archdsl.source import Source, Span


def too_many_rows(source: Source, span: Span, limit: int) -> Diagnostic:
    """E0107: more rows than a table may have."""
    return error(
        "E0107",
        f"the table has more than {limit:,} rows",
        source,
        span,
        f"row {limit + 1:,} is here",
        help="repeat a block with `[...] x n` instead of writing its rows out",
    )


def file_too_large(source: Source, size: int, limit: int) -> Diagnostic:
    """E0108: a file too large to be a table."""
    return error("E0108", f"the file has {size:,} bytes", source, Span(0, 0), f"the limit is {limit:,}")


def no_table(source: Source, tables_seen: int, tables: list[str]) -> Diagnostic:
    """E0110: nothing in the file is an architecture table; `tables` says what its tables are."""
    seen = (
        "the file has 1 table, which does not describe a network"
        if tables_seen == 1
        else f"the file has {tables_seen} tables; none of them describes a network"
    )
    seen = seen if tables_seen else "no line of the file is a row of a table"
    if "\\input{" in source.clean or "\\include{" in source.clean:
        seen += "; files included with `\\input` are not read"
    found = about_file(
        "E0110",
        "no architecture table found",
        source,
        seen,
        "a row is a name, an output size and a structure, like `conv1 32x32 3x3, 64`; a Markdown table needs a header row and a `|---|` line",
    )
    further = [f"and {len(tables) - 5} more"] if len(tables) > 5 else []
    return found._replace(notes=(*found.notes, *(Note("note", text) for text in (*tables[:5], *further))))


def empty_file(source: Source) -> Diagnostic:
    """E0111: nothing but white space and comments."""
    return error(
        "E0111",
        "the file is empty",
        source,
        Span(0, 0),
        "no rows and no settings",
        help="start from `input 32x32x3` and a row like `conv1 32x32 3x3, 64`",
    )


def not_text(source: Source, offset: int, encoding: str = "") -> Diagnostic:
    """E0112: bytes that are not UTF-8 text."""
    what = f"the file is not UTF-8 text; it looks like {encoding}" if encoding else "the file is not text"
    why = "only UTF-8 text is read here" if encoding else f"byte {offset:,} is not UTF-8 text"
    return error("E0112", what, source, Span(0, 0), why, help="save the table as UTF-8 text")


def other_encoding(source: Source, encoding: str) -> Diagnostic:
    """W0103: text in an encoding that the file does not declare."""
    found = about_file(
        "W0103",
        f"the file is not UTF-8: it is read as {encoding}",
        source,
        "non-ASCII letters may be wrong",
        "save the table as UTF-8 text",
    )
    return found._replace(severity="warning")


def several_tables(source: Source, spans: list[Span], names: list[str]) -> Diagnostic:
    """E0113: one network was asked for, the file has more."""
    at: dict[Span, list[str]] = {}
    for name, span in zip(names, spans, strict=True):
        at.setdefault(span, []).append(name)
    first, *more = (
        Label(span, f"`{here[0]}`" + (f" and {len(here) - 1} more" if here[1:] else ""))
        for span, here in at.items()
    )
    return error(
        "E0113",
        f"the file has {len(names)} {'tables' if len(at) == len(names) else 'networks'}, but only one can be used here",
        source,
        first.span,
        first.text,
        *more,
        help=f"name one: {listed(f'{source.path}#{name}' for name in names)}",
    )


def no_such_table(source: Source, wanted: str, names: list[str], networks: Sequence[str] = ()) -> Diagnostic:
    """E0114: `FILE#name` names neither a table nor one of its networks."""
    said = f"tables in this file: {listed(names, 'and')}"
    if networks:
        said += f"; their networks: {listed(list(networks), 'and')}"
    return about_file("E0114", f"there is no table `{short(wanted)}`", source, said)


def no_such_variant(source: Source, wanted: str, names: list[str]) -> Diagnostic:
    """E0121: `--variant` names a network that the table does not have."""
    known = f"variants of this table: {listed(names, 'and')}" if names else "the table has no variants"
    return about_file("E0121", f"there is no variant `{short(wanted)}`", source, known)


def unreadable(source: Source, why: str) -> Diagnostic:
    """E0115: the file cannot be opened."""
    return error("E0115", f"cannot read {source.path}: {why}", source, Span(0, 0), "")
