"""The keys of a recipe: the one declaration behind parsing, checks, printing, docs and the command line."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from archdsl.diagnostics import Diagnostic
from archdsl.recipe.key import Key, key, keys_of

VERSION = 1

# On what some keys depend.
_BY_MOMENTUM = ("optimizer", ("sgd", "muon"))
_BY_MEANS = ("optimizer", ("adamw", "lamb", "lion", "muon"))
_CLIPPED = ("clip_by", ("global-norm", "norm", "value"))
_WARMED = ("schedule", ("constant", "staircase", "steps", "cosine", "linear"))
_FALLING = ("schedule", ("cosine", "linear", "one-cycle"))
_ONE_CYCLE = ("schedule", ("one-cycle",))


class RecipeError(Exception):
    """A recipe with faults; `diagnostics` has all of them."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        super().__init__(diagnostics)
        self.diagnostics = tuple(diagnostics)

    def __str__(self) -> str:
        return "\n".join(diagnostic.message for diagnostic in self.diagnostics)


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a network is trained. Rates and numbers of epochs may be fractions; `archdsl recipe --keys` has
    this list."""

    name: str

    epochs: int = key(100, "training", "passes over the training images", required=True, least=1)
    batch_size: int = key(128, "training", "images per step", required=True, least=1)
    accumulation: int = key(
        1, "training", "steps whose gradients are averaged into one change of weights", least=1
    )
    seed: int = key(1, "training", "seed of weights, order and augmentation", least=0)
    precision: Literal["auto", "float32", "bfloat16"] = key(
        "auto", "training", "arithmetic of the layers; auto: bfloat16 where the hardware has it"
    )
    deterministic: bool = key(False, "training", "bit-identical weights in each run; slower on a GPU")
    patience: int = key(
        0, "training", ("stop after this many epochs without a better validation accuracy; 0: "
                       "never"), least=0
    )  # fmt: skip

    optimizer: Literal["sgd", "adamw", "lamb", "lion", "muon"] = key(
        "sgd", "optimiser", "how gradients change weights", required=True
    )  # fmt: skip
    rate: float = key(0.1, "optimiser", "learning rate, the highest of its schedule", required=True, above=0)
    momentum: float = key(
        0.9, "optimiser", "share of the previous update that the next one keeps",
        when=_BY_MOMENTUM, least=0, below=1
    )  # fmt: skip
    nesterov: bool = key(False, "optimiser", "Nesterov momentum", when=_BY_MOMENTUM)
    beta_1: float = key(0.9, "optimiser", "decay of the mean of gradients", when=_BY_MEANS, least=0, below=1)
    beta_2: float = key(
        0.999, "optimiser", "decay of the mean of squares; lion: of its momentum",
        when=_BY_MEANS, least=0, below=1
    )  # fmt: skip
    decay: float = key(0.0, "optimiser", "weight decay", least=0)
    decoupled: bool = key(
        False,
        "optimiser",
        (
            "decay the weights themselves, as the other optimisers do; false: add decay x weight to the "
            "gradient (L2)"
        ),
        when=("optimizer", ("sgd",)),
    )
    undecayed: tuple[Literal["norms", "biases", "scales"], ...] = key(
        ("norms", "biases", "scales"),
        "optimiser",
        "weights without decay: of norms, biases, factors per channel (layer scale, PReLU)",
        when=("decay", ()),
    )
    clip_by: Literal["none", "global-norm", "norm", "value"] = key(
        "none",
        "optimiser",
        "how gradients are clipped: by the norm of all, by the norm of each weight's, or by value",
    )
    clip: float = key(1.0, "optimiser", "largest norm or number", required=True, when=_CLIPPED, above=0)

    ema: float = key(
        0.0,
        "optimiser",
        "decay of the averaged weights, which are evaluated and saved; 0: no averaging",
        least=0,
        below=1,
    )

    schedule: Literal["constant", "staircase", "steps", "cosine", "linear", "one-cycle"] = key(
        "cosine", "schedule", "how the rate changes over the training", required=True
    )
    warmup: float = key(
        0.0, "schedule", "epochs in which the rate rises from 0, a quarter of all at most",
        when=_WARMED, least=0
    )  # fmt: skip
    every: int = key(
        2,
        "schedule",
        "epochs between the steps of the staircase",
        required=True,
        when=("schedule", ("staircase",)),
        least=1,
    )
    factor: float = key(
        0.1,
        "schedule",
        "factor of the rate at each step or milestone",
        required=True,
        when=("schedule", ("staircase", "steps")),
        above=0,
        most=1,
    )
    milestones: tuple[float, ...] = key(
        (50.0, 75.0),
        "schedule",
        "epochs after which the rate changes",
        required=True,
        when=("schedule", ("steps",)),
        above=0,
    )
    start: float = key(
        0.04, "schedule", "the first rate, as a part of rate", when=_ONE_CYCLE, least=0, most=1
    )
    peak: float = key(
        0.3,
        "schedule",
        "part of the training in which the rate rises; then it falls",
        when=_ONE_CYCLE,
        above=0,
        below=1,
    )
    final: float = key(0.0, "schedule", "the last rate, as a part of rate", when=_FALLING, least=0, most=1)

    smoothing: float = key(
        0.0, "loss", "part of each target that is spread over all classes", least=0, below=1
    )
    class_weights: Literal["none", "balanced"] | tuple[float, ...] = key(
        "none",
        "loss",
        "weight of each class in the loss; balanced: smaller for classes with more images",
        above=0,
    )

    scaling: Literal["standard", "course"] = key(
        "standard", "images", "standard: mean 0, deviation 1 per channel; course: (pixel - 127) / 128 * 4"
    )
    crop: int = key(
        0,
        "images",
        "pixels of padding before a random crop, for images of 32; others in proportion",
        least=0,
        most=16,
    )
    flip: bool = key(False, "images", "mirror half of the images, if mirrored images keep their class")
    randaugment: int = key(0, "images", "random operations for each image (RandAugment)", least=0, most=8)
    magnitude: float = key(
        0.3, "images", "strength of each operation", when=("randaugment", ()), least=0, most=1
    )
    erasing: float = key(0.0, "images", "part of the images in which a random box is erased", least=0, most=1)
    erasing_area: float = key(
        0.33, "images", "largest box, as a part of the image", when=("erasing", ()), above=0, most=1
    )  # fmt: skip
    mixup: float = key(
        0.0, "images", ("alpha of the Beta distribution by which each image is blended with another; 0: "
                       "none"), least=0
    )  # fmt: skip
    cutmix: float = key(
        0.0, "images", ("alpha of CutMix, a box from another image; with mixup: one of the two"), least=0
    )  # fmt: skip
    test_flips: bool = key(
        False, "images", "evaluate the mean over an image and its mirror image, if that keeps its class"
    )  # fmt: skip

    initial: str = key(
        "", "weights", "initial weights: a run, a .keras or a .weights.h5 file; empty: new weights"
    )
    frozen: tuple[str, ...] = key((), "weights", "rows of the table whose weights do not change")

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for a JSON file; `from_dict` reads it."""
        return {"version": VERSION} | {
            name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()
        }

    @staticmethod
    def from_dict(values: Any, path: str = "config.json") -> "Recipe":
        """Read what `as_dict` gave, as it stands in a file; raise RecipeError where a key or a value is not
        right."""
        from archdsl.recipe.read import from_values

        return from_values(values, path)

    def toml(self) -> str:
        """Write the recipe as a file: every key that has an effect, with its meaning."""
        from archdsl.recipe.write import toml

        return toml(self)


KEYS: Mapping[str, Key] = keys_of(Recipe)
