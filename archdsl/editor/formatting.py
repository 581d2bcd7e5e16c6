"""A native spec, laid out as `archdsl fmt` does; a spec with errors, and a document, are left as they are."""

from archdsl.diagnostics import Edit, InternalError
from archdsl.editor.document import Document
from archdsl.format.spec import NotNativeError, format_source
from archdsl.source import Span


def formatted(document: Document) -> tuple[Edit, ...]:
    """Return the edits that lay a document out: one for each run of lines that changes."""
    if not document.is_spec:
        return ()
    try:
        text = format_source(document.source).text
    except (NotNativeError, InternalError):
        return ()
    return () if text is None else _edits(document.source.text, text)


def _edits(before: str, after: str) -> tuple[Edit, ...]:
    from difflib import SequenceMatcher

    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    starts = [0]
    for line in old:
        starts.append(starts[-1] + len(line))
    changes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return tuple(
        Edit(Span(starts[first], starts[last]), "".join(new[start:stop]))
        for kind, first, last, start, stop in changes
        if kind != "equal"
    )
