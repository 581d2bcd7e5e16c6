"""The rows of the epochs -> `metrics.jsonl` and `metrics.csv` of the run folder."""

import csv
import io
import json
from collections.abc import Mapping
from typing import Any

from archdsl.train.log import Start


class MetricsLogger:
    """Writes both files whole after every epoch, so that neither is ever half a row or of two attempts."""

    name = "metrics.csv"

    def begin(self, start: Start) -> None:
        """Keep the rows of the epochs that are done."""
        self.folder = start.folder
        self.rows = [row for row in self.folder.rows() if row["epoch"] <= start.epoch]
        if self.rows:
            self._write()

    def step(self, step: int, values: Mapping[str, float]) -> None:
        """Steps are not in these files."""

    def epoch(self, row: dict[str, Any]) -> None:
        """Add a row."""
        self.rows.append(row)
        self._write()

    def evaluated(self, evaluation: Any) -> None:
        """The evaluation has files of its own."""

    def close(self) -> None:
        """Everything is written."""

    def _write(self) -> None:
        self.folder.write_text("metrics.jsonl", "".join(json.dumps(row) + "\n" for row in self.rows))
        self.folder.write_text("metrics.csv", table(self.rows))


def table(rows: list[dict[str, Any]]) -> str:
    """Write rows as CSV, with the columns in the order they first appear; what a row lacks is empty."""
    text = io.StringIO()
    writer = csv.DictWriter(
        text, list(dict.fromkeys(key for row in rows for key in row)), lineterminator="\n"
    )
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
