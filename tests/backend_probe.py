"""Run in a process of its own under some KERAS_BACKEND: builds specs, gives them weights, writes their outputs."""

import json
import sys
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from keras_networks import undrawn
from keras_same import randomise


class Network(NamedTuple):
    """A spec file, and what chooses a network and a size of it."""

    spec: str
    variant: str | None = None
    input: str | None = None


class Result(NamedTuple):
    outputs: np.ndarray
    count: int
    names: list[str]


def computed(network: Network) -> Result:
    """Build a network, give it weights and an image that are the same on every backend, and run it."""
    import keras

    import archdsl

    model = archdsl.build(network.spec, variant=network.variant, input=network.input)
    randomise(model)
    image = np.random.default_rng(1).random((2, *model.input_shape[1:]), np.float32)
    outputs: Any = keras.ops.convert_to_numpy(_run(model, image))
    return Result(outputs, model.count_params(), [layer.name for layer in model.layers])


def _run(model: Any, image: np.ndarray) -> Any:
    """Run a model; on JAX as one program, because each operation alone would be compiled for each shape."""
    import keras

    if keras.backend.backend() != "jax":
        return model(image, training=False)
    import jax

    values = [
        [weight.value for weight in weights]
        for weights in (model.trainable_variables, model.non_trainable_variables)
    ]
    return jax.jit(lambda *given: model.stateless_call(*given, training=False)[0])(*values, image)


def main(asked: str, out: str) -> None:
    """Compute the networks of the JSON file `asked`, and write each into the folder `out` under its name."""
    import keras

    from archdsl.train import hardware

    for name, network in json.loads(Path(asked).read_text(encoding="utf-8")).items():
        keras.utils.clear_session()
        with undrawn():  # JAX would compile the drawing for each shape, too
            found = computed(Network(*network))
        path = Path(out) / f"{name}.npz"
        np.savez(path, outputs=found.outputs, count=found.count, names=np.array(found.names))
    said = {"backend": keras.backend.backend(), "accelerator": hardware.has_accelerator()}
    (Path(out) / "said.json").write_text(json.dumps(said), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
