"""The numbers of a run -> TensorBoard events in `events/` of the run folder."""

import time
from typing import Any

from archdsl.train.log import Start


class TensorBoardLogger:
    """Writes scalars per step (`step/...`) and per epoch (`epoch/...`), both over the steps of the run."""

    def begin(self, start: Start) -> None:
        """Open a file of events; TensorBoard then drops what an attempt that was lost had written after `start.step`."""
        from tensorboard.compat.proto.event_pb2 import Event, SessionLog
        from tensorboard.summary.writer.event_file_writer import EventFileWriter

        self.writer = EventFileWriter(str(start.folder / "events"))
        session = SessionLog(status=SessionLog.START)
        self.writer.add_event(Event(wall_time=time.time(), step=start.step + 1, session_log=session))

    def step(self, step: int, values: dict[str, float]) -> None:
        """Add the scalars of a step."""
        self._scalars("step", step, values)

    def epoch(self, row: dict[str, Any]) -> None:
        """Add the scalars of an epoch, and write what is held."""
        self._scalars("epoch", row["step"], {key: value for key, value in row.items() if key not in ("epoch", "step")})
        self.writer.flush()

    def evaluated(self, evaluation: Any) -> None:
        """Nothing yet."""

    def close(self) -> None:
        """Close the file."""
        self.writer.close()

    def _scalars(self, group: str, step: int, values: dict[str, float]) -> None:
        from tensorboard.compat.proto.event_pb2 import Event
        from tensorboard.compat.proto.summary_pb2 import Summary

        scalars = [Summary.Value(tag=f"{group}/{key}", simple_value=float(value)) for key, value in values.items()]
        self.writer.add_event(Event(wall_time=time.time(), step=step, summary=Summary(value=scalars)))
