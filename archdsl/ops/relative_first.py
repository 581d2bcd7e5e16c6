"""The PyTorch forms of what tells scores of attention where positions lie: keys are channels, and come
first."""

from math import prod

from archdsl.ops.attention import MASKED
from archdsl.ops.base import FIRST, Call, Calls, Params, Shape
from archdsl.ops.relative import sides
from archdsl.ops.sequence_first import kept


def relative_bias(params: Params, inputs: tuple[Shape, ...]) -> Calls:
    """Return scores with the number for the distance of each pair: cuts of the table of distances,
    backwards."""
    rows, columns = sides(params, inputs[0])
    *between, heads, count, _ = inputs[0]
    cuts = f"{{m}}.unfold(0, {rows}, 1).unfold(1, {columns}, 1).flip(0, 1)"
    apart = f"[:{', None' * len(between)}]" if between else ""
    return (
        kept((2 * rows - 1, 2 * columns - 1, heads), f"{cuts}.reshape({count}, {heads}, {count})")._replace(
            suffix="table", inputs=(FIRST,)
        ),
        Call("", {}, "", (FIRST, 0), f"{{0}} + {{1}}{apart}"),
    )


def shift_mask(params: Params, inputs: tuple[Shape, ...]) -> Calls:
    """Return scores with those between regions that only the shift brought together made very low.

    Along each axis the positions that came in from the other end have a bit of their own.
    """
    window, rank = params["window"], len(params["window"])
    windows = inputs[0][:rank]
    calls: list[Call] = []
    for axis, (n, side, shift) in enumerate(zip(windows, window, params["shift"], strict=True)):
        laid = [1] * (2 * rank)
        laid[axis], laid[rank + axis] = n, side
        moved = f"torch.arange({n * side}, device={{0}}.device).ge({n * side - shift}).int()"
        bit = f".mul({2**axis})" if axis else ""
        place = f"{moved}{bit}.view({', '.join(map(str, laid))})"
        calls.append(Call("", {}, f"axis{axis}", (FIRST,), place))
    places = " + ".join(f"{{{i}}}" for i in range(rank))
    together = f"({places}).reshape({', '.join(map(str, windows))}, {prod(window)})"
    mask = "({1}.movedim(-1, 0)[..., None, None] != {1}[..., None, :])"
    return (
        *calls,
        Call("", {}, "region", tuple(range(rank)), together),
        Call("", {}, "", (FIRST, rank), f"{{0}}.masked_fill({mask[1:-1]}, {MASKED})"),
    )


def relative_logits(params: Params, inputs: tuple[Shape, ...]) -> Calls:
    """Return products of queries with the vectors for the distances to each key, along rows and columns."""
    rows, columns = sides(params, inputs[0])
    width = inputs[0][-1]
    return (
        Call("", {}, "map", (FIRST,), f"{{0}}.unflatten(-1, ({rows}, {columns}))"),
        _along("columns", "c", columns, width),
        _along("rows", "r", rows, width),
        Call("", {}, "", (2, 1), "({0}[:, :, None] + {1}[:, None]).flatten(1, 2).flatten(-2)"),
    )


def _along(name: str, letter: str, count: int, width: int) -> Call:
    """Return the products along one axis; the cuts of the table of distances are backwards."""
    cuts = f"{{m}}.unfold(1, {count}, 1).flip(1)"
    use = f'torch.einsum("nw...rc,w{letter}k->nk...rc", {{0}}, {cuts})'
    return kept((width, 2 * count - 1), use)._replace(suffix=name, inputs=(0,))
