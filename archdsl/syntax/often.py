"""How often the layers of a row stand: what a name, a column or a brace says of them, beside what their cell
prints."""

from archdsl.diagnostics import Reporter
from archdsl.patterns import pattern
from archdsl.problems import repeats
from archdsl.source import Source
from archdsl.syntax.ast import Block, Expr, Item, Layer, Name, Num, Option, Use
from archdsl.syntax.bag import TAKES_NORM
from archdsl.text.grid import GridRow

_BLOCKS = pattern(r"block|stage|unit|module|group|cell", 2)


def repeated(source: Source, reporter: Reporter, row: GridRow, items: list[Item], count: Expr) -> list[Item]:
    """Repeat the layers of a row together; where one bracket is all there is, it may print the same count
    itself."""
    # One block alone may be deepened by a depth multiplier.
    used = any(isinstance(item, Use) for item in items)
    if isinstance(count, Num) and count.value == 1 and not used and len(row.parts) == 1:
        return items
    own = items[0].repeat if len(items) == 1 and isinstance(items[0], Block) else None
    if own is not None:
        once = _alike(count, own)
        reporter.add(repeats.printed_twice(source, count.span, own.span, once))
        if once:
            return items
    return [Block(tuple(items), count, (Option("brackets", "plain", count.span),), row.span)]


def _alike(a: Expr, b: Expr) -> bool:
    if isinstance(a, Num) and isinstance(b, Num):
        return a.value == b.value
    return isinstance(a, Name) and isinstance(b, Name) and a.id == b.id


def standing(source: Source, reporter: Reporter, row: GridRow, items: list[Item]) -> list[Item]:
    """Repeat the layers of a row that stands for several rows by its numbers, until they are as many."""
    blocks, layers = _units(items), sum(map(_layers, items))
    named = _BLOCKS.search(row.name.text) is not None
    if not items or not layers or row.stands in (blocks, layers):
        return items
    readings = [
        row.stands // unit
        for unit in ((blocks, layers) if named else (layers, blocks))
        if row.stands % unit == 0
    ]
    times = readings[0] if readings else 1
    if len(set(readings)) != 1 and not (named and readings):
        reporter.add(
            repeats.stands_for(
                source, row.name.span, row.stands, layers, times, readings[-1] if readings else 1
            )
        )
    span = row.name.span
    plain = Option("brackets", "plain", span)
    return [Block(tuple(items), Num(times, span), (plain,), row.span)] if times > 1 else items


def _units(items: list[Item]) -> int:
    """Count the layers with weights and the blocks of a row, a bracket as often as it stands."""
    return sum(_times(item) for item in items if not isinstance(item, Layer) or item.op in TAKES_NORM)


def _layers(item: Item) -> int:
    if isinstance(item, Block):
        return _times(item) * sum(map(_layers, item.items))
    return int(isinstance(item, Use) or (isinstance(item, Layer) and item.op in TAKES_NORM))


def _times(item: Item) -> int:
    repeat = item.repeat if isinstance(item, Block) else None
    return int(repeat.value) if isinstance(repeat, Num) else 1
