"""Paper -> DOT text: a strip of glyphs on one rank, the insets below it, a few to a row."""

from itertools import pairwise

from archdsl.figure import labels
from archdsl.figure.dot import Writer
from archdsl.figure.labels import POINTS, quoted
from archdsl.figure.parts import Paper

_GAP = 30  # what stands around the highest glyph
_IN_A_ROW = 3


def write_paper(model: Paper, theme: str = "light") -> str:
    """Write the figure of a paper as DOT."""
    writer = Writer(theme)
    writer.begin(model)
    writer.lines.append(f"  graph [nodesep={_spread(model):.2f}]")
    strip = _strip(writer, model)
    above = strip[len(strip) // 2]
    rows = [model.insets[at : at + _IN_A_ROW] for at in range(0, len(model.insets), _IN_A_ROW)]
    for row in rows:
        ends = [writer.inset(group) for group in row]
        for entry, _ in ends:
            writer.link("  ", above, entry, ["style=invis weight=1"])
        above = ends[len(ends) // 2][1]
    writer.lines.append("}")
    return writer.text()


def _strip(writer: Writer, model: Paper) -> list[str]:
    """Write the glyphs; their nodes are as wide as the boxes, so that lines reach those, and texts stand out of them."""
    c = writer.colours
    names = []
    for glyph in model.glyphs:
        size = {"width": f"{glyph.width / POINTS:.3f}", "height": f"{(glyph.height + 2 * labels.GLYPH_TEXT) / POINTS:.3f}"}
        names.append(writer.node("  ", **size, label=f"<{labels.glyph(glyph, c)}>", tooltip=quoted(glyph.tooltip)))
    writer.lines.append(f"  {{ rank=same; {'; '.join(names)} }}")
    for at, (tail, head) in enumerate(pairwise(names), 1):
        stride = model.strides[at]
        style = "style=invis " if at in model.loose else ""
        start = tail
        if stride:
            start = writer.node("  ", width=0.02, height=0.4, label=f"<{labels.over(stride, c)}>", tooltip=quoted(stride))
            writer.lines.append(f"  {{ rank=same; {tail} -> {start} [{style}arrowhead=none minlen=1] }}")
        writer.lines.append(f"  {start} -> {head} [{style}minlen=1]")
    _over(writer, model, names)
    return names


def _spread(model: Paper) -> float:
    """Give the distance between glyphs at which their texts stand apart, in inches."""
    out = [(labels.glyph_width(glyph) - glyph.width) / 2 for glyph in model.glyphs]
    return max([14.4, *(one + other + 6 for one, other in pairwise(out))]) / POINTS


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
            writer.lines.append(f"  {above}:{compass} -> {corner}:n [{style} weight=1 arrowhead=none minlen=1]")
            writer.lines.append(f"  {corner} -> {glyph}:n [{style} weight=400 tailclip=false minlen={2 * inner - 1}{head}]")
