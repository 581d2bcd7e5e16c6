"""Values that cannot be joined -> which of them has which size, and an edit that brings them together."""

from collections.abc import Mapping

from archdsl.diagnostics import Edit, Fix
from archdsl.graph.emit import Fault, Value
from archdsl.graph.graph import Shape
from archdsl.light import NamedTuple
from archdsl.ops import OPS
from archdsl.problems.base import replace, size_text
from archdsl.resolve.specs import BranchSpec, LayerSpec, Spec, WireSpec
from archdsl.solve.layer_shape import window
from archdsl.source import Source, Span
from archdsl.why.mend import joined_channels


class Join(NamedTuple):
    """What was to be joined: where it is written, the value at hand, the named ones, and the names that there
    are."""

    spec: WireSpec | BranchSpec
    values: tuple[Value, ...]
    scope: Mapping[str, Value]


def mend_join(source: Source, fault: Fault, row: Span) -> tuple[str, tuple[Fix, ...]]:
    """Return what helps, and the edits: another name, a stride of a pool in a branch, or channels that
    agree."""
    join: Join | None = fault.join
    if fault.merge == "multiply" or len({shape[:-1] for shape in fault.joined}) < 2:
        return "", joined_channels(source, (row,), fault.joined)
    if join is None:
        return "", ()
    if isinstance(join.spec, BranchSpec):
        return "", _pool_fix(source, join.spec)
    return _other_name(join, join.spec)


def _other_name(join: Join, spec: WireSpec) -> tuple[str, tuple[Fix, ...]]:
    value, others = join.values[0], join.values[len(join.values) - len(spec.refs) :]
    odd = [
        (ref.span, ref.name)
        for ref, other in zip(spec.refs, others, strict=True)
        if other.shape[:-1] != value.shape[:-1]
    ]
    taken = {one.id for one in join.values}
    fitting = [
        name
        for name, one in reversed(list(join.scope.items()))
        if name and one.id not in taken and _joins(spec, one, value)
    ]
    if len(odd) == 1 and fitting:
        (span, name), size = odd[0], size_text(value.shape[:-1])
        return "", (replace(f"join {fitting[0]}, which is {size}, in place of {name}", span, fitting[0]),)
    return f"make their sizes equal first: {_ways(value.shape, [one.shape for one in others])}", ()


def _joins(spec: WireSpec, one: Value, value: Value) -> bool:
    return one.shape[:-1] == value.shape[:-1] if spec.kind == "concat" else one.shape == value.shape


def _ways(shape: Shape, others: list[Shape]) -> str:
    """Say what makes two sizes alike."""
    other = next((one for one in others if one[:-1] != shape[:-1]), shape)
    off = [abs(n - m) for n, m in zip(shape[:-1], other[:-1], strict=False)]
    if off and max(off) == 1:
        odd = size_text(next((one[:-1] for one in (shape, other) if one[0] % 2), shape[:-1]))
        return (
            f"{odd} is odd, and halving then doubling does not restore it; use an input that "
            f"stays even, or `crop` the larger one"
        )
    return "a stride or a pool on the larger one, `upsample` on the smaller one, or `crop`"


def odd_branch(spec: BranchSpec, ends: list[Value]) -> int:
    """Find the branch that does not fit the others: the first whose size most of them do not have."""
    kept = slice(-1) if spec.merge == "concat" else slice(None)
    shapes = [end.shape[kept] for end in ends]
    usual = max(shapes, key=shapes.count)
    return next((index for index, shape in enumerate(shapes) if shape != usual), 0)


def stepping_pool(branch: tuple[Spec, ...]) -> LayerSpec | None:
    """Find the pool of a branch whose stride is its window, because it prints none."""
    pools = (spec for spec in branch if isinstance(spec, LayerSpec) and OPS[spec.op].is_pool)
    return next((spec for spec in pools if spec.stride is None and spec.kernel), None)


def _pool_fix(source: Source, spec: BranchSpec) -> tuple[Fix, ...]:
    pool = next((found for branch in spec.branches if (found := stepping_pool(branch))), None)
    if pool is None:
        return ()
    stride = max(window(pool, len(pool.kernel or ()))[1])
    title = (
        f"a pool's stride is its window, {stride}; to keep the size, write `{source.quoted(pool.span)} /1`"
    )
    return (Fix(title, (Edit(Span(pool.span.end, pool.span.end), " /1"),)),)
