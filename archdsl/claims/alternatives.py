"""A count that is not the printed one -> the settings under which it would be: each by itself, then two
together."""

from collections.abc import Callable, Mapping
from itertools import combinations

from archdsl.graph.graph import Graph
from archdsl.light import NamedTuple
from archdsl.ops import OPS
from archdsl.resolve.settings import Settings

Changes = Mapping[str, str]
Count = Callable[[Changes], int | None]

# Settings that change a count, with their values, the likelier ones first.
_PARAMS: dict[str, tuple[str, ...]] = {
    "shortcut": ("project", "zero-pad", "project-all"),
    "bias": ("auto", "yes", "no"),
    "norm": ("batch", "none", "layer"),
    "norm-scale": ("yes", "no"),
    "projection-norm": ("yes", "no"),
    "projection-bias": ("auto", "yes", "no"),
    "first-projection": ("change", "always"),
    "classifier-conv": ("bare", "hidden"),
    "order": ("conv-norm-activation", "norm-activation-conv"),
    "stem-order": ("order", "conv-norm-activation"),
    "classes": ("1000", "1001"),
    "stride-in": ("first-spatial", "first", "last"),
    "input": ("224", "227", "229", "299"),
}
_MACS = ("stride-in", "input")
_MAX_PAIRS = 12  # of the pairs, those whose changes add up to nearest the printed count


class Tried(NamedTuple):
    """What was found: changes that give the printed count, and the one that comes nearest, with what it
    gives."""

    fitting: list[Changes]
    nearest: Changes
    gives: int


def tried(
    settings: Settings,
    graph: Graph,
    what: str,
    base: int,
    wanted: float,
    agrees: Callable[[int], bool],
    count: Count,
) -> Tried:
    """Count the network under other settings; `count` gives None where they do not hold for it."""
    counts = {
        change: found
        for change in _singles(settings, graph, what)
        if (found := count(dict([change]))) is not None and found != base
    }
    fitting: list[Changes] = [dict([change]) for change, found in counts.items() if agrees(found)]
    nearest = min(counts, key=lambda change: abs(counts[change] - wanted), default=None)
    best = dict([nearest]) if nearest else {}
    if not fitting:
        fitting = _pairs(counts, base, wanted, agrees, count)
    return Tried(fitting, best, counts[nearest] if nearest else base)


def _pairs(
    counts: dict[tuple[str, str], int], base: int, wanted: float, agrees: Callable[[int], bool], count: Count
) -> list[Changes]:
    pairs = [pair for pair in combinations(counts, 2) if pair[0][0] != pair[1][0]]
    pairs.sort(key=lambda pair: abs(counts[pair[0]] + counts[pair[1]] - base - wanted))
    found = ((dict(pair), count(dict(pair))) for pair in pairs[:_MAX_PAIRS])
    return [changes for changes, one in found if one is not None and agrees(one)]


def _singles(settings: Settings, graph: Graph, what: str) -> list[tuple[str, str]]:
    """List the settings that can change this network's count."""
    if what == "depth":
        return []
    ops = {node.op for node in graph.nodes}
    branches = {node.branch for node in graph.nodes}
    without = {
        "shortcut": "add" not in ops,
        "first-projection": "add" not in ops,
        "projection-norm": "shortcut" not in branches,
        "projection-bias": "shortcut" not in branches,
        "norm-scale": not any(OPS[op].norm for op in ops),
        "classes": settings.classes is None,
        "input": len(set(settings.input[:-1])) != 1 or len(settings.input) < 2 or "dense" not in ops,
    }
    keys = _MACS if what == "macs" else tuple(_PARAMS)
    return [
        (key, value)
        for key in keys
        if not without.get(key)
        for value in _PARAMS[key]
        if value != _now(settings, key)
    ]


def _now(settings: Settings, key: str) -> str:
    match key:
        case "classes":
            return str(settings.classes)
        case "input":
            return str(settings.input[0])
    return settings.conventions[key]


def changed(settings: Settings, changes: Changes) -> Settings:
    """Return the settings with some of them changed; an input keeps its axes and its channels."""
    for key, value in changes.items():
        if key == "input":
            shape = (int(value),) * (len(settings.input) - 1)
            settings = settings._replace(input=(*shape, settings.input[-1]))
        elif key == "classes":
            settings = settings._replace(classes=int(value), values=settings.values | {"classes": int(value)})
        else:
            settings = settings._replace(conventions=settings.conventions | {key: value})
    return settings


def line(settings: Settings, key: str, value: str) -> str:
    """Write a change as it is pasted."""
    if key == "input":
        value = "x".join(map(str, changed(settings, {key: value}).input))
    return f"{key} {value}"
