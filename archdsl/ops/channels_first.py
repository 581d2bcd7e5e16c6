"""The PyTorch forms of ops with windows and norms: maps have channels first, and every zero is said.

PyTorch pads both ends of an axis alike. Where Keras' `same` does not, the zeros are a step of their own, so
that the same positions meet the same taps.
"""

from math import prod
from typing import Any

from archdsl.ops.base import Call, Calls, Params, Shape, scalar
from archdsl.ops.windows import same_zeros, spread

Zeros = tuple[tuple[int, int], ...]


def at_end(zeros: Zeros) -> tuple[int, ...]:
    """Return pairs per spatial axis as `F.pad` takes them: those of the last axis first."""
    return tuple(n for pair in reversed(zeros) for n in pair)


def padding(amount: tuple[int, ...], suffix: str = "pad", value: str = "") -> Call:
    """Return the step that puts zeros (or a value) around a map."""
    if value:
        filled = {"padding": amount, "value": float(value)}
        use = f'F.pad({{0}}, {amount}, value=float("{value}"))'
        return Call(f"nn.ConstantPad{len(amount) // 2}d", filled, suffix, use=use)
    return Call(f"nn.ZeroPad{len(amount) // 2}d", {"padding": amount}, suffix, use=f"F.pad({{0}}, {amount})")


def pad(params: Params, inputs: tuple[Shape, ...]) -> Calls:
    """Return zeros around a map."""
    return padding(at_end(params["amount"]), "")


def crop(params: Params, inputs: tuple[Shape, ...]) -> Calls:
    """Return a map without some positions at its ends."""
    cuts = [
        f"{low or ''}:{n - high if high else ''}"
        for n, (low, high) in zip(inputs[0], params["amount"], strict=False)
    ]
    return Call("", {}, use=f"{{0}}[:, :, {', '.join(cuts)}]")


def pad_channels(params: Params, inputs: tuple[Shape, ...]) -> Calls:
    """Return zero channels behind the others."""
    amount = (*(0, 0) * (len(inputs[0]) - 1), 0, params["amount"])
    return Call("", {}, use=f"F.pad({{0}}, {amount})")


def _around(params: Params, shape: Shape) -> Zeros:
    return same_zeros(params, shape) if params["padding"] == "same" else ((0, 0),) * len(params["kernel"])


def _alike(zeros: Zeros) -> bool:
    return all(low == high for low, high in zeros)


def conv(params: Params, inputs: tuple[Shape, ...]) -> Calls:
    """Return a convolution, grouped where it is."""
    return _convolution(params, inputs[0], params["channels"], params["groups"])


def depthwise(params: Params, inputs: tuple[Shape, ...]) -> Calls:
    """Return a convolution with a group for each channel."""
    return _convolution(params, inputs[0], inputs[0][-1], inputs[0][-1])


def _convolution(params: Params, shape: Shape, channels: int, groups: int) -> Calls:
    zeros = _around(params, shape)
    alike = _alike(zeros)
    kwargs: dict[str, Any] = {
        "in_channels": shape[-1],
        "out_channels": channels,
        "kernel_size": scalar(params["kernel"]),
        "stride": scalar(params["stride"]),
        "padding": scalar(tuple(low for low, _ in zeros)) if alike else 0,
        "dilation": scalar(params["dilation"]),
        "groups": groups,
        "bias": params["bias"],
    }
    made = Call(f"nn.Conv{len(zeros)}d", kwargs, use="{m}({0})")
    return made if alike else (padding(at_end(zeros)), made)


def conv_transpose(params: Params, inputs: tuple[Shape, ...]) -> Calls:
    """Return a transposed convolution; what Keras' `same` cuts off at the end alone is cut off behind it."""
    axes = range(len(params["kernel"]))
    spreads = [spread(params, axis) for axis in axes]
    over = [
        max(width - step, 0) if params["padding"] == "same" else 0
        for width, step in zip(spreads, params["stride"], strict=True)
    ]
    kwargs: dict[str, Any] = {
        "in_channels": inputs[0][-1],
        "out_channels": params["channels"],
        "kernel_size": scalar(params["kernel"]),
        "stride": scalar(params["stride"]),
        "padding": scalar(tuple(n // 2 for n in over)),
        "output_padding": scalar(
            tuple(max(step - width, 0) for width, step in zip(spreads, params["stride"], strict=True))
        ),
        "bias": params["bias"],
    }
    cut = "".join(", :-1" if n % 2 else ", :" for n in over)
    use = f"{{m}}({{0}})[:, :{cut}]" if any(n % 2 for n in over) else "{m}({0})"
    return Call(f"nn.ConvTranspose{len(over)}d", kwargs, use=use)


def _pool_kwargs(params: Params) -> dict[str, Any]:
    kwargs: dict[str, Any] = {"kernel_size": scalar(params["kernel"])}
    if params["stride"] != params["kernel"]:
        kwargs["stride"] = scalar(params["stride"])
    return kwargs


def max_pool(params: Params, inputs: tuple[Shape, ...]) -> Calls:
    """Return a maximum over windows; what is around the map is less than everything in it."""
    zeros, kwargs = _around(params, inputs[0]), _pool_kwargs(params)
    name = f"nn.MaxPool{len(zeros)}d"
    if _alike(zeros):
        padded = {"padding": scalar(tuple(low for low, _ in zeros))}
        return Call(name, kwargs | padded, use="{m}({0})")
    return padding(at_end(zeros), value="-inf"), Call(name, kwargs | {"padding": 0}, use="{m}({0})")


def avg_pool(params: Params, inputs: tuple[Shape, ...]) -> Calls:
    """Return a mean over windows, of what is inside the map: zeros around it do not count."""
    return _mean_over(params, _around(params, inputs[0]), "")


def _mean_over(params: Params, zeros: Zeros, suffix: str) -> Call:
    """Return a mean over windows with so many positions around the map that do not count."""
    kwargs, name = _pool_kwargs(params), f"nn.AvgPool{len(zeros)}d"
    if not any(map(any, zeros)):
        return Call(name, kwargs, suffix, use="{m}({0})")
    if _alike(zeros):
        padded = {"padding": scalar(tuple(low for low, _ in zeros)), "count_include_pad": False}
        return Call(name, kwargs | padded, suffix, use="{m}({0})")
    if all(low == 0 and high < step for (low, high), step in zip(zeros, params["stride"], strict=True)):
        return Call(name, kwargs | {"ceil_mode": True}, suffix, use="{m}({0})")
    amount = at_end(zeros)
    share = f"{{m}}(F.pad(torch.ones_like({{0}}), {amount}))"
    return Call(name, kwargs, suffix, use=f"{{m}}(F.pad({{0}}, {amount})) / {share}")


def lcn(params: Params, inputs: tuple[Shape, ...]) -> Calls:
    """Return local contrast normalisation."""
    shape = inputs[0]
    rank = len(shape) - 1
    window = {"kernel": (params["size"],) * rank, "stride": (1,) * rank}
    zeros = same_zeros(window, shape)
    scaled = f"({params['offset']} + {params['alpha']} * {{1}}) ** {params['beta']}"
    return (
        _mean_over(window, zeros, "mean"),
        Call("", {}, "centre", (-1, 0), "{0} - {1}"),
        Call("", {}, "square", (1,), "{0} * {0}"),
        _mean_over(window, zeros, "variance")._replace(inputs=(2,)),
        Call("", {}, "", (1, 3), f"{{0}} / {scaled}"),
    )


def _factors(params: Params) -> tuple[bool, bool]:
    return params.get("scale", True), params.get("center", True)


def _per_channel(shape: Shape) -> str:
    """Return the sizes of a tensor with one number per channel, for a constructor: `64, 1, 1`."""
    return "{num_features}" + ", 1" * (len(shape) - 1)


def scale(params: Params, inputs: tuple[Shape, ...]) -> Calls:
    """Return a trained factor per channel, and a bias where there is one."""
    if not params["bias"]:
        return _parameter(inputs[0], params["initial"], "*")
    return _parameter(inputs[0], params["initial"], "*", "factor"), _parameter(inputs[0], 0, "+")


def bias(params: Params, inputs: tuple[Shape, ...]) -> Calls:
    """Return a trained number per channel, added."""
    return _parameter(inputs[0], 0, "+")


def _parameter(shape: Shape, value: float, operator: str, suffix: str = "") -> Call:
    """Return a trained number per channel, by which a map is multiplied or to which it is added."""
    size = _per_channel(shape)
    filled = {0: f"torch.zeros({size})", 1: f"torch.ones({size})"}
    size = f"({size})" if "," in size else f"({size},)"
    made = f"nn.Parameter({filled.get(value, f'torch.full({size}, {value})')})"  # type: ignore[call-overload]
    return Call(made, {"num_features": shape[-1]}, suffix, use=f"{{0}} {operator} {{m}}")


def _trained(made: Call, params: Params, shape: Shape, switch: str) -> Calls:
    """Return a norm with its factor and its bias; PyTorch has both or none, so one alone is a step of its
    own."""
    factor, bias = _factors(params)
    if factor and bias:
        return made
    bare = made._replace(kwargs=made.kwargs | {switch: False})
    if not factor and not bias:
        return bare
    alone = _parameter(shape, 1, "*") if factor else _parameter(shape, 0, "+")
    return bare._replace(suffix="norm"), alone


def batch_norm(params: Params, inputs: tuple[Shape, ...]) -> Calls:
    """Return a batch norm; PyTorch's momentum is the share of the new statistics."""
    shape = inputs[0]
    kwargs = {
        "num_features": shape[-1],
        "eps": params["epsilon"],
        "momentum": float(f"{1 - params['momentum']:.12g}"),
    }
    return _trained(
        Call(f"nn.BatchNorm{max(len(shape) - 1, 1)}d", kwargs, use="{m}({0})"), params, shape, "affine"
    )


def layer_norm(params: Params, inputs: tuple[Shape, ...]) -> Calls:
    """Return a layer norm over the channels, which PyTorch takes over the last axis."""
    shape = inputs[0]
    kwargs = {"normalized_shape": shape[-1], "eps": params["epsilon"]}
    use = "{m}({0}.movedim(1, -1)).movedim(-1, 1)" if len(shape) > 1 else "{m}({0})"
    return _trained(Call("nn.LayerNorm", kwargs, use=use), params, shape, "elementwise_affine")


def group_norm(params: Params, inputs: tuple[Shape, ...]) -> Calls:
    """Return a norm over groups of channels and all positions."""
    shape = inputs[0]
    kwargs = {"num_groups": params["groups"], "num_channels": shape[-1], "eps": params["epsilon"]}
    return _trained(Call("nn.GroupNorm", kwargs, use="{m}({0})"), params, shape, "affine")


def instance_norm(params: Params, inputs: tuple[Shape, ...]) -> Calls:
    """Return a norm over the positions of each channel."""
    shape = inputs[0]
    kwargs = {"num_features": shape[-1], "eps": params["epsilon"], "affine": True}
    return _trained(
        Call(f"nn.InstanceNorm{len(shape) - 1}d", kwargs, use="{m}({0})"), params, shape, "affine"
    )


def standardize(params: Params, inputs: tuple[Shape, ...]) -> Calls:
    """Return channels less their means, over their deviations; statistics of the data are buffers."""
    if params.get("mean") is None:
        size = _per_channel(inputs[0])
        zeros, ones = f"nn.Buffer(torch.zeros({size}))", f"nn.Buffer(torch.ones({size}))"
        channels = {"num_features": inputs[0][-1]}
        return (
            Call(zeros, channels, "mean", use="{0} - {m}"),
            Call(ones, channels, "variance", use="{0} / {m}.sqrt().clamp(min=1e-07)"),
        )
    every = f"[:{', None' * (len(inputs[0]) - 1)}]"
    each = inputs[0][-1] // len(params["mean"])
    mean, variance = list(params["mean"]) * each, list(params["variance"]) * each
    return (
        Call("", {}, "centre", use=f"{{0}} - {{0}}.new_tensor({mean}){every}"),
        Call("", {}, use=f"{{0}} / {{0}}.new_tensor({variance}).sqrt(){every}"),
    )


def depth_to_space(params: Params, inputs: tuple[Shape, ...]) -> Calls:
    """Return channels as positions, the first channels of a position first, as TensorFlow counts them."""
    shape, stride = inputs[0], params["stride"]
    rank = len(stride)
    order = (0, rank + 1, *(axis for i in range(rank) for axis in (rank + 2 + i, 1 + i)))
    sizes = ", ".join(str(n * s) for n, s in zip(shape, stride, strict=False))
    split = f"{{0}}.unflatten(1, ({', '.join(map(str, stride))}, -1))"
    made = shape[-1] // prod(stride)
    return Call("", {}, use=f"{split}.permute({', '.join(map(str, order))}).reshape(-1, {made}, {sizes})")


def reshape(params: Params, inputs: tuple[Shape, ...]) -> Calls:
    """Return the same values in another shape, channels fastest as in Keras."""
    shape, target = inputs[0], params["shape"]
    last = ".movedim(1, -1)" if len(shape) > 1 else ""
    first = ".movedim(-1, 1)" if len(target) > 1 else ""
    return Call("", {}, use=f"{{0}}{last}.reshape(-1, {', '.join(map(str, target))}){first}")


def flatten(params: Params, inputs: tuple[Shape, ...]) -> Calls:
    """Return all axes as one, channels fastest: the order that Keras' dense kernels expect."""
    shape = inputs[0]
    spread_out = sum(n > 1 for n in shape[:-1])
    if not spread_out or shape[-1] == 1:
        return Call("nn.Flatten", {}, use="{0}.flatten(1)")
    return Call("", {}, use="{0}.movedim(1, -1).flatten(1)")


def multiply(params: Params, inputs: tuple[Shape, ...]) -> Calls:
    """Return a product; a gate of channels alone gets the axes of the map."""
    rank = max(map(len, inputs))
    factors = [
        f"{{{i}}}" + ("" if len(shape) == rank else f"[:, :{', None' * (rank - len(shape))}]")
        for i, shape in enumerate(inputs)
    ]
    return Call("", {}, use=" * ".join(factors))
