"""PyTorch as an engine: Keras on that backend, in a process of its own, because a process has one backend.

`python -m archdsl.deploy.engines.torch MODEL.keras SECONDS BATCH…` is that process: it answers with seconds
per call, as JSON.
"""

import json
import os
import subprocess
import sys
from tempfile import TemporaryDirectory
from typing import Any

from archdsl.deploy.errors import DeployError
from archdsl.deploy.timing import Timings, interleaved


def timings(model: Any, seconds: float, batches: tuple[int, ...]) -> list[Timings]:
    """Time a Keras model on PyTorch, eager and without gradients; raise DeployError where that process
    fails."""
    with TemporaryDirectory() as folder:
        path = os.path.join(folder, "model.keras")
        model.save(path)
        command = [sys.executable, "-m", __name__, path, str(seconds), *map(str, batches)]
        environment = os.environ | {"KERAS_BACKEND": "torch"}
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["no reason given"]
        raise DeployError(f"Keras on PyTorch failed: {lines[-1]}")
    return [
        Timings(batch, tuple(times))
        for batch, times in zip(batches, json.loads(done.stdout.splitlines()[-1]), strict=True)
    ]


def _serve(path: str, seconds: float, batches: list[int]) -> list[tuple[float, ...]]:
    import numpy as np
    import torch

    from archdsl.backends.quiet import import_keras

    model = import_keras().models.load_model(path, compile=False)
    random = np.random.default_rng(0)

    def run(inputs: "np.ndarray") -> "np.ndarray":
        with torch.inference_mode():
            outputs = model(inputs, training=False)
            return (outputs[0] if isinstance(outputs, list) else outputs).cpu().numpy()  # type: ignore[no-any-return]

    found = []
    for batch in batches:
        inputs = random.normal(size=(batch, *model.input_shape[1:])).astype(np.float32)
        found.append(interleaved({"torch": run}, inputs, seconds)["torch"].seconds)
    return found


if __name__ == "__main__":
    result = _serve(sys.argv[1], float(sys.argv[2]), [int(word) for word in sys.argv[3:]])
    sys.stdout.write(json.dumps(result) + "\n")
