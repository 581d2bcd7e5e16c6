"""The classes of layers that frameworks print in the summary of a model -> words of a table."""

import re

from archdsl.light import Final
from archdsl.patterns import pattern

# What a class, without its `2d`, is in a table; None: it passes its input on.
TYPES: dict[str, str | None] = {
    "conv": "conv",
    "depthwiseconv": "depthwise conv",
    "convtranspose": "conv transpose",
    "separableconv": "separable conv",
    "maxpooling": "max pool",
    "maxpool": "max pool",
    "averagepooling": "average pool",
    "avgpool": "average pool",
    "adaptiveavgpool": "average pool",
    "adaptivemaxpool": "max pool",
    "globalaveragepooling": "global average pool",
    "globalmaxpooling": "global max pool",
    "batchnormalization": "BN",
    "batchnorm": "BN",
    "layernormalization": "LN",
    "layernorm": "LN",
    "localresponsenorm": "LRN",
    "dense": "fc",
    "linear": "fc",
    "flatten": "flatten",
    "reshape": "reshape",
    "upsampling": "upsample",
    "upsample": "upsample",
    "upsamplingnearest": "upsample",
    "cropping": "crop",
    "zeropadding": "zeropad",
    "zeropad": "zeropad",
    "dropout": "dropout",
    "spatialdropout": "dropout",
    "add": "add",
    "concatenate": "concat",
    "multiply": "multiply",
    "maximum": "maximum",
    "average": "average",
    "inputlayer": "input",
    "embedding": "embedding",
    "lstm": "lstm",
    "gru": "gru",
    "simplernn": "rnn",
    "rnn": "rnn",
    "identity": None,
}
MERGES: Final = frozenset({"add", "concatenate", "multiply", "maximum", "average"})
POOLS: Final = frozenset({"max pool", "average pool"})
ON_LAST: Final = frozenset({"linear", "embedding", "layernorm", "lstm", "gru", "rnn"})  # in PyTorch
# Which give a sequence as many steps as they take.
ALONG: Final = frozenset({"embedding", "lstm", "gru", "simplernn", "rnn", "bidirectional", "dropout"})
FUNCTIONS: Final = (
    "relu6",
    "relu",
    "softmax",
    "sigmoid",
    "tanh",
    "swish",
    "silu",
    "gelu",
    "elu",
    "selu",
    "hardswish",
)
CLASSES: Final = dict.fromkeys((*FUNCTIONS, "prelu")) | {"leakyrelu": "leaky relu", "activation": ""}
KEEPING_SHAPE: Final = frozenset({"BN", "LN", "dropout", *FUNCTIONS})  # words of layers
# Names of Keras 1 and of PyTorch's further classes, which a summary prints for the same layers.
_OTHERS: Final = {
    "convolution": "conv",
    "deconvolution": "convtranspose",
    "atrousconvolution": "conv",
    "separableconvolution": "separableconv",
    "module": "model",
}
# Models, and layers around another, of which a summary may print nothing more.
WRAPPERS: Final = ("timedistributed", "bidirectional", "functional", "model", "sequential", "modulelist")
# Classes that may change values but never a count, where they keep the shape: augmentation, noise, scaling,
# what code says.
KEEPING: Final = frozenset(
    {
        "rescaling",
        "lambda",
        "masking",
        "gaussiannoise",
        "gaussiandropout",
        "alphadropout",
        "activityregularization",
    }
    | {
        "randomflip",
        "randomrotation",
        "randomzoom",
        "randomtranslation",
        "randomcontrast",
        "randombrightness",
        "randomcrop",
        "centercrop",
        "resizing",
    }
    | {"logsoftmax", "droppath", "stochasticdepth", "quantstub", "dequantstub"}
)
_AXES = pattern(r"[123]d")
_NUMBER = pattern(r"(?:_\d+)+$")


def class_of(printed: str, name: str, cut: bool) -> str:
    """Return a printed class without its `2d`.

    One that is cut off at the edge of its column, `BatchNormalizatio...` or `(Batch`, is the only known one
    that begins so; where several do, the one that the row is named after (`separable_conv2d_1`), as Keras
    names its layers. A name without its class (`max_pooling2d_2`) is that of its class.
    """
    plain = _plain(printed)
    if "_" in plain and plain not in WRAPPERS:
        unnamed = _plain(_NUMBER.sub("", printed)).replace("_", "")
        plain = unnamed if unnamed in (*TYPES, *CLASSES, *_OTHERS, *KEEPING) else plain
    begins = re.sub(r"[123]?\.+$", "", plain)
    if begins == plain and not cut:
        return _OTHERS.get(plain, plain)
    begins = re.sub(r"[123]$", "", begins)
    found = {
        _OTHERS.get(known, known)
        for known in (*TYPES, *CLASSES, *_OTHERS, *KEEPING, *WRAPPERS)
        if known.startswith(begins)
    }
    if len(found) == 1:
        return found.pop()
    named = _plain(_NUMBER.sub("", name)).replace("_", "")
    return _OTHERS.get(named, named) if _OTHERS.get(named, named) in found else plain


def _plain(text: str) -> str:
    return _AXES.sub("", text.lower())
