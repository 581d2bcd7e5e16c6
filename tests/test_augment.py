"""Changes of images: as Pillow makes them where it has them, the same again, and in every part the same."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from test_train_recipe import data, epoch

from archdsl.recipe import read
from archdsl.train.augment import boxes, colours, mixing, randaugment
from archdsl.train.augment.warp import warped

Image = pytest.importorskip("PIL.Image")
ImageEnhance = pytest.importorskip("PIL.ImageEnhance")
ImageOps = pytest.importorskip("PIL.ImageOps")


@pytest.fixture(scope="module")
def images() -> np.ndarray:
    random = np.random.default_rng(1)
    smooth = np.kron(random.integers(20, 200, (3, 4, 4, 3)), np.ones((1, 6, 6, 1)))
    return (smooth + random.integers(0, 40, smooth.shape)).astype(np.uint8)


def enhanced(kind: str, factor: float) -> Callable[[Any], Any]:
    return lambda image: getattr(ImageEnhance, kind)(image).enhance(factor)


PILLOW: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any], float]] = {
    "brightness": (lambda x: colours.blended(x * 0, x, 1.5), enhanced("Brightness", 1.5), 1),
    "colour": (lambda x: colours.blended(colours.grey(x), x, 0.3), enhanced("Color", 0.3), 1.5),
    "contrast": (lambda x: colours.blended(colours.mean_grey(x), x, 1.6), enhanced("Contrast", 1.6), 1.5),
    "sharpness": (
        lambda x: colours.blended(colours.smooth(x), x, 1.9)[:, 1:-1, 1:-1],
        enhanced("Sharpness", 1.9),
        1.5,
    ),
    "posterize": (lambda x: colours.posterized(x, 3), lambda image: ImageOps.posterize(image, 3), 0),
    "solarize": (lambda x: colours.solarized(x, 100), lambda image: ImageOps.solarize(image, 100), 0),
    "autocontrast": (colours.stretched, ImageOps.autocontrast, 1.01),
    "equalize": (colours.equalized, ImageOps.equalize, 0),
}


@pytest.mark.parametrize("name", PILLOW)
def test_colours_are_those_of_pillow(name: str, images: np.ndarray) -> None:
    import tensorflow as tf

    ours, theirs, off = PILLOW[name]
    expected = np.stack([np.asarray(theirs(Image.fromarray(image))) for image in images]).astype(np.float32)
    found = np.asarray(ours(tf.constant(images, tf.float32)))
    if name == "sharpness":
        expected = expected[:, 1:-1, 1:-1]  # at the edge Pillow changes nothing
    assert np.abs(found - expected).max() <= off
    assert np.abs(found - (images if found.shape == images.shape else images[:, 1:-1, 1:-1])).max() > 5


def test_images_are_turned_sheared_and_shifted(images: np.ndarray) -> None:
    import tensorflow as tf

    x, zero = tf.constant(images, tf.float32), tf.zeros(3)
    turned = warped(x, zero + math.pi / 2, (zero, zero), (zero, zero))
    np.testing.assert_allclose(turned, np.rot90(images, 1, (1, 2)), atol=0.05)
    shifted = warped(x, zero, (zero, zero), (zero + 3, zero + 0))
    np.testing.assert_allclose(shifted[:, :, 3:], images[:, :, :-3])
    assert np.all(shifted[:, :, :3] == 127)
    np.testing.assert_allclose(warped(x, zero, (zero + 0.0, zero), (zero, zero)), images)
    sheared = np.asarray(warped(x, zero, (zero + 0.2, zero), (zero, zero)))
    middle = images.shape[1] // 2
    assert np.abs(sheared[:, middle] - images[:, middle]).mean() < np.abs(sheared[:, 0] - images[:, 0]).mean()


def test_each_image_has_its_own_operation(images: np.ndarray) -> None:
    import tensorflow as tf

    kinds = len(randaugment.OPERATIONS)
    x = tf.constant(np.repeat(images[:1], kinds, 0), tf.float32)
    draws = np.stack([(np.arange(kinds) + 0.5) / kinds, np.full(kinds, 0.75)], 1).astype(np.float32)
    found = np.asarray(randaugment.changed(x, 1, 0.5, lambda i: tf.constant(draws)))
    changes = {
        name: np.abs(image - images[0]).mean()
        for name, image in zip(randaugment.OPERATIONS, found, strict=True)
    }
    assert changes.pop("identity") == 0
    assert min(changes.values()) > 0.5, changes
    assert found.min() >= 0 and found.max() <= 255
    weak = np.asarray(randaugment.changed(x, 1, 0.1, lambda i: tf.constant(draws)))
    geometry = slice(1, 6)
    assert (
        np.abs(weak - images[0]).mean((1, 2, 3))[geometry].max()
        < np.abs(found - images[0]).mean((1, 2, 3))[geometry].min() * 2
    )
    grey = tf.constant(images[..., :1], tf.float32)
    assert (
        randaugment.changed(grey, 3, 0.5, lambda i: tf.random.stateless_uniform((3, 2), (i, 1))).shape
        == grey.shape
    )


def test_mixup_blends_images_as_their_targets() -> None:
    import tensorflow as tf

    images = tf.constant(
        np.arange(4, dtype=np.float32).reshape(4, 1, 1, 1) * np.ones((4, 2, 2, 1), np.float32)
    )
    weight = tf.constant([1.0, 0.75, 0.5, 0.25])
    x, y = mixing.mixed(images, tf.eye(4), weight)
    assert np.asarray(x)[:, 0, 0, 0].tolist() == [0.0, 1.25, 2.5, 0.75]
    np.testing.assert_allclose(np.asarray(y) @ np.arange(4), np.asarray(x)[:, 0, 0, 0])


def test_cutmix_counts_the_pixels_of_each() -> None:
    import tensorflow as tf

    images = tf.constant(
        np.arange(8, dtype=np.float32).reshape(8, 1, 1, 1) * np.ones((8, 16, 16, 1), np.float32)
    )
    places = tf.random.stateless_uniform((8, 2), (1, 2))
    x, y = mixing.cut(images, tf.eye(8), tf.linspace(0.0, 1.0, 8), places)
    np.testing.assert_allclose(np.asarray(y) @ np.arange(8), np.asarray(x).mean((1, 2, 3)), atol=1e-5)
    assert all(set(np.unique(image)) <= {i, (i + 1) % 8} for i, image in enumerate(np.asarray(x)))
    assert np.asarray(y)[7, 7] == 1


def test_erasing_takes_boxes_out_of_some_images() -> None:
    import tensorflow as tf

    draws = tf.random.stateless_uniform((400, 5), (3, 4))
    erased = np.asarray(boxes.erased(tf.ones((400, 20, 20, 1)), 0.5, 0.4, draws)) == 0
    share = erased.mean((1, 2, 3))
    assert 150 < (share > 0).sum() < 250
    assert 0.25 < share.max() <= 0.45
    for image in erased[share > 0][..., 0]:
        rows, columns = np.where(image.any(1))[0], np.where(image.any(0))[0]
        assert image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].all()


EVERYTHING = (
    "batch_size=16",
    "crop=8",
    "flip=true",
    "randaugment=2",
    "magnitude=0.5",
    "erasing=0.5",
    "mixup=0.4",
    "cutmix=1.0",
)


def test_everything_is_the_same_again_from_any_batch_on_and_in_parts() -> None:
    recipe = read("modern", EVERYTHING)
    whole = epoch(recipe, 3)
    assert [images.shape for images, _ in whole] == [(16, 8, 8, 3)] * 3 + [(2, 8, 8, 3)]
    for (images, targets), (same, goal) in zip(epoch(recipe, 3, 2), whole[2:], strict=True):
        assert np.array_equal(images, same) and np.array_equal(targets, goal)
    for index in range(3):
        for (images, targets), (all_images, all_targets) in zip(
            epoch(recipe, 3, part=(index, 3)), whole, strict=True
        ):
            assert np.array_equal(images, all_images[index::3]) and np.array_equal(
                targets, all_targets[index::3]
            )
    for _, targets in whole:
        np.testing.assert_allclose(targets.sum(1), 1, atol=1e-5)
    assert any(((targets > 0).sum(1) > 1).any() for _, targets in whole)


@pytest.mark.parametrize(
    "change",
    ["crop=4", "flip=true", "randaugment=1", "erasing=1.0", "mixup=0.3", "cutmix=0.3", "scaling=course"],
)
def test_every_key_changes_the_batches(change: str) -> None:
    plain = ("batch_size=50", "crop=0", "flip=false", "scaling=standard")
    without, changed = (
        epoch(read("modern", sets))[0][0] for sets in (plain, [*plain[: 1 - len(plain)], change])
    )
    assert not np.allclose(without, changed)


@pytest.mark.parametrize(("key", "values"), [("magnitude", (0.1, 0.9)), ("erasing_area", (0.1, 0.9))])
def test_how_much_is_changed(key: str, values: tuple[float, float]) -> None:
    base = ("batch_size=50", "crop=0", "flip=false", "randaugment=2" if key == "magnitude" else "erasing=1.0")
    plain = epoch(read("modern", base[:3]))[0][0]
    little, much = (
        np.abs(epoch(read("modern", (*base, f"{key}={value}")))[0][0] - plain).mean() for value in values
    )
    assert 0 < little < much


def test_one_channel_is_augmented_too() -> None:
    of = data()
    split = of.splits["train"]
    grey = type(of)(
        "grey",
        of.classes,
        {"train": type(split)(split.images[..., :1], split.labels, "grey")},
        (0.5,),
        (0.2,),
        True,
    )
    assert epoch(read("modern", EVERYTHING), of=grey)[0][0].shape == (16, 8, 8, 1)
