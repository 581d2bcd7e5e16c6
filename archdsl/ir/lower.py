"""Specs of a row -> nodes: what a layer, a bracket and a shortcut mean under the conventions."""

from collections import Counter
from typing import Any

from archdsl.diagnostics import Reporter
from archdsl.ir.emit import Emitter, Fault, Value
from archdsl.ir.graph import Frame, Inferred
from archdsl.ir.resolve import BlockSpec, LayerSpec, Spec
from archdsl.ir.settings import Settings
from archdsl.ir.shortcut import Shortcut
from archdsl.ir.solve import around, unstrided, whole_map, window
from archdsl.problems import names
from archdsl.source import Source, Span

_NAMES = {"global_avg_pool": "avg_pool", "global_max_pool": "max_pool", "batch_norm": "bn", "layer_norm": "ln"}
_NORMS = {"batch": ("batch_norm", "bn"), "layer": ("layer_norm", "ln")}
_HEADS = ("global_avg_pool", "global_max_pool", "avg_pool", "flatten", "dense")


class Lowering:
    """Lowers the layers of one network into an emitter; `padding` is the mode that the row was solved with."""

    def __init__(self, source: Source, reporter: Reporter, settings: Settings, emitter: Emitter, classifier: Span | None) -> None:
        self.source = source
        self.reporter = reporter
        self.conventions = settings.conventions
        self.rank = max(len(settings.input) - 1, 0)
        self.emitter = emitter
        self.classifier = classifier
        self.padding = "same"
        self.inferred: list[Inferred] = []
        self.preactivated: Value | None = None
        self.blocks_seen = 0
        self.shortcut = Shortcut(self)

    @property
    def pre(self) -> bool:
        """Tell whether normalisation and activation come before the convolution."""
        return self.conventions["order"] == "norm-activation-conv"

    def sequence(self, specs: tuple[Spec, ...], value: Value, bare_end: bool = False) -> Value:
        """Lower layers one after the other; `bare_end` leaves the last one without its activation (a sum follows)."""
        named = _layer_names(specs)
        block_number = 0
        for index, spec in enumerate(specs):
            if isinstance(spec, BlockSpec):
                value = self._brackets(spec, value, index, block_number)
                block_number += spec.repeat
            else:
                value = self.layer(spec, value, named[index], bare_end and index == len(specs) - 1)
        return value

    def _brackets(self, spec: BlockSpec, value: Value, template: int, first: int) -> Value:
        emitter = self.emitter
        path, frames = emitter.path, emitter.frames
        for index in range(spec.repeat):
            emitter.path = f"{path}block{first + index + 1}/"
            emitter.frames = (*frames, Frame(template, index, spec.repeat))
            items = spec.items if index == 0 else unstrided(spec.items)
            value = self._residual(spec, items, value) if spec.residual else self.sequence(items, value)
        emitter.path, emitter.frames = path, frames
        return value

    def _residual(self, spec: BlockSpec, items: tuple[Spec, ...], value: Value) -> Value:
        self.preactivated = None
        main = self.sequence(items, value, bare_end=not self.pre)
        other = self.shortcut.lower(spec, value, main, self.preactivated or value)
        total = self.emitter.emit("add", {}, (main, other), "add", spec.span)
        self.blocks_seen += 1
        if self.pre:
            return total._replace(raw=True)
        return self.activation(self.conventions["activation"], total, "", spec.span)

    def layer(self, spec: LayerSpec, value: Value, name: str, bare: bool = False) -> Value:
        """Lower one layer with the norm and activation that belong to it."""
        if value.raw and not self.emitter.frames and spec.op in _HEADS:
            value = self._norm_activation(value, "", spec.span)
        match spec.op:
            case "conv" | "depthwise":
                return self._convolution(spec, value, name, bare)
            case "dense":
                return self._dense(spec, value, name)
            case "max_pool" | "avg_pool":
                return self._pool(spec, value, name)
            case "activation":
                return self.activation(spec.activation or "relu", value, "", spec.span, name)
            case "batch_norm" | "layer_norm":
                return self.emitter.emit(spec.op, self._norm_params(spec.op), (value,), name, spec.span)
            case "dropout":
                return self.emitter.emit("dropout", {"rate": spec.rate}, (value,), name, spec.span)._replace(raw=value.raw)
        return self.emitter.emit(spec.op, {}, (value,), name, spec.span)

    def finish(self, value: Value, span: Span) -> Value:
        """Normalise and activate what pre-activation left open at the end of a network without a head."""
        return self._norm_activation(value, "", span) if value.raw else value

    def _convolution(self, spec: LayerSpec, value: Value, name: str, bare: bool) -> Value:
        norm = spec.norm or self.conventions["norm"]
        function = spec.activation or ("none" if bare else self.conventions["activation"])
        if self.pre and value.id > 0:
            value = self.activation(function, self.norm(norm, value, name, spec.span), name, spec.span)
            self.preactivated = self.preactivated or value
        value = self._padded_convolution(spec, value, name, norm)
        if self.pre:
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
        if padding == "same" and spec.padding is None and max(stride) > 1:
            padding = self.conventions["strided-padding"]
        value, padding = self._pad(value, spec, kernel, stride, padding, name)
        params = {"kernel": kernel, "stride": stride, "padding": padding, "dilation": spec.dilation, "bias": self._bias(spec.bias, norm)}
        params["initializer"] = self.conventions["initializer"]
        if spec.op == "conv":
            params |= {"channels": spec.channels, "groups": self._groups(spec, value)}
        certain = value.certain or spec.op == "conv"
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
        hidden = spec.span != self.classifier
        function = spec.activation or (self.conventions["activation"] if hidden else "none")
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
        return params | {"momentum": float(self.conventions["norm-momentum"])} if op == "batch_norm" else params

    def activation(self, function: str, value: Value, name: str, span: Span, alone: str = "") -> Value:
        """Lower an activation (`none` for nothing); `alone` is its name where it is a layer by itself."""
        if function == "none":
            return value
        called = alone or f"{name}_{function}".lstrip("_")
        return self.emitter.emit("activation", {"function": function}, (value,), called, span)._replace(certain=value.certain)


def _layer_names(specs: tuple[Spec, ...]) -> list[str]:
    """Name the layers of a sequence after their op, numbered where an op occurs more than once."""
    bases = [_base(spec) if isinstance(spec, LayerSpec) else "" for spec in specs]
    all_of = Counter(bases)
    so_far: Counter[str] = Counter()
    named = []
    for base in bases:
        so_far[base] += 1
        named.append(f"{base}{so_far[base]}" if all_of[base] > 1 else base)
    return named


def _base(spec: LayerSpec) -> str:
    return (spec.activation or "relu") if spec.op == "activation" else _NAMES.get(spec.op, spec.op)
