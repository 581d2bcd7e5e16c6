"""Calls: `bneck(3x3, 64)` uses a block, `dropout(0.2)` is a layer, `max(8, n)` a number."""

from archdsl.lang.vocabulary import LAYER_KINDS, longest, op_with_kernel
from archdsl.light import TYPE_CHECKING, Any
from archdsl.problems import syntax, uses
from archdsl.source import Span
from archdsl.syntax.amounts import number
from archdsl.syntax.ast import Argument, BinOp, Call, Expr, Name, Num, Option
from archdsl.syntax.bag import Bag
from archdsl.syntax.cells import Assign, Number, Separator
from archdsl.syntax.joins import is_join, join
from archdsl.syntax.names import FUNCTIONS, compact
from archdsl.syntax.sequence import Sequence
from archdsl.syntax.words import is_chain, words

if TYPE_CHECKING:
    from archdsl.ops.signatures import Signature

# What stands for a layer when it is called.
_LAYERS = (*LAYER_KINDS, "needs")
# What stands around a layer when it is called, `Bidirectional(LSTM(64))`: an option of that layer.
_AROUND = (*_LAYERS, "flag")


def phrase(seq: Sequence, items: tuple[Any, ...], i: int) -> int:
    """Read `fire module(16, 64)`, a name of several words with its arguments: how many items that are."""
    before: list[str] = []
    for item in items[i : i + 4]:
        if not isinstance(item, Number) or item.unit or not isinstance(item.value, Name | Call):
            return 0
        if isinstance(item.value, Call):
            name = " ".join([*before, item.value.name])
            plain = longest(name.split(" "))
            if not seq.blocks.get(name) and not (plain and plain[0] > len(before)):
                return 0
            call(
                seq,
                item.value._replace(name=name),
                item._replace(span=Span(items[i].span.start, item.span.end)),
            )
            return len(before) + 1
        before.append(item.value.id)
    return 0


def call(seq: Sequence, call: Call, item: Number) -> None:
    """`bneck(3x3, 64)` uses a block, `dropout(0.2)` is a layer, `max(8, n)` a number."""
    call = _unnested(seq, call)
    found = None if call.name in FUNCTIONS else seq.blocks.get(call.name)
    meaning = longest(call.name.split(" "))
    from archdsl.ops.signatures import signature

    code = signature(call.name, tuple(argument.key for argument in call.args))
    # A layer's name wins over an alias.
    if found and not (meaning and compact(found.name) != compact(call.name)):
        seq.use(found, item.span).args = call.args
    elif kind := is_join(call.name):
        join(seq, kind, call, item.span, lambda inner: _call(seq, inner))
    elif meaning and meaning[1][0] == "wire":
        names = tuple(Number(argument.value, "", argument.span) for argument in call.args)
        from archdsl.syntax.wires import wire

        wire(
            seq,
            meaning[1][1],
            item.span,
            tuple(part for name in names for part in (Separator(",", name.span), name))[1:],
            0,
        )
    elif call.name in FUNCTIONS:
        number(seq, item)
    elif code:
        _code(seq, call, code, item.span)
    elif (meaning and meaning[1][0] in _AROUND) or op_with_kernel(call.name) or is_chain(call.name):
        _layer(seq, call, item.span)
    elif meaning and meaning[1][0] == "unsaid":
        seq.unsaid(item.span, meaning[1][1])
    else:
        seq.unknown(call.name, Span(item.span.start, item.span.start + len(call.name)))


def _call(seq: Sequence, inner: Call) -> None:
    call(seq, inner, Number(inner, "", inner.span))


def _unnested(seq: Sequence, outer: Call) -> Call:
    """Read `ReLU(BN(Conv(3x3, 64)))` from inside out: the layer that another one is applied to comes before
    it."""
    first = outer.args[0] if outer.args and not outer.args[0].key else None
    inner = first.value if first else None
    if not isinstance(inner, Call) or inner.name in FUNCTIONS or seq.blocks.get(outer.name):
        return outer
    layer = longest(outer.name.split(" "))
    if not layer or layer[1][0] not in _AROUND:
        return outer
    _call(seq, inner)
    return outer._replace(args=outer.args[1:])


def _layer(seq: Sequence, call: Call, span: Span) -> None:
    """Read a layer with its properties in parentheses, in any order."""
    numbers = [argument for argument in call.args if not argument.key and isinstance(argument.value, Num)]
    _named(seq, call.name, call.args, span)
    if len(numbers) > 2 and seq.bag and seq.bag.takes("kernel"):
        seq.reporter.add(
            syntax.ambiguous_order(seq.source, span, call.name, [seq.text(one.span) for one in numbers])
        )
        seq.fault = True
        return
    widths = _widths(call) if seq.bag and seq.bag.kind.takes_flat else ()
    if widths:
        seq.option("channels", widths, span)
        return
    for argument in call.args:
        _argument(seq, argument)


def _widths(call: Call) -> tuple[Num, ...]:
    """Return the units of `MLP(64, 64, 32)` and `MLP(64-64-32)`; two numbers may be what comes in and out."""
    values = call.args[0].value if len(call.args) == 1 else None
    numbers: list[Expr] = [argument.value for argument in call.args if not argument.key]
    while isinstance(values, BinOp) and values.op == "-":
        numbers[:1] = [values.left, values.right]
        values = values.left
    plain = tuple(number for number in numbers if isinstance(number, Num))
    return plain if len(plain) == len(numbers) > 2 and not any(one.key for one in call.args) else ()


def _code(seq: Sequence, call: Call, code: "Signature", span: Span) -> None:
    """Read a layer as code writes it: arguments in the order of its framework."""
    from archdsl.ops.signatures import NEUTRAL

    _named(seq, code.word, call.args, span)
    named = tuple(key for key in code.order if key != "-")
    for position, argument in enumerate(call.args):
        key = argument.key or (code.order[position] if position < len(code.order) else "")
        if key == "activation" and isinstance(argument.value, Name) and not seq.own_key(key):
            words(seq, (Number(argument.value, "", argument.span),), 0)
        elif key in code.order and key != "-":
            value = seq.value(key, argument.value)
            if key == "momentum" and isinstance(value, Num):  # PyTorch counts what is new, Keras what is kept
                value = value._replace(value=round(1 - value.value, 12))
            if key == "edges":
                key, value = "amount", _axes_in_order(value)
            seq.option(seq.own_key(key) or key, value, argument.span)
        elif argument.key and key not in NEUTRAL:
            _argument(seq, argument)
        elif not key or (key == "-" and not isinstance(argument.value, Num | Name)):
            seq.reporter.add(
                uses.surplus_argument(
                    seq.source, argument.span, uses.BlockName(call.name, seq.source, span), named, ""
                )
            )
            break
    if seq.bag:
        _unsaid(seq.bag, code, span)


def _unsaid(bag: Bag, code: "Signature", span: Span) -> None:
    """Give a layer what its framework means where the code says nothing."""
    bag.options += [Option(key, word, span, True) for key, word in code.says.items() if not bag.has(key)]
    if code.valid and not bag.has("padding"):
        bag.options.append(Option("padding", "valid", span, True))
    if code.valid and "pool" not in code.word and not bag.has("stride"):
        bag.options.append(Option("stride", Num(1, span), span, True))


def _axes_in_order(value: Any) -> Any:
    """Return what is cut off or added at the ends of each axis, the first axis first: `(left, right, top,
    bottom)` has it last."""
    if type(value) is not tuple or len(value) % 2:
        return value
    return tuple(side for at in range(len(value) - 2, -1, -2) for side in value[at : at + 2])


def _named(seq: Sequence, name: str, args: tuple[Argument, ...], span: Span) -> None:
    found = longest(name.split(" "))
    if args and found and found[1][0] == "norm":
        seq.close()  # what is said in its parentheses is said of the norm
    if name:
        words(seq, tuple(Number(Name(word, span), "", span) for word in name.split(" ")), 0)


def _argument(seq: Sequence, argument: Argument) -> None:
    if argument.key:
        seq.assign(Assign(argument.key, argument.value, argument.span, argument.span))
    elif isinstance(argument.value, Name):
        words(seq, (Number(argument.value, "", argument.span),), 0)
    else:
        number(seq, Number(argument.value, "", argument.span))
