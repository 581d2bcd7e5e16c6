"""The tools of an assistant, alone and through the client of the official SDK."""

import asyncio
import base64
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from archdsl.assistant import tools
from archdsl.resolve.settings import Overrides

ROOT = Path(__file__).parent.parent
SPEC = "input 32x32x3\nstyle resnet\nconv1 32x32 3x3, 64\nconv2 16x16 [3x3, 64; 3x3, 64] x2\n"
BROKEN = SPEC.replace("16x16", "9x9")
NONE = Overrides()


def test_check() -> None:
    found = tools.check(SPEC, "native", NONE)
    assert found["summary"] == {"errors": 0, "warnings": 0}
    assert found["networks"][0]["params"]["trainable"] > 0
    broken = tools.check(BROKEN, "native", NONE)
    assert broken["diagnostics"][0]["code"] == "E0302"
    assert broken["diagnostics"][0]["fixes"]
    assert "no stride gives that" in broken["text"]


def test_check_of_documents_and_what_is_given() -> None:
    table = "| layer | output | structure |\n|---|---|---|\n| conv1 | 16x16 | 3x3, 16 |\n"
    found = tools.check(table, "markdown", Overrides(input="32x32x3"))
    assert found["networks"][0]["stages"][0]["computed"] == [16, 16, 16]


def test_count_and_draw() -> None:
    assert "trainable" in tools.count(SPEC, "native", "", NONE)
    assert (
        tools.draw(SPEC, "native", "", "svg", "auto", "light", NONE)
        .lstrip()
        .startswith((b"<?xml", b"<svg", b"<!DOC"))
    )
    assert tools.draw(SPEC, "native", "", "png", "auto", "light", NONE).startswith(b"\x89PNG")


def test_explain() -> None:
    assert "no stride" in tools.explain("E0302")
    assert "problems:" in tools.explain("")


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: tools.check("a" * (tools.MAX_TEXT + 1), "native", NONE), "characters"),
        (lambda: tools.check(SPEC, "docx", NONE), "unknown form"),
        (lambda: tools.count(BROKEN, "native", "", NONE), "E0302"),
        (lambda: tools.count(SPEC, "native", "other", NONE), "other"),
        (lambda: tools.draw(SPEC, "native", "", "pdf", "auto", "light", NONE), "unknown format"),
        (lambda: tools.draw(SPEC, "native", "", "svg", "all", "light", NONE), "unknown level"),
        (lambda: tools.explain("nonsense"), "nothing is called"),
    ],
)
def test_what_is_refused(call: Any, said: str) -> None:
    with pytest.raises(tools.ToolError, match=said):
        call()


def test_no_file_is_read(tmp_path: Path) -> None:
    own = tmp_path / "own.arch"
    own.write_text("input 8x8x3\nblock secret(c)\n    3x3, c\na 8x8 secret(4)\n", encoding="utf-8")
    with pytest.raises(tools.ToolError):
        tools.explain(f"{own}#secret")
    assert tools.check(str(own), "native", NONE)["networks"] == []


def asked(name: str, arguments: dict[str, Any]) -> Any:
    """Start the server as assistants do, and call a tool."""
    mcp = pytest.importorskip("mcp", reason="the tools need the SDK: pip install 'archdsl[mcp]'")

    async def call() -> Any:
        server = mcp.StdioServerParameters(
            command=sys.executable, args=["-m", "archdsl", "mcp"], cwd=str(ROOT)
        )
        async with mcp.Client(mcp.stdio_client(server)) as client:
            known = await client.list_tools()
            assert [tool.name for tool in known.tools] == ["check", "count", "explain", "draw"]
            return await client.call_tool(name, arguments)

    return asyncio.run(asyncio.wait_for(call(), 60))


def test_the_server_over_its_streams() -> None:
    found = asked("check", {"text": BROKEN})
    assert not found.is_error
    assert json.loads(found.content[0].text)["diagnostics"][0]["code"] == "E0302"


def within(calls: list[tuple[str, dict[str, Any]]]) -> list[Any]:
    """Call tools of a server in this process."""
    mcp = pytest.importorskip("mcp", reason="the tools need the SDK: pip install 'archdsl[mcp]'")
    from archdsl.assistant.server import make

    async def run() -> list[Any]:
        async with mcp.Client(make()) as client:
            return [await client.call_tool(name, arguments) for name, arguments in calls]

    return asyncio.run(run())


def test_tools_through_the_client() -> None:
    counted, drawn, picture, explained = within(
        [
            ("count", {"text": SPEC}),
            ("draw", {"text": SPEC, "level": "stage"}),
            ("draw", {"text": SPEC, "format": "png"}),
            ("explain", {"word": "resnet"}),
        ]
    )
    assert "trainable" in counted.content[0].text
    assert "<svg" in drawn.content[0].text
    assert picture.content[0].mime_type == "image/png"
    assert base64.b64decode(picture.content[0].data).startswith(b"\x89PNG")
    assert "norm" in explained.content[0].text


def test_refusals_through_the_client() -> None:
    broken, long, unknown = within(
        [
            ("count", {"text": BROKEN}),
            ("check", {"text": "a" * (tools.MAX_TEXT + 1)}),
            ("draw", {"text": SPEC, "format": "exe"}),
        ]
    )
    assert broken.is_error
    assert "E0302" in broken.content[0].text
    assert long.is_error
    assert unknown.is_error
