"""The layers of PyTorch and Keras as code writes them: what each argument by position is.

`Conv2d(3, 64, 3)` is PyTorch's, which counts the channels that come in, `Conv2D(64, 3)` is Keras'; the case
of the d tells, or where both frameworks write a name alike (`LSTM`) how many arguments stand there. An
argument `entering` is compared with what arrives, `edges` are amounts at both ends of each axis, the last
axis first, `-` is none of a table's. What code
leaves out has the default of its framework.
"""

import re
from collections.abc import Mapping

from archdsl.light import NamedTuple


class Signature(NamedTuple):
    """The layer as a word of the vocabulary, its arguments in order, and whether an unsaid padding is
    none; `says` are options that its framework means where the code says nothing."""

    word: str
    order: tuple[str, ...]
    valid: bool
    says: Mapping[str, str] = {}


_CONV = "entering channels kernel stride padding dilation groups bias"
_POOL = "kernel stride padding"
_KERAS_RECURRENT = "channels activation"
_TORCH_RECURRENT = "entering channels layers bias - dropout bidirectional"
_ORDERS = {
    "LSTM": ("lstm", _KERAS_RECURRENT),
    "GRU": ("gru", _KERAS_RECURRENT),
    "SimpleRNN": ("rnn", _KERAS_RECURRENT),
    "LSTM of PyTorch": ("lstm", _TORCH_RECURRENT),
    "GRU of PyTorch": ("gru", _TORCH_RECURRENT),
    "RNN of PyTorch": ("rnn", "entering channels layers - bias - dropout bidirectional"),
    "ConvLSTM#D": ("convlstm", "channels kernel - padding"),
    "Conv#d": ("conv", _CONV),
    "Conv#D": ("conv", "channels kernel stride padding - dilation groups activation bias"),
    "ConvTranspose#d": ("conv transpose", "entering channels kernel stride padding extra - bias"),
    "Conv#DTranspose": ("conv transpose", "channels kernel stride padding extra"),
    "DepthwiseConv#D": ("depthwise", "kernel stride padding"),
    "MaxPool#d": ("max pool", f"{_POOL} - - ceil"),
    "MaxPool#D": ("max pool", _POOL),
    "MaxPooling#D": ("max pool", _POOL),
    "AvgPool#d": ("average pool", f"{_POOL} ceil - -"),
    "AvgPool#D": ("average pool", _POOL),
    "AveragePooling#D": ("average pool", _POOL),
    "AdaptiveAvgPool#d": ("adaptive average pool", "output"),
    "AdaptiveMaxPool#d": ("adaptive max pool", "output"),
    "GlobalAveragePooling#D": ("global average pool", ""),
    "GlobalMaxPooling#D": ("global max pool", ""),
    "Linear": ("fc", "entering channels bias"),
    "Dense": ("fc", "channels activation bias"),
    "BatchNorm#d": ("bn", "entering epsilon momentum"),
    "InstanceNorm#d": ("instance norm", "entering epsilon"),
    "GroupNorm": ("gn", "groups entering epsilon"),
    "LayerNorm": ("ln", "entering epsilon"),
    "LocalResponseNorm": ("lrn", "size alpha beta offset"),
    "Dropout": ("dropout", "rate"),
    "Dropout#d": ("spatial dropout", "rate"),
    "SpatialDropout#D": ("spatial dropout", "rate"),
    "Activation": ("", "activation"),
    "LeakyReLU": ("leaky relu", "slope -"),
    "ReLU": ("relu", "-"),
    "ReLU6": ("relu6", "-"),
    "ELU": ("elu", "- -"),
    "PReLU": ("prelu", "- initial"),
    "Softmax": ("softmax", "-"),
    "LogSoftmax": ("log softmax", "-"),
    "UpSampling#D": ("upsample", "stride"),
    "ZeroPadding#D": ("zeropad", "amount"),
    "ZeroPad#d": ("zeropad", "edges"),
    "Cropping#D": ("crop", "amount"),
    "PixelShuffle": ("pixel shuffle", "stride"),
    "Reshape": ("reshape", "shape"),
    "Flatten": ("flatten", "- -"),
    "Embedding": ("embedding", "shape channels -"),
}
# Arguments by name that say nothing of a network's shapes and counts.
NEUTRAL = (
    "name",
    "axis",
    "inplace",
    "data_format",
    "dim",
    "padding_mode",
    "start_dim",
    "end_dim",
    "align_corners",
    "batch_first",
    "recurrent_activation",
    "kernel_initializer",
    "recurrent_initializer",
    "unroll",
    "stateful",
    "return_state",
    "padding_idx",
    "input_length",
    "sparse",
    "max_norm",
)
_PADDED = ("conv", "depthwise", "conv transpose", "max pool", "average pool", "convlstm")
_RECURRENT = ("lstm", "gru", "rnn", "convlstm")
_OF_TORCH = ("", "input_size", "hidden_size")


def signature(name: str, keys: tuple[str, ...] = ()) -> Signature | None:
    """Find the layer that code of PyTorch or Keras calls so, with the keys of its arguments (empty for one by
    position); None for any other name."""
    generic = re.sub(r"(?<=[A-Za-z])[123](?=[dD])", "#", name)
    torch = _ORDERS.get(f"{name} of PyTorch") if sum(key in _OF_TORCH for key in keys) > 1 else None
    found = torch or _ORDERS.get(generic)
    if found is None:
        return None
    word, order = found
    says = {"sequences": "yes", "biases": "two"} if torch else {"sequences": "no"}
    return Signature(word, tuple(order.split()), word in _PADDED, says if word in _RECURRENT else {})
