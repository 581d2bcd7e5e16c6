"""Pills, titles and card headers -> Graphviz' HTML-like labels, with the size that each needs (in points)."""

from collections.abc import Sequence
from html import escape
from itertools import groupby

from archdsl.figure.metrics import text_width
from archdsl.figure.parts import Arc, Figure, Glyph, Group, Meter, Paper
from archdsl.figure.pills import Cell, Pill
from archdsl.figure.theme import LIGHT, Palette

POINTS = 72  # to an inch, the unit of DOT's widths
SMALL = 11.0
HEIGHT = 23
GLYPH_TEXT = 16
_SIZE, _TITLE, _HEADING, _STRIDE, _NOTE = 12.0, 20.0, 14.0, 11.0, 10.0
_PAD, _GAP, _LINE = 14, 2, 14
_BAR, _BAR_HEIGHT = 40, 5
_BADGE = 11.0
_MARK, _MARK_GAP = 8, 8
# What a family of layers is called in a key, where its own name is short.
_FAMILIES = {"conv": "convolution", "norm": "normalisation", "pool": "pooling"}
_RIDER = 17  # height of a row of norms and activations in a stacked pill

Part = tuple[str, int]  # a table cell and its width


def quoted(text: str) -> str:
    """Quote a text for DOT."""
    return f'"{html(text)}"'


def html(text: str) -> str:
    """Escape a text for a label, where a backslash would otherwise have a meaning."""
    return escape(text).replace("\n", "&#10;").replace("\\", "&#92;&#92;")


def _font(text: str, size: float, colour: str = "", *, bold: bool = False) -> str:
    inner = f"<b>{html(text)}</b>" if bold else html(text)
    return f'<font point-size="{size:g}"' + (f' color="{colour}"' if colour else "") + f">{inner}</font>"


def _cell(inner: str, width: float, height: float, extra: str = "") -> str:
    return f'<td fixedsize="true" width="{round(width)}" height="{round(height)}"{extra}>{inner}</td>'


def _table(*rows: str, spacing: int = 0) -> str:
    cells = "".join(f"<tr>{row}</tr>" for row in rows)
    return f'<table border="0" cellborder="0" cellpadding="0" cellspacing="{spacing}">{cells}</table>'


def _left(text: str, size: float, colour: str, height: float, *, bold: bool = False) -> Part:
    width = round(text_width(text, size, bold=bold)) + 2
    return _cell(_font(text, size, colour, bold=bold), width, height, ' align="left"'), width


def _space(width: int) -> Part:
    return f'<td width="{width}"></td>', width


def _rows(*rows: Sequence[Part]) -> str:
    """Stack rows of cells, each filled up to the width of the widest: Graphviz would stretch them
    otherwise."""
    widths = [sum(width for _, width in row) for row in rows]
    filled = [
        [*row, _space(max(widths) - width)] if width < max(widths) else row
        for row, width in zip(rows, widths, strict=True)
    ]
    return _table(*(f"<td>{_table(''.join(cell for cell, _ in row))}</td>" for row in filled))


def title(figure: Figure | Paper, colours: Palette) -> str:
    """Write the head of the figure."""
    return _rows(*_title_rows(figure, colours), [('<td height="14"></td>', 0)])


def title_size(figure: Figure | Paper) -> tuple[float, float]:
    """Return width and height of the head of the figure."""
    rows = _title_rows(figure, LIGHT)
    return max(sum(width for _, width in row) for row in rows), 26 + 18 * (len(rows) - 1) + 14


def _title_rows(figure: Figure | Paper, colours: Palette) -> list[list[Part]]:
    name = _left(figure.title, _TITLE, colours.ink, 26, bold=True)
    fault = (
        [[_left(figure.fault, SMALL, colours.fault, 16, bold=True)]]
        if isinstance(figure, Figure) and figure.fault
        else []
    )
    key = _key(figure, colours) if isinstance(figure, Paper) else []
    facts = [[_left(line, SMALL, colours.muted, 16)] for line in figure.subtitle.split("\n")]
    return [[name], *fault, *facts, *key]


def _key(figure: Paper, colours: Palette) -> list[list[Part]]:
    """Write what the colours of the strip mean."""
    families = dict.fromkeys(glyph.family for glyph in figure.glyphs if glyph.family)
    parts: list[list[Part]] = []
    for family in families:
        mark = _cell("", 10, 10, f' bgcolor="{colours.fill(family)}"')
        square = (f"<td>{_table(mark)}</td>", 10)
        parts.append([square, _space(4), _left(_FAMILIES.get(family, family), SMALL, colours.muted, 18)])
    return [_spaced(parts, 12)] if parts else []


def header(group: Group, colours: Palette) -> str:
    """Write the head of a card: name, repeats, shape; parameters and MACs with their share of the whole."""
    rows = _header_rows(group, colours)
    return _rows(*rows, [('<td height="4"></td>', 0)]) if rows else ""


def header_height(group: Group) -> int:
    """Return the height of the head of a card, with the room below it."""
    rows = _header_rows(group, LIGHT)
    return sum(20 if at == 0 else 16 for at in range(len(rows))) + 4 * bool(rows)


def header_width(group: Group) -> int:
    """Return the width of the head of a card."""
    return max((sum(width for _, width in row) for row in _header_rows(group, LIGHT)), default=0)


def _header_rows(group: Group, colours: Palette) -> list[list[Part]]:
    parts = [_left(group.title, _HEADING, colours.ink, 20, bold=True)] if group.title else []
    if group.repeats > 1:
        badge = f"×{group.repeats}"
        fill = f' bgcolor="{colours.badge}" style="rounded"'
        width = round(text_width(badge, _BADGE, bold=True)) + 14
        parts.append((_cell(_font(badge, _BADGE, colours.badge_ink, bold=True), width, 18, fill), width))
    if group.kind:
        parts.append(_left(group.kind, _SIZE, colours.muted, 20))
    if group.detail:
        parts.append(_left(group.detail, _SIZE, colours.ink if group.title else colours.accent, 20))
    meters = [_meter(meter, colours) for meter in group.meters]
    rows = [row for row in (_spaced([[part] for part in parts], 8), _spaced(meters, 12)) if row]
    return rows + [_line(group, at, line, colours) for at, line in enumerate(group.lines)]


def _line(group: Group, at: int, line: str, colours: Palette) -> list[Part]:
    plain = colours.ink if group.faulty else colours.muted
    return [_left(line, SMALL, colours.fault if group.faulty and not at else plain, _LINE + 2)]


def _spaced(parts: Sequence[Sequence[Part]], gap: int) -> list[Part]:
    spaced: list[Part] = []
    for part in parts:
        spaced += [_space(gap)] * bool(spaced) + list(part)
    return spaced


def _meter(meter: Meter, colours: Palette) -> list[Part]:
    filled = min(_BAR, max(1 if meter.share else 0, round(_BAR * meter.share)))
    bar = "".join(
        f'<td fixedsize="true" width="{width}" height="{_BAR_HEIGHT}" bgcolor="{colour}"></td>'
        for width, colour in ((filled, colours.accent), (_BAR - filled, colours.track))
        if width
    )
    return [_left(meter.text, SMALL, colours.muted, 16), _space(4), (f"<td>{_table(bar)}</td>", _BAR)]


def _cell_width(cell: Cell) -> int:
    size = _SIZE if cell.bold else SMALL
    stride, _, blocks = cell.note.partition(" ")
    width = text_width(cell.text, size, bold=cell.bold) + text_width(cell.detail, size) + _PAD
    width += text_width(" " + stride, _STRIDE, bold=True) if stride else 0
    return round(width + (text_width(" " + blocks, _NOTE) if blocks else 0))


def pill_width(pill: Pill) -> float:
    """Return the width of a pill."""
    return sum(map(_cell_width, pill.cells)) + _GAP * (len(pill.cells) - 1)


def pill(pill: Pill, colours: Palette) -> str:
    """Write a pill."""
    return _table(_pill_row(pill, colours))


def _pill_row(pill: Pill, colours: Palette) -> str:
    return _space(_GAP)[0].join(_pill_cell(cell, colours) for cell in pill.cells)


def _pill_cell(cell: Cell, colours: Palette, width: float = 0, height: float = HEIGHT) -> str:
    size = _SIZE if cell.bold else SMALL
    text = _font(cell.text, size, bold=cell.bold) + (_font(cell.detail, size) if cell.detail else "")
    stride, _, blocks = cell.note.partition(" ")
    text += _font(" " + stride, _STRIDE, colours.note, bold=True) if stride else ""
    text += _font(" " + blocks, _NOTE, colours.note) if blocks else ""
    return _cell(
        text, width or _cell_width(cell), height, f' bgcolor="{colours.fill(cell.family)}" style="rounded"'
    )


def stacked(pill: Pill, colours: Palette) -> str:
    """Write a pill for a narrow column: its weighted layer in one row, what rides along in another."""
    width, gap = round(stacked_size(pill)[0]), _space(_GAP)[0]
    rows = []
    for run in _stack(pill):
        free = width - sum(map(_cell_width, run)) - _GAP * (len(run) - 1)
        shares = [free // len(run) + (number < free % len(run)) for number in range(len(run))]
        height = HEIGHT if run[0].bold else _RIDER
        rows.append(
            gap.join(
                _pill_cell(cell, colours, _cell_width(cell) + more, height)
                for cell, more in zip(run, shares, strict=True)
            )
        )
    between = f'<td height="{_GAP}"></td>'
    return _table(*[line for row in rows for line in (between, f"<td>{_table(row)}</td>")][1:])


def stacked_size(pill: Pill) -> tuple[float, float]:
    """Return width and height of a stacked pill."""
    runs = _stack(pill)
    heights = [HEIGHT if run[0].bold else _RIDER for run in runs]
    return max(pill_width(pill._replace(cells=run)) for run in runs), sum(heights) + _GAP * (len(runs) - 1)


def _stack(pill: Pill) -> list[tuple[Cell, ...]]:
    return [tuple(run) for _, run in groupby(pill.cells, lambda cell: cell.bold)]


def side(arc: Arc, colours: Palette) -> str:
    """Write what stands in a shortcut: its pill and the blocks that take it, or the word `identity`."""
    words = [
        _cell(_font(line, SMALL, colours.accent), text_width(line, SMALL) + 4, _LINE) for line in arc.label
    ]
    if not arc.pills:
        return _table(*words)
    return _table(f"<td>{_table(_pill_row(arc.pills[-1], colours))}</td>", *words)


def side_size(arc: Arc) -> tuple[float, float]:
    """Return width and height of the node in a shortcut."""
    widths = [text_width(line, SMALL) + 6 for line in arc.label]
    lines = _LINE * len(arc.label)
    if not arc.pills:
        return max(widths), lines + 4
    return max([pill_width(arc.pills[-1]), *widths]), lines + HEIGHT


def join_width(symbol: str) -> float:
    """Return the width of the box around a symbol of more than one character."""
    return round(text_width(symbol, SMALL)) + 14


def card(group: Group, colours: Palette, width: float = 0) -> str:
    """Write a card that has a head alone: a mark in the colour of its layers at the left of the width, then
    the text."""
    rows = _header_rows(group, colours)
    free = round(width) - 20 - sum(part for _, part in rows[0]) - (_MARK + _MARK_GAP) * bool(group.family)
    text = _rows([*rows[0], *([_space(free)] if free > 0 else [])], *rows[1:])
    if not group.family:
        return text
    mark = _cell(
        "", _MARK, card_size(group)[1] - 14, f' bgcolor="{colours.fill(group.family)}" style="rounded"'
    )
    return _table(f"{mark}{_space(_MARK_GAP)[0]}<td>{text}</td>")


def card_size(group: Group) -> tuple[float, float]:
    """Return width and height of a card that has a head alone."""
    rows = _header_rows(group, LIGHT)
    heights = [20] + [16] * bool(group.meters) + [_LINE + 2] * len(group.lines)
    width = max(sum(width for _, width in row) for row in rows) + (_MARK + _MARK_GAP) * bool(group.family)
    return width + 20, sum(heights) + 12


def glyph(glyph: Glyph, colours: Palette) -> str:
    """Write a glyph of a strip: name, box, shape, layers; the texts may be wider than the box."""
    width = glyph_width(glyph)
    badge = _font(glyph.badge, _SIZE if glyph.repeats > 1 else SMALL, bold=True) if glyph.badge else ""
    fill = colours.fill(glyph.family) if glyph.family else colours.track
    side = f'<td width="{(width - glyph.width) // 2}"></td>'
    box = _cell(badge, glyph.width, glyph.height, f' bgcolor="{fill}" style="rounded" port="box"')
    name = _cell(_font(glyph.name, SMALL, bold=True), width, GLYPH_TEXT)
    told = glyph.told.split("\n") if glyph.told else []
    layers = [_cell(_font(line, SMALL, colours.ink), width, GLYPH_TEXT) for line in told]
    shape = _cell(_font(glyph.shape, SMALL, colours.muted), width, GLYPH_TEXT)
    return _table(name, f"<td>{_table(side + box + side)}</td>", shape, *layers)


def port(text: str, size: float, colours: Palette) -> str:
    """Write the number of a circle in a cell that lines of a strip lead to."""
    return _table(_cell(_font(text, SMALL, colours.muted, bold=True), size, size, ' port="box"'))


def over_width(text: str) -> int:
    """Return the width of a stride that stands on a line."""
    return round(text_width(text, SMALL, bold=True)) + 6


def glyph_width(glyph: Glyph) -> int:
    """Return the width of a glyph with its texts."""
    return round(
        max(
            glyph.width,
            text_width(glyph.name, SMALL, bold=True) + 6,
            text_width(glyph.shape, SMALL) + 6,
            *(text_width(line, SMALL) + 6 for line in glyph.told.split("\n")),
        )
    )


def small(text: str, colour: str) -> tuple[int, str]:
    """Return the width of a small text, and the text."""
    cell, width = _left(text, SMALL, colour, _LINE)
    return width, _table(cell)


def beside(text: str, colours: Palette) -> str:
    """Write a text to the right of the trunk, in a label as wide on the left, with the piece of the trunk
    between."""
    half = beside_width(text) // 2
    colour = f' bgcolor="{colours.muted}"'
    trunk = f"<td>{_table(_cell('', 1, 3, colour))}</td>"
    left = f'<td fixedsize="true" width="{half}" height="{_LINE}"></td>'
    return _table(left + trunk + _cell(_font(text, SMALL, colours.muted), half, _LINE))


def beside_width(text: str) -> int:
    """Return the width of a label made by `beside`."""
    return 2 * (round(text_width(text, SMALL)) + 12) + 1
