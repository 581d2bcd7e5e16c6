"""Trackers of experiments: Weights & Biases and MLflow, each by the Keras callback that it comes with."""

import os
from collections.abc import Iterator, Mapping
from typing import Any

from archdsl.train.log import Start


class CallbackLogger:
    """Feeds a tracker's own Keras callback. A subclass opens the tracker's run in `open` and says how to end
    it.

    `fit` is called once per epoch, and a callback would take each call for a training of its own; so the
    callback is not given to it, and hears of one training.
    """

    name = ""

    def begin(self, start: Start) -> None:
        """Open a run of the tracker, or go on with the one that the run folder names."""
        self.folder = start.folder
        self.callback = self.open(start, dict(flat(start.config)))
        self.callback.set_model(start.model)
        self.callback.on_train_begin()

    def step(self, step: int, values: Mapping[str, float]) -> None:
        """Trackers get the rows of the epochs: many are asked over a network."""

    def epoch(self, row: dict[str, Any]) -> None:
        """Log a row."""
        numbers = {
            key: value for key, value in row.items() if key != "epoch" and isinstance(value, int | float)
        }
        self.callback.on_epoch_end(row["epoch"], numbers)

    def evaluated(self, evaluation: Any) -> None:
        """Log the test accuracy and the files that a person reads."""
        self.finish(
            {"test_accuracy": evaluation.accuracy},
            [path for path in _readable(self.folder) if path.is_file()],
        )

    def close(self) -> None:
        """End the tracker's run."""
        self.callback.on_train_end()

    def open(self, start: Start, config: dict[str, Any]) -> Any:
        """Open the tracker's run and give its callback."""
        raise NotImplementedError

    def finish(self, numbers: dict[str, float], files: list[Any]) -> None:
        """Log final numbers and files."""
        raise NotImplementedError

    def known(self) -> str | None:
        """Return the tracker's run that this run folder has been logged to, when it goes on."""
        path = self.folder / f"{self.name}-run"
        return path.read_text(encoding="utf-8").strip() if path.is_file() else None


class MlflowLogger(CallbackLogger):
    """Logs where `MLFLOW_TRACKING_URI` says, into the experiment of `MLFLOW_EXPERIMENT_NAME`, else that of
    the network's name."""

    name = "mlflow"

    def open(self, start: Start, config: dict[str, Any]) -> Any:
        import mlflow
        import mlflow.keras

        if "MLFLOW_EXPERIMENT_NAME" not in os.environ and "MLFLOW_EXPERIMENT_ID" not in os.environ:
            mlflow.set_experiment(start.config["network"])
        known = self.known()
        run = mlflow.start_run(run_id=known, run_name=None if known else start.folder.path.name)
        start.folder.write_text(f"{self.name}-run", run.info.run_id + "\n")
        if not known:
            mlflow.log_params({key: str(value)[:500] for key, value in config.items()})
        return mlflow.keras.MlflowCallback()

    def finish(self, numbers: dict[str, float], files: list[Any]) -> None:
        import mlflow

        mlflow.log_metrics(numbers)
        for file in files:
            mlflow.log_artifact(str(file))

    def close(self) -> None:
        import mlflow

        super().close()
        mlflow.flush_async_logging()
        mlflow.end_run()


class WandbLogger(CallbackLogger):
    """Logs where W&B is told to (`WANDB_MODE=offline` keeps it here), into `WANDB_PROJECT`, else a project of
    the network's name."""

    name = "wandb"

    def open(self, start: Start, config: dict[str, Any]) -> Any:
        import wandb
        from wandb.integration.keras import WandbMetricsLogger

        project = os.environ.get("WANDB_PROJECT") or "".join(
            c if c.isalnum() or c in "-_." else "-" for c in start.config["network"]
        )
        folder = str(start.folder.path)
        quiet = wandb.Settings(console="off")  # the display is no log
        known, name = self.known(), start.folder.path.name
        run = wandb.init(
            project=project, dir=folder, config=config, id=known, resume="allow", name=name, settings=quiet
        )
        start.folder.write_text(f"{self.name}-run", run.id + "\n")
        return WandbMetricsLogger(initial_global_step=start.step)

    def finish(self, numbers: dict[str, float], files: list[Any]) -> None:
        import wandb

        wandb.summary.update(numbers)
        wandb.log({file.stem: wandb.Image(str(file)) for file in files if file.suffix == ".png"})

    def close(self) -> None:
        import wandb

        super().close()
        wandb.finish()


def flat(values: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Return the entries of a configuration by their paths: `recipe.rate`."""
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from flat(value, f"{above}{key}.")
        else:
            yield f"{above}{key}", value


def _readable(folder: Any) -> Iterator[Any]:
    yield from sorted(
        path
        for path in folder.path.iterdir()
        if path.suffix in (".png", ".svg", ".html", ".md", ".json", ".csv")
    )
