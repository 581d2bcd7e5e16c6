"""The arguments with which a block is a network that has its ops: each is changed once, and what changes
with it in the block says what it is in the network."""

from collections.abc import Callable, Iterator
from typing import Any

from archdsl.foreign.idiom.piece import ops
from archdsl.foreign.words import text
from archdsl.graph.graph import Graph

Arguments = dict[str, str]
Made = Callable[[Arguments], Graph | None]
_FUNCTIONS = ("tanh", "softplus")  # to try where a function is asked for


def solved(arguments: Arguments, graph: Graph, network: Graph, made: Made) -> Arguments:
    """Return arguments that are nearer to those of a network; `graph` is what they give now.

    They are looked at in order, each with what was found of those before it, because later ones are often
    counted from earlier ones.
    """
    found = dict(arguments)
    for name in arguments:
        value, told = found[name], None
        for probe in _probes(value):
            other = made({**found, name: probe})
            if other is not None and ops(other) == ops(graph):
                told = _told(value, probe, graph, other, network)
                break
        if told is None or told == value:
            continue
        after = made({**found, name: told})
        if after is not None and ops(after) == ops(graph):
            found[name], graph = told, after
    return found


def _probes(value: str) -> tuple[str, ...]:
    """Return other values of an argument."""
    if value in ("yes", "no"):
        return ("no" if value == "yes" else "yes",)
    number = _number(value)
    if number is None:
        return tuple(word for word in _FUNCTIONS if word != value)
    return tuple(text(_short(n)) for n in (2 * number, number / 2, 3 * number, number + 2) if n != number)


def _told(value: str, probe: str, graph: Graph, other: Graph, network: Graph) -> str | None:
    """Return what an argument is in a network, by the first number or word that changes with it; None where
    nothing does."""
    for now, then, wanted in _changes(graph, other, network):
        if now == wanted:
            return value
        if isinstance(now, str):
            return str(wanted) if (now, then) == (value, probe) else probe if wanted == then else None
        if isinstance(now, bool):
            return probe if wanted == then else value
        one, step = _number(value), (_number(probe) or 0) - (_number(value) or 0)
        if one is not None and step and then != now:
            return text(_short(one + (wanted - now) * step / (then - now)))
    return None


def _changes(graph: Graph, other: Graph, network: Graph) -> Iterator[tuple[Any, Any, Any]]:
    """Return what is different in two graphs of equal ops, with what a third one has in its place."""
    for one, two, three in zip(graph.nodes, other.nodes, network.nodes, strict=True):
        for key, now in one.params.items():
            triple: tuple[Any, ...] = (now, two.params.get(key), three.params.get(key))
            if triple[0] == triple[1] or any(type(part) is not type(now) for part in triple):
                continue
            if not isinstance(now, tuple):
                yield triple[0], triple[1], triple[2]
            elif all(isinstance(part, int) for part in now):
                yield triple[0][0], triple[1][0], triple[2][0]


def _number(value: str) -> float | None:
    try:
        return float(value)
    except ValueError:
        return None


def _short(number: float) -> float | int:
    """Return a number without the last digits of a quotient."""
    number = round(number, 6)
    return int(number) if number == int(number) else number
