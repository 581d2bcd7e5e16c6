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
from pathlib import Path

import numpy as np
import pytest
from backend_probe import Network, computed
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


@pytest.fixture(scope="class")
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Let a process compute all networks on the backend of a class; give the folder of what it found."""
    backend = request.cls.name
    if importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed: pip install '.[{backend}]'")
    folder = tmp_path_factory.mktemp(backend)
    (folder / "asked.json").write_text(json.dumps(networks(folder)), encoding="utf-8")
    environment = os.environ | {"KERAS_BACKEND": backend, "JAX_PLATFORMS": "cpu", "XLA_FLAGS": QUICK}
    command = [
        sys.executable,
        str(ROOT / "tests/backend_probe.py"),
        str(folder / "asked.json"),
        str(folder),
    ]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=900, check=False)
    assert done.returncode == 0, done.stdout[-500:] + done.stderr[-2000:]
    assert done.stdout.split()[-1] == backend
    return folder


class Backend:
    """The tests of one backend; each runs in its own worker."""

    name = ""

    @pytest.fixture(autouse=True)
    def forgotten(self) -> Iterator[None]:
        """Keep no model of the test before."""
        yield
        import_keras().utils.clear_session()

    @pytest.mark.parametrize("name", NAMES)
    def test_outputs_agree(self, name: str, folder: Path) -> None:
        ours, theirs = computed(networks(folder)[name]), np.load(folder / f"{name}.npz")
        assert theirs["count"] == ours.count
        assert list(theirs["names"]) == ours.names
        scale = np.abs(ours.outputs).max()
        assert scale > 0 and np.isfinite(scale)
        np.testing.assert_allclose(theirs["outputs"] / scale, ours.outputs / scale, atol=1e-4)


class TestJax(Backend):
    name = "jax"


class TestTorch(Backend):
    name = "torch"
