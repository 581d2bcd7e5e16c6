"""A layer of the table -> its spec: every option evaluated, and checked against the op that takes it."""

from collections.abc import Mapping

from archdsl.diagnostics import Reporter
from archdsl.light import Any
from archdsl.ops import OPS
from archdsl.ops.arithmetic import divisible
from archdsl.problems import names, shapes
from archdsl.resolve.filters import filter_parts
from archdsl.resolve.option_values import OptionReader
from archdsl.resolve.options import EXAMPLES, NEEDED, number, special, with_ends
from archdsl.resolve.settings import Settings
from archdsl.resolve.specs import LayerSpec
from archdsl.source import Source
from archdsl.syntax.ast import Item, Layer, Num, Option, Ref, per_axis
from archdsl.syntax.bag import NORM_OPTIONS, extra, takes

_FIXED = (
    *(
        "kernel",
        "channels",
        "stride",
        "padding",
        "groups",
        "dilation",
        "bias",
        "norm",
        "activation",
        "function",
    ),
    *("rate", "entering", "multiplier"),
)
_COMMON = (*_FIXED, *NORM_OPTIONS.values())
_HIDDEN = ("initializer",)
# How an option is written that `dilated conv` and `grouped conv` need.
_NEEDS = {"groups": "3x3, 64, groups=4", "dilation": "3x3, 64, dilation=2"}


class LayerResolver(OptionReader):
    """Resolves layers; `depth` says how many blocks they stand in, `printed_channels` and `printed_units`
    what its size prints."""

    def __init__(
        self,
        source: Source,
        reporter: Reporter,
        settings: Settings,
        values: Mapping[str, Any] | None,
        depth: int,
    ) -> None:
        super().__init__(source, reporter, settings, values)
        self.depth = depth
        self.printed_channels: int | None = None
        self.printed_units: int | None = None
        self.printed_map: tuple[int, ...] | None = None
        self.printed_shape: tuple[int, ...] | None = None
        self.printed_state: tuple[int, ...] | None = None  # of a recurrent layer: its sequence, or the last
        self.ending: Item | None = None  # the layer whose channels the row's size prints
        self.counted = False  # whether the row prints its parameters
        self.sized = False  # and its size

    def layer(self, layer: Layer) -> LayerSpec:
        """Return the spec of a layer; what is wrong with it is reported."""
        options = {option.key: option for option in layer.options}
        self._check_taken(layer)
        self._check_needs(layer)
        self._check_axes(layer, options)
        kernel, entering = self._window(layer, options)  # which may say channels, too
        spec = LayerSpec(
            op=layer.op,
            kernel=kernel,
            channels=self._channels(layer, options.get("channels")),
            stride=self.axes(options.get("stride"), "stride"),
            padding=self.padding(options.get("padding")),
            groups=self.count(options.get("groups"), "groups") or 1,
            dilation=self.axes(options.get("dilation"), "dilation") or (1,) * self.rank,
            bias=self.word(options.get("bias"), "bias"),
            norm=self.word(options.get("norm"), "norm"),
            activation=self.word(options.get("activation") or options.get("function"), "activation"),
            rate=self.rate(options.get("rate")),
            span=layer.span,
            places={key: option.span for key, option in options.items()},
            more=self._more(layer),
            entering=entering,
            norm_params=self._norm_params(options),
            multiplier=self.count(options.get("multiplier"), "depth multiplier") or 1,
            reads=self._reads(layer, options),
        )
        if "each" in options:
            from archdsl.resolve.frames import over_frames

            spec = over_frames(spec, options, self.rank)
        pointwise = any((option.key, option.value) == ("needs", "kernel") for option in layer.options)
        return self._complete(spec, "1" if pointwise else self.settings.conventions["default-kernel"])

    def _more(self, layer: Layer) -> dict[str, Any]:
        """Return the options that only some ops have."""
        own = [option for option in layer.options if option.key not in _COMMON]
        if not own:
            return {}
        found = {option.key: special(self, layer, option) for option in own}
        return with_ends({key: value for key, value in found.items() if value is not None}, self.rank)

    def _reads(self, layer: Layer, options: dict[str, Option]) -> tuple[Ref, ...]:
        """Give the values that a layer reads by name (`attention 8, keys=encoder`)."""
        reads = OPS[layer.op].reads
        given = [options[key] for key in reads if key in options]
        for option, key in zip(given, reads, strict=False):
            if option.key != key:
                text = self.source.clean[layer.span.start : layer.span.end]
                self.reporter.add(
                    names.missing(self.source, option.span, key, text, f"{key}=a, {option.key}=b")
                )
        return tuple(self.ref(Ref(self.text(option), option.span)) for option in given)

    def ref(self, ref: Ref) -> Ref:
        """Give the value that a parameter of a block names (`concat skip` in a block that is used with
        `skip=enc1`)."""
        named = self.evaluator.values.get(ref.name) if self.depth else None
        return ref._replace(name=named) if isinstance(named, str) else ref

    def _window(self, layer: Layer, options: dict[str, Option]) -> tuple[tuple[int, ...] | None, int | None]:
        """Return the kernel and the channels that come in, where they are printed: `5x5x3, 64` has both in
        one."""
        if OPS[layer.op].is_filter and "kernel" in options:
            options |= filter_parts(
                options, self.rank, self.printed_channels if layer is self.ending else None
            )
        kernel = self.axes(options.get("kernel"), "kernel")
        if OPS[layer.op].is_global and set(kernel or ()) == {1}:
            kernel = None  # `global average pooling (1x1)` prints what it gives
        return kernel, self._entering(options.get("entering"))

    def _check_axes(self, layer: Layer, options: dict[str, Option]) -> None:
        """Report a `3D conv` on a map of two axes; one that prints a side for each axis says how many."""
        sides = "kernel" in options and per_axis(options["kernel"])
        axes = layer.axes + (layer.axes > 0 and "each" in options)
        if axes in (0, self.rank) or not self.rank or sides or not OPS[layer.op].takes_stride:
            return
        self.reporter.add(
            shapes.other_axes(self.source, layer.span, layer.op.replace("_", " "), layer.axes, self.rank)
        )

    def _check_needs(self, layer: Layer) -> None:
        """Report a `dilated conv` that says no dilation."""
        for option in layer.options:
            wanted = str(option.value) if option.key == "needs" else ""
            if wanted in _NEEDS and all(one.key != wanted for one in layer.options):
                text = self.source.clean[option.span.start : option.span.end]
                self.reporter.add(names.missing(self.source, option.span, wanted, text, _NEEDS[wanted]))

    def _norm_params(self, options: dict[str, Option]) -> dict[str, Any]:
        """Return what is said of the norm of a layer: `3x3, 64; GN 4`."""
        given = {name: options[key] for name, key in NORM_OPTIONS.items() if key in options}
        found = {
            name: self.count(option, name) if name == "groups" else number(self, option)
            for name, option in given.items()
        }
        return {name: value for name, value in found.items() if value is not None}

    def _channels(self, layer: Layer, option: Option | None) -> int | None:
        if not takes(layer.op, "channels"):
            return None
        count = self.count(option, "channels")
        return (
            int(self.scaled(count))
            if count and OPS[layer.op].is_filter and count != self.settings.classes
            else count
        )

    def _entering(self, option: Option | None) -> int | None:
        """Return the channels that filters are printed for: those of the table's own input and width."""
        other = self.settings.printed_input or float(self.settings.conventions["width-multiplier"]) != 1
        return None if other else self.count(option, "channels")

    def _check_taken(self, layer: Layer) -> None:
        op = OPS[layer.op]
        for option in layer.options:
            # Changes nothing in any layer.
            one = option.key == "stride" and isinstance(option.value, Num) and option.value.value == 1
            if option.key in op.options or one or option.key == "needs":
                continue
            takes = tuple(param.name for param in op.params) + extra(layer.op)
            takes += ("kernel",) if op.is_global else ()
            if option.key not in takes:
                shown = tuple(
                    "units" if key == "channels" and op.takes_flat else key
                    for key in takes
                    if key not in _HIDDEN
                )
                self.reporter.add(
                    names.option_not_taken(
                        self.source, option.span, option.key, layer.op.replace("_", " "), shown
                    )
                )

    def _complete(self, spec: LayerSpec, default: str) -> LayerSpec:
        """Report what a layer cannot do without; a dense layer without units gives the classes."""
        text = self.source.clean[spec.span.start : spec.span.end]
        op = OPS[spec.op]
        chooses = op.is_filter and not op.keeps_channels
        if chooses and spec.channels is None and self.printed_channels:
            spec = spec._replace(channels=self.printed_channels)
        if op.takes_flat and spec.channels is None and "channels" not in spec.places:
            return spec._replace(channels=self._units(spec, text))
        if chooses and spec.channels is None and "channels" not in spec.places:
            self.reporter.add(names.missing(self.source, spec.span, "channels", text, self._example(spec)))
        open_ = op.is_filter and spec.kernel is None and "kernel" not in spec.places
        if open_ and not op.grows and default != "none":
            return spec._replace(kernel=(int(default),) * self.rank)
        if open_ and (self.counted or (self.sized and _is_placed(spec))):
            return spec._replace(kernel=(1,) * self.rank, counted=True)
        if open_:
            self.reporter.add(names.missing(self.source, spec.span, "kernel", text, f"3x3 {text}"))
        return self._with_needed(spec, text)

    def _with_needed(self, spec: LayerSpec, text: str) -> LayerSpec:
        """Return a spec with what its row's size says of what it needs; report what nothing says."""
        if spec.op not in NEEDED:
            return spec
        printed = {"output": self.printed_map, "shape": self.printed_shape if OPS[spec.op].reshapes else None}
        if self.printed_state and takes(spec.op, "sequences") and "channels" not in spec.places:
            return self._with_state(spec, self.printed_state)
        for needed in NEEDED[spec.op].split():
            if found := printed.get(needed):
                return spec._replace(more={needed: found, **spec.more})
            said = needed in spec.places or needed in spec.more
            if not said and not (self.sized and needed == "amount"):
                what = "hidden units" if needed == "channels" else needed
                self.reporter.add(names.missing(self.source, spec.span, what, text, EXAMPLES[spec.op]))
                break
        return spec

    def _with_state(self, spec: LayerSpec, size: tuple[int, ...]) -> LayerSpec:
        """Return a recurrent layer with the units that its row's size prints, of both directions where it has
        two; a size of two axes is that of all states."""
        both = bool(spec.more.get("bidirectional")) and spec.more.get("merge", "concat") == "concat"
        units = size[-1] // 2 if both else size[-1]
        said = {"channels": units, "sequences": len(size) > 1}
        return spec._replace(more={**said, **spec.more})

    def _units(self, spec: LayerSpec, text: str) -> int | None:
        """Return the units of a dense layer that says none: those of its size cell, else the classes."""
        units = self.printed_units or self.settings.classes
        if units is None and "classes" in self.settings.places:
            self.reporter.follow()  # what is set was told to be wrong
        elif units is None:
            self.reporter.add(names.missing(self.source, spec.span, "units", text, "10-d fc"))
        return units

    def _example(self, spec: LayerSpec) -> str:
        """Write a convolution with channels: `5x5x32` prints 32 filters, or filters of 32 channels."""
        if spec.kernel and len(spec.kernel) == self.rank + 1 > 2:
            return f"{'x'.join(map(str, spec.kernel[:-1]))}, {spec.kernel[-1]}"
        kernel = spec.places.get("kernel")
        return f"{self.source.clean[kernel.start : kernel.end]}, 64" if kernel else "3x3, 64"

    def scaled(self, channels: float) -> Any:
        """Apply the width multiplier to channels that the table prints."""
        said = self.settings.conventions
        width, divisor, keep = (
            float(said[key]) for key in ("width-multiplier", "channel-divisor", "channel-keep")
        )
        return channels if self.depth or width == 1 else divisible(channels * width, divisor, keep)


def _is_placed(layer: LayerSpec) -> bool:
    """Return whether a layer says its stride and that it pads nothing, so that sizes say its window."""
    return layer.padding == "valid" and set(layer.stride or ()) == {1}


def stacked(resolver: OptionReader, layer: Layer) -> tuple[Layer, ...]:
    """Take a layer apart that says how many of it follow each other, as PyTorch's recurrent ones do.

    All but the last hand on whole sequences; a dropout is between them.
    """
    several = next((option for option in layer.options if option.key == "layers"), None)
    count = resolver.count(several, "layers") if several else None
    if several is None or count is None:
        return single(layer)
    rest = tuple(option for option in layer.options if option is not several)
    between = tuple(option for option in rest if option.key != "sequences")
    inner = (*between, Option("sequences", "yes", several.span))
    made = [inner] * (count - 1) + [rest]
    first = tuple(option for option in made[0] if option.key != "dropout")
    later = (tuple(one for one in options if one.key != "entering") for options in made[1:])
    return tuple(layer._replace(options=options) for options in (first, *later))


def single(layer: Layer) -> tuple[Layer, ...]:
    """Take `fc [16, 256]` apart into its dense layers."""
    if not OPS[layer.op].takes_flat:
        return (layer,)
    widths = next(
        (option for option in layer.options if option.key == "channels" and type(option.value) is tuple), None
    )
    if widths is None:
        return (layer,)
    rest = tuple(option for option in layer.options if option is not widths)
    return tuple(layer._replace(options=(widths._replace(value=width), *rest)) for width in per_axis(widths))
