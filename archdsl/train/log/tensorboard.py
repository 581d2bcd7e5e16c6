"""The numbers of a run -> TensorBoard events in `events/` of the run folder, by TensorBoard's own writer."""

import time
from collections.abc import Mapping
from typing import Any

from archdsl.train.log import Start
from archdsl.train.log.steps import StepValues

VALIDATION = "val_"


class TensorBoardLogger:
    """Writes `step/…` of every step and `epoch/…` of every epoch over the steps of the run, the graph, and
    images.

    The numbers of the validation are a run of their own (`validation` beside `train`), so that both are lines
    of one chart.
    """

    name = "TensorBoard"

    def begin(self, start: Start) -> None:
        """Open files of events; TensorBoard drops what an attempt that was lost had written after
        `start.step`."""
        from tensorboard.compat.proto.event_pb2 import SessionLog
        from tensorboard.summary.writer.event_file_writer import EventFileWriter

        self.start = start
        self.values = StepValues(len(start.data.splits["train"].labels), start.recipe.batch_size)
        self.writers = {
            name: EventFileWriter(str(start.folder / "events" / name)) for name in ("train", "validation")
        }
        for name in self.writers:
            self._add(name, start.step + 1, session_log=SessionLog(status=SessionLog.START))
        if not start.step:
            from archdsl.train.log.graph import graph_def

            self._add("train", 0, graph_def=graph_def(start.network.graph).SerializeToString())

    def step(self, step: int, values: Mapping[str, float]) -> None:
        """Add the scalars of a step: its own, not the means of the epoch."""
        self._scalars(
            "train", step, {f"step/{key}": value for key, value in self.values.of(step, values).items()}
        )

    def epoch(self, row: dict[str, Any]) -> None:
        """Add the scalars of an epoch, after the first one what the network was fed, and write what is
        held."""
        numbers = {
            key: value
            for key, value in row.items()
            if key not in ("epoch", "step") and isinstance(value, int | float)
        }
        for name, within in (("train", False), ("validation", True)):
            chosen = {
                key.removeprefix(VALIDATION): value
                for key, value in numbers.items()
                if key.startswith(VALIDATION) == within
            }
            self._scalars(name, row["step"], {f"epoch/{key}": value for key, value in chosen.items()})
        if row["epoch"] == 1:
            from archdsl.train.log.pictures import inputs

            self._image("inputs", row["step"], inputs(self.start))
        for writer in self.writers.values():
            writer.flush()

    def evaluated(self, evaluation: Any) -> None:
        """Add the pictures of the report."""
        for path in sorted(self.start.folder.path.glob("*.png")):
            self._image(
                f"report/{path.stem}", self.start.recipe.epochs * self.values.steps, path.read_bytes()
            )

    def close(self) -> None:
        """Close the files."""
        for writer in self.writers.values():
            writer.close()

    def _scalars(self, name: str, step: int, values: Mapping[str, float]) -> None:
        from tensorboard.compat.proto.summary_pb2 import Summary

        scalars = [Summary.Value(tag=tag, simple_value=float(value)) for tag, value in values.items()]
        if scalars:
            self._add(name, step, summary=Summary(value=scalars))

    def _image(self, tag: str, step: int, png: bytes) -> None:
        from tensorboard.compat.proto.summary_pb2 import Summary

        from archdsl.train.log.pictures import size

        width, height = size(png)
        image = Summary.Image(width=width, height=height, colorspace=3, encoded_image_string=png)
        self._add("train", step, summary=Summary(value=[Summary.Value(tag=tag, image=image)]))

    def _add(self, name: str, step: int, **what: Any) -> None:
        from tensorboard.compat.proto.event_pb2 import Event

        self.writers[name].add_event(Event(wall_time=time.time(), step=step, **what))
