"""The columns and rows of the summaries that frameworks print of a model."""

from archdsl.light import Final

# What stands below a header; other headers are passed over, as what is below them is computed.
COLUMNS: Final = {
    "output shape": "output",
    "output": "output",
    "input shape": "input",
    "kernel shape": "kernel",
    "param #": "params",
    "param#": "params",
    "params #": "params",
    "params": "params",
    "param": "params",
    "# params": "params",
    "connected to": "connected",
}
PASSED_OVER: Final = frozenset(
    {
        "param %",
        "mult-adds",
        "mult adds",
        "trainable",
        "tr. param #",
        "trainable params",
        "non-trainable params",
        "depth-idx",
    }
)
# Modules that join what they hold one behind the other.
IN_ORDER: Final = frozenset({"sequential", "modulelist"})
