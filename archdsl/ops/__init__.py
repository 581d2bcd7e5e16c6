"""The primitive ops, one declaration each; everything else is generic over them."""

from archdsl.ops.arrange import ADD, CONCAT, FLATTEN, INPUT, MULTIPLY, PAD, PAD_CHANNELS
from archdsl.ops.base import Call, Op, Param, ShapeFault, Weight
from archdsl.ops.conv import CONV, DEPTHWISE
from archdsl.ops.dense import DENSE
from archdsl.ops.pointwise import ACTIVATION, ACTIVATIONS, BATCH_NORM, DROPOUT, LAYER_NORM
from archdsl.ops.pool import AVG_POOL, GLOBAL_AVG_POOL, GLOBAL_MAX_POOL, MAX_POOL

OPS: dict[str, Op] = {
    op.name: op
    for op in (
        INPUT,
        CONV,
        DEPTHWISE,
        DENSE,
        MAX_POOL,
        AVG_POOL,
        GLOBAL_AVG_POOL,
        GLOBAL_MAX_POOL,
        BATCH_NORM,
        LAYER_NORM,
        ACTIVATION,
        DROPOUT,
        FLATTEN,
        ADD,
        CONCAT,
        MULTIPLY,
        PAD,
        PAD_CHANNELS,
    )
}

__all__ = ["ACTIVATIONS", "OPS", "Call", "Op", "Param", "ShapeFault", "Weight"]
