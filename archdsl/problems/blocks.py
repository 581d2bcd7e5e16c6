"""Messages about named blocks, their arguments, and the wiring of rows and steps."""

from collections.abc import Iterable

from archdsl.diagnostics import Diagnostic, Label
from archdsl.problems.base import error, listed, replace, short, size_text
from archdsl.source import Source, Span

EMPTY = "E0222"


_EXAMPLE = (
    "a block starts like `block fire(s1, e1, e3)` or `block pair(c) = concat`, and its lines are indented"
)


def bad_head(source: Source, span: Span) -> Diagnostic:
    """E0221: the first line of a block that is none."""
    return error(
        "E0221",
        "this is not the first line of a block",
        source,
        span,
        "expected a name and parameters",
        help=_EXAMPLE,
    )


_OWN = "like `layer deform-conv(c, k=3): HxWxin -> HxWxc, params k*k*in*c + c`"


def bad_own_layer(source: Source, span: Span) -> Diagnostic:
    """E0250: a declaration of a layer that cannot be read."""
    label = "expected shapes, `params` and perhaps `macs`"
    return error("E0250", "this does not declare a layer", source, span, label, help=f"write it {_OWN}")


def bad_axis(source: Source, span: Span, text: str) -> Diagnostic:
    """E0250: an axis of what an own layer takes that is neither a name nor a number."""
    return error(
        "E0250",
        f"`{short(text)}` is not an axis",
        source,
        span,
        "expected a name without an x, or a number",
        help=f"name each axis of the input, {_OWN}",
    )


def bad_parameter(source: Source, span: Span, text: str) -> Diagnostic:
    """E0221: a parameter of a block that is none."""
    label = 'expected `name`, `name=default` or `name: "column header"`'
    return error(
        "E0221", f"`{short(text)}` is not a parameter of a block", source, span, label, help=_EXAMPLE
    )


def named_twice(source: Source, span: Span, what: str, name: str, first: Span) -> Diagnostic:
    """E0213: two parameters or two steps of a block with one name."""
    headline = f"{what} `{short(name)}` is named twice"
    return error(
        "E0213",
        headline,
        source,
        span,
        "the second one",
        Label(first, "the first one"),
        help="give one of them another name",
    )


def unknown_merge(source: Source, span: Span, word: str, known: Iterable[str]) -> Diagnostic:
    """E0221: branches joined in a way that does not exist."""
    return error(
        "E0221", f"branches cannot be joined by `{short(word)}`", source, span, f"expected {listed(known)}"
    )


def empty_block(source: Source, span: Span, name: str) -> Diagnostic:
    """E0222: a block without lines."""
    return error(
        EMPTY, f"block `{short(name)}` is empty", source, span, "no indented line follows", help=_EXAMPLE
    )


def block_twice(source: Source, span: Span, name: str, first: Span) -> Diagnostic:
    """E0213: two blocks of one name."""
    return error(
        "E0213",
        f"block `{short(name)}` is defined twice",
        source,
        span,
        "the second one",
        Label(first, "the first one"),
    )


def block_is_a_layer(source: Source, span: Span, name: str) -> Diagnostic:
    """E0223: a block named like a word that cells have already."""
    return error(
        "E0223",
        f"`{short(name)}` already has a meaning in cells",
        source,
        span,
        "choose another name for the block",
    )


def bad_reading(source: Source, span: Span) -> Diagnostic:
    """E0224: a `read` line that is none."""
    help_text = (
        "write the printed form, `as`, and what it means: `read [1x1 conv; 3x3 conv] as dense-layer(k)`"
    )
    return error(
        "E0224",
        "this `read` line has no pattern and meaning",
        source,
        span,
        "expected `PATTERN as LAYERS`",
        help=help_text,
    )


def bad_pattern(source: Source, span: Span, label: str, count: int) -> Diagnostic:
    """E0224: a `read` line for several layers, for none, or for a block."""
    help_text = "put brackets around several layers" if count > 1 else ""
    return error("E0224", "a `read` pattern is one layer or one bracket", source, span, label, help=help_text)


def wire_without_name(source: Source, span: Span, word: str) -> Diagnostic:
    """E0225: `concat` alone."""
    return error(
        "E0225",
        f"`{short(word)}` does not name another value",
        source,
        span,
        "which one?",
        help=f"name a row, a step of the block, or the block's `input`: `{short(word)} input`",
    )


def column_not_taken(source: Source, span: Span, header: str, row: str) -> Diagnostic:
    """E0229: a cell with a value that nothing in its row can take."""
    return error(
        "E0229",
        f"nothing in {short(row)} uses `{short(header)}`",
        source,
        span,
        "this value would be lost",
        help="write `-` where the column does not apply, or name the operator that takes it",
        fixes=(replace("write `-`", span, "-"),),
    )


def layer_in_column(source: Source, span: Span, header: str) -> Diagnostic:
    """E0229: a layer in a column that only says properties of the row's own."""
    text = source.clean[span.start : span.end]
    return error(
        "E0229",
        f"`{short(text)}` is not a `{short(header)}` of this row",
        source,
        span,
        "the row already has a different layer",
        help="write the layer in the structure; this column holds properties of the row's layer",
    )


def too_deep(source: Source, span: Span, block: str, limit: int) -> Diagnostic:
    """E0231: blocks of blocks beyond the limit."""
    return error(
        "E0231",
        f"`{short(block)}` is more than {limit} blocks deep",
        source,
        span,
        "too many blocks inside blocks",
    )


def unknown_condition(source: Source, span: Span, left: object, right: object) -> Diagnostic:
    """E0232: a guard that compares what cannot be compared."""
    shown = [f"`{size_text(side)}`" if isinstance(side, tuple) else f"`{side}`" for side in (left, right)]
    help_text = "words and kernels can only be compared with `==` and `!=`"
    return error(
        "E0232",
        "these two cannot be compared",
        source,
        span,
        f"compares {shown[0]} with {shown[1]}",
        help=help_text,
    )


def nothing_left(source: Source, span: Span) -> Diagnostic:
    """E0234: guards leave no layer of the network."""
    return error(
        "E0234",
        "no layer of the network is left",
        source,
        span,
        "the `when` conditions exclude every layer",
        help="change the parameter or the condition, so that a row remains; `check --explain` lists the values of parameters",
    )
