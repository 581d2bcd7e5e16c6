"""Random numbers for the rows of a batch, the same however the batch is divided among processes."""

from typing import Any


class Draws:
    """Draws for one batch: `seed` is a pair of numbers, `rows` how many rows the whole batch has, `part` which of them are here."""

    def __init__(self, seed: Any, rows: Any, part: tuple[int, int]) -> None:
        self.seed = seed
        self.rows = rows
        self.part = part

    def uniform(self, purpose: int, width: int) -> Any:
        """Give numbers in [0, 1) of shape (rows here, width); each purpose has its own."""
        import tensorflow as tf

        seed = tf.random.fold_in(self.seed, purpose, alg="philox")
        return tf.random.stateless_uniform((self.rows, width), seed, alg="philox")[self.part[0] :: self.part[1]]


def seeded(seed: int, epoch: Any, batch: Any) -> Any:
    """Give the pair of numbers that the draws of a batch begin with."""
    import tensorflow as tf

    pair = tf.constant([seed, 0x617263], tf.int64)
    for number in (epoch, batch):
        pair = tf.random.fold_in(pair, number, alg="philox")
    return pair
