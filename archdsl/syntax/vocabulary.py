"""The words of a structure cell: spellings of ops, options, norms and activations -> canonical meaning."""

import re

from archdsl.ops import ACTIVATIONS, OPS

# A meaning is (kind, value): an op, an activation, a norm, an option that takes a value, a flag (key=value), a unit, a filler.
Meaning = tuple[str, str]

NORMS = {"batch_norm": "batch", "layer_norm": "layer", "group_norm": "group", "instance_norm": "instance"}

OPTION_KEYS = {
    "stride": "stride",
    "strides": "stride",
    "s": "stride",
    "pad": "padding",
    "padding": "padding",
    "p": "padding",
    "groups": "groups",
    "group": "groups",
    "g": "groups",
    "C": "groups",
    "cardinality": "groups",
    "dilation": "dilation",
    "dilated": "dilation",
    "atrous": "dilation",
    "d": "dilation",
    "kernel": "kernel",
    "kernel size": "kernel",
    "k": "kernel",
    "window": "kernel",
    "channels": "channels",
    "filters": "channels",
    "units": "channels",
    "out": "channels",
    "bias": "bias",
    "norm": "norm",
    "activation": "activation",
    "act": "activation",
    "rate": "rate",
    "shortcut": "shortcut",
    "brackets": "brackets",
}

_FLAGS = {
    "bias": "bias=yes",
    "no bias": "bias=no",
    "without bias": "bias=no",
    "nobias": "bias=no",
    "same": "padding=same",
    "padded": "padding=same",
    "valid": "padding=valid",
    "no padding": "padding=valid",
    "no norm": "norm=none",
    "no bn": "norm=none",
    "nbn": "norm=none",
    "without bn": "norm=none",
    "no activation": "activation=none",
    "no relu": "activation=none",
    "residual": "brackets=residual",
    "plain": "brackets=plain",
    "identity": "shortcut=identity",
    "projection": "shortcut=project",
    "zero pad": "shortcut=zero-pad",
    "bilinear": "interpolation=bilinear",
    "nearest": "interpolation=nearest",
}

_UNITS = ("filters", "filter", "channels", "maps", "feature maps", "kernels", "units", "neurons", "outputs", "dimensional")
_FILLERS = ("layer", "layers", "with", "of", "and", "a", "over", "the", "spatial", "dimensions")
_WIRES = {
    "from": "from",
    "add": "add",
    "concat": "concat",
    "concatenate": "concat",
    "concatenation": "concat",
    "multiply": "multiply",
    "maximum": "maximum",
    "average": "average",
    "aside": "aside",
}


def _meanings() -> dict[str, Meaning]:
    words: dict[str, Meaning] = {filler: ("filler", "") for filler in _FILLERS}
    words |= {unit: ("unit", unit) for unit in _UNITS}
    words |= {key: ("option", value) for key, value in OPTION_KEYS.items() if key not in _FLAGS and key not in _UNITS}
    words |= {word: ("flag", flag) for word, flag in _FLAGS.items()}
    words |= {word: ("wire", kind) for word, kind in _WIRES.items()}
    words["linear"] = ("linear", "none")
    for op in OPS.values():
        kind = "norm" if op.name in NORMS else "op"
        words |= {word: (kind, op.name) for word in op.words}
    words |= {word: ("activation", function) for word, function in ACTIVATIONS.items()}
    return words


MEANINGS = _meanings()
# What an unknown word may have been meant for.
LAYER_WORDS = {word: meaning for word, meaning in MEANINGS.items() if meaning[0] not in ("wire", "filler")}
# Words that programs write together: `GlobalAvgPool2D`, `BatchNorm1d`.
_TOGETHER = {word.replace(" ", ""): meaning for word, meaning in MEANINGS.items() if meaning[0] in ("op", "norm", "activation")}
_RANK = re.compile(r"[123]d$")
_LONGEST = max(word.count(" ") for word in MEANINGS) + 1
_WITH_KERNEL = re.compile(r"([A-Za-z][A-Za-z_-]*?)_?(\d+(?:x\d+)*)", re.IGNORECASE)
_GLUED = re.compile(r"(s|p|g|k|d|stride|pad)(\d+(?:x\d+)*)", re.IGNORECASE)


def plain(word: str) -> str:
    """Bring a spelling to the form of the table above: lower case, spaces for hyphens and underscores."""
    return word if word == "C" else word.lower().replace("-", " ").replace("_", " ")


def longest(words: list[str]) -> tuple[int, Meaning] | None:
    """Find the longest run of words, from the first on, that means something: its length and meaning."""
    for count in range(min(_LONGEST, len(words)), 0, -1):
        phrase = " ".join(plain(word) for word in words[:count])
        meaning = MEANINGS.get(phrase) or (_TOGETHER.get(_RANK.sub("", phrase.replace(" ", ""))) if count == 1 else None)
        if meaning:
            return count, meaning
    return None


def op_with_kernel(word: str) -> tuple[str, str] | None:
    """Read `Conv3x3`, and the `conv3` of `conv3-64`: an op and its kernel."""
    match = _WITH_KERNEL.fullmatch(word)
    meaning = MEANINGS.get(plain(match[1])) if match else None
    if not match or not meaning or meaning[0] != "op" or all(param.name != "kernel" for param in OPS[meaning[1]].params):
        return None
    return (meaning[1], match[2].lower()) if "x" in match[2].lower() or meaning[1] == "conv" else None


def glued(word: str) -> tuple[str, tuple[int, ...]] | None:
    """Read `s2`, `p1`, `k3x3`: the canonical key and its numbers."""
    match = _GLUED.fullmatch(word)
    if not match:
        return None
    return OPTION_KEYS[match[1].lower()], tuple(map(int, match[2].lower().split("x")))


def layer_word(text: str) -> bool:
    """Tell whether a text begins with words of a layer, so that its first word is not the row's name."""
    found = longest([word.strip(",;") for word in text.split()[:_LONGEST]])
    return found is not None and found[1][0] in ("op", "norm", "activation", "linear", "wire")
