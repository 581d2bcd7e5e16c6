"""A `MultiHeadAttention` of Keras -> the parameters of our attention."""

from typing import Any

from archdsl.foreign.errors import Unsaid
from archdsl.foreign.initializers import plain, spelling
from archdsl.foreign.layers import Layer
from archdsl.foreign.neutral import says_nothing
from archdsl.graph.graph import Shape

_READ = (
    *("num_heads", "key_dim", "value_dim", "output_shape", "use_bias", "dropout"),
    *("kernel_initializer", "flash_attention"),  # how it is computed says nothing of what
)


def attention(layer: Layer, shapes: tuple[Shape, ...]) -> dict[str, Any]:
    """Return the parameters; raise Unsaid for an argument that has no word."""
    config, channels = layer.config, shapes[0][-1]
    if list(config.get("attention_axes") or ()) == list(range(1, len(shapes[0]))):
        config = {**config, "attention_axes": None}  # all positions, which Keras writes once it is built
    for key, value in config.items():
        if (
            key not in _READ
            and value not in (None, False)
            and not says_nothing(key, plain(value), len(shapes[0]))
        ):
            raise Unsaid(layer.name, f"MultiHeadAttention with {key}={value!r}"[:200] + " is not said")
    heads, width = config["num_heads"], config["key_dim"]
    value, out = config.get("value_dim") or width, config.get("output_shape") or channels
    out = out[-1] if isinstance(out, list | tuple) else out
    return {
        "heads": heads,
        "width": None if width * heads == channels else width,
        "value": None if value == width else value,
        "out": None if out == channels else out,
        "bias": config.get("use_bias", True),
        "causal": layer.causal,
        "over": None,
        "dropout": config.get("dropout", 0.0),
        "keys": None,
        "values": None,
        "initializer": spelling(plain(config.get("kernel_initializer", "glorot_uniform"))),
    }
