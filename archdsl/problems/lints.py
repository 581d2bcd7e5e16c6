"""W: messages about text that probably means something else; the network is built as printed."""

from collections.abc import Sequence

from archdsl.diagnostics import Diagnostic, Edit, Fix, Label
from archdsl.problems.base import error, listed, replace, short, size_text
from archdsl.source import Source, Span


def dense_as_map(source: Source, span: Span, units: int, shape: tuple[int, ...]) -> Diagnostic:
    """W0203: a dense layer with as many units as the map before it has values."""
    found = error(
        "W0203",
        f"the layer has {units:,} units, exactly the number of values in the {size_text(shape)} map before it",
        source,
        span,
        "this may be the flattened map, not a layer",
        help="write `flatten` if the table prints the map as a row of its own",
        fixes=(replace("write `flatten`", span, "flatten"),),
    )
    return found._replace(severity="warning")


def dense_on_sequence(
    source: Source, span: Span, text: str, shape: tuple[int, ...], units: int
) -> Diagnostic:
    """W0303: a dense layer gets a sequence, and the table does not say whether it works at each position."""
    positions, channels = shape
    found = error(
        "W0303",
        f"`{short(text)}` flattens the {size_text(shape)} sequence before it",
        source,
        span,
        f"{positions * channels:,} values to {units:,}",
        notes=(
            f"applied at each of the {positions} positions, it would have {channels} inputs and {(channels + 1) * units:,} parameters",
        ),
        help="write `flatten` before it to confirm that, or `each position` after it to apply it at each position",
    )
    return found._replace(severity="warning")


def joined_before(source: Source, spans: tuple[Span, ...], ways: tuple[str, ...]) -> Diagnostic:
    """W0209: several values that are read together by layers which join nothing, in the ways of `ways`."""
    said = {"concat": "concatenated", "add": "added"}
    first, *others = spans
    found = error(
        "W0209",
        f"values that a layer reads together are {listed([said[way] for way in dict.fromkeys(ways)], 'or')}: the table does not say how",
        source,
        first,
        f"{said[ways[0]]} before the layer",
        *(Label(span, f"{said[way]}, too") for span, way in zip(others[:2], ways[1:], strict=False)),
        help="a comma is read as `concat`, a plus as `add`; write the other in a row of its own: `Concatenate`, `Add`",
    )
    return found._replace(severity="warning")


def caption_unmet(source: Source, span: Span, words: str, setting: str) -> Diagnostic:
    """W0306: a norm or an activation that the caption of a table names, and no layer of its network has."""
    found = error(
        "W0306",
        f"the caption says `{short(words)}`, and no layer of the network has it",
        source,
        span,
        "not in the network",
        help=f"if it goes with every convolution, set `{setting}`, in a document by the comment "
        f"`<!-- archdsl: {setting} -->` (LaTeX: `% archdsl: {setting}`); else print it in the rows",
    )
    return found._replace(severity="warning")


def norm_apart(source: Source, layer: tuple[str, Span], norm: Span, word: str, style: str) -> Diagnostic:
    """W0307: a norm in a row of its own, behind a layer that has the style's norm or activation (`word`) already."""
    name, place = layer
    twice = word in ("batch", "layer", "group", "instance")
    what = (
        f"a {word} norm of its own"
        if twice
        else f"an activation, {word.replace('_', ' ')}, before the norm of this row"
    )
    found = error(
        "W0307",
        f"{short(name)} has {what}",
        source,
        norm,
        "a second norm" if twice else "the norm comes behind the activation",
        Label(place, f"style {style} gives it {'that norm' if twice else 'the activation'}"),
        help="set `norm none`, or leave these rows out"
        if twice
        else f"write `BN, {word.replace('_', ' ')}` in the rows of norms if the activation comes behind them; set `style as-printed` if there is none, or `style {style}` if this is meant",
    )
    return found._replace(severity="warning")


def never_residual(source: Source, span: Span, style: str, kernel: str) -> Diagnostic:
    """W0205: a residual style, and no bracket that has a block's two layers."""
    found = error(
        "W0205",
        f"style {style} makes no residual block here: no bracket has two layers",
        source,
        span,
        "one layer, repeated",
    )
    layer = f"{kernel}, c"
    return found._replace(
        severity="warning",
        help=f"if each bracket stands for the two layers of a block, add the line `read [{layer}] as {layer}; {layer}`; if not, set `brackets plain`",
    )


def single_beside_residual(source: Source, span: Span, name: str, other: str, kernel: str) -> Diagnostic:
    """W0205: brackets of one layer in one network of a table, beside residual blocks of another one."""
    layer = f"{kernel}, c"
    found = error(
        "W0205",
        f"nothing in `{short(name)}` is residual, but `{short(other)}` in the same table has residual blocks",
        source,
        span,
        "one layer, repeated",
        help=f"if each bracket stands for the two layers of a block, add the line `read [{layer}] as {layer}; {layer}`; if not, set `brackets plain`",
    )
    return found._replace(severity="warning")


def pool_of_no_kind(source: Source, span: Span, text: str) -> Diagnostic:
    """W0230: a pool that may be a max pool or an average pool."""
    factor = f" {text[1:].strip()}" if text[:1] == "↓" else ""
    found = error(
        "W0230",
        f"`{short(text)}` may be a max pool or an average pool",
        source,
        span,
        "read as an average pool",
        notes=("sizes and counts are the same for both; all such pools of this table are read this way",),
        help="write `max pool` or `average pool`",
        fixes=(
            replace(f"write `average pool{factor}`", span, f"average pool{factor}"),
            replace(f"write `max pool{factor}`", span, f"max pool{factor}"),
        ),
    )
    return found._replace(severity="warning")


def beside_some(
    source: Source, span: Span, word: str, block: str, others: list[Span], default: str
) -> Diagnostic:
    """W0230: a word of a block's parameter that is printed beside some of its uses."""
    found = error(
        "W0230",
        f"`{short(word)}` is printed beside some uses of `{short(block)}`, but not beside all",
        source,
        span,
        "printed here",
        Label(others[0], "read without it"),
        help=f"if the others should have it too, write `{short(word)}` beside them, or `{short(word.lower())}={default}`",
    )
    return found._replace(severity="warning")


def unused_parameter(source: Source, span: Span, name: str, block: str) -> Diagnostic:
    """W0206: a parameter that no line of its block uses."""
    found = error(
        "W0206",
        f"`{short(block)}` never uses its parameter `{short(name)}`",
        source,
        span,
        "no line of the block mentions it",
        help=f"use `{short(name)}` in a line (a stride like `/{short(name)}`), or remove it",
    )
    return found._replace(severity="warning")


def uneven_kernel(source: Source, span: Span, kernel: tuple[int, ...]) -> Diagnostic:
    """W0201: a kernel with an even and an odd side in a residual block."""
    odd = next(side for side in kernel if side % 2)
    meant = "x".join([str(odd)] * len(kernel))
    found = error(
        "W0201",
        f"a {'x'.join(map(str, kernel))} kernel in a residual block",
        source,
        span,
        "one side even, one odd",
        help=f"perhaps a misprint of {meant}",
        fixes=(replace(f"write `{meant}`", span, meant),),
    )
    return found._replace(severity="warning")


def brace_of_one_row(source: Source, count: Span, rows: list[Span]) -> Diagnostic:
    """W0204: a brace that is printed beside its first row only; the sizes say how far it goes."""
    printed = source.text[count.start : count.end]
    edits = tuple(Edit(Span(row.start, row.start), f"{printed}× ") for row in rows[1:])
    found = error(
        "W0204",
        f"`{printed}×` is printed beside one row, and read as repeating {len(rows)} rows",
        source,
        count,
        "the repeat",
        Label(rows[-1], "the last row that it repeats"),
        notes=["the rows begin and end with the same size and channels"],
        help=f"write `{printed}×` before each row that it repeats; if it repeats only the first one, put {printed} in a column headed `n`",
        fixes=(Fix("write the count before each of them", edits),),
    )
    return found._replace(severity="warning")


def column_not_read(source: Source, span: Span, header: str) -> Diagnostic:
    """W0101: a column whose header has no meaning here, so that nothing of it reaches the network."""
    found = error(
        "W0101",
        f"the column `{short(header)}` is not read",
        source,
        span,
        "the network uses nothing from it",
    )
    return found._replace(
        severity="warning",
        help="write what it holds in the structure, like `3x3, 64, stride 2`; a column of notes may stay",
    )


def input_kept(source: Source, span: Span, names: Sequence[str], size: str) -> Diagnostic:
    """W0105: `--input` for a file of which only some tables print no input of their own."""
    names = list(dict.fromkeys(map(short, names)))
    keep = f"{listed(names[:5], 'and')} {'keep their inputs' if len(names) > 1 else 'keeps its input'}"
    found = error(
        "W0105",
        f"`--input` is used for the tables that print none; {keep}",
        source,
        span,
        f"`{short(size)}` is used here",
        help=f"to change the input of one table, check it alone: `{source.path.rpartition('/')[2]}#{names[0]}`",
    )
    return found._replace(severity="warning")


def part_of_a_name(source: Source, span: Span, words: str) -> Diagnostic:
    """W0208: words around the layer in the name of a row."""
    found = error(
        "W0208", f"`{short(words)}` is read as part of the row's name", source, span, "not a word for a layer"
    )
    return found._replace(
        severity="warning", help="if it names another kind of layer, write that layer in its own column"
    )


def turned(source: Source, first: Span, last: Span, is_input: bool = True) -> Diagnostic:
    """W0102: a table that begins with the end of a network and ends with its input is read from bottom to top."""
    more = Label(last, "the input comes last" if is_input else "the largest map comes last")
    found = error(
        "W0102",
        "the rows are read from bottom to top",
        source,
        first,
        "the end of the network comes first",
        more,
    )
    return found._replace(
        severity="warning",
        help="set `direction bottom-up` to confirm this, or `direction top-down` to read from the top",
    )
