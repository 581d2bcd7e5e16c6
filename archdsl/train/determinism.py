"""A recipe -> the random numbers and the arithmetic of this process."""

import os

from archdsl.backends.quiet import import_keras
from archdsl.recipe import Recipe


def apply(recipe: Recipe) -> None:
    """Seed every generator; where the recipe asks for it, let the backend run nothing whose result may vary.

    To be called before the first operation of the backend.
    """
    keras = import_keras()
    keras.utils.set_random_seed(recipe.seed)
    if not recipe.deterministic:
        return
    import tensorflow as tf

    tf.config.experimental.enable_op_determinism()  # batches are TensorFlow's, whatever trains
    if keras.backend.backend() == "jax":
        flags = os.environ.get("XLA_FLAGS", "")
        os.environ["XLA_FLAGS"] = f"{flags} --xla_gpu_deterministic_ops=true".strip()
    if keras.backend.backend() == "torch":
        import torch

        torch.use_deterministic_algorithms(True)
