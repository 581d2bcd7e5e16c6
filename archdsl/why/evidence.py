"""A row that misses its size: what its layers give, which sizes its neighbours agree with, and so which size
is wrong."""

from collections.abc import Callable
from types import MappingProxyType

from archdsl.graph.graph import Shape
from archdsl.light import NamedTuple
from archdsl.resolve.specs import Spec
from archdsl.solve import upstream
from archdsl.solve.follow import Names, follow, last_channels, spatial
from archdsl.solve.layer_shape import Size
from archdsl.solve.solve import Sized, reachable
from archdsl.solve.strides import sites
from archdsl.source import Span
from archdsl.syntax.ast import Row
from archdsl.why.mend import distance, ends

# a size that is off by so little was meant; one further away is more likely what the usual padding gives
_NEAR = 2
Rank = tuple[bool, bool, int, int]


class Miss(NamedTuple):
    """A row that misses its size: what arrives, from where, what was declared.

    `next_takes` tells whether the next row takes a size; its label is empty where there is none. `input_span`
    is where the network's input is set, for the row that reads it. `before` is the last row that reached its
    size, `passed` what stands between it and this one. `extra` are sizes that the style can give beside what
    is printed.
    """

    row: Row
    label: str
    specs: tuple[Spec, ...]
    incoming: Shape
    arrives: Span | None
    target: Size
    next_takes: Callable[[Size], bool]
    next_label: str
    names: Names = MappingProxyType({})
    input_span: Span | None = None
    before: Sized | None = None
    passed: tuple[Spec, ...] = ()
    extra: tuple[Size, ...] = ()

    @property
    def size(self) -> Size:
        """Return the spatial axes of what arrives."""
        return spatial(self.incoming, len(self.target))


class Evidence(NamedTuple):
    """What speaks for which size.

    `computed` is what the layers give with the padding `mode`, `fixed` that no stride of them is open.
    `options` are the sizes that the row can reach, best first, `agreeing` those of them that the next row
    takes. `before` are sizes of the row before with which the declared one holds; it is `blamed` where the
    next row speaks for the declared size, or where it reached its own by a stride that nobody prints, and
    this row is printed in full.
    """

    mode: str
    computed: Size | None
    fixed: bool
    grows: bool
    options: list[Size]
    agreeing: list[Size]
    declared_fits: bool
    before: list[Size]
    blamed: bool

    @property
    def is_misprint(self) -> bool:
        """Return whether the next row speaks against the declared size, and for another one."""
        return bool(self.agreeing) and not self.declared_fits

    def going_on(self, target: Size) -> Size:
        """Return the size to go on with."""
        return (
            target
            if self.blamed or (self.declared_fits and not self.agreeing) or not self.agreeing
            else self.agreeing[0]
        )


def weigh(miss: Miss, stride_in: str) -> Evidence:
    """Weigh the sizes that a row and its neighbours print against those that they can have."""
    size, shape, target = miss.size, miss.incoming, miss.target
    ways = reachable(miss.specs, shape, stride_in, miss.names)
    for extra in miss.extra:
        ways.setdefault(extra, 0)

    widens = (last_channels(miss.specs, shape) or shape[-1]) > shape[-1]

    def rank(option: Size) -> Rank:
        off = [abs(m - n) for m, n in zip(option, target, strict=False)]
        near = max(off) <= _NEAR or (min(off) == 0 and len(set(target)) > 1)
        return (
            not miss.next_takes(option),
            not near,
            ways.get(option, len(ways)),
            distance(option, target),
        )

    found = sorted(ends(miss.specs, shape, len(target), miss.names), key=lambda end: rank(end[1]))
    mode, computed = found[0] if found else ("same", None)
    grows = all(t >= n for t, n in zip(target, size, strict=False))
    # What is printed decides the size where nothing is left open, or where it changes the size already.
    padded = follow(miss.specs, shape, "same", miss.names)
    free = bool(sites(miss.specs, stride_in)) and (padded is None or spatial(padded, len(target)) == size)
    fixed = computed is not None and (grows or not free)
    options = sorted({*(end for _, end in found), *miss.extra, *(ways if free else ())} - {target}, key=rank)
    # A stage of more channels that prints another size than it receives shrinks.
    options.sort(key=lambda option: (*rank(option)[:2], free and widens and option == size))
    agreeing = [option for option in options if miss.next_takes(option)]
    declared = miss.next_takes(target)
    before = _before(miss, stride_in) if declared or not agreeing else []
    solved = bool(before and miss.before and miss.before.plain == before[0] and not free)
    blamed = bool(before) and declared and (solved or not agreeing)
    return Evidence(mode, computed, fixed, grows, options, agreeing, declared, before, blamed)


def _before(miss: Miss, stride_in: str) -> list[Size]:
    if miss.before is None:
        return []
    return upstream.instead(miss.before, (*miss.passed, *miss.specs), miss.target, stride_in, miss.names)
