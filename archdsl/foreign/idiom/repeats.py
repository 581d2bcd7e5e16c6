"""Layers and blocks in order -> the same with what repeats written once."""


def repeated(items: list[str]) -> list[str]:
    """Write what repeats once, with how often: a block, or a few in turn."""
    found: list[str] = []
    at = 0
    while at < len(items):
        period, count = max(((p, _count(items, at, p)) for p in range(1, 5)), key=_saved)
        inner = "; ".join(items[at : at + period])
        found.append(f"{_bracket(inner)} x{count}" if count > 1 else items[at])
        at += period * count if count > 1 else 1
    return found


def _saved(repeat: tuple[int, int]) -> tuple[int, int]:
    period, count = repeat
    return period * (count - 1), -period


def _count(items: list[str], at: int, period: int) -> int:
    """Return how often a few items stand one after the other; what is a bracket gets no other one around
    it."""
    part, count = items[at : at + period], 1
    if len(part) < period:
        return 1
    while items[at + count * period : at + (count + 1) * period] == part:
        count += 1
    return count


def _bracket(inner: str) -> str:
    return inner if inner.startswith("[") and inner.find("]") == len(inner) - 1 else f"[{inner}]"
