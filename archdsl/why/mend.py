"""A row that misses its size -> edits of sizes that would mend it: the network's input, the row's own."""

import re

from archdsl.diagnostics import Fix
from archdsl.problems.base import replace, size_text
from archdsl.resolve.specs import Spec
from archdsl.solve.follow import Names, Size, follow
from archdsl.solve.solve import modes
from archdsl.source import Source, Span

_NUMBER = re.compile(r"\d+")


def ends(specs: tuple[Spec, ...], shape: Size, names: Names) -> list[tuple[str, Size]]:
    """List what the specs give with each padding that the row leaves open, the usual one first, each size once."""
    found: dict[Size, str] = {}
    for mode in modes(specs):
        end = follow(specs, shape, mode, names)
        if end is not None:
            found.setdefault(end[:-1], mode)
    return [(mode, size) for size, mode in found.items()]


def distance(a: Size, b: Size) -> int:
    """Say how far two sizes are from each other."""
    return sum(abs(m - n) for m, n in zip(a, b, strict=True))


def input_for(specs: tuple[Spec, ...], shape: Size, target: Size, names: Names) -> int | None:
    """Find the input size nearby from which unpadded windows give the target and leave nothing over; None for none."""
    *size, channels = shape
    if len(set(size)) != 1 or len(set(target)) != 1:
        return None

    def unpadded(n: int) -> Size | None:
        end = follow(specs, (*(n,) * len(size), channels), "valid", names)
        return None if end is None else end[:-1]

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
    """Write another size in the spelling of the one that is printed: its signs and its channels stay, those before it `skipped`."""
    text = source.text[span.start : span.end]
    numbers = list(_NUMBER.finditer(text))[skipped:]
    squared = len(set(size)) == 1 and (re.search(r"\^|²", text) is not None or len(numbers) == 1)
    wanted = size[:1] if squared else size
    if len(numbers) < len(wanted) or re.search(r"[A-WYZa-wyz]", text):
        return size_text(size)
    for number, n in reversed(list(zip(numbers, wanted, strict=False))):
        text = text[: number.start()] + str(n) + text[number.end() :]
    return text


def joined_channels(source: Source, row: tuple[Span, ...], shapes: tuple[Size, ...]) -> tuple[Fix, ...]:
    """Make two values that are to be alike agree in their channels, where the row prints both numbers, each once.

    The number that more powers of two divide is likelier the one that is meant.
    """
    counts = sorted({shape[-1] for shape in shapes}, key=lambda n: n & -n)
    numbers = {found.span(): int(found[0]) for part in row for found in _NUMBER.finditer(source.clean, part.start, part.end)}
    places = [[Span(*place) for place, number in numbers.items() if number == n] for n in counts]
    if len(counts) != 2 or [len(found) for found in places] != [1, 1]:
        return ()
    spans = [found[0] for found in places]
    changes = zip(counts, reversed(counts), spans, strict=True)
    return tuple(replace(f"change {old} to {new}", span, str(new)) for old, new, span in changes)
