"""Arguments of Keras' layers that say nothing of what is computed, and the values by which others say
nothing."""

from typing import Any

# Arguments that a network of ours has no use for, whatever they say.
IGNORED = frozenset(
    {
        *(
            "name",
            "trainable",
            "dtype",
            "seed",
            "autocast",
            "build_config",
            "build_input_shape",
            "batch_shape",
        ),
        *("sparse", "ragged", "optional", "supports_masking", "input_shape", "batch_input_shape"),
        *("renorm_clipping", "renorm_momentum"),  # of a `renorm` that is off
    }
)
# Values that leave an argument without effect.
_NOTHING: dict[str, tuple[Any, ...]] = {
    "activation": ("linear", None),
    "data_format": ("channels_last", None),
    "bias_initializer": ("zeros",),
    "beta_initializer": ("zeros",),
    "gamma_initializer": ("ones",),
    "moving_mean_initializer": ("zeros",),
    "moving_variance_initializer": ("ones",),
    "alpha_initializer": ("zeros",),
    "kernel_initializer": ("glorot_uniform",),
    "depthwise_initializer": ("glorot_uniform",),
    "axis": (-1, (-1,)),
    "groups": (1,),
    "depth_multiplier": (1,),
    "use_bias": (True,),
    "center": (True,),
    "scale": (True, 1, 1.0),
    "offset": (0, 0.0),
    "strides": (1, (1,), (1, 1), (1, 1, 1)),
    "dilation_rate": (1, (1,), (1, 1), (1, 1, 1)),
    "interpolation": ("nearest",),
    "epsilon": (0.001,),
    "synchronized": (False,),
    "keepdims": (False,),
    "renorm": (False,),
    "mean": (None,),
    "variance": (None,),
    "invert": (False,),
    "virtual_batch_size": (None,),
    "rms_scaling": (False,),
    "noise_shape": (None,),
    "output_padding": (None,),
    "negative_slope": (0, 0.0),
    "threshold": (0, 0.0),
    "max_value": (None,),
    "unroll": (False,),
    "padding": ("valid",),
}
_PARTS = (
    "_regularizer",
    "_constraint",
    "lora_rank",
    "lora_alpha",
    "quantization_config",
    "quantization_mode",
)


def says_nothing(key: str, value: Any, rank: int) -> bool:
    """Return whether an argument leaves a layer as it is; `rank` counts the axes of one example."""
    if key in IGNORED or (key.endswith(_PARTS) and value is None):
        return True
    if key == "axis" and value in (rank, (rank,), [rank]):  # the channels, counted from the batch
        return True
    return any(value == nothing and type(value) is type(nothing) for nothing in _NOTHING.get(key, ()))
