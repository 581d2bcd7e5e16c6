"""The Graphviz of a browser, under the figures of this package.

It has no fonts and guesses how wide a text is. Boxes have their sizes from us already; here each piece of a
text gets a cell of its own as wide as it is, so that pieces stand where they stand in any other figure.
"""

import re
from collections.abc import Callable
from html import unescape
from itertools import accumulate, pairwise

from archdsl.figure.engine import LayoutError, lay_out_by
from archdsl.figure.metrics import text_width

_CELL = re.compile(
    r'<td fixedsize="true" width="(\d+)" height="(\d+)"(?![^>]*align=)[^>]*>'
    r"((?:<font [^>]*>(?:<b>)?[^<]*(?:</b>)?</font>)+)</td>"
)
_PIECE = re.compile(r'<font point-size="([\d.]+)"[^>]*>(<b>)?([^<]*)(?:</b>)?</font>')
_TABLE = '<table border="0" cellborder="0" cellpadding="0" cellspacing="0"><tr>{}</tr></table>'


def by_javascript(lay_out: Callable[[str], str]) -> None:
    """Have figures laid out by a function of JavaScript that gives the SVG of a DOT text."""

    def engine(dot: str, kind: str) -> bytes:
        if kind != "svg":
            raise LayoutError(f"the browser's Graphviz gives svg, not {kind}")
        try:
            return str(lay_out(in_cells(dot))).encode()
        except Exception as error:  # of JavaScript: there is no class to name outside of a browser
            told = f"Graphviz failed on this figure ({error}); draw level `stage` instead"
            raise LayoutError(told) from None

    lay_out_by(engine)


def in_cells(dot: str) -> str:
    """Return DOT text with each piece of centred text in a cell as wide as the piece."""
    return _CELL.sub(_divided, dot)


def _divided(match: re.Match[str]) -> str:
    width, height, pieces = int(match[1]), match[2], list(_PIECE.finditer(match[3]))
    if len(pieces) == 1 and "bgcolor" not in match[0].partition(">")[0]:
        return match[0]  # such a text stands in the middle of a column that may be wider
    ends = list(accumulate(map(_width, pieces), initial=max(0.0, (width - sum(map(_width, pieces))) / 2)))
    edges = [0, *map(round, ends), max(width, round(ends[-1]))]  # Graphviz would stretch what leaves room
    texts = ["", *(piece[0] for piece in pieces), ""]
    cells = [
        f'<td fixedsize="true" width="{end - start}" height="{height}" align="left">{text}</td>'
        for (start, end), text in zip(pairwise(edges), texts, strict=True)
        if end > start
    ]
    return match[0].replace(match[3], _TABLE.format("".join(cells)), 1)


def _width(piece: re.Match[str]) -> float:
    text = unescape(piece[3]).replace("\\\\", "\\")
    return text_width(text, float(piece[1]), bold=piece[2] is not None)
