"""Diagnostics of what a macro stands for -> the same at the macro's use, with the place where it is
defined."""

from collections.abc import Iterator, Sequence

from archdsl.diagnostics import Diagnostic, Label
from archdsl.forms.latex.definitions import DEFINING
from archdsl.patterns import pattern
from archdsl.source import Source, Span

_DEFINED = pattern(rf"%[^\n]*|\\(?:{'|'.join(sorted(DEFINING))})\b\*?\s*\{{?\s*(\\[A-Za-z@]+)|\\.")
_USED = pattern(r"\\[A-Za-z@]+")


def with_definitions(source: Source, diagnostics: Sequence[Diagnostic]) -> Iterator[Diagnostic]:
    """Return the diagnostics; one fault of a definition is told at its first use alone."""
    defined: dict[str, Span] = {}
    for match in _DEFINED.finditer(source.clean):
        if match[1]:
            defined.setdefault(match[1], Span(*match.span(1)))
    seen: set[tuple[str, str, str]] = set()
    for diagnostic in diagnostics:
        use = _USED.match(source.clean, diagnostic.span.start)
        definition = defined.get(use[0]) if use else None
        if use is None or definition is None or definition.start == use.start():
            yield diagnostic
            continue
        key = (diagnostic.code, diagnostic.message, use[0])
        if key not in seen:
            seen.add(key)
            yield _at_use(diagnostic, Span(*use.span()), definition)


def _at_use(diagnostic: Diagnostic, use: Span, definition: Span) -> Diagnostic:
    labels = [label._replace(span=use) if label.primary else label for label in diagnostic.labels]
    told = Label(definition, "the macro is defined here")
    # What an edit would replace is the macro's use, not what it stands for.
    return diagnostic._replace(labels=(*labels, told), fixes=())
