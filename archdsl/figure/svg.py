"""Graphviz' SVG -> the SVG that is handed out: titles, tooltips, text that fits in any font, a style for
`auto`."""

import re
from hashlib import sha256
from html import escape, unescape

from archdsl.figure.metrics import text_width
from archdsl.figure.theme import CLASS, FONT, auto_style

_FAMILIES = f"{FONT},Helvetica,Arial,sans-serif"
_HEAD = re.compile(r"(<svg [^>]*)>")
_COMMENT = re.compile(r"<!--.*?-->\n?", re.DOTALL)
_EDGE_TITLE = re.compile(r'(<g id="edge\d+" class="edge">\n)<title>.*?</title>\n')
_GRAPH_TITLE = re.compile(r'(<g id="graph0" [^>]*>\n)<title>.*?</title>\n')
_TOOLTIP = re.compile(
    r'<title>[^<]*</title>\n<g id="a_[^"]*"><a xlink:title="([^"]*)">\n(.*?)</a>\n</g>\n', re.DOTALL
)
_ID = re.compile(r'(<(?:g|a|svg|path|clipPath) id=")')
_TEXT = re.compile(r'<text ([^>]*)font-size="([\d.]+)"([^>]*)>([^<]*)</text>')


def finish(svg: str, title: str, description: str, theme: str) -> str:
    """Make Graphviz' output self-contained: named for screen readers, with tooltips, without links or
    comments, and with ids of its own, so that several figures can stand on one page."""
    own = f"f{sha256(svg.encode()).hexdigest()[:8]}-"
    svg = _COMMENT.sub("", svg)
    svg = _EDGE_TITLE.sub(r"\1", _GRAPH_TITLE.sub(r"\1", svg))
    svg = _TOOLTIP.sub(r"<title>\1</title>\n\2", svg)
    svg = _TEXT.sub(_fit, svg).replace(f'font-family="{FONT}"', f'font-family="{_FAMILIES}"')
    svg = _ID.sub(rf"\1{own}", svg)
    style = f"<style>{auto_style()}</style>\n" if theme == "auto" else ""
    names = f"\n<title>{escape(title)}</title>\n<desc>{escape(description)}</desc>\n{style}"
    return _HEAD.sub(
        lambda match: f'{match[1]} class="{CLASS}" role="img">{names}'.rstrip("\n"), svg, count=1
    )


def _fit(match: re.Match[str]) -> str:
    """Return the width that was reserved for a text, so that a reader's other font is set in the same
    width."""
    before, size, after, text = match.groups()
    bold = "bold" in before + after
    width = text_width(unescape(text), float(size), bold=bold)
    return (
        f'<text {before}font-size="{size}" textLength="{width:.1f}" '
        f'lengthAdjust="spacingAndGlyphs"{after}>{text}</text>'
    )
