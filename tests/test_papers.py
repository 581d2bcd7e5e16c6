"""The specs of published networks: the counts that are published, from the tables that are printed."""

import json
from pathlib import Path
from typing import Any

import pytest

import archdsl
from examples.published_counts import count

ROOT = Path(__file__).parent.parent
PAPERS = ROOT / "specs/papers"
COUNTS: dict[str, Any] = json.loads((PAPERS / "counts.json").read_text(encoding="utf-8"))
# A list of published counts that is kept beside the checkout, not in it.
REFERENCE = ROOT.parent / "shared/reference/param-counts.json"
# Networks of tokens: the language has no attention.
OUT_OF_REACH = ("ViT", "Swin")


@pytest.mark.parametrize("name", COUNTS)
def test_counts(name: str) -> None:
    assert count(COUNTS[name]) == (COUNTS[name]["trainable"], COUNTS[name]["total"])


@pytest.mark.parametrize("path", sorted(PAPERS.glob("*.arch")), ids=lambda path: path.stem)
class TestSpec:
    """Every spec says where it comes from, has nothing wrong, and is counted."""

    def test_source(self, path: Path) -> None:
        comment = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
        assert any(year in line for year in map(str, range(1989, 2026)) for line in comment[:3])

    def test_nothing_is_wrong(self, path: Path) -> None:
        assert [found.message for found in archdsl.check(str(path)) if found.severity == "error"] == []

    def test_variants_are_counted(self, path: Path) -> None:
        spec = archdsl.load(str(path))
        counted = [entry for entry in COUNTS.values() if entry["spec"] == path.name]
        assert counted
        for entry in counted:
            assert spec.network(entry["variant"] or None)


@pytest.mark.skipif(not REFERENCE.exists(), reason="the list of published counts is not beside this checkout")
class TestReference:
    """The list of published counts: what of it is here is as it says, and all of it is here."""

    def wanted(self) -> dict[str, Any]:
        entries = json.loads(REFERENCE.read_text(encoding="utf-8"))
        return {entry["name"]: entry for entry in entries if not entry["name"].startswith(OUT_OF_REACH)}

    def test_the_counts_are_those_published(self) -> None:
        shared = {name: entry for name, entry in self.wanted().items() if name in COUNTS}
        assert len(shared) > 80
        for name, entry in shared.items():
            assert COUNTS[name]["trainable"] == entry["trainable"], name
            assert entry["total_with_bn_stats"] in (None, COUNTS[name]["total"]), name

    def test_every_network_is_here(self) -> None:
        assert sorted(set(self.wanted()) - set(COUNTS)) == []


@pytest.mark.parametrize(
    ("spec", "variant"), [("lenet-5", None), ("nin-cifar10", None), ("squeezenet", None), ("googlenet", "torchvision")]
)
def test_keras_agrees(spec: str, variant: str | None) -> None:
    path = str(PAPERS / f"{spec}.arch")
    network = archdsl.load(path, variant=variant).network()
    model = archdsl.build(path, variant=variant)
    trained = sum(int(weight.numpy().size) for weight in model.trainable_weights)
    assert (trained, model.count_params()) == tuple(network.params)
    assert model.output_shape[1:] == network.output
