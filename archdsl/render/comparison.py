"""A comparison -> text for people: stages side by side, what differs under each, the settings behind it, the
totals."""

from itertools import groupby

from archdsl.light import TYPE_CHECKING
from archdsl.render.glyphs import plain
from archdsl.render.paint import Row, Style
from archdsl.render.summary import amount, size
from archdsl.resolve.conventions import CONVENTIONS

if TYPE_CHECKING:
    from archdsl.compare.result import Change, Comparison, Side, StagePair, Total
    from archdsl.network import Network

_HEAD = ("stage", "output", "blocks", "params", "MACs")
_RIGHT = ("params", "MACs")
_MARKS: dict[str, tuple[str, Style]] = {
    "same": ("=", "gutter"),
    "changed": ("~", "warning"),
    "removed": ("-", "removed"),
    "added": ("+", "added"),
}
_INDENT = " " * 5
_LONGEST = 120  # of a structure cell as shown


def text(comparison: "Comparison", color: bool = False, width: int | None = None) -> str:
    """Write a comparison, without a newline at its end; what is wider than `width` has the two networks below
    each other."""
    one, other = map(plain, comparison.names)
    rows = [
        _network("---", one, comparison.a, "removed"),
        _network("+++", other, comparison.b, "added"),
        Row(),
    ]
    lines = [[_cells(pair)] for pair in comparison.stages]
    if width and sum(_widths(lines)) + 2 * len(_HEAD) + 1 > width:
        lines = [_stacked(pair) for pair in comparison.stages]
    widths = _widths(lines)
    rows.append(Row(" " * 3).add(_line(_HEAD, widths)))
    before = ""
    for pair, texts in zip(comparison.stages, lines, strict=True):
        mark, style = _MARKS[pair.status]
        for cells in texts:
            rows.append(
                Row(mark, style).add("  ").add(_line(cells, widths), style if pair.status != "same" else "")
            )
            mark = " "
        rows += _details(pair, before)
        before = _cells(pair)[1]
    rows += [*_settings(comparison), Row(), *_totals(comparison), Row(), _verdict(comparison)]
    return "\n".join(row.text(color) for row in rows)


def _network(mark: str, name: str, network: "Network", style: Style) -> Row:
    return Row(f"{mark} {name}", style).add(
        f"  {plain(network.path)}, input {size(network.input)}, style {network.graph.style}"
    )


def _line(cells: tuple[str, ...], widths: list[int]) -> str:
    aligned = [
        cell.rjust(width) if head in _RIGHT else cell.ljust(width)
        for head, cell, width in zip(_HEAD, cells, widths, strict=True)
    ]
    return "  ".join(aligned)


def _cells(pair: "StagePair") -> tuple[str, ...]:
    columns = zip(*map(_side, pair.sides), strict=True)
    return tuple(" -> ".join(dict.fromkeys(column)) for column in columns)


def _stacked(pair: "StagePair") -> list[tuple[str, ...]]:
    """Return a line for each network, the second one with what differs."""
    first, *rest = (_side(side) for side in pair.sides)
    return [
        first,
        *(
            tuple("" if one == other else other for one, other in zip(first, cells, strict=True))
            for cells in rest
            if cells != first
        ),
    ]


def _widths(lines: list[list[tuple[str, ...]]]) -> list[int]:
    return [
        max(map(len, column))
        for column in zip(_HEAD, *(cells for texts in lines for cells in texts), strict=True)
    ]


def _side(side: "Side") -> tuple[str, ...]:
    blocks = f"x{side.blocks}" if side.blocks else "-"
    return plain(side.name), size(side.computed), blocks, f"{side.trainable:,}", amount(side.macs)


def _details(pair: "StagePair", before: str) -> list[Row]:
    """Show the two rows as printed, then what differs, the places in a column of their own; `before` is the
    output above."""
    if pair.status != "changed" or pair.a is None or pair.b is None:
        return []
    rows = []
    if " ".join(pair.a.text.split()) != " ".join(pair.b.text.split()):
        rows += [
            Row(f"{_INDENT}- {_short(pair.a.text)}", "removed"),
            Row(f"{_INDENT}+ {_short(pair.b.text)}", "added"),
        ]
    facts = [change for change in pair.changes if not change.convention and not _in_table(change, pair)]
    alone = len(facts) == 1 and not any(_in_table(change, pair) for change in pair.changes)
    facts = [
        change
        for change in facts
        if change.what != "input" or (alone and f"{change.a} -> {change.b}" != before)
    ]
    told = [(_blocks(change.blocks, pair), _fact(list(run))) for (change, *_), run in _by_place(facts)]
    width = max((len(where) for where, _ in told), default=0)
    last = ""
    for where, fact in told:
        rows.append(
            Row(_INDENT)
            .add(("" if where == last else where).ljust(width), "strong")
            .add("  " * bool(width))
            .add(fact)
        )
        last = where
    conventions = dict.fromkeys(change.convention for change in pair.changes if change.convention)
    return [*rows, *([Row(f"{_INDENT}by convention: {', '.join(conventions)}")] if conventions else [])]


def _by_place(changes: "list[Change]") -> "list[tuple[list[Change], list[Change]]]":
    runs = (
        list(run) for _, run in groupby(changes, lambda change: (change.blocks, change.path, change.layers))
    )
    return [(run, run) for run in runs]


def _in_table(change: "Change", pair: "StagePair") -> bool:
    return change.what == "repeats" and len({side.blocks for side in pair.sides}) > 1


def _short(text: str) -> str:
    line = plain(" ".join(text.split()))
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


def _blocks(blocks: tuple[int, ...], pair: "StagePair") -> str:
    counts = {side.blocks for side in pair.sides}
    if not blocks:
        return ""
    if counts == {len(blocks)} and len(blocks) > 1:
        return "every block"
    if blocks[-1] - blocks[0] == len(blocks) - 1:
        return f"block {blocks[0]}" if len(blocks) == 1 else f"blocks {blocks[0]}-{blocks[-1]}"
    return "blocks " + _short(", ".join(map(str, blocks)))


def _fact(changes: "list[Change]") -> str:
    """Write the differences of one layer: `layer 2: stride 1 -> 2`."""
    change = changes[0]
    place = _place(change)
    if change.what == "layer" and None in change.layers:
        return f"{'+' if change.a == '' else '-'} {place}: {change.a or change.b}"
    if change.what == "wiring":
        return "the layers are wired differently"
    if change.layers == (None, None) and change.path == "main":
        return f"{change.what} {change.a} -> {change.b}"
    differences = ", ".join(
        f"{'' if one.what in ('layer', 'shortcut') else one.what + ' '}{one.a} -> {one.b}" for one in changes
    )
    return f"{place}: {differences}"


def _place(change: "Change") -> str:
    numbers = " -> ".join(dict.fromkeys(str(number) for number in change.layers if number))
    if change.path == "main":
        return f"layer {numbers}"
    return change.path + (f", layer {numbers}" if numbers and numbers != "1" else "")


def _settings(comparison: "Comparison") -> list[Row]:
    """List the settings that differ, where they have an effect."""
    if comparison.same or not comparison.settings:
        return []
    settings = [
        setting for setting in comparison.settings if setting.explains or setting.key not in CONVENTIONS
    ]
    widths = [max((len(setting[i]) for setting in settings), default=0) for i in range(3)]  # type: ignore[arg-type]
    rows = [Row(), Row("settings that differ", "strong")] if settings else []
    for setting in settings:
        counted = (
            f"  explains {setting.explains} difference{'s' * (setting.explains != 1)}"
            if setting.explains
            else ""
        )
        rows.append(
            Row(
                f"   {setting.key.ljust(widths[0])}  {setting.a.ljust(widths[1])} -> "
                f"{setting.b.ljust(widths[2])}{counted}"
            )
        )
    return rows


def _totals(comparison: "Comparison") -> list[Row]:
    totals = [total for total in comparison.totals if total.name != "projections" or total.a or total.b]
    cells = [("", *map(plain, comparison.names), "difference", "")] + [_total(total) for total in totals]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return [
        Row(
            "   "
            + row[0].ljust(widths[0])
            + "".join("  " + cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))
        )
        for row in cells
    ]


def _total(total: "Total") -> tuple[str, ...]:
    write = amount if total.name == "MACs" else "{:,}".format
    if not total.difference:
        return total.name, write(total.a), write(total.b), "0", ""
    sign = "+" if total.difference > 0 else "-"
    percent = "" if total.percent is None else f"{total.percent:+.{1 if abs(total.percent) >= 1 else 2}f} %"
    return total.name, write(total.a), write(total.b), sign + write(abs(total.difference)), percent


def _verdict(comparison: "Comparison") -> Row:
    if comparison.same:
        return Row("the same network", "help")
    counts = [
        (sum(pair.status == status for pair in comparison.stages), status)
        for status in ("changed", "removed", "added", "same")
    ]
    told = ", ".join(f"{count} {status}" for count, status in counts if count)
    if all(pair.status == "same" for pair in comparison.stages):
        return Row("the networks differ: their stages are the same, but wired differently", "strong")
    return Row(f"the networks differ; stages: {told}", "strong")
