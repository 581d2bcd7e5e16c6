"""The quick fixes of a place: the edits that the diagnostics there come with."""

from collections.abc import Iterator
from typing import NamedTuple

from archdsl.diagnostics import Edit
from archdsl.editor.document import Document
from archdsl.editor.telling import Told, told
from archdsl.source import Span


class QuickFix(NamedTuple):
    """A change that would mend a fault; `only` tells that it is the fault's only one."""

    title: str
    edits: tuple[Edit, ...]
    fault: Told
    only: bool


def fixes(document: Document, span: Span) -> tuple[QuickFix, ...]:
    """List the fixes of the faults that touch a place."""
    return tuple(
        fix for fault in told(document) if _touches(fault.span, span) for fix in _of(document, fault)
    )


def every_fix(document: Document) -> tuple[Edit, ...]:
    """Return the edits that mend all faults with one fix only, as far as they do not overlap."""
    kept: list[Edit] = []
    for fault in told(document):
        own = [fix for fix in _of(document, fault) if fix.only]
        edits = own[0].edits if own else ()
        if not any(_overlap(one.span, other.span) for one in edits for other in kept):
            kept += edits
    return tuple(kept)


def _of(document: Document, fault: Told) -> Iterator[QuickFix]:
    if fault.found.source.path != document.source.path:
        return
    for fix in fault.found.fixes:
        yield QuickFix(fix.title, fix.edits, fault, len(fault.found.fixes) == 1)


def _touches(one: Span, other: Span) -> bool:
    return one.start <= other.end and other.start <= one.end


def _overlap(one: Span, other: Span) -> bool:
    return one == other or (one.start < other.end and other.start < one.end)
