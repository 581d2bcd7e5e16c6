"""Diagnostics -> workflow commands, which GitHub Actions shows at the lines of a pull request."""

from collections.abc import Sequence

from archdsl.diagnostics import Diagnostic
from archdsl.render.glyphs import plain
from archdsl.render.places import place


def render(diagnostic: Diagnostic) -> str:
    """Render one diagnostic as an `::error` or `::warning` command; notes and help are further lines of its
    message."""
    where = place(diagnostic.source, diagnostic.span)
    properties = {
        "file": diagnostic.source.path,
        "line": where["start"]["line"],
        "col": where["start"]["column"],
        "endLine": where["end"]["line"],
        "endColumn": where["end"]["column"],
        "title": diagnostic.code,
    }
    listed = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    return f"::{diagnostic.severity} {listed}::{_message(_lines(diagnostic))}\n"


def render_all(diagnostics: Sequence[Diagnostic]) -> str:
    """Render diagnostics, a command each."""
    return "".join(map(render, diagnostics))


def _lines(diagnostic: Diagnostic) -> str:
    notes = [f"{note.kind}: {note.text}" for note in diagnostic.notes]
    helps = [
        f"help: {text}"
        for text in dict.fromkeys([diagnostic.help, *(fix.title for fix in diagnostic.fixes)])
        if text
    ]
    texts = [line for text in (diagnostic.message, *notes, *helps) for line in text.splitlines()]
    return "\n".join(map(plain, texts))


def _message(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(plain(text)).replace(":", "%3A").replace(",", "%2C")
