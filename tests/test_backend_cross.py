"""The same network on JAX and PyTorch: equal outputs from equal weights."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from test_token_networks import SWIN, VIT

import archdsl

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


@pytest.mark.parametrize("backend", ["jax", "torch"])
@pytest.mark.parametrize("name", [*SPECS, "table2"])
def test_outputs_agree(name: str, backend: str, tmp_path: Path) -> None:
    if importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed: pip install '.[{backend}]'")
    spec = ROOT / "specs/table2.arch"
    if name in SPECS:
        spec = tmp_path / "spec.arch"
        spec.write_text(SPECS[name] + "\n", encoding="utf-8")
    model = archdsl.build(str(spec))
    random = np.random.default_rng(1)
    example = random.random((2, *model.input_shape[1:]), np.float32)
    weights = [
        np.abs(random.normal(0.1, 0.1, w.shape)) if "variance" in w.path else random.normal(0, 0.1, w.shape)
        for w in model.weights
    ]
    model.set_weights(weights)
    np.savez(tmp_path / "weights.npz", example=example, **{f"w{i}": w for i, w in enumerate(weights)})
    environment = os.environ | {"KERAS_BACKEND": backend, "JAX_PLATFORMS": "cpu"}
    command = [
        sys.executable,
        str(ROOT / "tests/backend_probe.py"),
        str(spec),
        str(tmp_path / "weights.npz"),
        str(tmp_path / "out.npz"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.split()[-1] == backend
    result = np.load(tmp_path / "out.npz")
    assert result["count"] == model.count_params()
    assert list(result["names"]) == [layer.name for layer in model.layers]
    np.testing.assert_allclose(
        result["outputs"], np.asarray(model(example, training=False)), rtol=1e-4, atol=1e-4
    )
