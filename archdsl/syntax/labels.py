"""Layers with a colon or a number of their own: `max pool: 4x1`, `FC1: 4096`, `fc6 4096`, `conv1 7x7, 64`."""

from archdsl.lang.vocabulary import LONGEST, longest
from archdsl.light import Any
from archdsl.source import Span
from archdsl.syntax.ast import Name
from archdsl.syntax.cells import Assign, Number


def labelled(items: tuple[Any, ...], i: int) -> tuple[Any, ...]:
    """Part `max pool: 4x1`, which is no property, into the last word of the layer and its number; empty for
    anything else."""
    item = items[i]
    if not isinstance(item, Assign):
        return ()
    words: list[str] = [item.key]
    for before in reversed(items[max(i - LONGEST + 1, 0) : i]):
        if not isinstance(before, Number) or not isinstance(before.value, Name):
            break
        words.insert(0, before.value.id)
        found = longest(words)
        if found and found[0] == len(words) and found[1][0] == "op":
            return Number(Name(item.key, item.key_span), "", item.key_span), Number(
                item.value, "", item.value.span
            )
    return ()


def said_behind(items: tuple[Any, ...], i: int) -> Assign | None:
    """Read `1x1 stride` as the stride that it is, where the word has no number behind it."""
    value, *following = items[i : i + 3]
    if value.unit or not following or not is_stride(following[0]):
        return None
    if i and is_stride(items[i - 1]):
        return None
    own = any(isinstance(item, Number) and not isinstance(item.value, Name) for item in following[1:])
    return (
        None
        if own
        else Assign("stride", value.value, following[0].span, Span(value.span.start, following[0].span.end))
    )


def is_stride(item: Any) -> bool:
    """Return whether an item is the word `stride`."""
    return (
        isinstance(item, Number)
        and isinstance(item.value, Name)
        and item.value.id.lower() in ("stride", "strides")
    )
