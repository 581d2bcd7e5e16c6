"""Records written and read against plain TensorFlow code, and an epoch with and without the pipeline, in one
run.

Writing: CIFAR-10's size, to files, against a loop of `tf.train.Example` and `tf.io.TFRecordWriter`, without
and with gzip. Reading:
batches in an order by seed, from memory and streamed, against `TFRecordDataset`, `parse_example` and a
shuffle buffer. The epoch: steps of a small network fed by the pipeline (read, scaled, augmented), against the
same steps on one batch in memory.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

BATCH = 128


def timed(act: Callable[[], Any], images: int, rounds: int) -> float:
    """Return images per second, the median of some rounds."""
    speeds = []
    for _ in range(rounds):
        start = time.perf_counter()
        act()
        speeds.append(images / (time.perf_counter() - start))
    return statistics.median(speeds)


def told(what: str, ours: float, theirs: float) -> None:
    print(f"{what:<44}{ours:>12,.0f} / {theirs:>10,.0f} img/s = {ours / theirs:>6.2f}x", flush=True)


def data_set(count: int) -> Any:
    """Return random images of CIFAR-10's size: what writing costs does not depend on what they show."""
    from archdsl.data.images import ImageData, Split

    random = np.random.default_rng(0)
    images = random.integers(0, 256, (count, 32, 32, 3), dtype=np.uint8)
    split = Split(images, random.integers(0, 10, count), "random images")
    return ImageData("random", tuple("0123456789"), {"train": split}, (0.5,) * 3, (0.25,) * 3, flip=True)


def write_plain(split: Any, folder: str, compression: str | None) -> None:
    """Write one file as TensorFlow's own guide does."""
    import tensorflow as tf

    def ints(value: int) -> Any:
        return tf.train.Feature(int64_list=tf.train.Int64List(value=[value]))

    height, width, depth = split.shape
    with tf.io.TFRecordWriter(os.path.join(folder, "train.tfrecord"), compression) as writer:
        for image, label in zip(split.images, split.labels.tolist(), strict=True):
            pixels = tf.train.Feature(
                bytes_list=tf.train.BytesList(value=[image.transpose(2, 0, 1).tobytes()])
            )
            feature = {
                "image": pixels,
                "label": ints(label),
                "height": ints(height),
                "width": ints(width),
                "depth": ints(depth),
            }
            writer.write(tf.train.Example(features=tf.train.Features(feature=feature)).SerializeToString())


def read_plain(folder: str, count: int, compression: str | None) -> Any:
    """Read batches as TensorFlow's own guide does."""
    import tensorflow as tf

    spec = {"image": tf.io.FixedLenFeature([], tf.string), "label": tf.io.FixedLenFeature([], tf.int64)}

    def parse(records: Any) -> tuple[Any, Any]:
        parsed = tf.io.parse_example(records, spec)
        return tf.transpose(
            tf.reshape(tf.io.decode_raw(parsed["image"], tf.uint8), [-1, 3, 32, 32]), [0, 2, 3, 1]
        ), parsed["label"]

    records = tf.data.TFRecordDataset(os.path.join(folder, "train.tfrecord"), compression or "")
    batches = (
        records.shuffle(min(count, 10_000), seed=1)
        .batch(BATCH)
        .map(parse, num_parallel_calls=tf.data.AUTOTUNE)
    )
    return batches.prefetch(tf.data.AUTOTUNE)


def through(batches: Any) -> None:
    for _ in batches:
        pass


def writing_and_reading(count: int, rounds: int) -> None:
    from archdsl.data.catalogue import Choice, opened
    from archdsl.data.memory import in_memory
    from archdsl.data.records.writing import Options, write

    data = data_set(count)
    for compression in (None, "GZIP"):
        name = " (gzip)" if compression else ""
        with tempfile.TemporaryDirectory() as folder:

            def ours(folder: str = folder, compression: str | None = compression) -> None:
                with tempfile.TemporaryDirectory(dir=folder) as out:
                    write(data, out, Options(compression=compression), lambda done: None)

            speed = timed(ours, count, rounds)
            told(
                f"write{name}",
                speed,
                timed(lambda f=folder, c=compression: write_plain(data.splits["train"], f, c), count, rounds),
            )
            out = str(Path(folder) / "out")
            write(data, out, Options(compression=compression), lambda done: None)
            split = opened(Choice(out)).splits["train"]
            plain = timed(lambda f=folder, c=compression: through(read_plain(f, count, c)), count, rounds)
            told(
                f"read streamed{name}",
                timed(lambda s=split: through(s.batches(BATCH, 1).prefetch(2)), count, rounds),
                plain,
            )
            told(
                f"read all into memory, checksums too{name}",
                timed(lambda s=split: in_memory(s), count, rounds),
                plain,
            )
            held = in_memory(split)
            told(
                f"read from memory{name}",
                timed(lambda s=held: through(s.batches(BATCH, 1).prefetch(2)), count, rounds),
                plain,
            )


def epoch(count: int, rounds: int) -> None:
    """Compare an epoch of a small network through the pipeline with as many steps on one batch."""
    import tensorflow as tf

    from archdsl.backends.quiet import import_keras
    from archdsl.data.catalogue import Choice, opened
    from archdsl.data.records.writing import Options, write

    keras = import_keras()
    layers = [
        keras.layers.Conv2D(64, 3, activation="relu"),
        keras.layers.Conv2D(64, 3, activation="relu"),
        keras.layers.Conv2D(64, 3),
    ]
    model = keras.Sequential(
        [keras.Input((32, 32, 3)), *layers, keras.layers.GlobalAveragePooling2D(), keras.layers.Dense(10)]
    )
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    steps = count // BATCH
    images, labels = tf.random.normal((BATCH, 32, 32, 3)), tf.zeros((BATCH,), tf.int64)
    still = tf.data.Dataset.from_tensors((images, labels)).cache().repeat(steps)
    with tempfile.TemporaryDirectory() as folder:
        write(data_set(count), folder, Options(), lambda done: None)
        split = opened(Choice(folder)).splits["train"]

        def scaled(images: Any, labels: Any) -> tuple[Any, Any]:
            flips = tf.random.uniform((tf.shape(images)[0], 1, 1, 1)) < 0.5
            pixels = tf.cast(images, tf.float32) / 255.0
            return tf.where(flips, pixels[:, :, ::-1], pixels), labels

        fed = (
            split.batches(BATCH, 1)
            .take(steps)
            .map(scaled, num_parallel_calls=tf.data.AUTOTUNE)
            .prefetch(tf.data.AUTOTUNE)
        )
        model.fit(still.take(2), verbose=0)
        speeds: dict[str, list[float]] = {"fed": [], "still": []}
        for _ in range(rounds):
            for name, batches in (("fed", fed), ("still", still)):
                speeds[name].append(timed(lambda b=batches: model.fit(b, verbose=0), steps * BATCH, 1))
    told(
        "epoch of a small network, with the pipeline",
        statistics.median(speeds["fed"]),
        statistics.median(speeds["still"]),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=40_000)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    print(
        f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors; {args.images:,} images of "
        f"32x32x3, batches of {BATCH}"
    )
    writing_and_reading(args.images, args.rounds)
    epoch(args.images, args.rounds)


if __name__ == "__main__":
    main()
