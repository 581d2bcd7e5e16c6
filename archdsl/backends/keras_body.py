"""Functions and the trunk of a network -> the lines of their definitions in Keras' words."""

from collections.abc import Iterator, Mapping

from archdsl.backends.blocks import Step
from archdsl.backends.body import input_names, opening, variable
from archdsl.backends.functions import Function, Program
from archdsl.backends.keras_text import call
from archdsl.backends.layout import laid
from archdsl.backends.names import layer_name
from archdsl.backends.plan import listed
from archdsl.backends.signature import Signature, literal
from archdsl.backends.statements import OUT, Body, Statement, body, statements

Names = Mapping[str, str]
"""What own layers and constants are called in the source, by their target or their text."""


def function(one: Function, program: Program, doc: str, names: Names) -> list[str]:
    """Write a block as a function of its inputs, of what differs between its uses, and of its name."""
    steps, made = one.block.full.steps, one.signature
    inputs = input_names(len(one.block.full.sources))
    reserved = _reserved(program, names, [*inputs.values(), *(name for name, _ in made.parameters)])
    singles = [Statement(i, i + 1) for i in range(len(steps))]
    order = singles if made.flags else statements(steps, lambda a, b: _alike(a, b, made))
    written = body(steps, order, (len(steps) - 1,), reserved, "")
    written.variables.update(inputs)
    writer = _Writer(program, names, steps, written, made, {})
    lines = list(writer.guarded(one)) if made.flags else writer.whole()
    parameters = [f"{name}={default}" if default else name for name, default in made.parameters]
    return [
        *laid(f"def {made.name}({', '.join([*inputs.values(), *parameters, '*', 'name'])}):"),
        f'    """{doc}"""',
        *lines,
    ]


def trunk(program: Program, names: Names, name: str) -> list[str]:
    """Write the function that puts the stages together; `name` is the text of the model's name."""
    graph, steps = program.graph, program.trunk
    order = statements(steps, _alike)
    start = "inputs" if len(graph.inputs) == 1 else ""
    written = body(steps, order, program.outputs, _reserved(program, names, []), start)
    held = _held(program, written)
    writer = _Writer(program, names, steps, written, None, held)
    lines = ["def build() -> keras.Model:", '    """Build the network with freshly initialised weights."""']
    stage = -1
    for one in order:
        node = graph.nodes[steps[one.first].at]
        if node.stage != stage:
            stage = node.stage
            lines += ["", f"    # {_comment(graph.stages[stage].label or graph.stages[stage].name)}"]
        lines += writer.lines(one, 4)
    outputs = listed([written.variables[i] for i in program.outputs])
    inputs = listed([written.variables[i] for i, step in enumerate(steps) if not step.inputs])
    return [*lines, "", *laid(f"return keras.Model({inputs}, {outputs}, name={name})", 4)]


class _Writer:
    """Writes the statements of one function; `made` has its parameters, `held` the variables of layers that
    are applied again, by step."""

    def __init__(
        self,
        program: Program,
        names: Names,
        steps: list[Step],
        written: Body,
        made: Signature | None,
        held: Mapping[int, tuple[str, bool]],
    ) -> None:
        self.names, self.steps, self.body, self.made, self.held = names, steps, written, made, held
        self.functions = {one.signature.name: one.signature for one in program.functions}
        arguments = made.arguments if made else {}
        self.bound: dict[str, dict[str, str]] = {}
        for (name, key), word in arguments.items():
            self.bound.setdefault(name, {})[key] = word

    def lines(self, one: Statement, indent: int) -> list[str]:
        """Write one statement."""
        if one.stop - one.first > 1:
            return list(self._loop(one, indent))
        step = self.steps[one.first]
        inputs = [self.body.variables[i] for i in step.inputs]
        variable = self.body.variables[one.first]
        if one.first in self.held:
            layer, again = self.held[one.first]
            made = self._text(step, [], self._name(step.name))
            first = [] if again else laid(f"{layer} = {made}", indent)
            return [*first, *laid(f"{variable} = {layer}({_given(step, inputs)})", indent)]
        return laid(f"{variable} = {self._text(step, inputs, self._name(step.name))}", indent)

    def whole(self) -> list[str]:
        """Write the statements of a function, which returns its last value."""
        *order, end = self.body.statements
        lines = [line for one in order for line in self.lines(one, 4)]
        return [*lines, *self.returned(end)]

    def returned(self, end: Statement) -> list[str]:
        """Write the end of a function: the last statement's value, if it is a single step."""
        step, inputs = self.steps[end.first], [self.body.variables[i] for i in self.steps[end.first].inputs]
        if end.stop - end.first > 1:
            return [*self.lines(end, 4), f"    return {self.body.variables[end.stop - 1]}"]
        return laid(f"return {self._text(step, inputs, self._name(step.name))}", 4)

    def guarded(self, one: Function) -> Iterator[str]:
        """Write the statements of a function that has optional steps."""
        guard, end = "", len(self.steps) - 1
        for i, step in enumerate(self.steps):
            flag = one.signature.flags.get(step.name, "")
            if flag and flag != guard:
                yield from opening(one.block, i, self.body.variables, flag, 4)
            guard = flag
            at = Statement(i, i + 1)
            yield from self.returned(at) if i == end and not flag else self.lines(at, 8 if flag else 4)
        if guard:
            yield f"    return {self.body.variables[end]}"

    def _loop(self, one: Statement, indent: int) -> Iterator[str]:
        """Write a loop; what its inputs are at first is said before it, unless they are that already."""
        space, step = " " * indent, self.steps[one.first]
        states = [
            self.body.variables[step.inputs[slot]] if move == slot else name
            for slot, (move, name) in enumerate(zip(one.moves, self.body.states[one.first], strict=True))
        ]
        for name, i in sorted(zip(states, step.inputs, strict=True), key=lambda pair: pair[0] == "x"):
            if self.body.variables[i] != name:
                yield f"{space}{name} = {self.body.variables[i]}"
        yield f"{space}for i in range({one.number}, {one.number + one.stop - one.first}):"
        value = self._text(step, states, self._name(one.name))
        moved = [slot for slot, move in enumerate(one.moves) if move != slot]
        made = states[one.moves.index(OUT)]
        if len(moved) == 1:
            yield from laid(f"{made} = {value}", indent + 4)
        else:
            yield from laid(f"value = {value}", indent + 4)
            given = ["value" if one.moves[slot] == OUT else states[one.moves[slot]] for slot in moved]
            yield f"{space}    {', '.join(states[slot] for slot in moved)} = {', '.join(given)}"
        if self.body.variables[one.stop - 1] != made:
            yield f"{space}{self.body.variables[one.stop - 1]} = {made}"

    def _name(self, name: str) -> str:
        """Write the name of a layer: in a function, it begins with the function's own."""
        name = name.replace("/", "-")
        if self.made:
            return f'f"{{name}}{name}"' if name else "name"
        return f'f"{name}"' if "{i}" in name else literal(name)

    def _text(self, step: Step, inputs: list[str], name: str) -> str:
        bound = self.bound.get(step.name, {})
        if step.function:
            words = [*inputs, *self._arguments(step, bound), f"name={name}"]
            text = f"{step.target}({', '.join(words)})"
        else:
            target = "keras.Input" if step.target == "Input" else self.names.get(step.target, step.target)
            text = call(target, step.kwargs, bound, name if step.layer else "", _given(step, inputs))
        for written, constant in self.names.items():
            text = text.replace(written, constant)
        return text

    def _arguments(self, step: Step, bound: Mapping[str, str]) -> Iterator[str]:
        for key, default in self.functions[step.target].parameters:
            if key not in bound and key not in step.kwargs:
                continue
            word = bound.get(key) or literal(step.kwargs[key])
            if not default or word != default:
                yield f"{key}={word}" if default else word


def _alike(a: Step, b: Step, made: Signature | None = None) -> bool:
    """Return whether two uses of functions have the same arguments."""
    own = (
        []
        if made is None
        else [
            {key: word for (name, key), word in made.arguments.items() if name == step.name}
            for step in (a, b)
        ]
    )
    return a.target == b.target and a.kwargs == b.kwargs and (not own or own[0] == own[1])


def _reserved(program: Program, names: Names, more: list[str]) -> dict[int, str]:
    """Return the names that no variable may have, as `variable` takes them."""
    functions = [one.signature.name for one in program.functions]
    return {-1000 - i: name for i, name in enumerate([*functions, *names.values(), *more, "value"])}


def _given(step: Step, inputs: list[str]) -> str:
    """Return what a layer or a function is called with."""
    by_name = len(inputs) - len(step.keywords)
    given, named = inputs[:by_name], zip(step.keywords, inputs[by_name:], strict=True)
    words = given if step.apart or not step.layer or not given else [listed(given)]
    words = [*words, *(f"{key}={literal(value)}" for key, value in step.called.items())]
    return ", ".join([*words, *(f"{key}={value}" for key, value in named)])


def _held(program: Program, written: Body) -> dict[int, tuple[str, bool]]:
    """Name the layers that are applied more than once, and say of each step whether it applies one again."""
    graph = program.graph
    shared = {node.shares for node in graph.nodes if node.shares >= 0}
    taken = {**written.variables, **_reserved(program, {}, [])}
    layers: dict[int, list[str]] = {}
    found: dict[int, tuple[str, bool]] = {}
    used: dict[int, int] = {}
    for i, step in enumerate(program.trunk):
        first = graph.nodes[step.at].shares
        if step.function or not step.layer or (first < 0 and step.at not in shared):
            continue
        if first < 0:
            name = variable(layer_name(graph.nodes[step.at]).replace("-", "_"), taken)
            taken[-2000 - i] = name
            layers.setdefault(step.at, []).append(name)
            found[i] = name, False
        else:
            used[step.at] = used.get(step.at, -1) + 1
            found[i] = layers[first][used[step.at]], True
    return found


def _comment(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text)
