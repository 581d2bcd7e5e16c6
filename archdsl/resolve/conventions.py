"""What a table leaves to convention: the settings, their values, and the styles that bundle them."""

from archdsl.light import NamedTuple
from archdsl.ops import ACTIVATIONS, initial
from archdsl.syntax import library


class Convention(NamedTuple):
    """A setting: its allowed words (none for a number), its default and its meaning."""

    values: tuple[str, ...]
    default: str
    doc: str


_FUNCTIONS = ("none", *dict.fromkeys(ACTIVATIONS.values()))

CONVENTIONS: dict[str, Convention] = {
    "norm": Convention(
        ("none", "batch", "layer", "group", "instance"),
        "none",
        "normalisation that goes with every convolution",
    ),
    "norm-epsilon": Convention((), "0.001", "added to the variance"),
    "norm-momentum": Convention((), "0.99", "share of the moving statistics that one step keeps"),
    "norm-groups": Convention((), "32", "channel groups of a group normalisation"),
    "norm-scale": Convention(("yes", "no"), "yes", "whether a norm has a trained factor per channel (gamma)"),
    "bias": Convention(("auto", "yes", "no"), "auto", "bias of convolutions; auto: where no norm follows"),
    "activation": Convention(
        _FUNCTIONS, "relu", "activation that goes with every convolution and hidden dense layer"
    ),
    "leaky-slope": Convention((), "0.2", "slope of a leaky ReLU below zero"),
    "order": Convention(
        ("conv-norm-activation", "norm-activation-conv"), "conv-norm-activation", "post- or pre-activation"
    ),
    "stem-order": Convention(
        ("order", "conv-norm-activation"),
        "order",
        "whether the network's first convolution has its norm and activation after it even so",
    ),
    "brackets": Convention(
        ("plain", "residual", "dense"),
        "plain",
        "what a bracket of two layers or more is: a plain stack, added to its input, or concatenated with it",
    ),
    "shortcut": Convention(
        ("identity", "zero-pad", "project", "project-all"),
        "project",
        "shortcut where the shape changes (A: zero-pad, B: project; C: project-all)",
    ),
    "projection-norm": Convention(("yes", "no"), "yes", "whether a projection is normalised"),
    "projection-bias": Convention(
        ("auto", "yes", "no"), "auto", "bias of a projection; auto: as `bias` says"
    ),
    "projection-input": Convention(("block", "pre-activation"), "block", "what a projection reads"),
    "first-projection": Convention(
        ("change", "always"),
        "change",
        "whether the network's first residual block projects even where no shape changes",
    ),
    "stride-in": Convention(
        ("first", "first-spatial", "last"),
        "first-spatial",
        "convolution of a bracket that takes the stage's stride (first-spatial: the first larger than 1x1)",
    ),
    "strided-padding": Convention(
        ("same", "symmetric"),
        "same",
        "padding of a strided convolution: Keras' same, or (k - 1) split in two and then none",
    ),
    "pool-padding": Convention(
        ("same", "zeros", "symmetric"),
        "same",
        (
            "padding of a strided pool that needs one: Keras' same, which counts for nothing in a window; "
            "the same as zeros, which count; or (k - 1) zeros split in two"
        ),
    ),
    "downsampling": Convention(
        (),
        "stride",
        "where a stage's size shrinks and no layer says how: a `stride` in it, or a named block before it",
    ),
    "classifier-conv": Convention(
        ("hidden", "bare"),
        "hidden",
        (
            "whether a convolution that gives the classes has norm and activation, or is bare as a dense "
            "layer is"
        ),
    ),
    "size-order": Convention(
        ("auto", "channels-last", "channels-first"),
        "auto",
        (
            "where a printed size has its channels; auto: where the rows' channels or an equal pair of axes "
            "say, else last"
        ),
    ),
    "default-kernel": Convention(
        ("none", "1", "3", "5", "7"), "none", "kernel of a convolution that prints none"
    ),
    "width-multiplier": Convention(
        (), "1", "factor of all channels that the table prints, rounded by channel-divisor"
    ),
    "depth-multiplier": Convention(
        (), "1", "factor of the repeats of named blocks that the table prints, rounded up"
    ),
    "channel-divisor": Convention((), "8", "what channels under a width multiplier are divisible by"),
    "channel-keep": Convention(
        (),
        "0.9",
        "share of its channels that a layer keeps at least when they are rounded; 0: none is too few",
    ),
    "drop-path": Convention(
        (),
        "0",
        "stochastic depth of the blocks that say `drop path, rising`: what its rate rises to, block by block",
    ),
    "drop-path-blocks": Convention((), "0", "number of blocks over which it rises; 0: as many as there are"),
    "recurrent-biases": Convention(
        ("one", "two"),
        "one",
        "biases of each gate of a recurrent layer: one, as Keras has it, or two, as PyTorch has them",
    ),
    "gru-reset": Convention(
        ("after", "before"),
        "after",
        (
            "whether a GRU's reset gate acts after the product of the state, which then has its own bias "
            "(Keras, PyTorch), or before it (the paper)"
        ),
    ),
    "initializer": Convention(
        (),
        "glorot_uniform",
        "how the kernels of convolutions are initialised, and those of the dense layers of a gate",
    ),
    "dense-initializer": Convention(
        (), "same", "how the kernels of other dense layers are initialised; same: as those of convolutions"
    ),
}

ALIASES = {
    "norm": {
        "bn": "batch",
        "batchnorm": "batch",
        "batch-norm": "batch",
        "ln": "layer",
        "no": "none",
        "off": "none",
    },
    "order": {
        "post": "conv-norm-activation",
        "pre": "norm-activation-conv",
        "conv-bn-relu": "conv-norm-activation",
        "bn-relu-conv": "norm-activation-conv",
    },
    "shortcut": {"a": "zero-pad", "b": "project", "c": "project-all", "projection": "project"},
    "bias": {"on": "yes", "off": "no", "true": "yes", "false": "no"},
    "activation": {**ACTIVATIONS, "linear": "none", "no": "none"},
}

# Settings that are not conventions: how each is written, and what it says.
FACTS = {
    "input": ("input 32x32x3", "shape of one example, channels last: height x width x channels"),
    "outputs": ("outputs mean, variance", "rows that are outputs of the network, in this order"),
    "classes": ("classes 10", "number of classes, compared with the head; a head without a number has it"),
    "style": (
        "style resnet",
        "a bundle of the conventions that a table leaves out; a setting beside it wins",
    ),
    "name": ("name my-network", "name of the network; the file's where none is given"),
    "param": ("param n = 3", "a parameter for the arithmetic of cells; -D n=9 gives it another value"),
    "read": (
        "read [3x3, c] as 3x3, c; 3x3, c",
        "what a printed form means; unknown words stand for what is printed there",
    ),
    "variant": (
        "variant large: k=2, params=9M",
        "a network of its own with these parameters and settings, or more about that of a column",
    ),
    "columns": (
        "columns name, size, structure, ignore",
        "roles of the columns in their order, whatever their headers say",
    ),
    "direction": ("direction bottom-up", "the table is printed from its output up to its input"),
    "source": ("source He et al. 2015, Table 1", "a note: where the table is printed"),
    "each-row": ("each-row stage", "the block that each row is, where no column says it"),
    "append": ("append average pool, fc", "layers after the last row"),
    "params": ("params 25.6M", "a printed count of parameters, compared"),
    "macs": ("macs 4.1G", "a printed count of multiply-adds, compared"),
    "flops": ("flops 4.1G", "the same as macs; one or two operations for each multiply-add"),
    "depth": ("depth 50", "a printed count of weighted layers on the main path, compared"),
}
INITIALIZERS = ("initializer", "dense-initializer")
FACTORS = ("width-multiplier", "depth-multiplier", "channel-divisor", "norm-groups", "drop-path-blocks")


def normal(key: str, value: str) -> str:
    """Bring a word to its canonical spelling for a setting."""
    word = value.strip().lower()
    aliases = ALIASES.get(key, {})
    spaced = word.replace("-", " ").replace("_", " ")
    found = aliases.get(word) or aliases.get(spaced) or word
    if key in INITIALIZERS:
        return initial.spelled(word) or word
    return (
        found
        if found in CONVENTIONS[key].values
        else found.replace("-", "_")
        if key == "activation"
        else found
    )


def allowed(key: str, value: str) -> bool:
    """Return whether a setting can have a value (in canonical spelling)."""
    convention = CONVENTIONS[key]
    if convention.values:
        return value in convention.values
    if key == "downsampling":
        return bool(value)
    if key in INITIALIZERS:
        return value == initial.spelled(value) or value == convention.default
    try:
        number = float(value)
    except ValueError:
        return False
    return 0 <= number < 1 if key not in FACTORS else 0 < number <= 1000


def expected(key: str) -> tuple[str, ...]:
    """List the values that a setting can have, or say in words which."""
    if key == "downsampling":
        return ("stride", "the name of a block")
    if key in INITIALIZERS:
        return (*(word for word in ("same",) if word == CONVENTIONS[key].default), *initial.EXPECTED)
    return CONVENTIONS[key].values or ("a number above 0" if key in FACTORS else "a number from 0 to 1",)


def styles() -> tuple[str, ...]:
    """List the styles that come with archdsl."""
    return tuple(name for name in library.names() if not name.startswith("_"))


def style_text(style: str) -> str:
    """Return the source of a style."""
    return library.text(style)
