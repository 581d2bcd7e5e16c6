"""The language server end to end: started as editors start it, spoken to over its standard streams."""

import asyncio
import sys
from pathlib import Path

import pytest

pytest.importorskip("pygls", reason="the language server needs pygls: pip install 'archdsl[editor]'")
pytest_lsp = pytest.importorskip(
    "pytest_lsp", reason="pytest-lsp is not installed: pip install 'archdsl[dev]'"
)

from lsprotocol import types as lsp  # noqa: E402

ROOT = Path(__file__).parent.parent
URI = "file:///project/net.arch"
SPEC = """\
# 😀 a spec
input 32x32x3
style resnet
conv1 32x32 3x3, 64
conv2 9x9 [3x3, 64; 3×3, 64] x2
"""
SOUND = SPEC.replace("9x9", "16x16")


@pytest_lsp.fixture(
    config=pytest_lsp.ClientServerConfig(server_command=[sys.executable, "-m", "archdsl", "lsp", "--stdio"])
)
async def client(lsp_client: pytest_lsp.LanguageClient):  # type: ignore[no-untyped-def]
    """Start the server, say hello, and end it."""
    await lsp_client.initialize_session(
        lsp.InitializeParams(
            capabilities=pytest_lsp.client_capabilities("visual-studio-code"), root_uri=ROOT.as_uri()
        )
    )
    yield
    await lsp_client.shutdown_session()


async def opened(client, text: str = SPEC, uri: str = URI, language: str = "arch"):  # type: ignore[no-untyped-def]
    """Open a document and wait for what is told of it."""
    client.text_document_did_open(
        lsp.DidOpenTextDocumentParams(
            lsp.TextDocumentItem(uri=uri, language_id=language, version=1, text=text)
        )
    )
    await client.wait_for_notification(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    return client.diagnostics[uri]


def document(uri: str = URI) -> lsp.TextDocumentIdentifier:
    return lsp.TextDocumentIdentifier(uri)


def place(line: int, character: int) -> lsp.Position:
    return lsp.Position(line, character)


@pytest.mark.asyncio
async def test_diagnostics_as_one_types(client) -> None:  # type: ignore[no-untyped-def]
    (one,) = await opened(client)
    assert (one.code, one.source, one.severity) == ("E0302", "archdsl", lsp.DiagnosticSeverity.Error)
    assert one.range == lsp.Range(place(4, 6), place(4, 9))
    change = lsp.TextDocumentContentChangeWholeDocument(SOUND)
    client.text_document_did_change(
        lsp.DidChangeTextDocumentParams(lsp.VersionedTextDocumentIdentifier(2, URI), [change])
    )
    await client.wait_for_notification(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    assert list(client.diagnostics[URI]) == []


@pytest.mark.asyncio
async def test_positions_behind_astral_characters(client) -> None:  # type: ignore[no-untyped-def]
    text = "input 32x32x3\nstyle resnet\n😀×1 32x32 3x3, 64, rellu\n"
    (one,) = await opened(client, text)
    line = text.split("\n")[2]
    column = len(line[: line.index("rellu")].encode("utf-16-le")) // 2
    assert one.range.start == place(2, column)


@pytest.mark.asyncio
async def test_slips_are_told_when_one_stops_typing(client) -> None:  # type: ignore[no-untyped-def]
    await opened(client, SOUND)
    change = lsp.TextDocumentContentChangeWholeDocument(SOUND.replace("conv2 16x16", "conv2 3x32"))
    client.text_document_did_change(
        lsp.DidChangeTextDocumentParams(lsp.VersionedTextDocumentIdentifier(2, URI), [change])
    )
    await client.wait_for_notification(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    assert [one.code for one in client.diagnostics[URI]] == ["E0302"]
    for _ in range(40):
        if any("comma" in one.message for one in client.diagnostics[URI]):
            break
        await asyncio.sleep(0.1)
    assert any("comma" in one.message for one in client.diagnostics[URI])


@pytest.mark.asyncio
async def test_quick_fixes(client) -> None:  # type: ignore[no-untyped-def]
    (one,) = await opened(client)
    found = await client.text_document_code_action_async(
        lsp.CodeActionParams(document(), one.range, lsp.CodeActionContext([one]))
    )
    fixes = [action for action in found if action.kind == lsp.CodeActionKind.QuickFix]
    (edit,) = fixes[0].edit.changes[URI]
    assert edit == lsp.TextEdit(one.range, "16x16")
    only = lsp.CodeActionContext([], only=[lsp.CodeActionKind.SourceFixAll])
    found = await client.text_document_code_action_async(lsp.CodeActionParams(document(), one.range, only))
    assert all(action.kind == lsp.CodeActionKind.SourceFixAll for action in found)


@pytest.mark.asyncio
async def test_hover_and_hints(client) -> None:  # type: ignore[no-untyped-def]
    assert list(await opened(client, SOUND)) == []
    found = await client.text_document_hover_async(lsp.HoverParams(document(), place(4, 2)))
    assert "16×16×64" in found.contents.value
    whole = lsp.Range(place(0, 0), place(9, 0))
    hints = await client.text_document_inlay_hint_async(lsp.InlayHintParams(document(), whole))
    lines = SOUND.split("\n")
    assert [(hint.position.line, hint.position.character) for hint in hints] == [
        (3, len(lines[3])),
        (4, len(lines[4])),
    ]
    assert hints[0].label.startswith("→ 32×32×64")


@pytest.mark.asyncio
async def test_completion(client) -> None:  # type: ignore[no-untyped-def]
    await opened(client, "style res")
    found = await client.text_document_completion_async(lsp.CompletionParams(document(), place(0, 9)))
    one = next(item for item in found.items if item.label == "resnet")
    assert one.text_edit == lsp.TextEdit(lsp.Range(place(0, 6), place(0, 9)), "resnet")


@pytest.mark.asyncio
async def test_names(client) -> None:  # type: ignore[no-untyped-def]
    text = "input 8x8x3\na 8x8 3x3, 4\nb 8x8 3x3, 4; add a\n"
    await opened(client, text)
    use = place(2, 18)
    target = await client.text_document_definition_async(lsp.DefinitionParams(document(), use))
    assert target == lsp.Location(URI, lsp.Range(place(1, 0), place(1, 1)))
    places = await client.text_document_references_async(
        lsp.ReferenceParams(lsp.ReferenceContext(include_declaration=True), document(), use)
    )
    assert len(places) == 2
    marks = await client.text_document_document_highlight_async(lsp.DocumentHighlightParams(document(), use))
    assert len(marks) == 2
    ready = await client.text_document_prepare_rename_async(lsp.PrepareRenameParams(document(), use))
    assert ready == lsp.Range(place(2, 18), place(2, 19))
    renamed = await client.text_document_rename_async(
        lsp.RenameParams(position=use, new_name="first", text_document=document())
    )
    assert [edit.new_text for edit in renamed.changes[URI]] == ["first", "first"]
    with pytest.raises(Exception, match="another row is called"):
        await client.text_document_rename_async(
            lsp.RenameParams(position=use, new_name="b", text_document=document())
        )


@pytest.mark.asyncio
async def test_the_rest(client) -> None:  # type: ignore[no-untyped-def]
    await opened(client, SOUND)
    symbols = await client.text_document_document_symbol_async(lsp.DocumentSymbolParams(document()))
    assert [one.name for one in symbols[0].children] == ["conv1", "conv2"]
    tokens = await client.text_document_semantic_tokens_full_async(lsp.SemanticTokensParams(document()))
    assert len(tokens.data) % 5 == 0
    assert list(tokens.data[:3]) == [0, 0, len("# 😀 a spec") + 1]
    folds = await client.text_document_folding_range_async(lsp.FoldingRangeParams(document()))
    assert list(folds) == []
    edits = await client.text_document_formatting_async(
        lsp.DocumentFormattingParams(document(), lsp.FormattingOptions(tab_size=4, insert_spaces=True))
    )
    assert edits
    drawn = await client.protocol.send_request_async("archdsl/preview", {"uri": URI})
    assert drawn.svg.startswith("<svg")
    assert list(drawn.networks) == ["net"]
    page = await client.protocol.send_request_async("archdsl/explain", {"word": "E0302"})
    assert "no stride" in page


@pytest.mark.asyncio
async def test_documents(client) -> None:  # type: ignore[no-untyped-def]
    text = "<!-- archdsl: input 8x8x3 -->\n\n| layer | output | structure |\n|---|---|---|\n| a | 9x9 | 3x3, 4 |\n"
    (one,) = await opened(client, text, "file:///project/README.md", "markdown")
    assert one.range == lsp.Range(place(4, 6), place(4, 9))
    assert not await opened(client, "# Prose\n", "file:///project/other.md", "markdown")
