"""A job and images -> an 8-bit file, with the accuracy of it and of the float file beside each other."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archdsl.deploy.export import write_checked, written
from archdsl.deploy.feed import Feed
from archdsl.deploy.formats import onnx_file, tflite_file
from archdsl.deploy.formats.about import about
from archdsl.deploy.int8 import onnx, samples
from archdsl.deploy.job import Job, written_model
from archdsl.deploy.registry import TFLITE, Format


@dataclass(frozen=True, slots=True)
class Quantised:
    """Shares of images whose class is right, of `images` images of a split; `error` is that of the float
    file."""

    error: float
    split: str
    images: int
    calibrated: int
    accuracy_float: float
    accuracy_int8: float


def quantise(job: Job, path: Path, form: Format, data: Any, count: int) -> Quantised:
    """Write the float file beside, check it, quantise it to `path` with `count` images, and run both on a
    split.

    `form` is one of `INTEGERS`. Raises DeployError as `write_checked` does.
    """
    assert job.feed is not None
    feed: Feed = job.feed
    model, plain = written_model(job, form.converted), path.with_name(f"float-{path.name}")
    error = write_checked(job, model, plain, form)
    counted = min(count, len(samples.calibrating(data).labels))
    small = written(
        job,
        form,
        _writer(job, model, plain, path, form, lambda: samples.calibration(data, feed, job.images, counted)),
        path,
    )
    split = samples.measured(data)
    shares = [
        samples.accuracy(engine, data, split, feed, job.images) for engine in (form.run(str(plain)), small)
    ]
    return Quantised(error, split, len(data.splits[split].labels), counted, *shares)


def _writer(
    job: Job, model: Any, plain: Path, path: Path, form: Format, batches: Callable[[], Any]
) -> Callable[[], None]:
    said = about(job.network, job.feed, job.images) | {"quantised": "int8"}

    def write() -> None:
        if form == TFLITE:
            tflite_file.write(model, path, said, lambda: ([batch] for batch in batches()))
            return
        onnx.quantise(plain, path, batches())
        onnx_file.describe(path, said)

    return write
