"""The figure of a network of a document as SVG; of a broken one its rows, with what is wrong in them."""

from typing import NamedTuple

from archdsl.editor.document import Document
from archdsl.figure.broken import broken
from archdsl.figure.draw import sketch_svg, svg
from archdsl.figure.engine import EngineMissingError, LayoutError
from archdsl.figure.levels import LEVELS, TooManyLayersError
from archdsl.figure.theme import THEMES


class Preview(NamedTuple):
    """A figure, the name of its network, and those of all; `why` says why there is no figure."""

    svg: str
    network: str
    networks: tuple[str, ...]
    why: str = ""


def preview(document: Document, name: str = "", level: str = "auto", theme: str = "auto") -> Preview:
    """Draw the network of a name, or the first one."""
    names = tuple(one.settings.name for one in document.compilation.compiled)
    if level not in LEVELS or theme not in THEMES:
        known = f"the levels are {', '.join(LEVELS)}, the themes {', '.join(THEMES)}"
        return Preview("", "", names, known)
    wanted = name if name in names else next(iter(names), "")
    try:
        drawn, of = _drawn(document, wanted, level, theme)
        return Preview(drawn, of, names, "" if drawn else "there is no table of a network here")
    except (EngineMissingError, LayoutError, TooManyLayersError) as fault:
        return Preview("", wanted, names, str(fault))


def _drawn(document: Document, name: str, level: str, theme: str) -> tuple[str, str]:
    sound = next((one for one in document.networks if one.name == name), None)
    if sound:
        return svg(sound, theme, level), name
    table = broken(document.compilation)
    if table:
        return sketch_svg(table.model, theme), table.name
    first = next(iter(document.networks), None)
    return (svg(first, theme, level), first.name) if first else ("", "")
