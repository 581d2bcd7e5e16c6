"""What features give -> the types of the Language Server Protocol."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from lsprotocol import types as lsp

from archdsl.diagnostics import Edit
from archdsl.editor.completion import Completion
from archdsl.editor.document import Document
from archdsl.editor.fixes import QuickFix
from archdsl.editor.goto import Target
from archdsl.editor.hints import Hint
from archdsl.editor.hover import Hover
from archdsl.editor.outline import Fold, Symbol
from archdsl.editor.positions import Position, Positions
from archdsl.editor.telling import Told, told
from archdsl.editor.tokens import TYPES, Token
from archdsl.source import Span

LEGEND = lsp.SemanticTokensLegend(token_types=list(TYPES), token_modifiers=[])
_SEVERITY = {"error": lsp.DiagnosticSeverity.Error, "warning": lsp.DiagnosticSeverity.Warning}
_SYMBOLS = {
    "table": lsp.SymbolKind.Class,
    "block": lsp.SymbolKind.Function,
    "parameter": lsp.SymbolKind.Constant,
    "row": lsp.SymbolKind.Field,
}
_COMPLETIONS = {
    "setting": lsp.CompletionItemKind.Property,
    "value": lsp.CompletionItemKind.EnumMember,
    "style": lsp.CompletionItemKind.Module,
    "layer": lsp.CompletionItemKind.Function,
    "block": lsp.CompletionItemKind.Class,
    "option": lsp.CompletionItemKind.Field,
    "parameter": lsp.CompletionItemKind.Constant,
    "row": lsp.CompletionItemKind.Variable,
    "step": lsp.CompletionItemKind.Variable,
    "keyword": lsp.CompletionItemKind.Keyword,
}


def position(place: Position) -> lsp.Position:
    """Return a position."""
    return lsp.Position(place.line, place.character)


def place_of(given: lsp.Position) -> Position:
    """Take a position."""
    return Position(given.line, given.character)


def range_of(positions: Positions, span: Span) -> lsp.Range:
    """Return the range of a span."""
    start, end = positions.range(span)
    return lsp.Range(position(start), position(end))


def diagnostics(document: Document, uri: str) -> list[lsp.Diagnostic]:
    """Return all diagnostics of a document."""
    return [diagnostic(document, uri, one) for one in told(document)]


def diagnostic(document: Document, uri: str, one: Told) -> lsp.Diagnostic:
    """Return a diagnostic; its further places are related information."""
    related = [
        lsp.DiagnosticRelatedInformation(lsp.Location(uri, range_of(document.positions, span)), text)
        for span, text in one.related
    ]
    return lsp.Diagnostic(
        range_of(document.positions, one.span),
        one.text,
        severity=_SEVERITY[one.severity],
        code=one.code,
        source="archdsl",
        related_information=related or None,
    )


def edits(document: Document, found: Iterable[Edit]) -> list[lsp.TextEdit]:
    """Return edits of a document."""
    return [lsp.TextEdit(range_of(document.positions, edit.span), edit.text) for edit in found]


def change(document: Document, uri: str, found: Iterable[Edit]) -> lsp.WorkspaceEdit:
    """Return edits of a document as one change."""
    return lsp.WorkspaceEdit(changes={uri: edits(document, found)})


def quick_fix(document: Document, uri: str, fix: QuickFix) -> lsp.CodeAction:
    """Return a quick fix with the diagnostic that it mends."""
    return lsp.CodeAction(
        fix.title,
        kind=lsp.CodeActionKind.QuickFix,
        diagnostics=[diagnostic(document, uri, fix.fault)],
        is_preferred=fix.only,
        edit=change(document, uri, fix.edits),
    )


def fix_all(document: Document, uri: str, found: Sequence[Edit]) -> lsp.CodeAction:
    """Return the action that mends all that has one fix only."""
    title = "Fix all problems that have one fix"
    return lsp.CodeAction(title, kind=lsp.CodeActionKind.SourceFixAll, edit=change(document, uri, found))


def hint(document: Document, one: Hint) -> lsp.InlayHint:
    """Return an inlay hint."""
    return lsp.InlayHint(
        position(document.positions.at(one.offset)),
        one.text,
        padding_left=True,
        tooltip=markdown(one.tooltip),
    )


def markdown(text: str) -> lsp.MarkupContent:
    """Return a text in Markdown."""
    return lsp.MarkupContent(lsp.MarkupKind.Markdown, text)


def hover(document: Document, one: Hover) -> lsp.Hover:
    """Return a hover."""
    return lsp.Hover(markdown(one.text), range_of(document.positions, one.span))


def completion(document: Document, one: Completion, number: int) -> lsp.CompletionItem:
    """Return a completion; the editor keeps the order of the `number`s."""
    return lsp.CompletionItem(
        one.label,
        kind=_COMPLETIONS[one.kind],
        detail=one.detail,
        sort_text=f"{number:04}",
        filter_text=one.label,
        text_edit=lsp.TextEdit(range_of(document.positions, one.span), one.text),
    )


def symbol(document: Document, one: Symbol) -> lsp.DocumentSymbol:
    """Return a part of the outline."""
    return lsp.DocumentSymbol(
        one.name or "table",
        _SYMBOLS[one.kind],
        range_of(document.positions, one.span),
        range_of(document.positions, one.name_span),
        detail=one.detail,
        children=[symbol(document, child) for child in one.children],
    )


def fold(one: Fold) -> lsp.FoldingRange:
    """Return lines that can be folded."""
    return lsp.FoldingRange(one.first, one.last, kind=lsp.FoldingRangeKind(one.kind))


def location(document: Document, uri: str, target: Target) -> lsp.Location:
    """Return the place of a definition, in the document or in a file of the library."""
    if target.source is document.source:
        return lsp.Location(uri, range_of(document.positions, target.span))
    other = Path(target.source.path).as_uri()
    return lsp.Location(other, range_of(Positions(target.source), target.span))


def semantic_tokens(document: Document, found: Iterable[Token]) -> lsp.SemanticTokens:
    """Return tokens as the protocol packs them: five numbers each, places relative to the token before."""
    data: list[int] = []
    line = character = 0
    for token in found:
        start, end = document.positions.range(token.span)
        data += [
            start.line - line,
            start.character - (character if start.line == line else 0),
            end.character - start.character,
            TYPES.index(token.kind),
            0,
        ]
        line, character = start
    return lsp.SemanticTokens(data)
