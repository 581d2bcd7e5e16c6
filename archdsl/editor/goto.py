"""Where a name is defined, and where it is used."""

from typing import NamedTuple

from archdsl.editor.document import Document
from archdsl.editor.names import Occurrence, places, symbol_at
from archdsl.resolve.conventions import styles
from archdsl.source import Source, Span
from archdsl.syntax import library
from archdsl.syntax.names import Blocks


class Target(NamedTuple):
    """A place in a text: the document's own, or a file of the library."""

    source: Source
    span: Span


def definition(document: Document, offset: int) -> Target | None:
    """Return the place where the name at an offset is defined; None where none is there, or it is no name."""
    found = symbol_at(document, offset)
    if found:
        defined = [one for one in places(document, found.symbol) if one.defines]
        return Target(document.source, defined[0].span) if defined else None
    return _of_library(document, offset) or _style(document, offset)


def references(document: Document, offset: int, defined: bool = True) -> tuple[Occurrence, ...]:
    """List the places of the name at an offset, with those that define it or without them."""
    found = symbol_at(document, offset)
    return tuple(one for one in places(document, found.symbol) if defined or not one.defines) if found else ()


def _of_library(document: Document, offset: int) -> Target | None:
    """Return the place of the block of the library, or of a style, that is used at a place."""
    for one in document.compilation.compiled:
        for span, what in one.printed.claims if one.printed else ():
            if what == "block" and span.start <= offset <= span.end:
                words = document.source.clean[span.start : span.end].partition("(")[0].split()
                found = Blocks(one.settings.blocks.own, library.find).longest(words)
                file = library.file_of(found[1]) if found else None
                return Target(_file(file), found[1].span) if found and file else None
    return None


def _style(document: Document, offset: int) -> Target | None:
    """Return the file of the style that is named at a place."""
    entry = next((one for one in document.entries if one.span.start <= offset <= one.span.end), None)
    name = document.text(entry.span).strip().lower() if entry and entry.what == "style" else ""
    return Target(_file(name), Span(0, 0)) if name in styles() else None


def _file(name: str) -> Source:
    return Source(library.path_of(name), library.text(name))
