"""Every network of specs/ is decompiled from its graph alone: the spec that is written compiles to the same graph and count."""

from math import prod
from pathlib import Path

import pytest

import archdsl
from archdsl.foreign.decompile import written
from archdsl.foreign.errors import ForeignError
from archdsl.graph.graph import Graph
from archdsl.graph.measure import own_weights

SPECS = Path(__file__).parent.parent / "specs"
NAMES = sorted(str(path.relative_to(SPECS))[:-5] for path in SPECS.rglob("*.arch"))
REFUSED: dict[str, str] = {}  # a spec, and what is told of it
LINES = 60
LONG = {  # specs whose blocks are not found as a person would write them
    "keras/nasnet": 260,  # cells that read two values
    "papers/wavenet": 140,  # skips of all layers to the end
}


def count(graph: Graph) -> int:
    """Count the parameters of a graph."""
    return sum(prod(weight.shape) for node in graph.nodes for weight in own_weights(graph, node))


@pytest.mark.parametrize("name", NAMES)
def test_a_network_is_written_again(name: str) -> None:
    graph = archdsl.load(str(SPECS / f"{name}.arch")).networks[0].graph
    if name in REFUSED:
        with pytest.raises(ForeignError, match=REFUSED[name]):
            written(graph, name)
        return
    text, made = written(graph, name)  # raises where the two differ
    assert count(made) == count(graph)
    for ours, theirs in ((made.inputs, graph.inputs), (made.outputs, graph.outputs)):
        assert [made.nodes[i].shape for i in ours] == [graph.nodes[i].shape for i in theirs]
    assert len(text.splitlines()) <= LONG.get(name, LINES)
