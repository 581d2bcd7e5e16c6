"""What an evaluation found, as plain values: everything that the reports show and the JSON file holds."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np

VERSION = 1
CONFIDENCE_LEVEL = 0.95


class ClassScore(NamedTuple):
    """The scores of a class; one that is undefined (no image, never predicted) is None."""

    name: str
    precision: float | None
    recall: float | None
    f1: float | None
    images: int


class Average(NamedTuple):
    """Unweighted means over the classes for which a score is defined."""

    precision: float | None
    recall: float | None
    f1: float | None


class Bin(NamedTuple):
    """Predictions with a confidence of `low` to `high`: how many, their mean confidence, and how many of them
    are right."""

    low: float
    high: float
    images: int
    confidence: float | None
    accuracy: float | None


class Mistake(NamedTuple):
    """A wrong prediction: the image's `row`, its place in the split, its class, the predicted one, and the
    probability of both."""

    row: int
    truth: int
    predicted: int
    confidence: float
    truth_confidence: float


class Speed(NamedTuple):
    """Images per second in batches of `batch_size`; milliseconds for a single image: median and 95th
    percentile."""

    images_per_second: float
    batch_size: int
    latency_ms: float
    latency_p95_ms: float
    backend: str
    precision: str


@dataclass(frozen=True, slots=True)
class Evaluation:
    """`accuracy`, `interval`, `top_5` and scores are in 0..1; `confusion[i][j]` counts images of class i
    called j.

    `interval` is the Wilson score interval of the accuracy at 95 %; `top_5` is None for five classes and
    fewer. `cross_entropy` is in nats per image. `calibration_error` is the expected calibration error of the
    predicted class over `bins` of equal width (Guo et al., ICML 2017). An image whose output is not finite
    counts as a mistake (`not_finite` of them), and stands in no row of the confusion matrix. `pictures` are
    the images of `mistakes`, uint8.
    """

    data: str
    split: str
    note: str
    images: int
    accuracy: float
    interval: tuple[float, float]
    top_5: float | None
    cross_entropy: float | None
    per_class: tuple[ClassScore, ...]
    macro: Average
    confusion: tuple[tuple[int, ...], ...]
    calibration_error: float | None
    bins: tuple[Bin, ...]
    mistakes: tuple[Mistake, ...]
    not_finite: int
    softmax_applied: bool
    flips: bool
    speed: Speed | None = None
    pictures: "tuple[np.ndarray, ...]" = field(default=(), repr=False, compare=False)

    @property
    def classes(self) -> tuple[str, ...]:
        """Return the names of the classes."""
        return tuple(score.name for score in self.per_class)

    def as_json(self) -> dict[str, Any]:
        """Return plain data for a JSON file; numbers that are undefined are null."""
        plain = ("data", "split", "note", "images", "accuracy", "top_5", "cross_entropy", "not_finite")
        value: dict[str, Any] = {"version": VERSION} | {name: getattr(self, name) for name in plain}
        value["interval"] = {
            "method": "wilson",
            "level": CONFIDENCE_LEVEL,
            "low": self.interval[0],
            "high": self.interval[1],
        }
        value |= {
            "softmax_applied": self.softmax_applied,
            "test_time_flips": self.flips,
            "macro": self.macro._asdict(),
        }
        value["classes"] = [{"class": row.name} | _without(row._asdict(), "name") for row in self.per_class]
        value["calibration"] = {"error": self.calibration_error, "bins": [row._asdict() for row in self.bins]}
        value["mistakes"] = [self._named(mistake) for mistake in self.mistakes]
        value["speed"] = self.speed._asdict() if self.speed else None
        value["confusion"] = [list(row) for row in self.confusion]
        return value

    def _named(self, mistake: Mistake) -> dict[str, Any]:
        names = {"truth": self.classes[mistake.truth], "predicted": self.classes[mistake.predicted]}
        return mistake._asdict() | names


def _without(values: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name != key}
