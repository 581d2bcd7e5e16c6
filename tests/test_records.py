"""TFRecords: the same bytes as TensorFlow's own writer, read back by both; every flipped bit and lost byte is found."""

import contextlib
import gzip
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("google_crc32c")

from archdsl.data.catalogue import Choice, opened
from archdsl.data.faults import DataError
from archdsl.data.images import ImageData
from archdsl.data.memory import in_memory
from archdsl.data.records import foreign, manifest, reading, wire, writing
from archdsl.data.records.verify import verified
from archdsl.data.split import Split

RANDOM = np.random.default_rng(4)


def archdsl(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "archdsl", *words]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, timeout=300, check=False)


def images(count: int, shape: tuple[int, int, int] = (5, 4, 3), classes: int = 10) -> Split:
    pixels = RANDOM.integers(0, 256, (count, *shape), dtype=np.uint8)
    return Split(pixels, np.arange(count) * 7 % classes, f"{count} random images")


def data_set(count: int = 60, **options: Any) -> ImageData:
    splits = {"train": images(count, **options), "validation": images(count // 3, **options)}
    classes = tuple(f"class {i}" for i in range(options.get("classes", 10)))
    return ImageData("random", classes, splits, (0.1, 0.2, 0.3), (0.4, 0.5, 0.6), flip=False)


def written(folder: Path, data: ImageData, **options: Any) -> manifest.Manifest:
    return writing.write(data, str(folder), writing.Options(**options), lambda done: None)


def example(image: "np.ndarray", label: int) -> Any:
    import tensorflow as tf

    def ints(value: int) -> Any:
        return tf.train.Feature(int64_list=tf.train.Int64List(value=[value]))

    features = {
        "image": tf.train.Feature(bytes_list=tf.train.BytesList(value=[image.transpose(2, 0, 1).tobytes()])),
        "label": ints(label),
    }
    features |= {name: ints(n) for name, n in zip(("height", "width", "depth"), image.shape, strict=True)}
    return tf.train.Example(features=tf.train.Features(feature=features))


@pytest.mark.parametrize("classes", [10, 1000, 40_000])
def test_the_bytes_are_those_of_tensorflow(classes: int, tmp_path: Path) -> None:
    import tensorflow as tf

    split = images(300, classes=classes)
    with tf.io.TFRecordWriter(str(tmp_path / "theirs")) as writer:
        for image, label in zip(split.images, split.labels, strict=True):
            writer.write(example(image, int(label)).SerializeToString(deterministic=True))
    ours: list[bytes] = []
    writing.pour(split, 0, split.count, lambda data: ours.append(bytes(data)))
    assert b"".join(ours) == (tmp_path / "theirs").read_bytes()


@pytest.mark.parametrize("compression", [None, "GZIP"])
def test_tensorflow_reads_what_is_written(compression: str | None, tmp_path: Path) -> None:
    import tensorflow as tf

    data = data_set(classes=300)
    known = written(tmp_path / "out", data, compression=compression, shard_bytes=1500)
    names = [str(tmp_path / "out" / shard.file) for shard in known.splits["train"].shards]
    assert len(names) > 2
    spec = {
        name: tf.io.FixedLenFeature([], tf.string if name == "image" else tf.int64)
        for name in ("image", "label", "height", "width", "depth")
    }
    labels, pixels = [], []
    for record in tf.data.TFRecordDataset(names, compression_type=compression or ""):
        parsed = tf.io.parse_single_example(record, spec)
        size = [int(parsed[name]) for name in ("depth", "height", "width")]
        pixels.append(
            tf.transpose(tf.reshape(tf.io.decode_raw(parsed["image"], tf.uint8), size), [1, 2, 0]).numpy()
        )
        labels.append(int(parsed["label"]))
    np.testing.assert_array_equal(labels, data.splits["train"].labels)
    np.testing.assert_array_equal(pixels, data.splits["train"].images)


@pytest.mark.parametrize("compression", [None, "GZIP"])
def test_what_is_written_is_read_again(compression: str | None, tmp_path: Path) -> None:
    data = data_set(classes=300)
    written(tmp_path / "out", data, compression=compression, shard_bytes=1500)
    again = opened(Choice(str(tmp_path / "out")))
    assert (again.name, again.classes, again.mean, again.deviation, again.flip) == (
        "random",
        data.classes,
        data.mean,
        data.deviation,
        False,
    )
    for name, split in data.splits.items():
        np.testing.assert_array_equal(again.splits[name].labels, split.labels)
        np.testing.assert_array_equal(in_memory(again.splits[name]).images, split.images)
        rows = np.array([3, 19, 0, 7])
        np.testing.assert_array_equal(again.splits[name].images[rows], split.images[rows])
        assert again.splits[name].note == split.note


def test_streamed_and_cached_batches_are_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archdsl.data.split.WINDOW_BYTES", 25 * 60)  # 25 images: less than the split
    written(tmp_path / "out", data_set(), shard_bytes=700)
    split = opened(Choice(str(tmp_path / "out"))).splits["train"]
    assert len(split.starts) == 6
    for one, two in zip(
        split.batches(7, 5).as_numpy_iterator(),
        in_memory(split).batches(7, 5).as_numpy_iterator(),
        strict=True,
    ):
        np.testing.assert_array_equal(one[0], two[0])
        np.testing.assert_array_equal(one[1], two[1])


def course(folder: Path, name: str, split: Split, order: tuple[str, ...] = ("image", "label")) -> None:
    """Write records as the course does: two features, in the order of whoever wrote them."""
    import tensorflow as tf

    with tf.io.TFRecordWriter(str(folder / name)) as writer:
        for image, label in zip(split.images, split.labels, strict=True):
            whole = example(image, int(label))
            kept = {key: whole.features.feature[key] for key in order}
            writer.write(tf.train.Example(features=tf.train.Features(feature=kept)).SerializeToString())


def test_the_course_s_own_records_are_read(tmp_path: Path) -> None:
    parts = {
        "train": images(50, (32, 32, 3)),
        "validation": images(20, (32, 32, 3)),
        "test": images(10, (32, 32, 3)),
    }
    for (split, part), name in zip(
        parts.items(), ("train.tfrecords", "validation.tfrecords", "evaluation.tfrecords"), strict=True
    ):
        course(tmp_path, name, part, ("label", "image") if split == "test" else ("image", "label"))
    data = opened(Choice(str(tmp_path)))
    assert list(data.splits) == ["train", "validation", "test"]
    for name, part in parts.items():
        np.testing.assert_array_equal(data.splits[name].images[np.arange(part.count)], part.images)
        np.testing.assert_array_equal(data.splits[name].labels, part.labels)
    assert verified(str(tmp_path)).records == 80


def test_records_written_in_several_ways_are_one_file(tmp_path: Path) -> None:
    import tensorflow as tf

    split = images(40, classes=300)
    with tf.io.TFRecordWriter(str(tmp_path / "train.rec")) as writer:
        for number, (image, label) in enumerate(zip(split.images, split.labels, strict=True)):
            data = example(image, int(label))
            writer.write(
                data.SerializeToString(deterministic=True)
                if number % 3
                else wire.example(features_backwards(data))
            )
    found = foreign.load(str(tmp_path), foreign.found(str(tmp_path)))
    np.testing.assert_array_equal(found.splits["train"].images[np.arange(40)], split.images)
    np.testing.assert_array_equal(found.splits["train"].labels, split.labels)


def features_backwards(data: Any) -> dict[str, Any]:
    found = {
        name: feature.bytes_list.value[0] if name == "image" else feature.int64_list.value[0]
        for name, feature in data.features.feature.items()
    }
    return {**found, "another": 3}


@pytest.mark.parametrize("compression", [None, "GZIP"])
def test_every_flipped_bit_and_every_cut_is_found(compression: str | None, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    written(folder, data_set(), compression=compression, shard_bytes=1500)
    assert verified(str(folder)).problems == ()
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and p.name != ".lock"):
        data = path.read_bytes()
        for place in RANDOM.integers(0, len(data), 12).tolist():
            path.write_bytes(data[:place] + bytes([data[place] ^ 1 << place % 8]) + data[place + 1 :])
            assert told(folder, path.name), f"{path.name}: byte {place}"
        for cut in (1, len(data) // 2, len(data) - 1):
            path.write_bytes(data[:cut])
            assert told(folder, path.name)
        path.write_bytes(data)
    assert verified(str(folder)).problems == ()


def told(folder: Path, name: str) -> bool:
    try:
        problems = verified(str(folder)).problems
    except DataError as error:
        problems = (str(error),)
    return len(problems) == 1 and name.removesuffix(".npy") in problems[0]


def test_a_damaged_record_is_never_trained_on(tmp_path: Path) -> None:
    written(tmp_path, data_set(), shard_bytes=1500)
    path = next(tmp_path.glob("train-00001*"))
    data = bytearray(path.read_bytes())
    data[300] ^= 4
    path.write_bytes(bytes(data))
    with pytest.raises(DataError, match=f"{path.name} is damaged: record 1 "):
        in_memory(opened(Choice(str(tmp_path))).splits["train"])


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"x" * 30, "damaged: the header of record 0"),
        (b"\1\2\3", "cut short"),
        (b"", "no records"),
    ],
)
def test_what_is_no_file_of_records_is_told(data: bytes, words: str, tmp_path: Path) -> None:
    (tmp_path / "train.tfrecord").write_bytes(data)
    with pytest.raises(DataError, match=words):
        foreign.load(str(tmp_path), foreign.found(str(tmp_path)))


@pytest.mark.parametrize("kind", ["other features", "sizes", "no square", "text"])
def test_examples_of_another_kind_are_told(kind: str, tmp_path: Path) -> None:
    import tensorflow as tf

    split = images(3, (4, 4, 3))
    records = [
        example(image, int(label)).SerializeToString()
        for image, label in zip(split.images, split.labels, strict=True)
    ]
    if kind == "other features":
        records = [wire.example({"picture": b"1234", "label": 1})]
    elif kind == "sizes":
        records.append(example(np.zeros((2, 8, 3), np.uint8), 0).SerializeToString())
    elif kind == "no square":
        records = [wire.example({"image": b"12345", "label": 1})]
    else:
        records = [b"a text, and no example at all"]
    with tf.io.TFRecordWriter(str(tmp_path / "train.tfrecord")) as writer:
        for record in records:
            writer.write(record)
    with pytest.raises(DataError, match=r"train\.tfrecord"):
        foreign.load(str(tmp_path), foreign.found(str(tmp_path)))


@pytest.mark.parametrize(
    "data",
    [b"", b"\xff" * 12, b"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", b"\x0a\x05\x0a\x0312", b"\x08"],
)
def test_no_bytes_break_the_parser(data: bytes) -> None:
    with contextlib.suppress(wire.Malformed):
        wire.features(data)


def finished(folder: Path) -> bool:
    """Return whether a writer has noted a first shard."""
    with contextlib.suppress(OSError):
        return b"sha256" in (folder / ".progress.json").read_bytes()
    return False


def test_a_killed_writer_goes_on_where_it_was(tmp_path: Path) -> None:
    data = {
        "x_train": RANDOM.integers(0, 256, (4000, 32, 32, 3), dtype=np.uint8),
        "y_train": np.arange(4000) % 10,
    }
    np.savez(tmp_path / "a.npz", **data)
    words = ["data", "a.npz", "--out", "out", "--compress", "--shard-mb", "1"]
    process = subprocess.Popen(
        [sys.executable, "-m", "archdsl", *words], cwd=tmp_path, stdout=subprocess.DEVNULL
    )
    try:
        limit = time.monotonic() + 120
        while time.monotonic() < limit and not finished(tmp_path / "out"):
            time.sleep(0.002)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    if (tmp_path / "out/manifest.json").exists():
        pytest.skip("the writer was faster than the test")
    before = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "out").glob("*.tfrecord.gz")}
    (tmp_path / "net.arch").write_text("input 32x32x3\nc gap, 10-d fc\n", encoding="utf-8")
    early = archdsl("train", "net.arch", "--data", "out", "--dry-run", cwd=tmp_path)
    assert early.returncode == 2 and "not finished" in early.stderr
    done = archdsl(*words, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    state = {name: (tmp_path / "out" / name).stat().st_mtime_ns for name in before}
    assert [name for name in before if state[name] == before[name]], "nothing was kept"
    assert verified(str(tmp_path / "out")).problems == ()
    assert (
        not [name for name in os.listdir(tmp_path / "out") if name.endswith(".new")]
        and not (tmp_path / "out/.progress.json").exists()
    )
    assert (
        archdsl("data", "a.npz", "--out", "whole", "--compress", "--shard-mb", "1", cwd=tmp_path).returncode
        == 0
    )
    for path in (tmp_path / "whole").glob("*.gz"):
        assert path.read_bytes() == (tmp_path / "out" / path.name).read_bytes()


def test_a_folder_of_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/letter.txt").write_text("dear", encoding="utf-8")
    np.savez(
        tmp_path / "a.npz",
        images=RANDOM.integers(0, 256, (50, 8, 8, 3), dtype=np.uint8),
        labels=np.arange(50) % 5,
    )
    done = archdsl("data", "a.npz", "--out", "mine", cwd=tmp_path)
    assert done.returncode == 2 and "not empty" in done.stderr
    assert (tmp_path / "mine/letter.txt").read_text() == "dear"
    assert archdsl("data", "a.npz", "--out", "new", cwd=tmp_path).returncode == 0
    twice = archdsl("data", "a.npz", "--out", "new", cwd=tmp_path)
    assert twice.returncode == 2 and "already holds records" in twice.stderr


def test_two_writers_do_not_mix(tmp_path: Path) -> None:
    from archdsl.data import files

    (tmp_path / "out").mkdir()
    with files.alone(str(tmp_path / "out")):
        done = archdsl("data", "digits", "--out", "out", cwd=tmp_path)
    assert done.returncode == 2 and "another process" in done.stderr


def test_the_beginning_of_other_records_is_not_continued(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        interrupt(tmp_path, data_set())
    with pytest.raises(DataError, match="other records"):
        written(tmp_path, data_set(), shard_bytes=1500)


def interrupt(folder: Path, data: ImageData) -> None:
    def stop(done: int) -> None:
        if done:
            raise KeyboardInterrupt

    writing.write(data, str(folder), writing.Options(shard_bytes=1500), stop)


def test_verify_info_and_show_as_commands(tmp_path: Path) -> None:
    assert (
        archdsl(
            "data", "digits", "--out", "d", "--size", "16x16x1", "--resize", "stretch", cwd=tmp_path
        ).returncode
        == 0
    )
    good = archdsl("data", "verify", "d", cwd=tmp_path)
    assert good.returncode == 0 and "1,797 records" in good.stdout
    info = archdsl("data", "info", "d", cwd=tmp_path)
    assert "16x16x1, 10 classes" in info.stdout and info.stderr == ""
    show = archdsl("data", "show", "d", "-o", "sheet.png", cwd=tmp_path)
    assert show.returncode == 0 and (tmp_path / "sheet.png").read_bytes()[:4] == b"\x89PNG"
    path = next((tmp_path / "d").glob("train*"))
    path.write_bytes(path.read_bytes()[:-5])
    bad = archdsl("data", "verify", "d", cwd=tmp_path)
    assert bad.returncode == 4 and path.name in bad.stdout and "Traceback" not in bad.stderr


def test_damage_found_while_streaming_arrives_as_what_it_is(tmp_path: Path) -> None:
    import tensorflow as tf

    from archdsl.data.faults import said

    written(tmp_path, data_set(), shard_bytes=1500)
    split = opened(Choice(str(tmp_path))).splits["train"]
    path = next(tmp_path.glob("train-00001*"))
    data = bytearray(path.read_bytes())
    data[300] ^= 4
    path.write_bytes(bytes(data))
    with pytest.raises(tf.errors.OpError) as fault:
        list(split.batches(10, 1))
    assert path.name in str(said(fault.value))
    assert "\n" not in str(said(fault.value))
    assert said(ValueError("other")) is None


def test_a_full_disk_leaves_what_can_be_continued(tmp_path: Path) -> None:
    np.savez(
        tmp_path / "a.npz",
        x_train=RANDOM.integers(0, 256, (400, 32, 32, 3), dtype=np.uint8),
        y_train=np.arange(400) % 10,
    )
    limited = "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))\n"
    code = f"{limited}from archdsl.cli.main import main; sys.exit(main(['data', 'a.npz', '--out', 'out', '--shard-mb', '1']))"
    full = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, timeout=200, check=False
    )
    assert (
        full.returncode == 2
        and "file too large" in full.stderr
        and "goes on" in full.stderr
        and "Traceback" not in full.stderr
    )
    assert not [name for name in os.listdir(tmp_path / "out") if name.endswith(".new")]
    assert archdsl("data", "a.npz", "--out", "out", "--shard-mb", "1", cwd=tmp_path).returncode == 0
    assert verified(str(tmp_path / "out")).problems == ()


def test_a_terminal_has_a_bar_and_a_file_lines(tmp_path: Path) -> None:
    import pty

    np.savez(
        tmp_path / "a.npz",
        x_train=RANDOM.integers(0, 256, (400, 32, 32, 3), dtype=np.uint8),
        y_train=np.arange(400) % 10,
    )
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "archdsl", "data", "a.npz", "--out", "live"]
    process = subprocess.Popen(
        command,
        stdout=theirs,
        stderr=theirs,
        cwd=tmp_path,
        env=os.environ | {"TERM": "xterm", "COLUMNS": "80"},
    )
    os.close(theirs)
    shown = b""
    with contextlib.suppress(OSError):  # the end of a terminal is an error
        while block := os.read(ours, 4096):
            shown += block
    os.close(ours)
    assert process.wait(100) == 0
    assert b"\x1b[" in shown and b"400/400" in shown
    plain = archdsl("data", "a.npz", "--out", "plain", cwd=tmp_path)
    assert "\x1b" not in plain.stdout + plain.stderr and "writing done: 400 images" in plain.stdout


def test_a_missing_package_is_told_with_its_extra(tmp_path: Path) -> None:
    np.savez(
        tmp_path / "a.npz",
        images=RANDOM.integers(0, 256, (50, 8, 8, 3), dtype=np.uint8),
        labels=np.arange(50) % 5,
    )
    code = "import sys; sys.modules['google_crc32c'] = None\nfrom archdsl.cli.main import main; sys.exit(main(['data', 'a.npz', '--out', 'o']))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, timeout=200, check=False
    )
    assert done.returncode == 3
    assert "pip install 'archdsl[records]'" in done.stderr


def test_the_manifest_counts(tmp_path: Path) -> None:
    data = data_set()
    known = written(tmp_path, data, shard_bytes=1500)
    assert known.splits["train"].counts == np.bincount(data.splits["train"].labels).tolist()
    text = json.loads((tmp_path / "manifest.json").read_text())
    assert text["shape"] == [5, 4, 3] and text["classes"] == list(data.classes) and len(text["sha256"]) == 64
    assert sum(shard["records"] for shard in text["splits"]["train"]["shards"]) == 60
    assert reading.is_ours(str(tmp_path))


def test_gzip_records_do_not_depend_on_the_time(tmp_path: Path) -> None:
    data = data_set()
    for name in ("a", "b"):
        written(tmp_path / name, data, compression="GZIP")
    for path in (tmp_path / "a").glob("*.gz"):
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()
        assert gzip.decompress(path.read_bytes())
