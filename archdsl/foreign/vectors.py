"""A graph whose maps of one position are vectors again: Keras makes such a map of a pooled vector so that
1x1 convolutions take it, where a table prints dense layers."""

from archdsl.compare.canonical import as_dense, one_position
from archdsl.foreign.order import whole
from archdsl.graph.graph import Graph, Node

# Ops that do the same to a vector as to a map of one position.
_ALIKE = frozenset({"activation", "batch_norm", "dropout", "drop_path", "scale"})


class _Vectors:
    """The nodes so far; `place` is where the value of an old node is, `flat` the old nodes that were maps of
    one position and are vectors now."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.nodes: list[Node] = []
        self.place: dict[int, int] = {}
        self.flat: set[int] = set()
        self.maps: dict[int, int] = {}

    def add(self, i: int) -> None:
        """Add what a node of the graph is here; nothing for one that makes a map of a vector, or back."""
        node = self.graph.nodes[i]
        if _is_vector(node) or (node.op == "flatten" and node.inputs[0] in self.flat):
            self.place[i] = self.place[node.inputs[0]]
            self.flat |= {i} if _is_vector(node) else set()
            return
        flat = bool(node.inputs) and all(j in self.flat for j in node.inputs)
        op, params = as_dense(node.op, dict(node.params), self.graph.input_shapes(node))
        if flat and (op == "dense" or op in _ALIKE):
            read = tuple(self.place[j] for j in node.inputs)
            node = node._replace(op=op, params=params, inputs=read, shape=node.shape[-1:])
            self.flat.add(i)
        else:
            takes = self.place.__getitem__ if node.op == "multiply" and not flat else self.map
            node = node._replace(inputs=tuple(takes(j) for j in node.inputs))
        self.place[i] = self._append(node)

    def map(self, i: int) -> int:
        """Return the place of an old node, as the map that it was."""
        if i not in self.flat:
            return self.place[i]
        if i not in self.maps:
            old, axes = self.graph.nodes[i], len(self.graph.nodes[i].shape) - 1
            made = old._replace(op="expand", params={"axes": axes}, inputs=(self.place[i],), shares=-1)
            self.maps[i] = self._append(made)
        return self.maps[i]

    def _append(self, node: Node) -> int:
        shares = self.place[node.shares] if node.shares >= 0 else -1
        self.nodes.append(node._replace(shares=shares))
        return len(self.nodes) - 1


def vectors(graph: Graph) -> Graph:
    """Return a graph that computes the same, with dense layers in place of 1x1 convolutions of a pooled
    vector."""
    if not any(map(_is_vector, graph.nodes)):
        return graph
    found = _Vectors(graph)
    for i in range(len(graph.nodes)):
        found.add(i)
    ends = (tuple(found.map(i) for i in ids) for ids in (graph.inputs, graph.outputs))
    return whole(graph, found.nodes, *ends)


def _is_vector(node: Node) -> bool:
    return node.op == "expand" and one_position(node.shape)
