"""A figure -> the layers that it draws, wherever they stand in it."""

from collections.abc import Iterator

from archdsl.figure.parts import Arc, Column, Figure, Fork, Group, Join, Paper, Step, Web
from archdsl.figure.pills import Layer, Pill


def layers(model: Figure | Paper) -> Iterator[Layer]:
    """Return the nodes behind each cell and each join; several where repeats are drawn as one."""
    if isinstance(model, Paper):
        yield from layers_of(model.insets)
        return
    yield from layers_of(model.steps)
    for side in model.sides:
        yield from layers_of(side.steps)
    yield from layers_of(model.insets)


def layers_of(steps: tuple[Step, ...]) -> Iterator[Layer]:
    """Return the nodes behind each cell and each join of steps."""
    for step in steps:
        match step:
            case Pill() | Join():
                yield from step.layers
            case Group():
                yield from _column(Column(step.steps, step.arcs))
            case Fork(branches):
                for branch in branches:
                    yield from _column(branch)
            case Web():
                yield from layers_of(step.steps)


def _column(column: Column) -> Iterator[Layer]:
    yield from layers_of(column.steps)
    for arc in column.arcs:
        yield from _arc(arc)


def _arc(arc: Arc) -> Iterator[Layer]:
    for pill in arc.pills:
        yield from pill.layers
