"""The specs of published networks: the counts that are published, from the tables that are printed."""

import json
from functools import cache
from math import prod
from pathlib import Path
from typing import Any

import pytest

import archdsl
from archdsl.network import Network, Spec
from archdsl.ops import OPS

ROOT = Path(__file__).parent.parent
PAPERS = ROOT / "specs/papers"
COUNTS: dict[str, Any] = json.loads((PAPERS / "counts.json").read_text(encoding="utf-8"))
# A list of published counts that is kept beside the checkout, not in it.
REFERENCE = ROOT.parent / "shared/reference/param-counts.json"
# Rows of GoogLeNet's table print counts that no reading of the row has.
MISPRINTED = {"googlenet.arch": {"W0401"}}


@cache
def spec(name: str) -> Spec:
    """Compile a file, all its networks."""
    return archdsl.load(str(PAPERS / name))


def counted(network: Network, *, norms: bool = True) -> tuple[int, int]:
    """Count the trained weights of a graph and those that are not trained, op by op."""
    graph = network.graph
    own = [node for node in graph.nodes if node.shares < 0]
    nodes = [node for node in own if norms or not node.op.endswith("_norm")]
    weights = [
        weight for node in nodes for weight in OPS[node.op].weights(node.params, graph.input_shapes(node))
    ]
    return sum(prod(weight.shape) for weight in weights if weight.trainable), sum(
        prod(weight.shape) for weight in weights
    )


@pytest.mark.parametrize("name", COUNTS)
def test_counts(name: str) -> None:
    entry = COUNTS[name]
    network = spec(entry["spec"]).network(entry["variant"] or None)
    assert (entry["trainable"], entry["total"]) == (
        (counted(network, norms=False)[0], network.params.trainable)
        if "without" in entry
        else tuple(network.params)
    )
    assert counted(network) == tuple(network.params)


@pytest.mark.parametrize("path", sorted(PAPERS.glob("*.arch")), ids=lambda path: path.stem)
class TestSpec:
    """Every spec says where it comes from, holds no fault, and is counted in every variant."""

    def test_source(self, path: Path) -> None:
        comment = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
        assert any(str(year) in line for year in range(1989, 2026) for line in comment[:3])

    def test_nothing_is_wrong(self, path: Path) -> None:
        assert {found.code for found in spec(path.name).diagnostics} == MISPRINTED.get(path.name, set())

    def test_variants_are_counted(self, path: Path) -> None:
        variants = {network.settings.variant for network in spec(path.name).networks}
        assert {entry["variant"] for entry in COUNTS.values() if entry["spec"] == path.name} == variants


@pytest.mark.skipif(not REFERENCE.exists(), reason="the list of published counts is not beside this checkout")
def test_every_published_count_is_here() -> None:
    entries = json.loads(REFERENCE.read_text(encoding="utf-8"))
    wanted = {entry["name"]: entry for entry in entries}
    assert sorted(set(wanted) - set(COUNTS)) == []
    for name, entry in wanted.items():
        assert COUNTS[name]["trainable"] == entry["trainable"], name
        assert entry["total_with_bn_stats"] in (None, COUNTS[name]["total"]), name


@pytest.mark.parametrize(
    ("name", "variant"),
    [("lenet-5", None), ("nin-cifar10", None), ("squeezenet", None), ("googlenet", "torchvision")],
)
def test_keras_agrees(name: str, variant: str | None) -> None:
    network = spec(f"{name}.arch").network(variant)
    model = archdsl.build(str(PAPERS / f"{name}.arch"), variant=variant)
    trained = sum(int(weight.numpy().size) for weight in model.trainable_weights)
    assert (trained, model.count_params()) == tuple(network.params)
    assert model.output_shape[1:] == network.output
