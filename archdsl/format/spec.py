"""A source -> its text, formatted: read, laid out, written, and compiled again to see that nothing
changed."""

from typing import NamedTuple

from archdsl.diagnostics import Diagnostic, InternalError, Reporter
from archdsl.format.layout import Line, lines
from archdsl.format.native import write
from archdsl.format.verify import same, same_file
from archdsl.pipeline import MAX_ROWS, compile_source, native_reader, read
from archdsl.resolve.conventions import CONVENTIONS
from archdsl.resolve.settings import Overrides
from archdsl.source import Source, file_name
from archdsl.syntax import library

# Lines of a style besides conventions.
_OF_STYLES = ("style", "param", "read", "recognise")


class NotNativeError(ValueError):
    """The text is a document with tables in it, not a native spec: its form is not ours to change."""


class Formatted(NamedTuple):
    """The formatted text; None where the spec has errors, which `diagnostics` tell."""

    text: str | None
    diagnostics: tuple[Diagnostic, ...]


def format_source(source: Source, overrides: Overrides = Overrides()) -> Formatted:  # noqa: B008 - immutable
    """Format a native spec or a style; `overrides` are what the command line adds to it.

    Raises NotNativeError for any other form, and InternalError where the result would be another network (a
    mistake of this package, so nothing is lost).
    """
    if read(source, Reporter()).seen:
        raise NotNativeError(source.path)
    style = _style_lines(source)
    if style is not None:
        return _format_style(source, style)
    reader = native_reader(source)
    reader.read(file_name(source), MAX_ROWS)
    before = compile_source(source, overrides)
    if before.failed:
        return Formatted(None, before.diagnostics)
    text = write(lines(source, reader))
    after = compile_source(Source(source.path, text), overrides)
    if not same(before, after):
        raise InternalError(f"formatting {source.path} would change its network; the file is left as it is")
    return Formatted(_ended_as(source.text, text), before.diagnostics)


def _style_lines(source: Source) -> list[Line] | None:
    """Divide a style into its lines; None where the text is none: where something in it is of a network, as a
    row or an input."""
    reader = library.reader_of(source)
    reader.read(file_name(source), MAX_ROWS)
    keys = {setting.key.text.lower() for setting in reader.settings}
    if reader.rows or not (keys or reader.blocks) or not keys <= {*CONVENTIONS, *_OF_STYLES}:
        return None
    return lines(source, reader)


def _format_style(source: Source, found: list[Line]) -> Formatted:
    text = write(found)
    reporter = Reporter()
    name = file_name(source)
    before, after = (library.read_file(name, one, reporter) for one in (source, Source(source.path, text)))
    if reporter.failed:
        return Formatted(None, tuple(diagnostic for diagnostic in reporter.diagnostics))
    if not same_file(before, after):
        raise InternalError(
            f"formatting {source.path} would change its settings or blocks; the file is left as it is"
        )
    return Formatted(_ended_as(source.text, text), ())


def _ended_as(before: str, text: str) -> str:
    """End the lines as the first line of the file ends."""
    first = before.find("\n")
    return text.replace("\n", "\r\n") if first > 0 and before[first - 1] == "\r" else text
