"""What a call in PyTorch's words looks like as source: constructors, attributes, class names."""

import re
from collections.abc import Iterable, Mapping
from keyword import iskeyword
from typing import Any

from archdsl.backends.layout import laid
from archdsl.backends.signature import literal

# Arguments that a person writes by position, where they come first.
_POSITIONAL = (
    *("in_channels", "out_channels", "kernel_size", "in_features", "out_features", "num_features"),
    *("num_groups", "num_channels", "num_parameters", "normalized_shape", "padding", "p", "size", "value"),
    *("num_embeddings", "embedding_dim", "input_size", "hidden_size"),
)
# The start of a module's name -> what its arguments are where they are left out.
_DEFAULTS: dict[str, dict[str, Any]] = {
    "nn.Conv": {"stride": 1, "padding": 0, "output_padding": 0, "dilation": 1, "groups": 1, "bias": True},
    "nn.MaxPool": {"padding": 0, "stride": None},
    "nn.AvgPool": {"padding": 0, "stride": None},
    "nn.BatchNorm": {"eps": 1e-5, "momentum": 0.1},
    "nn.InstanceNorm": {"eps": 1e-5},
    "nn.LayerNorm": {"eps": 1e-5},
    "nn.GroupNorm": {"eps": 1e-5},
    "nn.Linear": {"bias": True},
    "nn.PReLU": {"init": 0.25},
}
# What `nn.Module` has already: a layer of such a name would break it.
_TAKEN = frozenset(
    {
        *(
            "add_module",
            "apply",
            "bfloat16",
            "buffers",
            "call_super_init",
            "children",
            "compile",
            "cpu",
            "cuda",
        ),
        *(
            "double",
            "dump_patches",
            "eval",
            "extra_repr",
            "float",
            "forward",
            "get_buffer",
            "get_extra_state",
        ),
        *(
            "get_parameter",
            "get_submodule",
            "half",
            "ipu",
            "load_state_dict",
            "modules",
            "mtia",
            "named_buffers",
        ),
        *("named_children", "named_modules", "named_parameters", "parameters", "requires_grad_"),
        *("set_extra_state", "set_submodule", "share_memory", "state_dict", "to", "to_empty", "train"),
        *("training", "type", "xpu", "zero_grad"),
    }
)


def constructor(target: str, kwargs: Mapping[str, Any], parameters: Mapping[str, str]) -> str:
    """Write a constructor; `parameters` says which of its arguments are parameters of the block, by name."""
    values = {key: parameters.get(key, literal(value)) for key, value in kwargs.items()}
    if "{" in target:  # a tensor of its own
        return target.format(**values)
    left_out = next((known for start, known in _DEFAULTS.items() if target.startswith(start)), {})
    words: list[str] = []
    plain = True
    for key, word in values.items():
        if key not in parameters and key in left_out and kwargs[key] == left_out[key]:
            continue
        plain = plain and key in _POSITIONAL and (key != "padding" or not words)
        words.append(word if plain else f"{key}={word}")
    return f"{target}({', '.join(words)})"


def applied(use: str, module: str, inputs: list[str]) -> str:
    """Write what `forward` computes; `module` is the attribute that holds what was constructed."""
    return re.sub(r"\{(m|\d+)\}", lambda found: _put(found[1], module, inputs), use)


def _put(place: str, module: str, inputs: list[str]) -> str:
    return f"self.{module}" if place == "m" else inputs[int(place)]


def attribute(name: str, taken: Iterable[str]) -> str:
    """Make a name for a layer that nothing else has in its module."""
    name = re.sub(r"[^A-Za-z0-9_]", "_", name)
    name = f"s{name}" if not name.isidentifier() or name.startswith(("_", "register_")) else name
    while iskeyword(name) or name in _TAKEN or name in taken:
        name += "_"
    return name


def class_name(name: str, taken: Iterable[str]) -> str:
    """Make a class of a name: `residual_block` is `ResidualBlock`."""
    name = "".join(word[:1].upper() + word[1:] for word in re.split(r"[^A-Za-z0-9]+", name))
    name = name if name[:1].isalpha() else f"Net{name}"
    while iskeyword(name) or name in taken:
        name += "_"
    return name


def returned(lines: list[str], value: str) -> list[str]:
    """End a function with a value; the statement that makes it, if it stands right before, is what is
    returned."""
    start = f"        {value} = "
    if lines and lines[-1].startswith(start) and value.isidentifier():
        return [*lines[:-1], *laid(f"return {lines[-1].removeprefix(start)}", 8)]
    return [*lines, f"        return {value}"]
