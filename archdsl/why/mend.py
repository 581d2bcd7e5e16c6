"""A row that misses its size -> edits of sizes that would mend it: the network's input, the row's own."""

import re

from archdsl.diagnostics import Fix
from archdsl.problems.base import replace, size_text
from archdsl.resolve.specs import Spec
from archdsl.solve.follow import Names, follow, spatial
from archdsl.solve.layer_shape import Size
from archdsl.solve.solve import modes
from archdsl.source import Source, Span

_NUMBER = re.compile(r"\d+")


def ends(specs: tuple[Spec, ...], shape: Size, rank: int, names: Names) -> list[tuple[str, Size]]:
    """List what the specs give with each padding that the row leaves open, the usual one first, each size
    once."""
    found: dict[Size, str] = {}
    for mode in modes(specs):
        end = follow(specs, shape, mode, names)
        if end is not None:
            found.setdefault(spatial(end, rank), mode)
    return [(mode, size) for size, mode in found.items()]


def distance(a: Size, b: Size) -> int:
    """Say how far two sizes are from each other."""
    return sum(abs(m - n) for m, n in zip(a, b, strict=False))


def input_for(specs: tuple[Spec, ...], shape: Size, target: Size, names: Names) -> int | None:
    """Find the input size nearby from which unpadded windows give the target and leave nothing over; None for
    none."""
    *size, channels = shape
    if len(set(size)) != 1 or len(set(target)) != 1:
        return None

    def unpadded(n: int) -> Size | None:
        end = follow(specs, (*(n,) * len(size), channels), "valid", names)
        return None if end is None else spatial(end, len(size))

    near = range(max(size[0] - size[0] // 16, 2), size[0] + size[0] // 16 + 1)
    fitting = [n for n in near if unpadded(n) == target and unpadded(n - 1) != target]
    return min(fitting, key=lambda n: abs(n - size[0]), default=None)


def input_fix(source: Source, place: Span, size: Size, n: int) -> Fix:
    """Offer another input size."""
    wanted = (n,) * len(size)
    text = resized(source, place, wanted)
    return replace(f"an input of {size_text(wanted)} gives the declared size without padding", place, text)


def misprinted_input(source: Source, place: Span, size: Size) -> Fix:
    """Offer the network's input for the size that the first row prints."""
    numbers = _NUMBER.findall(source.text[place.start : place.end])
    spatial = size[:-1] if len(size) > 1 and numbers and numbers[-1] == str(size[-1]) else size
    return replace(f"print {size_text(size)}, as the input is", place, resized(source, place, spatial))


def resized(source: Source, span: Span, size: Size, skipped: int = 0) -> str:
    """Write another size in the spelling of the one that is printed: its signs and its channels stay, those
    before it `skipped`."""
    text = source.text[span.start : span.end]
    numbers = list(_NUMBER.finditer(text))[skipped:]
    squared = len(set(size)) == 1 and (re.search(r"\^|²", text) is not None or len(numbers) == 1)
    wanted = size[:1] if squared else size
    if len(numbers) < len(wanted) or re.search(r"[A-WYZa-wyz]", text):
        return size_text(size)
    for number, n in reversed(list(zip(numbers, wanted, strict=False))):
        text = text[: number.start()] + str(n) + text[number.end() :]
    return text


def renumbered(source: Source, span: Span, old: int, new: int, title: str) -> tuple[Fix, ...]:
    """Offer another number for one that is printed in a place once, where it is the only one like it."""
    places = [found for found in _NUMBER.finditer(source.clean, span.start, span.end) if int(found[0]) == old]
    return (replace(title, Span(*places[0].span()), str(new)),) if len(places) == 1 else ()


def channels_fix(source: Source, span: Span, printed: Size, computed: Size) -> tuple[Fix, ...]:
    """Offer the computed channels for those that a size or a column prints."""
    numbers = [
        found
        for found in _NUMBER.finditer(source.clean, span.start, span.end)
        if int(found[0]) == printed[-1]
    ]
    at = Span(*numbers[-1].span()) if numbers and printed[-1] not in printed[:-1] else None
    return (
        (replace(f"print {computed[-1]} channels, as the row computes", at, str(computed[-1])),) if at else ()
    )


def joined_channels(source: Source, row: tuple[Span, ...], shapes: tuple[Size, ...]) -> tuple[Fix, ...]:
    """Make two values that are to be alike agree in their channels, where the row prints both numbers, each
    once.

    The number that more powers of two divide is likelier the one that is meant.
    """
    counts = sorted({shape[-1] for shape in shapes}, key=lambda n: n & -n)
    numbers = {
        found.span(): int(found[0])
        for part in row
        for found in _NUMBER.finditer(source.clean, part.start, part.end)
    }
    places = [[Span(*place) for place, number in numbers.items() if number == n] for n in counts]
    if len(counts) != 2 or [len(found) for found in places] != [1, 1]:
        return ()
    spans = [found[0] for found in places]
    changes = zip(counts, reversed(counts), spans, strict=True)
    return tuple(replace(f"change {old} to {new}", span, str(new)) for old, new, span in changes)
