"""Masks of padding: what a layer is called with besides its values, so that it passes over positions of
padding.

The parameter `masks` of a node has, for each mask, the argument that takes it, which input of the node holds
the numbers of tokens (behind its values), and which number is padding.
"""

from archdsl.ops.base import FIRST, INPUT, Call

Masks = tuple[tuple[str, int, int], ...]


def masked(masks: Masks, calls: tuple[Call, ...], count: int) -> tuple[Call, ...]:
    """Return the calls of an op of `count` values with its masks made in front, and taken by the last one."""
    kinds = list(dict.fromkeys((at, number) for _, at, number in masks))
    several = len(kinds) > 1
    made = [
        Call("ops.not_equal", {"x2": number}, f"mask{place}" if several else "mask", (FIRST - at,))
        for place, (at, number) in enumerate(kinds, 1)
    ]
    values = tuple(FIRST - at for at in range(count))
    for call in calls:
        read = (values if at == INPUT else (at if at < 0 else at + len(kinds),) for at in call.inputs)
        made.append(call._replace(inputs=tuple(at for some in read for at in some)))
    taken = tuple(kinds.index((at, number)) for _, at, number in masks)
    last = made[-1]
    made[-1] = last._replace(inputs=last.inputs + taken, keywords=tuple(name for name, _, _ in masks))
    return tuple(made)
