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
        "status",
        "reason",
        "impact",
    }
    | {"version", "week", "date", "pin", "author"}
    | {"advantages", "disadvantages", "pros", "cons", "scenarios", "best", "hyperparameter"}
)
# What tables of layers have, too: these speak against one only beside one of those.
BESIDE_LISTS = frozenset({"parameter", "purpose", "setting"})
