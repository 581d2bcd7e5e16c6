"""Paper -> DOT text: a strip of glyphs on one rank (or several, where it is long), the insets below it, a few
to a row."""

from collections.abc import Sequence
from itertools import pairwise
from math import ceil

from archdsl.figure import labels
from archdsl.figure.dot import Writer
from archdsl.figure.labels import POINTS, quoted
from archdsl.figure.parts import Paper

_GAP = 30  # what stands around the highest glyph
_IN_A_ROW = 3
_PAD = 0.3  # inches around a figure
_PAGE = 1100.0  # the width at which a strip goes on below


def write_paper(model: Paper, theme: str = "light", *, headed: bool = True, tagged: bool = False) -> str:
    """Write the figure of a paper as DOT; `headed` and `tagged` are as of `dot.write`."""
    writer = Writer(theme, headed=headed, tagged=tagged)
    writer.begin(model)
    writer.lines.append(f'  graph [nodesep={_spread(model):.2f} pad="{_margin(model):.2f},0.3"]')
    above = ""
    names: list[str] = []
    for low, high in pairwise([0, *_breaks(model), len(model.glyphs)]):
        band = _band(writer, model, low, high)
        middle = band[len(band) // 2]
        if above:
            writer.link("  ", above, middle, ["style=invis weight=1"])
        above = middle
        names += band
    _over(writer, model, names)
    rows = [model.insets[at : at + _IN_A_ROW] for at in range(0, len(model.insets), _IN_A_ROW)]
    for row in rows:
        ends = [writer.inset(group) for group in row]
        for entry, _ in ends:
            writer.link("  ", above, entry, ["style=invis weight=1"])
        above = ends[len(ends) // 2][1]
    writer.lines.append("}")
    return writer.text()


def _breaks(model: Paper) -> list[int]:
    """Choose the glyphs that begin another band, where the strip is wider than a page: no edge but the
    strip's leads there."""
    spread = _spread(model) * POINTS
    widths = [
        glyph.width + spread * (1 + bool(stride))
        for glyph, stride in zip(model.glyphs, model.strides, strict=True)
    ]
    free = [
        at
        for at in range(2, len(widths) - 1)
        if at not in model.loose and not any(low < at <= high for low, high in model.far)
    ]
    bands = ceil(sum(widths) / _PAGE)
    limit = sum(widths) / bands
    while len(breaks := _filled(widths, free, limit)) >= bands:
        limit *= 1.03
    widest = max(sum(widths[low:high]) for low, high in pairwise([0, *breaks, len(widths)]))
    return breaks if widest < 0.8 * sum(widths) else []


def _filled(widths: Sequence[float], free: Sequence[int], limit: float) -> list[int]:
    """Fill each band up to a width before the next one is begun."""
    breaks: list[int] = []
    start = 0
    for at, following in pairwise([*free, len(widths)]):
        if sum(widths[start:following]) > limit:
            breaks.append(at)
            start = at
    return breaks


def _band(writer: Writer, model: Paper, low: int, high: int) -> list[str]:
    """Write some glyphs on one rank, between numbered circles where the strip goes on below.

    Their nodes are as wide as the boxes, so that lines reach those, and texts stand out of them.
    """
    c = writer.colours
    names = []
    for glyph in model.glyphs[low:high]:
        size = {
            "width": f"{glyph.width / POINTS:.3f}",
            "height": f"{(glyph.height + 4 * labels.GLYPH_TEXT) / POINTS:.3f}",
        }
        said = {"label": f"<{labels.glyph(glyph, c)}>", "tooltip": quoted(glyph.tooltip)}
        names.append(writer.node("  ", **size, **said, **writer.tag(glyph)))
    breaks = _breaks(model)
    before = writer.turn(breaks.index(low) + 1) if low else ""
    after = writer.turn(breaks.index(high) + 1) if high in breaks else ""
    writer.lines.append(f"  {{ rank=same; {'; '.join(name for name in (before, *names, after) if name)} }}")
    for at, head in enumerate(names, low):
        tail = names[at - low - 1] if at > low else before
        if tail:
            _edge(writer, model, at, tail, head)
    if after:
        writer.lines.append(f"  {names[-1]} -> {after} [minlen=1]")
    return names


def _edge(writer: Writer, model: Paper, at: int, tail: str, head: str) -> None:
    """Write the edge into a glyph, with the stride on it."""
    stride = model.strides[at]
    style = "style=invis " if at in model.loose else ""
    start = tail
    if stride:
        start = writer.node(
            "  ",
            width=0.02,
            height=0.4,
            label=f"<{labels.over(stride, writer.colours)}>",
            tooltip=quoted(stride),
        )
        writer.lines.append(f"  {{ rank=same; {tail} -> {start} [{style}arrowhead=none minlen=1] }}")
    writer.lines.append(f"  {start} -> {head} [{style}minlen=1]")


def _spread(model: Paper) -> float:
    """Return the distance between glyphs at which their texts stand apart, in inches."""
    out = [(labels.glyph_width(glyph) - glyph.width) / 2 for glyph in model.glyphs]
    return max([14.4, *(one + other + 6 for one, other in pairwise(out))]) / POINTS


def _margin(model: Paper) -> float:
    """Return the room beside the strip in which the texts of the first and the last glyph of a band can stand
    out of their boxes, in inches."""
    bounds = [0, *_breaks(model), len(model.glyphs)]
    ends = {at for low, high in pairwise(bounds) for at in (low, high - 1)}
    out = [(labels.glyph_width(model.glyphs[at]) - model.glyphs[at].width) / 2 for at in ends]
    return max([0.0, *out]) / POINTS + _PAD


def _over(writer: Writer, model: Paper, names: list[str]) -> None:
    """Write the edges past glyphs as arcs above the strip, the longer the higher."""
    c = writer.colours
    for low, high in sorted(model.far, key=lambda pair: pair[1] - pair[0]):
        inner = sum(low <= one and other <= high for one, other in model.far)
        shape = model.glyphs[low].shape
        width = (labels.beside_width(shape) // 2) / POINTS
        label = f'<<font point-size="11" color="{c.accent}">{labels.html(shape)}</font>>'
        above = writer.node("  ", width=f"{width:.3f}", height=0.2, label=label, tooltip=quoted(shape))
        style = f'color="{c.accent}" penwidth=1.4'
        for compass, glyph in (("w", names[low]), ("e", names[high])):
            corner = writer.dot("  ", c.accent, shape)
            head = " arrowhead=none" if compass == "w" else ""
            writer.lines.append(
                f"  {above}:{compass} -> {corner}:n [{style} weight=1 arrowhead=none minlen=1]"
            )
            writer.lines.append(
                f"  {corner} -> {glyph}:n [{style} weight=400 tailclip=false minlen={2 * inner - 1}{head}]"
            )
