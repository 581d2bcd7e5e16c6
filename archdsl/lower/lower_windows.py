"""A convolution or a pool -> its nodes: the padding, bias, norm and activation by the conventions."""

from collections.abc import Mapping
from math import prod

from archdsl.diagnostics import Reporter
from archdsl.graph.emit import Emitter, Fault, Value
from archdsl.graph.graph import Inferred
from archdsl.light import Any
from archdsl.ops import OPS, ShapeFault
from archdsl.ops.index import NORMS
from archdsl.ops.params import defaults
from archdsl.ops.windows import same_zeros
from archdsl.problems import lints, names, shapes
from archdsl.resolve.settings import Settings
from archdsl.resolve.specs import LayerSpec, Padding
from archdsl.solve.layer_shape import Ends, Windows, grouped, whole_map, windows
from archdsl.source import Source, Span

# What `norm` says -> the op, and how its node is called.
_NORMS = {"batch": "bn", "layer": "ln", "group": "gn", "instance": "in"}
_OP_OF = {norm: op for op, norm in NORMS.items()}
_SMALL = 3  # a pool of 3 on a map of 1 is what a small input leaves of a network, and means the same there


class WindowLowering:
    """Lowers what lays windows over a map; `padding` is the mode that the row was solved with."""

    def __init__(self, source: Source, reporter: Reporter, settings: Settings, emitter: Emitter) -> None:
        self.source = source
        self.reporter = reporter
        self.conventions = settings.conventions
        self.emitter = emitter
        self.padding = "same"
        self.inferred: list[Inferred] = []
        self.preactivated: Value | None = None
        self.convolutions = 0
        self.pool_told = False
        self._set_params: dict[str, dict[str, Any]] = {}  # of each op, which the settings say once for all

    @property
    def pre(self) -> bool:
        """Return whether normalisation and activation come before the convolution."""
        return self.conventions["order"] == "norm-activation-conv"

    def _convolution(self, spec: LayerSpec, value: Value, name: str, bare: bool) -> Value:
        self.convolutions += 1
        if (
            spec.multiplier > 1
            and spec.channels
            and spec.channels != value.shape[-1] * spec.multiplier
            and value.certain
        ):
            why = (
                f"{spec.multiplier} filters for each channel: {spec.channels} are printed, "
                f"but {value.shape[-1]} arrive"
            )
            raise Fault(spec.places["channels"], why, value.shape)
        spec = grouped(spec, value.shape[-1])
        norm = spec.norm or ("none" if spec.classifier else self.conventions["norm"])
        function = spec.activation or ("none" if bare or spec.classifier else self.conventions["activation"])
        post = not self.pre or (
            self.convolutions == 1 and self.conventions["stem-order"] == "conv-norm-activation"
        )
        if not post and (value.id > 0 or self.convolutions > 1):
            value = self.activation(
                function, self.norm(norm, value, name, spec.span, spec.norm_params), name, spec.span
            )
            self.preactivated = self.preactivated or value
        value = self._padded_convolution(spec, value, name, norm)
        if not post:
            return value._replace(raw=True)
        return self.activation(
            function, self.norm(norm, value, name, spec.span, spec.norm_params), name, spec.span
        )

    def _windows(self, spec: LayerSpec, value: Value, padding: Padding) -> Windows:
        try:
            return windows(spec, value.shape, padding)
        except ShapeFault as fault:
            raise Fault(spec.span, str(fault), value.shape) from None

    def _padded_convolution(self, spec: LayerSpec, value: Value, name: str, norm: str) -> Value:
        op, padding = OPS[spec.op], spec.padding or self.padding
        found = self._windows(spec, value, padding)
        strided = max(found.params["stride"]) > 1 and not op.grows
        if strided and padding == "same" and spec.padding is None:
            found = self._windows(spec, value, self.conventions["strided-padding"])
        params = found.params | {
            "bias": self._bias(spec.bias, norm),
            "initializer": spec.more.get("initializer", self.conventions["initializer"]),
        }
        self._check_channels(spec, value)
        params |= {"channels": spec.channels, "groups": self._groups(spec, value)}
        if op.grows and spec.stride is None and max(params["stride"]) > 1:
            stride = params["stride"][0]
            self.inferred.append(
                Inferred(f"stride {stride} of {self.source.quoted(spec.span)}", "its window is even")
            )
        params = {key: value for key, value in params.items() if key in defaults(spec.op)}
        certain = value.certain or not op.keeps_channels
        value = self._ends("pad", found.zeros, value, name, spec.span)
        out = self.emitter.emit(spec.op, params, (value,), name, spec.span, certain=certain)
        return self._ends("crop", found.cut, out, name, spec.span)

    def _check_channels(self, spec: LayerSpec, value: Value) -> None:
        """Compare the channels that arrive with those that the filters are printed for."""
        if (
            OPS[spec.op].keeps_channels
            and spec.channels
            and value.certain
            and spec.channels != value.shape[-1]
        ):
            why = (
                f"a depthwise convolution keeps the channels: {spec.channels} are printed, "
                f"but {value.shape[-1]} arrive"
            )
            raise Fault(spec.places["channels"], why, value.shape)
        channels = value.shape[-1]
        frames = channels * prod(spec.kernel or ())  # the values of all positions, as a table of contexts has
        counted = (channels, channels / spec.groups, frames)
        if spec.entering and value.certain and spec.entering not in counted:
            raise Fault(
                spec.places["entering"], f"its filters are printed for {spec.entering} channels", value.shape
            )

    def _ends(self, op: str, ends: Ends, value: Value, name: str, span: Span) -> Value:
        """Put explicit zeros around a map where Keras' `same` and `valid` do not say what is meant, or cut
        its ends off."""
        if not ends:
            return value
        return self.emitter.emit(op, {"amount": ends}, (value,), f"{name}_{op}", span, certain=value.certain)

    def _bias(self, said: str | None, norm: str) -> bool:
        choice = said or self.conventions["bias"]
        return norm == "none" if choice == "auto" else choice == "yes"

    def _groups(self, spec: LayerSpec, value: Value) -> int:
        channels, outgoing = value.shape[-1], spec.channels or 1
        if not value.certain:
            if outgoing % spec.groups:
                self.reporter.add(
                    names.groups_do_not_divide_output(
                        self.source, spec.places["groups"], spec.groups, outgoing
                    )
                )
            return 1
        if channels % spec.groups or outgoing % spec.groups:
            self.reporter.add(
                names.groups_do_not_divide(
                    self.source, spec.places["groups"], spec.groups, channels, outgoing
                )
            )
            return 1
        return spec.groups

    def _pool(self, spec: LayerSpec, value: Value, name: str) -> Value:
        if whole_map(spec):
            self.inferred.append(Inferred("average pool over the whole map", "it prints no window"))
            return self.emitter.emit("global_avg_pool", {}, (value,), name, spec.span, certain=value.certain)
        found = self._pool_windows(spec, value)
        if "kernel" not in spec.places:
            self.inferred.append(
                Inferred(f"a window of {found.params['kernel'][0]} for the pool", "it prints none")
            )
        params = {key: value for key, value in found.params.items() if key in defaults(spec.op)}
        kernel, size = params["kernel"], value.shape[:-1]
        if "needs" in spec.places and kernel != size:
            self._tell_kind(spec.places["needs"])
        beyond = max(kernel) > _SMALL and all(k >= 2 * n for k, n in zip(kernel, size, strict=True))
        if beyond and not value.lost and "kernel" in spec.places:
            self.reporter.add(shapes.window_beyond_map(self.source, spec.places["kernel"], kernel, size))
        value = self._ends("pad", found.zeros, value, name, spec.span)
        return self.emitter.emit(spec.op, params, (value,), name, spec.span, value.raw, value.certain)

    def _pool_windows(self, spec: LayerSpec, value: Value) -> Windows:
        """Lay the windows of a pool; one that strides, needs zeros and prints none has the convention's."""
        found = self._windows(spec, value, spec.padding or self.padding)
        said = self.conventions["pool-padding"]
        if (
            said == "same"
            or spec.padding
            or found.params["padding"] != "same"
            or max(found.params["stride"]) == 1
        ):
            return found
        zeros = same_zeros(found.params, value.shape)
        if not any(map(any, zeros)):
            return found
        if said == "symmetric":
            return self._windows(spec, value, said)
        return Windows(zeros, found.params | {"padding": "valid"}, ())

    def _tell_kind(self, span: Span) -> None:
        """Recognise the first pool of a table that does not say which it is; over a whole map everyone means
        the average."""
        if not self.pool_told and not self.emitter.frames:
            self.reporter.add(
                lints.pool_of_no_kind(self.source, span, self.source.clean[span.start : span.end])
            )
        self.pool_told = True

    def _norm_activation(self, value: Value, span: Span) -> Value:
        normed = self.norm(self.conventions["norm"], value, "", span)
        return self.activation(self.conventions["activation"], normed, "", span)

    def norm(self, kind: str, value: Value, name: str, span: Span, said: Mapping[str, Any] = {}) -> Value:
        """Lower a normalisation of the given kind (`none` for nothing); `said` are parameters that are
        printed."""
        if kind == "none":
            return value
        op, suffix = _OP_OF[kind], _NORMS[kind]
        params = {**defaults(op), **self.set_params(op), **said}
        called = f"{name}_{suffix}".lstrip("_")
        return self.emitter.emit(op, params, (value,), called, span, certain=value.certain)

    def set_params(self, op: str) -> dict[str, Any]:
        """Return the parameters of an op that settings give, each of the type of its default."""
        if op not in self._set_params:
            given = (param for param in OPS[op].params if param.setting)
            self._set_params[op] = {
                param.name: _typed(param.default, self.conventions[param.setting]) for param in given
            }
        return self._set_params[op]

    def activation(
        self,
        function: str,
        value: Value,
        name: str,
        span: Span,
        alone: str = "",
        said: Mapping[str, Any] = {},
    ) -> Value:
        """Lower an activation (`none` for nothing); `alone` is its name where it is a layer by itself, `said`
        are parameters that are printed."""
        if function == "none":
            return value
        called = alone or f"{name}_{function}".lstrip("_")
        params: dict[str, Any] = {"function": function}
        if function == "leaky_relu":
            params["slope"] = float(self.conventions["leaky-slope"])
        params |= said
        return self.emitter.emit("activation", params, (value,), called, span, certain=value.certain)


def _typed(default: Any, said: str) -> Any:
    """Return the value that a setting gives a parameter with such a default."""
    if isinstance(default, bool):
        return said == "yes"
    return type(default)(float(said)) if isinstance(default, int | float) else said
