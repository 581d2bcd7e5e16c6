"""Diagnostics -> one line each: `file:line:column: error[E0301] message`."""

from collections.abc import Sequence

from archdsl.diagnostics import Diagnostic
from archdsl.render.glyphs import plain
from archdsl.render.places import place


def render(diagnostic: Diagnostic) -> str:
    """Render one diagnostic as a line that editors and `grep` understand."""
    start = place(diagnostic.source, diagnostic.span)["start"]
    where = f"{plain(diagnostic.source.path)}:{start['line']}:{start['column']}"
    return f"{where}: {diagnostic.severity}[{diagnostic.code}] {plain(diagnostic.message)}\n"


def render_all(diagnostics: Sequence[Diagnostic]) -> str:
    """Render diagnostics, a line each."""
    return "".join(map(render, diagnostics))
