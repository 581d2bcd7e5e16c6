"""Graph -> steps: the assignments of a program that builds the network, before any function is made of them."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from archdsl.backends.names import layer_name
from archdsl.ir.graph import Frame, Graph
from archdsl.ops import OPS

# What Keras takes for an argument that ops leave out: where one layer of a pair has the argument and the other has
# not, they still differ only in its value.
OMITTED: Mapping[str, Any] = {"strides": 1, "dilation_rate": 1, "groups": 1, "use_bias": True, "kernel_initializer": "glorot_uniform"}


class Code(NamedTuple):
    """An argument that is an expression over the parameters of the function around it, not a literal."""

    text: str


class Step(NamedTuple):
    """One assignment: a layer, or a call of a function that builds several.

    `id` names the value it makes and `inputs` the values it takes: node numbers in the program's main body; within a
    function positions in its body, and -1, -2, … for the function's own inputs. `name` is the layer's name; within a
    function without the part that the function is given. `defaults` are the arguments that may be left out.
    `flag` is the parameter of the function that has to be true for the step to happen.
    """

    id: int
    target: str
    kwargs: Mapping[str, Any]
    inputs: tuple[int, ...]
    name: str
    op: str
    branch: str
    stage: int
    frames: tuple[Frame, ...]
    defaults: Mapping[str, Any] = OMITTED
    flag: str = ""


CALL = "call"
"""The `op` of a step that calls a function."""


def steps_of(graph: Graph) -> list[Step]:
    """Give the steps of the whole network, one for each node but its inputs."""
    steps = []
    for i, node in enumerate(graph.nodes):
        if node.inputs:
            call = OPS[node.op].keras(node.params, graph.input_shapes(node))
            steps.append(Step(i, call.target, call.kwargs, node.inputs, layer_name(node), node.op, node.branch, node.stage, node.frames))
    return steps


def is_weighted(step: Step) -> bool:
    """Tell whether the step is a convolution, a dense layer or a whole function."""
    return step.op == CALL or OPS[step.op].weighted


def is_merge(step: Step) -> bool:
    """Tell whether the step joins branches."""
    return step.op != CALL and OPS[step.op].family == "merge"


class Group(NamedTuple):
    """Steps in a row that happen only if a flag is set; otherwise the value `default` stands for that of `exit`."""

    flag: str
    exit: int
    default: int


class Parameter(NamedTuple):
    """A parameter of a function; `required` ones have no default."""

    name: str
    default: Any = None
    required: bool = True


class Function(NamedTuple):
    """A function that builds several layers; `key` stands for its name until all functions are known."""

    key: str
    parameters: tuple[Parameter, ...]
    inputs: int
    body: tuple[Step, ...]
    groups: tuple[Group, ...]
    output: int


class Instance(NamedTuple):
    """Steps that may become one call: in a function's own numbering, and where they sit in the body around them."""

    steps: tuple[Step, ...]
    output: int
    prefix: str
    outer: tuple[Step, ...]
    externals: tuple[int, ...]

    @property
    def signature(self) -> str:
        """Give a text that is equal for instances which differ in place and name only."""
        return repr([(s.target, s.kwargs, s.inputs, s.name) for s in self.steps])


def instance(outer: Sequence[Step], prefix: str, exit_id: int) -> Instance:
    """Renumber steps as the body of a function whose layers' names begin with `prefix`."""
    positions = {step.id: i for i, step in enumerate(outer)}
    externals: list[int] = []
    for step in outer:
        externals += [i for i in step.inputs if i not in positions and i not in externals]
    place = positions | {value: -1 - i for i, value in enumerate(externals)}
    inner = tuple(
        step._replace(id=i, inputs=tuple(place[v] for v in step.inputs), name=step.name[len(prefix) :], frames=(), flag="")
        for i, step in enumerate(outer)
    )
    return Instance(inner, positions[exit_id], prefix, tuple(outer), tuple(externals))


def call(found: Instance, function: Function, arguments: Mapping[str, Any]) -> Step:
    """Give the step that calls a function in the place of an instance."""
    first, last = found.outer[0], found.outer[found.output]
    defaults = {p.name: p.default for p in function.parameters if not p.required}
    return first._replace(id=last.id, target=function.key, kwargs=arguments, inputs=found.externals, name=found.prefix, op=CALL, defaults=defaults)
