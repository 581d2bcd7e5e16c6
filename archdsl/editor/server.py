"""The language server: requests of an editor -> features of the document they are about.

It is the only module that knows pygls. A document is analysed once for each of its versions.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcInvalidParams
from pygls.lsp.server import LanguageServer

from archdsl import __version__
from archdsl.editor import goto, outline, protocol
from archdsl.editor import rename as renaming
from archdsl.editor.completion import completions
from archdsl.editor.document import Document
from archdsl.editor.fixes import every_fix, fixes
from archdsl.editor.formatting import formatted
from archdsl.editor.hints import hints
from archdsl.editor.hover import hover
from archdsl.editor.opened import Opened
from archdsl.editor.preview import preview
from archdsl.editor.requests import EXPLAIN, PREVIEW
from archdsl.editor.tokens import tokens
from archdsl.explaining.texts import explain
from archdsl.source import Span

_PAUSE = 0.4  # seconds without a keystroke, after which errors are told from their first cause
_FORMS = {"latex": ".tex", "markdown": ".md", "arch": ".arch"}


class Server(LanguageServer):
    """Keeps the documents that an editor has open."""

    def __init__(self) -> None:
        super().__init__("archdsl", __version__, text_document_sync_kind=lsp.TextDocumentSyncKind.Full)
        self.opened: dict[str, Opened] = {}

    def open(self, uri: str) -> Opened:
        """Return the open document of a URI in its newest version."""
        text = self.workspace.get_text_document(uri)
        if uri not in self.opened:
            self.opened[uri] = Opened(_path(text.path or uri, text.language_id or ""))
        self.opened[uri].update(text.version, text.source)
        return self.opened[uri]

    def document(self, uri: str) -> Document:
        """Return the document of a URI, analysed."""
        return self.open(uri).document

    def offset(self, given: Any) -> tuple[Document, int]:
        """Return the document and the offset of a place in it."""
        document = self.document(given.text_document.uri)
        return document, document.offset(protocol.place_of(given.position))

    def tell(self, uri: str, document: Document) -> None:
        """Send the diagnostics of a document."""
        found = protocol.diagnostics(document, uri)
        version = self.opened[uri].version
        self.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri, found, version))

    def tell_thoroughly(self, uri: str, version: int | None) -> None:
        """Send them as `archdsl check` tells them, if the document is still in that version."""
        opened = self.opened.get(uri)
        if opened and opened.version == version:
            self.tell(uri, opened.full)


def _span(document: Document, given: lsp.Range) -> Span:
    start, end = (document.offset(protocol.place_of(one)) for one in (given.start, given.end))
    return Span(start, max(start, end))


def _path(path: str, language: str) -> str:
    """Name a document by its file; one that the editor gave a language, or that has no file yet, by that."""
    ending = _FORMS.get(language, "")
    return path if not ending or path.endswith(ending) else path + ending


def did_open(server: Server, given: lsp.DidOpenTextDocumentParams) -> None:
    """Tell what is wrong with a document that was opened."""
    opened = server.open(given.text_document.uri)
    server.tell(given.text_document.uri, opened.full if opened.waits else opened.document)


def did_change(server: Server, given: lsp.DidChangeTextDocumentParams) -> None:
    """Tell what is wrong with a document after an edit, and, when one stops typing, from which cause."""
    uri = given.text_document.uri
    opened = server.open(uri)
    server.tell(uri, opened.document)
    if opened.waits:
        asyncio.get_running_loop().call_later(_PAUSE, server.tell_thoroughly, uri, opened.version)


def did_close(server: Server, given: lsp.DidCloseTextDocumentParams) -> None:
    """Forget a document; its diagnostics go with it."""
    server.opened.pop(given.text_document.uri, None)
    server.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(given.text_document.uri, []))


def on_hover(server: Server, given: lsp.HoverParams) -> lsp.Hover | None:
    """Say what is known of a place."""
    document, offset = server.offset(given)
    found = hover(document, offset)
    return protocol.hover(document, found) if found else None


def inlay_hints(server: Server, given: lsp.InlayHintParams) -> list[lsp.InlayHint]:
    """Return the hints of the lines that are shown."""
    document = server.document(given.text_document.uri)
    found = hints(document, given.range.start.line, given.range.end.line)
    return [protocol.hint(document, one) for one in found]


def code_actions(server: Server, given: lsp.CodeActionParams) -> list[lsp.CodeAction]:
    """Return the fixes of a place, and the one that mends all."""
    uri, wanted = given.text_document.uri, given.context.only
    document = server.open(uri).told
    found = [protocol.quick_fix(document, uri, fix) for fix in fixes(document, _span(document, given.range))]
    if edits := every_fix(document):
        found.append(protocol.fix_all(document, uri, edits))
    return [one for one in found if not wanted or _is_kind(one, wanted)]


def _is_kind(action: lsp.CodeAction, wanted: Sequence[Any]) -> bool:
    """Return whether an action is of one of the kinds wanted, or of a finer one."""
    kind = _name(action.kind)
    return any(kind == one or kind.startswith(f"{one}.") for one in map(_name, wanted))


def _name(kind: Any) -> str:
    return str(getattr(kind, "value", kind))


def complete(server: Server, given: lsp.CompletionParams) -> lsp.CompletionList:
    """List the words that may stand at a place."""
    document, offset = server.offset(given)
    found = completions(document, offset)
    items = [protocol.completion(document, one, number) for number, one in enumerate(found)]
    return lsp.CompletionList(is_incomplete=False, items=items)


def definition(server: Server, given: lsp.DefinitionParams) -> lsp.Location | None:
    """Return the place where a name is defined."""
    document, offset = server.offset(given)
    target = goto.definition(document, offset)
    return protocol.location(document, given.text_document.uri, target) if target else None


def references(server: Server, given: lsp.ReferenceParams) -> list[lsp.Location]:
    """List the places of a name."""
    document, offset = server.offset(given)
    found = goto.references(document, offset, given.context.include_declaration)
    return [
        lsp.Location(given.text_document.uri, protocol.range_of(document.positions, one.span))
        for one in found
    ]


def highlights(server: Server, given: lsp.DocumentHighlightParams) -> list[lsp.DocumentHighlight]:
    """List the places of a name, to be marked."""
    document, offset = server.offset(given)
    kinds = lsp.DocumentHighlightKind
    return [
        lsp.DocumentHighlight(
            protocol.range_of(document.positions, one.span), kinds.Write if one.defines else kinds.Read
        )
        for one in goto.references(document, offset)
    ]


def prepare_rename(server: Server, given: lsp.PrepareRenameParams) -> lsp.Range | None:
    """Return the place of the name that would be changed."""
    document, offset = server.offset(given)
    span = renaming.renamed_place(document, offset)
    return protocol.range_of(document.positions, span) if span else None


def rename(server: Server, given: lsp.RenameParams) -> lsp.WorkspaceEdit:
    """Return a name another one everywhere."""
    document = server.open(given.text_document.uri).full
    offset = document.offset(protocol.place_of(given.position))
    try:
        found = renaming.rename(document, offset, given.new_name)
    except renaming.RenameError as fault:
        raise JsonRpcInvalidParams(str(fault)) from None
    return protocol.change(document, given.text_document.uri, found)


def document_symbols(server: Server, given: lsp.DocumentSymbolParams) -> list[lsp.DocumentSymbol]:
    """Return the outline."""
    document = server.document(given.text_document.uri)
    return [protocol.symbol(document, one) for one in outline.outline(document)]


def folding_ranges(server: Server, given: lsp.FoldingRangeParams) -> list[lsp.FoldingRange]:
    """Return what can be folded."""
    return [protocol.fold(one) for one in outline.folds(server.document(given.text_document.uri))]


def semantic_tokens(server: Server, given: lsp.SemanticTokensParams) -> lsp.SemanticTokens:
    """Return the colours of words."""
    document = server.document(given.text_document.uri)
    return protocol.semantic_tokens(document, tokens(document))


def formatting(server: Server, given: lsp.DocumentFormattingParams) -> list[lsp.TextEdit]:
    """Lay a spec out."""
    document = server.open(given.text_document.uri).full
    return protocol.edits(document, formatted(document))


def show_preview(server: Server, given: Any) -> dict[str, Any]:
    """Draw a network of a document."""
    said = (str(getattr(given, key, None) or "") for key in ("network", "level", "theme"))
    network, level, theme = said
    found = preview(server.document(given.uri), network, level or "auto", theme or "auto")
    return {**found._asdict(), "networks": list(found.networks)}


def show_explanation(server: Server, given: Any) -> str | None:
    """Return the page of a word or of a problem's code."""
    return explain(str(given.word))


_FEATURES: tuple[tuple[str, Callable[..., Any], Any], ...] = (
    (lsp.TEXT_DOCUMENT_DID_OPEN, did_open, None),
    (lsp.TEXT_DOCUMENT_DID_CHANGE, did_change, None),
    (lsp.TEXT_DOCUMENT_DID_CLOSE, did_close, None),
    (lsp.TEXT_DOCUMENT_HOVER, on_hover, None),
    (lsp.TEXT_DOCUMENT_INLAY_HINT, inlay_hints, None),
    (
        lsp.TEXT_DOCUMENT_CODE_ACTION,
        code_actions,
        lsp.CodeActionOptions([lsp.CodeActionKind.QuickFix, lsp.CodeActionKind.SourceFixAll]),
    ),
    (lsp.TEXT_DOCUMENT_COMPLETION, complete, lsp.CompletionOptions(trigger_characters=[" ", "=", ","])),
    (lsp.TEXT_DOCUMENT_DEFINITION, definition, None),
    (lsp.TEXT_DOCUMENT_REFERENCES, references, None),
    (lsp.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT, highlights, None),
    (lsp.TEXT_DOCUMENT_PREPARE_RENAME, prepare_rename, None),
    (lsp.TEXT_DOCUMENT_RENAME, rename, lsp.RenameOptions(prepare_provider=True)),
    (lsp.TEXT_DOCUMENT_DOCUMENT_SYMBOL, document_symbols, None),
    (lsp.TEXT_DOCUMENT_FOLDING_RANGE, folding_ranges, None),
    (lsp.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL, semantic_tokens, protocol.LEGEND),
    (lsp.TEXT_DOCUMENT_FORMATTING, formatting, None),
    (PREVIEW, show_preview, None),
    (EXPLAIN, show_explanation, None),
)


def make() -> Server:
    """Return a server with all features."""
    server = Server()
    for method, handler, options in _FEATURES:
        server.feature(method, options)(handler)
    return server


def serve(port: int | None = None) -> None:
    """Serve one editor, on standard input and output, or on a port of this machine."""
    if port is None:
        make().start_io()
    else:
        make().start_tcp("127.0.0.1", port)
