"""A diagnostic -> the object that `check --format json` prints for it."""

from archdsl.diagnostics import Diagnostic, Fix
from archdsl.light import Any
from archdsl.render.places import place
from archdsl.source import Source


def diagnostic_json(diagnostic: Diagnostic) -> dict[str, Any]:
    """Return a diagnostic as JSON values; a range has 1-based lines and columns, its end is exclusive."""
    source = diagnostic.source
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity,
        "message": diagnostic.message,
        "path": source.path,
        "range": place(source, diagnostic.span),
        "labels": [
            {"range": place(source, label.span), "text": label.text, "primary": label.primary}
            for label in diagnostic.labels
        ],
        "notes": [{"kind": note.kind, "text": note.text} for note in diagnostic.notes],
        "help": diagnostic.help,
        "fixes": [_fix_json(source, fix) for fix in diagnostic.fixes],
    }


def _fix_json(source: Source, fix: Fix) -> dict[str, Any]:
    edits = [{"range": place(source, edit.span), "text": edit.text} for edit in fix.edits]
    return {"title": fix.title, "applicability": fix.applicability, "edits": edits}
