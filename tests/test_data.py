"""Data sets: what is read, what is verified, what is refused before any framework is imported."""

import hashlib
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import archdsl
from archdsl.data import cifar10, digits
from archdsl.data.catalogue import load
from archdsl.data.images import DataError

ROOT = Path(__file__).parent.parent
OFFICIAL = ROOT.parent / "shared/data/cifar10"


def records(count: int, first_label: int = 0) -> bytes:
    random = np.random.default_rng(count)
    labels = (np.arange(count) + first_label) % 10
    return (
        np.concatenate([labels[:, None], random.integers(0, 256, (count, 3072))], axis=1)
        .astype(np.uint8)
        .tobytes()
    )


def binary_folder(folder: Path, count: int = 20) -> dict[str, str]:
    """Write stand-ins for the six binary batches; give their checksums."""
    sums = {}
    for i, name in enumerate(
        ("data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5", "test_batch")
    ):
        data = records(count, i)
        (folder / f"{name}.bin").write_bytes(data)
        sums[f"{name}.bin"] = hashlib.md5(data).hexdigest()
    return sums


def python_folder(folder: Path, count: int = 20) -> dict[str, str]:
    """The same images as the Python version has them: pickled dictionaries with bytes for keys."""
    sums = {}
    for i, name in enumerate(
        ("data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5", "test_batch")
    ):
        table = np.frombuffer(records(count, i), np.uint8).reshape(count, 3073)
        data = pickle.dumps(
            {b"data": table[:, 1:].copy(), b"labels": table[:, 0].tolist(), b"batch_label": b"x"}, protocol=2
        )
        (folder / name).write_bytes(data)
        sums[name] = hashlib.md5(data).hexdigest()
    return sums


def test_digits_are_split_by_class_and_resized() -> None:
    data = digits.load((16, 24, 3))
    counts = {name: len(split.labels) for name, split in data.splits.items()}
    assert counts == {"train": 1149, "validation": 288, "test": 360}
    assert data.splits["train"].images.shape == (1149, 16, 24, 3)
    assert data.splits["train"].images.dtype == np.uint8
    assert set(data.splits["test"].labels.tolist()) == set(range(10))
    again = digits.load((16, 24, 3))
    np.testing.assert_array_equal(again.splits["test"].images, data.splits["test"].images)


def test_a_resized_digit_keeps_its_picture() -> None:
    from sklearn.datasets import load_digits

    same = digits.load((8, 8, 1))
    originals = {image.astype(np.uint8).tobytes() for image in np.rint(load_digits().images * (255 / 16))}
    assert all(image[..., 0].tobytes() in originals for image in same.splits["test"].images)


def test_binary_and_python_batches_hold_the_same_images(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    one = cifar10.load(str(tmp_path / "a"), md5=binary_folder(tmp_path / "a"))
    two = cifar10.load(str(tmp_path / "b"), md5=python_folder(tmp_path / "b"))
    for name in ("train", "validation", "test"):
        np.testing.assert_array_equal(one.splits[name].images, two.splits[name].images)
        np.testing.assert_array_equal(one.splits[name].labels, two.splits[name].labels)
    assert len(one.splits["train"].labels) == 80
    assert len(one.splits["validation"].labels) == 20


def test_pixels_are_channel_major(tmp_path: Path) -> None:
    sums = binary_folder(tmp_path)
    raw = np.frombuffer((tmp_path / "data_batch_5.bin").read_bytes(), np.uint8)
    image = cifar10.load(str(tmp_path), ("validation",), sums).splits["validation"].images[0]
    assert image[0, 1, 0] == raw[1 + 1]
    assert image[2, 3, 2] == raw[1 + 2 * 1024 + 2 * 32 + 3]


def damaged(folder: Path, kind: str) -> str:
    sums = binary_folder(folder)
    path = folder / "data_batch_3.bin"
    if kind == "flipped byte":
        data = bytearray(path.read_bytes())
        data[5] ^= 1
        path.write_bytes(bytes(data))
    elif kind == "label":
        data = bytearray(path.read_bytes())
        data[0] = 17
        path.write_bytes(bytes(data))
        sums[path.name] = hashlib.md5(data).hexdigest()
    elif kind == "cut":
        path.write_bytes(path.read_bytes()[:-7])
        sums[path.name] = hashlib.md5(path.read_bytes()).hexdigest()
    elif kind == "empty":
        path.write_bytes(b"")
        sums[path.name] = hashlib.md5(b"").hexdigest()
    else:
        path.unlink()
    with pytest.raises(DataError) as fault:
        cifar10.load(str(folder), md5=sums)
    return str(fault.value)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("flipped byte", "MD5"),
        ("label", "label 17"),
        ("cut", "records of 3,073"),
        ("empty", "does not hold images"),
        ("missing", "no such file"),
    ],
)
def test_damage_is_told_with_the_file(kind: str, words: str, tmp_path: Path) -> None:
    message = damaged(tmp_path, kind)
    assert words in message
    assert "data_batch_3.bin" in message
    assert "\n" not in message


class _Attack:
    def __reduce__(self) -> Any:
        return (__import__("os").system, ("touch HACKED",))


@pytest.mark.parametrize("protocol", [0, 2, 4])
def test_a_pickle_cannot_execute_anything(
    protocol: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    sums = python_folder(tmp_path)
    data = pickle.dumps({b"data": _Attack(), b"labels": []}, protocol=protocol)
    (tmp_path / "data_batch_2").write_bytes(data)
    sums["data_batch_2"] = hashlib.md5(data).hexdigest()
    with pytest.raises(DataError, match="nothing of it was executed"):
        cifar10.load(str(tmp_path), md5=sums)
    assert not (tmp_path / "HACKED").exists()


@pytest.mark.parametrize(
    "data", [b"", b"\x80", b"not a pickle", pickle.dumps([1, 2]), pickle.dumps({b"data": 3, b"labels": 4})]
)
def test_what_is_no_batch_is_refused(data: bytes, tmp_path: Path) -> None:
    sums = python_folder(tmp_path)
    (tmp_path / "data_batch_1").write_bytes(data)
    sums["data_batch_1"] = hashlib.md5(data).hexdigest()
    with pytest.raises(DataError, match="data_batch_1"):
        cifar10.load(str(tmp_path), md5=sums)


def network(text: str, folder: Path) -> Any:
    path = folder / "spec.arch"
    path.write_text(text + "\n", encoding="utf-8")
    return archdsl.load(str(path)).network()


@pytest.mark.parametrize(
    ("text", "data", "directory", "words"),
    [
        ("input 32x32x3\nc gap, 7-d fc", "digits", None, "10 classes"),
        ("input 32x32x4\nc gap, 10-d fc", "digits", None, "1 or 3"),
        ("input 64x3\nc gap, 10-d fc", "digits", None, "height x width"),
        ("input 64x64x3\nc gap, 10-d fc", "cifar10", "x", "32x32x3"),
        ("input 32x32x3\nc gap, 10-d fc", "cifar10", None, "--data-dir"),
        ("input 32x32x3\nc gap, 10-d fc", "cifar10", "nowhere", "not a folder"),
        ("input 32x32x3\nc gap, 10-d fc", "cifar10", ".", "no batches"),
    ],
)
def test_what_does_not_fit_is_told(
    text: str, data: str, directory: str | None, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DataError, match=words):
        load(data, directory, network(text, tmp_path))


def test_bad_data_is_told_before_a_framework_is_imported(tmp_path: Path) -> None:
    code = (
        "import sys; from archdsl.cli.main import main\n"
        f"code = main(['train', {str(ROOT / 'specs/table1.arch')!r}, '--data', 'cifar10', '--data-dir', {str(tmp_path)!r}])\n"
        "assert not {'tensorflow', 'keras', 'jax', 'torch'} & set(sys.modules)\nsys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 2, done.stderr
    assert "no batches of CIFAR-10" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_official_binary_batches() -> None:
    if not OFFICIAL.is_dir():
        pytest.skip("the official CIFAR-10 batches are not beside the project")
    data = cifar10.load(str(OFFICIAL))
    assert {name: len(split.labels) for name, split in data.splits.items()} == {
        "train": 40_000,
        "validation": 10_000,
        "test": 1_017,
    }
    assert "not the official test" in data.splits["test"].note
    assert (
        np.bincount(np.concatenate([data.splits[name].labels for name in ("train", "validation")])).tolist()
        == [5_000] * 10
    )
    every = np.concatenate([data.splits["train"].images, data.splits["validation"].images])
    np.testing.assert_allclose((every / 255.0).mean((0, 1, 2)), cifar10.MEAN, atol=1e-6)
