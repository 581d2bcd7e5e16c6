"""Messages about a printed size that the layers of a row do not come to."""

from collections.abc import Iterable

from archdsl.diagnostics import Diagnostic, Fix, Label, Note
from archdsl.problems.base import error, replace, short, size_text
from archdsl.problems.shapes import Size
from archdsl.source import Source, Span


def wrong_size(
    source: Source,
    name: str,
    declared: Size,
    computed: Size,
    size_span: Span,
    labels: Iterable[Label],
    chain: str,
    notes: Iterable[str],
    fixes: Iterable[Fix],
) -> Diagnostic:
    """E0301: the printed size of a row differs from what its layers compute."""
    fixes = tuple(fixes)
    found = error(
        "E0301",
        f"{short(name)} is declared {size_text(declared)} but computes {size_text(computed)}",
        source,
        size_span,
        f"declared {size_text(declared)}",
        *labels,
        help=fixes[0].title if len(fixes) == 1 else "",
        fixes=fixes,
    )
    return found._replace(
        notes=(Note("shapes", chain), *(Note("note", text) for text in notes))
        if chain
        else tuple(Note("note", text) for text in notes)
    )


def takes_no_stride(block: str) -> str:
    """Say how a block comes to a stride, where no fix can write it."""
    return (
        f"`{short(block)}` takes no stride: give it a parameter `s=1`, write `/s` behind the layers that take it, "
        "and `when s == 1` behind a sum with its input"
    )


def keeps_size(
    source: Source,
    name: str,
    span: Span,
    declared: Size,
    computed: Size,
    channels: tuple[int, int],
    block: str,
    arrives: Span | None,
    fix: Fix,
) -> Diagnostic:
    """E0301: a stage changes its channels but prints the size that it receives; the style changes both together."""
    more = (
        (Label(arrives, f"{name} receives {size_text((*declared, channels[0]))} from here"),)
        if arrives
        else ()
    )
    return error(
        "E0301",
        f"{short(name)} is declared {size_text(declared)} but computes {size_text(computed)}",
        source,
        span,
        f"declared {size_text(declared)}",
        *more,
        notes=(f"`{block}` before it changes {channels[0]} channels to {channels[1]} and halves the map",),
        help=fix.title,
        fixes=(fix,),
    )


def unreachable(
    source: Source,
    name: str,
    declared: Size,
    incoming: Size,
    size_span: Span,
    labels: Iterable[Label],
    nearest: list[Size],
    notes: Iterable[str],
    fixes: Iterable[Fix],
    printed: tuple[int, bool] | None = None,
) -> Diagnostic:
    """E0302: no stride and no padding gives the declared size, or only a stride that has to be `printed`.

    With that stride there may be gaps between the windows.
    """
    fixes = tuple(fixes)
    way = f"only a stride of {printed[0]} gives that" if printed else "no stride gives that"
    gaps = ("with that stride there are gaps between the windows",) if printed and printed[1] else ()
    reach = (
        "nearest reachable sizes: " + ", ".join(map(size_text, nearest))
        if nearest
        else "no size can be reached"
    )
    return error(
        "E0302",
        f"{short(name)} is declared {size_text(declared)}; {way} from {size_text(incoming)}",
        source,
        size_span,
        f"declared {size_text(declared)}",
        *labels,
        notes=(reach, *gaps, *notes),
        help=fixes[0].title if len(fixes) == 1 else "",
        fixes=fixes,
    )


def upstream_size(
    source: Source,
    name: str,
    declared: Size,
    span: Span,
    later: str,
    target: Size,
    later_span: Span,
    wanted: Size,
    fixes: Iterable[Fix],
) -> Diagnostic:
    """E0301: a declared size from which the next row cannot reach its own, while another size would work."""
    fixes = tuple(fixes)
    return error(
        "E0301",
        f"{short(name)} is declared {size_text(declared)}, but {short(later)} needs {size_text(wanted)}",
        source,
        span,
        f"declared {size_text(declared)}",
        Label(later_span, f"no stride takes {size_text(declared)} to {size_text(target)}"),
        notes=(f"from {size_text(wanted)}, {short(later)} reaches its {size_text(target)}",),
        help=fixes[0].title if len(fixes) == 1 else "",
        fixes=fixes,
    )


def odd_padding(
    source: Source,
    name: str,
    span: Span,
    declared: Size,
    inputs: tuple[Size, Size],
    place: Span | None,
    fix: Fix | None,
) -> Diagnostic:
    """W0301: the first convolution reaches its size only if the image is padded on one side.

    `inputs` are the input's size and the one nearby that needs none; the first is set at `place`, or by the caller.
    """
    incoming, wanted = inputs
    more = (Label(place, f"{size_text(incoming)} comes from here"),) if place else ()
    found = error(
        "W0301",
        f"{short(name)} gives {size_text(declared)} from {size_text(incoming)} only if it is padded on one side",
        source,
        span,
        f"declared {size_text(declared)}",
        *more,
        help=fix.title if fix else f"an input of {size_text(wanted)} gives the declared size without padding",
        fixes=(fix,) if fix else (),
    )
    return found._replace(severity="warning")


def before_pool(
    source: Source, name: str, span: Span, pool: Span, declared: Size, computed: Size, fix: Fix
) -> Diagnostic:
    """W0304: a row ends in a pool, and prints the size before it; the next row may go on from either."""
    found = error(
        "W0304",
        f"{short(name)} prints {size_text(declared)}, the size before its pool, but gives {size_text(computed)}",
        source,
        span,
        f"declared {size_text(declared)}",
        Label(pool, f"this takes {size_text(declared)} to {size_text(computed)}"),
        help=fix.title,
        fixes=(fix,),
    )
    return found._replace(severity="warning")


def reads_another(source: Source, span: Span, printed: Size, arrives: Size) -> Diagnostic:
    """E0312: a row prints the size of what it reads, and the row above it gives another one."""
    return error(
        "E0312",
        f"this row reads {size_text(printed)}, but the row above it gives {size_text(arrives)}",
        source,
        span,
        "not the size that arrives: the table does not say which row this one reads",
        help="if it continues from another row, name that row before its layers: `from NAME; 3x3, 64`, and join the two "
        "ways where they meet: `add NAME`; if a row between them is not printed, like a pool, add it",
    )


def wrong_input(
    source: Source, span: Span, declared: Size, given: Size, setting: Span | None, correction: Fix, sure: bool
) -> Diagnostic:
    """E0306: the first row's input size is not the network's input; `setting` is where that is set.

    `correction` rewrites the row; it is `sure` where the input is what fits.
    """
    size = size_text((*declared, *given[len(declared) :]))
    more = (Label(setting, f"sets {size_text(given)}"),) if setting else ()
    other = (replace(f"set the input to {size}", setting, size),) if setting else ()
    fixes = (correction,) if sure or not other else (*other, correction)
    return error(
        "E0306",
        f"the table begins with {size_text(declared)}, but the input is {size_text(given)}",
        source,
        span,
        f"declared {size_text(declared)}",
        *more,
        help=""
        if len(fixes) > 1
        else fixes[0].title
        if other or sure
        else "make `--input` and the first input size agree",
        fixes=fixes,
    )
