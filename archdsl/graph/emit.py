"""Appends nodes to a graph in the making; knows the stage, brackets and branch that it is in."""

from archdsl.graph.graph import Frame, Node, Shape
from archdsl.light import Any, NamedTuple
from archdsl.ops import OPS, ShapeFault
from archdsl.source import Span

MAX_NODES = 200_000


class Part(NamedTuple):
    """Nodes `[start, stop)` that made a value, and the path that their names begin with."""

    start: int
    stop: int
    path: str


class Value(NamedTuple):
    """The output of a node. `raw` marks one that pre-activation has yet to normalise; `certain` is false for
    channels that stand in for those of a broken row, `lost` true for a size that does. `part` are the nodes
    that made a named value, which may be applied again."""

    id: int
    shape: Shape
    raw: bool = False
    certain: bool = True
    lost: bool = False
    part: Part | None = None


_NO_INPUTS: tuple[tuple[Any, ...], ...] = ((),) * len(Value._fields)


class Fault(Exception):
    """A layer cannot be lowered; the diagnostic was made where the evidence was."""

    def __init__(
        self, span: Span, why: str, shape: Shape, merge: str = "", joined: tuple[Shape, ...] = ()
    ) -> None:
        super().__init__(why)
        self.merge = merge
        self.joined = joined
        self.span = span
        self.used: Span | None = None  # where the block is used that the layer stands in
        self.why = why
        self.shape = shape
        self.join: Any = None  # what was to be joined, for its explanation


class TooLarge(Exception):
    """The network passes the limit on nodes."""


class Emitter:
    """The nodes so far and the place of the next one."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.stage = -1
        self.frames: tuple[Frame, ...] = ()
        self.branch = "main"
        self.path = ""
        self.site: Span | None = None  # the use of the block that is being lowered
        self.foreign: Span | None = None  # the use of a block of another file, whose lines have no place here

    def emit(
        self,
        op: str,
        params: dict[str, Any],
        inputs: tuple[Value, ...],
        name: str,
        span: Span,
        raw: bool = False,
        certain: bool = True,
    ) -> Value:
        """Append a node and give its output, `raw` and `certain` as said; raise Fault where the op cannot
        take its inputs."""
        ids, shapes, _, known, lost, _ = zip(*inputs, strict=True) if inputs else _NO_INPUTS
        try:
            shape = OPS[op].shape(params, shapes)
        except ShapeFault as fault:
            sure = len(inputs) < 2 or (all(known) and not any(lost))
            raise Fault(
                span, str(fault) if sure else "", shapes[0], op if len(inputs) > 1 else "", shapes
            ) from None
        number = len(self.nodes)
        if number >= MAX_NODES:
            raise TooLarge
        origin = (self.foreign or span, self.site or span)
        self.nodes.append(
            Node(op, params, ids, shape, self.path + name, self.stage, self.frames, self.branch, origin)
        )
        return Value(number, shape, raw, certain, len(shape) > 1 and True in lost)

    def again(self, part: Part, value: Value, name: str, span: Span) -> Value:
        """Apply the layers of a part to another value, with the same weights; give its output.

        What the part reads first is replaced by the value; what else it reads from outside stays. Raises
        Fault where the weights do not fit.
        """
        made = {self.nodes[part.start].inputs[0]: value.id}
        for i in range(part.start, part.stop):
            node = self.nodes[i]
            inputs = tuple(made.get(j, j) for j in node.inputs)
            self._repeated(i, node, inputs, f"{name}{node.name.removeprefix(part.path)}", span)
            made[i] = len(self.nodes) - 1
        return value._replace(id=len(self.nodes) - 1, shape=self.nodes[-1].shape, part=None)

    def tied(self, at: int, value: Value, name: str, span: Span) -> Value:
        """Append the dense layer whose kernel is the matrix of the embedding `at`, and give its output."""
        params = {key: self.nodes[at].params[key] for key in ("shape", "initializer")}
        made = self.emit("tied_dense", params, (value,), name, span)
        self.nodes[made.id] = self.nodes[made.id]._replace(shares=at)
        return made

    def _repeated(self, i: int, node: Node, inputs: tuple[int, ...], name: str, span: Span) -> None:
        op, shapes = OPS[node.op], tuple(self.nodes[j].shape for j in inputs)
        own = op.weights(node.params, tuple(self.nodes[j].shape for j in node.inputs))
        try:
            shape = op.shape(node.params, shapes)
        except ShapeFault as fault:
            raise Fault(span, f"{node.name} cannot be applied again: {fault}", shapes[0]) from None
        if op.weights(node.params, shapes) != own:
            raise Fault(span, f"the weights of {node.name} are those of other channels", shapes[0])
        if len(self.nodes) >= MAX_NODES:
            raise TooLarge
        again = node._replace(
            inputs=inputs,
            shape=shape,
            name=self.path + name,
            stage=self.stage,
            frames=(*self.frames, *node.frames),
            branch=node.branch if self.branch == "main" else self.branch,
            origin=(self.foreign or span, self.site or span),
            shares=i if node.shares < 0 else node.shares,
        )
        self.nodes.append(again)


def embeddings_of(nodes: list[Node], part: Part) -> list[int]:
    """Return the embeddings of a part; for those that share their weights, the ones that have them."""
    found = (i for i in range(part.start, part.stop) if OPS[nodes[i].op].takes_tokens)
    return sorted({i if nodes[i].shares < 0 else nodes[i].shares for i in found})
