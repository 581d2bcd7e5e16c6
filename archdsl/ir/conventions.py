"""What a table leaves to convention: the settings, their values, and the styles that bundle them."""

import os
from typing import NamedTuple

from archdsl.ops import ACTIVATIONS


class Convention(NamedTuple):
    """A setting: its allowed words (none for a number), its default and its meaning."""

    values: tuple[str, ...]
    default: str
    doc: str


_FUNCTIONS = ("none", *dict.fromkeys(ACTIVATIONS.values()))

CONVENTIONS: dict[str, Convention] = {
    "norm": Convention(("none", "batch", "layer"), "none", "normalisation that goes with every convolution"),
    "norm-epsilon": Convention((), "0.001", "added to the variance"),
    "norm-momentum": Convention((), "0.99", "share of the moving statistics that one step keeps"),
    "bias": Convention(("auto", "yes", "no"), "auto", "bias of convolutions; auto: where no norm follows"),
    "activation": Convention(_FUNCTIONS, "relu", "activation that goes with every convolution and hidden dense layer"),
    "order": Convention(("conv-norm-activation", "norm-activation-conv"), "conv-norm-activation", "post- or pre-activation"),
    "brackets": Convention(("plain", "residual"), "plain", "whether a bracket of two layers or more has a shortcut around it"),
    "shortcut": Convention(
        ("identity", "zero-pad", "project", "project-all"),
        "project",
        "shortcut where the shape changes (A: zero-pad, B: project; C: project-all)",
    ),
    "projection-norm": Convention(("yes", "no"), "yes", "whether a projection is normalised"),
    "projection-input": Convention(("block", "pre-activation"), "block", "what a projection reads"),
    "first-projection": Convention(
        ("change", "always"), "change", "whether the network's first residual block projects even where no shape changes"
    ),
    "stride-in": Convention(
        ("first", "first-spatial", "last"),
        "first-spatial",
        "convolution of a bracket that takes the stage's stride (first-spatial: the first larger than 1x1)",
    ),
    "strided-padding": Convention(
        ("same", "symmetric"), "same", "padding of a strided convolution: Keras' same, or (k - 1) split in two and then none"
    ),
    "initializer": Convention(
        ("glorot_uniform", "he_normal", "he_uniform", "lecun_normal", "variance_scaling"), "glorot_uniform", "how kernels are initialised"
    ),
}

ALIASES = {
    "norm": {"bn": "batch", "batchnorm": "batch", "batch-norm": "batch", "ln": "layer", "no": "none", "off": "none"},
    "order": {
        "post": "conv-norm-activation",
        "pre": "norm-activation-conv",
        "conv-bn-relu": "conv-norm-activation",
        "bn-relu-conv": "norm-activation-conv",
    },
    "shortcut": {"a": "zero-pad", "b": "project", "c": "project-all", "projection": "project"},
    "bias": {"on": "yes", "off": "no", "true": "yes", "false": "no"},
    "activation": {**ACTIVATIONS, "linear": "none", "no": "none"},
    "initializer": {"variance-scaling": "variance_scaling", "he-normal": "he_normal", "he": "he_normal", "glorot": "glorot_uniform"},
}

# Settings that are not conventions.
FACTS = ("input", "classes", "style", "name", "param")

_STD = os.path.join(os.path.dirname(os.path.dirname(__file__)), "std")


def normal(key: str, value: str) -> str:
    """Bring a word to its canonical spelling for a setting."""
    word = value.strip().lower()
    aliases = ALIASES.get(key, {})
    spaced = word.replace("-", " ").replace("_", " ")
    found = aliases.get(word) or aliases.get(spaced) or word
    return found if found in CONVENTIONS[key].values else found.replace("-", "_") if key in ("activation", "initializer") else found


def allowed(key: str, value: str) -> bool:
    """Tell whether a setting can have a value (in canonical spelling)."""
    convention = CONVENTIONS[key]
    if convention.values:
        return value in convention.values
    try:
        return 0 <= float(value) < 1
    except ValueError:
        return False


def styles() -> tuple[str, ...]:
    """List the styles that come with archdsl."""
    return tuple(sorted(name[:-5] for name in os.listdir(_STD) if name.endswith(".arch")))


def style_text(style: str) -> str:
    """Give the source of a style."""
    with open(os.path.join(_STD, f"{style}.arch"), encoding="utf-8") as file:
        return file.read()
