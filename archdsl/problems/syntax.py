"""E01: messages about text that cannot be read as a table."""

from collections.abc import Iterable, Sequence

from archdsl.diagnostics import Diagnostic, Label, Note
from archdsl.problems.base import about_file, error, listed, nearest, replace, short
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
_ENDS = {"[": "]", "(": ")", "{": "}"}
_BEGINNINGS = {end: bracket for bracket, end in _ENDS.items()}


def unclosed(source: Source, bracket: str, opening: Span, at: int, found: str, last: str) -> Diagnostic:
    """E0103: a bracket without its end."""
    end = _ENDS[bracket]
    remedy = "close it" if bracket == "(" else "close the block"
    after = f" after `{short(last)}`" if last else ""
    place = Span(at, max(at, min(at + max(len(found), 1), len(source.text))))
    label = f"expected `{end}`, `;` or a layer option, found the " + (
        f"repeat `{found}`" if found else "end of the cell"
    )
    gap = source.clean[at - 1 : at] == " " and bool(found)
    insert = at - 1 if gap else at
    return error(
        "E0103",
        f"missing `{end}`{after}",
        source,
        place,
        label,
        Label(opening, f"this `{bracket}` is never closed"),
        help=remedy,
        fixes=(replace(remedy, Span(insert, insert), end, sure=True),),
    )


def crossed(source: Source, bracket: str, opening: Span, end: str, span: Span) -> Diagnostic:
    """E0103: another bracket closes before this one."""
    label = f"expected `{_ENDS[bracket]}` first"
    return error(
        "E0103",
        f"missing `{_ENDS[bracket]}` before `{end}`",
        source,
        span,
        label,
        Label(opening, f"this `{bracket}` is not closed"),
    )


def unopened(source: Source, end: str, span: Span, start: int, repeated: bool) -> Diagnostic:
    """E0104: a closing bracket without an opening one; a repeat after it shows that the cell at `start` is a block."""
    bracket = _BEGINNINGS[end]
    if repeated:
        fix, help_text = replace("open the block", Span(start, start), bracket), "open the block"
    else:
        fix, help_text = replace("remove it", span, ""), f"remove it, or open the block with `{bracket}`"
    return error(
        "E0104",
        f"`{end}` without a `{bracket}` before it",
        source,
        span,
        "closes nothing",
        help=help_text,
        fixes=(fix,),
    )


def repeat_outside(source: Source, span: Span, text: str) -> Diagnostic:
    """E0105: `3x3, 64 x2`: a repeat that has no bracket."""
    return error(
        "E0105",
        f"`{short(text)}` after a kernel is neither channels nor a kernel",
        source,
        span,
        "a repeat needs brackets around what it repeats",
        help="write `[3x3, 64] x2`",
    )


def too_deep(source: Source, span: Span, depth: int, limit: int) -> Diagnostic:
    """E0106: brackets nested beyond the limit."""
    return error("E0106", f"brackets are nested {depth:,} deep", source, span, f"the limit is {limit}")


def too_many_rows(source: Source, span: Span, limit: int) -> Diagnostic:
    """E0107: more rows than a table may have."""
    return error(
        "E0107",
        f"the table has more than {limit:,} rows",
        source,
        span,
        f"row {limit + 1:,} is here",
        help="repeat a block with `[...] x n` instead of writing its rows out",
    )


def file_too_large(source: Source, size: int, limit: int) -> Diagnostic:
    """E0108: a file too large to be a table."""
    return error("E0108", f"the file has {size:,} bytes", source, Span(0, 0), f"the limit is {limit:,}")


def cell_too_long(source: Source, span: Span, limit: int) -> Diagnostic:
    """E0109: a cell too long to be one."""
    return error(
        "E0109",
        f"this cell has {span.end - span.start:,} characters",
        source,
        Span(span.start, span.start + 1),
        f"the limit is {limit:,}",
    )


def no_table(source: Source, tables_seen: int, tables: list[str]) -> Diagnostic:
    """E0110: nothing in the file is an architecture table; `tables` says what its tables are."""
    seen = (
        "the file has 1 table, which does not describe a network"
        if tables_seen == 1
        else f"the file has {tables_seen} tables; none of them describes a network"
    )
    seen = seen if tables_seen else "no line of the file is a row of a table"
    if "\\input{" in source.clean or "\\include{" in source.clean:
        seen += "; files included with `\\input` are not read"
    found = about_file(
        "E0110",
        "no architecture table found",
        source,
        seen,
        "a row is a name, an output size and a structure, like `conv1 32x32 3x3, 64`; a Markdown table needs a header row and a `|---|` line",
    )
    further = [f"and {len(tables) - 5} more"] if len(tables) > 5 else []
    return found._replace(notes=(*found.notes, *(Note("note", text) for text in (*tables[:5], *further))))


def empty_file(source: Source) -> Diagnostic:
    """E0111: nothing but white space and comments."""
    return error(
        "E0111",
        "the file is empty",
        source,
        Span(0, 0),
        "no rows and no settings",
        help="start from `input 32x32x3` and a row like `conv1 32x32 3x3, 64`",
    )


def not_text(source: Source, offset: int, encoding: str = "") -> Diagnostic:
    """E0112: bytes that are not UTF-8 text."""
    what = f"the file is not UTF-8 text; it looks like {encoding}" if encoding else "the file is not text"
    why = "only UTF-8 text is read here" if encoding else f"byte {offset:,} is not UTF-8 text"
    return error("E0112", what, source, Span(0, 0), why, help="save the table as UTF-8 text")


def other_encoding(source: Source, encoding: str) -> Diagnostic:
    """W0103: text in an encoding that the file does not declare."""
    found = about_file(
        "W0103",
        f"the file is not UTF-8: it is read as {encoding}",
        source,
        "non-ASCII letters may be wrong",
        "save the table as UTF-8 text",
    )
    return found._replace(severity="warning")


def several_tables(source: Source, spans: list[Span], names: list[str]) -> Diagnostic:
    """E0113: one network was asked for, the file has more."""
    at: dict[Span, list[str]] = {}
    for name, span in zip(names, spans, strict=True):
        at.setdefault(span, []).append(name)
    first, *more = (
        Label(span, f"`{here[0]}`" + (f" and {len(here) - 1} more" if here[1:] else ""))
        for span, here in at.items()
    )
    return error(
        "E0113",
        f"the file has {len(names)} {'tables' if len(at) == len(names) else 'networks'}, but only one can be used here",
        source,
        first.span,
        first.text,
        *more,
        help=f"name one: {listed(f'{source.path}#{name}' for name in names)}",
    )


def no_such_table(source: Source, wanted: str, names: list[str], networks: Sequence[str] = ()) -> Diagnostic:
    """E0114: `FILE#name` names neither a table nor one of its networks."""
    said = f"tables in this file: {listed(names, 'and')}"
    if networks:
        said += f"; their networks: {listed(list(networks), 'and')}"
    return about_file("E0114", f"there is no table `{short(wanted)}`", source, said)


def no_such_variant(source: Source, wanted: str, names: list[str]) -> Diagnostic:
    """E0121: `--variant` names a network that the table does not have."""
    known = f"variants of this table: {listed(names, 'and')}" if names else "the table has no variants"
    return about_file("E0121", f"there is no variant `{short(wanted)}`", source, known)


def unreadable(source: Source, why: str) -> Diagnostic:
    """E0115: the file cannot be opened."""
    return error("E0115", f"cannot read {source.path}: {why}", source, Span(0, 0), "")


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


def empty_bracket(source: Source, span: Span) -> Diagnostic:
    """E0119: a bracket with nothing in it."""
    return error(
        "E0119",
        "this bracket is empty",
        source,
        span,
        "holds no layer",
        help="write its layers, or remove it",
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
