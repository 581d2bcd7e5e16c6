"""Statements of generated Python -> lines, broken where `ruff format` breaks them."""

from collections.abc import Iterator
from itertools import pairwise

WIDTH = 88  # ruff's own
_OPEN, _CLOSE = "([{", ")]}"
_OPERATORS = (" + ", " - ", " * ", " / ", " @ ")


def laid(text: str, indent: int = 0) -> list[str]:
    """Break a statement, or one argument of it, into lines that fit where it has brackets to break at."""
    space = " " * indent
    if indent + len(text) <= WIDTH:
        return [space + text]
    target, _, value = text.partition(" = ")
    if value and "(" not in target and _at_top(value, _OPERATORS):
        return [f"{space}{target} = (", *_operands(value, indent + 4), f"{space})"]
    links = _links(value) if value and "(" not in target else []
    found = _last_bracket(text)
    if len(links) == 2 and found and indent + found[0] >= WIDTH:  # a call is broken before its method
        found = _last_bracket(text.removesuffix(links[1]))
    applied = found is not None and text[found[0] - 1] in _CLOSE
    if len(links) > 2 or (links and not applied and (found is None or indent + found[0] >= WIDTH)):
        parts = links if len(links) > 2 and indent + 4 + len(value) > WIDTH else [value]
        inner = [line for part in parts for line in laid(part, indent + 4)]
        return [f"{space}{target} = (", *inner, f"{space})"]
    if found and applied and indent + found[0] >= WIDTH:  # a call of what was called
        found = _last_bracket(text[: found[0]])
    if found is None:
        return [space + text]
    start, stop = found
    within = text[start + 1 : stop]
    grouped = not (text[start - 1].isalnum() or text[start - 1] in "_" + _CLOSE) and text[start] == "("
    inside = _operands if grouped and not _at_top(within, (", ",)) else _inside
    return [space + text[: start + 1], *inside(within, indent + 4), space + text[stop:]]


def _links(value: str) -> list[str]:
    """Part a chain of calls (`x.movedim(1, -1).flatten(2)`) before each method; one part for all else."""
    cuts = [0, *(place + 1 for place in _at_top(value, (").",))), len(value)]
    return [value[start:stop] for start, stop in pairwise(cuts)]


def _inside(body: str, indent: int) -> list[str]:
    """Lay out what stands between two brackets: in one line, or one argument in each."""
    if indent + len(body) <= WIDTH:
        return [" " * indent + body]
    clause = _at_top(body, (" for ",))
    if clause:
        return [*laid(body[: clause[0]], indent), *laid(body[clause[0] + 1 :], indent)]
    return [line for item in parted(body) for line in laid(f"{item},", indent)]


def _operands(value: str, indent: int) -> list[str]:
    """Lay out a sum or a product: in one line, or each operand in its own, with the operator before it."""
    if indent + len(value) <= WIDTH:
        return [" " * indent + value]
    cuts = [0, *(place + 1 for place in _at_top(value, _OPERATORS)), len(value)]
    return [line for start, stop in pairwise(cuts) for line in laid(value[start:stop].strip(), indent)]


def parted(text: str) -> list[str]:
    """Part the arguments of a call."""
    cuts = [-2, *_at_top(text, (", ",)), len(text)]
    return [text[start + 2 : stop] for start, stop in pairwise(cuts)]


def _last_bracket(text: str) -> tuple[int, int] | None:
    """Find the last pair of brackets around something that stands in no other bracket."""
    start, found = 0, None
    for place, depth, char in _walk(text):
        if char in _OPEN and depth == 0:
            start = place
        if char in _CLOSE and depth == 0 and place > start + 1:
            found = start, place
    return found


def _at_top(text: str, words: tuple[str, ...]) -> list[int]:
    """Find the places of some words outside of brackets and strings."""
    return [place for place, depth, _ in _walk(text) if depth == 0 and text.startswith(words, place)]


def _walk(text: str) -> Iterator[tuple[int, int, str]]:
    """Return each character outside of strings with its place and the number of brackets around it."""
    depth, quoted = 0, False
    for place, char in enumerate(text):
        if char == '"' and text[place - 1] != "\\":
            quoted = not quoted
        if quoted:
            continue
        depth -= char in _CLOSE
        yield place, depth, char
        depth += char in _OPEN
