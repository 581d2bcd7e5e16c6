"""Networks of papers, residual, dense and mobile ones: counts from the printed rows, exactly as published or computed by formula."""

import json
from functools import cache
from math import prod
from pathlib import Path

import pytest

import archdsl
from archdsl.network import Network, Spec
from archdsl.ops import OPS

ROOT = Path(__file__).parent.parent
COUNTS = json.loads((ROOT / "specs" / "papers" / "counts_b.json").read_text(encoding="utf-8"))
# Published without the parameters of batch normalisation (He 2016, Tables 3 and 4; Sandler 2018, Table 4).
WITHOUT_NORM = [
    ("preresnet-cifar10.arch", "164", 1_679_034),
    ("preresnet-cifar10.arch", "1001", 10_178_490),
    ("mobilenet-v2.arch", None, 3_470_760),
]


@cache
def spec(path: str) -> Spec:
    """Compile a file, all its networks."""
    return archdsl.load(str(ROOT / path))


def network(path: str, variant: str | None) -> Network:
    """Give one network of a file."""
    return spec(path).network(variant)


@pytest.mark.parametrize("entry", COUNTS, ids=lambda entry: entry["name"])
def test_counts(entry: dict[str, str]) -> None:
    found = network(entry["spec"], entry["variant"])
    assert (found.params.trainable, found.params.total) == (entry["trainable"], entry["total"])


@pytest.mark.parametrize(("path", "variant", "expected"), WITHOUT_NORM)
def test_counts_without_normalisation(path: str, variant: str | None, expected: int) -> None:
    graph = network(f"specs/papers/{path}", variant).graph
    weights = [
        prod(weight.shape)
        for node in graph.nodes
        if not node.op.endswith("_norm")
        for weight in OPS[node.op].weights(node.params, graph.input_shapes(node))
    ]
    assert sum(weights) == expected


@pytest.mark.parametrize("path", sorted({entry["spec"] for entry in COUNTS}))
def test_nothing_is_wrong(path: str) -> None:
    assert spec(path).diagnostics == ()
