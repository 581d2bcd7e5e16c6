"""How the published networks start: initialisers, momentum and epsilon, layer by layer, against `keras.applications`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import archdsl
from archdsl.backends.quiet import import_keras
from archdsl.graph.graph import Graph
from archdsl.ops import OPS, Call, initial
from archdsl.resolve.conventions import style_text

PAPERS = Path(__file__).parent.parent / "specs/papers"


class Case(NamedTuple):
    """A network of both; `differ` are the values that the authors have and Keras has not, as (ours, Keras')."""

    spec: str
    variant: str | None
    constructor: str
    differ: dict[str, tuple[Any, Any]]


GLOROT = {"class_name": "GlorotUniform"}


def named(name: str, **numbers: Any) -> dict[str, Any]:
    return {"class_name": name, **numbers}


def scaling(scale: float, mode: str, distribution: str) -> dict[str, Any]:
    return named("VarianceScaling", scale=scale, mode=mode, distribution=distribution)


HE = named("HeNormal")
TRUNCATED = named("TruncatedNormal", mean=0.0, stddev=0.09)
RESIDUAL = {"initializer": (HE, GLOROT), "momentum": (0.9, 0.99), "epsilon": (1e-5, 1.001e-5)}
CASES = (
    Case("efficientnet.arch", "B0", "EfficientNetB0", {}),
    Case("efficientnet-v2-s.arch", "final", "EfficientNetV2S", {}),
    Case(
        "mobilenet-v1.arch",
        None,
        "MobileNet",
        {"initializer": (TRUNCATED, GLOROT), "momentum": (0.9997, 0.99)},
    ),
    Case("mobilenet-v2.arch", None, "MobileNetV2", {"initializer": (TRUNCATED, GLOROT)}),
    Case("mobilenet-v3-large.arch", None, "MobileNetV3Large", {"initializer": (TRUNCATED, GLOROT)}),
    Case("mobilenet-v3-small.arch", None, "MobileNetV3Small", {"initializer": (TRUNCATED, GLOROT)}),
    Case(
        "convnext.arch",
        "ConvNeXt-T",
        "ConvNeXtTiny",
        {"initializer": (named("TruncatedNormal", mean=0.0, stddev=0.02), GLOROT)},
    ),
    Case("resnet.arch", "50-layer", "ResNet50", RESIDUAL),
    Case("resnet50v2-keras.arch", None, "ResNet50V2", {}),
    Case("densenet.arch", "DenseNet-121", "DenseNet121", RESIDUAL),
    Case(
        "inception-v3.arch", "keras", "InceptionV3", {"initializer": (HE, GLOROT), "momentum": (0.9997, 0.99)}
    ),
    Case("xception.arch", None, "Xception", {}),
    Case("vgg.arch", "D", "VGG16", {}),
)


class Start(NamedTuple):
    """What a layer starts from: the shape of its kernel (1x1 windows left out) or of its norm, and its settings."""

    shape: tuple[int, ...]
    settings: tuple[tuple[str, Any], ...]


def config(identifier: Any) -> dict[str, Any]:
    """Write an initializer as plain data, without its seed and what it leaves to the shape."""
    keras = import_keras()
    made = keras.initializers.get(identifier)
    return {
        "class_name": type(made).__name__,
        **{key: value for key, value in made.get_config().items() if key != "seed" and value is not None},
    }


def keras_of(given: Call | str) -> Any:
    """Evaluate an argument as the builder does."""
    return (
        getattr(import_keras().initializers, given.target.split(".")[1])(**given.kwargs)
        if isinstance(given, Call)
        else given
    )


def kernel(shape: tuple[int, ...], identifier: Any) -> Start:
    return Start(tuple(size for size in shape if size > 1), (("initializer", config(identifier)),))


def norm(shape: tuple[int, ...], settings: dict[str, Any]) -> Start:
    return Start(shape, tuple((key, settings[key]) for key in ("epsilon", "momentum") if key in settings))


def ours(graph: Graph) -> Iterator[Start]:
    """Return the start of each layer of a graph, as the constructor gets it (test_ops_keras builds them)."""
    for node in graph.nodes:
        call = OPS[node.op].calls(node.params, graph.input_shapes(node))[0]
        weights = OPS[node.op].weights(node.params, graph.input_shapes(node))
        if "initializer" in node.params:
            given = call.kwargs.get("depthwise_initializer") or call.kwargs.get(
                "kernel_initializer", "glorot_uniform"
            )
            yield kernel(weights[0].shape, keras_of(given))
        if node.op in ("batch_norm", "layer_norm"):
            yield norm(node.shape[-1:], dict(node.params))


def theirs(model: Any) -> Iterator[Start]:
    """Return the start of each layer of a model of Keras."""
    for layer in model._flatten_layers(include_self=False):
        kind = type(layer).__name__
        if kind in ("BatchNormalization", "LayerNormalization"):
            yield norm(tuple(layer.weights[0].shape), layer.get_config())
        elif kind == "DepthwiseConv2D":
            yield kernel(layer.weights[0].shape, layer.depthwise_initializer)
        elif kind == "SeparableConv2D":
            yield kernel(layer.weights[0].shape, layer.depthwise_initializer)
            yield kernel(layer.weights[1].shape, layer.pointwise_initializer)
        elif kind in ("Conv2D", "Dense"):
            yield kernel(layer.weights[0].shape, layer.kernel_initializer)


def application(constructor: str) -> Any:
    """Build a network of Keras without drawing its weights."""
    keras = import_keras()
    with keras.StatelessScope(initialize_variables=False):
        return getattr(keras.applications, constructor)(weights=None)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.constructor)
def test_starts_as_published(case: Case) -> None:
    graph = archdsl.load(str(PAPERS / case.spec), variant=case.variant).network().graph
    one, other = sorted(ours(graph), key=str), sorted(theirs(application(case.constructor)), key=str)
    assert [start.shape for start in one] == [start.shape for start in other]
    found: dict[str, set[tuple[str, str]]] = {}
    for a, b in zip(one, other, strict=True):
        assert [key for key, _ in a.settings] == [key for key, _ in b.settings]
        for (key, x), (_, y) in zip(a.settings, b.settings, strict=True):
            if x != y:
                found.setdefault(key, set()).add((str(x), str(y)))
    assert found == {key: {(str(x), str(y))} for key, (x, y) in case.differ.items()}
    assert not case.differ or "keras.applications has" in style_text(graph.style).replace("\n# ", " ")


@pytest.mark.parametrize(
    ("text", "spelling", "made"),
    [
        ("He-Normal", "he_normal", named("HeNormal")),
        ("glorot", "glorot_uniform", GLOROT),
        ("lecun_uniform", "lecun_uniform", named("LecunUniform")),
        ("normal(0.020)", "normal 0.02", named("RandomNormal", mean=0.0, stddev=0.02)),
        ("truncated-normal 2e-2", "truncated_normal 0.02", named("TruncatedNormal", mean=0.0, stddev=0.02)),
        ("uniform .05", "uniform 0.05", named("RandomUniform", minval=-0.05, maxval=0.05)),
        ("variance_scaling", "variance_scaling", scaling(1.0, "fan_in", "truncated_normal")),
        ("variance_scaling(2, fan-out)", "variance_scaling(2, fan_out, truncated_normal)", scaling(2.0, "fan_out", "truncated_normal")),
        ("variance_scaling 1/3 fan_avg normal", "variance_scaling(1/3, fan_avg, untruncated_normal)", scaling(1 / 3, "fan_avg", "untruncated_normal")),
    ],
)  # fmt: skip
def test_spellings(text: str, spelling: str, made: dict[str, Any]) -> None:
    assert initial.spelled(text) == spelling and initial.spelled(spelling) == spelling
    assert config(keras_of(initial.initializer(spelling))) == made


@pytest.mark.parametrize(
    "text",
    [
        "",
        "normal",
        "normal 0",
        "normal -1",
        "normal 1e9",
        "normal 1/0",
        "normal 1 2",
        "he_normal 2",
        "variance_scaling(2, wide)",
        "zeros(",
    ],
)
def test_what_is_none(text: str) -> None:
    assert initial.spelled(text) is None


def test_drawn_as_said(tmp_path: Path) -> None:
    """The kernels of a built network have the deviation that the setting says, and the saved one loads without archdsl."""
    spec = tmp_path / "net.arch"
    settings = (
        "input 4x4x64\nclasses 300\ninitializer variance_scaling(2, fan_out), dense-initializer normal 0.02"
    )
    spec.write_text(f"{settings}\nconv 3x3, 128; depthwise 3x3; average pool, fc\n", encoding="utf-8")
    keras = import_keras()
    keras.utils.set_random_seed(1)
    model = archdsl.build(str(spec))
    deviations = [float(layer.kernel.numpy().std()) for layer in model.layers if hasattr(layer, "kernel")]
    assert deviations == pytest.approx([(2 / (9 * 128)) ** 0.5, (2 / 9) ** 0.5, 0.02], rel=0.05)
    model.save(tmp_path / "net.keras")
    layer = keras.saving.load_model(tmp_path / "net.keras").layers[1]
    assert config(layer.kernel_initializer) == scaling(2.0, "fan_out", "truncated_normal")
