"""Words of headers that speak for a table of layers, or for another kind of table."""

# Roles whose cells are numbers of one layer.
PROPERTIES = frozenset(
    {
        "fused",
        "filter",
        "stride",
        "padding",
        "dilation",
        "groups",
        "channels",
        "entering",
        "repeat",
        "expansion",
        "expanded",
    }
)
# What was measured: tables of results name networks and layers, too.
RESULTS = frozenset(
    {
        "accuracy",
        "acc",
        "error",
        "loss",
        "time",
        "ms",
        "ns",
        "fps",
        "speed",
        "latency",
        "auc",
        "map",
        "psnr",
        "ssim",
        "bleu",
    }
    | {
        "score",
        "precision",
        "recall",
        "f1",
        "iou",
        "miou",
        "top-1",
        "top1",
        "top-5",
        "rank",
        "epoch",
        "dataset",
        "year",
    }
)
# What options, files and plans are described by.
LISTS = frozenset(
    {
        "value",
        "option",
        "options",
        "default",
        "file",
        "argument",
        "optimizer",
        "epochs",
        "example",
        "meaning",
        "purpose",
    }
    | {"version", "week", "date", "pin", "author"}
    | {"advantages", "disadvantages", "pros", "cons", "scenarios", "best", "hyperparameter"}
)
# What counts of layers are called, too: beside one of those.
BESIDE_LISTS = frozenset({"parameter", "setting"})
