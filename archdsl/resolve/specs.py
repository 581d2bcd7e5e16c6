"""What the items of a row are once their numbers are known: layers, brackets, uses of blocks, branches,
wiring."""

from collections.abc import Mapping

from archdsl.light import TYPE_CHECKING, Any, NamedTuple, Union
from archdsl.ops import NO_OP, OPS, Op
from archdsl.source import Span
from archdsl.syntax.ast import Layer, Ref

if TYPE_CHECKING:
    from archdsl.resolve.template import Template

Padding = Union[str, tuple[int, ...], None]


class BlockFault(Exception):
    """The body of a block does not work out; the diagnostic says why, at its use."""


class LayerSpec(NamedTuple):
    """A layer with its numbers; None is what the cell leaves open. `places` tell where each option stands.

    `more` are the options of ops that have others than convolutions and pools do. A `classifier` gives the
    classes. `entering` are the channels that its filters are printed for, `multiplier` the filters of each
    channel of a depthwise one. Where the kernel is `counted`, it is only printed as part of the row's
    parameters, and 1 until it is found; so the layer is one that was built, and its stride may be any.
    `reads` are values by name that come in besides.
    """

    op: str
    kernel: tuple[int, ...] | None
    channels: int | None
    stride: tuple[int, ...] | None
    padding: Padding
    groups: int
    dilation: tuple[int, ...]
    bias: str | None
    norm: str | None
    activation: str | None
    rate: float
    span: Span
    places: dict[str, Span]
    more: dict[str, Any] = {}  # noqa: RUF012 - never changed
    classifier: bool = False
    entering: int | None = None
    norm_params: dict[str, Any] = {}  # noqa: RUF012 - never changed
    counted: bool = False
    multiplier: int = 1
    reads: tuple[Ref, ...] = ()


class BlockSpec(NamedTuple):
    """A bracket with its numbers; `stride` is the one said after it, the spans tell where it and the shortcut
    stand.

    `merge` is what happens at its end: `add` (a residual sum), `concat` (a dense block), or nothing. One that
    differs from repeat to repeat is as many specs, each with its `number` (from 0) `of` all.
    """

    items: tuple["Spec", ...]
    repeat: int
    merge: str
    shortcut: str
    stride: tuple[int, ...] | None
    span: Span
    shortcut_span: Span | None
    stride_span: Span | None
    number: int = 0
    of: int = 1


class UseSpec(NamedTuple):
    """A named block in use; `stride` is the one printed or solved, None where it is open (or the block takes
    none)."""

    template: "Template"
    stride: tuple[int, ...] | None
    span: Span
    places: dict[str, Span]


class BranchSpec(NamedTuple):
    """Branches from one value, merged; an empty branch is the value itself."""

    merge: str
    branches: tuple[tuple["Spec", ...], ...]
    span: Span


class WireSpec(NamedTuple):
    """`from`: the current value becomes another; a merge: joins the current one with others; `label`: names
    it."""

    kind: str
    refs: tuple[Ref, ...]
    span: Span


class ReuseSpec(NamedTuple):
    """The layers of a named row or line again, with the same weights; `known` has the specs of those that
    there are, with the padding that they were solved with. One that is `tied` is a dense layer whose kernel
    is the matrix of the embedding among them."""

    ref: Ref
    known: Mapping[str, tuple[tuple["Spec", ...], str]]
    span: Span
    tied: bool = False


Spec = Union[LayerSpec, BlockSpec, UseSpec, BranchSpec, WireSpec, ReuseSpec]


def weighted_layers(items: tuple[Spec, ...]) -> int:
    """Count the convolutions and dense layers of a bracket: with one alone, or none, there is nothing to go
    around."""
    count = 0
    for item in items:
        if isinstance(item, BlockSpec):
            count += item.repeat * weighted_layers(item.items)
        elif isinstance(item, BranchSpec):
            count += sum(weighted_layers(branch) for branch in item.branches)
        else:
            named = isinstance(item, UseSpec | ReuseSpec)
            count += named or op_of(item).weighted
    return count


def op_of(spec: Spec) -> Op:
    """Return what is declared of a layer's op; what is no layer has no traits."""
    return OPS[spec.op] if isinstance(spec, LayerSpec) else NO_OP


def is_own(spec: UseSpec) -> bool:
    """Return whether a block is a layer that the spec declares, which is no block to who looks at it."""
    steps = spec.template.block.steps
    items = steps[0].items if len(steps) == 1 else ()
    return bool(items) and isinstance(items[0], Layer) and OPS[items[0].op].family == "own"


def recurs(spec: Spec) -> bool:
    """Return whether a recurrent layer is in one of the specs."""
    if isinstance(spec, LayerSpec):
        return OPS[spec.op].family == "recurrent"
    if isinstance(spec, BranchSpec):
        return any(recurs(one) for branch in spec.branches for one in branch)
    return isinstance(spec, BlockSpec) and any(map(recurs, spec.items))


def layers_at_least(specs: tuple[Spec, ...]) -> int:
    """Count the layers that specs come to, a named block as one."""
    return sum(
        spec.repeat * layers_at_least(spec.items) if isinstance(spec, BlockSpec) else 1 for spec in specs
    )
