"""The words of a structure cell: spellings of ops, options, norms and activations -> canonical meaning."""

import re
from collections.abc import Iterator

from archdsl.lang.unsaid import UNSAID
from archdsl.ops import ACTIVATIONS, OPS, index
from archdsl.patterns import pattern

# A meaning is (kind, value): an op, an activation, a norm, an option that takes a value, a flag (key=value),
# a unit, a filler, a convolution that needs an option, an op given with options, a thing that cannot be said.
Meaning = tuple[str, str]

LAYER_KINDS = ("op", "given", "norm", "activation")  # kinds of meanings that are a layer

NORMS = index.NORMS  # the ops that the setting `norm` gives
TAKES_NORM = index.TAKES_NORM  # what norms and activations belong to

OPTION_KEYS = {
    "stride": "stride",
    "strides": "stride",
    "s": "stride",
    "pad": "padding",
    "padding": "padding",
    "zero padding": "padding",
    "output padding": "extra",
    "out pad": "extra",
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
    "dil": "dilation",
    "dilation rate": "dilation",
    "atrous rate": "dilation",
    "f": "kernel",
    "kernel": "kernel",
    "kernel size": "kernel",
    "k": "kernel",
    "window": "kernel",
    "window size": "kernel",
    "filter size": "kernel",
    "pool size": "kernel",
    "channels": "channels",
    "filters": "channels",
    "units": "channels",
    "n": "channels",
    "output dim": "channels",
    "embedding dim": "channels",
    "embed dim": "channels",
    "embedding size": "channels",
    "neurons": "channels",
    "nodes": "channels",
    "depth": "channels",
    "field": "kernel",
    "receptive field": "kernel",
    "out": "channels",
    "out channels": "channels",
    "out features": "channels",
    "maps": "channels",
    "feature maps": "channels",
    "in channels": "entering",
    "in features": "entering",
    "input size": "entering",
    "input channels": "entering",
    "num features": "entering",
    "num groups": "groups",
    "depth multiplier": "multiplier",
    "channel multiplier": "multiplier",
    "use bias": "bias",
    "bias": "bias",
    "norm": "norm",
    "norm groups": "norm-groups",
    "norm epsilon": "norm-epsilon",
    "norm momentum": "norm-momentum",
    "activation": "activation",
    "act": "activation",
    "rate": "rate",
    "shortcut": "shortcut",
    "brackets": "brackets",
    "heads": "heads",
    "head": "heads",
}

_FLAGS = {
    "bias": "bias=yes",
    "no bias": "bias=no",
    "without bias": "bias=no",
    "nobias": "bias=no",
    "same": "padding=same",
    "same padding": "padding=same",
    "valid padding": "padding=valid",
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
    "ceil mode": "ceil=yes",
    "rising": "rising=yes",
    **dict.fromkeys(
        (
            "each position",
            "each frame",
            "per position",
            "positionwise",
            "position wise",
            "time distributed",
            "timedistributed",
        ),
        "each=yes",
    ),
    "nearest": "interpolation=nearest",
    "bidirectional": "bidirectional=yes",
    "causal": "padding=causal",
    "causal padding": "padding=causal",
    **dict.fromkeys(("return sequences", "return sequence", "all states", "every state"), "sequences=yes"),
    **dict.fromkeys(
        ("last state", "last hidden state", "final state", "last output", "last step", "return last state"),
        "sequences=no",
    ),
}

_UNITS = (
    "filters",
    "filter",
    "channels",
    "channel",
    "maps",
    "feature maps",
    "feature map",
    "kernels",
    "units",
    "neurons",
    "neuron",
    "nodes",
    "outputs",
    "dimensional",
    "ch",
    "class",
    "cells",
    # In other languages that have our letters.
    *("filtros", "filtres", "canales", "canaux", "canais", "unidades", "unidad", "neuronas", "neurones"),
    *("neuronen", "einheiten"),
)
# Which place of its window each maximum came from: it changes no shape.
_INDICES = ("indices", "index", "switches", "pooling indices", "pool indices", "max indices")
_FILLERS = (
    *_INDICES,
    *(
        "layer",
        "layers",
        "with",
        "of",
        "and",
        "a",
        "an",
        "one",
        "by",
        "over",
        "the",
        "each",
        "then",
        "using",
        "size",
        "spatial",
        "dimensions",
        "words",
    ),
    *("hidden", "overlapping", "whole", "whole map", "entire", "entire map", "classifier", "to"),
    *("followed by", "nonlinearity", "non linearity", "activation function"),
    *("capa", "couche", "camada", "schicht", "de", "con", "avec", "mit"),
    *("adaptive", "adaptativo", "adaptatif"),
    # Where the stride of a bracket belongs anyway.
    *(
        f"{word} first{what}"
        for word in ("in", "in the", "for the", "of the")
        for what in ("", " block", " unit", " one")
    ),
    *("first block", "first unit"),
)
# `dilated convolution` says how much elsewhere in its cell.
_NEEDS = {"dilated": "dilation", "atrous": "dilation", "group": "groups", "grouped": "groups"}
# What a word means that is all of its cell.
ALONE = {"full": "full layer"}
_COUNTS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
# Layers that networks made blocks of, too.
_OWN = ("subsampling", "sub sampling", "down sampling", "downsampling")
# Pools that may take the largest value of a window or the mean; read as the mean.
_OPEN_POOLS = ("pool", "pooling", *_OWN)
_WIRES = {
    "from": "from",
    "reuse": "reuse",
    **dict.fromkeys(("tied", "tied to", "tied dense", "tied fc", "tied logits", "logits tied to"), "tied"),
    "keep": "keep",
    "add": "add",
    "concat": "concat",
    "concatenate": "concat",
    "concatenation": "concat",
    "cat": "concat",
    "multiply": "multiply",
    "maximum": "maximum",
    "average": "average",
    "subtract": "subtract",
    "dot": "dot",
    "cosine": "cosine",
    "cosine similarity": "cosine",
    "aside": "aside",
    "append": "append",
    "matmul": "matmul",
    "spread": "spread",
}


def _meanings() -> dict[str, Meaning]:
    words: dict[str, Meaning] = {filler: ("filler", "") for filler in _FILLERS}
    words |= {unit: ("unit", unit) for unit in _UNITS}
    words |= {word: ("count", str(count)) for word, count in _COUNTS.items()}
    words |= {phrase: ("unsaid", why) for phrase, why in UNSAID.items()}
    words |= {
        f"{word} {conv}": ("needs", key) for word, key in _NEEDS.items() for conv in ("conv", "convolution")
    }
    words |= {
        f"{word}{conv}": ("needs", "kernel")
        for word in ("pointwise", "pw")
        for conv in ("", " conv", " convolution", "conv")
    }
    words |= {
        key: ("option", value)
        for key, value in OPTION_KEYS.items()
        if key not in _FLAGS and key not in _UNITS
    }
    words |= {word: ("flag", flag) for word, flag in _FLAGS.items()}
    words |= {word: ("wire", kind) for word, kind in _WIRES.items()}
    for conv in ("conv", "convolution"):
        words[f"linear {conv}"] = ("given", "conv activation=none")
        words[f"causal {conv}"] = ("given", "conv padding=causal")
        words |= {
            phrase: ("given", "conv padding=causal needs=dilation")
            for phrase in (f"dilated causal {conv}", f"causal dilated {conv}")
        }
    words["linear"] = ("linear", "none")
    words |= {word: ("norm" if op in NORMS else "op", op) for word, op in index.WORDS.items()}
    words |= {word: ("given", said) for word, said in index.GIVEN.items()}
    words |= {word: ("activation", function) for word, function in ACTIVATIONS.items()}
    return words


MEANINGS = _meanings()
# What an unknown word may have been meant for.
LAYER_WORDS = {
    word: meaning
    for word, meaning in MEANINGS.items()
    if meaning[0] not in ("wire", "filler", "unsaid", "count")
}
_COMPACT = {
    word.replace(" ", ""): meaning
    for word, meaning in MEANINGS.items()
    if meaning[0] in ("op", "norm", "activation")
}
_CLASS = pattern(r"([a-z_]{3,}?)([123]d)?(_?transpose)?(_\d+)?")  # `conv2d_transpose_1`
LONGEST = max(word.count(" ") for word in MEANINGS) + 1
_WITH_KERNEL = pattern(r"([A-Za-z][A-Za-z_-]*?(?:[123]d(?=_))?)_?(\d+(?:x\d+)*)", re.IGNORECASE)
_GLUED = pattern(r"(s|p|g|k|d|stride|pad)(\d+(?:x\d+)*)", re.IGNORECASE)


def plain(word: str) -> str:
    """Bring a spelling to the form of the table above: lower case, spaces for hyphens and underscores."""
    return word if word == "C" else word.lower().replace("-", " ").replace("_", " ")


def longest(words: list[str]) -> tuple[int, Meaning] | None:
    """Find the longest run of words, from the first on, that means something: its length and meaning."""
    said = list(map(plain, words[:LONGEST]))
    for count in range(len(said), 0, -1):
        meaning = MEANINGS.get(" ".join(said[:count]))
        if meaning:
            return count, meaning
    alone = _alone(words[0]) if words else None
    return (1, alone) if alone else None


def phrases(words: list[str]) -> Iterator[tuple[int, int, Meaning]]:
    """List the known phrases of a text: where each begins, how many words it has, what it means."""
    at = 0
    while at < len(words):
        count, meaning = longest(words[at : at + LONGEST]) or (0, None)
        if meaning:
            yield at, count, meaning
        at += count or 1


def _alone(word: str) -> Meaning | None:
    """Read the name of a class (`MaxPooling2D`) or of one of its layers (`max_pooling2d_1`), and words of
    other letters."""
    if not word.isascii():
        from archdsl.lang.abroad import LAYERS

        return MEANINGS.get(LAYERS.get(word.rstrip("0123456789").lower(), ""))
    match = _CLASS.fullmatch(word.lower().replace("-", "_"))
    if not match or (match[4] and not match[2] and op_with_kernel(word)):
        return None
    return _COMPACT.get(f"{match[1]}{match[3] or ''}".replace("_", ""))


def is_open_pool(phrase: str) -> bool:
    """Return whether a phrase names a pool, and not which: `pooling`."""
    return plain(phrase) in _OPEN_POOLS


def is_index(word: str) -> bool:
    """Return whether a word says where maxima came from."""
    return plain(word) in _INDICES


def numbered(word: str) -> tuple[str, str] | None:
    """Part a word and the number or window at its end: `pool3x3` -> `pool` and `3x3`."""
    match = _WITH_KERNEL.fullmatch(word)
    return (match[1], match[2].lower()) if match else None


def op_with_kernel(word: str) -> tuple[str, str] | None:
    """Read `Conv3x3`, and the `conv3` of `conv3-64`: an op and its kernel."""
    parts = numbered(word)
    meaning = (MEANINGS.get(plain(parts[0])) or _COMPACT.get(parts[0].lower())) if parts else None
    if (
        not parts
        or not meaning
        or meaning[0] != "op"
        or all(param.name != "kernel" for param in OPS[meaning[1]].params)
    ):
        return None
    return (meaning[1], parts[1]) if "x" in parts[1] or meaning[1] == "conv" else None


def glued(word: str) -> tuple[str, tuple[int, ...]] | None:
    """Read `s2`, `p1`, `k3x3`: the canonical key and its numbers."""
    match = _GLUED.fullmatch(word)
    if not match:
        return None
    return OPTION_KEYS[match[1].lower()], tuple(map(int, match[2].lower().split("x")))


def is_purpose(meaning: Meaning) -> bool:
    """Return whether a word alone in parentheses behind a layer tells what its values are for: `FC2
    (embedding)`."""
    return meaning[0] == "unsaid" or (
        meaning[0] == "op" and OPS[meaning[1]].family in ("embedding", "attention")
    )


def reserved(words: list[str]) -> tuple[int, Meaning] | None:
    """Find the longest phrase as `longest` does, but none that a block may be called: fillers, counts, what
    cannot be said, and what networks call their own."""
    found = longest(words)
    if found and " ".join(map(plain, words[: found[0]])) in _OWN:
        return None
    return found if found and found[1][0] not in ("filler", "unsaid", "count") else None


def layer_word(text: str) -> bool:
    """Return whether a text begins with words of a layer, so that its first word is not the row's name."""
    found = longest([word.strip(",;") for word in text.split()[:LONGEST]])
    return found is not None and found[1][0] in (*LAYER_KINDS, "linear", "wire")
