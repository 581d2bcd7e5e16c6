"""A loss that is no use any more -> the first row of the table that is to blame.

The weights after that step may be all NaN, so the run goes back to its last checkpoint and repeats the steps
up to the one before: a run is the same each time. Then the step's own batch is sent through the network, row
by row.
"""

from collections.abc import Iterator
from typing import Any

from archdsl.backends.names import layer_name
from archdsl.backends.quiet import import_keras
from archdsl.train import batches, checkpoint, learner
from archdsl.train.folder import RunFolder
from archdsl.train.plan import Plan
from archdsl.train.state import put_back
from archdsl.train.watch import Diverged

# An output whose largest value is so many times what it is in the network as it was made.
GROWN = 1e3
# Below this, an output is as it was.
LEAST_GROWN = 2.0


def told(plan: Plan, policy: str, folder: RunFolder, made: learner.Learner, fault: Diverged) -> str:
    """Say in which step a run diverged, by which row, and which flag changes that."""
    convert = import_keras().ops.convert_to_numpy
    rate = float(convert(made.logits.optimizer.learning_rate))
    if fault.validating:
        row, where = _validated(plan, made), f"validation of epoch {fault.epoch + 1}, loss {fault.loss:.3g}"
    else:
        _go_back(plan, folder, made, fault)
        row, where = (
            _row(plan, policy, made, fault),
            f"epoch {fault.epoch + 1}, step {fault.step + 1}, loss {fault.loss:.3g}",
        )
    highest = plan.recipe.rate
    flags = f"`--lr {highest / 10:.3g}` (it was {highest:.3g}, and {rate:.3g} in this step)"
    if plan.recipe.class_weights != "none":
        flags += " or `--set class_weights=none`"
    if policy != "float32":
        flags += " or `--precision float32`"
    return f"{where}: {row}; try {flags}"


def _go_back(plan: Plan, folder: RunFolder, made: learner.Learner, fault: Diverged) -> None:
    """Return the model the weights that it had before the step."""
    before, _ = checkpoint.last(folder.path)
    if before is None or before.epoch != fault.epoch:
        return
    put_back(made.logits, before.arrays)
    steps = fault.step - before.step
    if steps > 0:
        data = batches.training(plan.data, plan.recipe, plan.recipe.seed, fault.epoch, before.step).take(
            steps
        )
        made.logits.fit(data, epochs=1, shuffle=False, verbose=0)


def _row(plan: Plan, policy: str, made: learner.Learner, fault: Diverged) -> str:
    import numpy as np

    images, *_ = next(
        iter(batches.training(plan.data, plan.recipe, plan.recipe.seed, fault.epoch, fault.step))
    )
    if not np.isfinite(np.asarray(images)).all():
        return "an image of this step has a value that is not finite"
    largest = dict(_largest(plan, made, images))
    if first := _not_finite(largest):
        return first
    import_keras().utils.set_random_seed(plan.recipe.seed)
    fresh = learner.make(plan.network.graph, policy, training=True)
    growth = {stage: largest[stage] / max(value, 1e-6) for stage, value in _largest(plan, fresh, images)}
    if max(growth.values()) < LEAST_GROWN:
        return "no row has grown, so the loss itself is that large"
    grown = [stage for stage, times in growth.items() if times > GROWN] or [
        max(growth, key=lambda one: growth[one])
    ]
    return f"the output of {grown[0]} has grown {growth[grown[0]]:.2g} times"


def _validated(plan: Plan, made: learner.Learner) -> str:
    """Say which row gives no number where the moving statistics stand for those of the batch."""
    images, *_ = next(iter(batches.plain(plan.data, "validation", plan.recipe)))
    first = _not_finite(dict(_largest(plan, made, images, training=False)))
    return (
        f"{first or 'no row by itself'}; the loss of the training was finite: the last step, or moving "
        f"statistics, are to blame"
    )


def _not_finite(largest: dict[str, float]) -> str:
    import numpy as np

    return next(
        (
            f"the output of {stage} is not finite"
            for stage, value in largest.items()
            if not np.isfinite(value)
        ),
        "",
    )


def _largest(
    plan: Plan, made: learner.Learner, images: Any, training: bool = True
) -> Iterator[tuple[str, float]]:
    """Return of each row the largest absolute value of its output, by default as in training, where the loss
    saw it."""
    import numpy as np

    keras = import_keras()
    graph = plan.network.graph
    trained = {layer.name for layer in made.model.layers}
    named = {
        stage: layer_name(graph.nodes[stage.stop - 1]) for stage in graph.stages if stage.stop > stage.start
    }
    # Auxiliary heads are left out of training.
    stages = [stage for stage, name in named.items() if name in trained]
    ends = [made.model.get_layer(named[stage]).output for stage in stages]
    for stage, output in zip(
        stages, keras.Model(made.model.input, ends)(images, training=training), strict=True
    ):
        value = np.abs(np.asarray(keras.ops.convert_to_numpy(output), np.float32)).max()
        yield f"`{stage.label or stage.name}` (line {stage.line})", float(value)
