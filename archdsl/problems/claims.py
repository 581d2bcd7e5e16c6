"""E04 and W04: messages about printed counts that are not what was computed."""

from collections.abc import Mapping, Sequence

from archdsl.diagnostics import Diagnostic, Edit, Fix
from archdsl.light import NamedTuple
from archdsl.problems.base import error, listed, replace, short, size_text
from archdsl.source import Source, Span

_MAX_FITTING = 3
_CHECK = "check channels and repeats row by row (`archdsl check --explain` lists what was inferred)"
_NAMES = {"params": "parameters", "macs": "multiply-adds", "depth": "weighted layers"}


def not_a_count(source: Source, span: Span, text: str) -> Diagnostic:
    """E0403: a printed count that is no number."""
    return error(
        "E0403",
        f"`{short(text)}` is not a count",
        source,
        span,
        "expected a number like `25.6M` or `3.8×10^9`",
    )


class Mend(NamedTuple):
    """Settings that would give the printed count: the line of each, where its value stands in the file (if it does), and the new value."""

    settings: tuple[tuple[str, Span | None, str], ...]

    @property
    def lines(self) -> str:
        """Quote the settings."""
        return listed((line for line, _, _ in self.settings), "and")

    def fix(self) -> Fix:
        """Write them into the file: over the values that are there, or as lines at its top."""
        edits = (
            Edit(place, value) if place else Edit(Span(0, 0), f"{line}\n")
            for line, place, value in self.settings
        )
        return Fix(f"set {self.lines} if that is what the table means", tuple(edits))


def count_differs(
    source: Source,
    span: Span,
    text: str,
    what: str,
    counts: Mapping[str, int],
    fitting: Sequence[Mend],
    nearest: str,
    meant: str,
    variant: str,
) -> Diagnostic:
    """E0404: the network has another count than the one that is printed; the settings of a `fitting` would give it.

    `meant` is the computed one, written as the other is printed.
    """
    computed = next(iter(counts.values()))
    notes = [f"{count:,} {name}" for name, count in counts.items() if count != computed]
    notes += [f"{mend.lines} would give the printed number" for mend in fitting[:_MAX_FITTING]] + (
        [nearest] if nearest else []
    )
    fixes = tuple(mend.fix() for mend in fitting[:_MAX_FITTING])
    shown = fixes if source.path.endswith(".arch") else ()
    misprint = (
        ()
        if fitting
        else (replace(f"write `{meant}` if the count is misprinted; else {_CHECK}", span, meant),)
    )
    help_text = (fixes or misprint)[0].title if len(fixes or misprint) == 1 else ""
    return error(
        "E0404",
        f"{variant + ': ' if variant else ''}{short(text)} {_NAMES[what]} are printed, but the network has {computed:,}",
        source,
        span,
        f"printed; computed {computed:,}",
        notes=notes,
        help=help_text,
        fixes=shown or misprint,
    )


def with_optimizer(source: Source, span: Span, text: str, computed: int, times: int) -> Diagnostic:
    """W0403: a total that holds an optimizer's own values, as Keras 3 prints it for a compiled model."""
    found = error(
        "W0403",
        f"{short(text)} counts the optimizer's values, too; the network has {computed:,} parameters",
        source,
        span,
        f"{times - 1} more for each of the {computed:,}",
        help="nothing needs to be done: the network's own count is printed, too",
    )
    return found._replace(severity="warning")


def over_budget(source: Source, span: Span, text: str, what: str, computed: int, variant: str) -> Diagnostic:
    """E0404: the network has more of something than it may have."""
    return error(
        "E0404",
        f"{variant + ': ' if variant else ''}at most {short(text)} {_NAMES[what]} are allowed, but the network has {computed:,}",
        source,
        span,
        f"computed {computed:,}",
        help="reduce channels or repeats, or raise the budget",
    )


def of_another_input(
    source: Source, span: Span, text: str, printed: tuple[int, ...], given: tuple[int, ...], macs: int
) -> Diagnostic:
    """W0402: the multiply-adds that are printed belong to the printed input, and another one is given."""
    found = error(
        "W0402",
        f"{short(text)} multiply-adds are printed for {size_text(printed)}; with {size_text(given)} there are {macs:,}",
        source,
        span,
        f"holds for {size_text(printed)}",
    )
    return found._replace(severity="warning")


def without_norms(
    source: Source, span: Span, text: str, counts: Mapping[str, int], meant: str, variant: str
) -> Diagnostic:
    """E0404: the number of parameters that is printed leaves those of normalisation out."""
    computed = next(iter(counts.values()))
    return error(
        "E0404",
        f"{variant + ': ' if variant else ''}{short(text)} parameters are printed, but the network has {computed:,}",
        source,
        span,
        f"printed; computed {computed:,}",
        notes=[f"{count:,} {name}" for name, count in list(counts.items())[1:]],
        help=f"the printed number omits normalisation; to include it, write `{meant}`",
        fixes=(replace(f"write `{meant}`", span, meant),),
    )


def row_count_differs(
    source: Source, span: Span, text: str, what: str, row: str, counts: Mapping[str, int], meant: str
) -> Diagnostic:
    """W0401: a row prints a count of its own that its layers do not have (`meant`), or something that is no number."""
    computed = next(iter(counts.values()))
    shown = short(text) if meant else f"`{short(text)}` as its"
    found = error(
        "W0401",
        f"{short(row)} prints {shown} {_NAMES[what]}, but has {computed:,}",
        source,
        span,
        f"computed {computed:,}",
        help="counts of single rows are often misprinted, or count something else; they do not change the network",
        fixes=(replace(f"write `{meant}`", span, meant),) if meant else (),
    )
    return found._replace(severity="warning")
