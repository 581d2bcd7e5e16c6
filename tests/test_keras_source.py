"""The source of the 40 networks of specs/keras: the same layers, laid out as ruff would, and shorter than Keras' own files.

Nothing here needs Keras: a module in its place takes down what the source makes. `test_keras_applications.py` runs it.
"""

import importlib.util
import shutil
import subprocess
from functools import cache
from itertools import zip_longest
from pathlib import Path

import pytest
from backend_graphs import everything
from source_recorder import expected, recorded
from test_backend_source import SMALL

import archdsl
from archdsl.backends.python_source import source
from archdsl.graph.graph import Graph

SPECS = Path(__file__).parent.parent / "specs/keras"
# The spec of a family -> the file of `keras.applications` that its networks replace.
FILES = {
    "vgg": "vgg16",
    "efficientnet-v2-b": "efficientnet_v2",
    "mobilenet-v3-large": "mobilenet_v3",
    "mobilenet-v3-small": "mobilenet_v3",
}


@cache
def graphs(family: str) -> dict[str, Graph]:
    networks = archdsl.load(str(SPECS / f"{family}.arch")).networks
    return {network.settings.variant or network.settings.name: network.graph for network in networks}


OTHERS = [*sorted(SPECS.parent.glob("*.arch")), *sorted(SPECS.parent.glob("papers/*.arch"))]
FAMILIES = sorted(path.stem for path in SPECS.glob("*.arch"))
every_family = pytest.mark.parametrize("family", FAMILIES)


def alike(graph: Graph) -> None:
    """Assert that source makes each layer with the arguments, name and inputs that the builder gives it, in order."""
    for said, wanted in zip_longest(recorded(source(graph)), expected(graph)):
        assert said == wanted


@every_family
def test_the_same_layers(family: str) -> None:
    for graph in graphs(family).values():
        alike(graph)


@pytest.mark.parametrize("path", OTHERS, ids=lambda path: path.stem)
def test_the_same_layers_of_other_networks(path: Path) -> None:
    for network in archdsl.load(str(path)).networks:
        alike(network.graph)


@pytest.mark.parametrize("name", SMALL)
def test_the_same_layers_of_small_networks(name: str) -> None:
    alike(archdsl.load(SMALL[name] + "\n").network().graph)


@pytest.mark.parametrize("framed", [True, False])
def test_the_same_layers_of_every_op(framed: bool) -> None:
    alike(everything(framed))


@every_family
def test_shorter_than_the_file_it_replaces(family: str) -> None:
    found = importlib.util.find_spec("keras")
    assert found and found.origin
    name = FILES.get(family, family.replace("-", "_"))
    theirs = Path(found.origin).parent / f"src/applications/{name}.py"
    lines = len(theirs.read_text(encoding="utf-8").splitlines())
    assert {name: len(source(graph).splitlines()) < lines for name, graph in graphs(family).items()} == (
        dict.fromkeys(graphs(family), True)
    )


@pytest.mark.skipif(not shutil.which("ruff"), reason="ruff is not installed")
def test_laid_out_as_ruff_would(tmp_path: Path) -> None:
    names = [name for family in FAMILIES for name in graphs(family)]
    assert len(names) == 40
    for family in FAMILIES:
        for name, graph in graphs(family).items():
            (tmp_path / f"{name}.py").write_text(source(graph), encoding="utf-8")
    for command in (["format", "--diff"], ["check", "--select", "E4,E7,E9,F,B,I,UP,SIM"]):
        done = subprocess.run(
            ["ruff", *command, "--isolated", "--quiet", str(tmp_path)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-4000:]


USED_NAMES = """input 8x8x3
block build(c)
    3x3, c; 3x3, c; 1x1, c
block range(c)
    layers: build(c)
    value: build(c)
    add layers; add input

range 8x8 range(3); range(3)
build 8x8 [range(3)] x 3
value 8x8 3x3, 3; add range; add build
c - gap
"""


def test_names_of_blocks_that_python_has_uses_for() -> None:
    alike(archdsl.load(USED_NAMES).network().graph)


def test_repeats_are_loops_and_cells_functions() -> None:
    """Cells with two inputs are functions; repeats hand both on from turn to turn."""
    text = source(graphs("nasnet")["NASNetLarge"])
    assert "def normal(inputs, other, " in text
    assert "        x, previous = value, x" in text
    assert text.count("def pair(") == 1
    assert text.count("for i in range(1, 5):") == 3
    assert "for i in range(1, 21):" in source(graphs("inception-resnet-v2")["InceptionResNetV2"])
