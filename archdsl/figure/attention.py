"""Attention that a table writes in parts -> one layer of a figure, as papers draw it.

Scores (a product of queries and keys) go through a softmax and weight the values. Around them stand the split
into heads, projections, biases and masks. The figure's copy of the graph says in `branch` what belongs
together: `WITHIN` for all of it but the last node, `WHOLE` for that one, which stands for all.
"""

from collections.abc import Iterator, Sequence

from archdsl.graph.graph import Graph, Node
from archdsl.ops import OPS

WITHIN, WHOLE, UNIT = "within", "attention", "block "  # UNIT is followed by the name of a block
_SCORES = ("add", "rescale", "relative_bias", "relative_logits", "shift_mask", "causal_mask")
_SIDES = ("heads", "transpose", "rescale", "tokens", "reshape")
_SAID = ("relative_bias", "relative_logits", "shift_mask")  # what is told of an attention beside its heads

Users = Sequence[Sequence[int]]


def joined(graph: Graph) -> Graph:
    """Return a graph in which the nodes of each attention say that they belong together."""
    if not any(node.op == "matmul" for node in graph.nodes):
        return graph
    users: list[list[int]] = [[] for _ in graph.nodes]
    for i, node in enumerate(graph.nodes):
        for source in node.inputs:
            users[source].append(i)
    nodes = list(graph.nodes)
    for i, node in enumerate(graph.nodes):
        members = _attention(graph, users, i) if _softmax(node) else []
        for member in members:
            nodes[member] = nodes[member]._replace(branch=WHOLE if member == members[-1] else WITHIN)
    return graph._replace(nodes=tuple(nodes))


def parts(graph: Graph, i: int) -> list[int]:
    """Return the nodes that a node stands for: its own, and those of the attention that ends in it."""
    found = {i}
    if stands(graph.nodes[i]):
        waiting = [i]
        while waiting:
            inner = [one for one in graph.nodes[waiting.pop()].inputs if graph.nodes[one].branch == WITHIN]
            waiting += [one for one in inner if one not in found]
            found.update(inner)
    return sorted(found)


def stands(node: Node) -> bool:
    """Return whether a node stands for several."""
    return node.branch == WHOLE or node.branch.startswith(UNIT)


def outside(graph: Graph, i: int) -> list[int]:
    """Return what feeds an attention, each node once."""
    members = parts(graph, i)
    sources = (source for member in members for source in graph.nodes[member].inputs)
    return list(dict.fromkeys(source for source in sources if source not in members))


def named(graph: Graph, i: int) -> tuple[str, str]:
    """Return the name of an attention with its heads, and what else there is to it."""
    nodes = [graph.nodes[member] for member in parts(graph, i)]
    heads = next((node.params["heads"] for node in nodes if node.op == "heads"), 1)
    name = OPS["attention"].label({"heads": heads, "causal": any(node.op == "causal_mask" for node in nodes)})
    more = dict.fromkeys(OPS[node.op].label(node.params) for node in nodes if node.op in _SAID)
    return name, "".join(f", {one}" for one in more)


def _softmax(node: Node) -> bool:
    return node.op == "activation" and node.params.get("function") == "softmax"


def _attention(graph: Graph, users: Users, softmax: int) -> list[int]:
    """Return the nodes of the attention that a softmax is in, the last one behind all others; none where it
    is in none."""
    last = _next(graph, users, softmax, ("dropout",))
    last = _next(graph, users, last, ("matmul",)) if last >= 0 else last
    scores = _scores(graph, softmax)
    products = [i for i in scores if graph.nodes[i].op == "matmul"]
    if last < 0 or graph.nodes[last].op != "matmul" or not products:
        return []
    found = {*range(softmax, last)} & _between(graph, softmax, last) | {last, *scores}
    operands = [source for i in found for source in graph.nodes[i].inputs if source not in found]
    for operand in sorted(operands, reverse=True):
        found |= set(_side(graph, users, operand, found))
    members = sorted(found)
    ending = _ending(graph, users, last)
    whole = [*members, *ending]
    return whole if _apart(graph, users, whole) else members if _apart(graph, users, members) else []


def _between(graph: Graph, first: int, last: int) -> set[int]:
    """Return the nodes from one to a later one that it leads to in a line."""
    found = {first}
    for i in range(first + 1, last):
        if len(graph.nodes[i].inputs) == 1 and graph.nodes[i].inputs[0] in found:
            found.add(i)
    return found


def _next(graph: Graph, users: Users, i: int, ops: Sequence[str]) -> int:
    """Return the only user of a node where it is of some ops; else the node, or -1 where it has others."""
    if len(users[i]) != 1:
        return -1
    return users[i][0] if graph.nodes[users[i][0]].op in ops else i


def _scores(graph: Graph, softmax: int) -> set[int]:
    """Return what leads to a softmax, back to the products of queries and keys."""
    found: set[int] = set()
    waiting = list(graph.nodes[softmax].inputs)
    while waiting:
        i = waiting.pop()
        op = graph.nodes[i].op
        if op == "matmul" or op in _SCORES:
            found.add(i)
            waiting += [] if op in ("matmul", "relative_logits") else graph.nodes[i].inputs
    return found


def _side(graph: Graph, users: Users, i: int, found: set[int]) -> Iterator[int]:
    """Give what an operand went through: its heads, and the projection before them."""
    while set(users[i]) <= found:
        node = graph.nodes[i]
        if not (node.op in _SIDES or _projects(node)):
            return
        yield i
        found = found | {i}
        if _projects(node):
            return
        i = node.inputs[0]


def _ending(graph: Graph, users: Users, i: int) -> list[int]:
    """Return the heads' join behind a product, and the projection behind that."""
    found: list[int] = []
    while len(users[i]) == 1:
        i = users[i][0]
        node = graph.nodes[i]
        if node.op != "join_heads" and not (found and _projects(node)):
            break
        found.append(i)
        if _projects(node):
            break
    return found


def _projects(node: Node) -> bool:
    return node.op == "dense" or (node.op == "conv" and set(node.params["kernel"]) == {1})


def _apart(graph: Graph, users: Users, members: Sequence[int]) -> bool:
    """Return whether nodes may stand for one: only the last is used elsewhere, and all are in one place."""
    nodes = [graph.nodes[i] for i in members]
    inner = members[:-1]
    hidden = all(set(users[i]) <= set(members) and i not in graph.outputs for i in inner)
    places = {(node.stage, _frames(node), node.branch) for node in nodes}
    return (
        hidden
        and places == {(nodes[-1].stage, _frames(nodes[-1]), "main")}
        and all(node.shares < 0 for node in nodes)
    )


def _frames(node: Node) -> tuple[object, ...]:
    """Return the frames that are drawn around a node."""
    return tuple(frame for depth, frame in enumerate(node.frames) if depth == 0 or frame.count > 1)
