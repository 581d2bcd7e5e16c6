"""Series and parallel: what is decomposed can be put together again, on any graph."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from archdsl.figure.ranks import ranks
from archdsl.figure.region import ENTRY, EXIT, Edge, Parallel, Series, Web, decompose

Inputs = dict[int, list[int]]


@st.composite
def graphs(draw: st.DrawFn) -> Inputs:
    count = draw(st.integers(1, 12))
    return {v: draw(st.lists(st.integers(-1, v - 1), min_size=1, max_size=3)) for v in range(count)}


def edges_of(inputs: Inputs) -> list[Edge]:
    return [(tail, head) for head, tails in inputs.items() for tail in tails] + [(len(inputs) - 1, EXIT)]


def ends(series: Series, start: int, inputs: Inputs, *, first: bool) -> set[int]:
    """Return the vertices that a series begins with, or ends in; an empty one passes on what comes before it."""
    if not series:
        return {start}
    piece = series[0] if first else series[-1]
    if isinstance(piece, int):
        return {piece}
    before = start if first or len(series) == 1 else series[-2]
    assert isinstance(before, int)
    if isinstance(piece, Parallel):
        return set().union(*(ends(branch, before, inputs, first=first) for branch in piece.branches))
    return set(piece.vertices)


def again(series: Series, start: int, end: int, inputs: Inputs) -> Counter[Edge]:
    """Put the edges of a decomposition together."""
    found: Counter[Edge] = Counter()
    before = start
    for place, piece in enumerate(series):
        following = series[place + 1] if place + 1 < len(series) else end
        assert isinstance(piece, int) or isinstance(following, int), (
            "two pieces without a vertex between them"
        )
        if isinstance(piece, int):
            if isinstance(following, int):
                found[piece, following] += 1
            before = piece
            continue
        assert isinstance(following, int)
        if isinstance(piece, Web):
            inner = set(piece.vertices)
            tails = [len(inputs) - 1] if following == EXIT else inputs[following]
            found.update((tail, head) for head in inner for tail in inputs[head])
            found.update((tail, following) for tail in tails if tail in inner)
            continue
        for branch in piece.branches:
            if not branch:
                found[before, following] += 1
                continue
            found += again(branch, before, following, inputs)
            if isinstance(branch[0], int):
                found[before, branch[0]] += 1
    return found


@given(graphs())
def test_no_edge_is_lost_or_made_up(inputs: Inputs) -> None:
    series = decompose(range(len(inputs)), inputs, [len(inputs) - 1])
    expected = Counter(edges_of(inputs))
    found = again(series, ENTRY, EXIT, inputs)
    if isinstance(series[0], int):
        found[ENTRY, series[0]] += 1
    assert found == expected


def test_forms() -> None:
    inception = {0: [-1], 1: [-1], 2: [1], 3: [-1], 4: [0, 2, 3]}
    assert decompose(range(5), inception, [4]) == (Parallel(((0,), (1, 2), (3,))), 4)
    split_again = {0: [-1], 1: [-1], 2: [1], 3: [1], 4: [0, 2, 3]}
    assert decompose(range(5), split_again, [4]) == (Parallel(((0,), (1, Parallel(((2,), (3,)))))), 4)
    residual = {0: [-1], 1: [0], 2: [1, -1]}
    assert decompose(range(3), residual, [2]) == (Parallel(((0, 1), ())), 2)
    doubled = {0: [-1], 1: [0, 0]}
    assert decompose(range(2), doubled, [1]) == (0, Parallel(((), ())), 1)
    tangled = {0: [-1], 1: [-1], 2: [0, 1], 3: [1], 4: [2, 3]}
    assert decompose(range(5), tangled, [4]) == (Web((0, 1, 2, 3)), 4)
    unused = {0: [-1], 1: [0], 2: [0]}
    assert decompose(range(3), unused, [2]) == (Web((0, 1, 2)),)


def test_long_chains_are_quick() -> None:
    count = 20_000
    assert decompose(range(count), {v: [v - 1] for v in range(count)}, [count - 1]) == tuple(range(count))


def test_deep_nesting_is_bounded() -> None:
    inputs: Inputs = {0: [-1]}
    for depth in range(400):
        inputs[len(inputs)] = [len(inputs) - 1, -1] if depth % 2 else [len(inputs) - 1]
    assert decompose(range(len(inputs)), inputs, [len(inputs) - 1])


def test_ranks() -> None:
    links = [("a", "b", 2), ("b", "c", 2), ("a", "x", 1), ("x", "c", 1)]
    assert ranks(links, []) == {"a": 0, "b": 2, "c": 4, "x": 1}
    assert ranks(links, [("b", "x")]) == {"a": 0, "b": 2, "x": 2, "c": 4}
