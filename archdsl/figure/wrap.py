"""Figure -> the same figure in columns, where a long trunk would have to be shrunk to fit a page."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from archdsl.figure.extent import GAP, RANK, TITLE, Size, step_size
from archdsl.figure.ladder.beside import beside_size, block_sizes, column_sizes, with_head
from archdsl.figure.ladder.layout import layout
from archdsl.figure.marks import marks
from archdsl.figure.packing import packed
from archdsl.figure.parts import Figure, Group, Split

# A4 in points without its margins.
PAGE = (539, 786)
BETWEEN = 36  # from column to column
_MOST = 8
_WIDTHS = 80  # tried where blocks are drawn once
_BETTER = 1.01  # how much larger the text must get for another width or column
_WORTH = 1.12  # how much larger the text must get for one more column
_FAR = 60  # the room of an edge past other steps
_TURN = 2 * (18 + 2 * RANK)  # the two numbered circles of a column in the middle


def wrapped(model: Figure, page: Size = PAGE) -> Figure:
    """Break the trunk into as many columns as give the largest text on a page (its width and height, in
    points); each begins with the shape that reaches it. A U stays as it is."""
    if model.cells:
        return model
    best = max(_choices(model), key=lambda choice: scale(choice, page) / _WORTH ** len(choice.breaks))
    if any(isinstance(step, Group) and not step.steps for step in model.steps):
        return best  # its cards have the shapes
    shapes = list(best.shapes)
    for at in best.breaks:
        shapes[at] = next((shape for shape in shapes[at::-1] if shape), "")
    return best._replace(shapes=tuple(shapes))


def arranged(model: Figure, page: Size) -> Figure:
    """Choose columns of the trunk and a width that give the largest text on a page, for a trunk with blocks
    beside it."""
    blocks, best, most = block_sizes(model), model, 0.0
    widest = max(width for width, _ in blocks)
    rooms = sorted({max(widest, page[0] * (1 + at / 40)) for at in range(_WIDTHS)})
    for choice in _choices(model):
        columns = list(column_sizes(choice))
        for room in rooms:
            size = with_head(choice, packed(columns, blocks, room).size)
            if _shrunk(size, page) > most * _BETTER:
                best, most = choice._replace(room=room), _shrunk(size, page)
    return best


def _choices(model: Figure) -> Iterator[Figure]:
    places = _places(model)
    yield model
    for count in range(2, min(_MOST, len(places) + 1) + 1):
        yield model._replace(breaks=_balanced(model, places, count))


def scale(model: Figure, page: Size = PAGE) -> float:
    """Return by how much a figure is shrunk to fit a page."""
    return _shrunk(figure_size(model), page)


def _shrunk(size: Size, page: Size) -> float:
    return min(1.0, *(room / taken for room, taken in zip(page, size, strict=True)))


def figure_size(model: Figure) -> Size:
    """Return the width and height of a figure, roughly."""
    if model.cells:
        width, height = layout(model).size
        return width, height + TITLE
    if model.insets:
        return beside_size(model)
    bounds = [0, *model.breaks, len(model.steps)]
    sizes = [step_size(step) for step in model.steps]
    columns = [_column(model, sizes, low, high) for low, high in pairwise(bounds)]
    turns = _TURN * bool(model.breaks)
    width = sum(width for width, _ in columns) + BETWEEN * (len(columns) - 1)
    return width, max(height for _, height in columns) + TITLE + turns


def _column(model: Figure, sizes: Sequence[Size], low: int, high: int) -> Size:
    """Return the size of some steps of the trunk, with what stands beside them."""
    width = max(width for width, _ in sizes[low:high])
    inside = {mark for step in model.steps[low:high] for mark in marks(step)}
    beside = [
        max(step_size(step)[0] for step in side.steps) + GAP for side in model.sides if side.start in inside
    ]
    far = _FAR * sum(edge.start in inside for edge in model.far)
    height = sum(height for _, height in sizes[low:high]) + 2 * RANK * (high - low - 1)
    return width + max(beside, default=0) + far, height + RANK * sum(map(bool, model.shapes[low:high]))


def _places(model: Figure) -> list[int]:
    """List the steps that may begin a column: no edge but the trunk leads into them from above."""
    at = {mark: number for number, step in enumerate(model.steps) for mark in marks(step)}
    spans = [
        (at.get(edge.start, 0), edge.step if edge.step >= 0 else at.get(edge.end, len(at)))
        for edge in model.far
    ]
    return [
        place
        for place in range(2, len(model.steps) - 1)
        if place not in model.loose
        and not isinstance(model.steps[place], Split)
        and not isinstance(model.steps[place - 1], Split)
        and not any(start < place <= end for start, end in spans)
    ]


def _balanced(model: Figure, places: Sequence[int], count: int) -> tuple[int, ...]:
    """Choose the breaks that keep the highest of `count` columns low."""
    sizes = [step_size(step) for step in model.steps]
    tops = [0.0]
    for (_, height), shape in zip(sizes, model.shapes, strict=True):
        tops.append(tops[-1] + height + 2 * RANK + RANK * bool(shape))
    low, high = 0.0, tops[-1]
    best: tuple[int, ...] = ()
    for _ in range(24):
        limit = (low + high) / 2
        breaks = _filled(tops, places, limit)
        if len(breaks) < count and max(_heights(tops, breaks)) <= limit:
            best, high = breaks, limit
        else:
            low = limit
    return best


def _filled(tops: Sequence[float], places: Sequence[int], limit: float) -> tuple[int, ...]:
    """Fill each column up to a height before the next one is begun."""
    breaks: list[int] = []
    start = 0
    for place, following in zip(places, [*places[1:], len(tops) - 1], strict=True):
        if tops[following] - tops[start] > limit:
            breaks.append(place)
            start = place
    return tuple(breaks)


def _heights(tops: Sequence[float], breaks: Sequence[int]) -> list[float]:
    bounds = [0, *breaks, len(tops) - 1]
    return [tops[high] - tops[low] for low, high in pairwise(bounds)]
