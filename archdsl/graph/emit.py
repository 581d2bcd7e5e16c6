"""Appends nodes to a graph in the making; knows the stage, brackets and branch that it is in."""

from archdsl.graph.graph import Frame, Node, Shape
from archdsl.light import Any, NamedTuple
from archdsl.ops import OPS, ShapeFault
from archdsl.source import Span

MAX_NODES = 200_000


class Value(NamedTuple):
    """The output of a node. `raw` marks one that pre-activation has yet to normalise; `certain` is false for a guess
    that stands in for the output of a broken row."""

    id: int
    shape: Shape
    raw: bool = False
    certain: bool = True


class Fault(Exception):
    """A layer cannot be lowered; the diagnostic was made where the evidence was."""

    def __init__(self, span: Span, why: str, shape: Shape, merge: str = "", joined: tuple[Shape, ...] = ()) -> None:
        super().__init__(why)
        self.merge = merge
        self.joined = joined
        self.span = span
        self.used: Span | None = None  # where the block is used that the layer stands in
        self.why = why
        self.shape = shape


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

    def emit(self, op: str, params: dict[str, Any], inputs: tuple[Value, ...], name: str, span: Span) -> Value:
        """Append a node and give its output; raise Fault where the op cannot take its inputs."""
        shapes = tuple(value.shape for value in inputs)
        try:
            shape = OPS[op].shape(params, shapes)
        except ShapeFault as fault:
            certain = all(value.certain for value in inputs) or len(inputs) < 2
            raise Fault(span, str(fault) if certain else "", shapes[0], op if len(inputs) > 1 else "", shapes) from None
        if len(self.nodes) >= MAX_NODES:
            raise TooLarge
        ids = tuple(value.id for value in inputs)
        origin = (self.foreign or span, self.site or span)
        self.nodes.append(Node(op, params, ids, shape, self.path + name, self.stage, self.frames, self.branch, origin))
        return Value(len(self.nodes) - 1, shape)
