"""The sizes around a pool of a summary, which prints no window -> the words of one that leads from one to the
other."""

from archdsl.forms.summaries.rows import Axes
from archdsl.light import Final, NamedTuple

_USUAL: Final = ((2, 2), (3, 2), (3, 1), (2, 1))  # windows and strides, the likelier first


class PoolWords(NamedTuple):
    """The words of a pool; `guessed` tells that its window is neither printed nor the usual one."""

    words: str
    guessed: bool = False


def pool_words(word: str, adaptive: bool, kernel: Axes, before: Axes, after: Axes) -> PoolWords | None:
    """Return the words of a pool between two shapes; None where no window leads from one to the other."""
    sizes, target = before[:-1], after[:-1]
    if adaptive or len(sizes) != len(target) or not target:
        # The print hides what made it so.
        flat = len(after) == 1 and len(before) > 1 and after[-1] != before[-1]
        return None if adaptive and flat else _adaptive(word, target) if adaptive else PoolWords(word)
    if kernel:
        return _printed(word, kernel * len(target) if len(kernel) == 1 else kernel, sizes, target)
    windows = [((k,) * len(target), (s,) * len(target)) for k, s in _USUAL]
    ratio = tuple(max(1, n // m) if m else 1 for n, m in zip(sizes, target, strict=True))
    windows.insert(1, (ratio, ratio)) if max(ratio) > 1 else None
    if sizes == target:
        windows.insert(0, ((3,) * len(target), (1,) * len(target)))
    for window, stride in windows:
        if padding := _padding(sizes, target, window, stride):
            usual = set(window) == set(stride) == {2}
            return PoolWords(word) if usual else PoolWords(_written(word, window, stride, padding), True)
    return None


def _adaptive(word: str, target: Axes) -> PoolWords:
    """Return the words of a pool to a size; an average alone is that of the whole map where its size is 1."""
    whole = set(target) == {1} and word == "average pool"
    return PoolWords(word if whole or not target else f"adaptive {word} {_by(target)}")


def _printed(word: str, window: Axes, sizes: Axes, target: Axes) -> PoolWords | None:
    """Return the words of a pool whose window is printed and whose stride is not: its window, else what leads
    to the size."""
    for stride in (window, *((s,) * len(window) for s in (2, 1, 3, 4))):
        if padding := _padding(sizes, target, window, stride):
            return PoolWords(_written(word, window, stride, padding))
    return PoolWords(f"{_by(window)} {word}")


def _padding(sizes: Axes, target: Axes, window: Axes, stride: Axes) -> str:
    """Return the padding under which a window leads from one size to another; nothing where none does."""
    axes = list(zip(sizes, window, stride, strict=True))
    if tuple(max(0, (n - k) // s + 1) for n, k, s in axes) == target:
        return "valid"
    return "same" if tuple(-(-n // s) for n, _, s in axes) == target else ""


def _written(word: str, window: Axes, stride: Axes, padding: str) -> str:
    return f"{_by(window)} {word}, stride {_by(stride)}, padding {padding}"


def _by(axes: Axes) -> str:
    return "x".join(map(str, axes))
