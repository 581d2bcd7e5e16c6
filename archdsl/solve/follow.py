"""Shapes followed through the layers of a row, with the ops' own rules. Lowering emits by the same rules."""

from collections import ChainMap
from collections.abc import Mapping, MutableMapping

from archdsl.light import TypeVar
from archdsl.ops import OPS, ShapeFault
from archdsl.resolve.specs import (
    BlockFault,
    BlockSpec,
    BranchSpec,
    LayerSpec,
    ReuseSpec,
    Spec,
    UseSpec,
    WireSpec,
)
from archdsl.solve.layer_shape import Size, layer_shape
from archdsl.syntax.slug import slug

Names = Mapping[str, Size]
# The value that the block before read, which is called so in a cell; no row has this name.
PREVIOUS = " previous"
T = TypeVar("T")


def spatial(shape: Size, rank: int) -> Size:
    """Return the spatial axes of a shape, as sizes print them: a flat one counts as 1x1."""
    return shape[:-1] or (1,) * rank


def within(names: Mapping[str, T], own: dict[str, T] | None = None) -> ChainMap[str, T]:
    """Return a scope inside of another, which it does not copy: a table has as many names as rows. It holds
    its `own` names, and what is written goes to them."""
    first: dict[str, T] = {} if own is None else own
    # Scopes lie side by side, not one in the other: a name is looked up in few steps.
    return names.new_child(first) if isinstance(names, ChainMap) else ChainMap(first, names)  # type: ignore[arg-type]


def outermost(names: MutableMapping[str, T]) -> MutableMapping[str, T]:
    """Return the scope of the row that scopes inside of it lead to."""
    return ChainMap(*names.maps[-2:]) if isinstance(names, ChainMap) else names


def follow(specs: tuple[Spec, ...], shape: Size, mode: str, names: Names = {}) -> Size | None:  # noqa: B006 - never changed
    """Return the shape behind the specs; None where a window does not fit. `names` are the shapes of named
    values."""
    current: Size | None = shape
    known = within(names)
    for spec in specs:
        if current is None:
            return None
        current = step(spec, current, mode, known)
    return current


def entering(specs: tuple[Spec, ...], shape: Size, names: Names) -> Size:
    """Return the shape that reaches the layers of a row: that of the values it is `from`, else what stands
    above."""
    first = specs[0] if specs else None
    if not isinstance(first, WireSpec) or first.kind != "from":
        return shape
    return step(first, shape, "same", within(names)) or shape


def step(spec: Spec, shape: Size, mode: str, names: MutableMapping[str, Size]) -> Size | None:
    """Return the shape behind one of the specs; a label adds to `names`."""
    match spec:
        case LayerSpec():
            others = tuple(found for ref in spec.reads if (found := value_of(names, ref.name)))
            return _layer(spec, shape, mode, others) if len(others) == len(spec.reads) else None
        case BlockSpec():
            return _block(spec, shape, mode, names)
        case UseSpec():
            body = expanded(spec, shape)
            return None if body is None else _behind(spec.template.resolver.behind, body, shape, names)
        case BranchSpec():
            ends = [follow(branch, shape, mode, names) for branch in spec.branches]
            return merged(spec.merge, ends)
        case ReuseSpec():
            return _again(spec, shape, names)
        case WireSpec():
            return _wired(spec, shape, names)
    return shape


def _behind(
    known: dict[tuple[int, Size], Size | None], body: tuple[Spec, ...], shape: Size, names: Names
) -> Size | None:
    """Return the shape behind the body of a block, which is followed once where it reads nothing by name."""
    key = id(body), shape  # bodies live as long as what is known of them
    if key in known:
        return known[key]
    # A row's padding ends at a block's name.
    end = follow(body, shape, "same", names)
    if all(map(_reads_nothing, body)):
        known[key] = end
    return end


def _reads_nothing(spec: Spec) -> bool:
    """Return whether a spec takes what arrives, and neither reads nor hands on a value by its name."""
    match spec:
        case LayerSpec():
            return not spec.reads
        case WireSpec():
            return spec.kind == "label"
        case BranchSpec():
            return all(_reads_nothing(item) for branch in spec.branches for item in branch)
    return False


def _wired(spec: WireSpec, shape: Size, names: MutableMapping[str, Size]) -> Size | None:
    """Return the shape behind a wire; one that names a value adds to `names`."""
    match spec.kind:
        case "label":
            names[spec.refs[0].name] = shape
        case "keep":
            outermost(names)[spec.refs[0].name] = shape
        case "from" | "aside" if spec.refs:
            return merged("concat", [value_of(names, ref.name) for ref in spec.refs])
        case "part" | "from" | "aside":
            pass
        case _:
            return merged(spec.kind, [shape, *(value_of(names, ref.name) for ref in spec.refs)])
    return shape


def _again(spec: ReuseSpec, shape: Size, names: MutableMapping[str, Size]) -> Size | None:
    """Return the shape behind layers that are applied again; what they lead on `from` is the value that
    arrives."""
    part = value_of(spec.known, spec.ref.name)
    if part is None or value_of(names, spec.ref.name) is None:  # the row at hand is no value yet
        return None
    specs, mode = part
    if spec.tied:
        counts = embedded(specs)
        return (*shape[:-1], counts[0]) if counts else None
    leads = bool(specs) and isinstance(specs[0], WireSpec) and specs[0].kind == "from"
    return follow(specs[1:] if leads else specs, shape, mode, names)


def embedded(specs: tuple[Spec, ...]) -> list[int]:
    """Return how many tokens each embedding among layers has; those in named blocks are not looked for."""
    found: list[int] = []
    for spec in specs:
        if isinstance(spec, LayerSpec) and OPS[spec.op].takes_tokens:
            found += spec.more.get("shape", ())[:1]
        elif isinstance(spec, ReuseSpec) and not spec.tied:
            found += embedded((value_of(spec.known, spec.ref.name) or ((), ""))[0])
        elif isinstance(spec, BlockSpec):
            found += embedded(spec.items)
    return found


def value_of(names: Mapping[str, T], name: str) -> T | None:
    """Find a named value: a step of a block as it is written, a row by its slug; `previous` is what the block
    before read, where nothing else is called so."""
    found = names.get(name) or names.get(slug(name))
    return names.get(PREVIOUS) if found is None and name == PREVIOUS.strip() else found


def expanded(spec: UseSpec, shape: Size) -> tuple[Spec, ...] | None:
    """Return the body of a block for its input; None where a fault in it was reported."""
    try:
        return spec.template.expand(shape[-1], spec.stride)
    except BlockFault:
        return None


def merged(kind: str, shapes: list[Size | None]) -> Size | None:
    """Return the shape of merged values, by the rule of the op that merges them; None where it cannot."""
    known = tuple(shape for shape in shapes if shape)
    if len(known) < 2 or len(known) < len(shapes):
        return known[0] if known and len(known) == len(shapes) else None
    try:
        return OPS[kind].shape({}, known)
    except ShapeFault:
        return None


def _layer(spec: LayerSpec, shape: Size, mode: str, others: tuple[Size, ...]) -> Size | None:
    try:
        return layer_shape(spec, shape, mode, others)
    except ShapeFault:
        return None


def _block(spec: BlockSpec, shape: Size, mode: str, names: MutableMapping[str, Size]) -> Size | None:
    current: Size | None = shape
    for index in range(spec.repeat):
        before = current
        items = spec.items if index == 0 else unstrided(spec.items)
        current = None if before is None else follow(items, before, mode, names)
        if spec.merge == "concat":
            current = merged("concat", [before, current])
        if before is not None:
            names[PREVIOUS] = before
        # Where a repeat changes nothing, the next ones do not either: a nest of brackets is followed once for
        # each, not 2^depth times.
        if current is None or (current == before and (index or unstrided(items) == items)):
            break
    return current


def unstrided(items: tuple[Spec, ...]) -> tuple[Spec, ...]:
    """Take the strides of convolutions away: they belong to the first repeat of a bracket, pooling to
    each."""
    return tuple(_unstrided(item) for item in items)


def _unstrided(item: Spec) -> Spec:
    match item:
        case BlockSpec():
            return item._replace(items=unstrided(item.items))
        case UseSpec():
            return (
                item._replace(stride=(1,) * item.template.resolver.rank)
                if item.template.stride_parameter
                else item
            )
        case BranchSpec():
            return item._replace(branches=tuple(map(unstrided, item.branches)))
        case LayerSpec():
            keeps = OPS[item.op].is_pool or item.stride is None or OPS[item.op].grows
            return item if keeps else item._replace(stride=None)
    return item


def last_channels(specs: tuple[Spec, ...], shape: Size) -> int | None:
    """Return the channels behind the specs, whatever the sizes do; None where nothing sets them."""
    if not any(not isinstance(spec, LayerSpec) or spec.channels for spec in specs):
        return None
    for spec in reversed(specs):
        found, passes = _sets_channels(spec, shape)
        if found:
            return found
        if not passes:
            break
    end = follow(specs, (*(4096,) * (len(shape) - 1), shape[-1]), "same")
    return end[-1] if end else None


def _sets_channels(spec: Spec, shape: Size) -> tuple[int | None, bool]:
    """Return the channels that one of the specs prints, and whether it passes on those that arrive."""
    match spec:
        case LayerSpec():
            return spec.channels, OPS[spec.op].keeps_shape or OPS[spec.op].has_window
        case BlockSpec() if spec.merge != "concat":
            return last_channels(spec.items, shape), False
        case UseSpec():
            return last_channels(expanded(spec, shape) or (), shape), False
        case WireSpec():
            return None, spec.kind not in ("from", "aside", "concat")
    return None, False
