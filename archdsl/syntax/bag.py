"""A layer or block while its words and numbers are being collected."""

from archdsl.lang import vocabulary
from archdsl.lang.vocabulary import NORMS, plain
from archdsl.ops import NO_OP, OPS, Op
from archdsl.source import Span
from archdsl.syntax.ast import Argument, Block, BlockDef, Expr, Item, Layer, Option, Use
from archdsl.syntax.names import parameter_of

# What of the norm behind a layer is said, and the option of that name.
NORM_OPTIONS = {"groups": "norm-groups", "epsilon": "norm-epsilon", "momentum": "norm-momentum"}

# The parameter that a bare number after an op gives: `reshape 4x4x64`, `upsample 2`, `maxout 2`.
_PLAIN = (
    "shape",
    "amount",
    "pieces",
    "stride",
    "groups",
    "size",
    "output",
    "slope",
    "stop",
    "factor",
    "heads",
    "window",
    "block",
    "shift",
    "order",
)
_GROWING = vocabulary.MEANINGS["fractionally strided conv"][1]
_OF_TOKENS = ("shape", "channels")  # how many tokens there are, and their channels
# A number after a comma belongs to the op only where the op needs one.
_NEEDED = ("shape", "amount", "output", "heads", "window", "block", "shift", "order")

WORDLESS = "conv"  # the op of a window without a word

# Layers that norms and activations belong to; a kernel alone is a convolution.
TAKES_NORM = (*vocabulary.TAKES_NORM, "")


def extra(op: str) -> tuple[str, ...]:
    """Return the options that a layer takes beyond the parameters of its op: what goes with it."""
    if op not in OPS:
        return ()
    frames = ("each",) if at_frames(op) else ()
    if op not in vocabulary.TAKES_NORM:
        return (*(("entering",) if op in NORMS or OPS[op].family == "recurrent" else ()), *frames)
    # Printed channels of an op that keeps them, and those that filters are printed for, are compared.
    channels = ("channels", "multiplier") if OPS[op].keeps_channels else ("entering",)
    return ("norm", *NORM_OPTIONS.values(), "activation", *channels, *frames)


def at_frames(op: str) -> bool:
    """Return whether a layer may be at each frame of a sequence of maps: windows and flattening."""
    return OPS[op].flattens or OPS[op].has_window


def op_of(item: Item) -> Op:
    """Return what is declared of a layer's op; what is no layer has no traits."""
    return OPS[item.op] if isinstance(item, Layer) else NO_OP


class Bag:
    """A layer being collected; `op` is empty until a word names it (a kernel alone means a convolution)."""

    def __init__(self, span: Span) -> None:
        self.op = ""
        self.options: list[Option] = []
        self.span = span
        self.block: Block | None = None
        self.use: BlockDef | None = None
        self.args: tuple[Argument, ...] = ()
        self.after_comma = False
        self.unread_unit = False
        self.times: tuple[Expr, Span] | None = None
        self.fractional = False  # whether its stride is one by which a convolution makes its map larger
        self.axes = 0  # of the map, where the print says how many: `3D conv`
        self.glued: Option | None = None  # the 3 of `conv3`: a window where channels follow, else an ordinal

    @property
    def kind(self) -> Op:
        """Return what is declared of its op; a window without a word is a convolution."""
        return OPS[self.op or WORDLESS]

    @property
    def is_layer(self) -> bool:
        """Recognise a single layer, which is neither a bracket nor the use of a block."""
        return not (self.block or self.use)

    @property
    def takes_norm(self) -> bool:
        """Return whether a norm or an activation behind it belongs to it."""
        return self.is_layer and self.op in TAKES_NORM

    @property
    def is_empty(self) -> bool:
        """Return whether nothing is said of it."""
        return not self.op and not self.options

    @property
    def is_complete(self) -> bool:
        """Return whether it has its window and its channels."""
        return self.has("kernel") and self.has("channels")

    def has(self, key: str) -> bool:
        return any(option.key == key for option in self.options)

    def lacks_axis(self, key: str) -> bool:
        """Return whether a number is the second one of an embedding, as the 128 of `embedding 20000, 128`."""
        if key not in _OF_TOKENS or self.op not in OPS or not OPS[self.op].takes_tokens:
            return False
        said = [option for option in self.options if option.key in _OF_TOKENS]
        return len(said) == 1 and type(said[0].value) is not tuple and (said[0].key, key) != ("channels",) * 2

    @property
    def is_bare(self) -> bool:
        """Recognise a window without a word, whose repeat needs brackets."""
        return self.is_layer and not self.op and self.has("kernel")

    def takes(self, key: str) -> bool:
        if self.use:
            return parameter_of(self.use, key) is not None
        if key == "kernel" and self.op and OPS[self.op].is_global:  # the whole map, which may be printed
            return True
        return takes(self.op or WORDLESS, key)

    def number(self) -> str:
        """Name the parameter of an op without a window that takes the number which comes next; empty where
        none does."""
        if not self.op or self.takes("kernel") or self.takes("channels"):
            return ""
        if self.lacks_axis("shape"):
            return "shape"
        leaky = any(option.value == "leaky_relu" for option in self.options)
        keys = [key for key in _PLAIN if self.takes(key) and not self.has(key) and (key != "slope" or leaky)]
        return next((key for key in keys if key in _NEEDED or not self.after_comma), "")

    def item(self) -> Item:
        if self.glued and self.has("channels") and not self.has("kernel"):
            self.options.insert(0, self.glued)
        if self.block:
            return self.block._replace(options=tuple(self.options), span=self.span)
        if self.use:
            return Use(self.use, self.args, tuple(self.options), self.span)
        layer = Layer(self.op or WORDLESS, tuple(self.options), self.span, self.axes)
        return fractional(layer) if self.fractional else layer


def fractional(layer: Layer) -> Layer:
    """Return the layer that a convolution of stride 1/2 is."""
    return layer._replace(op=_GROWING) if layer.op == WORDLESS else layer


def own_name(op: str, word: str) -> str | None:
    """Return the parameter of an op that a word is a name of."""
    if takes(op, word):
        return word
    return next((param.name for param in OPS[op].params if plain(word) in param.words), None)


def takes(op: str, key: str) -> bool:
    """Return whether an op has a parameter, or is printed with one."""
    if op not in OPS:
        return False
    if (key == "channels" and OPS[op].keeps_channels) or (key == "each" and at_frames(op)):
        return True
    return key in OPS[op].options


def _takes_printed(layer: Layer, key: str) -> bool:
    if key == "kernel" and OPS[layer.op].is_global:  # the whole map, which may be printed
        return True
    return takes(layer.op, key) or key in extra(layer.op)


def free(layer: Layer, key: str) -> bool:
    """Return whether a layer takes an option and does not have it."""
    return _takes_printed(layer, key) and all(option.key != key or option.implied for option in layer.options)
