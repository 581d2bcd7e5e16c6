"""What a run shows: speeds and time left, plain lines, the live line in terminals of several widths."""

import io

import pytest

from archdsl.train.pace import Now, Pace
from archdsl.train.progress import PlainDisplay, clock

LOGS = {"loss": 1.5, "accuracy": 0.25}


class Clock:
    """A clock that is set."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def test_speed_is_that_of_the_last_seconds_without_the_traced_step() -> None:
    time = Clock()
    pace = Pace(2, 1000, 32_000, 32, clock=time)
    pace.begin(0)
    time.seconds += 30
    assert pace.step(0, LOGS).images_s == 0  # traced
    for batch in range(1, 50):
        time.seconds += 1
        now = pace.step(batch, LOGS)
    assert (now.images_s, now.steps_s) == (32, 1)
    for batch in range(50, 100):
        time.seconds += 0.5
        now = pace.step(batch, LOGS)
    assert (now.images_s, now.steps_s) == (64, 2)
    assert 32 < pace.rate < 64


def test_time_left_counts_validation() -> None:
    time = Clock()
    pace = Pace(3, 4, 100, 32, validation=300, clock=time)
    pace.begin(0)
    pace.step(0, LOGS)
    time.seconds += 1
    now = pace.step(1, LOGS)
    assert now.left == pytest.approx((36 + 200) / 32 + 3 * 300 / 3 / 32)  # before any validation: a third of a training image
    for batch in (2, 3):
        time.seconds += 1 if batch == 2 else 4 / 32  # the last batch has 4 images
        now = pace.step(batch, LOGS)
    assert now.images_s == pytest.approx(32)
    time.seconds += 2
    now = pace.validated(0, LOGS)
    assert now.validating
    assert (now.done, now.batches) == (1, 2)
    assert now.left == pytest.approx(200 / 32 + 2 + 2 * 300 / 3 / 32)  # the other batch takes as long as the first
    time.seconds += 2
    pace.begin(1)
    pace.step(0, LOGS)
    time.seconds += 1
    now = pace.step(1, LOGS)
    assert now.left == pytest.approx((36 + 100) / now.images_s + 2 * 4)  # the pause of the first epoch, twice


def test_plain_lines_break_a_long_silence() -> None:
    time, stream = Clock(), io.StringIO()
    display = PlainDisplay(stream, time)
    display.phase("tracing the first step")
    for done in range(1, 200):
        time.seconds += 1
        display.step(Now(3, done, 500, 1.5, 0.25, 1234.5, 12.3, 3723.0))
    display.step(Now(3, 1, 5, 1.5, 0.25, 1234.5, 12.3, 3723.0, validating=True))
    lines = stream.getvalue().splitlines()
    assert lines[0] == "phase=tracing-the-first-step"
    assert [line.split()[0] for line in lines[1:]] == ["step=60/500", "step=120/500", "step=180/500"]
    assert lines[1] == "step=60/500 epoch=3 loss=1.5000 accuracy=0.2500 steps_s=12.3 img_s=1234 left=1:02:03"


def test_durations() -> None:
    assert [clock(seconds) for seconds in (0, 9.6, 61, 3599.4, 3600, 360_000)] == ["0:00", "0:10", "1:01", "59:59", "1:00:00", "100:00:00"]
