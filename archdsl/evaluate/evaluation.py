"""A model and a split -> accuracy, precision and recall per class, confusion matrix (scikit-learn's metrics)."""

from dataclasses import dataclass
from typing import Any

from archdsl.data.images import ImageData
from archdsl.recipe import Recipe
from archdsl.train.batches import plain


@dataclass(frozen=True, slots=True)
class Evaluation:
    """`per_class` rows are (class, precision, recall, F1, images); `confusion[i][j]` counts images of class i called j."""

    split: str
    note: str
    accuracy: float
    per_class: tuple[tuple[str, float, float, float, int], ...]
    confusion: tuple[tuple[int, ...], ...]

    def as_json(self) -> dict[str, Any]:
        """Give plain data for a JSON file."""
        keys = ("class", "precision", "recall", "f1", "images")
        rows = [dict(zip(keys, row, strict=True)) for row in self.per_class]
        return {
            "split": self.split,
            "note": self.note,
            "accuracy": self.accuracy,
            "classes": rows,
            "confusion": [list(row) for row in self.confusion],
        }

    def text(self) -> str:
        """Write the evaluation for a person."""
        width = max(len(row[0]) for row in self.per_class) + 2
        lines = [f"{self.split}: accuracy {self.accuracy:.4f} on {self.note}", ""]
        lines += [f"{'class':<{width}}{'precision':>10}{'recall':>10}{'F1':>10}{'images':>8}"]
        lines += [f"{name:<{width}}{p:>10.3f}{r:>10.3f}{f:>10.3f}{n:>8,}" for name, p, r, f, n in self.per_class]
        cell = max(3, *(len(str(value)) for row in self.confusion for value in row)) + 2
        lines += ["", "confusion matrix (rows: the class, columns: what it was called)"]
        lines += [" " * width + "".join(f"{name[: cell - 1]:>{cell}}" for name, *_ in self.per_class)]
        for row, (name, *_) in zip(self.confusion, self.per_class, strict=True):
            lines.append(f"{name:<{width}}" + "".join(f"{value:>{cell}}" for value in row))
        return "\n".join(lines)


def measure(model: Any, data: ImageData, split: str, recipe: Recipe) -> Evaluation:
    """Measure a model, whose output is one number per class, on a split."""
    import numpy as np
    from sklearn.metrics import accuracy_score, confusion_matrix, precision_recall_fscore_support

    truth = data.splits[split].labels
    predicted = np.argmax(model.predict(plain(data, split, recipe), verbose=0), axis=-1)
    numbers = range(len(data.classes))
    precision, recall, f1, count = precision_recall_fscore_support(truth, predicted, labels=list(numbers), zero_division=0)
    rows = tuple((data.classes[i], float(precision[i]), float(recall[i]), float(f1[i]), int(count[i])) for i in numbers)
    confusion = confusion_matrix(truth, predicted, labels=list(numbers))
    return Evaluation(
        split, data.splits[split].note, float(accuracy_score(truth, predicted)), rows, tuple(tuple(map(int, row)) for row in confusion)
    )
