"""Settings lines that are read by rules of their own -> AST: parameters and variants."""

from archdsl.light import TYPE_CHECKING
from archdsl.patterns import pattern
from archdsl.problems import preamble
from archdsl.syntax.ast import Parameter, Setting, Variant
from archdsl.text.grid import COMMA, GridSetting

if TYPE_CHECKING:
    from archdsl.syntax.parse import TableParser

_PARAM = pattern(r"\s*([^\W\d]\w*)\s*(?:[=:]\s*)?")
_VARIANT = pattern(r"\s*([^:=,]+?)(?:\s+of\s+([^:=,]+?))?\s*(?::\s*|$)")
_ASSIGNED = pattern(r"\s*([A-Za-z_][\w-]*)\s*(?:[=:]\s*|\s)")


def parameter(parser: "TableParser", setting: GridSetting) -> Parameter | None:
    """Parse `param NAME = VALUE`."""
    cell = setting.value
    match = _PARAM.match(cell.text)
    if not match or not cell.text[match.end() :].strip():
        parser.reporter.add(
            preamble.bad_setting_line(
                parser.source, setting.key.span, "param", "a name and a value, like `param n = 3`"
            )
        )
        return None
    value = parser.cell("expression", cell.part(match.end(), len(cell.text)))
    return None if value is None else Parameter(match[1], value, cell.place(match.start(1), match.end(1)))


def variant(parser: "TableParser", setting: GridSetting) -> Variant | None:
    """Parse `variant NAME: key=value, …` or `variant NAME of ANOTHER: …`."""
    match = _VARIANT.match(setting.value.text)
    if not match:
        parser.reporter.add(
            preamble.bad_setting_line(
                parser.source,
                setting.key.span,
                "variant",
                "a name and settings, like `variant b1: k=10, depth 28`",
            )
        )
        return None
    settings: list[Setting] = []
    at = match.end()
    for text in COMMA.split(setting.value.text[match.end() :]):
        one = _ASSIGNED.match(text)
        cell = setting.value.part(at, at + len(text))
        at += len(text) + 1
        if one and text[one.end() :].strip():
            value = cell.part(one.end(), len(text))
            settings.append(
                Setting(one[1], value.text.strip(), cell.place(one.start(1), one.end(1)), value.span)
            )
        elif text.strip():
            parser.reporter.add(
                preamble.bad_setting_line(parser.source, cell.span, text.strip(), "`key=value`")
            )
    return Variant(
        match[1], tuple(settings), setting.value.place(match.start(1), match.end(1)), match[2] or ""
    )
