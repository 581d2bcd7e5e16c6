"""The other input of a sum: identity, zero-padded identity (A), projection (B, C), the input of its group."""

from collections.abc import MutableMapping

from archdsl.graph.emit import Fault, Value
from archdsl.graph.graph import Inferred, Shape
from archdsl.light import TYPE_CHECKING
from archdsl.resolve.specs import BlockSpec, WireSpec
from archdsl.solve.follow import PREVIOUS

if TYPE_CHECKING:
    from archdsl.lower.lower import Lowering


Scope = MutableMapping[str, Value]
GROUP = ""  # in a scope: the input of the repeat at hand


class ShortcutFault(Exception):
    """No shortcut of the chosen kind joins the two ends of a block."""

    def __init__(self, block: BlockSpec, kind: str, incoming: Shape, main: Shape) -> None:
        super().__init__(kind)
        self.block = block
        self.kind = kind
        self.incoming = incoming
        self.main = main


class Shortcut:
    """Lowers shortcuts under the conventions of one network."""

    def __init__(self, lowering: "Lowering") -> None:
        self.lowering = lowering

    def lower(self, block: BlockSpec, value: Value, main: Value, preactivated: Value) -> Value:
        """Return the shortcut's end; raise ShortcutFault where its shape cannot become the main path's."""
        conventions = self.lowering.conventions
        changed = value.shape != main.shape
        first = conventions["first-projection"] == "always" and not self.lowering.blocks_seen
        projecting = block.shortcut == "project-all" or (block.shortcut == "project" and (changed or first))
        if not changed and not projecting:
            return value
        if not value.certain and not projecting:
            return main
        strides = self._strides(block, value.shape, main.shape)
        emitter = self.lowering.emitter
        emitter.branch = "shortcut"
        try:
            if projecting:
                return self._project(
                    block,
                    preactivated if conventions["projection-input"] == "pre-activation" else value,
                    main,
                    strides,
                )
            return self._zero_pad(block, value, main, strides)
        finally:
            emitter.branch = "main"

    def _strides(self, block: BlockSpec, incoming: Shape, main: Shape) -> tuple[int, ...]:
        """Return the strides that take the input's size to the main path's (`same`: ceil(n / s))."""
        if len(incoming) != len(main):
            raise ShortcutFault(block, block.shortcut, incoming, main)
        strides = tuple(-(-n // m) for n, m in zip(incoming[:-1], main[:-1], strict=True))
        fits = all(-(-n // s) == m for n, s, m in zip(incoming, strides, main[:-1], strict=False))
        zero_pad_fits = block.shortcut != "zero-pad" or main[-1] >= incoming[-1]
        if not fits or not zero_pad_fits or block.shortcut == "identity":
            raise ShortcutFault(block, block.shortcut, incoming, main)
        return strides

    def _project(self, block: BlockSpec, value: Value, main: Value, strides: tuple[int, ...]) -> Value:
        lowering = self.lowering
        conventions = lowering.conventions
        said = (
            conventions["projection-bias"]
            if conventions["projection-bias"] != "auto"
            else conventions["bias"]
        )
        bias = said == "yes" or (said == "auto" and conventions["norm"] == "none")
        params = {
            "kernel": (1,) * len(strides),
            "channels": main.shape[-1],
            "stride": strides,
            "padding": "same",
            "dilation": (1,) * len(strides),
        }
        params |= {"groups": 1, "bias": bias, "initializer": conventions["initializer"]}
        because = (
            "the shape changes"
            if value.shape != main.shape
            else f"`{block.shortcut}`"
            if block.shortcut == "project-all"
            else "it is the network's first block"
        )
        path = lowering.emitter.path.rstrip("/").rpartition("/")[2]
        lowering.inferred.append(
            Inferred(
                f"projection 1x1, {main.shape[-1]}"
                + (f" /{max(strides)}" if max(strides) > 1 else "")
                + f" in {path}",
                because,
            )
        )
        projected = lowering.emitter.emit("conv", params, (value,), "shortcut", block.span)
        norm = conventions["norm"] if conventions["projection-norm"] == "yes" else "none"
        return lowering.norm(norm, projected, "shortcut", block.span)

    def _zero_pad(self, block: BlockSpec, value: Value, main: Value, strides: tuple[int, ...]) -> Value:
        emitter = self.lowering.emitter
        self.lowering.inferred.append(
            Inferred("zero-padded identity shortcut", "the shape changes and `shortcut` is zero-pad")
        )
        if set(strides) != {1}:
            params = {"kernel": (1,) * len(strides), "stride": strides, "padding": "valid"}
            value = emitter.emit("max_pool", params, (value,), "shortcut_pool", block.span)
        missing = main.shape[-1] - value.shape[-1]
        return (
            emitter.emit("pad_channels", {"amount": missing}, (value,), "shortcut_pad", block.span)
            if missing
            else value
        )


def group_input(spec: WireSpec, value: Value, scope: Scope) -> Value:
    """Find what a sum without names (a row `Residual`) adds: the input of its repeat, else the nearest
    value above of its shape."""
    found = scope.get(GROUP) or next(
        (
            other
            for name, other in reversed(list(scope.items()))
            if name != PREVIOUS and other.shape == value.shape and other.id != value.id
        ),
        None,
    )
    if found is None:
        raise Fault(
            spec.span, "a sum with the input of its group, and nothing above has this shape", value.shape
        )
    return found
