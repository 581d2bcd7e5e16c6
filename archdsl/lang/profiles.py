"""What the cells of a column look like, by its role: how much a kind of cell speaks for the role (1) or
against it (-1).

A kind that a role does not list says nothing, so that cells of an unknown kind count neither way.
"""

# A property of one layer as a number: what its header says, cells of other kinds deny.
_OTHER = {"layers": -1.0, "operator": -1.0, "numbered": -1.0, "size": -1.0, "strided": -1.0, "inside": -1.0}
_MANY = {
    "count": 1.0,
    "product": 0.8,
    "list": 0.9,
    "arrow": 0.8,
    "window": -1.0,
    "mark": -1.0,
    "name": -0.5,
    **_OTHER,
}
_FEW = {"small": 0.8, "large": -1.0, **_OTHER}
_SIZES = {
    "size": 1.0,
    "arrow": 1.0,
    "window": 0.3,
    "count": 0.7,
    "strided": -1.0,
    "layers": -1.0,
    "operator": -1.0,
    "name": -0.7,
}
_WORDS = {"name": 0.8, "operator": 0.8, "mark": 0.8, "count": -1.0, "size": -1.0, "inside": -1.0}
_COUNTED = {"count": 0.8, "operator": -1.0, "layers": -1.0, "size": -0.6}

FITS: dict[str, dict[str, float]] = {
    "name": {"numbered": 0.7, "short": 0.4, "name": 0.2, "count": 0.1, "layers": 0.0, "inside": -0.7}
    | {"size": -1.0, "times": -1.0},
    "index": {"rising": 0.8, "count": -1.0, "name": -1.0, "size": -1.0},
    "structure": {
        "layers": 1.0,
        "operator": 1.0,
        "inside": 0.6,
        "window": 0.4,
        "shape": 0.4,
        "ditto": 0.6,
        "name": 0.1,
        "numbered": -0.1,
        "called": 0.6,
        "call": 0.9,
    }
    | {"count": -0.7, "mark": -0.7, "size": -0.8},
    "size": _SIZES,
    "input": _SIZES,
    "ratio": _SIZES,
    "fused": {
        "window": 1.0,
        "strided": 1.0,
        "whole": 0.6,
        "small": 0.8,
        "option": 0.6,
        "inside": 0.6,
        "filter": -0.5,
    }
    | {"layers": 0.2, "operator": -0.4, "name": -0.4, "large": -0.8, "size": -1.0},
    "filter": {"filter": 1.0, "inside": 0.4, "window": -0.3, "count": -0.3, "size": -1.0},
    "stride": {**_FEW, "window": 0.6, "option": 0.6},
    "padding": {**_FEW, "window": 0.6, "option": 0.6, "mark": 0.6, "name": 0.4},
    "dilation": {**_FEW, "window": 0.6, "option": 0.6},
    "groups": {"count": 0.8, **_OTHER},
    "channels": _MANY,
    "entering": _MANY,
    "repeat": {**_FEW, "times": 0.8, "window": -1.0},
    "expansion": {"count": 0.6, "times": 0.6, **_OTHER},
    "expanded": _MANY,
    "se": {"mark": 0.8, "layers": -1.0},
    "activation": _WORDS,
    "norm": _WORDS,
    "bias": {"mark": 1.0, "count": -1.0},
    "residual": _WORDS,
    "pooling": {"window": 0.8, "name": 0.6, "operator": 0.6, "mark": 0.6, "size": -0.5},
    "dropout": {"mark": 0.6, "layers": -0.5, "size": -1.0},
    "params": _COUNTED,
    "macs": _COUNTED,
    "depth": {"small": 1.0, "large": -1.0, "layers": -1.0, "size": -0.6},
    "wires": {"name": 0.8, "numbered": 0.8, "operator": 0.4, "inside": -1.0, "count": -0.5, "size": -1.0},
    "details": {
        "inside": 0.9,
        "window": 0.9,
        "strided": 0.9,
        "option": 0.9,
        "count": 0.4,
        "name": 0.2,
        "operator": -0.5,
    },
    # How much of the input a value sees in all: it grows from row to row.
    "reach": {"rising": 1.0, "growing": 1.0, "count": 0.5, "window": -1.0, "name": -0.2},
    "values": {"product": 1.0, "count": -1.0, "size": -1.0, "name": -1.0},
}
HEADER = 1.25  # what a header's word weighs, next to its cells
OWN = 0.5  # what a column without a role of the list weighs: its own header says what it is
