"""What the official data sets share: a validation split that is held out of the training images."""

from archdsl.data.split import Split


def held_out(train: Split, count: int) -> dict[str, Split]:
    """Take the last `count` images for validation, or a fifth where there are not as many."""
    count = min(count, train.count // 5)
    rest = train.count - count
    first = Split(train.images[:rest], train.labels[:rest], f"the first {rest:,} of {train.note}")
    return {
        "train": first,
        "validation": Split(train.images[rest:], train.labels[rest:], f"the last {count:,} of {train.note}"),
    }
