"""What a row of a network came to in the run before, and the same where its nodes stand now."""

from collections.abc import Iterator

from archdsl.graph.emit import Value
from archdsl.graph.graph import Node, SketchStage, Stage
from archdsl.graph.measure import Counts
from archdsl.light import Any, NamedTuple
from archdsl.resolve.specs import Spec
from archdsl.solve.solve import Sized
from archdsl.syntax.ast import Row, Use, Wire


class Made(NamedTuple):
    """What a row came to, and what it was made of: `before` is what its builder knew in front of it.

    `following` is where the next row begins, `ahead` where the one does that decides with it; -1 where
    there is none. `taken` is the node whose value it takes, `start` its first own one. `clean` tells that
    nothing was reported, `wired` that it may read others than the row above.
    """

    row: Row
    name: str
    marked: tuple[Spec, ...] | None
    following: int
    ahead: int
    before: tuple[Any, ...]
    start: int
    taken: int
    nodes: tuple[Node, ...]
    stage: Stage | None
    sketch: SketchStage
    value: Value
    previous: Value
    lost: bool
    seen: tuple[int, int, bool, int]
    sized: Sized | None
    clean: bool
    wired: bool
    target: bool
    counts: tuple[Counts, ...]


def as_read(made: Made) -> tuple[str, Value, Value]:
    """Return what rows below know of a row: its name, and its values without the numbers of their nodes."""
    return made.name, made.value._replace(id=0), made.previous._replace(id=0)


def moved_values(old: Made, start: int, taken: Value) -> tuple[Value, Value]:
    """Return the values of a row of the run before, where its nodes stand now."""
    return _now(old.value, old, start, taken), _now(old.previous, old, start, taken)


def _now(value: Value, old: Made, start: int, taken: Value) -> Value:
    """Return a value of a row of the run before, where its nodes stand now."""
    if value.id >= old.start:
        return value._replace(id=value.id + start - old.start)
    return value._replace(id=taken.id) if value.id == old.taken else value


def moved_node(node: Node, old: Made, by: int, taken: int, stage: int) -> Node | None:
    """Return a node where its row stands now; None where it reads others than its row and the value before
    it."""
    inputs = []
    for at in node.inputs:
        if at >= old.start:
            inputs.append(at + by)
        elif at == old.taken:
            inputs.append(taken)
        else:
            return None
    return node._replace(inputs=tuple(inputs), stage=stage)


def wired(value: Any) -> bool:
    """Return whether layers may read others than the value before them: wires, and blocks that are given
    names."""
    return any(True for _ in _wires(value))


def _wires(value: Any) -> Iterator[Any]:
    if isinstance(value, Wire | Use):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from _wires(part)
