"""Where images come from: official sets, class folders, arrays; sizes brought to the network's; what is refused and how it is told."""

import gzip
import hashlib
import io
import pickle
import struct
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("PIL")
from PIL import Image

import archdsl
from archdsl.data import cifar10, cifar100, idx
from archdsl.data.catalogue import Choice, again, load, opened
from archdsl.data.faults import DataError
from archdsl.data.fit import Mismatch
from archdsl.data.images import statistics
from archdsl.data.memory import in_memory
from archdsl.data.resize import RULES, Resized
from archdsl.data.split import Split

ROOT = Path(__file__).parent.parent
RANDOM = np.random.default_rng(8)
NET = "input {size}\nclasses {classes}\nstyle plain\nc1 3x3, 4\n 1x1 average pool, {classes}-d fc, softmax\n"


def network(folder: Path, size: str = "16x16x3", classes: int = 2) -> Any:
    (folder / "net.arch").write_text(NET.format(size=size, classes=classes), encoding="utf-8")
    return archdsl.load(str(folder / "net.arch")).network()


def md5(data: bytes) -> str:
    return hashlib.md5(data).hexdigest()


def packed(folder: Path, name: str, members: dict[str, bytes]) -> None:
    with tarfile.open(folder / name, "w:gz") as archive:
        for member, data in members.items():
            header = tarfile.TarInfo(f"inside/{member}")
            header.size = len(data)
            archive.addfile(header, io.BytesIO(data))


def cifar100_files(count: int = 50) -> dict[str, bytes]:
    names = "\n".join(f"name{i}" for i in range(100)).encode()
    found = {"fine_label_names.txt": names}
    for name, number in (("train.bin", count), ("test.bin", 10)):
        table = RANDOM.integers(0, 100, (number, 3074)).astype(np.uint8)
        found[name] = table.tobytes()
    return found


def test_cifar100_binary_and_archive(tmp_path: Path) -> None:
    members = cifar100_files()
    sums = {name: md5(data) for name, data in members.items()}
    (tmp_path / "a").mkdir()
    for name, data in members.items():
        (tmp_path / "a" / name).write_bytes(data)
    packed(tmp_path, "cifar-100-binary.tar.gz", members)
    one, two = (cifar100.load(str(folder), md5=sums) for folder in (tmp_path / "a", tmp_path))
    assert {name: split.count for name, split in one.splits.items()} == {
        "train": 40,
        "validation": 10,
        "test": 10,
    }
    assert one.classes[99] == two.classes[99] == "name99"
    raw = np.frombuffer(members["train.bin"], np.uint8).reshape(-1, 3074)
    np.testing.assert_array_equal(one.splits["train"].labels, raw[:40, 1])  # the fine label
    assert one.splits["train"].images[3, 4, 5, 2] == raw[3, 2 + 2 * 1024 + 4 * 32 + 5]
    for name, split in one.splits.items():
        np.testing.assert_array_equal(split.images, two.splits[name].images)


def test_cifar100_python(tmp_path: Path) -> None:
    table = np.frombuffer(cifar100_files()["train.bin"], np.uint8).reshape(-1, 3074)
    batch = pickle.dumps(
        {b"data": table[:, 2:].copy(), b"fine_labels": table[:, 1].tolist(), b"coarse_labels": []}, protocol=2
    )
    meta = pickle.dumps({b"fine_label_names": [f"n{i}".encode() for i in range(100)]}, protocol=2)
    packed(tmp_path, "cifar-100-python.tar.gz", {"train": batch, "test": batch, "meta": meta})
    data = cifar100.load(str(tmp_path), md5={})
    np.testing.assert_array_equal(data.splits["test"].labels, table[:, 1])
    assert data.classes[7] == "n7"


def idx_files(compress: bool = True) -> dict[str, bytes]:
    found = {}
    for names, count in ((idx.FILES["train"], 50), (idx.FILES["test"], 10)):
        images, labels = (
            RANDOM.integers(0, 256, (count, 28, 28), dtype=np.uint8),
            (np.arange(count) % 10).astype(np.uint8),
        )
        contents = (
            struct.pack(">4B3I", 0, 0, 8, 3, count, 28, 28) + images.tobytes(),
            struct.pack(">4BI", 0, 0, 8, 1, count) + labels.tobytes(),
        )
        found |= {
            name + ".gz" * compress: gzip.compress(data) if compress else data
            for name, data in zip(names, contents, strict=True)
        }
    return found


@pytest.mark.parametrize("name", ["mnist", "fashion-mnist"])
@pytest.mark.parametrize("compress", [True, False])
def test_idx_files(name: str, compress: bool, tmp_path: Path) -> None:
    members = idx_files(compress)
    for file, data in members.items():
        (tmp_path / file).write_bytes(data)
    data = idx.load(name, str(tmp_path), md5={file: md5(content) for file, content in members.items()})
    assert {split: part.count for split, part in data.splits.items()} == {
        "train": 40,
        "validation": 10,
        "test": 10,
    }
    assert data.shape == (28, 28, 1)
    assert data.splits["validation"].labels.tolist() == list(range(10))
    assert "training images" in data.splits["validation"].note
    assert data.flip == (name == "fashion-mnist")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda data: data[:-3], "damaged"),
        (lambda data: gzip.compress(gzip.decompress(data)[:-3]), "cut short or too long"),
        (lambda data: gzip.compress(b"\0\0\x0d\3" + gzip.decompress(data)[4:]), "no IDX file"),
        (lambda data: b"<html>not found</html>", "no IDX file"),
        (
            lambda data: gzip.compress(struct.pack(">4B3I", 0, 0, 8, 3, 2**32 - 1, 2**32 - 1, 2**32 - 1)),
            "cut short or too long",
        ),
    ],
)
def test_a_bad_idx_file_is_told(change: Any, words: str, tmp_path: Path) -> None:
    for file, data in idx_files().items():
        (tmp_path / file).write_bytes(change(data) if file.startswith("train-images") else data)
    with pytest.raises(DataError, match=words):
        idx.load("mnist", str(tmp_path), md5={})


def test_a_pickle_that_someone_wrote_again_is_named_and_can_be_accepted(tmp_path: Path) -> None:
    table = RANDOM.integers(0, 10, (20, 3073)).astype(np.uint8)
    for name in [f"data_batch_{i}" for i in range(1, 6)] + ["test_batch"]:
        batch = {b"data": table[:, 1:].copy(), b"labels": table[:, 0].tolist()}
        (tmp_path / name).write_bytes(pickle.dumps(batch, protocol=4))
    with pytest.raises(DataError, match=r"data_batch_1 was pickled anew by someone.*--accept-altered"):
        cifar10.load(str(tmp_path))
    data = cifar10.load(str(tmp_path), altered=True)
    assert data.splits["train"].count == 80
    assert "not the official" in data.splits["test"].note
    (tmp_path / "data_batch_1").write_bytes((tmp_path / "data_batch_1").read_bytes()[:-9])
    with pytest.raises(DataError, match="data_batch_1 is damaged"):
        cifar10.load(str(tmp_path))


def tree(folder: Path, splits: tuple[str, ...] = ("",), count: int = 10) -> Path:
    """Write class folders `dark` and `light` of images of several sizes and kinds."""
    sizes = [(20, 16), (16, 16), (9, 30)]
    for split in splits:
        for label, name in enumerate(("dark", "light")):
            where = folder / split / name
            where.mkdir(parents=True)
            for i in range(count):
                width, height = sizes[i % 3]
                pixels = RANDOM.integers(0, 80, (height, width, 3), dtype=np.uint8) + np.uint8(150 * label)
                picture = Image.fromarray(pixels).convert(("RGB", "L", "RGBA", "P")[i % 4])
                picture.save(where / f"{i}.{('png', 'bmp')[i % 2] if picture.mode != 'RGBA' else 'png'}")
            (where / "notes.txt").write_text("no image", encoding="utf-8")
    return folder


def test_class_folders_are_split_by_class(tmp_path: Path) -> None:
    data = load(str(tree(tmp_path / "t")), None, network(tmp_path))
    assert data.classes == ("dark", "light")
    assert {name: split.count for name, split in data.splits.items()} == {
        "train": 12,
        "validation": 4,
        "test": 4,
    }
    for split in data.splits.values():
        bright = in_memory(split).images.mean((1, 2, 3)) > 100
        np.testing.assert_array_equal(bright, split.labels == 1)
        assert "16x16x3: crop" in split.note


def test_folders_of_splits_are_the_splits(tmp_path: Path) -> None:
    data = load(str(tree(tmp_path / "t", ("train", "val"))), None, network(tmp_path))
    assert {name: split.count for name, split in data.splits.items()} == {"train": 20, "validation": 20}
    held = load(str(tree(tmp_path / "u", ("train", "test"))), None, network(tmp_path))
    assert {name: split.count for name, split in held.splits.items()} == {
        "train": 16,
        "validation": 4,
        "test": 20,
    }


def test_streamed_files_give_the_batches_of_cached_ones(tmp_path: Path) -> None:
    folder = str(tree(tmp_path / "t"))
    for rule in RULES:
        streamed, cached = (
            load(folder, None, network(tmp_path), resize=rule, memory=size).splits["train"] for size in (0, 1)
        )
        assert not isinstance(streamed.images, np.ndarray) and isinstance(cached.images, np.ndarray)
        for one, two in zip(
            streamed.batches(5, 1).as_numpy_iterator(), cached.batches(5, 1).as_numpy_iterator(), strict=True
        ):
            np.testing.assert_array_equal(one[0], two[0])


def test_rules_of_resizing() -> None:
    images = np.zeros((1, 8, 16, 3), np.uint8)
    images[:, :, 4:12] = 200  # a bright square in the middle of a wide image
    shown = {rule: Resized(images, (8, 8, 1), rule)[np.array([0])][0, ..., 0] for rule in RULES}
    assert (shown["crop"] == 200).all()
    assert shown["stretch"][:, 3:5].min() > 190 and shown["stretch"][:, 0].max() < 10
    assert shown["pad"][0].max() == 0 and shown["pad"][4].max() > 190
    grey = Resized(images[..., :1], (8, 16, 3), "stretch")[np.array([0])]
    np.testing.assert_array_equal(grey, images)


@pytest.mark.parametrize("kind", ["cut", "text", "huge", "missing class", "few", "one class"])
def test_bad_folders_are_told(kind: str, tmp_path: Path) -> None:
    folder = tree(tmp_path / "t", ("train", "test") if kind == "missing class" else ("",))
    words = ""
    if kind == "cut":
        path = folder / "dark/0.png"
        path.write_bytes(path.read_bytes()[:60])
        words = "0.png is no image"
    elif kind == "text":
        (folder / "dark/0.png").write_text("no image", encoding="utf-8")
        words = "0.png is no image"
    elif kind == "huge":
        Image.new("1", (30_000, 30_000)).save(folder / "dark/0.png")
        words = "0.png"
    elif kind == "missing class":
        (folder / "test/other").mkdir()
        words = "the class other"
    elif kind == "few":
        for path in (folder / "dark").glob("[3-9].*"):
            path.unlink()
        words = "dark has 3 images"
    else:
        __import__("shutil").rmtree(folder / "light")
        words = "1 class folders"
    with pytest.raises(DataError, match=words):
        load(str(folder), None, network(tmp_path))


def test_deep_grey_images_keep_their_range(tmp_path: Path) -> None:
    folder = tree(tmp_path / "t")
    Image.fromarray(np.full((16, 16), 40_000, np.uint16)).save(folder / "dark/0.png")
    splits = load(str(folder), None, network(tmp_path, "16x16x1")).splits.values()
    assert 40_000 // 256 in {int(image[0, 0, 0]) for split in splits for image in split.images}


def arrays(count: int = 40) -> dict[str, Any]:
    return {
        "images": RANDOM.integers(0, 256, (count, 16, 16, 3), dtype=np.uint8),
        "labels": np.arange(count) % 2,
    }


def test_arrays_in_every_usual_form(tmp_path: Path) -> None:
    whole = arrays()
    np.savez(tmp_path / "whole.npz", **whole)
    data = load(str(tmp_path / "whole.npz"), None, network(tmp_path))
    assert {name: split.count for name, split in data.splits.items()} == {
        "train": 25,
        "validation": 7,
        "test": 8,
    }
    keras = {
        "x_train": whole["images"][..., 0],
        "y_train": whole["labels"][:, None],
        "x_test": whole["images"][:9, ..., 0],
        "y_test": whole["labels"][:9],
    }
    np.savez_compressed(tmp_path / "keras.npz", **keras)
    data = load(str(tmp_path / "keras.npz"), None, network(tmp_path, "16x16x1"))
    assert {name: split.count for name, split in data.splits.items()} == {
        "train": 32,
        "validation": 8,
        "test": 9,
    }
    first = {
        "train_images": (whole["images"] / 255).astype(np.float32).transpose(0, 3, 1, 2),
        "train_labels": whole["labels"],
        "classes": ["a", "b"],
    }
    np.savez(tmp_path / "first.npz", **first)
    data = load(str(tmp_path / "first.npz"), None, network(tmp_path))
    assert data.classes == ("a", "b")
    pixels = {image.tobytes() for image in whole["images"]}
    assert all(image.tobytes() in pixels for image in data.splits["train"].images)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"images": np.zeros((40, 5))}, "shape"),
        ({"images": np.full((40, 16, 16, 3), -1.0)}, "values from -1"),
        ({"images": np.full((40, 16, 16, 3), np.nan)}, "not finite"),
        ({"images": np.full((40, 16, 16, 3), True)}, "expected pixels of 0 to 255"),
        ({"images": np.zeros((40, 16, 16, 4), np.uint8)}, "1 or 3 channels"),
        ({"labels": np.eye(4)[np.arange(40) % 4]}, r"labels.argmax\(1\)"),
        ({"labels": np.zeros(40)}, "whole number"),
        ({"labels": np.arange(40) - 3}, "count the classes from 0"),
        ({"labels": np.zeros(39, int)}, "40 images and 39 labels"),
        ({"images": np.array([object()] * 40)}, "save images as uint8"),
        ({"classes": np.array(["one"])}, "names 1 classes"),
    ],
)
def test_bad_arrays_are_told(changes: dict[str, Any], words: str, tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", **(arrays() | changes))
    with pytest.raises(DataError, match=words):
        opened(Choice(str(tmp_path / "a.npz")))


@pytest.mark.parametrize("data", [b"", b"no zip", b"PK\3\4 cut"])
def test_what_is_no_npz_is_told(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.npz").write_bytes(data)
    with pytest.raises(DataError, match=r"a\.npz") as fault:
        opened(Choice(str(tmp_path / "a.npz")))
    assert "pickle" not in str(fault.value)


def test_splits_of_an_npz_have_one_size(tmp_path: Path) -> None:
    images, labels = arrays()["images"], arrays()["labels"]
    np.savez(tmp_path / "a.npz", x_train=images, y_train=labels, x_val=images[:, :8], y_val=labels)
    with pytest.raises(DataError, match="8x16x3 for validation and of 16x16x3 for training"):
        opened(Choice(str(tmp_path / "a.npz")))


def test_a_folder_of_official_files_is_named(tmp_path: Path) -> None:
    (tmp_path / "t10k-images-idx3-ubyte").write_bytes(b"")
    with pytest.raises(DataError, match="files of mnist or fashion-mnist: name the data set"):
        opened(Choice(str(tmp_path)))


def test_other_data_of_a_run_has_not_the_folder_of_its_own(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", **arrays())
    kept = {"name": "cifar10", "source": "cifar10", "directory": "somewhere"}
    data = again(kept, network(tmp_path), source=str(tmp_path / "a.npz"))
    assert data.name == "a"


def test_a_sheet_has_the_very_name_that_was_asked_for(tmp_path: Path) -> None:
    names = np.array(["\u65e5\u672c", "b"])  # letters that the font lacks
    np.savez(tmp_path / "a.npz", **(arrays() | {"classes": names}))
    done = command("data", "show", "a.npz", "-o", "sheet", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "sheet").read_bytes()[:4] == b"\x89PNG" and not (tmp_path / "sheet.png").exists()
    (tmp_path / "folder").mkdir()
    done = command("data", "show", "a.npz", "-o", "folder", cwd=tmp_path)
    assert done.returncode == 2 and "cannot write folder" in done.stderr
    assert not (tmp_path / "folder.png").exists()


def test_a_command_that_is_told_can_be_pasted(tmp_path: Path) -> None:
    done = command("data", "digits", "--out", "my data", cwd=tmp_path)
    assert done.returncode == 0 and "`archdsl train SPEC --data 'my data'`" in done.stdout
    done = command("data", "digits", "--out", "my data", cwd=tmp_path)
    assert done.returncode == 2 and "`archdsl data info 'my data'`" in done.stderr


def test_what_a_run_keeps_loads_again(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", **arrays())
    choice = Choice(str(tmp_path / "a.npz"), resize="pad", limit=10)
    net = network(tmp_path, "20x20x3")
    first, second = (
        load(str(tmp_path / "a.npz"), None, net, resize="pad", limit=10),
        again({"name": "a", **choice.as_dict(), "other": 1}, net),
    )
    np.testing.assert_array_equal(first.splits["train"].images, second.splits["train"].images)
    assert second.splits["train"].count == 10
    with pytest.raises(DataError, match="configuration"):
        again({"name": 3}, net)


def test_statistics_are_those_of_numpy() -> None:
    images = RANDOM.integers(0, 256, (3000, 4, 5, 3), dtype=np.uint8)
    mean, deviation = statistics(Split(images, np.zeros(3000, np.int64), ""))
    np.testing.assert_allclose(mean, (images / 255).mean((0, 1, 2)))
    np.testing.assert_allclose(deviation, (images / 255).std((0, 1, 2)))


def command(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", "archdsl", *words]
    return subprocess.run(line, capture_output=True, text=True, cwd=cwd, timeout=300, check=False)


def test_each_way_that_is_told_works(tmp_path: Path) -> None:
    """ResNet-50 on images of 32x32x3 with 10 classes: `--resize`, and the edits in a copy, exactly as the message says them."""
    np.savez(
        tmp_path / "a.npz",
        images=RANDOM.integers(0, 256, (100, 32, 32, 3), dtype=np.uint8),
        labels=np.arange(100) % 10,
    )
    spec = (ROOT / "specs/papers/resnet.arch").read_text(encoding="utf-8")
    (tmp_path / "resnet.arch").write_text(spec, encoding="utf-8")
    words = ("train", "resnet.arch#50-layer", "--data", "a.npz", "--dry-run")
    done = command(*words, cwd=tmp_path)
    assert done.returncode == 2
    assert "images are 32x32x3, and resnet:50-layer takes 224x224x3" in done.stderr
    # The printed FLOPs are those of 224x224, and held against that alone.
    assert "`--input 32x32x3`" in done.stderr
    lines = spec.split("\n")
    edits = __import__("re").findall(r"`([^`]+)` for `([^`]+)` in line (\d+)", done.stderr)
    assert len(edits) == 2
    for new, old, line in edits:
        assert old in lines[int(line) - 1]
        lines[int(line) - 1] = lines[int(line) - 1].replace(old, new)
    (tmp_path / "resnet.arch").write_text("\n".join(lines), encoding="utf-8")
    assert all(rule in done.stderr for rule in RULES)
    assert command(*words, "--resize", "crop", cwd=tmp_path).returncode == 0


def test_an_input_that_checks_is_told(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", **arrays())
    network(tmp_path, "32x32x3")
    done = command("train", "net.arch", "--data", "a.npz", "--dry-run", cwd=tmp_path)
    assert done.returncode == 2 and "`--input 16x16x3`" in done.stderr and "--resize stretch" in done.stderr
    assert (
        command(
            "train", "net.arch", "--data", "a.npz", "--dry-run", "--input", "16x16x3", cwd=tmp_path
        ).returncode
        == 0
    )


def test_images_of_one_class_are_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", **(arrays() | {"labels": np.zeros(40, int)}))
    with pytest.raises(DataError, match="of one class"):
        load(str(tmp_path / "a.npz"), None, network(tmp_path))


def test_a_mismatch_has_what_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(Mismatch) as fault:
        load("cifar10", None, network(tmp_path, "16x16x3", 2))
    assert (fault.value.size, fault.value.classes) == ((32, 32, 3), 10)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["data"], "SOURCE"),
        (["data", "verify"], "one source"),
        (["data", "verify", "nowhere"], "is not a folder of records"),
        (["data", "nowhere", "--out", "x"], "no data set and no folder"),
        (["data", "digits"], "--out"),
        (["data", "digits", "--out", "x", "--size", "0x4"], "64x64"),
        (["data", "cifar10", "--from", "nowhere", "--out", "x"], "not a folder"),
        (["data", "info", "."], "no records, no class folders"),
        (["train", "net.arch", "--data", "nowhere"], "no data set and no folder"),
        (["train", "net.arch", "--data", "mnist"], "--data-dir"),
        (["train", "net.arch", "--data-memory", "much"], "GiB"),
        (["train", "net.arch", "--data", "digits", "--data-dir", "."], "leave . out"),
        (["data", "digits", "--from", ".", "--out", "x"], "leave . out"),
        (["data", "digits", "--mirror", "http://host/", "--out", "x"], "--mirror has no effect"),
        (["data", "mnist", "--from", ".", "--cache", "x", "--out", "x"], "--cache has no effect"),
        (["data", "mnist", "--mirror", "host", "--cache", "x", "--out", "x"], "https://host"),
        (["data", "digits", "--resize", "pad", "--out", "x"], "--size"),
        (["data", "digits", "--out", "net.arch"], "choose another folder with --out"),
    ],
)
def test_usage_errors_are_one_message(words: list[str], said: str, tmp_path: Path) -> None:
    network(tmp_path, "28x28x1", 10)
    done = command(*words, cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "x").exists()
