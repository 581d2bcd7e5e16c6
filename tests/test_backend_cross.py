"""The same networks on JAX and PyTorch: equal outputs from equal weights.

Besides small networks, eight of `keras.applications` and two transformers as they are printed. One process for each
backend computes them all: starting one takes longer than most networks do.
"""

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from backend_probe import Network, Result, computed
from test_token_networks import SWIN, VIT

from archdsl.backends.quiet import import_keras

ROOT = Path(__file__).parent.parent
SPECS = {
    "resnet": "input 16x16x3\nstyle resnet\na 16x16 3x3, 8\nb 8x8 [3x3, 16; 3x3, 16] x2\nc 4x4 [1x1, 8; 3x3, 8; 1x1, 32] x2\nd gap, 4-d fc, softmax",
    "preact": "input 16x16x3\nstyle preact\na 16x16 3x3, 8\nb 8x8 [3x3, 16; 3x3, 16] x2\nd gap, 4-d fc, softmax",
    "zero-pad": "input 15x15x3\nstyle resnet, shortcut zero-pad\na 15x15 3x3, 8\nb 8x8 [3x3, 16; 3x3, 16] x2\nd gap, 4-d fc",
    "plain": "input 17x17x3\na 9x9 5x5, 8, stride 2\nb 4x4 max pool 3x3, stride 2\nc 2x2 average pool\nd flatten; dropout 0.3; fc 7, tanh; 4-d fc, softmax",
    "mixed": "input 16x16x4\na 16x16 depthwise 3x3, relu6; 1x1, 8, gelu\nb 16x16 3x3, 8, groups=2, swish\nc 16x16 3x3, 8, dilation=2, norm=batch\nd gap",
    "vit": VIT,
    "swin": SWIN,
}
KERAS = {
    "MobileNet": ("mobilenet", 32),
    "MobileNetV2": ("mobilenet-v2", 32),
    "MobileNetV3Small": ("mobilenet-v3-small", 32),
    "ResNet50V2": ("resnet-v2", 32),
    "DenseNet121": ("densenet", 32),
    "EfficientNetB0": ("efficientnet", 32),
    "ConvNeXtTiny": ("convnext", 32),
    "InceptionV3": ("inception-v3", 75),
}
ONE_NETWORK = ("mobilenet", "mobilenet-v2", "mobilenet-v3-small", "inception-v3")
# Compiling takes longer than running here.
QUICK = "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true"
PRINTED = {"Swin-T": "swin", "DeiT-Ti": "vit"}
BACKENDS = ("jax", "torch")
NAMES = [*SPECS, "table2", *KERAS, *PRINTED]


def networks(folder: Path) -> dict[str, Network]:
    """Return all networks by name; small ones are written into a folder."""
    found = {"table2": Network(str(ROOT / "specs/table2.arch"))}
    for name, text in SPECS.items():
        (folder / f"{name}.arch").write_text(text + "\n", encoding="utf-8")
        found[name] = Network(str(folder / f"{name}.arch"))
    for name, (spec, side) in KERAS.items():
        variant = None if spec in ONE_NETWORK else name
        found[name] = Network(str(ROOT / f"specs/keras/{spec}.arch"), variant, f"{side}x{side}x3")
    for name, spec in PRINTED.items():
        found[name] = Network(str(ROOT / f"specs/papers/{spec}.arch"), name)
    return found


class Probe:
    """A process that computes all networks on a backend, into a folder."""

    def __init__(self, backend: str, asked: Path, folder: Path) -> None:
        self.folder = folder
        chosen = {"KERAS_BACKEND": backend, "JAX_PLATFORMS": "cpu", "CUDA_VISIBLE_DEVICES": ""}
        environment = os.environ | chosen | {"XLA_FLAGS": QUICK}
        command = [sys.executable, str(ROOT / "tests/backend_probe.py"), str(asked), str(folder)]
        with open(folder / "told.txt", "w", encoding="utf-8") as told:
            self.process = subprocess.Popen(command, stdout=told, stderr=told, env=environment)

    def file(self, name: str) -> Path:
        """Return a file that it has written, once it has ended."""
        code = self.process.wait(900)
        assert code == 0, (self.folder / "told.txt").read_text(encoding="utf-8")[-2000:]
        return self.folder / name


class Computing(NamedTuple):
    """All networks, and a process for each backend that is installed."""

    networks: dict[str, Network]
    probes: dict[str, Probe]

    def probe(self, backend: str) -> Probe:
        """Return the process of a backend; skip the test where it is not installed."""
        if backend not in self.probes:
            pytest.skip(f"{backend} is not installed: pip install '.[{backend}]'")
        return self.probes[backend]


@pytest.fixture(scope="module")
def computing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Computing]:
    """Let the backends compute while this process does."""
    folder = tmp_path_factory.mktemp("specs")
    asked = folder / "asked.json"
    given = networks(folder)
    asked.write_text(json.dumps(given), encoding="utf-8")
    installed = [name for name in BACKENDS if importlib.util.find_spec(name)]
    probes = {name: Probe(name, asked, tmp_path_factory.mktemp(name)) for name in installed}
    yield Computing(given, probes)
    for probe in probes.values():
        probe.process.kill()
        probe.process.wait()


@cache
def ours(network: Network) -> Result:
    """Compute a network here; nothing but its outputs is kept."""
    try:
        return computed(network)
    finally:
        import_keras().utils.clear_session()


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", NAMES)
def test_outputs_agree(name: str, backend: str, computing: Computing) -> None:
    probe = computing.probe(backend)
    here, there = ours(computing.networks[name]), np.load(probe.file(f"{name}.npz"))
    assert there["count"] == here.count
    assert list(there["names"]) == here.names
    scale = np.abs(here.outputs).max()
    assert scale > 0 and np.isfinite(scale)
    np.testing.assert_allclose(there["outputs"] / scale, here.outputs / scale, atol=1e-4)


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_backend_ran_and_has_no_accelerator_here(backend: str, computing: Computing) -> None:
    said = json.loads(computing.probe(backend).file("said.json").read_text(encoding="utf-8"))
    assert said == {"backend": backend, "accelerator": False}
