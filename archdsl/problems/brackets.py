"""Messages about brackets: without a partner, empty, or with the repeat inside."""

from archdsl.diagnostics import Diagnostic, Label
from archdsl.problems.base import error, replace, short
from archdsl.source import Source, Span

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
