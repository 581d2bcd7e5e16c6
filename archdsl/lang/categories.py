"""What layers are for, in columns of kinds: words that name no layer, beside a name that does."""

CATEGORIES = frozenset(
    (
        *("regularization", "regularisation", "activation", "non-linearity", "nonlinearity", "reduction"),
        *(
            "spatial reduction",
            "dimension reduction",
            "dimensionality reduction",
            "downsampling",
            "down-sampling",
        ),
        *(
            "spatial downsampling",
            "feature extraction",
            "feature extractor",
            "feature aggregation",
            "normalization",
        ),
        *("normalisation", "reshaping", "vectorization", "classification", "classifier", "output", "hidden"),
        *("正则化", "激活", "激活函数", "归一化", "降采样", "下采样", "正則化", "活性化", "정규화", "활성화"),
        *("regularización", "activación", "régularisation", "regularisierung", "aktivierung"),
    )
)
