"""One spec, six published networks: prints their depth and parameters, without a deep-learning framework."""

from pathlib import Path

import archdsl

SPEC = Path(__file__).parent.parent / "specs/resnet-cifar.arch"


def main() -> None:
    """Print a line per network of He et al. 2015, Table 6."""
    for n in (3, 5, 7, 9, 18, 200):
        network = archdsl.load(str(SPEC), define={"n": n}).network()
        print(
            f"ResNet-{6 * n + 2:<5} {network.params.trainable:>11,} parameters  depth {network.counts.depth}"
        )


if __name__ == "__main__":
    main()
