"""Run in a process of its own under some KERAS_BACKEND: builds a spec, takes weights from a file, writes its outputs."""

import sys

import numpy as np


def main(spec: str, weights: str, out: str) -> None:
    """Build the network of `spec`, load `weights` (npz), and save counts and outputs for the example in the same file."""
    import keras

    import archdsl

    model = archdsl.build(spec)
    stored = np.load(weights)
    model.set_weights([stored[f"w{i}"] for i in range(len(model.weights))])
    outputs = keras.ops.convert_to_numpy(model(stored["example"], training=False))
    np.savez(
        out,
        outputs=outputs,
        count=model.count_params(),
        names=np.array([layer.name for layer in model.layers]),
    )
    print(keras.backend.backend())


if __name__ == "__main__":
    main(*sys.argv[1:])
