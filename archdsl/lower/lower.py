"""Specs of a row -> nodes: what a layer, a bracket, a block and a shortcut mean under the conventions."""

from collections import Counter

from archdsl.diagnostics import Reporter
from archdsl.graph.emit import Emitter, Fault, Part, Value, embeddings_of
from archdsl.graph.graph import Frame, Inferred
from archdsl.light import NamedTuple
from archdsl.lower.lower_layer import LayerLowering
from archdsl.lower.shortcut import GROUP, Scope, Shortcut, group_input
from archdsl.ops import OPS
from archdsl.problems import uses
from archdsl.resolve.settings import Settings
from archdsl.resolve.specs import (
    BlockFault,
    BlockSpec,
    BranchSpec,
    LayerSpec,
    ReuseSpec,
    Spec,
    UseSpec,
    WireSpec,
    is_own,
)
from archdsl.solve.follow import PREVIOUS, outermost, unstrided, value_of, within
from archdsl.source import Source, Span
from archdsl.syntax.ast import BlockDef, Ref, Wire
from archdsl.syntax.slug import slug

_NAMES = {
    "global_avg_pool": "avg_pool",
    "global_max_pool": "max_pool",
    "batch_norm": "bn",
    "layer_norm": "ln",
}
_NAMING = ("label", "part", "keep")  # wires that name a value, or where it begins


class _Order(NamedTuple):
    """A sequence (kept, so that none takes its place in memory), the names of its items, whether it has one
    item alone, and the place of its last one."""

    specs: tuple[Spec, ...]
    named: list[str]
    alone: bool
    last: int


class Lowering(LayerLowering):
    """Lowers the items of rows, one after the other."""

    def __init__(self, source: Source, reporter: Reporter, settings: Settings, emitter: Emitter) -> None:
        super().__init__(source, reporter, settings, emitter)
        self.blocks_seen = 0
        self.kept: dict[str, Value] = {}  # by the row at hand, for those below it
        self.orders: dict[int, _Order] = {}  # of the sequences that were lowered, by their place in memory
        self.shortcut = Shortcut(self)

    def sequence(self, specs: tuple[Spec, ...], value: Value, scope: Scope, bare_end: bool = False) -> Value:
        """Lower items one after the other; `bare_end` leaves the last layer without its activation (a sum
        follows)."""
        _, named, alone, last = self._order(specs)
        block_number = 0
        for index, spec in enumerate(specs):
            match spec:
                case LayerSpec() if spec.reads:
                    value = self.other(spec, value, named[index], self._read(spec, value, scope))
                case LayerSpec():
                    value = self.layer(spec, value, named[index], bare_end and index == last)
                case BlockSpec():
                    value = self._brackets(spec, value, scope, index - spec.number, block_number)
                    block_number += spec.repeat
                case UseSpec():
                    value = self._use(
                        spec,
                        value,
                        scope,
                        "" if alone else f"{named[index]}/",
                        None if is_own(spec) else Frame(index, 0, 1, spec.template.block.name),
                    )
                case BranchSpec():
                    value = self._branches(spec, value, scope, named[index], len(specs) > 1)
                case WireSpec():
                    value = self._wire(spec, value, scope, named[index])
                case ReuseSpec():
                    only = alone or all(isinstance(one, WireSpec | ReuseSpec) for one in specs)
                    value = self._reuse(spec, value, scope, "" if only else f"{named[index]}/")
        return value

    def _order(self, specs: tuple[Spec, ...]) -> "_Order":
        """Return what a sequence says of its items; the body of a block is lowered once for each use."""
        found = self.orders.get(id(specs))
        if found is None:
            found = self.orders[id(specs)] = _Order(specs, _layer_names(specs), _alone(specs), _last(specs))
        return found

    def _use(self, spec: UseSpec, value: Value, scope: Scope, component: str, frame: Frame | None) -> Value:
        """Lower a named block: everything in it stands where it is used."""
        emitter = self.emitter
        before = emitter.path, emitter.frames, emitter.site, emitter.foreign, self.padding
        outermost = emitter.site is None
        if outermost:
            self.rising.enter(spec.template.block)
        try:
            body = spec.template.expand(value.shape[-1], spec.stride)
        except BlockFault:
            raise Fault(spec.span, "", value.shape) from None
        emitter.path += component
        emitter.frames += (frame,) if frame else ()
        emitter.site, self.padding = emitter.site or spec.span, "same"
        emitter.foreign = None if spec.template.block.source is self.source else emitter.foreign or spec.span
        try:
            return self._gated(body, value, scope)
        except Fault as fault:
            fault.span, fault.used = emitter.foreign or fault.span, emitter.site
            fault.join = None if emitter.foreign else fault.join  # its places are in another file
            raise
        finally:
            emitter.path, emitter.frames, emitter.site, emitter.foreign, self.padding = before
            if outermost:
                self.rising.leave()

    def _gated(self, body: tuple[Spec, ...], value: Value, scope: Scope) -> Value:
        """Lower a body; what comes before a product with the block's own input is a gate, no part of the main
        path."""
        gate = next((i for i, spec in enumerate(body) if isinstance(spec, WireSpec) and _gates(spec)), None)
        inner = within(scope)
        if gate is None or self.emitter.branch != "main":
            return self.sequence(body, value, inner)
        named = _layer_names(body)
        self.emitter.branch = "gate"
        try:
            factor = self.sequence(body[:gate], value, inner)
        finally:
            self.emitter.branch = "main"
        value = self._wire(body[gate], factor, inner, named[gate])  # type: ignore[arg-type]
        return self.sequence(body[gate + 1 :], value, inner)

    def _branches(self, spec: BranchSpec, value: Value, scope: Scope, name: str, several: bool) -> Value:
        emitter = self.emitter
        path = emitter.path
        ends = []
        for number, branch in enumerate(spec.branches, 1):
            emitter.path = f"{path}{name + '_' if several else ''}branch{number}/"
            ends.append(self.sequence(branch, value, within(scope)))
        emitter.path = path
        try:
            return self.merge(spec.merge, ends, name, spec.span)
        except Fault as fault:
            from archdsl.why.explain_merge import Join, odd_branch, stepping_pool

            branch = spec.branches[odd_branch(spec, ends)]
            end = stepping_pool(branch) or (branch[-1] if branch else spec)
            fault.span, fault.join = end.span, Join(spec, tuple(ends), scope)
            raise

    def _wire(self, spec: WireSpec, value: Value, scope: Scope, name: str) -> Value:
        """Name the current value, replace it by others, or merge it with them."""
        if spec.kind in _NAMING:
            self._name(spec, value, scope)
            return value
        others = [self._named(ref, spec.span, value, scope) for ref in spec.refs]
        if spec.kind in ("from", "aside"):
            if len(others) > 1:
                return self.merge("concat", others, name, spec.span)
            return others[0] if others else value
        others = others or [group_input(spec, value, scope)]
        try:
            return self.merge(spec.kind, [value, *others], name, spec.span)
        except Fault as fault:
            from archdsl.why.explain_merge import Join

            fault.join = Join(spec, (value, *others), scope) if spec.refs else None
            raise

    def _read(self, spec: LayerSpec, value: Value, scope: Scope) -> tuple[Value, ...]:
        """Return the values that a layer reads by name: none where all are the current one."""
        found = tuple(self._named(ref, spec.span, value, scope) for ref in spec.reads)
        return found if any(one.id != value.id for one in found) else ()

    def _named(self, ref: Ref, span: Span, value: Value, scope: Scope) -> Value:
        """Return a value by its name; one that there is none of is reported."""
        found = value_of(scope, ref.name)
        if found is None:
            place, use = self.emitter.foreign or ref.span, self.emitter.site
            self.reporter.add(uses.unknown_value(self.source, place, ref.name, _names(scope), use))
            raise Fault(span, "", value.shape)
        return found

    def _name(self, spec: WireSpec, value: Value, scope: Scope) -> None:
        """Name a value, or the place where the layers that make it begin."""
        emitter, name = self.emitter, spec.refs[0].name
        at, begun = len(emitter.nodes), scope.get(f"{name}:")
        if spec.kind == "keep":
            outermost(scope)[name] = self.kept[name] = value._replace(part=None)
        elif spec.kind == "part":
            scope[f"{name}:"] = value._replace(part=Part(at, at, emitter.path))
        else:
            scope[name] = value._replace(part=begun.part._replace(stop=at) if begun and begun.part else None)

    def _reuse(self, spec: ReuseSpec, value: Value, scope: Scope, component: str) -> Value:
        """Apply the layers of a named value once more."""
        found = self._named(spec.ref, spec.span, value, scope)
        if spec.tied:
            return self._tied(spec, found, value, component)
        if found.part is None or found.part.start == found.part.stop:
            why = f"`{spec.ref.name}` has no layers that could be applied again" if found.certain else ""
            raise Fault(spec.span, why, value.shape)
        if self.emitter.site is None:
            self.inferred.append(Inferred(f"the weights of {spec.ref.name}, counted there", "`reuse`"))
        return self.emitter.again(found.part, value, component, spec.span)

    def _tied(self, spec: ReuseSpec, found: Value, value: Value, component: str) -> Value:
        """Apply the matrix of the embedding that made a named value."""
        at = embeddings_of(self.emitter.nodes, found.part) if found.part else []
        if len(at) != 1:
            count = "several embeddings" if at else "no embedding"
            why = f"`{spec.ref.name}` has {count}: `tied` takes the name of the row, or line, of one"
            raise Fault(spec.span, why if found.certain else "", value.shape)
        made = self.emitter.tied(at[0], value, component.strip("/") or "tied", spec.span)
        if self.emitter.site is None:
            self.inferred.append(Inferred(f"the weights of {spec.ref.name}, counted there", "`tied`"))
        return made._replace(certain=value.certain)

    def merge(self, kind: str, values: list[Value], name: str, span: Span) -> Value:
        """Merge values; a flat gate is spread over the map that it scales."""
        if len({len(value.shape) for value in values}) > 1 and OPS[kind].gates:
            axes = max(len(value.shape) for value in values) - 1
            values = [self._spread(value, axes, name, span) for value in values]
        raw, certain = any(value.raw for value in values), all(value.certain for value in values)
        return self.emitter.emit(kind, {}, tuple(values), name, span, raw, certain)

    def _spread(self, value: Value, axes: int, name: str, span: Span) -> Value:
        return (
            value
            if len(value.shape) > 1
            else self.emitter.emit("expand", {"axes": axes}, (value,), f"{name}_expand", span)
        )

    def _brackets(self, spec: BlockSpec, value: Value, scope: Scope, template: int, first: int) -> Value:
        emitter = self.emitter
        path, frames = emitter.path, emitter.frames
        only = spec.items[0] if len(spec.items) == 1 else None
        called = only.template.block.name if isinstance(only, UseSpec) else ""
        later = unstrided(spec.items) if spec.repeat > 1 else ()
        for index in range(spec.repeat):
            emitter.path = f"{path}block{first + index + 1}/"
            emitter.frames = (
                *frames,
                Frame(template, spec.number + index, max(spec.repeat, spec.of), called),
            )
            items = spec.items if index == 0 else later
            inner = within(scope, {GROUP: value})
            before, value = value, self._repeat(spec, items, value, inner, isinstance(only, UseSpec))
            scope[PREVIOUS] = before
        emitter.path, emitter.frames = path, frames
        return value

    def _repeat(
        self, spec: BlockSpec, items: tuple[Spec, ...], value: Value, scope: Scope, used: bool
    ) -> Value:
        if spec.merge == "add":
            return self._residual(spec, items, value, scope)
        # The frame of the repeat is the frame of the block that it repeats.
        end = self._use(items[0], value, scope, "", None) if used else self.sequence(items, value, scope)  # type: ignore[arg-type]
        return self.merge("concat", [value, end], "concat", spec.span) if spec.merge == "concat" else end

    def _residual(self, spec: BlockSpec, items: tuple[Spec, ...], value: Value, scope: Scope) -> Value:
        self.preactivated = None
        main = self.sequence(items, value, scope, bare_end=not self.pre)
        other = self.shortcut.lower(spec, value, main, self.preactivated or value)
        total = self.emitter.emit("add", {}, (main, other), "add", spec.span, raw=self.pre)
        self.blocks_seen += 1
        if self.pre:
            return total
        return self.activation(self.conventions["activation"], total, "", spec.span)


def _names(scope: Scope) -> list[str]:
    """List the names of values."""
    return [name for name in scope if not name.endswith(":")]


def _alone(specs: tuple[Spec, ...]) -> bool:
    """Return whether a sequence has one item that is no name of a value."""
    return len([1 for spec in specs if not isinstance(spec, WireSpec) or spec.kind not in _NAMING]) == 1


def _last(specs: tuple[Spec, ...]) -> int:
    """Return the place of the last item that is no gate: a gate scales what the layer before it gives, and
    ends nothing."""
    place = len(specs) - 1
    while place > 0 and isinstance(spec := specs[place], UseSpec) and _is_gate(spec.template.block):
        place -= 1
    return place


def _is_gate(block: BlockDef) -> bool:
    items = block.steps[-1].items if block.steps and not block.merge else ()
    return bool(items) and isinstance(items[-1], Wire) and _gates(items[-1])


def _gates(spec: WireSpec | Wire) -> bool:
    return spec.kind in OPS and OPS[spec.kind].gates and any(ref.name == "input" for ref in spec.refs)


def _layer_names(specs: tuple[Spec, ...]) -> list[str]:
    """Name the items of a sequence after their op or block, numbered where one occurs more than once."""
    bases = [_base(spec) for spec in specs]
    if len(set(bases)) == len(bases):
        return bases
    all_of = Counter(bases)
    so_far = dict.fromkeys(bases, 0)
    named = []
    for base in bases:
        so_far[base] += 1
        named.append(f"{base}{so_far[base]}" if all_of[base] > 1 else base)
    return named


def _base(spec: Spec) -> str:
    match spec:
        case LayerSpec():
            return (spec.activation or "relu") if OPS[spec.op].activates else _NAMES.get(spec.op, spec.op)
        case UseSpec():
            return slug(spec.template.block.name)
        case BranchSpec():
            return spec.merge
        case WireSpec():
            return "concat" if spec.kind in ("from", "aside") else spec.kind
        case ReuseSpec():
            return "tied" if spec.tied else slug(spec.ref.name)
    return ""
