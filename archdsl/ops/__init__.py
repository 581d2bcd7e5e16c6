"""The primitive ops, one declaration each; everything else is generic over them."""

from archdsl.ops.arrange import CROP, EXPAND, FLATTEN, NETWORK_INPUT, PAD, RESHAPE
from archdsl.ops.attention import ATTENTION, CAUSAL_MASK, HEADS, JOIN_HEADS, MATMUL
from archdsl.ops.base import INPUT, Call, Op, Param, ShapeFault, Weight, taken
from archdsl.ops.channels import CHANNEL_MAX, CHANNEL_MEAN, CHANNEL_SHUFFLE, MAXOUT, PAD_CHANNELS, SELECT
from archdsl.ops.columns import TO_SEQUENCE
from archdsl.ops.contrast import LCN
from archdsl.ops.conv import CONV, CONV_TRANSPOSE, DEPTHWISE
from archdsl.ops.dense import DENSE
from archdsl.ops.enlarge import DEPTH_TO_SPACE, UPSAMPLE
from archdsl.ops.merge import ADD, AVERAGE, CONCAT, COSINE, DOT, MAXIMUM, MULTIPLY, SUBTRACT
from archdsl.ops.norm import BATCH_NORM, GROUP_NORM, INSTANCE_NORM, LAYER_NORM, LRN, SCALE, STANDARDIZE
from archdsl.ops.own import OWN_LAYER, OWN_WEIGHTED
from archdsl.ops.pointwise import (
    ABSOLUTE,
    ACTIVATION,
    ACTIVATIONS,
    DROP_PATH,
    DROPOUT,
    PRELU,
    RESCALE,
    SPATIAL_DROPOUT,
)
from archdsl.ops.pool import (
    ADAPTIVE_AVG_POOL,
    ADAPTIVE_MAX_POOL,
    AVG_POOL,
    GLOBAL_AVG_POOL,
    GLOBAL_MAX_POOL,
    GLOBAL_STD_POOL,
    MAX_POOL,
)
from archdsl.ops.recurrent import CONV_LSTM, GRU, LSTM, RNN
from archdsl.ops.relative import RELATIVE_BIAS, RELATIVE_LOGITS, SHIFT_MASK
from archdsl.ops.sequence import (
    APPEND,
    GRID,
    JOIN_WINDOWS,
    ROLL,
    SELECT_TOKENS,
    SPACE_TO_DEPTH,
    SPREAD,
    TOKENS,
    TRANSPOSE,
    WINDOWS,
)
from archdsl.ops.tokens import EMBEDDING, LEARNED, POSITIONS

_ALL = (
    *(NETWORK_INPUT, CONV, DEPTHWISE, CONV_TRANSPOSE, DENSE),
    *(LSTM, GRU, RNN, CONV_LSTM, TO_SEQUENCE, OWN_LAYER, OWN_WEIGHTED),
    *(
        MAX_POOL,
        AVG_POOL,
        GLOBAL_AVG_POOL,
        GLOBAL_MAX_POOL,
        GLOBAL_STD_POOL,
        ADAPTIVE_AVG_POOL,
        ADAPTIVE_MAX_POOL,
        UPSAMPLE,
        DEPTH_TO_SPACE,
    ),
    *(BATCH_NORM, LAYER_NORM, GROUP_NORM, INSTANCE_NORM, LRN, LCN, SCALE, STANDARDIZE),
    *(ACTIVATION, PRELU, MAXOUT, RESCALE, ABSOLUTE, DROPOUT, SPATIAL_DROPOUT, DROP_PATH),
    *(ADD, CONCAT, MULTIPLY, MAXIMUM, AVERAGE, SUBTRACT, DOT, COSINE),
    *(FLATTEN, RESHAPE, EXPAND, PAD, CROP, PAD_CHANNELS, SELECT, CHANNEL_SHUFFLE, CHANNEL_MEAN, CHANNEL_MAX),
    *(ATTENTION, EMBEDDING, LEARNED, POSITIONS),
    *(HEADS, JOIN_HEADS, MATMUL, CAUSAL_MASK, SHIFT_MASK, RELATIVE_BIAS, RELATIVE_LOGITS),
    *(TOKENS, GRID, TRANSPOSE, SELECT_TOKENS, APPEND, SPREAD, WINDOWS, JOIN_WINDOWS, SPACE_TO_DEPTH, ROLL),
)
OPS: dict[str, Op] = {op.name: op for op in _ALL}

__all__ = ["ACTIVATIONS", "INPUT", "OPS", "Call", "Op", "Param", "ShapeFault", "Weight", "taken"]
