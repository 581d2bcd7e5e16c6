"""A source -> its text, formatted: read, laid out, written, and compiled again to see that nothing changed."""

from typing import NamedTuple

from archdsl.diagnostics import Diagnostic, InternalError, Reporter
from archdsl.format.layout import lines
from archdsl.format.native import write
from archdsl.format.verify import same
from archdsl.ir.settings import Overrides
from archdsl.pipeline import compile_source, read
from archdsl.source import Source


class NotNativeError(ValueError):
    """The text is a document with tables in it, not a native spec: its form is not ours to change."""


class Formatted(NamedTuple):
    """The formatted text; None where the spec has errors, which `diagnostics` tell."""

    text: str | None
    diagnostics: tuple[Diagnostic, ...]


def format_source(source: Source, overrides: Overrides = Overrides()) -> Formatted:  # noqa: B008 - immutable
    """Format a native spec; `overrides` are what the command line adds to it.

    Raises NotNativeError for any other form, and InternalError where the result would be another network (a mistake of
    this package, so nothing is lost).
    """
    tables = read(source, Reporter())
    if tables.seen:
        raise NotNativeError(source.path)
    before = compile_source(source, overrides)
    if before.failed:
        return Formatted(None, before.diagnostics)
    text = write(lines(source, tables.grids))
    after = compile_source(Source(source.path, text), overrides)
    if not same(before, after):
        raise InternalError(f"formatting {source.path} would change its network; the file is left as it is")
    return Formatted(_ended_as(source.text, text), before.diagnostics)


def _ended_as(before: str, text: str) -> str:
    """End the lines as the first line of the file ends."""
    first = before.find("\n")
    return text.replace("\n", "\r\n") if first > 0 and before[first - 1] == "\r" else text
