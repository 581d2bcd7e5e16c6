"""Steps -> the nodes at which edges from or to afar may reach them."""

from collections.abc import Iterator

from archdsl.figure.parts import Fork, Group, Join, Split, Step, Web
from archdsl.figure.pills import Pill


def marks(step: Step) -> Iterator[int]:
    """Give the nodes that edges from afar lead to, or start from, in a step."""
    yield from taps(step)
    yield from heads(step)


def taps(step: Step) -> Iterator[int]:
    """Give the nodes that edges to afar start from."""
    yield from (one.mark for one in _inside(step) if isinstance(one, Split))


def heads(step: Step) -> Iterator[int]:
    """Give the nodes that edges from afar lead to."""
    yield from (one.mark for one in _inside(step) if isinstance(one, Join | Pill))


def _inside(step: Step) -> Iterator[Step]:
    yield step
    inner: tuple[Step, ...] = ()
    if isinstance(step, Fork):
        inner = tuple(one for branch in step.branches for one in branch.steps)
    elif isinstance(step, Group | Web):
        inner = step.steps
    for one in inner:
        yield from _inside(one)
