"""How a PyTorch network is initialised: as its graph says, a rule for each kind of layer.

Normal distributions have the variance that Keras' have; those are cut off at two deviations.
"""

from math import sqrt

from archdsl.backends.layout import laid
from archdsl.graph.graph import Graph, Node
from archdsl.ops import OPS, Call
from archdsl.ops.initial import initializer

_NAMED = {
    "glorot_uniform": (1.0, "fan_avg", "uniform"),
    "glorot_normal": (1.0, "fan_avg", "normal"),
    "he_uniform": (2.0, "fan_in", "uniform"),
    "he_normal": (2.0, "fan_in", "normal"),
    "lecun_uniform": (1.0, "fan_in", "uniform"),
    "lecun_normal": (1.0, "fan_in", "normal"),
    "variance_scaling": (1.0, "fan_in", "normal"),
}
_OTHER_END = {"fan_in": "fan_out", "fan_out": "fan_in"}


def rules(graph: Graph) -> dict[str, set[str]]:
    """Return for each kind of layer, as a condition on `module`, what initialises its weight."""
    found: dict[str, set[str]] = {}
    for node in graph.nodes:
        made = [call for call in OPS[node.op].modules(node.params, graph.input_shapes(node)) if _kernel(call)]
        if "initializer" in node.params and made:
            found.setdefault(_kind(node, made[0]), set()).add(_rule(node))
    return dict(sorted(found.items(), key=lambda item: "(" not in item[0]))


def _kernel(call: Call) -> bool:
    return call.target.startswith(("nn.Conv", "nn.Linear"))


def _kind(node: Node, call: Call) -> str:
    if not OPS[node.op].keeps_channels:
        return call.target
    return f"isinstance(module, {call.target}) and module.groups == module.in_channels > 1"


def _rule(node: Node) -> str:
    made = initializer(node.params["initializer"])
    if isinstance(made, str):
        scale, mode, distribution = _NAMED[made]
    elif made.target.endswith("VarianceScaling"):
        scale, mode, distribution = made.kwargs["scale"], made.kwargs["mode"], made.kwargs["distribution"]
    else:
        return _spread(made)
    distribution = "uniform" if distribution == "uniform" else "normal"
    # Keras counts what enters and leaves a depthwise kernel the other way round.
    mode = _OTHER_END.get(mode, mode) if OPS[node.op].keeps_channels else mode
    return _scaled(scale, mode, distribution)


def _spread(made: Call) -> str:
    """Write an initializer with a deviation, or half the width of a uniform one."""
    value = made.kwargs["maxval" if "maxval" in made.kwargs else "stddev"]
    if made.target.endswith("RandomUniform"):
        return f"nn.init.uniform_(module.weight, -{value}, {value})"
    if made.target.endswith("TruncatedNormal"):
        cut = 2 * value
        return f"nn.init.trunc_normal_(module.weight, std={value}, a=-{cut:g}, b={cut:g})"
    return f"nn.init.normal_(module.weight, std={value})"


def _scaled(scale: float, mode: str, distribution: str) -> str:
    if mode == "fan_avg":
        gain = "" if scale == 1 else f", gain={sqrt(scale):.6g}"
        return f"nn.init.xavier_{distribution}_(module.weight{gain})"
    end = "" if mode == "fan_in" else f', mode="{mode}"'
    slope = {2.0: ', nonlinearity="relu"', 1.0: ', nonlinearity="linear"'}.get(scale)
    if slope is None and scale > 2:
        factor = f'nn.init.kaiming_{distribution}_(module.weight{end}, nonlinearity="linear")'
        return f"{factor}.mul_({sqrt(scale):.6g})"
    # PyTorch's scale for a leaky ReLU is 2 / (1 + slope^2).
    return f"nn.init.kaiming_{distribution}_(module.weight{end}{slope or f', a={sqrt(2 / scale - 1):.6g}'})"


def mixed(found: dict[str, set[str]]) -> list[str]:
    """Tell the kinds of layers that are initialised in several ways, which no rule says."""
    return [_class(kind) for kind, made in found.items() if len(made) > 1]


def function(found: dict[str, set[str]]) -> list[str]:
    """Write the function that initialises a module of the network; nothing where there is no rule."""
    cases: dict[tuple[str, bool], list[str]] = {}  # what is done, to a whole class? -> the kinds
    for kind, made in found.items():
        done = next(iter(made)) if len(made) == 1 else "return"
        if kind == _class(kind) or made != found.get(_class(kind)):
            cases.setdefault((done, kind == _class(kind)), []).append(kind)
    lines: list[str] = []
    for (done, _), kinds in cases.items():
        for condition in _conditions(kinds):
            lines += [*laid(f"{'elif' if lines else 'if'} {condition}:", 4), *laid(done, 8)]
    if all(done == "return" for done, _ in cases):
        return []
    return [
        "def initialise(module):",
        '    """Initialise a kernel as the table says, and its bias with zeros."""',
        *lines,
        "    else:",
        "        return",
        "    if module.bias is not None:",
        "        nn.init.zeros_(module.bias)",
    ]


def _conditions(kinds: list[str]) -> list[str]:
    """Return the conditions of several kinds of layers: classes alone share one."""
    classes = [kind for kind in kinds if kind == _class(kind)]
    alone = classes[0] if len(classes) == 1 else f"({', '.join(classes)})"
    own = [f"isinstance(module, {alone})"] if classes else []
    return [*(kind for kind in kinds if kind != _class(kind)), *own]


def _class(kind: str) -> str:
    """Return the class that a kind of layer belongs to."""
    return kind.partition(", ")[2].partition(")")[0] or kind
