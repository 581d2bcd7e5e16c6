"""Paper -> DOT text: a strip of glyphs on one rank (or several, where it is long), the insets below it, a few
to a row."""

from collections.abc import Sequence
from itertools import pairwise
from math import ceil

from archdsl.figure import labels
from archdsl.figure.dot import Writer
from archdsl.figure.extent import GAP, step_size
from archdsl.figure.labels import POINTS, quoted
from archdsl.figure.ladder.write_glyphs import write_glyphs
from archdsl.figure.parts import Glyph, Group, Paper, SideStrip

_GAP = 30  # what stands around the highest glyph


def write_paper(model: Paper, theme: str = "light", *, headed: bool = True, tagged: bool = False) -> str:
    """Write the figure of a paper as DOT; `headed` and `tagged` are as of `dot.write`."""
    if model.cells:
        return write_glyphs(model, theme, headed=headed, tagged=tagged)
    writer = Writer(theme, headed=headed, tagged=tagged)
    writer.begin(model)
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
    for side in model.sides:
        above = _beside(writer, side, above)
    for row in _inset_rows(model):
        above = _row(writer, row, above)
    writer.lines.append("}")
    return writer.text()


def _inset_rows(model: Paper) -> list[list[Group]]:
    """Fill rows with insets up to the width that is to be kept to."""
    rows: list[list[Group]] = []
    taken = 0.0
    for group in model.insets:
        width = step_size(group)[0] + 2 * GAP
        if not rows or taken + width > model.room:
            rows.append([])
            taken = 0.0
        rows[-1].append(group)
        taken += width
    return rows


def _row(writer: Writer, row: Sequence[Group], above: str) -> str:
    """Write insets side by side below a node; give one that is below all of them."""
    ends = [writer.inset(group) for group in row]
    below = writer.node("  ", width=0.01, height=0.01, style="invis")
    for entry, last in ends:
        writer.link("  ", above, entry, ["style=invis weight=1"])
        writer.link("  ", last, below, ["style=invis weight=1"])
    return below


def _beside(writer: Writer, side: SideStrip, above: str) -> str:
    """Write the glyphs of a side strip on a rank of their own, behind the name of the glyph they leave."""
    c = writer.colours
    text = f"from {side.start}"
    width = labels.beside_width(text) / 2
    said = {"label": f"<{labels.start(text, c)}>", "tooltip": quoted(text)}
    names = [writer.node("  ", width=f"{width / POINTS:.3f}", height=0.3, **said)]
    names += [_glyph(writer, glyph) for glyph in side.glyphs]
    writer.lines.append(f"  {{ rank=same; {'; '.join(names)} }}")
    writer.lines += [f"  {tail}:box -> {head}:box [minlen=1]" for tail, head in pairwise(names)]
    writer.link("  ", above, names[0], ["style=invis weight=1"])
    return names[0]


def _glyph(writer: Writer, glyph: Glyph) -> str:
    """Write a glyph, whose texts may be wider than its box, the port of lines."""
    size = {
        "width": f"{labels.glyph_width(glyph) / POINTS:.3f}",
        "height": f"{labels.glyph_height(glyph) / POINTS:.3f}",
    }
    said = {"label": f"<{labels.glyph(glyph, writer.colours)}>", "tooltip": quoted(glyph.tooltip)}
    return writer.node("  ", **size, **said, **writer.tag(glyph))


def _breaks(model: Paper) -> list[int]:
    """Choose the glyphs that begin another band, where the strip is wider than a page: no edge but the
    strip's leads there."""
    widths = [_taken(glyph, stride) for glyph, stride in zip(model.glyphs, model.strides, strict=True)]
    free = [
        at
        for at in range(2, len(widths) - 1)
        if at not in model.loose and not any(low < at <= high for low, high in model.far)
    ]
    bands = ceil(sum(widths) / model.room)
    limit = sum(widths) / bands
    while len(breaks := _filled(widths, free, limit)) >= bands:
        limit *= 1.03
    widest = max(sum(widths[low:high]) for low, high in pairwise([0, *breaks, len(widths)]))
    return breaks if widest < 0.8 * sum(widths) else []


def _taken(glyph: Glyph, stride: str) -> float:
    """Return the width that a glyph takes in a band, with the line into it."""
    return labels.glyph_width(glyph) + GAP + (GAP + labels.over_width(stride) if stride else 0)


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
    """Write some glyphs on one rank, between numbered circles where the strip goes on below."""
    names = [_glyph(writer, glyph) for glyph in model.glyphs[low:high]]
    breaks = _breaks(model)
    before = writer.turn(breaks.index(low) + 1) if low else ""
    after = writer.turn(breaks.index(high) + 1) if high in breaks else ""
    writer.lines.append(f"  {{ rank=same; {'; '.join(name for name in (before, *names, after) if name)} }}")
    for at, head in enumerate(names, low):
        tail = names[at - low - 1] if at > low else before
        if tail:
            _edge(writer, model, at, f"{tail}:box", f"{head}:box")
    if after:
        writer.lines.append(f"  {names[-1]}:box -> {after}:box [minlen=1]")
    return names


def _edge(writer: Writer, model: Paper, at: int, tail: str, head: str) -> None:
    """Write the edge into a glyph, with the stride on it."""
    stride = model.strides[at]
    style = "style=invis " if at in model.loose else ""
    start = tail
    if stride:
        start = writer.node(
            "  ",
            width=f"{labels.over_width(stride) / POINTS:.3f}",
            height=0.4,
            label=f"<{labels.over(stride, writer.colours)}>",
            tooltip=quoted(stride),
        )
        start += ":box"
        writer.lines.append(f"  {{ rank=same; {tail} -> {start} [{style}arrowhead=none minlen=1] }}")
    writer.lines.append(f"  {start} -> {head} [{style}minlen=1]")


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
