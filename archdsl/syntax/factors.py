"""A factor behind a layer (`× 2`) -> how often it stands, or how much larger it makes a map."""

from archdsl.ops import OPS
from archdsl.problems import names
from archdsl.source import Span
from archdsl.syntax.ast import Block, Expr, Item, Option
from archdsl.syntax.bag import Bag
from archdsl.syntax.sequence import Sequence


def multiply(seq: Sequence, bag: Bag, times: Expr, span: Span) -> None:
    """End a layer with a factor. One behind a norm or an activation is that of the layer which they belong
    to: `Conv + BN + ReLU × 2`."""
    if seq.merged(bag):
        last = seq.done[-1]
        seq.done[-1] = _repeated(last, times, span, last.span)
    else:
        seq.done.append(_multiplied(seq, bag, times, span))


def _multiplied(seq: Sequence, bag: Bag, times: Expr, span: Span) -> Item:
    """A factor is the repeat of a block or of a layer with weights, and how much larger another one makes a
    map."""
    if bag.has("interpolation") and not bag.op:
        bag.op = "upsample"
    op = OPS[bag.op] if bag.op else None
    bag.times = None
    if op and op.grows:
        bag.options.append(Option("stride", times, span))
    elif bag.block and bag.block.repeat is None:
        bag.block = bag.block._replace(repeat=times)
    elif bag.use or bag.is_bare or (op and op.weighted):
        return _repeated(bag.item(), times, span, bag.span)
    else:
        seq.reporter.add(names.belongs_to_nothing(seq.source, span, seq.text(span)))
    return bag.item()


def _repeated(item: Item, times: Expr, span: Span, whole: Span) -> Block:
    return Block((item,), times, (Option("brackets", "plain", span),), whole)
