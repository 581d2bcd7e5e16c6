"""The configuration of a Keras model -> its layers in order, each with what it reads; models within it are
opened."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from archdsl.foreign.constants import rescaling
from archdsl.foreign.errors import ForeignError, Unsaid

MOST_LAYERS = 100_000
_MODELS = ("Functional", "Sequential", "Model")


class Layer(NamedTuple):
    """One use of a layer: its class and arguments, and the names of the layers that it reads; `causal`
    tells that it was called with a mask of what is ahead, `shares` names the first use, where this is a
    further one, `own` tells that it is none of Keras', `mask` names what makes the mask that it is called
    with."""

    name: str
    kind: str
    config: dict[str, Any]
    inputs: tuple[str, ...]
    causal: bool = False
    shares: str = ""
    own: bool = False
    mask: str = ""


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
    ends: dict[str, str] = {}  # a use of a layer -> the layer that gives its value
    inputs = _ends(config["input_layers"])
    outer = dict(zip(inputs, given, strict=False))
    for entry in config["layers"]:
        name = entry["config"].get("name") or entry["name"]
        if name in outer:
            ends[name] = outer[name]
            continue
        for number, node in enumerate(entry.get("inbound_nodes") or [None]):
            use = _use(name, number)
            read = tuple(
                ends.get(one, prefix + one) for one in (_read(node, entry["class_name"]) if node else ())
            )
            made, ends[use] = _applied(entry, node, prefix, (name, use), read)
            mask = _masked(node)
            if mask and entry["class_name"] in _MODELS:
                raise Unsaid(prefix + name, "it is a model that is called with a mask of padding")
            layers += [one._replace(mask=ends.get(mask, prefix + mask)) for one in made] if mask else made
    outputs = tuple(ends.get(name, prefix + name) for name in _ends(config["output_layers"]))
    return Layers(
        str(config.get("name", "")), tuple(layers), tuple(prefix + name for name in inputs), outputs
    )


def _use(name: str, number: int) -> str:
    """Return what the value of a use of a layer is called: the first as the layer is."""
    return f"{name}:{number + 1}" if number else name


def _applied(
    entry: dict[str, Any], node: Any, prefix: str, names: tuple[str, str], read: tuple[str, ...]
) -> tuple[list[Layer], str]:
    """Return the layers of one use of a layer, or of a model that is opened, and the layer that gives its
    value; `names` are the layer's and that of the use."""
    first, use = (prefix + name for name in names)
    kind, again = entry["class_name"], first != use
    if kind not in _MODELS:
        causal = node is not None and _is_causal(node, first)
        shares = first if again else ""
        scaled = rescaling(entry, node)
        if scaled is not None:
            return [Layer(use, "Rescaling", scaled, read, shares=shares)], use
        config = _config(entry, first) | _called(kind, node)
        return [Layer(use, kind, config, read, causal, shares, _is_own(entry))], use
    inner = _model(kind, entry["config"], f"{use}/", read)
    layers = [
        layer._replace(shares=f"{first}{(layer.shares or layer.name).removeprefix(use)}") if again else layer
        for layer in inner.layers
    ]
    return layers, inner.outputs[0]


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
        made = Layer(prefix + name, kind, _config(entry, prefix + name), last, own=_is_own(entry))
        layers.append(made)
        last = (prefix + name,)
    if not given and layers and layers[0].kind != "InputLayer":
        shape = (config.get("build_input_shape") or layers[0].config.get("batch_shape") or [])[:]
        layers.insert(0, Layer(f"{prefix}input", "InputLayer", {"batch_shape": shape}, ()))
        layers[1] = layers[1]._replace(inputs=(f"{prefix}input",))
    first = given or tuple(layer.name for layer in layers[:1])
    return Layers(str(config.get("name", "")), tuple(layers), first, last)


def _config(entry: dict[str, Any], name: str) -> dict[str, Any]:
    """Return the arguments of a layer; raise Unsaid where it is code."""
    if entry["class_name"] in ("Lambda", "__lambda__"):
        raise Unsaid(name, "it is a Lambda layer, whose code is not executed")
    config: dict[str, Any] = entry["config"]
    return config


def _called(kind: str, node: Any) -> dict[str, Any]:
    """Return what a call of a layer says besides its values: an embedding may be applied the other way
    round, tokens are compared with the one that is padding."""
    kwargs = (node.get("kwargs") or {}) if isinstance(node, dict) else {}
    if kind == "NotEqual":
        return {"number": node["args"][-1]}
    return {"reverse": True} if kind == "ReversibleEmbedding" and kwargs.get("reverse") else {}


def _is_own(entry: dict[str, Any]) -> bool:
    """Return whether a layer is none of Keras' but the model's own."""
    module = entry.get("module") or ""
    elsewhere = module.split(".")[0] not in ("keras", "builtins", "")
    return elsewhere or (not module and bool(entry.get("registered_name")))


def _ends(value: Any) -> tuple[str, ...]:
    """Read `input_layers`: one `[name, 0, 0]`, or a list of them."""
    if isinstance(value, list) and value and isinstance(value[0], str):
        return (_use(str(value[0]), value[1] if len(value) > 1 else 0),)
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
        if key not in (*_ATTENTION, "mask") and value is not None and any(_tables(value)):
            raise Unsaid(name, f"it is called with a value for {key}, which is not said")
    return bool(kwargs.get("use_causal_mask"))


def _masked(node: Any) -> str:
    """Return what makes the mask of padding that a call takes, an empty text where it takes none."""
    kwargs = (node.get("kwargs") or {}) if isinstance(node, dict) else {}
    found = _tensors({"args": [kwargs["mask"]]}) if kwargs.get("mask") else []
    return found[0] if found else ""


def _tensors(node: Any) -> list[str]:
    """Return the layers whose values a call takes, in order; raise ValueError for a second value of one."""
    found = []
    for part in _tables(node["args"] if isinstance(node, dict) else node):
        if part.get("class_name") == "__keras_tensor__":
            name, use, tensor = part["config"]["keras_history"]
            if tensor:
                raise ValueError(f"the value {tensor} of {name}")
            found.append(_use(str(name), use))
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
