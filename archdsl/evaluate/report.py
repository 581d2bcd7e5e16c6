"""A run's numbers -> pictures (matplotlib, scikit-learn) and a report to read."""

from pathlib import Path
from typing import Any

from archdsl.evaluate.evaluation import Evaluation
from archdsl.train.folder import RunFolder


def learning_curves(rows: list[dict[str, Any]], path: Path) -> None:
    """Draw loss and accuracy of training and validation over the epochs."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 3.6), layout="constrained")
    epochs = [row["epoch"] for row in rows]
    for axes, key, title in zip(figure.subplots(1, 2), ("loss", "accuracy"), ("loss", "accuracy"), strict=True):
        axes.plot(epochs, [row[key] for row in rows], marker="o", markersize=3, label="training", color="#0969DA")
        axes.plot(epochs, [row[f"val_{key}"] for row in rows], marker="o", markersize=3, label="validation", color="#BC4C00")
        axes.set_title(title)
        axes.set_xlabel("epoch")
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.grid(alpha=0.25)
        axes.legend(frameon=False)
    figure.savefig(path, dpi=150)


def confusion_picture(evaluation: Evaluation, path: Path) -> None:
    """Draw the confusion matrix of an evaluation."""
    import numpy as np
    from matplotlib.figure import Figure
    from sklearn.metrics import ConfusionMatrixDisplay

    figure = Figure(figsize=(6.4, 5.8), layout="constrained")
    axes = figure.subplots()
    names = [row[0] for row in evaluation.per_class]
    ConfusionMatrixDisplay(np.array(evaluation.confusion), display_labels=names).plot(
        ax=axes, cmap="Blues", colorbar=False, xticks_rotation=45, values_format="d"
    )
    axes.set_title(f"{evaluation.split}: accuracy {evaluation.accuracy:.4f}")
    figure.savefig(path, dpi=150)


def report_text(config: dict[str, Any], rows: list[dict[str, Any]], evaluation: Evaluation | None) -> str:
    """Write the report of a run as Markdown."""
    best = max(rows, key=lambda row: row["val_accuracy"])
    recipe = config["recipe"]
    lines = [f"# {config['network']} on {config['data']['name']}", ""]
    lines += [f"Spec: `{config['spec']['file']}`, {config['parameters']['trainable']:,} trainable parameters. "]
    how = f"{recipe['epochs']} epochs, batch {recipe['batch_size']}, precision {config['precision']}, seed {config['seed']}"
    lines += [f"Recipe `{recipe['name']}`: {how}.", ""]
    lines += [f"Best validation accuracy: **{best['val_accuracy']:.4f}** in epoch {best['epoch']}, {rows[-1]['img_s']:.0f} img/s.", ""]
    if evaluation:
        lines += [f"Test accuracy of those weights: **{evaluation.accuracy:.4f}** on {evaluation.note}.", ""]
        lines += ["| class | precision | recall | F1 | images |", "| --- | ---: | ---: | ---: | ---: |"]
        lines += [f"| {name} | {p:.3f} | {r:.3f} | {f:.3f} | {n:,} |" for name, p, r, f, n in evaluation.per_class]
        lines += ["", "![confusion matrix](confusion_matrix.png)"]
    lines += ["", "![learning curves](learning_curves.png)", "", "![the network](network.svg)", ""]
    lines += ["| epoch | loss | accuracy | validation loss | validation accuracy | rate |", "| ---: | ---: | ---: | ---: | ---: | ---: |"]
    keys = ("loss", "accuracy", "val_loss", "val_accuracy", "rate")
    lines += [f"| {row['epoch']} | " + " | ".join(f"{row[key]:.4f}" for key in keys) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def write(folder: RunFolder, evaluation: Evaluation | None) -> None:
    """Write pictures and report into a run folder."""
    rows = folder.rows()
    if not rows:
        return
    learning_curves(rows, folder / "learning_curves.png")
    if evaluation:
        confusion_picture(evaluation, folder / "confusion_matrix.png")
        folder.write_json(f"eval-{evaluation.split}.json", evaluation.as_json())
    folder.write_text("report.md", report_text(folder.configuration(), rows, evaluation))
