"""What a recipe says is what a training does: schedules, optimisers, losses, batches."""

import subprocess
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from archdsl.data.images import ImageData, Split
from archdsl.network import Spec
from archdsl.pipeline import compile_source
from archdsl.recipe import Recipe, RecipeError, read
from archdsl.recipe.target import target
from archdsl.source import Source
from archdsl.train import batches, begin, learner, losses, optimizers, patience, schedules
from archdsl.train.folder import RunError


def rates(recipe: Recipe, steps: int, at: list[float]) -> list[float]:
    """Return the rates at these epochs."""
    schedule = schedules.make(recipe, steps)
    return [round(float(schedule(round(epoch * steps))), 6) for epoch in at]


def test_the_schedules() -> None:
    assert rates(read("course"), 625, [0, 1249 / 625, 2, 4]) == [0.1, 0.1, 0.094, 0.08836]
    modern = read("modern", ("epochs=10",))
    assert rates(modern, 100, [0, 1, 2, 10]) == [0, 0.05, 0.1, 0]
    assert rates(modern, 100, [6]) == [0.05]
    assert rates(read("modern", ("epochs=10", "final=0.1")), 100, [10]) == [0.01]
    assert rates(read("modern", ("epochs=10", "schedule=constant", "warmup=0")), 10, [0, 5, 10]) == [
        0.1,
        0.1,
        0.1,
    ]
    steps = read("modern", ("epochs=10", "schedule=steps", "milestones=5,7.5", "factor=0.1", "warmup=1"))
    assert rates(steps, 10, [0, 0.5, 1, 4.9, 5, 7.4, 7.5, 10]) == [
        0,
        0.05,
        0.1,
        0.1,
        0.01,
        0.01,
        0.001,
        0.001,
    ]
    linear = read("modern", ("epochs=10", "schedule=linear", "warmup=2"))
    assert rates(linear, 10, [0, 1, 2, 6, 10]) == [0, 0.05, 0.1, 0.05, 0]
    cycle = read("modern", ("epochs=10", "schedule=one-cycle", "peak=0.4", "start=0.1", "final=0.2"))
    assert rates(cycle, 10, [0, 2, 4, 7, 10]) == [0.01, 0.055, 0.1, 0.06, 0.02]


def test_a_warm_up_is_a_quarter_of_the_training_at_most() -> None:
    short = read("modern", ("epochs=1", "warmup=2"))
    assert rates(short, 100, [0, 0.25, 1]) == [0, 0.1, 0]


@cache
def model() -> Any:
    """Return a model with a weight of each group."""
    import keras

    layers = keras.layers
    scale = layers.EinsumDense(
        "bxyc,c->bxyc", output_shape=(8, 8, 4), kernel_initializer="ones", name="a_kernel"
    )
    body = [
        layers.Conv2D(4, 3, padding="same", name="conv"), layers.BatchNormalization(name="kernel"), layers.LayerNormalization(name="dense"),
        scale, layers.DepthwiseConv2D(3, name="depthwise"), layers.PReLU(shared_axes=(1, 2), name="prelu"),
        layers.GlobalAveragePooling2D(), layers.Dense(3, name="bias"),
    ]  # fmt: skip
    return keras.Sequential([layers.Input((8, 8, 3)), *body])


def moved(
    recipe: Recipe, made: Any, gradient: float, steps: int = 1
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return every trained weight before and after steps with a gradient of one number everywhere."""
    import keras

    for variable in made.trainable_variables:
        variable.assign(keras.ops.ones(variable.shape) * 0.5)
    before = [np.asarray(variable).copy() for variable in made.trainable_variables]
    optimizer = optimizers.make(recipe, 10, made)
    for _ in range(steps):
        optimizer.apply([keras.ops.ones(w.shape) * gradient for w in before], made.trainable_variables)
    after = [np.asarray(variable) for variable in made.trainable_variables]
    return {
        "/".join(v.path.split("/")[-2:]): pair
        for v, *pair in zip(made.trainable_variables, before, after, strict=True)
    }  # type: ignore[misc]


GROUPS = {
    "kernels": {"conv/kernel", "depthwise/kernel", "bias/kernel"},
    "norms": {"kernel/gamma", "kernel/beta", "dense/gamma", "dense/beta"},
    "biases": {"conv/bias", "depthwise/bias", "bias/bias"},
    "scales": {"a_kernel/kernel", "prelu/alpha"},
}
PLAIN = ("schedule=constant", "warmup=0", "rate=0.1", "decay=0.5")


@pytest.mark.parametrize("optimizer", ["sgd", "sgd decoupled", "adamw", "lamb", "lion", "muon"])
@pytest.mark.parametrize("undecayed", [(), ("norms", "biases", "scales"), ("scales",)])
def test_what_is_decayed_is_decided_by_what_a_layer_is(optimizer: str, undecayed: tuple[str, ...]) -> None:
    name, _, decoupled = optimizer.partition(" ")
    sets = [*PLAIN, f"optimizer={name}", *(["decoupled=true"] if decoupled else [])]
    recipe = replace(read("modern", sets), undecayed=undecayed)
    for path, (before, after) in moved(recipe, model(), 0.0).items():
        (group,) = [group for group, paths in GROUPS.items() if path in paths]
        assert (not np.allclose(before, after)) == (group not in undecayed), path


def test_the_penalty_enters_by_the_gradient_and_the_momentum_sees_it() -> None:
    recipe = read("modern", (*PLAIN, "nesterov=false", "momentum=0.9", "undecayed=[]"))
    weight, speed = 0.5, 0.0
    for _ in range(3):
        speed = 0.9 * speed - 0.1 * (1 + 0.5 * weight)
        weight += speed
    for _, after in moved(recipe, model(), 1.0, 3).values():
        np.testing.assert_allclose(after, weight, rtol=1e-5)


@pytest.mark.parametrize(
    ("sets", "change"),
    [
        (("momentum=0", "nesterov=false"), -0.1), (("momentum=0.9", "nesterov=true"), -0.19),
        (("optimizer=adamw",), -0.1), (("optimizer=lion",), -0.1),
        (("momentum=0", "nesterov=false", "clip_by=value", "clip=0.25"), -0.025),
    ],
)  # fmt: skip
def test_one_step_of_an_optimiser(sets: tuple[str, ...], change: float) -> None:
    recipe = read("modern", (*PLAIN[:3], "decay=0", *sets))
    for before, after in moved(recipe, model(), 1.0).values():
        np.testing.assert_allclose(after - before, change, rtol=1e-4)


@pytest.mark.parametrize("clip_by", ["global-norm", "norm"])
def test_the_norms_of_gradients_are_bounded(clip_by: str) -> None:
    recipe = read(
        "modern", (*PLAIN[:3], "decay=0", "momentum=0", "nesterov=false", f"clip_by={clip_by}", "clip=0.5")
    )
    steps = [
        float(np.linalg.norm(after - before)) / 0.1 for before, after in moved(recipe, model(), 1.0).values()
    ]
    norm = np.linalg.norm(steps) if clip_by == "global-norm" else max(steps)
    assert abs(norm - 0.5) < 1e-4


@pytest.mark.parametrize("optimizer", ["adamw", "lamb", "lion", "muon"])
@pytest.mark.parametrize("key", ["beta_1", "beta_2"])
def test_the_means_of_gradients_have_their_decays(optimizer: str, key: str) -> None:
    made, ends = model(), []
    for value in (0.5, 0.95):
        recipe = read("modern", (*PLAIN, f"optimizer={optimizer}", f"{key}={value}"))
        optimizers_made = optimizers.make(recipe, 10, made)
        random = np.random.default_rng(0)
        for variable in made.trainable_variables:
            variable.assign(np.full(variable.shape, 0.5, np.float32))
        for _ in range(3):
            optimizers_made.apply(
                [random.normal(size=w.shape).astype(np.float32) for w in made.trainable_variables],
                made.trainable_variables,
            )
        ends.append(np.concatenate([np.asarray(w).ravel() for w in made.trainable_variables]))
    assert not np.allclose(*ends)


def test_gradients_of_several_steps_are_averaged_into_one_change() -> None:
    import keras

    recipe = read(
        "modern", (*PLAIN[:3], "decay=0.5", "undecayed=[]", "momentum=0", "nesterov=false", "accumulation=2")
    )
    weight = keras.Variable(np.float32([1.0]))
    layer = keras.layers.Dense(1)
    optimizer = optimizers.make(recipe, 10, keras.Sequential([keras.layers.Input((1,)), layer]))
    optimizer.build([weight])
    seen = []
    for gradient in (1.0, 3.0, 5.0):
        optimizer.apply([keras.ops.convert_to_tensor([gradient])], [weight])
        seen.append(float(np.asarray(weight)[0]))
    assert seen[0] == 1.0
    assert abs(seen[1] - (1 - 0.1 * (2 + 0.5))) < 1e-6
    assert seen[2] == seen[1]


def data(count: int = 50, size: int = 8, mirrored: bool = True) -> ImageData:
    random = np.random.default_rng(0)
    images = random.integers(0, 256, (count, size, size, 3)).astype(np.uint8)
    split = Split(images, np.arange(count) % 3, "random")
    return ImageData("random", ("a", "b", "c"), {"train": split}, (0.5, 0.4, 0.3), (0.2, 0.3, 0.4), mirrored)


def epoch(
    recipe: Recipe,
    number: int = 0,
    start: int = 0,
    part: tuple[int, int] = (0, 1),
    of: ImageData | None = None,
) -> Any:
    return [
        (x.numpy(), y.numpy())
        for x, y in batches.training(of or data(), recipe, recipe.seed, number, start, part)
    ]


SMALL = ("batch_size=16", "crop=8")


def test_an_epoch_has_every_image_once_and_its_own_order() -> None:
    recipe = read("course", ("batch_size=16",))
    first, second = epoch(recipe), epoch(recipe, 1)
    assert [len(images) for images, _ in first] == [16, 16, 16, 2]
    images = [np.concatenate([images for images, _ in one]) for one in (first, second)]
    assert not np.array_equal(*images)
    expected = data().splits["train"].images / 32 - 127 / 32
    for one in images:
        assert sorted(map(bytes, one)) == sorted(map(bytes, expected.astype(np.float32)))
    assert first[0][1].sum(1).tolist() == [1.0] * 16


def test_an_epoch_is_the_same_again_and_from_any_batch_on() -> None:
    recipe = read("modern", SMALL)
    whole = epoch(recipe, 3)
    for start in (0, 1, 3, 4):
        rest = epoch(recipe, 3, start)
        assert len(rest) == 4 - start
        for (images, targets), (same, goal) in zip(rest, whole[start:], strict=True):
            assert np.array_equal(images, same) and np.array_equal(targets, goal)
    assert not np.array_equal(epoch(read("modern", (*SMALL, "seed=2")), 3)[0][0], whole[0][0])


@pytest.mark.parametrize("count", [2, 3])
def test_processes_see_together_what_one_would(count: int) -> None:
    recipe = read("modern", SMALL)
    parts = [epoch(recipe, 1, part=(index, count)) for index in range(count)]
    for number, (images, targets) in enumerate(epoch(recipe, 1)):
        for index in range(count):
            assert np.array_equal(parts[index][number][0], images[index::count])
            assert np.array_equal(parts[index][number][1], targets[index::count])


def test_flips_are_half_and_only_where_the_data_allows() -> None:
    recipe = read("course", ("batch_size=16", "flip=true"))
    plain = {
        bytes(image): image for images, _ in epoch(read("course", ("batch_size=16",))) for image in images
    }
    kept = [bytes(image) in plain for images, _ in epoch(recipe) for image in images]
    mirrored = [bytes(image[:, ::-1].copy()) in plain for images, _ in epoch(recipe) for image in images]
    assert all(a != b for a, b in zip(kept, mirrored, strict=True))
    assert 12 < sum(kept) < 38
    assert all(
        bytes(image) in plain for images, _ in epoch(recipe, of=data(mirrored=False)) for image in images
    )


def test_crops_shift_images_over_black() -> None:
    images = np.zeros((40, 32, 32, 1), np.uint8)
    images[:, 16, 16] = 255
    of = ImageData(
        "dots", ("a",), {"train": Split(images, np.zeros(40, np.int64), "dots")}, (0.0,), (1 / 255,), False
    )
    found = [
        tuple(np.argwhere(image[..., 0] > 200)[0] - 16)
        for xs, _ in epoch(read("modern", ("batch_size=40",)), of=of)
        for image in xs
    ]
    assert {abs(int(shift)) for pair in found for shift in pair} == {0, 1, 2, 3, 4}
    assert len(set(found)) > 20


def test_scaling_is_what_the_network_is_fed() -> None:
    for name in ("course", "modern"):
        recipe = read(name, ("flip=false", "crop=0", "batch_size=50"))
        scale, offset = batches.scaling(data(), recipe)
        (images, _), *_ = batches.plain(data(), "train", recipe)
        expected = data().splits["train"].images * np.float32(scale) + np.float32(offset)
        np.testing.assert_allclose(images.numpy(), expected, atol=1e-5)
    np.testing.assert_allclose(
        images.numpy(),
        (data().splits["train"].images / 255 - data().mean) / np.float32(data().deviation),
        atol=1e-5,
    )


def test_smoothing_and_weights_of_classes_are_in_the_loss() -> None:
    import keras

    logits, targets = np.float32([[2.0, 0.0, 0.0], [0.0, 1.0, 3.0]]), np.float32([[1, 0, 0], [0, 0.5, 0.5]])
    logs = np.asarray(keras.ops.log_softmax(logits))
    smooth = targets * 0.7 + 0.1

    def loss(*sets: str, labels: Any = None) -> float:
        return float(losses.make(read("course", sets), 3, labels)(targets, logits))

    assert abs(loss() + (targets * logs).sum(1).mean()) < 1e-5
    assert abs(loss("smoothing=0.3") + (smooth * logs).sum(1).mean()) < 1e-5
    assert (
        abs(loss("smoothing=0.3", "class_weights=1,2,3") + (smooth * logs * [1, 2, 3]).sum(1).mean()) < 1e-5
    )
    balanced = losses.class_weights(
        read("course", ("class_weights=balanced",)), 3, np.array([0, 0, 0, 1, 1, 2])
    )
    assert balanced == (2 / 3, 1.0, 2.0)
    expected = (targets * logs * balanced).sum(1).mean()
    assert abs(loss("class_weights=balanced", labels=np.array([0, 0, 0, 1, 1, 2])) + expected) < 1e-5


def test_patience_ends_a_run_that_does_not_get_better() -> None:
    rows = [{"val_accuracy": value} for value in (0.5, 0.6, 0.6, 0.55)]
    assert not patience.exhausted(read("modern"), rows)
    assert not patience.exhausted(read("modern", ("patience=3",)), rows)
    assert patience.exhausted(read("modern", ("patience=2",)), rows)
    assert not patience.exhausted(read("modern", ("patience=2",)), [])


def test_a_moving_average_of_the_weights_is_kept() -> None:
    import keras

    weight = keras.Variable(np.float32([1.0]))
    optimizer = optimizers.make(
        read("modern", (*PLAIN[:3], "decay=0", "momentum=0", "nesterov=false", "ema=0.75")), 10, model()
    )
    optimizer.build([weight])
    seen = []
    for _ in range(3):
        optimizer.apply([keras.ops.ones((1,))], [weight])
        seen.append(float(np.asarray(weight)[0]))
    average = seen[0]
    for value in seen[1:]:
        average = 0.75 * average + 0.25 * value
    assert abs(float(np.asarray(optimizer._model_variables_moving_average[0])[0]) - average) < 1e-6
    # So that it is part of a checkpoint.
    assert any("average" in variable.path for variable in optimizer.variables)


SPEC = "input 8x8x3\nstyle resnet\nstem 8x8 3x3, 4\nconv2 8x8 [3x3, 4; 3x3, 4]\n 1x1 average pool, 3-d fc, softmax\n"


def network(spec: str = SPEC) -> Any:
    compiled = compile_source(Source("net.arch", spec))
    assert compiled.compiled[0].graph is not None, compiled.diagnostics
    return Spec(compiled).network()


def test_frozen_rows_stay_as_they_are() -> None:
    import keras

    recipe = read("modern", ("frozen=stem", "schedule=constant", "warmup=0", "decay=0.1"), target(network()))
    made = learner.make(network().graph, "float32", training=True)
    begin.freeze(recipe.frozen, network().graph, made.model)
    learner.compile_model(made, recipe, 10)
    before = {weight.path: np.asarray(weight).copy() for weight in made.model.weights}
    made.logits.train_on_batch(
        np.random.default_rng(0).normal(size=(8, 8, 8, 3)).astype(np.float32),
        np.eye(3)[[0, 1, 2, 0, 1, 2, 0, 1]],
    )
    stayed = {path.split("/")[0] for path, value in before.items() if np.array_equal(value, _now(made, path))}
    assert stayed == {
        layer.name for layer in made.model.layers if layer.weights and layer.name.startswith("stem")
    }
    assert stayed
    assert isinstance(made.model.layers[0], keras.layers.InputLayer)


def _now(made: Any, path: str) -> np.ndarray:
    (weight,) = [weight for weight in made.model.weights if weight.path == path]
    return np.asarray(weight)


@pytest.mark.parametrize(
    ("sets", "words"),
    [
        (("frozen=stam",), "no row `stam`"), (("frozen=[\"stem\", \"conv2\", \"fc\"]",), "no row `fc`"), (("class_weights=1,2",), "2 numbers"),
        (("initial=nowhere.keras",), "nowhere.keras"), (("initial=.",), "`.`"),
    ],
)  # fmt: skip
def test_what_the_network_or_the_disk_does_not_have(sets: tuple[str, ...], words: str) -> None:
    with pytest.raises(RecipeError) as caught:
        read("modern", sets, target(network()))
    (fault,) = caught.value.diagnostics
    assert fault.code == "E0510" and words in fault.message
    read("modern", sets)  # printing such a recipe, or reading it with a run that is done, needs neither


def test_nothing_is_left_to_train_where_every_row_is_frozen() -> None:
    rows = ",".join(name or "x" for name in target(network()).rows)
    with pytest.raises(RecipeError, match="every row"):
        read("modern", (f"frozen={rows}",), target(network()))


def test_initial_weights(tmp_path: Path) -> None:
    import keras

    other = learner.make(network(SPEC.replace("3-d fc", "5-d fc")).graph, "float32").model
    same, ours = (learner.make(network().graph, "float32").model for _ in range(2))
    other.save(tmp_path / "other.keras")
    same.save_weights(tmp_path / "same.weights.h5")
    told = begin.read_weights(f"{tmp_path}/other.keras", ours)
    assert f"6 of 7 layers from {tmp_path}/other.keras; new ones in head-dense" in told
    np.testing.assert_array_equal(ours.layers[1].get_weights()[0], other.layers[1].get_weights()[0])
    begin.read_weights(f"{tmp_path}/same.weights.h5", ours)
    for a, b in zip(ours.weights, same.weights, strict=True):
        np.testing.assert_array_equal(np.asarray(a), np.asarray(b))
    keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(2)]).save(tmp_path / "stranger.keras")
    (tmp_path / "broken.keras").write_bytes(b"no weights")
    other.save_weights(tmp_path / "other.weights.h5")
    for name in ("stranger.keras", "broken.keras", "other.weights.h5"):
        with pytest.raises(RunError, match=name):
            begin.read_weights(f"{tmp_path}/{name}", ours)


def test_a_deterministic_run_asks_for_operations_that_do_not_vary() -> None:
    code = (
        "from archdsl.recipe import read\nfrom archdsl.train import determinism\nimport numpy\n"
        "from tensorflow.python.framework import config\n"
        "determinism.apply(read('modern', ('seed=5',)))\nfirst = numpy.random.random()\nassert not config.is_op_determinism_enabled()\n"
        "determinism.apply(read('modern', ('seed=5', 'deterministic=true')))\nassert config.is_op_determinism_enabled()\n"
        "assert first == numpy.random.random()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=200, check=False
    )
    assert done.returncode == 0, done.stderr
