"""E0125: a slip, reported with what is meant; the same slip in several places is reported once."""

from collections.abc import Sequence

from archdsl.diagnostics import Diagnostic, Edit, Fix, Label, Note
from archdsl.problems.base import error, short
from archdsl.source import Source, Span

_SHOWN = 60  # characters of what is meant: a bracket, as a rule
_PLACES = 3  # shown for one message


def slip(
    source: Source,
    places: Sequence[Span],
    texts: tuple[str, str],
    words: tuple[str, str],
    edits: tuple[Edit, ...],
) -> Diagnostic:
    """E0125: the text cannot be read, but correcting one slip makes it readable; `texts` are what is typed and what is meant."""
    said, meant = (short(text.strip(), _SHOWN) for text in texts)
    says, holds = (word.format(said=said, meant=meant) for word in words)
    help_text, title = (
        (f"did you mean `{meant}`?", f"write `{meant}`") if meant else ("remove it", f"remove `{said}`")
    )
    if said == meant:
        help_text = title = "put spaces before it"
    further = [Label(place, "also here") for place in places[1:_PLACES]]
    notes = [f"and in {len(places) - _PLACES} more places"] if len(places) > _PLACES else []
    return error(
        "E0125",
        says,
        source,
        places[0],
        holds,
        *further,
        notes=notes,
        help=help_text,
        fixes=(Fix(title, edits, "machine-applicable"),),
    )


def gathered(found: Sequence[Diagnostic]) -> list[Diagnostic]:
    """Report the same fault of several places once: the first of them stands for all, and shows the others."""
    alike: dict[object, list[Diagnostic]] = {}
    for one in found:
        text = next((label.text for label in one.labels if label.primary), "")
        said = () if one.code in _BY_LABEL else (one.message, one.help)
        key = (one.code, said, text, id(one.source)) if one.code in _ONCE else len(alike)
        alike.setdefault(key, []).append(one)
    return [_together(several) if len(several) > 1 else several[0] for several in alike.values()]


_BY_LABEL = ("E0206", "E0312")  # the layers, or sizes, that have the same fault may be written differently
_ONCE = (
    "E0101",
    "E0201",
    "E0203",
    "E0204",
    "E0206",
    "E0211",
    "E0233",
    "E0312",
)  # whose message says all of it


def _together(several: list[Diagnostic]) -> Diagnostic:
    first = several[0]
    places = [one.span for one in several[1:]]
    labels = tuple(Label(place, "also here") for place in places[: _PLACES - 1])
    left = len(places) - len(labels)
    notes = (Note("note", f"and in {left} more places"),) if left else ()
    edits = tuple(edit for one in several for fix in one.fixes[:1] for edit in fix.edits)
    fixes = (first.fixes[0]._replace(edits=edits), *first.fixes[1:]) if first.fixes else ()
    return first._replace(labels=(*first.labels, *labels), notes=(*first.notes, *notes), fixes=fixes)
