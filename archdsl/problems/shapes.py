"""E03 and E04: messages about shapes and about the structure of the network."""

from collections.abc import Iterable

from archdsl.diagnostics import Diagnostic, Fix, Label, Note
from archdsl.problems.base import error, replace, short, size_text
from archdsl.source import Source, Span

Size = tuple[int, ...]

TOO_LARGE = "E0402"


def does_not_fit(
    source: Source,
    span: Span,
    why: str,
    incoming: Size,
    arrives: Span | None,
    used: Span | None,
    merge: str = "",
    joining: str = "",
    fixes: Iterable[Fix] = (),
) -> Diagnostic:
    """E0303: an op cannot take the shape that reaches it, in a block that is `used` there; `merge` is the way of joining several values."""
    fixes = tuple(fixes)
    # The row above need not be where the inputs of a join come from, nor those of a layer within a block.
    more = (Label(used, "the block is used here"),) if used and used != span else ()
    more = more or (
        (Label(arrives, f"{size_text(incoming)} comes from here"),) if arrives and not merge else ()
    )
    headline = f"`{merge}` cannot join these" if merge else f"this layer cannot take {size_text(incoming)}"
    flat = len(incoming) == 1 and "spatial axes" in why
    return error(
        "E0303",
        headline,
        source,
        span,
        why,
        *more,
        help=_making_a_map(incoming[0]) if flat else joining or (fixes[0].title if len(fixes) == 1 else ""),
        fixes=fixes,
    )


def _making_a_map(values: int) -> str:
    """Say how flat values become a map: by a pool before them, as one position, in a shape of their number."""
    said = "a pool with a window (`average pool 7x7`) keeps a map; `to map` before this layer makes a map with one position"
    side = next((side for side in _SIDES if _is_power(values / side**2)), None)
    return f"{said}, `reshape {side}x{side}x{values // side**2}` a map of these values" if side else said


_SIDES = (4, 7, 8, 6, 5, 3, 2, 14, 16)  # of the maps that generators and decoders begin with


def _is_power(count: float) -> bool:
    """Return whether channels are a power of two, as they mostly are."""
    return count.is_integer() and count >= 8 and int(count) & (int(count) - 1) == 0


def open_input(source: Source, span: Span, letters: tuple[str, ...], stands: int) -> Diagnostic:
    """W0305: the size of the input is open; the network is checked for one that stands for it."""
    named = " and ".join(dict.fromkeys(letter for letter in letters if letter))
    found = error(
        "W0305",
        f"the input's {named} {'is' if named.count(' ') == 0 else 'are'} open: checked for {stands}",
        source,
        span,
        "no `param` line defines it",
        notes=("the parameters hold for every size; multiply-adds, figure and model are for this size",),
        help=f"choose another size with `--input` or a line like `param {named.split(' ')[0]} = 512`",
    )
    return found._replace(severity="warning")


def open_flatten(source: Source, span: Span, shape: Size) -> Diagnostic:
    """E0308: the input's size is open, and something depends on it that has parameters."""
    return error(
        "E0308",
        "the number of values depends on the input's size, which is open",
        source,
        span,
        f"flattens {size_text(shape)}",
        help="give the input a size, or write `global average pool` before this",
    )


def window_beyond_map(source: Source, span: Span, kernel: Size, size: Size) -> Diagnostic:
    """W0302: a pool's window is at least twice as large as its map: a number that means something else, or the whole map."""
    found = error(
        "W0302",
        f"the window of this pool, {size_text(kernel)}, is larger than its map, {size_text(size)}",
        source,
        span,
        f"the map has {size_text(size)} positions",
        notes=("read as a window that covers the whole map; a pool has no channels",),
        help="write `global pool` for the whole map, or `1x1, 64` for a convolution with 64 channels",
    )
    return found._replace(severity="warning")


def size_rank(source: Source, span: Span, declared: Size, rank: int) -> Diagnostic:
    """E0304: a size with another number of axes than the network's."""
    return error(
        "E0304",
        f"the size {size_text(declared)} has {len(declared)} axes",
        source,
        span,
        f"expected {rank} (or {rank + 1} with the channels), as in `input`",
    )


def other_axes(source: Source, span: Span, layer: str, axes: int, rank: int) -> Diagnostic:
    """E0309: a layer names a number of axes that the network's maps do not have."""
    text = source.clean[span.start : span.end]
    return error(
        "E0309",
        f"`{short(text)}` is a layer for maps with {axes} {'axis' if axes == 1 else 'axes'}, but this network "
        f"has {rank}",
        source,
        span,
        f"{axes}D",
        help=f"write `{layer}` without the number of axes, or give an input with {axes} and channels: "
        f"`input {size_text(('128', '32x32', '16x32x32')[axes - 1 : axes])}x3`",
    )


def stride_without_window(source: Source, span: Span) -> Diagnostic:
    """E0305: a bracket is given a stride, and nothing in it can take one."""
    return error(
        "E0305", "no layer of this bracket can take a stride", source, span, "holds no convolution or pooling"
    )


def shortcut_mismatch(
    source: Source,
    name: str,
    block: Span,
    shortcut: str,
    place: Span | None,
    main: Size,
    incoming: Size,
    chain: str,
    fixes: Iterable[Fix],
) -> Diagnostic:
    """E0311: the two inputs of a residual sum differ."""
    differ = []
    if main[:-1] != incoming[:-1]:
        differ.append(f"spatial size ({size_text(incoming[:-1])} vs {size_text(main[:-1])})")
    if main[-1] != incoming[-1]:
        differ.append(f"channels ({incoming[-1]} vs {main[-1]})")
    label = (
        f"{shortcut} shortcut keeps {size_text(incoming)}"
        if shortcut == "identity"
        else f"a {shortcut} shortcut cannot turn {size_text(incoming)} into {size_text(main)}"
    )
    fixes = tuple(fixes)
    more = () if place is None else (Label(block, f"main path computes {size_text(main)}"),)
    found = error(
        "E0311",
        f"{short(name)}: the two inputs of `+` differ",
        source,
        place or block,
        label if place else f"main path computes {size_text(main)}, {label}",
        *more,
        help=fixes[0].title if len(fixes) == 1 else "",
        fixes=fixes,
    )
    notes = (
        Note("main", chain),
        Note("shortcut", f"{size_text(incoming)} -[{shortcut}]-> {size_text(incoming)}"),
        Note("note", f"{' and '.join(differ)} differ"),
    )
    return found._replace(notes=notes)


def head_mismatch(
    source: Source, span: Span, computed: int, classes: int, classes_span: Span, fixes: Iterable[Fix]
) -> Diagnostic:
    """E0401: the last layer does not give one value per class."""
    return error(
        "E0401",
        f"the network ends in {computed} values, but `classes` is {classes}",
        source,
        span,
        f"gives {computed}",
        Label(classes_span, f"declares {classes} classes"),
        help="make the head and `classes` agree",
        fixes=fixes,
    )


def network_too_large(source: Source, span: Span, limit: int) -> Diagnostic:
    """E0402: more ops than a network may have."""
    return error(
        TOO_LARGE,
        f"the network has more than {limit:,} layers",
        source,
        span,
        "this row exceeds the limit",
    )


def networks_too_large(source: Source, span: Span, name: str, limit: int) -> Diagnostic:
    """E0402: the networks of a file have more ops together than one may have."""
    label = f"`{short(name)}` exceeds the limit; the networks after it are not checked"
    found = error(
        TOO_LARGE, f"the networks of this file have more than {limit:,} layers together", source, span, label
    )
    return found._replace(help="check them one by one with --variant")


def project_fix(span: Span | None, setting: Span | None) -> tuple[Fix, ...]:
    """Offer a projection where the shape changes."""
    title = "use a projection where shapes change (ResNet option B)"
    place = span or setting
    return (replace(title, place, "shortcut project" if span else "project"),) if place else ()
