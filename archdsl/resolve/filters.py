"""A window printed with channels -> its parts: `3x3x64x128` a filter shape, `5x5x16` 16 filters, or filters
of 16 channels; `16x5x5` 16 filters."""

from archdsl.syntax.amounts import WINDOW
from archdsl.syntax.ast import Expr, Num, Option, per_axis


def filter_parts(options: dict[str, Option], rank: int, printed: int | None) -> dict[str, Option]:
    """Return the options that a printed window has in it; `printed` are the channels of its row's size."""
    window = options["kernel"]
    numbers = per_axis(window)
    said = "channels" in options
    if not said and _is_led(numbers, rank):  # `64x3x3`, `64x32x3x3`
        ends, axes = numbers[:-rank], numbers[-rank:]
        keys = ("channels", "entering")
        led = {key: Option(key, end, window.span) for key, end in zip(keys, ends, strict=False)}
        return {"kernel": window._replace(value=axes)} | {key: led[key] for key in led if key not in options}
    axes, ends = numbers[:rank], numbers[rank:] if rank else ()
    if not axes or not ends or "entering" in options:
        return {}
    if _is_squared(window) or not _has_channels(window, rank, said):
        return {}
    parts = {"kernel": window._replace(value=axes if rank > 1 else axes[0])}
    if len(ends) == 2 and not said:
        return parts | {
            key: Option(key, end, window.span)
            for key, end in zip(("entering", "channels"), ends, strict=True)
        }
    if len(ends) > 1:
        return {}
    deep = said or (printed is not None and _number(ends[0]) != printed)
    return parts | {
        "entering" if deep else "channels": Option("entering" if deep else "channels", ends[0], window.span)
    }


def _is_led(numbers: tuple[Expr, ...], rank: int) -> bool:
    """Return whether a square window stands behind its filters, and no square one before them."""
    sides = [_number(axis) for axis in numbers]
    if rank < 2 or not rank < len(sides) <= rank + 2 or 0 in sides:
        return False
    return len(set(sides[-rank:])) == 1 < len(set(sides[:rank]))


def _is_squared(window: Option) -> bool:
    """Return whether the last two axes are one printed number: `1×7²` is a window of three axes."""
    *_, before, last = per_axis(window)
    return before.span == last.span


def _has_channels(window: Option, rank: int, said: bool) -> bool:
    """Return whether the last number counts channels, and is no further side: `3x3x3` alone has three sides,
    `1x3x3` always."""
    sides = [_number(axis) for axis in per_axis(window)]
    square = rank > 1 and len(set(sides[:rank])) == 1
    return (square and (said or len(set(sides)) > 1)) or sides[-1] > WINDOW


def _number(axis: object) -> float:
    return axis.value if isinstance(axis, Num) else 0
