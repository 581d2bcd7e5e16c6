"""The networks of `keras.applications` from specs/keras: the counts, the same function, the same settings."""

import gc
import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from keras_networks import CASES, SPECS, Case, exact, undrawn
from keras_pairs import Mismatch, pairs
from keras_read import differences, model_graph, spec_graph
from keras_same import compared, drops, settings

import archdsl
from archdsl.backends.keras import build
from archdsl.backends.python_source import source
from archdsl.backends.quiet import import_keras
from archdsl.graph.graph import Graph, Node
from archdsl.ops import OPS, Weight

ROOT = Path(__file__).parent.parent
# A list of the counts that is kept beside the checkout, not in it.
REFERENCE = ROOT.parent / "shared/reference/keras-applications.json"
NEAR = 2e-5
BY_NAME = {case.constructor: case for case in CASES}


def test_all_are_here() -> None:
    keras = import_keras()
    made = {
        name for name in dir(keras.applications) if isinstance(getattr(keras.applications, name), type(build))
    }
    assert Counter(case.constructor for case in CASES) == Counter(made)
    assert {case.spec for case in CASES} == {path.stem for path in SPECS.glob("*.arch")}


@pytest.mark.parametrize("path", sorted(SPECS.glob("*.arch")), ids=lambda path: path.stem)
def test_specs_are_clean_and_counted(path: Path) -> None:
    """Each network of a spec prints Keras' own count, which `check` compares."""
    spec = archdsl.load(str(path))
    assert spec.diagnostics == ()
    names = {case.constructor for case in CASES if case.spec == path.stem}
    assert {network.settings.variant or network.settings.name for network in spec.networks} == names
    for network in spec.networks:
        printed = [
            int(claim.text.replace(",", "")) for claim in network.settings.claims if claim.what == "params"
        ]
        assert printed == [network.params.total]


@pytest.mark.skipif(not REFERENCE.exists(), reason="the list of counts is not beside this checkout")
def test_counts_of_the_reference() -> None:
    wanted = {name: entry["total_params"] for name, entry in json.loads(REFERENCE.read_text()).items()}
    found = {
        network.settings.variant or network.settings.name: network.params.total
        for path in SPECS.glob("*.arch")
        for network in archdsl.load(str(path)).networks
    }
    assert found == wanted


def test_a_tenth_of_the_code() -> None:
    """All specs together have at most a tenth of the lines of the files that they replace."""
    folder = Path(import_keras().applications.resnet.__file__).parents[2] / "src/applications"
    files = [path for path in folder.glob("*.py") if not path.stem.endswith(("_test", "utils", "__init__"))]
    lines = [len(path.read_text(encoding="utf-8").splitlines()) for path in files]
    specs = [len(path.read_text(encoding="utf-8").splitlines()) for path in SPECS.glob("*.arch")]
    assert sum(specs) <= sum(lines) / 10


def same(case: Case) -> None:
    """Assert that a spec and its constructor make the same model, at the smallest image."""
    import_keras().utils.clear_session()
    gc.collect()
    with case.precision():
        with undrawn():
            ours, theirs = case.ours(), case.theirs()
        assert ours.count_params() == theirs.count_params()
        assert drops(ours) == drops(theirs)
        assert settings(pairs(ours, theirs)) == []
        found = compared(ours, theirs, case.images(theirs))
    assert max(found.logits, found.outputs, found.training or 0) <= NEAR, found


# Compared by what they compute: one network for each kind of block, at full depth. The others repeat the same blocks, wider or
# more often: their layers are compared one by one, with all settings and connections, which leaves nothing that weights could show.
COMPUTED = (
    *("ResNet50", "ResNet50V2", "VGG16", "MobileNet", "DenseNet121", "MobileNetV2", "MobileNetV3Large"),
    *("MobileNetV3Small", "EfficientNetB0", "EfficientNetV2B0", "ConvNeXtTiny", "Xception"),
    *("InceptionV3", "InceptionResNetV2", "NASNetMobile"),
)
# A spec -> the one that has its blocks.
ALIKE = {"efficientnet-v2": "efficientnet-v2-b"}


def same_layers(case: Case) -> None:
    """Assert that a spec has the layers of its constructor: counts, settings, and what each one reads."""
    keras = import_keras()
    keras.utils.clear_session()
    gc.collect()
    with keras.StatelessScope(initialize_variables=False):  # no weight is drawn
        theirs = case.theirs()
    graph = spec_graph(case)
    assert theirs.count_params() == sum(
        int(np.prod(weight.shape, dtype=np.int64)) for node in graph.nodes for weight in weights(graph, node)
    )
    assert differences(graph, model_graph(theirs)) == []


def weights(graph: Graph, node: Node) -> tuple[Weight, ...]:
    return () if node.shares >= 0 else OPS[node.op].weights(node.params, graph.input_shapes(node))


def of(*cases: Case) -> Any:
    return pytest.mark.parametrize("case", cases, ids=lambda case: case.constructor)


FULL = [BY_NAME[name] for name in COMPUTED]
DEEP = [case for case in CASES if case.constructor not in COMPUTED]


def test_each_family_is_computed() -> None:
    """Every spec, or one of the same blocks, has a network that is compared by what it computes, and none is left out."""
    assert {case.spec for case in FULL} == {ALIKE.get(case.spec, case.spec) for case in CASES}
    assert len(FULL) + len(DEEP) == 40


class TestFirstHalf:
    """Two classes, which two workers take."""

    @of(*FULL[::2])
    def test_same_function(self, case: Case) -> None:
        same(case)

    @of(*DEEP[::2])
    def test_same_layers(self, case: Case) -> None:
        same_layers(case)


class TestSecondHalf:
    @of(*FULL[1::2])
    def test_same_function(self, case: Case) -> None:
        same(case)

    @of(*DEEP[1::2])
    def test_same_layers(self, case: Case) -> None:
        same_layers(case)


class TestMeasure:
    """The measures see what differs; they would be worth nothing otherwise."""

    def written(self, tmp_path: Path, case: Case, old: str, new: str) -> str:
        lines = Path(case.path).read_text(encoding="utf-8").splitlines()
        text = "\n".join(line for line in lines if not line.startswith("params")) + "\n"
        assert old in text
        other = tmp_path / "other.arch"
        other.write_text(text.replace(old, new), encoding="utf-8")
        return str(other)

    def changed(self, tmp_path: Path, case: Case, old: str, new: str) -> Any:
        other = self.written(tmp_path, case, old, new)
        return archdsl.build(other, input=f"{case.side}x{case.side}x3", variant=case.variant)

    @pytest.mark.parametrize(
        ("name", "old", "new"),
        [
            ("ResNet50", "strided-padding  symmetric, ", ""),
            ("ResNet50", ", pool-padding symmetric", ""),
            ("ResNet50V2", "pool-padding     symmetric", "pool-padding     zeros"),
            ("MobileNet", "activation relu6", "activation relu"),
        ],
    )
    def test_other_functions(self, tmp_path: Path, name: str, old: str, new: str) -> None:
        case = BY_NAME[name]
        with exact():
            with undrawn():
                ours, theirs = self.changed(tmp_path, case, old, new), case.theirs()
            found = compared(ours, theirs, case.images(theirs))
        assert min(found.logits, found.outputs) > 10 * NEAR

    def test_other_operations(self, tmp_path: Path) -> None:
        """Paddings, numbers of norms and initialisers are seen without computing anything."""
        case = BY_NAME["ResNet50"]
        theirs = model_graph(case.theirs())
        assert differences(spec_graph(case), theirs) == []
        for old, new in (
            ("strided-padding  symmetric, ", ""),
            (", pool-padding symmetric", ""),
            ("1.001e-5", "1e-5"),
            ("glorot_uniform", "he_normal"),
            ("norm-momentum 0.99", "norm-momentum 0.9"),
        ):
            assert differences(spec_graph(case, self.written(tmp_path, case, old, new)), theirs) != []

    def test_computed_twice(self) -> None:
        """A value without weights that one of two networks computes twice is seen, too."""
        head = "input 8x8x4\nstyle plain\na - 3x3, 4\nb - from a; sigmoid\n"
        once, twice = (
            archdsl.load(head + row).network().graph
            for row in ("c - from b; add b\n", "c - from a; sigmoid; add b\n")
        )
        assert differences(once, once) == []
        assert differences(once, twice) == ["5 operations and 6"]

    def test_other_settings(self, tmp_path: Path) -> None:
        case = BY_NAME["MobileNetV3Small"]
        ours = self.changed(tmp_path, case, "glorot_uniform", "he_normal\nnorm-momentum 0.9")
        theirs = case.theirs()
        assert {what.split(" of ")[0] for what, *_ in settings(pairs(ours, theirs))} == {
            "initializer",
            "momentum",
        }
        assert drops(self.changed(tmp_path, case, "dropout 0.2", "dropout 0.1")) != drops(theirs)

    def test_other_layers(self, tmp_path: Path) -> None:
        case = BY_NAME["MobileNetV3Small"]
        ours = self.changed(tmp_path, case, "bneck, 5x5      | 96 ", "bneck, 3x3      | 96 ")
        with pytest.raises(Mismatch, match="stands where"):
            pairs(ours, case.theirs())


@pytest.mark.parametrize("name", ["ResNet50V2", "EfficientNetV2B0", "NASNetMobile"])
def test_generated_source(name: str) -> None:
    """The code that `compile` writes runs, and gives the same layers and numbers as the model."""
    case = BY_NAME[name]
    spec = archdsl.load(case.path, input=f"{case.side}x{case.side}x3", variant=case.variant)
    graph = spec.network().graph
    namespace: dict[str, Any] = {"__name__": "generated"}
    exec(compile(source(graph), "generated.py", "exec"), namespace)
    built, written = build(graph), namespace["build"]()
    assert [layer.get_config() for layer in built.layers] == [layer.get_config() for layer in written.layers]
    written.set_weights(built.get_weights())
    images = case.images(built)
    np.testing.assert_allclose(np.asarray(written(images)), np.asarray(built(images)), atol=1e-6)
