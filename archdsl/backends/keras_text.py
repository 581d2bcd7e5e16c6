"""What a call in Keras' words looks like as source: arguments in order, defaults left out, constants."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from archdsl.backends.signature import literal
from archdsl.ops import Call

# Arguments that a person writes by position, where they come first.
_POSITIONAL = (
    *("filters", "units", "kernel_size", "pool_size", "rate", "activation", "size", "target_shape"),
    *("dims", "equation", "x2"),
)
_FIRST = ("filters", "units", "kernel_size", "pool_size", "strides", "padding", "dilation_rate", "groups")
# The start of a layer's name -> what its arguments are where they are left out; Keras' own, by test.
DEFAULTS: dict[str, dict[str, Any]] = {
    "layers.Conv": {
        "strides": 1,
        "padding": "valid",
        "dilation_rate": 1,
        "groups": 1,
        "use_bias": True,
        "kernel_initializer": "glorot_uniform",
    },
    "layers.DepthwiseConv": {
        "strides": 1,
        "padding": "valid",
        "dilation_rate": 1,
        "use_bias": True,
        "depthwise_initializer": "glorot_uniform",
    },
    "layers.Dense": {"use_bias": True, "kernel_initializer": "glorot_uniform"},
    "layers.BatchNormalization": {"momentum": 0.99, "epsilon": 0.001, "scale": True, "center": True},
    "layers.MaxPooling": {"padding": "valid"},
    "layers.AveragePooling": {"padding": "valid"},
}
# What uses of one printed layer may differ in, with the value that leaving it out means.
IN_ROWS: dict[str, Any] = {
    **{"kernel_size": None, "pool_size": None, "activation": None, "momentum": 0.99, "epsilon": 0.001},
    **{"use_bias": True, "kernel_initializer": "glorot_uniform", "depthwise_initializer": "glorot_uniform"},
    **{"dilation_rate": 1},
}


def named_constants(calls: Iterable[Call]) -> dict[str, tuple[str, str]]:
    """Return for each initializer that is written more than once, as `literal` writes it, the name of a
    constant and its value.

    The value is a configuration: Keras makes each layer an initializer of its own of it.
    """
    found = Counter(
        (literal(value), value.target.rpartition(".")[2], literal_dict(value.kwargs))
        for call in calls
        for value in call.kwargs.values()
        if isinstance(value, Call) and value.target.startswith("initializers.")
    )
    again = [key for key, count in found.items() if count > 1]
    names: dict[str, tuple[str, str]] = {}
    for written, target, config in again:
        name = "".join(f"_{char}" if char.isupper() else char for char in target).strip("_").upper()
        number = sum(made.startswith(name) for made, _ in names.values())
        name = f"{name}_{number + 1}" if number else name
        names[written] = name, f'{name} = {{"class_name": "{target}", "config": {config}}}'
    return names


def literal_dict(values: Mapping[str, Any]) -> str:
    """Write a mapping of names as Python source."""
    return "{" + ", ".join(f'"{key}": {literal(value)}' for key, value in values.items()) + "}"


def call(target: str, kwargs: Mapping[str, Any], parameters: Mapping[str, str], name: str, given: str) -> str:
    """Write a layer with its arguments and what it is `given`; a function takes all at once.

    `parameters` says which arguments are parameters of the function around it, by name; `name` is the text
    of the layer's name.
    """
    known = next((values for start, values in reversed(DEFAULTS.items()) if target.startswith(start)), {})
    words, plain = [], True
    for key in sorted({**kwargs, **parameters}, key=lambda key: _FIRST.index(key) if key in _FIRST else 99):
        if key not in parameters and key in known and kwargs[key] == known[key]:
            continue
        plain = plain and key in _POSITIONAL
        word = parameters.get(key) or literal(kwargs[key])
        words.append(word if plain else f"{key}={word}")
    if target.startswith("ops."):
        return f"{target}({', '.join([given, *words])})"
    words += [f"name={name}"] if name else []
    return f"{target}({', '.join(words)})" + (f"({given})" if given else "")
