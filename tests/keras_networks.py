"""The networks of `keras.applications`: the spec of each, and the smallest image that its constructor takes."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

import numpy as np

import archdsl
from archdsl.backends.quiet import import_keras

SPECS = Path(__file__).parent.parent / "specs/keras"
BATCH = 4


@contextmanager
def exact() -> Iterator[None]:
    """Build and compute in float64: norms over maps of one position magnify the rounding of float32 a thousandfold."""
    config = import_keras().config
    config.set_floatx("float64")
    try:
        yield
    finally:
        config.set_floatx("float32")


@contextmanager
def undrawn() -> Iterator[None]:
    """Let weights begin as zeros: they are given others at once, and drawing takes as long as computing with them."""
    from keras.src import backend

    def zeros(shape: tuple[int, ...], *given: Any, **said: Any) -> np.ndarray:
        return np.zeros(shape, np.float32)

    with mock.patch.multiple(backend.random, normal=zeros, uniform=zeros, truncated_normal=zeros):
        yield


class Case(NamedTuple):
    """A constructor, the file that has its network under the same name, and the side of its smallest image."""

    constructor: str
    spec: str
    side: int = 32

    def precision(self) -> AbstractContextManager[None]:
        """Return the precision to compare in: float32 is enough where nothing is normalised by a batch."""
        return nullcontext() if self.spec in ("vgg", "convnext") else exact()

    @property
    def path(self) -> str:
        """Return the file of the spec."""
        return str(SPECS / f"{self.spec}.arch")

    def ours(self) -> Any:
        """Build the model from its spec, for the smallest image."""
        return archdsl.build(self.path, input=f"{self.side}x{self.side}x3", variant=self.variant)

    def theirs(self) -> Any:
        """Build the model by its constructor, for the smallest image."""
        make = getattr(import_keras().applications, self.constructor)
        return make(weights=None, input_shape=(self.side, self.side, 3))

    @property
    def variant(self) -> str | None:
        """Return the name of the network in its file; None where it is the only one."""
        return self.constructor if sum(case.spec == self.spec for case in CASES) > 1 else None

    def images(self, model: Any) -> np.ndarray:
        """Return a batch of random images as a model takes them: pixels where it brings them to its scale itself."""
        random = np.random.default_rng(1)
        pixels = random.uniform(0, 255, (BATCH, self.side, self.side, 3)).astype(
            import_keras().config.floatx()
        )
        scales = any(type(layer).__name__ in ("Rescaling", "Normalization") for layer in model.layers[:3])
        return pixels if scales else (pixels - 127.5) / 64


def _family(spec: str, *constructors: str, side: int = 32) -> tuple[Case, ...]:
    return tuple(Case(constructor, spec, side) for constructor in constructors)


CASES: tuple[Case, ...] = (
    *_family("resnet", "ResNet50", "ResNet101", "ResNet152"),
    *_family("resnet-v2", "ResNet50V2", "ResNet101V2", "ResNet152V2"),
    *_family("vgg", "VGG16", "VGG19"),
    *_family("mobilenet", "MobileNet"),
    *_family("densenet", "DenseNet121", "DenseNet169", "DenseNet201"),
    *_family("mobilenet-v2", "MobileNetV2"),
    *_family("mobilenet-v3-large", "MobileNetV3Large"),
    *_family("mobilenet-v3-small", "MobileNetV3Small"),
    *_family("efficientnet", *(f"EfficientNetB{n}" for n in range(8))),
    *_family("efficientnet-v2-b", *(f"EfficientNetV2B{n}" for n in range(4))),
    *_family("efficientnet-v2", *(f"EfficientNetV2{size}" for size in "SML")),
    *_family("convnext", *(f"ConvNeXt{size}" for size in ("Tiny", "Small", "Base", "Large", "XLarge"))),
    *_family("xception", "Xception", side=71),
    *_family("inception-v3", "InceptionV3", side=75),
    *_family("inception-resnet-v2", "InceptionResNetV2", side=75),
    *_family("nasnet", "NASNetMobile", "NASNetLarge"),
)
