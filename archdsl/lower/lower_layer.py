"""One layer -> its nodes, with what belongs to it: what flattens before it, its norm and its activation."""

from math import prod

from archdsl.diagnostics import Reporter
from archdsl.graph.emit import Emitter, Fault, Value
from archdsl.graph.graph import Inferred
from archdsl.light import Any
from archdsl.lower.lower_windows import WindowLowering
from archdsl.lower.rising import Rising
from archdsl.ops import OPS
from archdsl.ops.params import defaults
from archdsl.problems import lints, shapes
from archdsl.resolve.settings import Settings
from archdsl.resolve.specs import LayerSpec
from archdsl.solve.layer_shape import (
    flattens,
    plain_params,
    whole_map,
    window,
)
from archdsl.source import Source, Span


class LayerLowering(WindowLowering):
    """Lowers single layers into an emitter."""

    def __init__(self, source: Source, reporter: Reporter, settings: Settings, emitter: Emitter) -> None:
        super().__init__(source, reporter, settings, emitter)
        self.rank = settings.rank
        self.open_input = bool(settings.open_axes)
        self.rising = Rising(settings.conventions)
        self.blocks_follow = False  # in the rows below

    def layer(self, spec: LayerSpec, value: Value, name: str, bare: bool = False) -> Value:
        """Lower one layer with the norm and activation that belong to it."""
        op = OPS[spec.op]
        if value.raw and not self.emitter.frames and self._ends_maps(spec, value):
            value = self._norm_activation(value, spec.span)
        if op.is_filter:
            return self._convolution(spec, value, name, bare)
        if op.takes_flat:
            return self._dense(spec, value, name)
        if op.is_pool:
            return self._pool(spec, value, name)
        if op.is_global:
            return self._global(spec, value, name)
        if op.activates:
            return self.activation(spec.activation or "relu", value, "", spec.span, name, spec.more)
        if op.rises:
            return self._drop_path(spec, value, name)
        return self.other(spec, value, name)

    def _drop_path(self, spec: LayerSpec, value: Value, name: str) -> Value:
        """Lower a stochastic depth; one that rises is no layer where its rate is 0."""
        rate = self.rising.rate(spec, value)
        if not rate and spec.more.get("rising"):
            return value
        return self.other(spec._replace(rate=rate, more={}), value, name)

    def _ends_maps(self, spec: LayerSpec, value: Value) -> bool:
        """Return whether a layer begins the head: it flattens, or pools the whole map and not between two
        blocks."""
        if OPS[spec.op].collapses or whole_map(spec):
            return True
        if not OPS[spec.op].alone or len(value.shape) < 2 or self.blocks_follow:
            return False
        kernel, _ = window(spec, len(value.shape) - 1)
        return all(k >= n for k, n in zip(kernel, value.shape, strict=False))

    def _global(self, spec: LayerSpec, value: Value, name: str) -> Value:
        """Pool the whole map; a window that is printed must be the map's size."""
        size = value.shape[:-1]
        if spec.kernel and size and value.certain and spec.kernel != size:
            raise Fault(
                spec.span,
                (
                    f"a global pool over {'x'.join(map(str, spec.kernel))}, the map is "
                    f"{'x'.join(map(str, size))}"
                ),
                value.shape,
            )
        return self.emitter.emit(spec.op, {}, (value,), name, spec.span, certain=value.certain)

    def other(self, spec: LayerSpec, value: Value, name: str, others: tuple[Value, ...] = ()) -> Value:
        """Lower an op whose parameters are its options, its conventions or its declared defaults; `others`
        are the values that it reads by name."""
        is_norm = bool(OPS[spec.op].norm)
        if spec.entering and value.certain and value.shape[-1] != spec.entering:
            raise Fault(spec.places["entering"], f"it is printed for {spec.entering} channels", value.shape)
        self._check_open(spec, value)
        given = self.set_params(spec.op)
        params = plain_params(spec, len(value.shape) - 1, given)
        raw = value.raw and not is_norm
        return self.emitter.emit(spec.op, params, (value, *others), name, spec.span, raw, value.certain)

    def set_params(self, op: str) -> dict[str, Any]:
        """Return the parameters of an op that settings give, initializers among them."""
        given = super().set_params(op)
        return given | {"initializer": self._dense_initializer()} if "initializer" in defaults(op) else given

    def finish(self, value: Value, span: Span) -> Value:
        """Normalise and activate what pre-activation left open at the end of a network without a head."""
        return self._norm_activation(value, span) if value.raw else value

    def _dense(self, spec: LayerSpec, value: Value, name: str) -> Value:
        certain = value.certain
        self._check_open(spec, value)
        if flattens(spec, value.shape):
            if certain and not value.lost and len(value.shape) == 2 and value.shape[0] > 1:
                text = self.source.quoted(spec.span)
                self.reporter.add(
                    lints.dense_on_sequence(self.source, spec.span, text, value.shape, spec.channels or 0)
                )
            if certain and spec.channels == prod(value.shape) > value.shape[-1]:
                self.reporter.add(lints.dense_as_map(self.source, spec.span, spec.channels, value.shape))
            self.inferred.append(
                Inferred(
                    "flatten before the dense layer",
                    f"its input is a map of {'x'.join(map(str, value.shape))}",
                )
            )
            value = self.emitter.emit("flatten", {}, (value,), f"{name}_flatten", spec.span)
        if spec.entering and certain and value.shape[-1] != spec.entering:
            raise Fault(
                spec.places["entering"], f"its weights are printed for {spec.entering} values", value.shape
            )
        params = {
            "channels": spec.channels,
            "bias": spec.bias != "no",
            "initializer": spec.more.get("initializer", self._dense_initializer()),
        }
        value = self.emitter.emit("dense", params, (value,), name, spec.span)
        function = spec.activation or ("none" if spec.classifier else self.conventions["activation"])
        return self.activation(
            function,
            self.norm(spec.norm or "none", value, name, spec.span, spec.norm_params),
            name,
            spec.span,
        )

    def _check_open(self, spec: LayerSpec, value: Value) -> None:
        """Report what flattens a map whose size is open: its weights depend on it."""
        if (
            self.open_input
            and OPS[spec.op].collapses
            and not spec.more.get("each")
            and prod(value.shape[:-1]) > 1
        ):
            self.reporter.add(shapes.open_flatten(self.source, spec.span, value.shape))

    def _dense_initializer(self) -> str:
        """Return the setting for a dense layer; one of a gate stands for a 1x1 convolution, as which
        published code has it."""
        own = self.conventions["dense-initializer"]
        return self.conventions["initializer"] if own == "same" or self.emitter.branch == "gate" else own
