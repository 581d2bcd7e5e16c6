"""E01: messages about text that cannot be read as a table."""

from collections.abc import Iterable

from archdsl.diagnostics import Diagnostic, Label
from archdsl.problems.base import error, listed, nearest, replace, short
from archdsl.source import Source, Span

_TERMINALS = {
    "COMMA": "`,`",
    "SEMICOLON": "`;`",
    "LSQB": "`[`",
    "RSQB": "`]`",
    "INT": "a number",
    "WORD": "a word",
    "_TIMES": "`x`",
    "SLASH": "a stride",
    "_ASSIGN": "`=`",
    "$END": "the end of the cell",
    "RPAR": "`)`",
}

_MOST_PLACES = 3  # that a message shows besides its own

_CONDITION = "put the condition at the end, after `when`: `when s == 1 and c == in`"
_HINTS = {
    **dict.fromkeys((">", "<", "!", "is"), _CONDITION),
    "^": "a power takes plain numbers, like `2^3`; to compute one, write `power(2, n)`",
    "×": "a repeat follows the bracket that it repeats: `[3x3, 64] x2`",
    "x": "a repeat follows the bracket that it repeats: `[3x3, 64] x2`",
    "↓": "write the stride, like `/2` or `↓2`",
    "↑": "write the layer that enlarges the map, like `upsample 2` or `↑2`",
    "@": "write the size of a map before the layers, or in its own column",
}


def _uncounted(source: Source, end: int) -> Diagnostic:
    sign = Span(end - 1, end)
    return error(
        "E0101",
        f"no number follows the repeat sign `{source.text[end - 1 : end]}`",
        source,
        sign,
        "how many times?",
        help="write the number of repeats, like `x 2`, or remove the sign",
        fixes=(replace("remove the sign", sign, ""),),
    )


def unexpected(source: Source, span: Span, text: str, expected: frozenset[str]) -> Diagnostic:
    """E0101: a token that cannot stand where it stands."""
    before = source.clean[max(span.start - _GAP, 0) : span.start].rstrip()
    if not text and before[-1:] in ("x", "X", "×", "*"):
        return _uncounted(source, span.start - _GAP + len(before) if span.start >= _GAP else len(before))
    found = f"`{short(text)}`" if text else "the end of the cell"
    wanted = [name for terminal, name in _TERMINALS.items() if terminal in expected]
    label = "not expected here" + (f": expected {', '.join(wanted[:4])}" if wanted else "")
    hint = _HINTS.get(text, "")
    return error(
        "E0101", f"unexpected {found}" if text else "the cell ends too early", source, span, label, help=hint
    )


def glued_name(source: Source, span: Span, name: str) -> Diagnostic:
    """E0101: a bracket that is glued to the name of its row."""
    space = Span(span.end, span.end)
    return error(
        "E0101",
        f"a space is missing between `{short(name)}` and the bracket",
        source,
        span,
        "the name of the row",
        help="put a space after the name",
        fixes=(replace("put a space", space, " ", sure=True),),
    )


def not_a_size(source: Source, span: Span, text: str) -> Diagnostic:
    """E0102: the size cell holds something else."""
    return error(
        "E0102",
        f"`{short(text)}` is not a size",
        source,
        span,
        "expected a size like `32x32`",
        help="write the output size as height x width, or `-` for none",
    )


_GAP = 8  # blanks that may stand between a sign and the end of its cell


def too_deep(source: Source, span: Span, depth: int, limit: int) -> Diagnostic:
    """E0106: brackets nested beyond the limit."""
    return error("E0106", f"brackets are nested {depth:,} deep", source, span, f"the limit is {limit}")


def cell_too_long(source: Source, span: Span, limit: int) -> Diagnostic:
    """E0109: a cell too long to be one."""
    return error(
        "E0109",
        f"this cell has {span.end - span.start:,} characters",
        source,
        Span(span.start, span.start + 1),
        f"the limit is {limit:,}",
    )


def no_structure(source: Source, span: Span, name: str) -> Diagnostic:
    """E0116: a row that holds no layer."""
    return error(
        "E0116",
        f"row `{short(name)}` has no structure" if name.strip() else "a row has no structure",
        source,
        span,
        "expected layers after the name and size",
        help="a row is a name, an output size and a structure, like `conv1 32x32 3x3, 64`",
    )


def ragged_row(
    source: Source, span: Span, keep: str = "write a `|` that is part of a cell as `\\|`"
) -> Diagnostic:
    """E0117: a row with more cells than the table has columns."""
    return error(
        "E0117",
        "this row has more cells than the table has columns",
        source,
        span,
        "no column for this",
        help=f"remove it, or {keep}",
    )


def single_spaces(source: Source, span: Span) -> Diagnostic:
    """E0117: a row with more words than the table has columns, all of them in single spaces."""
    keep = "put two spaces, or `|`, between the columns of the header and of all rows"
    return error(
        "E0117",
        "single spaces do not separate the columns of this row",
        source,
        span,
        "no column for this",
        help=keep,
    )


def arithmetic_too_long(source: Source, span: Span, limit: int) -> Diagnostic:
    """E0118: an expression with more operations than any table prints."""
    return error(
        "E0118",
        f"this arithmetic has more than {limit} operations",
        source,
        Span(span.start, span.start + 1),
        "it begins here",
        help="name parts of it with `param`",
    )


def not_taken(source: Source, spans: tuple[Span, ...]) -> Diagnostic:
    """E0235: a number or a layer of a table that nothing uses."""
    first, *more = spans
    text = source.clean[first.start : first.end]
    return error(
        "E0235",
        f"`{short(text)}` is in the table, but nothing in the network uses it",
        source,
        first,
        "not used",
        *(Label(span, "nor is this") for span in more[:_MOST_PLACES]),
        help="write it in the cell of its layer, like `3x3, 64, stride 2`; remove it if it is a remark",
    )


def not_read(source: Source, spans: tuple[Span, ...]) -> Diagnostic:
    """W0104: words of a table that name no layer, in a place where nothing else is read."""
    first, *more = spans
    found = error(
        "W0104",
        f"`{short(source.clean[first.start : first.end])}` is not read",
        source,
        first,
        "nothing in the network uses it",
        *(Label(span, "nor this") for span in more[:_MOST_PLACES]),
    )
    return found._replace(severity="warning", help="a remark may stay; write a layer in a row of its own")


def ambiguous_slash(source: Source, span: Span, text: str) -> Diagnostic:
    """E0120: `n/2`, which may be a division or a stride."""
    return error(
        "E0120",
        f"`{short(text)}` may mean a division or a stride",
        source,
        span,
        "one of two meanings",
        help=f"write `({short(text)})` for the division, or a space before `/` for the stride",
    )


def ambiguous_order(source: Source, span: Span, name: str, numbers: list[str]) -> Diagnostic:
    """E0123: numbers in parentheses whose order may be that of one framework or of another."""
    first, second, third = numbers[:3]
    return error(
        "E0123",
        f"the numbers of `{short(name)}` can be read in two orders",
        source,
        span,
        f"a kernel of {third} from {first} to {second} channels, or {first} channels with a kernel of {second}",
        help=f"name them, like `kernel={third}, channels={second}`, or write `Conv2d(…)` for PyTorch's order or `Conv2D(…)` for Keras' order",
    )


def no_setting(source: Source, span: Span, known: Iterable[str]) -> Diagnostic:
    """E0122: an `archdsl:` comment holds something other than settings."""
    word = source.clean[span.start : span.end].split()[0]
    close = nearest(word, known, 1)
    return error(
        "E0122",
        "an `archdsl:` comment can only hold settings and blocks",
        source,
        span,
        "this is neither",
        help=f"did you mean {listed(close)}?"
        if close
        else "write one setting per line, like `input 224x224x3`; rows belong in the table",
        fixes=[replace(f"write `{one}`", Span(span.start, span.start + len(word)), one) for one in close],
    )


def left_open(source: Source, span: Span) -> Diagnostic:
    """E0145: a cell that says `etc.` in place of a layer's numbers."""
    return error(
        "E0145",
        f"`{source.clean[span.start : span.end].strip()}` stands where the sizes of this layer should be",
        source,
        span,
        "the table does not say what is here, or below",
        help="print each row's numbers, as in the rows above",
    )


def rows_left_out(source: Source, span: Span) -> Diagnostic:
    """E0145: a row of dots, which stands for rows that are not printed."""
    return error(
        "E0145",
        "rows are left out here",
        source,
        span,
        "stands for rows that are not printed",
        help="print them, or a repeat: `[3x3, 64; 3x3, 64] x3`",
    )
