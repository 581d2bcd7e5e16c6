"""Ops on the channel axis: adding, choosing, mixing and comparing channels.

Keras' layers for windows work on spatial axes. Read as channels first, the last axes of H x W x C are W and
C, so they work on channels too.
"""

from archdsl.light import Any
from archdsl.ops.base import Call, Calls, Op, Param, Params, Shape, ShapeFault, torch_form


def last_axis(value: Any, shape: Shape, other: Any) -> Any:
    """Return what a channels-first layer takes for the spatial axes so that only the channels of `shape` are
    meant."""
    rank = len(shape) - 1
    return (*(other,) * (rank - 1), value) if rank > 1 else value


def on_channels(layer: str, shape: Shape, kwargs: dict[str, Any], suffix: str = "") -> Call:
    """Return a layer for windows that works on the channels of `shape`."""
    return Call(f"layers.{layer}{len(shape) - 1}D", kwargs | {"data_format": "channels_first"}, suffix)


def one_to_three(what: str, shape: Shape) -> None:
    """Raise ShapeFault where Keras has no layer for so many spatial axes."""
    if not 2 <= len(shape) <= 4:
        raise ShapeFault(f"{what} one to three spatial axes, the input has {len(shape) - 1}")


def _pad_shape(params: Params, inputs: tuple[Shape, ...]) -> Shape:
    one_to_three("zero channels need", inputs[0])
    return (*inputs[0][:-1], inputs[0][-1] + params["amount"])


PAD_CHANNELS = Op(
    name="pad_channels",
    family="shape",
    doc="Zero channels after the last one (shortcut A).",
    params=(Param("amount", None, "number of zero channels"),),
    shape=_pad_shape,
    keras=lambda params, inputs: on_channels(
        "ZeroPadding", inputs[0], {"padding": last_axis((0, params["amount"]), inputs[0], (0, 0))}
    ),
    torch=torch_form("pad_channels"),
    label=lambda params: f"zero-pad +{params['amount']}",
    sees="place",
)


def _select_shape(params: Params, inputs: tuple[Shape, ...]) -> Shape:
    start, stop, channels = params["start"], params["stop"], inputs[0][-1]
    if len(inputs[0]) > 4:
        raise ShapeFault(
            f"channels are selected from at most three spatial axes, the input has {len(inputs[0]) - 1}"
        )
    if not 0 <= start < stop <= channels:
        raise ShapeFault(f"channels {start} to {stop} are not among the {channels} of the input")
    return (*inputs[0][:-1], stop - start)


def _select_keras(params: Params, inputs: tuple[Shape, ...]) -> Calls:
    (*sizes, channels), cut = inputs[0], (params["start"], inputs[0][-1] - params["stop"])
    # Keras' 1-D cropping cuts the spatial axis alone.
    wide = inputs[0] if len(inputs[0]) > 2 else (*sizes, *(1,) * (2 - len(sizes)), channels)
    crop = on_channels("Cropping", wide, {"cropping": last_axis(cut, wide, (0, 0))})
    if wide == inputs[0]:
        return crop
    back = Call("layers.Reshape", {"target_shape": (*sizes, params["stop"] - params["start"])})
    return Call("layers.Reshape", {"target_shape": wide}, "map"), crop._replace(suffix="crop"), back


def _select_label(params: Params) -> str:
    first, last = params["start"] + 1, params["stop"]
    return f"channel {first}" if first == last else f"channels {first}–{last}"


SELECT = Op(
    name="select",
    family="shape",
    sees="place",
    doc="Some of the channels: a run of them.",
    params=(
        Param("start", 0, "number of channels before the first one that is kept"),
        Param("stop", None, "channels up to here are kept"),
    ),
    shape=_select_shape,
    keras=_select_keras,
    torch=lambda params, inputs: Call("", {}, use=f"{{0}}[:, {params['start']}:{params['stop']}]"),
    label=_select_label,
    words=("select", "select channels"),
)


def _shuffle_shape(params: Params, inputs: tuple[Shape, ...]) -> Shape:
    if inputs[0][-1] % params["groups"]:
        raise ShapeFault(f"{params['groups']} groups do not divide {inputs[0][-1]} channels")
    return inputs[0]


def _shuffle_keras(params: Params, inputs: tuple[Shape, ...]) -> Calls:
    *sizes, channels = inputs[0]
    axes, groups = len(sizes), params["groups"]
    return (
        Call("layers.Reshape", {"target_shape": (*sizes, groups, channels // groups)}, "split"),
        Call("layers.Permute", {"dims": (*range(1, axes + 1), axes + 2, axes + 1)}, "swap"),
        Call("layers.Reshape", {"target_shape": inputs[0]}),
    )


CHANNEL_SHUFFLE = Op(
    name="channel_shuffle",
    family="shape",
    doc="Channels of all groups in turn: the first of each group, then the second of each, and so on.",
    params=(Param("groups", 2, "number of channel groups; divides the channels"),),
    shape=_shuffle_shape,
    keras=_shuffle_keras,
    torch=lambda params, inputs: Call(
        "", {}, use=f"{{0}}.unflatten(1, ({params['groups']}, -1)).transpose(1, 2).flatten(1, 2)"
    ),
    label=lambda params: "shuffle",
    sees="place",
    words=("channel shuffle", "channelshuffle", "shuffle"),
)


def _maxout_shape(params: Params, inputs: tuple[Shape, ...]) -> Shape:
    if len(inputs[0]) > 4:
        raise ShapeFault(f"maxout takes at most three spatial axes, the input has {len(inputs[0]) - 1}")
    if inputs[0][-1] % params["pieces"]:
        raise ShapeFault(f"{params['pieces']} pieces do not divide {inputs[0][-1]} channels")
    return (*inputs[0][:-1], inputs[0][-1] // params["pieces"])


def _maxout_keras(params: Params, inputs: tuple[Shape, ...]) -> Calls:
    pieces = params["pieces"]
    if len(inputs[0]) > 1:
        return on_channels("MaxPooling", inputs[0], {"pool_size": last_axis(pieces, inputs[0], 1)})
    split = Call("layers.Reshape", {"target_shape": (inputs[0][0] // pieces, pieces)}, "split")
    return split, Call("layers.GlobalMaxPooling1D", {"data_format": "channels_first"})


MAXOUT = Op(
    name="maxout",
    family="activation",
    doc="Largest of every few channels that follow each other, which it makes one channel.",
    params=(Param("pieces", 2, "number of channels that become one; divides the channels"),),
    shape=_maxout_shape,
    keras=_maxout_keras,
    torch=lambda params, inputs: Call("", {}, use=f"{{0}}.unflatten(1, (-1, {params['pieces']})).amax(2)"),
    label=lambda params: f"maxout {params['pieces']}",
    words=("maxout", "max out"),
)


def _one_channel(name: str, layer: str, reduced: str, what: str, *words: str) -> Op:
    def shape(params: Params, inputs: tuple[Shape, ...]) -> Shape:
        one_to_three(f"the {what} of channels is taken over", inputs[0])
        return (*inputs[0][:-1], 1)

    return Op(
        name=name,
        family="pool",
        doc=(
            f"{what.capitalize()} of all channels at each position: a map of one channel (spatial attention)."
        ),
        params=(),
        shape=shape,
        keras=lambda params, inputs: on_channels(
            layer, inputs[0], {"pool_size": last_axis(inputs[0][-1], inputs[0], 1)}
        ),
        torch=lambda params, inputs: Call("", {}, use=f"{{0}}.{reduced}(1, keepdim=True)"),
        label=lambda params: f"channel {what}",
        sees="place",
        words=tuple(f"channel {word}" for word in (what, *words)),
    )


CHANNEL_MEAN = _one_channel(
    "channel_mean", "AveragePooling", "mean", "mean", "average", "average pool", "average pooling", "avg pool"
)
CHANNEL_MAX = _one_channel(
    "channel_max", "MaxPooling", "amax", "maximum", "max", "max pool", "max pooling", "maxpool"
)
