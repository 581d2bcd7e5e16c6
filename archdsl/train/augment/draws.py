"""Random numbers for the rows of a batch, the same however the batch is divided among processes."""

from typing import Any


class Draws:
    """Draws for one batch.

    `seed` is a pair of numbers, `rows` how many rows the whole batch has, `part` (index, count) which of them
    are here. Each purpose, counted from 0, has numbers of its own.
    """

    def __init__(self, seed: Any, rows: Any, part: tuple[int, int]) -> None:
        self.seed = seed
        self.rows = rows
        self.part = part

    def uniform(self, purpose: int, width: int) -> Any:
        """Return numbers in [0, 1) of shape (rows here, width)."""
        import tensorflow as tf

        return self._here(tf.random.stateless_uniform((self.rows, width), self._seed(purpose), alg="philox"))

    def beta(self, purpose: int, alpha: float) -> Any:
        """Return numbers of the distribution Beta(alpha, alpha), of shape (rows here,)."""
        import tensorflow as tf

        pair = tf.random.stateless_gamma((self.rows, 2), self._seed(purpose), alpha)
        return self._here(tf.math.divide_no_nan(pair[:, 0], pair[:, 0] + pair[:, 1]))

    def _seed(self, purpose: int) -> Any:
        import tensorflow as tf

        return tf.random.fold_in(self.seed, purpose, alg="philox")

    def _here(self, values: Any) -> Any:
        return values[self.part[0] :: self.part[1]]


def seeded(seed: int, epoch: Any, batch: Any) -> Any:
    """Return the pair of numbers that the draws of a batch begin with."""
    import tensorflow as tf

    pair = tf.constant([seed, 0x617263], tf.int64)
    for number in (epoch, batch):
        pair = tf.random.fold_in(pair, number, alg="philox")
    return pair
