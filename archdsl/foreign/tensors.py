"""Weights in a file, apart from any framework: groups of tensors, each read when it is asked for."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np

Shape = tuple[int, ...]


class Tensor(NamedTuple):
    """A tensor: its own name (`weight`, `0`), its shape, and what reads it."""

    name: str
    shape: Shape
    read: Callable[[], "np.ndarray"]


class Group(NamedTuple):
    """The tensors of one layer, in the order of the file."""

    name: str
    tensors: tuple[Tensor, ...]


def natural(name: str) -> list[tuple[int, str]]:
    """Return a key that sorts `layer2` before `layer10`."""
    return [
        (int(part), "") if part.isdigit() and len(part) < 18 else (-1, part)
        for part in re.split(r"(\d+)", name)
    ]
