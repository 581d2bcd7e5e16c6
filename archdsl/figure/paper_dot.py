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
    c = writer.colours
    height = max(glyph.height for glyph in model.glyphs) + _GAP
    names = []
    for glyph in model.glyphs:
        size = {"width": f"{labels.glyph_width(glyph) / POINTS:.3f}", "height": f"{height / POINTS:.3f}"}
        names.append(writer.node("  ", **size, label=f"<{labels.glyph(glyph, height - 32, c)}>", tooltip=quoted(glyph.tooltip)))
    writer.lines.append(f"  {{ rank=same; {'; '.join(names)} }}")
    for at, (tail, head) in enumerate(pairwise(names), 1):
        stride = model.strides[at]
        text = f'label=<<font point-size="11" color="{c.note}"><b>{labels.html(stride)}</b></font>> ' if stride else ""
        style = "style=invis " if at in model.loose else ""
        writer.lines.append(f"  {tail}:box:e -> {head}:box:w [{style}minlen=1]")
    for tail_at, head_at in model.far:
        style = f'color="{c.accent}" penwidth=1.4 weight=0 constraint=false'
        writer.lines.append(f"  {names[tail_at]}:box:n -> {names[head_at]}:box:n [{style}]")
    return names
