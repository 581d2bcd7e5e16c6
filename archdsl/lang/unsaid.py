"""What tables print and no layer here is: phrases -> why, or what to write instead."""

_PHRASES = {
    (
        "it may be a sum or a concatenation: write `add NAME` or `concat NAME`, and `residual` behind a "
        "bracket that is added to its input"
    ): (
        "skip connection",
        "skip",
        "shortcut connection",
    ),
    "write `add input` in a block, or `residual` after the bracket that is added to its input": (
        *("residual connection", "identity mapping", "identity shortcut", "identity connection"),
    ),
    "it only affects training, not shapes or counts; leave it out of the table": (
        *("spectral norm", "spectral normalization", "spectral normalisation"),
        *("weight norm", "weight normalization", "weight normalisation", "weight standardization"),
    ),
    "there is no layer for noise; it has no weights and changes no shape, so it can be left out": (
        "noise",
        "gaussian noise",
    ),
    "only zero padding is supported; it gives the same shapes and counts": (
        *("reflect padding", "reflection padding", "reflect pad", "mirror padding"),
        *("replicate padding", "replication padding", "circular padding"),
    ),
    "a gated unit is a product of two layers: write `gated-mlp(hidden)`, or a block with `= multiply`": (
        *("glu", "swiglu", "geglu"),
    ),
    "write its layers in brackets, or define them once with `block NAME(…)`": (
        *("residual block", "res block", "resblock", "residual unit"),
    ),
    "write `squeeze-excite(n)`, where n is the number of squeezed channels (input channels / r)": (
        *("se", "se block", "se module", "se layer"),
    ),
    "write `reuse NAME` to apply the layers of a row, or of a line of a block, again with the same weights": (
        *("shared with", "shared weights", "weight sharing", "shared conv", "shared convolution"),
    ),
    (
        "each of its layers is a convolution with a window of 1 over the points: write `16, kernel=1; 32, "
        "kernel=1`"
    ): (*("shared mlp", "shared mlps", "pointwise mlp"),),
    (
        "it is a depthwise and a pointwise convolution: write `separable conv 3x3, 64`, or `depthwise 3x3; "
        "1x1, 64` with a norm after each"
    ): (*("dsconv", "ds conv", "dscnn"),),
    "write `matmul NAME` for the product of the current value and a named one": (
        *("matrix product", "matrix multiplication", "dot product", "einsum", "batch matmul"),
    ),
    "write `encoder-block(heads, hidden)` from the library, or a block of your own": (
        *("transformer", "transformer block", "transformer layer", "transformer decoder"),
    ),
    "a window only reads evenly spaced frames; write a layer for each step and join them with `concat`": (
        "uneven frames",
    ),
    "write `subtract NAME` after the value to subtract from": ("subtraction", "difference"),
    (
        "give a name to the value, and to each part by `select`: `a: select 16`, `from NAME; select, "
        "start=16, stop=32`"
    ): (*("channel split", "split", "chunk"),),
    ("refer to rows by name: `from NAME` continues from a row, `concat NAME` joins it to the row above"): (
        "route",
    ),
    "its windows move with the input: declare it as a layer of your own, `layer NAME(c): HxWxin -> HxWxc`": (
        "deformable conv",
        "deformable convolution",
    ),
}
UNSAID = {phrase: why for why, phrases in _PHRASES.items() for phrase in phrases}
