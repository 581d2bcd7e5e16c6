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
    "it changes how weights are trained, no shape and no count: leave it out of the table": (
        *("spectral norm", "spectral normalization", "spectral normalisation"),
        *("weight norm", "weight normalization", "weight normalisation", "weight standardization"),
    ),
    "no layer adds noise; it has no weights and changes no shape": ("noise", "gaussian noise"),
    "only zeros are padded; a padding by zeros has the same shape and the same counts": (
        *("reflect padding", "reflection padding", "reflect pad", "mirror padding"),
        *("replicate padding", "replication padding", "circular padding"),
    ),
    "a gated unit is a product of two layers: write `gated-mlp(hidden)`, or a block with `= multiply`": (
        *("glu", "swiglu", "geglu"),
    ),
    "what is in it? write its layers in brackets, or define it once by `block NAME(…)`": (
        *("residual block", "res block", "resblock", "residual unit", "basic block", "basicblock"),
    ),
    "write `squeeze-excite(n)` with the n channels that it squeezes to, an r-th of those that come in": (
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
    "write `encoder-block(heads, hidden)`, a block of the library, or a block of your own": (
        *("transformer", "transformer block", "transformer layer", "transformer decoder"),
    ),
    "no window reads frames that are not evenly apart: write a layer for each step, joined by `concat`": (
        "uneven frames",
    ),
    "write `subtract NAME` behind the value that it is taken from": ("subtraction", "difference"),
    (
        "give a name to the value, and to each part by `select`: `a: select 16`, `from NAME; select, "
        "start=16, stop=32`"
    ): (*("channel split", "split", "chunk"),),
    (
        "rows are called by their names here: write `from NAME` to go on from one, `concat NAME` to join it "
        "to the row above"
    ): ("route",),
    "its windows move with the input: declare it as a layer of your own, `layer NAME(c): HxWxin -> HxWxc`": (
        "deformable conv",
        "deformable convolution",
    ),
}
UNSAID = {phrase: why for why, phrases in _PHRASES.items() for phrase in phrases}
