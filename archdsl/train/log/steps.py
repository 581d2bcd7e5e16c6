"""Keras' means of an epoch so far -> the numbers of each step."""

from collections.abc import Mapping


class StepValues:
    """Undoes the means over `images` in batches of `batch_size`."""

    def __init__(self, images: int, batch_size: int) -> None:
        self.images, self.batch_size = images, batch_size
        self.steps = -(-images // batch_size)
        self._before: tuple[int, Mapping[str, float]] = (0, {})

    def of(self, step: int, means: Mapping[str, float]) -> dict[str, float]:
        """Return the numbers of a step (from 1, over the run) whose means came after those of the step
        before; none where they did not."""
        place = (step - 1) % self.steps
        last, before = self._before
        self._before = (step, dict(means))
        if place and last != step - 1:
            return {}  # a run that goes on in the middle of an epoch
        seen = place * self.batch_size
        images = min(self.batch_size, self.images - seen)
        return {
            key: (mean * (seen + images) - (before[key] * seen if place else 0.0)) / images
            for key, mean in means.items()
        }
