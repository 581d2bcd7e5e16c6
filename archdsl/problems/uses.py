"""Messages about the use of a block, and of values by their names."""

from collections.abc import Iterable

from archdsl.diagnostics import Diagnostic, Label
from archdsl.light import NamedTuple
from archdsl.problems.base import error, listed, nearest, replace, short
from archdsl.source import Source, Span


class BlockName(NamedTuple):
    """A block as messages speak of it: by name, with the place of its definition."""

    name: str
    source: Source
    span: Span

    def defined(self, source: Source) -> tuple[Label, ...]:
        """Point to the definition, where it is in the same text."""
        return (Label(self.span, "defined here"),) if self.source is source else ()


def unknown_value(
    source: Source, span: Span, name: str, known: Iterable[str], use: Span | None = None
) -> Diagnostic:
    """E0226: wiring to a row or step that does not exist, or comes later; in a block, whose parameter may hold the name, with its `use`."""
    known = tuple(one for one in known if one == one.strip() != "")
    close = nearest(name, known)
    printed = source.clean[span.start : span.end] == name
    fixes = (replace(f"write `{close[0]}`", span, close[0]),) if close and printed else ()
    more = (Label(use, "the block is used here"),) if use and use != span else ()
    help_text = (
        f"did you mean {listed(close)}?"
        if close
        else f"named before this: {', '.join(known[-12:]) or 'nothing'}"
    )
    headline = f"nothing before this is called `{short(name)}`"
    return error("E0226", headline, source, span, "no such row or step", *more, help=help_text, fixes=fixes)


def missing_argument(
    source: Source, span: Span, block: BlockName, parameter: str, headers: Iterable[str]
) -> Diagnostic:
    """E0227: a block is used without a value that it needs."""
    ways = [f"`{block.name}({parameter}=…)`", *(f"a column `{header}`" for header in headers)]
    label = f"no value for `{parameter}`"
    more = block.defined(source)
    return error(
        "E0227",
        f"`{short(block.name)}` needs `{parameter}`",
        source,
        span,
        label,
        *more,
        help=f"give it with {' or '.join(ways)}",
    )


def surplus_argument(
    source: Source, span: Span, block: BlockName, takes: Iterable[str], key: str
) -> Diagnostic:
    """E0228: an argument that the block has no parameter for."""
    takes = tuple(takes)
    close = nearest(key, takes) if key else []
    known = f"its parameters: {', '.join(takes)}" if takes else f"`{short(block.name)}` takes no arguments"
    help_text = f"did you mean {listed(close)}?" if close else known
    headline = (
        f"`{short(block.name)}` has no parameter `{short(key)}`"
        if key
        else f"`{short(block.name)}` takes no more arguments"
    )
    return error(
        "E0228", headline, source, span, "no parameter for this", *block.defined(source), help=help_text
    )


# How a block has what a column says: the parameter, and a line that uses it.
_PARAMETERS = {
    "stride": "`s=1`, and `/s` behind a layer",
    "fused": "`k`, as in `conv kernel=k, c`",
    "channels": "`c`, as in `3x3, c`",
    "expansion": "`t`, as in `1x1, (t*in)`",
    "groups": "`g`, as in `3x3, c, groups=g`",
    "dilation": "`d`, as in `3x3, c, dilation=d`",
    "activation": "`act`, as in `3x3, c, activation=act`",
}


def column_not_a_parameter(
    source: Source, span: Span, header: str, role: str, row: str, block: BlockName
) -> Diagnostic:
    """E0229: a cell that says something of the block of its row, which has no parameter for it."""
    name = short(block.name)
    way = _PARAMETERS.get(role, f'one with its header: `x: "{short(header)}"`')
    more = (
        f"give `{name}` a parameter for it, {way}"
        if block.source is source
        else f"`archdsl explain {name}` prints the block, ready to copy and change"
    )
    return error(
        "E0229",
        f"nothing in {short(row)} uses `{short(header)}`: `{name}` has no parameter for it",
        source,
        span,
        "this value would be lost",
        *block.defined(source),
        help=f"{more}; write `-` here if its lines say the same",
    )


def argument_twice(source: Source, span: Span, block: str, parameter: str, first: Span) -> Diagnostic:
    """E0209: one parameter of a block given two values."""
    more = Label(first, "the first value")
    return error(
        "E0209", f"`{parameter}` of `{short(block)}` is given twice", source, span, "the second value", more
    )


def in_block(source: Source, span: Span, block: str, message: str, line: int) -> Diagnostic:
    """E0230: the body of a library block does not work out for the values it is used with."""
    return error(
        "E0230",
        f"`{short(block)}` is not valid with these values",
        source,
        span,
        message,
        notes=(f"in line {line} of its definition: `archdsl explain {block}`",),
    )


def used_before(source: Source, span: Span, block: str, itself: bool) -> Diagnostic:
    """E0231: a block that uses itself, or one that is defined after it."""
    if itself:
        return error(
            "E0231",
            f"block `{short(block)}` uses itself",
            source,
            span,
            "this never ends",
            help="repeat a block with `[...] x n`",
        )
    help_text = f"put the definition of `{short(block)}` above this one"
    return error(
        "E0231",
        f"block `{short(block)}` is used before it is defined",
        source,
        span,
        "defined further below",
        help=help_text,
    )


def unread_input(source: Source, span: Span, name: str) -> Diagnostic:
    """E0307: nothing in the network reads one of its inputs."""
    return error(
        "E0307",
        f"nothing reads the input `{short(name)}`",
        source,
        span,
        "this input would be lost",
        help=f"write `from {name}` before the layers that take it, or leave the input out",
    )


def unused(source: Source, span: Span, use: Span, inside: bool) -> Diagnostic:
    """E0307: no output of the network depends on this layer; `inside`: on one of the block of another file that is used here."""
    text = short(source.clean[span.start : span.end])
    return error(
        "E0307",
        f"nothing uses the output of {'a layer in ' if inside and use == span else ''}`{text}`",
        source,
        span,
        "would be lost",
        *((Label(use, "the block is used here"),) if use != span else ()),
        notes=("`from NAME` continues from another value and drops what comes before it",),
        help="write `from NAME` before the layers that follow it; start the row with `aside` if it is an output of the network",
    )
