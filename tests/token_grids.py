"""Parameters and shapes over which the ops of sequences are tried (test_ops_keras.py, test_tokens.py)."""

from collections.abc import Iterable
from typing import Any

Shapes = tuple[tuple[int, ...], ...]
Case = tuple[dict[str, Any], Shapes]

PLAIN: dict[str, Any] = {
    "heads": 2,
    "width": None,
    "value": None,
    "out": None,
    "bias": True,
    "causal": False,
    "over": None,
    "dropout": 0.0,
    "initializer": "glorot_uniform",
}
INITIALIZER = {"initializer": "normal 0.02"}


def _attention() -> Iterable[Case]:
    yield PLAIN, ((5, 6),)
    yield PLAIN | {"heads": 3, "bias": False}, ((5, 6),)
    yield PLAIN | {"causal": True}, ((5, 6),)
    yield PLAIN | {"width": 5, "value": 3, "out": 7}, ((5, 6),)
    yield PLAIN | {"heads": 1}, ((4, 3, 6),)
    yield PLAIN | {"over": 1}, ((3, 5, 6),)
    yield PLAIN | {"over": 2, "initializer": "he_normal"}, ((3, 2, 5, 6),)
    yield PLAIN, ((5, 6), (4, 8))
    yield PLAIN | {"width": 4, "value": 2}, ((5, 6), (4, 8), (4, 3))
    yield PLAIN, ((4, 6, 6), (2, 3, 6))
    yield PLAIN | {"over": 1}, ((3, 5, 6), (3, 4, 2))


def _each(*cases: Case) -> Iterable[Case]:
    return cases


GRIDS: dict[str, Any] = {
    "attention": _attention,
    "embedding": lambda: _each(
        ({"shape": (11, 6), "initializer": "uniform 0.05"}, ((5,),)),
        ({"shape": (11, 6), **INITIALIZER}, ((5, 3),)),
    ),
    "tied_dense": lambda: _each(
        ({"shape": (11, 6), "initializer": "uniform 0.05"}, ((5, 6),)),
        ({"shape": (11, 6), **INITIALIZER}, ((6,),)),
    ),
    "learned": lambda: _each(
        ({"shape": (1, 6), **INITIALIZER}, ((5, 6),)), ({"shape": (3, 2, 6), **INITIALIZER}, ((4,),))
    ),
    "position_embedding": lambda: _each(
        ({"kind": "learned", **INITIALIZER}, ((5, 6),)),
        ({"kind": "learned", **INITIALIZER}, ((4, 3, 6),)),
        ({"kind": "sinusoidal", **INITIALIZER}, ((7, 6),)),
    ),
    "bias": lambda: _each(*(({}, (shape,)) for shape in ((3,), (5, 6), (4, 3, 6), (2, 4, 5, 3)))),
    "heads": lambda: _each(
        ({"heads": 2}, ((5, 6),)), ({"heads": 3}, ((2, 5, 6),)), ({"heads": 1}, ((2, 3, 5, 6),))
    ),
    "join_heads": lambda: _each(({}, ((2, 5, 3),)), ({}, ((4, 2, 5, 3),))),
    "matmul": lambda: _each(({}, ((5, 3), (3, 4))), ({}, ((2, 5, 3), (2, 3, 4)))),
    "causal_mask": lambda: _each(({}, ((5, 5),)), ({}, ((2, 4, 4),))),
    "shift_mask": lambda: _each(
        ({"window": (2, 3), "shift": (1, 1)}, ((2, 2, 3, 6, 6),)),
        ({"window": (4, 4), "shift": (2, 3)}, ((3, 2, 2, 16, 16),)),
        ({"window": (4,), "shift": (1,)}, ((3, 2, 4, 4),)),
    ),
    "relative_bias": lambda: _each(
        ({"window": (2, 3), **INITIALIZER}, ((4, 2, 6, 6),)),
        ({"window": None, **INITIALIZER}, ((2, 9, 9),)),
        ({"window": (5,), **INITIALIZER}, ((3, 5, 5),)),
    ),
    "relative_logits": lambda: _each(
        ({"window": (2, 3), "initializer": "glorot_uniform"}, ((4, 6, 5),)),
        ({"window": None, **INITIALIZER}, ((2, 9, 4),)),
        ({"window": (4,), **INITIALIZER}, ((3, 4, 2),)),
    ),
    "tokens": lambda: _each(({}, ((4, 3, 6),)), ({}, ((2, 4, 3, 6),)), ({}, ((5, 6),))),
    "grid": lambda: _each(({}, ((9, 6),)), ({}, ((1, 4),))),
    "transpose": lambda: _each(
        ({"order": None}, ((5, 6),)), ({"order": None}, ((2, 5, 6),)), ({"order": (3, 1, 2)}, ((2, 5, 6),))
    ),
    "select_tokens": lambda: _each(
        ({"start": 0, "stop": 1}, ((5, 6),)),
        ({"start": 1, "stop": None}, ((5, 6),)),
        ({"start": 2, "stop": 4}, ((5, 6),)),
    ),
    "append": lambda: _each(({}, ((1, 6), (4, 6))), ({}, ((2, 3, 6), (1, 3, 6), (4, 3, 6)))),
    "spread": lambda: _each(({}, ((6,), (5, 2))), ({}, ((6,), (4, 3, 2)))),
    "windows": lambda: _each(
        ({"window": (2, 3)}, ((4, 6, 5),)), ({"window": (4, 6)}, ((4, 6, 5),)), ({"window": (2,)}, ((8, 3),))
    ),
    "join_windows": lambda: _each(({"window": (2, 3)}, ((2, 2, 6, 5),)), ({"window": (2,)}, ((4, 2, 3),))),
    "space_to_depth": lambda: _each(({"block": (2, 2)}, ((4, 6, 5),)), ({"block": (2,)}, ((6, 3),))),
    "roll": lambda: _each(({"shift": (1, -2)}, ((4, 5, 3),)), ({"shift": (-1,)}, ((4, 3),))),
    "global_std_pool": lambda: _each(({}, ((5, 6),)), ({}, ((4, 3, 6),))),
}
