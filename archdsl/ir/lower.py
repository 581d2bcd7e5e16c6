"""Specs of a row -> nodes: what a layer, a bracket, a block and a shortcut mean under the conventions."""

from collections import Counter
from typing import Any

from archdsl.diagnostics import Reporter
from archdsl.ir.emit import Emitter, Fault, Value
from archdsl.ir.graph import Frame, Inferred
from archdsl.ir.settings import Settings
from archdsl.ir.shortcut import Shortcut
from archdsl.ir.solve import around, unstrided, value_of, whole_map, window
from archdsl.ir.specs import BlockSpec, BranchSpec, LayerSpec, Spec, UseSpec, WireSpec
from archdsl.ir.template import BlockFault
from archdsl.ops import OPS
from archdsl.ops.params import defaults
from archdsl.problems import blocks as problems
from archdsl.problems import names
from archdsl.source import Source, Span
from archdsl.syntax.slug import slug

_NAMES = {"global_avg_pool": "avg_pool", "global_max_pool": "max_pool", "batch_norm": "bn", "layer_norm": "ln"}
_NORMS = {"batch": ("batch_norm", "bn"), "layer": ("layer_norm", "ln"), "group": ("group_norm", "gn"), "instance": ("instance_norm", "in")}
_NORM_OPS = tuple(op for op, _ in _NORMS.values())
_HEADS = ("global_avg_pool", "global_max_pool", "avg_pool", "flatten", "dense")
Scope = dict[str, Value]


class Lowering:
    """Lowers the layers of one network into an emitter; `padding` is the mode that the row was solved with."""

    def __init__(self, source: Source, reporter: Reporter, settings: Settings, emitter: Emitter) -> None:
        self.source = source
        self.reporter = reporter
        self.conventions = settings.conventions
        self.rank = settings.rank
        self.emitter = emitter
        self.padding = "same"
        self.inferred: list[Inferred] = []
        self.preactivated: Value | None = None
        self.blocks_seen = 0
        self.convolutions = 0
        self.shortcut = Shortcut(self)

    @property
    def pre(self) -> bool:
        """Tell whether normalisation and activation come before the convolution."""
        return self.conventions["order"] == "norm-activation-conv"

    def sequence(self, specs: tuple[Spec, ...], value: Value, scope: Scope, bare_end: bool = False) -> Value:
        """Lower items one after the other; `bare_end` leaves the last layer without its activation (a sum follows)."""
        named = _layer_names(specs)
        alone = len([spec for spec in specs if not isinstance(spec, WireSpec) or spec.kind != "label"]) == 1
        block_number = 0
        for index, spec in enumerate(specs):
            match spec:
                case BlockSpec():
                    value = self._brackets(spec, value, scope, index, block_number)
                    block_number += spec.repeat
                case UseSpec():
                    value = self._use(spec, value, scope, "" if alone else f"{named[index]}/", Frame(index, 0, 1, spec.template.block.name))
                case BranchSpec():
                    value = self._branches(spec, value, scope, named[index], len(specs) > 1)
                case WireSpec():
                    value = self._wire(spec, value, scope, named[index])
                case LayerSpec():
                    value = self.layer(spec, value, named[index], bare_end and index == len(specs) - 1)
        return value

    def _use(self, spec: UseSpec, value: Value, scope: Scope, component: str, frame: Frame | None) -> Value:
        """Lower a named block: everything in it stands where it is used."""
        emitter = self.emitter
        before = emitter.path, emitter.frames, emitter.site, self.padding
        try:
            body = spec.template.expand(value.shape[-1], spec.stride)
        except BlockFault:
            raise Fault(spec.span, "", value.shape) from None
        emitter.path += component
        emitter.frames += (frame,) if frame else ()
        emitter.site, self.padding = emitter.site or spec.span, "same"
        try:
            return self._gated(body, value, scope)
        finally:
            emitter.path, emitter.frames, emitter.site, self.padding = before

    def _gated(self, body: tuple[Spec, ...], value: Value, scope: Scope) -> Value:
        """Lower a body; what comes before a product with the block's own input is a gate, no part of the main path."""
        gate = next((i for i, spec in enumerate(body) if isinstance(spec, WireSpec) and _gates(spec)), None)
        inner = dict(scope)
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
            ends.append(self.sequence(branch, value, dict(scope)))
        emitter.path = path
        return self.merge(spec.merge, ends, name, spec.span)

    def _wire(self, spec: WireSpec, value: Value, scope: Scope, name: str) -> Value:
        """Name the current value, replace it by others, or merge it with them."""
        if spec.kind == "label":
            scope[spec.refs[0].name] = value
            return value
        others = []
        for ref in spec.refs:
            found = value_of(scope, ref.name)
            if found is None:
                self.reporter.add(problems.unknown_value(self.source, ref.span, ref.name, scope))
                raise Fault(spec.span, "", value.shape)
            others.append(found)
        if spec.kind in ("from", "aside"):
            return value if not others else others[0] if len(others) == 1 else self.merge("concat", others, name, spec.span)
        return self.merge(spec.kind, [value, *others], name, spec.span)

    def merge(self, kind: str, values: list[Value], name: str, span: Span) -> Value:
        """Merge values; a flat gate is spread over the map that it scales."""
        if len({len(value.shape) for value in values}) > 1 and kind == "multiply":
            values = [self._spread(value, name, span) for value in values]
        merged = self.emitter.emit(kind, {}, tuple(values), name, span)
        return merged._replace(raw=any(value.raw for value in values), certain=all(value.certain for value in values))

    def _spread(self, value: Value, name: str, span: Span) -> Value:
        return value if len(value.shape) > 1 else self.emitter.emit("expand", {"axes": self.rank}, (value,), f"{name}_expand", span)

    def _brackets(self, spec: BlockSpec, value: Value, scope: Scope, template: int, first: int) -> Value:
        emitter = self.emitter
        path, frames = emitter.path, emitter.frames
        only = spec.items[0] if len(spec.items) == 1 else None
        called = only.template.block.name if isinstance(only, UseSpec) else ""
        for index in range(spec.repeat):
            emitter.path = f"{path}block{first + index + 1}/"
            emitter.frames = (*frames, Frame(template, index, spec.repeat, called))
            items = spec.items if index == 0 else unstrided(spec.items)
            value = self._repeat(spec, items, value, dict(scope), isinstance(only, UseSpec))
        emitter.path, emitter.frames = path, frames
        return value

    def _repeat(self, spec: BlockSpec, items: tuple[Spec, ...], value: Value, scope: Scope, used: bool) -> Value:
        if spec.merge == "add":
            return self._residual(spec, items, value, scope)
        # The frame of the repeat is the frame of the block that it repeats.
        end = self._use(items[0], value, scope, "", None) if used else self.sequence(items, value, scope)  # type: ignore[arg-type]
        return self.merge("concat", [value, end], "concat", spec.span) if spec.merge == "concat" else end

    def _residual(self, spec: BlockSpec, items: tuple[Spec, ...], value: Value, scope: Scope) -> Value:
        self.preactivated = None
        main = self.sequence(items, value, scope, bare_end=not self.pre)
        other = self.shortcut.lower(spec, value, main, self.preactivated or value)
        total = self.emitter.emit("add", {}, (main, other), "add", spec.span)
        self.blocks_seen += 1
        if self.pre:
            return total._replace(raw=True)
        return self.activation(self.conventions["activation"], total, "", spec.span)

    def layer(self, spec: LayerSpec, value: Value, name: str, bare: bool = False) -> Value:
        """Lower one layer with the norm and activation that belong to it."""
        if value.raw and not self.emitter.frames and spec.op in _HEADS and self._ends_maps(spec, value):
            value = self._norm_activation(value, "", spec.span)
        match spec.op:
            case "conv" | "depthwise" | "conv_transpose":
                return self._convolution(spec, value, name, bare)
            case "dense":
                return self._dense(spec, value, name)
            case "max_pool" | "avg_pool":
                return self._pool(spec, value, name)
            case "global_avg_pool" | "global_max_pool":
                return self._global(spec, value, name)
            case "activation":
                return self.activation(spec.activation or "relu", value, "", spec.span, name)
        return self._other(spec, value, name)

    def _ends_maps(self, spec: LayerSpec, value: Value) -> bool:
        """Tell a head's pooling, which takes the whole map, from one between two blocks."""
        if spec.op != "avg_pool" or whole_map(spec) or len(value.shape) < 2:
            return True
        kernel, _ = window(spec, len(value.shape) - 1)
        return all(k >= n for k, n in zip(kernel, value.shape, strict=False))

    def _global(self, spec: LayerSpec, value: Value, name: str) -> Value:
        """Pool the whole map; a window that is printed must be the map's size."""
        size = value.shape[:-1]
        if spec.kernel and size and value.certain and spec.kernel != size:
            raise Fault(
                spec.span, f"a global pool over {'x'.join(map(str, spec.kernel))}, the map is {'x'.join(map(str, size))}", value.shape
            )
        return self.emitter.emit(spec.op, {}, (value,), name, spec.span)._replace(certain=value.certain)

    def _other(self, spec: LayerSpec, value: Value, name: str) -> Value:
        """Lower an op whose parameters are its options, its conventions or its declared defaults."""
        params = defaults(spec.op) | spec.more
        if spec.op in _NORM_OPS:
            params |= self._norm_params(spec.op) | spec.more
        if "rate" in params:
            params["rate"] = spec.rate
        if "bias" in params and spec.bias:
            params["bias"] = spec.bias == "yes"
        if "groups" in params and "groups" in spec.places:
            params["groups"] = spec.groups
        if "bias" in params and spec.bias:
            params["bias"] = spec.bias == "yes"
        if "stride" in params:
            params["stride"] = spec.stride or (params["stride"],) * (len(value.shape) - 1)
        if spec.op == "expand":
            params["axes"] = self.rank
        made = self.emitter.emit(spec.op, params, (value,), name, spec.span)
        return made._replace(raw=value.raw and spec.op not in _NORM_OPS, certain=value.certain)

    def finish(self, value: Value, span: Span) -> Value:
        """Normalise and activate what pre-activation left open at the end of a network without a head."""
        return self._norm_activation(value, "", span) if value.raw else value

    def _convolution(self, spec: LayerSpec, value: Value, name: str, bare: bool) -> Value:
        self.convolutions += 1
        norm = spec.norm or ("none" if spec.classifier else self.conventions["norm"])
        function = spec.activation or ("none" if bare or spec.classifier else self.conventions["activation"])
        post = not self.pre or (self.convolutions == 1 and self.conventions["stem-order"] == "conv-norm-activation")
        if not post and (value.id > 0 or self.convolutions > 1):
            value = self.activation(function, self.norm(norm, value, name, spec.span), name, spec.span)
            self.preactivated = self.preactivated or value
        value = self._padded_convolution(spec, value, name, norm)
        if not post:
            return value._replace(raw=True)
        return self.activation(function, self.norm(norm, value, name, spec.span), name, spec.span)

    def _window(self, spec: LayerSpec, value: Value) -> tuple[tuple[int, ...], tuple[int, ...]]:
        kernel, stride = window(spec, self.rank)
        axes = len(value.shape) - 1
        padded = len(spec.padding) if isinstance(spec.padding, tuple) else axes
        for what, count in (("window", len(kernel)), ("stride", len(stride)), ("dilation", len(spec.dilation)), ("padding", padded)):
            if count != axes or not axes:
                raise Fault(spec.span, f"a {count}-D {what} needs {count} spatial axes, its input has {axes}", value.shape)
        return kernel, stride

    def _padded_convolution(self, spec: LayerSpec, value: Value, name: str, norm: str) -> Value:
        kernel, stride = self._window(spec, value)
        padding = spec.padding or self.padding
        if padding == "same" and spec.padding is None and max(stride) > 1 and not OPS[spec.op].grows:
            padding = self.conventions["strided-padding"]
        value, padding = self._pad(value, spec, kernel, stride, padding, name)
        params = {"kernel": kernel, "stride": stride, "padding": padding, "dilation": spec.dilation, "bias": self._bias(spec.bias, norm)}
        params["initializer"] = self.conventions["initializer"]
        if spec.op == "depthwise" and spec.channels and value.certain and spec.channels != value.shape[-1]:
            why = f"a depthwise convolution keeps the channels: {spec.channels} are printed, {value.shape[-1]} arrive"
            raise Fault(spec.places["channels"], why, value.shape)
        if spec.op != "depthwise":
            params["channels"] = spec.channels
        if spec.op == "conv":
            params["groups"] = self._groups(spec, value)
        if spec.op == "conv_transpose":
            params = {key: params[key] for key in defaults(spec.op)}
        certain = value.certain or spec.op != "depthwise"
        return self.emitter.emit(spec.op, params, (value,), name, spec.span)._replace(certain=certain)

    def _pad(
        self, value: Value, spec: LayerSpec, kernel: tuple[int, ...], stride: tuple[int, ...], padding: Any, name: str
    ) -> tuple[Value, str]:
        """Put explicit zeros around the input where Keras' `same` and `valid` do not say what is meant."""
        if padding in ("same", "valid"):
            return value, padding
        spread = [(k - 1) * d + 1 for k, d in zip(kernel, spec.dilation, strict=False)]
        axes = list(zip(value.shape, spread, stride, strict=False))
        amount = tuple(around(padding, axis, *sizes) for axis, sizes in enumerate(axes))
        if all(zeros == (0, 0) for zeros in amount):
            return value, "same" if padding == "symmetric" else "valid"
        padded = self.emitter.emit("pad", {"amount": amount}, (value,), f"{name}_pad", spec.span)
        return padded._replace(certain=value.certain), "valid"

    def _bias(self, said: str | None, norm: str) -> bool:
        choice = said or self.conventions["bias"]
        return norm == "none" if choice == "auto" else choice == "yes"

    def _groups(self, spec: LayerSpec, value: Value) -> int:
        channels, outgoing = value.shape[-1], spec.channels or 1
        if not value.certain:
            if outgoing % spec.groups:
                self.reporter.add(names.groups_do_not_divide_output(self.source, spec.places["groups"], spec.groups, outgoing))
            return 1
        if channels % spec.groups or outgoing % spec.groups:
            self.reporter.add(names.groups_do_not_divide(self.source, spec.places["groups"], spec.groups, channels, outgoing))
            return 1
        return spec.groups

    def _dense(self, spec: LayerSpec, value: Value, name: str) -> Value:
        if len(value.shape) > 1:
            self.inferred.append(Inferred("flatten before the dense layer", f"its input is a map of {'x'.join(map(str, value.shape))}"))
            value = self.emitter.emit("flatten", {}, (value,), f"{name}_flatten", spec.span)
        params = {"channels": spec.channels, "bias": spec.bias != "no", "initializer": "glorot_uniform"}
        value = self.emitter.emit("dense", params, (value,), name, spec.span)
        function = spec.activation or ("none" if spec.classifier else self.conventions["activation"])
        return self.activation(function, self.norm(spec.norm or "none", value, name, spec.span), name, spec.span)

    def _pool(self, spec: LayerSpec, value: Value, name: str) -> Value:
        if whole_map(spec):
            self.inferred.append(Inferred("average pool over the whole map", "it prints no window"))
            return self.emitter.emit("global_avg_pool", {}, (value,), name, spec.span)._replace(certain=value.certain)
        kernel, stride = self._window(spec, value)
        if "kernel" not in spec.places:
            self.inferred.append(Inferred(f"a window of {kernel[0]} for the pool", "it prints none"))
        padding = spec.padding or self.padding
        value, padding = self._pad(value, spec, kernel, stride, padding, name)
        params = {"kernel": kernel, "stride": stride, "padding": padding}
        return self.emitter.emit(spec.op, params, (value,), name, spec.span)._replace(certain=value.certain, raw=value.raw)

    def _norm_activation(self, value: Value, name: str, span: Span) -> Value:
        return self.activation(self.conventions["activation"], self.norm(self.conventions["norm"], value, name, span), name, span)

    def norm(self, kind: str, value: Value, name: str, span: Span) -> Value:
        """Lower a normalisation of the given kind (`none` for nothing)."""
        if kind == "none":
            return value
        op, suffix = _NORMS[kind]
        return self.emitter.emit(op, self._norm_params(op), (value,), f"{name}_{suffix}".lstrip("_"), span)._replace(certain=value.certain)

    def _norm_params(self, op: str) -> dict[str, Any]:
        params = {"epsilon": float(self.conventions["norm-epsilon"])}
        if op == "batch_norm":
            params["momentum"] = float(self.conventions["norm-momentum"])
        if op == "group_norm":
            params["groups"] = int(float(self.conventions["norm-groups"]))
        return defaults(op) | params | {"scale": self.conventions["norm-scale"] == "yes"}

    def activation(self, function: str, value: Value, name: str, span: Span, alone: str = "") -> Value:
        """Lower an activation (`none` for nothing); `alone` is its name where it is a layer by itself."""
        if function == "none":
            return value
        called = alone or f"{name}_{function}".lstrip("_")
        params: dict[str, Any] = {"function": function}
        if function == "leaky_relu":
            params["slope"] = float(self.conventions["leaky-slope"])
        return self.emitter.emit("activation", params, (value,), called, span)._replace(certain=value.certain)


def _gates(spec: WireSpec) -> bool:
    return spec.kind == "multiply" and any(ref.name == "input" for ref in spec.refs)


def _layer_names(specs: tuple[Spec, ...]) -> list[str]:
    """Name the items of a sequence after their op or block, numbered where one occurs more than once."""
    bases = [_base(spec) for spec in specs]
    all_of = Counter(bases)
    so_far: Counter[str] = Counter()
    named = []
    for base in bases:
        so_far[base] += 1
        named.append(f"{base}{so_far[base]}" if all_of[base] > 1 else base)
    return named


def _base(spec: Spec) -> str:
    match spec:
        case LayerSpec():
            return (spec.activation or "relu") if spec.op == "activation" else _NAMES.get(spec.op, spec.op)
        case UseSpec():
            return slug(spec.template.block.name)
        case BranchSpec():
            return spec.merge
        case WireSpec():
            return "concat" if spec.kind in ("from", "aside") else spec.kind
    return ""
