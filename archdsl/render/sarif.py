"""Compilations -> a log in SARIF 2.1.0, which code hosts and editors show at the lines of a file."""

from collections.abc import Sequence
from pathlib import PurePath
from urllib.parse import quote

from archdsl.diagnostics import Diagnostic, Fix, Label
from archdsl.light import Any
from archdsl.pipeline import Compilation
from archdsl.problems import page
from archdsl.render.places import place
from archdsl.source import Source, Span

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
HOME = "https://github.com/archdsl/archdsl"


def document(results: Sequence[Compilation], version: str) -> dict[str, Any]:
    """Return the log as plain data."""
    found = [diagnostic for result in results for diagnostic in result.diagnostics]
    codes = sorted({diagnostic.code for diagnostic in found})
    driver = {"name": "archdsl", "version": version, "informationUri": HOME, "rules": list(map(_rule, codes))}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "artifacts": [{"location": _location(result.source)} for result in results],
        "results": [_result(diagnostic, codes.index(diagnostic.code)) for diagnostic in found],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(code: str) -> dict[str, Any]:
    return {
        "id": code,
        "shortDescription": {"text": page.title(code)},
        "help": {"text": f"archdsl explain {code}", "markdown": page.text(code)},
        "helpUri": f"{HOME}/blob/main/archdsl/problems/pages/{code}.md",
        "defaultConfiguration": {"level": "warning" if code.startswith("W") else "error"},
    }


def _result(diagnostic: Diagnostic, rule: int) -> dict[str, Any]:
    related = [label for label in diagnostic.labels if not label.primary]
    return {
        "ruleId": diagnostic.code,
        "ruleIndex": rule,
        "level": diagnostic.severity,
        "message": {"text": _message(diagnostic)},
        "locations": [_place(diagnostic.source, diagnostic.span)],
        "relatedLocations": [_related(diagnostic.source, label, at) for at, label in enumerate(related, 1)],
        "fixes": [_fix(diagnostic.source, fix) for fix in diagnostic.fixes],
    }


def _message(diagnostic: Diagnostic) -> str:
    notes = [f"{note.kind}: {note.text}" for note in diagnostic.notes]
    return "\n".join([diagnostic.message, *notes, *([f"help: {diagnostic.help}"] if diagnostic.help else [])])


def _place(source: Source, span: Span) -> dict[str, Any]:
    return {"physicalLocation": {"artifactLocation": _location(source), "region": _region(source, span)}}


def _related(source: Source, label: Label, number: int) -> dict[str, Any]:
    return {"id": number, "message": {"text": label.text or "here"}, **_place(source, label.span)}


def _fix(source: Source, fix: Fix) -> dict[str, Any]:
    replacements = [
        {"deletedRegion": _region(source, edit.span), "insertedContent": {"text": edit.text}}
        for edit in fix.edits
    ]
    change = {"artifactLocation": _location(source), "replacements": replacements}
    about = {"description": {"text": fix.title}, "properties": {"applicability": fix.applicability}}
    return {**about, "artifactChanges": [change]}


def _location(source: Source) -> dict[str, str]:
    """Return a path as a URI, relative where it is."""
    path = PurePath(source.path)
    return {"uri": path.as_uri() if path.is_absolute() else quote(path.as_posix())}


def _region(source: Source, span: Span) -> dict[str, int]:
    where = place(source, span)
    return {
        "startLine": where["start"]["line"],
        "startColumn": where["start"]["column"],
        "endLine": where["end"]["line"],
        "endColumn": where["end"]["column"],
    }
