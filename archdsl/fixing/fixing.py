"""Applies the fixes that are sure, each proved by compiling the text again."""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from archdsl.diagnostics import Diagnostic, Edit, Fix
from archdsl.light import NamedTuple

Compile = Callable[[str], Sequence[Diagnostic]]
# A sure fix makes something readable; reading on may bring up another one.
_ROUNDS = 10


class Applied(NamedTuple):
    """A fix that was applied, and the problem as it was told when it was."""

    problem: Diagnostic
    fix: Fix


class Fixed(NamedTuple):
    """A text with fixes applied, and the problems that are left in it."""

    text: str
    applied: tuple[Applied, ...]
    left: tuple[Diagnostic, ...]


def fixed(text: str, diagnose: Compile) -> Fixed:
    """Apply the sure fixes of a text; `diagnose` gives the problems of a text."""
    applied: list[Applied] = []
    left = tuple(diagnose(text))
    for _ in range(_ROUNDS):
        done = next(_attempts(text, left, diagnose), None)
        if done is None:
            break
        applied += done.applied
        text, left = done.text, done.left
    return Fixed(text, tuple(applied), left)


def _attempts(text: str, problems: tuple[Diagnostic, ...], diagnose: Compile) -> Iterator[Fixed]:
    """Try all sure fixes at once, then one by one; give what was proved."""
    sure = [Applied(one, one.fixes[0]) for one in problems if one.is_sure]
    for tried in (sure, *([one] for one in sure)):
        new = edited(text, [edit for one in tried for edit in one.fix.edits])
        if new is None or new == text:
            continue
        left = tuple(diagnose(new))
        if _unread(left) <= _unread(problems) - len(tried):
            yield Fixed(new, tuple(tried), left)


def _unread(problems: Sequence[Diagnostic]) -> int:
    """Count the errors of what cannot be read; those of sizes and counts may first show when it can be."""
    return sum(one.severity == "error" and one.code < "E03" for one in problems)


def edited(text: str, edits: Sequence[Edit]) -> str | None:
    """Apply edits to a text; None where two of them touch the same place."""
    ordered = sorted(edits)
    if any(one.span.end > other.span.start for one, other in pairwise(ordered)):
        return None
    for edit in reversed(ordered):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text
