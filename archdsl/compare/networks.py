"""Two networks -> their comparison."""

from typing import TYPE_CHECKING

from archdsl.compare.align import align_by_key
from archdsl.compare.canonical import Canonical, Numbers, canonical
from archdsl.compare.changes import changes, repeat_similarity
from archdsl.compare.explain import explain, settings_changes
from archdsl.compare.layers import Section, sections
from archdsl.compare.result import Change, Comparison, Side, StagePair
from archdsl.graph.graph import Shape

if TYPE_CHECKING:
    from archdsl.network import Network


class _Row:
    """A stage of one network with what the alignment asks for, computed when it does."""

    def __init__(self, network: "Network", spelled: Canonical, numbers: Numbers, index: int) -> None:
        self.network = network
        self.spelled = spelled
        self.index = index
        self.key = numbers.stage(spelled, index)
        self.name = _plain_name(network.graph.stages[index].name if network.graph.stages[index].label else "")
        self.side = _side(network, (index,))
        self._sections: tuple[Section, ...] | None = None

    @property
    def incoming(self) -> str:
        """Return the shape of what the stage reads first from outside, as text."""
        graph = self.network.graph
        stage = graph.stages[self.index]
        outside = (
            i for node in graph.nodes[stage.start : stage.stop] for i in node.inputs if i < stage.start
        )
        shape = graph.nodes[next(outside, 0)].shape
        return "x".join(map(str, shape))

    @property
    def sections(self) -> tuple[Section, ...]:
        if self._sections is None:
            pre = self.network.settings.conventions["order"] == "norm-activation-conv"
            self._sections = sections(self.spelled, self.index, pre)
        return self._sections


def compare(a: "Network", b: "Network") -> Comparison:
    """Compare two checked networks."""
    numbers = Numbers()
    one, other = canonical(a.graph), canonical(b.graph)
    ids = numbers.network(one), numbers.network(other)
    if _outcome(one, ids[0]) == _outcome(other, ids[1]):
        return Comparison(a, b, True, tuple(_regrouped(a, b, ids)), settings_changes(a, b, ()))
    rows = (
        [_Row(a, one, numbers, i) for i in range(len(a.graph.stages))],
        [_Row(b, other, numbers, i) for i in range(len(b.graph.stages))],
    )
    pairs = []
    for i, j in align_by_key(*rows, lambda row: row.name, _similarity):
        pairs.append(_pair(None if i is None else rows[0][i], None if j is None else rows[1][j]))
    return Comparison(
        a,
        b,
        False,
        tuple(pairs),
        settings_changes(a, b, (change for pair in pairs for change in pair.changes)),
    )


def _outcome(spelled: Canonical, ids: list[int]) -> tuple[list[int], list[int]]:
    """Return all that is computed, and what of it comes out."""
    return sorted(ids_of for ids_of in ids if ids_of >= 0), [
        ids[spelled.stands_for[i]] for i in spelled.graph.outputs
    ]


def _plain_name(name: str) -> str:
    """Return a name by which stages are matched: `conv2_x` and `conv2` are one."""
    return name.removesuffix("_x")


def _side(network: "Network", indices: tuple[int, ...]) -> Side:
    stages = [network.stages[i] for i in indices]
    return Side(
        name=" + ".join(stage.name for stage in stages),
        text="; ".join(stage.text for stage in stages),
        line=stages[0].line,
        computed=stages[-1].computed,
        blocks=sum(stage.blocks for stage in stages),
        trainable=sum(stage.params.trainable for stage in stages),
        total=sum(stage.params.total for stage in stages),
        macs=sum(stage.macs for stage in stages),
        depth=sum(stage.depth for stage in stages),
    )


def _regrouped(a: "Network", b: "Network", ids: tuple[list[int], list[int]]) -> list[StagePair]:
    """Pair the stages of networks that compute the same: rows that only together do the same stand in one
    pair."""
    ends = [_ends(network, numbered) for network, numbered in zip((a, b), ids, strict=True)]
    pairs = []
    i = j = 0
    for end, stop in ends[0].items():
        if end in ends[1]:
            pairs.append(
                StagePair("same", _side(a, tuple(range(i, stop))), _side(b, tuple(range(j, ends[1][end]))))
            )
            i, j = stop, ends[1][end]
    if i < len(a.graph.stages) and j < len(b.graph.stages):
        pairs.append(
            StagePair(
                "same",
                _side(a, tuple(range(i, len(a.graph.stages)))),
                _side(b, tuple(range(j, len(b.graph.stages)))),
            )
        )
    return pairs


def _ends(network: "Network", ids: list[int]) -> dict[tuple[int, int], int]:
    """Map how much is computed after a stage, and what last, to the number of stages up to there."""
    ends: dict[tuple[int, int], int] = {}
    computed, at = 0, 0
    last = -1
    for number, stage in enumerate(network.graph.stages, 1):
        while at < stage.stop:
            computed, last, at = (computed + 1, ids[at], at + 1) if ids[at] >= 0 else (computed, last, at + 1)
        ends[computed, last] = number
    return ends


def _similarity(a: _Row, b: _Row) -> float:
    """Return how much two stages have in common, from 0 to 1: what they do, the size they give, their
    layers."""
    one, other = a.side, b.side
    if a.key == b.key and one.computed == other.computed:
        return 1
    alike = 0.3 * (_spatial(one.computed) == _spatial(other.computed)) + 0.1 * (
        one.computed[-1] == other.computed[-1]
    )
    first, second = _main(a.sections), _main(b.sections)
    if first is None or second is None:
        return 0
    alike += (
        0.5
        * repeat_similarity(first.repeats[0], second.repeats[0])
        * (1 if first.bracket == second.bracket else 0.5)
    )
    return alike if alike >= 0.35 else 0


def _main(found: tuple[Section, ...]) -> Section | None:
    return max(
        found, key=lambda section: (section.bracket, len(section.repeats[0].paths["main"])), default=None
    )


def _spatial(shape: Shape) -> Shape:
    """Return the size of a map; one position and none are the same."""
    return () if all(size == 1 for size in shape[:-1]) else shape[:-1]


def _pair(a: _Row | None, b: _Row | None) -> StagePair:
    if a is None or b is None:
        return StagePair("removed" if b is None else "added", a.side if a else None, b.side if b else None)
    one, other = a.side, b.side
    shapes = [(_spatial(side.computed), side.computed[-1]) for side in (one, other)]
    if a.key == b.key and shapes[0] == shapes[1] and one[5:] == other[5:]:
        return StagePair("same", one, other)
    found = changes(a.sections, b.sections) if a.key != b.key else ()
    if a.key != b.key and not found:
        found = (Change("wiring", "", ""),)
    if a.incoming != b.incoming:
        found = (Change("input", a.incoming, b.incoming), *found)
    conventions = a.network.settings.conventions, b.network.settings.conventions
    return StagePair("changed", one, other, tuple(explain(change, *conventions) for change in found))
