"""An input whose size is open, `HxWx3`, of a fully convolutional network -> the size that stands for it, and
sizes told in its letters."""

from archdsl.patterns import pattern

STANDS = 256  # halved often, and larger than what windows take off
_PARTS = (1, 2, 4, 8, 16, 32)
_SMALL = 8
_BATCH = ("None", "N", "B", "?")
_SIGNS = pattern(r"\s*(?:[x×*](?![a-z])|,|(?<=[A-Z?])x)\s*")
_LETTER = pattern(r"[A-Z]|None|\?")


def letters(text: str) -> tuple[str, ...]:
    """Return the letters of the axes of such an input, '' for an axis with a number; nothing for any other
    text."""
    if not any(char.isupper() or char == "?" for char in text):
        return ()
    *axes, channels = _SIGNS.split(text.strip("()[] "))
    open_ = [axis for axis in axes if _LETTER.fullmatch(axis)]
    if len(axes) > 1 and axes[0] in _BATCH and open_ == axes[:1]:
        return ()  # the images of a batch, and a size with numbers
    if (
        not open_
        or not channels.isdecimal()
        or any(not axis.isdecimal() for axis in axes if axis not in open_)
    ):
        return ()
    return tuple("" if axis.isdecimal() else named(axis, place) for place, axis in enumerate(axes))


def named(axis: str, place: int) -> str:
    """Return an axis that has no letter one."""
    return axis if axis.isupper() else "HWD"[place : place + 1] or "N"


def closed(text: str, axes: tuple[str, ...]) -> str:
    """Write the input with its letters apart, as a size is read."""
    channels = _SIGNS.split(text.strip("()[] "))[-1]
    numbers = _SIGNS.split(text.strip("()[] "))
    return " x ".join([*(letter or number for letter, number in zip(axes, numbers, strict=False)), channels])


def told(shape: tuple[int, ...], axes: tuple[str, ...]) -> tuple[str, ...]:
    """Write a shape, with or without its channels, in the letters of the input."""
    letters = (*axes, "", "")[: len(shape)]
    return tuple(map(_told, shape, letters))


def _told(n: int, letter: str) -> str:
    """Write a length as a part of the one that stands for the letter, a little more or less: `H`, `H/4`,
    `H/4-2`, `2H`."""
    if not letter or n < _SMALL:
        return str(n)
    for parts in _PARTS:
        more = n - STANDS // parts
        if abs(more) < min(STANDS // parts // 4, _SMALL):
            return (letter if parts == 1 else f"{letter}/{parts}") + (f"{more:+}" if more else "")
    return f"{n // STANDS}{letter}" if n % STANDS == 0 else str(n)
