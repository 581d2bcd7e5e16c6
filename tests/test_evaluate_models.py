"""`eval` and `predict` on Keras models that archdsl did not make; what is refused, and how."""

import json
from pathlib import Path

import numpy as np
import pytest
from commands import archdsl


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Save models that tell the brightness of an image's left half from that of its right half, and others that cannot be used."""
    import keras
    from PIL import Image

    folder = tmp_path_factory.mktemp("models")
    weights = np.zeros((4, 4, 3, 2), np.float32)
    weights[:, :2, :, 0] = weights[:, 2:, :, 1] = 1

    def net(*first: keras.layers.Layer) -> keras.Model:
        dense = keras.layers.Dense(2, activation="softmax")
        model = keras.Sequential([keras.Input((4, 4, 3)), *first, keras.layers.Flatten(), dense])
        dense.set_weights([weights.reshape(48, 2), np.zeros(2, np.float32)])
        return model

    class Own(keras.layers.Layer):
        def call(self, inputs: object) -> object:
            return inputs

    net().save(folder / "plain.keras")
    net(keras.layers.Rescaling(1 / 255)).save(folder / "scales.keras")
    net(Own()).save(folder / "own.keras")
    net(keras.layers.Lambda(lambda x: x)).save(folder / "lambda.keras")
    flat = keras.Sequential([keras.Input((4, 4, 3)), keras.layers.Flatten(), keras.layers.Dense(7)])
    flat.save(folder / "seven.keras")
    keras.Sequential(
        [keras.Input((8, 8, 3)), keras.layers.GlobalAveragePooling2D(), keras.layers.Dense(2)]
    ).save(folder / "eight.keras")
    keras.Sequential([keras.Input((8,)), keras.layers.Dense(2)]).save(folder / "vector.keras")
    (folder / "junk.keras").write_text("no model", encoding="utf-8")

    left, right = np.zeros((2, 20, 4, 4, 3), np.uint8)
    left[:, :, :2], right[:, :, 2:] = 255, 255
    images, labels = np.concatenate([left, right]), np.repeat([0, 1], 20)
    named = {
        f"{kind}_{split}": value
        for split in ("train", "val", "test")
        for kind, value in (("x", images), ("y", labels))
    }
    np.savez(folder / "halves.npz", classes=np.array(["left", "right"]), **named)
    (folder / "pictures").mkdir()
    Image.fromarray(left[0]).resize((12, 8)).save(folder / "pictures/a.png")
    Image.fromarray(right[0]).save(folder / "pictures/b.png")
    (folder / "pictures/broken.png").write_text("no image", encoding="utf-8")
    return folder


def test_a_plain_model_is_evaluated(models: Path) -> None:
    done = archdsl(
        "eval", "plain.keras", "--data", "halves.npz", "--scaling", "unit", "--out", "report", cwd=models
    )
    assert done.returncode == 0, done.stderr
    assert "test: accuracy 1.0000" in done.stdout
    assert "Wilson" in done.stdout
    found = json.loads((models / "report/eval-test.json").read_text(encoding="utf-8"))
    assert [row["class"] for row in found["classes"]] == ["left", "right"]
    assert found["confusion"] == [[20, 0], [0, 20]]
    assert found["speed"]["images_per_second"] > 0
    assert "plain.keras on halves" in (models / "report/report-test.html").read_text(encoding="utf-8")


def test_a_model_that_scales_its_pixels_is_told_so(models: Path) -> None:
    done = archdsl("eval", "scales.keras", "--data", "halves.npz", "--format", "json", cwd=models)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["accuracy"] == 1
    assert "the model scales them itself" in done.stderr


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("plain.keras", "say it with --scaling"),
        ("seven.keras --scaling unit", "halves has 2 classes, and seven.keras tells 7 apart"),
        ("eight.keras --scaling unit", "halves images are 4x4x3, and eight.keras takes 8x8x3: --resize"),
        ("vector.keras --scaling unit", "takes 8: an input of height x width x 1 or 3 is needed"),
        ("lambda.keras --scaling unit", "Lambda layer, whose code is not executed"),
        ("own.keras --scaling unit", "needs Own of"),
        ("junk.keras --scaling unit", "is damaged, or no model"),
        ("nowhere.keras --scaling unit", "no such file"),
        ("old.h5 --scaling unit", "older format, which may execute code"),
    ],
)
def test_what_cannot_be_evaluated_is_told_in_one_line(model: str, said: str, models: Path) -> None:
    done = archdsl("eval", *model.split(), "--data", "halves.npz", cwd=models)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""


def test_names_of_classes_that_are_no_text_are_told(models: Path) -> None:
    (models / "latin.txt").write_bytes("Äpfel\nBirnen\n".encode("latin-1"))
    done = archdsl("predict", "scales.keras", "pictures", "--classes", "latin.txt", cwd=models)
    assert done.returncode == 2 and "latin.txt is not UTF-8 text" in done.stderr


def test_images_are_predicted_and_what_is_none_is_told(models: Path) -> None:
    (models / "names.txt").write_text("left\nright\n", encoding="utf-8")
    words = (
        "predict",
        "scales.keras",
        "pictures",
        "nowhere.png",
        "--classes",
        "names.txt",
        "--resize",
        "stretch",
    )
    done = archdsl(*words, cwd=models)
    assert done.returncode == 2
    lines = [line.split() for line in done.stdout.splitlines()]
    assert [line[:2] for line in lines] == [["pictures/a.png", "left"], ["pictures/b.png", "right"]]
    assert done.stderr.count("\n") == 2
    assert "pictures/broken.png is no image" in done.stderr
    assert "nowhere.png" in done.stderr
    told = json.loads(archdsl(*words, "--format", "json", "--top", "1", cwd=models).stdout)
    assert [one["classes"][0]["class"] for one in told] == ["left", "right"]
    assert all(one["classes"][0]["probability"] > 0.9 for one in told)
