"""A table to a Keras model: builds table 2 and predicts one random image."""

from pathlib import Path

import numpy as np

import archdsl

SPEC = Path(__file__).parent.parent / "specs/table2.arch"


def main() -> None:
    """Print the model's parameters and the class probabilities of noise."""
    model = archdsl.build(str(SPEC))
    image = np.random.default_rng(0).random((1, 32, 32, 3), np.float32)
    probabilities = model.predict(image, verbose=0)[0]
    print(f"{model.count_params():,} parameters; probabilities sum to {probabilities.sum():.3f}")


if __name__ == "__main__":
    main()
