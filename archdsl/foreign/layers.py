"""The configuration of a Keras model -> its layers in order, each with what it reads; models within it are
opened."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from archdsl.foreign.errors import ForeignError, Unsaid

MOST_LAYERS = 100_000
_MODELS = ("Functional", "Sequential", "Model")


class Layer(NamedTuple):
    """One use of a layer: its class and arguments, and the names of the layers that it reads; `causal`
    tells that it was called with a mask of what is ahead."""

    name: str
    kind: str
    config: dict[str, Any]
    inputs: tuple[str, ...]
    causal: bool = False


class Layers(NamedTuple):
    """The layers of a model in an order in which each can be computed, and its ends."""

    name: str
    layers: tuple[Layer, ...]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


def layers_of(configuration: dict[str, Any]) -> Layers:
    """Return the layers of a model; raise ForeignError where the configuration is none of a functional or
    sequential model."""
    kind, config = configuration.get("class_name"), configuration.get("config")
    if kind not in _MODELS or not isinstance(config, dict) or not isinstance(config.get("layers"), list):
        raise ForeignError(
            f"a model of the class {kind} is code, not layers: only functional and sequential models say how "
            "their layers are joined"
        )
    try:
        found = _sequential(config, "", ()) if kind == "Sequential" else _functional(config, "", ())
    except (KeyError, TypeError, IndexError, AttributeError, ValueError) as error:
        raise ForeignError(f"the configuration is damaged: {type(error).__name__} {error}") from None
    if len(found.layers) > MOST_LAYERS:
        raise ForeignError(f"the model has more than {MOST_LAYERS:,} layers")
    return found._replace(layers=_in_order(found.layers))


def _functional(config: dict[str, Any], prefix: str, given: tuple[str, ...]) -> Layers:
    layers: list[Layer] = []
    ends: dict[str, str] = {}  # a layer that is a model -> what it gives
    inputs = _ends(config["input_layers"])
    outer = dict(zip(inputs, given, strict=False))
    for entry in config["layers"]:
        name, kind, own = entry["config"].get("name") or entry["name"], entry["class_name"], entry["config"]
        if name in outer:
            ends[name] = outer[name]
            continue
        nodes = entry.get("inbound_nodes") or []
        if len(nodes) > 1:
            raise Unsaid(prefix + name, "it is used more than once with the same weights")
        read = tuple(ends.get(one, prefix + one) for one in (_read(nodes[0], kind) if nodes else ()))
        if kind in _MODELS:
            inner = _model(kind, own, f"{prefix}{name}/", read)
            layers += inner.layers
            ends[name] = inner.outputs[0]
        else:
            causal = bool(nodes) and _is_causal(nodes[0], prefix + name)
            layers.append(Layer(prefix + name, kind, _owned(entry, prefix + name), read, causal))
    outputs = tuple(ends.get(name, prefix + name) for name in _ends(config["output_layers"]))
    return Layers(
        str(config.get("name", "")), tuple(layers), tuple(prefix + name for name in inputs), outputs
    )


def _model(kind: str, config: dict[str, Any], prefix: str, read: tuple[str, ...]) -> Layers:
    inner = (_sequential if kind == "Sequential" else _functional)(config, prefix, read)
    if len(inner.outputs) != 1:
        raise Unsaid(prefix.rstrip("/"), "it is a model of several outputs within a model")
    return inner


def _sequential(config: dict[str, Any], prefix: str, given: tuple[str, ...]) -> Layers:
    layers: list[Layer] = []
    last = given
    for entry in config["layers"]:
        name, kind = entry["config"].get("name") or entry["name"], entry["class_name"]
        if kind == "InputLayer" and last:
            continue
        if kind in _MODELS:
            inner = _model(kind, entry["config"], f"{prefix}{name}/", last)
            layers += inner.layers
            last = inner.outputs
            continue
        layers.append(Layer(prefix + name, kind, _owned(entry, prefix + name), last))
        last = (prefix + name,)
    if not given and layers and layers[0].kind != "InputLayer":
        shape = (config.get("build_input_shape") or layers[0].config.get("batch_shape") or [])[:]
        layers.insert(0, Layer(f"{prefix}input", "InputLayer", {"batch_shape": shape}, ()))
        layers[1] = layers[1]._replace(inputs=(f"{prefix}input",))
    first = given or tuple(layer.name for layer in layers[:1])
    return Layers(str(config.get("name", "")), tuple(layers), first, last)


def _owned(entry: dict[str, Any], name: str) -> dict[str, Any]:
    """Return the arguments of a layer; raise Unsaid where it is code, or none of Keras' own."""
    kind, module = entry["class_name"], entry.get("module") or ""
    if kind in ("Lambda", "__lambda__"):
        raise Unsaid(name, "it is a Lambda layer, whose code is not executed")
    if module.split(".")[0] not in ("keras", "builtins", "") or (not module and entry.get("registered_name")):
        raise Unsaid(name, f"{kind} is no layer of Keras")
    config: dict[str, Any] = entry["config"]
    return config


def _ends(value: Any) -> tuple[str, ...]:
    """Read `input_layers`: one `[name, 0, 0]`, or a list of them."""
    if isinstance(value, list) and value and isinstance(value[0], str):
        return (str(value[0]),)
    parts = value.values() if isinstance(value, dict) else value
    return tuple(name for part in parts for name in _ends(part))


_ATTENTION = ("query", "value", "key")  # what `MultiHeadAttention` is called with, in Keras' order


def _read(node: Any, kind: str) -> list[str]:
    """Return the layers whose values a call takes. Attention takes query, key and value: one where the three
    are, two where the key is the value."""
    if kind != "MultiHeadAttention":
        return _tensors(node)
    kwargs = node.get("kwargs") or {}
    given = dict(zip(_ATTENTION, _tensors(node), strict=False))
    given |= {key: _tensors({"args": [kwargs[key]]})[0] for key in _ATTENTION if kwargs.get(key)}
    query, value = given["query"], given["value"]
    found = [query, given.get("key", value), value]
    while len(found) > 1 and found[-1] == found[-2]:
        found.pop()
    return found


def _is_causal(node: Any, name: str) -> bool:
    """Return whether a call asks for a causal mask; raise Unsaid where it is given another value by name."""
    kwargs = (node.get("kwargs") or {}) if isinstance(node, dict) else {}
    for key, value in kwargs.items():
        if key not in _ATTENTION and value is not None and any(_tables(value)):
            raise Unsaid(name, f"it is called with a value for {key}, which is not said")
    return bool(kwargs.get("use_causal_mask"))


def _tensors(node: Any) -> list[str]:
    """Return the layers whose values a call takes, in order; raise ValueError for a second value of one."""
    found = []
    for part in _tables(node["args"] if isinstance(node, dict) else node):
        if part.get("class_name") == "__keras_tensor__":
            name, _, tensor = part["config"]["keras_history"]
            if tensor:
                raise ValueError(f"the value {tensor} of {name}")
            found.append(str(name))
    return found


def _tables(value: Any) -> Iterator[dict[str, Any]]:
    """Return the tables in a value, in the order they are printed, without those inside of them."""
    if isinstance(value, dict):
        yield value
    elif isinstance(value, list):
        for part in value:
            yield from _tables(part)


def _in_order(layers: tuple[Layer, ...]) -> tuple[Layer, ...]:
    """Sort layers so that each stands behind what it reads; as they are where they stand so already."""
    done: dict[str, Layer] = {}
    waiting = list(layers)
    while waiting:
        later = []
        for layer in waiting:
            if all(name in done for name in layer.inputs):
                done[layer.name] = layer
            else:
                later.append(layer)
        if len(later) == len(waiting):
            raise ForeignError(f"the layer {later[0].name} reads what no layer gives, or itself")
        waiting = later
    return tuple(done.values())
