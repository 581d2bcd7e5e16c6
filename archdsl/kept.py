"""Results of the run before, kept for the next one: what an edit of the text did not change is not made
again.

Whoever keeps a result names all that it was made of: a key, and a context that holds for all keys of a kind.
A result that a run does not ask for is dropped with it.
"""

from collections.abc import Callable, Hashable

from archdsl.diagnostics import Noted, Reporter
from archdsl.light import Any, TypeVar

T = TypeVar("T")


class Kept:
    """What one run after another makes of the versions of one text; `made` counts, by kind, what the last run
    had to make."""

    def __init__(self) -> None:
        self.made: dict[str, int] = {}
        self._contexts: dict[str, Any] = {}
        self._old: dict[str, dict[Any, Any]] = {}
        self._new: dict[str, dict[Any, Any]] = {}
        self._parts: dict[str, Kept] = {}

    def begin(self) -> None:
        """Begin a run."""
        self._old, self._new, self.made = self._new, {}, {}
        for part in self._parts.values():
            part.begin()

    def part(self, name: str) -> "Kept":
        """Return what is kept of a part: of one table, of one network of it."""
        return self._parts.setdefault(name, Kept())

    def work(self) -> dict[str, int]:
        """Count what the last run had to make, in all parts."""
        found = dict(self.made)
        for part in self._parts.values():
            for kind, count in part.work().items():
                found[kind] = found.get(kind, 0) + count
        return found

    def context(self, kind: str, *values: Any) -> None:
        """Say what else all results of a kind are made of; those of another context are dropped."""
        if kind not in self._contexts or self._contexts[kind] != values:
            self._old.pop(kind, None)
        self._contexts[kind] = values

    def get(self, kind: str, key: Hashable) -> Any:
        """Return the result of the run before under a key; None where there is none."""
        return self._old.get(kind, {}).get(key)

    def put(self, kind: str, key: Hashable, value: Any) -> None:
        """Keep a result for the next run."""
        self._new.setdefault(kind, {})[key] = value

    def count(self, kind: str) -> None:
        """Count a result that had to be made."""
        self.made[kind] = self.made.get(kind, 0) + 1

    def plain(self, kind: str, key: Hashable, make: Callable[[], T]) -> T:
        """Return what was made before of a key, else make it."""
        found = self.get(kind, key)
        if found is None:
            self.count(kind)
            found = make()
        self.put(kind, key, found)
        return found  # type: ignore[no-any-return]

    def told(self, kind: str, key: Hashable, reporter: Reporter, make: Callable[[], T]) -> T:
        """Do so with something that reports what it finds: that is reported again."""
        found: tuple[T, Noted] | None = self.get(kind, key)
        if found:
            reporter.again(found[1])
            self.put(kind, key, found)
            return found[0]
        self.count(kind)
        mark = reporter.mark()
        value = make()
        noted = reporter.since(mark)
        if noted:
            self.put(kind, key, (value, noted))
        return value
