"""What recurrent layers hand on, the states of all positions or the last one, and dense layers behind states.

A recurrent layer that does not say it hands on a sequence where the layer behind it takes one, or where its
row prints a length; else its last state. A dense layer behind the states of a sequence works at each of them.
"""

from archdsl.graph.graph import Inferred
from archdsl.ops import OPS, Op
from archdsl.resolve.specs import BlockSpec, BranchSpec, LayerSpec, Spec, WireSpec, op_of, recurs
from archdsl.solve.declared import DeclaredSizes
from archdsl.solve.follow import unstrided
from archdsl.syntax.ast import Row

Rows = list[tuple[Spec, ...] | None]
Facts = dict[int, list[Inferred]]
_SEQUENTIAL = ("recurrent", "attention")


def with_sequences(rows: tuple[Row, ...], all_specs: Rows, declared: DeclaredSizes) -> tuple[Rows, Facts]:
    """Return the specs of all rows with what their layers do with sequences, and for each row what was
    inferred."""
    returns = _Returns(rows, declared)
    positions = _Positions(returns.of(all_specs), rows)
    facts = {
        index: returns.found.get(index, []) + positions.found.get(index, [])
        for index in (*returns.found, *positions.found)
    }
    return positions.made, facts


class _Returns:
    """Settles what recurrent layers hand on, from the last row to the first, because what comes behind
    decides."""

    def __init__(self, rows: tuple[Row, ...], declared: DeclaredSizes) -> None:
        self.rows = rows
        self.declared = declared
        self.found: Facts = {}
        self.row = 0
        self.behind: Spec | None = None  # the next layer that changes a shape

    def of(self, all_specs: Rows) -> Rows:
        """Return the specs of all rows."""
        made: Rows = []
        for index in range(len(all_specs) - 1, -1, -1):
            self.row, specs, behind = index, all_specs[index], self.behind
            made.append(None if specs is None else self._sequence(specs, index))
            if specs is None or self.rows[index].aside:
                self.behind = None if specs is None else behind
        return made[::-1]

    def _sequence(self, specs: tuple[Spec, ...], row: int = -1) -> tuple[Spec, ...]:
        """Settle the layers of a sequence; the last one that changes the shape gives what the row prints."""
        made: tuple[Spec, ...] = ()
        for spec in reversed(specs):
            ends = row >= 0 and not any(map(_changes, made))
            made = (*self._one(spec, row if ends else -1), *made)
            self.behind = made[0] if _changes(spec) else self.behind
        return made

    def _one(self, spec: Spec, row: int) -> tuple[Spec, ...]:
        if isinstance(spec, BlockSpec):
            return self._bracket(spec, row)
        if isinstance(spec, BranchSpec):
            return (spec._replace(branches=tuple(map(self._branch, spec.branches))),)
        if not isinstance(spec, LayerSpec) or not recurs(spec) or "sequences" in spec.more:
            return (spec,)
        why = "the size that the row prints" if self._prints_length(spec, row) else _wants(self.behind)
        fact = "all states" if why else "the last state"
        name = spec.op.replace("_", " ").upper()
        told = Inferred(f"{fact} of the {name}", why or "nothing behind it takes a sequence")
        self.found.setdefault(self.row, []).insert(0, told)
        return (spec._replace(more=spec.more | {"sequences": bool(why)}),)

    def _branch(self, specs: tuple[Spec, ...]) -> tuple[Spec, ...]:
        behind = self.behind
        made = self._sequence(specs)
        self.behind = behind
        return made

    def _bracket(self, spec: BlockSpec, row: int) -> tuple[Spec, ...]:
        """Settle a bracket; where its last repeat hands on another thing than those before it, it becomes
        two."""
        last = self._sequence(spec.items, row)
        if spec.repeat == 1 or not recurs(spec):
            return (spec._replace(items=last),)
        self.behind = next((one for one in last if _changes(one)), self.behind)
        before = self._sequence(spec.items)
        if before == last:
            return (spec._replace(items=last),)
        end = spec._replace(items=unstrided(last), repeat=1, stride=None, stride_span=None)
        return (spec._replace(items=before, repeat=spec.repeat - 1), end)

    def _prints_length(self, spec: LayerSpec, row: int) -> bool:
        """Return whether the size of a row has a length; one number may be the width of the state."""
        target = self.declared.target(self.rows[row]) if row >= 0 else None
        if target is None or max(target) == 1:
            return False
        width = (spec.channels or 0) * (2 if spec.more.get("bidirectional") else 1)
        return len(self.rows[row].size or ()) > 1 or target[-1] != width


class _Positions:
    """Has the dense layers behind the states of a sequence work at each of them."""

    def __init__(self, all_specs: Rows, rows: tuple[Row, ...]) -> None:
        self.found: Facts = {}
        self.states = False  # whether what arrives are states
        self.row = 0
        self.made: Rows = []
        for index, specs in enumerate(all_specs):
            self.row, states = index, self.states
            self.made.append(None if specs is None else tuple(map(self._one, specs)))
            self.states = states if rows[index].aside else self.states

    def _one(self, spec: Spec) -> Spec:
        if isinstance(spec, BlockSpec):
            return spec._replace(items=tuple(map(self._one, spec.items)))
        if not isinstance(spec, LayerSpec):
            self.states = self.states and not _changes(spec)
            return spec
        op = OPS[spec.op]
        if self.states and op.takes_flat:
            if not spec.more.get("each"):
                told = Inferred("the dense layer works at each position", "states of a sequence reach it")
                self.found.setdefault(self.row, []).append(told)
            return spec._replace(more=spec.more | {"each": True})
        if op.family == "recurrent":
            self.states = bool(spec.more.get("sequences"))
        elif not op.keeps_shape:
            self.states = False
        return spec


def _changes(spec: Spec) -> bool:
    """Return whether one of the specs may change what arrives: a label does not, nor does a norm."""
    if isinstance(spec, WireSpec):
        return spec.kind not in ("label", "part", "keep")
    return not op_of(spec).keeps_shape


def _wants(spec: Spec | None) -> str:
    """Say which layer takes a sequence: empty where the spec does not begin with one."""
    if isinstance(spec, BlockSpec):
        return _wants(next((one for one in spec.items if _changes(one)), None))
    if isinstance(spec, BranchSpec):
        return next((why for branch in spec.branches if branch and (why := _wants(branch[0]))), "")
    if not isinstance(spec, LayerSpec):
        return ""
    each = bool(spec.more.get("each"))
    return f"the {spec.op.replace('_', ' ')} behind it" if each or _takes_sequence(OPS[spec.op]) else ""


def _takes_sequence(op: Op) -> bool:
    return op.family in _SEQUENTIAL or op.has_window or op.is_global
