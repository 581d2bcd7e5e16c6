"""The layers of Darknet, by the words of its logs and of its `.cfg` files."""

from archdsl.light import Final

# Words of a log -> sections of a `.cfg` file.
IN_LOG: Final = {
    "conv": "convolutional",
    "max": "maxpool",
    "avg": "avgpool",
    "res": "shortcut",
    "shortcut": "shortcut",
    "dropout": "dropout",
}
SECTIONS: Final = {
    "conv": "convolutional",
    "network": "net",
    "conn": "connected",
    "max": "maxpool",
    "avg": "avgpool",
    "soft": "softmax",
}
# What reads a network's output: no layer of it. The value before one is an output.
HEADS: Final = frozenset({"yolo", "gaussian_yolo", "region", "detection", "cost"})
ACTIVATIONS: Final = {
    "leaky": "leaky relu 0.1",
    "relu": "relu",
    "relu6": "relu6",
    "logistic": "sigmoid",
    "tanh": "tanh",
    "elu": "elu",
    "selu": "selu",
    "swish": "swish",
    "gelu": "gelu",
    "linear": "",
}
