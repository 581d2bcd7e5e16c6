"""Instances that are nearly equal -> the one function that builds them all, and the arguments for each.

Two instances agree when they have the same layers, wired the same way; the values in which they differ become
parameters, and layers that only some of them have (a projection) become steps under a flag.
"""

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from archdsl.backends.parameters import Column, parameterise
from archdsl.backends.steps import Code, Function, Group, Instance, Parameter, Step

Key = tuple[str, str]
Ref = Key | int


class Rules(NamedTuple):
    """What one function may cover: `optional` tells which steps may be under a flag."""

    optional: Callable[[Step], bool]
    flags: int = 2
    parameters: int = 6
    windows: int = 1


class Unified(NamedTuple):
    """A function and, for each instance, the arguments that make it build that instance."""

    function: Function
    arguments: list[dict[str, Any]]


def unify(key: str, instances: Sequence[Instance], rules: Rules) -> Unified | None:
    """Give the function that builds every instance; None where no readable one does."""
    order = merge_orders([[_key(step) for step in found.steps] for found in instances])
    if order is None:
        return None
    return _Unification(key, instances, order, rules).result()


def merge_orders(sequences: Sequence[Sequence[Any]]) -> list[Any] | None:
    """Merge sequences into one that has each as a subsequence, every item once; None where their orders disagree."""
    merged: list[Any] = []
    for sequence in sequences:
        at = 0
        for item in sequence:
            if item not in merged[:at] and item in merged:
                at = merged.index(item) + 1
            elif item in merged:
                return None
            else:
                merged.insert(at, item)
                at += 1
    return merged


def _key(step: Step) -> Key:
    return step.name, step.target


class _Chain(NamedTuple):
    """Steps in a row that the same instances have and others have not."""

    members: tuple[Key, ...]
    present: frozenset[int]


class _Unification:
    """The instances side by side, steps of the same name and target in one line."""

    def __init__(self, key: str, instances: Sequence[Instance], order: list[Key], rules: Rules) -> None:
        self.key = key
        self.instances = instances
        self.order = order
        self.rules = rules
        self.steps = [{_key(step): step for step in found.steps} for found in instances]
        self.present = {k: frozenset(i for i, steps in enumerate(self.steps) if k in steps) for k in order}
        self.rank: dict[Ref, int] = {k: i for i, k in enumerate(order)}
        self.everywhere = frozenset(range(len(instances)))
        self.defaults: dict[Key, Ref] = {}
        self.wiring: dict[Key, list[Ref]] = {}

    def result(self) -> Unified | None:
        chains = self._chains()
        if not self._allowed(chains) or not self._wire():
            return None
        self.output = max((self._ref(i, found.output) for i, found in enumerate(self.instances)), key=self._rank)
        if not all(self._settle(chain) for chain in chains) or not self._agrees():
            return None
        return self._assemble(chains)

    def _chains(self) -> list[_Chain]:
        runs = [(present, tuple(keys)) for present, keys in groupby(self.order, key=self.present.__getitem__)]
        return [_Chain(keys, present) for present, keys in runs if present != self.everywhere]

    def _allowed(self, chains: list[_Chain]) -> bool:
        optional = [self._sample(k) for chain in chains for k in chain.members]
        few = len({chain.present for chain in chains}) <= self.rules.flags and 2 * len(optional) <= len(self.order)
        return few and all(map(self.rules.optional, optional)) and len({len(found.externals) for found in self.instances}) == 1

    def _sample(self, key: Key) -> Step:
        return next(steps[key] for steps in self.steps if key in steps)

    def _rank(self, ref: Ref) -> int:
        return self.rank.get(ref, -1)

    def _ref(self, i: int, value: int) -> Ref:
        return value if value < 0 else _key(self.instances[i].steps[value])

    def _wire(self) -> bool:
        """Connect every step to the latest of the values that the instances give it."""
        for key in self.order:
            lines = [[self._ref(i, v) for v in steps[key].inputs] for i, steps in enumerate(self.steps) if key in steps]
            if len({len(line) for line in lines}) > 1:
                return False
            self.wiring[key] = [max(slot, key=self._rank) for slot in zip(*lines, strict=True)]
        return True

    def _settle(self, chain: _Chain) -> bool:
        """Find the value that stands for a chain's where it is absent: its own input, or what its readers take."""
        links = all(self.wiring[b] == [a] for a, b in zip(chain.members, chain.members[1:], strict=False))
        first, last = chain.members[0], chain.members[-1]
        if not links or len(self.wiring[first]) != 1:
            return False
        taken = [(i, ref) for i, key, slot, ref in self._uses() if i not in chain.present and self._merged(key, slot) == last]
        for default in (self.wiring[first][0], max((ref for _, ref in taken), key=self._rank, default=-1)):
            self.defaults[last] = default
            if all(self._resolve(i, default) == ref for i, ref in taken):
                return True
        return False

    def _uses(self) -> list[tuple[int, Key | None, int, Ref]]:
        """List every use of a value: instance, reader (None for the function's result), slot, the value there."""
        uses: list[tuple[int, Key | None, int, Ref]] = []
        for i, steps in enumerate(self.steps):
            uses.append((i, None, 0, self._ref(i, self.instances[i].output)))
            uses += [(i, key, slot, self._ref(i, v)) for key, step in steps.items() for slot, v in enumerate(step.inputs)]
        return uses

    def _merged(self, key: Key | None, slot: int) -> Ref:
        return self.output if key is None else self.wiring[key][slot]

    def _resolve(self, i: int, ref: Ref) -> Ref | None:
        """Give the value that a reference of the function means in one instance."""
        while isinstance(ref, tuple) and i not in self.present[ref]:
            if ref not in self.defaults or self._rank(self.defaults[ref]) >= self._rank(ref):
                return None
            ref = self.defaults[ref]
        return ref

    def _agrees(self) -> bool:
        return all(self._resolve(i, self._merged(key, slot)) == ref for i, key, slot, ref in self._uses())

    def _assemble(self, chains: list[_Chain]) -> Unified | None:
        columns = self._columns()
        if columns is None:
            return None
        values = parameterise(columns, len(self.instances))
        windows = [slot for slot in values.slots if slot.kwarg in ("kernel_size", "pool_size")]
        if len(values.slots) > self.rules.parameters or len(windows) > self.rules.windows:
            return None
        flags = self._flags(chains, {p.name for p in values.parameters})
        parameters = (*values.parameters, *(self._flag_parameter(present, name) for present, name in flags.items()))
        body = tuple(self._step(key, values.expressions, flags) for key in self.order)
        groups = tuple(Group(flags[c.present], self._place(c.members[-1]), self._place(self.defaults[c.members[-1]])) for c in chains)
        function = Function(self.key, parameters, len(self.instances[0].externals), body, groups, self._place(self.output))
        return Unified(function, [self._arguments(i, parameters, values.arguments[i], flags) for i in range(len(self.instances))])

    def _columns(self) -> list[Column] | None:
        """List every argument of every step with its value in each instance that has the step."""
        columns = []
        for key in self.order:
            rows = {i: steps[key] for i, steps in enumerate(self.steps) if key in steps}
            names = merge_orders([list(step.kwargs) for step in rows.values()])
            if names is None or any(n not in step.kwargs and n not in step.defaults for n in names for step in rows.values()):
                return None
            for n in names:
                values = {i: step.kwargs[n] if n in step.kwargs else step.defaults[n] for i, step in rows.items()}
                default = self._sample(key).defaults.get(n)
                columns.append(Column(key, n, values, default, n in self._sample(key).defaults))
        return columns

    def _flags(self, chains: list[_Chain], taken: set[str]) -> dict[frozenset[int], str]:
        flags: dict[frozenset[int], str] = {}
        for chain in chains:
            name = self._flag_name(chain)
            while chain.present not in flags and name in taken:
                name += "_too"
            flags.setdefault(chain.present, name)
            taken.add(name)
        return flags

    def _flag_name(self, chain: _Chain) -> str:
        steps = [self._sample(key) for key in chain.members]
        if all(step.branch == "shortcut" for step in steps):
            return "projection" if any(step.op == "conv" for step in steps) else "zero_pad"
        word = "".join(c if c.isalnum() else "_" for c in steps[0].name).strip("_")
        return word if steps[0].name.startswith("_") and word.isidentifier() else f"with_{word}"

    def _flag_parameter(self, present: frozenset[int], name: str) -> Parameter:
        return Parameter(name, 2 * len(present) > len(self.instances), required=False)

    def _step(self, key: Key, expressions: dict[tuple[Key, str], Any], flags: dict[frozenset[int], str]) -> Step:
        sample = self._sample(key)
        kwargs = {n: value for (k, n), value in expressions.items() if k == key}
        shown = {n: v for n, v in kwargs.items() if isinstance(v, Code) or n not in sample.defaults or v != sample.defaults[n]}
        inputs = tuple(self._place(ref) for ref in self.wiring[key])
        return sample._replace(id=self._place(key), kwargs=shown, inputs=inputs, flag=flags.get(self.present[key], ""))

    def _place(self, ref: Ref) -> int:
        return ref if isinstance(ref, int) else self.rank[ref]

    def _arguments(self, i: int, parameters: Sequence[Parameter], values: dict[str, Any], flags: dict[frozenset[int], str]) -> dict[str, Any]:
        known = values | {name: i in present for present, name in flags.items()}
        given = {p.name: known[p.name] for p in parameters if p.name in known}
        return {p.name: given[p.name] for p in parameters if p.name in given and (p.required or repr(given[p.name]) != repr(p.default))}
