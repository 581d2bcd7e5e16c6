"""Diagnostics -> text for people: header, place, excerpt with labels, notes, and fixes as changed lines."""

from collections.abc import Sequence

from archdsl.diagnostics import Diagnostic, Fix, Note
from archdsl.render.excerpt import excerpt, gutter
from archdsl.render.glyphs import plain
from archdsl.render.paint import Row, Style
from archdsl.render.patch import patch
from archdsl.render.places import clamp

_WIDTH = 140


def render(diagnostic: Diagnostic, *, color: bool = False, width: int = _WIDTH) -> str:
    """Render one diagnostic, ending in a newline; lines of source longer than `width` are shown in part."""
    if not diagnostic.source.text:
        diagnostic = _without_place(diagnostic)
    digits = _digits(diagnostic)
    rows = _header(diagnostic, digits)
    if diagnostic.labels:
        rows += excerpt(diagnostic.source, diagnostic.labels, diagnostic.severity, digits, width)
    helps = _helps(diagnostic)
    if diagnostic.notes or helps:
        rows.append(gutter(digits))
    for note, indent in _aligned(diagnostic.notes):
        rows += _note(note, indent, digits)
    for i, (title, fix) in enumerate(helps):
        if i and helps[i - 1][1]:
            rows.append(gutter(digits))
        rows.append(Row("help", "help").add(f": {plain(title)}"))
        if fix:
            rows += patch(diagnostic.source, fix, digits, width)
    return "".join(row.text(color) + "\n" for row in rows)


def render_all(diagnostics: Sequence[Diagnostic], *, color: bool = False, width: int = _WIDTH) -> str:
    """Render diagnostics, a blank line after each, and a closing line that counts them."""
    if not diagnostics:
        return ""
    texts = [render(diagnostic, color=color, width=width) for diagnostic in diagnostics]
    return "\n".join([*texts, _closing(diagnostics).text(color) + "\n"])


def _without_place(diagnostic: Diagnostic) -> Diagnostic:
    """In an empty (or unreadable) file there is nothing to point at: what the labels say becomes notes."""
    notes = tuple(Note("note", label.text) for label in diagnostic.labels if label.text)
    return diagnostic._replace(labels=(), notes=notes + diagnostic.notes)


def _header(diagnostic: Diagnostic, digits: int) -> list[Row]:
    source = diagnostic.source
    place = plain(source.path)
    if diagnostic.labels:
        line, column = source.position(clamp(source, diagnostic.span).start)
        place = f"{place}:{line}:{column}"
    title = Row(f"{diagnostic.severity}[{diagnostic.code}]", diagnostic.severity).add(
        f": {plain(diagnostic.message)}", "strong"
    )
    return [title, Row(" " * digits + "--> ", "gutter").add(place)]


def _digits(diagnostic: Diagnostic) -> int:
    source = diagnostic.source
    places = [label.span for label in diagnostic.labels]
    places += [edit.span for fix in diagnostic.fixes for edit in fix.edits]
    new_lines = max((edit.text.count("\n") for fix in diagnostic.fixes for edit in fix.edits), default=0)
    lines = [source.position(place)[0] for span in places for place in clamp(source, span)]
    return len(str(max(lines, default=1) + new_lines))


def _helps(diagnostic: Diagnostic) -> list[tuple[str, Fix | None]]:
    """Pair each line of help with the fix shown beneath it; a single fix stands under the general help."""
    fixes: list[tuple[str, Fix | None]] = [(fix.title, fix) for fix in diagnostic.fixes]
    if not diagnostic.help:
        return fixes
    return (
        [(diagnostic.help, fix) for _, fix in fixes] if len(fixes) == 1 else [(diagnostic.help, None), *fixes]
    )


def _aligned(notes: Sequence[Note]) -> list[tuple[Note, int]]:
    """Pair each note with the column of its text; facts that follow one another start in one column."""
    aligned: list[tuple[Note, int]] = []
    for i, note in enumerate(notes):
        first = last = i
        while note.kind != "note" and first and notes[first - 1].kind != "note":
            first -= 1
        while note.kind != "note" and last + 1 < len(notes) and notes[last + 1].kind != "note":
            last += 1
        aligned.append((note, max(len(other.kind) for other in notes[first : last + 1]) + 2))
    return aligned


def _note(note: Note, indent: int, digits: int) -> list[Row]:
    start = Row(" " * digits + " = ", "gutter").add(f"{note.kind}:".ljust(indent), "strong")
    first, *others = note.text.splitlines() or [""]
    margin = " " * (digits + 3 + indent)
    return [start.add(plain(first)), *(Row(margin + plain(line)) for line in others)]


def _closing(diagnostics: Sequence[Diagnostic]) -> Row:
    errors = [diagnostic for diagnostic in diagnostics if diagnostic.severity == "error"]
    severity: Style = "error" if errors else "warning"
    warnings = len(diagnostics) - len(errors)
    counts = " and ".join(
        f"{count} {noun}{'s' * (count != 1)}"
        for count, noun in ((len(errors), "error"), (warnings, "warning"))
        if count
    )
    paths = list(dict.fromkeys(diagnostic.source.path for diagnostic in diagnostics))
    where = plain(paths[0]) if len(paths) == 1 else f"{len(paths)} files"
    codes = {diagnostic.code for diagnostic in diagnostics}
    which = "it" if len(codes) == 1 else "one"
    code = (errors or diagnostics)[0].code
    return Row(severity, severity).add(
        f": {counts} in {where}; explain {which} with `archdsl explain {code}`", "strong"
    )
