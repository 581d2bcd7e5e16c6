"""`archdsl mcp`: the tools as a server of the Model Context Protocol; the only module that knows its SDK."""

import base64
from typing import Annotated, Any, Literal

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError as Refused
from mcp_types import ImageContent, TextContent, ToolAnnotations
from pydantic import Field

from archdsl import __version__
from archdsl.assistant import tools
from archdsl.resolve.settings import Overrides

INSTRUCTIONS = """archdsl reads architecture tables of neural networks as papers print them, and checks them.
Begin with `check`; a size that does not fit comes with its fix. A native spec is settings, then a row per
stage:

input 32x32x3
classes 10
style resnet
conv1  32x32  3x3, 16
conv2  16x16  [3x3, 32; 3x3, 32] x3
head   1x1    average pool, 10-d fc, softmax

`explain` without a word lists styles, settings, layers, blocks and problems."""
_READS = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)

Text = Annotated[str, Field(description="the text that holds the table", max_length=tools.MAX_TEXT)]
Form = Annotated[
    Literal["native", "markdown", "latex", "html", "csv", "rst", "text"],
    Field(description="the form of the text; `native` is archdsl's own"),
]
Network = Annotated[str, Field(description="the network to use, if the text has several", max_length=200)]
Input = Annotated[
    str, Field(description="the input, like 224x224x3, if the table does not give it", max_length=60)
]
Style = Annotated[str, Field(description="the style (resnet, mobilenet-v2, …) for reading it", max_length=60)]


def check(text: Text, form: Form = "native", input: Input = "", style: Style = "") -> dict[str, Any]:
    """Check a table: every declared size, what it leaves open, printed counts. Gives diagnostics with
    places and fixes, and parameters, multiply-adds and shapes per row."""
    return _answered(lambda: tools.check(text, form, _given(input, style)))  # type: ignore[no-any-return]


def count(
    text: Text, form: Form = "native", network: Network = "", input: Input = "", style: Style = ""
) -> str:
    """Count a network: parameters, multiply-adds, depth and shape of each row, and what was inferred and
    why."""
    return _answered(lambda: tools.count(text, form, network, _given(input, style)))  # type: ignore[no-any-return]


def draw(
    text: Text,
    form: Form = "native",
    network: Network = "",
    format: Literal["svg", "png"] = "svg",
    level: Literal["auto", "stage", "block", "layer", "paper"] = "auto",
    theme: Literal["light", "dark"] = "light",
    input: Input = "",
    style: Style = "",
) -> ImageContent | TextContent:
    """Draw a network, as an SVG text or a PNG picture."""
    given = _given(input, style)
    data = _answered(lambda: tools.draw(text, form, network, format, level, theme, given))
    if format == "svg":
        return TextContent(type="text", text=data.decode())
    return ImageContent(type="image", data=base64.b64encode(data).decode(), mime_type="image/png")


def explain(word: Annotated[str, Field(description="what to explain", max_length=100)] = "") -> str:
    """Explain a problem's code (E0302), a style, a setting, a layer or a block; without a word, list them."""
    return _answered(lambda: tools.explain(word))  # type: ignore[no-any-return]


def _given(input: str, style: str) -> Overrides:
    return Overrides(input=input or None, style=style or None)


def _answered(tool: Any) -> Any:
    """Return what a tool gives; what it refuses is told as an error of the protocol."""
    try:
        return tool()
    except tools.ToolError as fault:
        raise Refused(str(fault)) from None


def make() -> MCPServer:
    """Return a server with all tools."""
    server = MCPServer("archdsl", instructions=INSTRUCTIONS, version=__version__)
    for tool in (check, count, explain):
        server.add_tool(tool, annotations=_READS)
    server.add_tool(draw, annotations=_READS, structured_output=False)
    return server


def serve() -> None:
    """Serve one assistant on standard input and output."""
    make().run("stdio")
