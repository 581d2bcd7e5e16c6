"""What a run shows: speeds and time left, plain lines, the live line in terminals of several widths."""

import fcntl
import io
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from pathlib import Path

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


def test_a_stop_of_the_process_is_no_slow_step() -> None:
    time = Clock()
    pace = Pace(1, 1000, 32_000, 32, clock=time)
    pace.begin(0)
    for batch in range(5):
        time.seconds += 1
        pace.step(batch, LOGS)
    time.seconds += 21
    assert pace.step(5, LOGS).images_s == pace.rate == 32
    time.seconds += 19  # a step may be slow
    assert pace.step(6, LOGS).images_s < 32
    assert pace.rate < 32


def test_time_left_counts_validation() -> None:
    time = Clock()
    pace = Pace(3, 4, 100, 32, validation=300, clock=time)
    pace.begin(0)
    pace.step(0, LOGS)
    time.seconds += 1
    now = pace.step(1, LOGS)
    # Before any validation: a third of a training image.
    assert now.left == pytest.approx((36 + 200) / 32 + 3 * 300 / 3 / 32)
    for batch in (2, 3):
        time.seconds += 1 if batch == 2 else 4 / 32  # the last batch has 4 images
        now = pace.step(batch, LOGS)
    assert now.images_s == pytest.approx(32)
    time.seconds += 2
    now = pace.validated(0, LOGS)
    assert now.validating
    assert (now.done, now.batches) == (1, 2)
    # The other batch takes as long as the first.
    assert now.left == pytest.approx(200 / 32 + 2 + 2 * 300 / 3 / 32)
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
    assert [clock(seconds) for seconds in (0, 9.6, 61, 3599.4, 3600, 360_000)] == [
        "0:00",
        "0:10",
        "1:01",
        "59:59",
        "1:00:00",
        "100:00:00",
    ]


CHILD = """
from archdsl.train.pace import Now
from archdsl.train.progress import display

shown = display(100)
numbers = {"loss": 1.2345, "accuracy": 0.4321, "val_loss": 1.1, "val_accuracy": 0.45, "rate": 0.1, "img_s": 12345.6}


def told(now):
    shown.step(now)
    shown._live.refresh()  # at once: the test has no time to wait for


shown.phase("importing TensorFlow")
shown._live.refresh()
shown.phase("tracing the first step")
for epoch in (1, 2):
    for done in (1, 200, 391):
        told(Now(epoch, done, 391, 1.2345, 0.4321, 12345.6, 96.4, 36000.0 - done))
    told(Now(epoch, 3, 40, 1.2345, 0.4321, 12345.6, 96.4, 35000.0, True))
    shown.epoch({"epoch": epoch, "step": 391 * epoch, **numbers, "seconds": 4000.0 * epoch})
shown.note("the newest checkpoint is damaged: going on from the one before it, which has everything that a run needs to go on from")
told(Now(100, 1, 391, 12345.6, 0.0, 3.1, 0.05, 360000.0))
shown.close()
print("the end")
"""


def in_terminal(
    command: list[str], columns: int, cwd: Path, rows: int = 24
) -> tuple[list[str], list[list[str]]]:
    """Run a command in a pseudo-terminal; give the lines on its screen at the end, and those after every piece of output."""
    pyte = pytest.importorskip("pyte")
    screen = pyte.Screen(columns, rows)
    stream = pyte.ByteStream(screen)
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    environment = {
        key: value for key, value in os.environ.items() if key not in ("COLUMNS", "LINES", "NO_COLOR")
    } | {"TERM": "xterm-256color"}
    process = subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, cwd=cwd, env=environment, start_new_session=True
    )
    os.close(theirs)
    seen = []
    while piece := _read(ours):
        for part in re.split(b"(?<=\n)|(?=\r)", piece):  # a piece may have several states of the screen
            stream.feed(part)
            seen.append([line.rstrip() for line in screen.display if line.strip()])
    os.close(ours)
    assert process.wait(timeout=60) == 0, screen.display
    return [line.rstrip() for line in screen.display if line.strip()], seen


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux tells the end of a terminal by EIO
        return b""


@pytest.mark.parametrize("columns", [60, 80, 140])
def test_the_live_line_fits_the_terminal(columns: int, tmp_path: Path) -> None:
    lines, seen = in_terminal([sys.executable, "-c", CHILD], columns, tmp_path)
    phases, header, first, second, note, end = lines[:2], *lines[2:5], " ".join(lines[5:-1]), lines[-1]
    assert [phase.partition(":")[0] for phase in phases] == ["importing TensorFlow", "tracing the first step"]
    assert [name in header for name in ("epoch", "val accuracy", "img/s")] == [True, True, columns > 60]
    assert (first.split()[0], second.split()[0]) == ("1/100", "2/100")
    assert note.startswith("the newest checkpoint is damaged")
    assert note.endswith("to go on from")
    assert end == "the end"
    live = {line for state in seen for line in state if "━" in line or "╸" in line}
    assert all(len(line) < columns for line in live)
    steps = [line for line in live if "loss 1.23" in line and "val" not in line]
    assert len(steps) >= 3
    assert all(
        word in line
        for line in steps
        for word in ("acc", "steps/s", "img/s", "12.3k" if columns < 140 else "12,346")
    )
    assert {True} == {re.search(r"9:5[369]:\d\d", line) is not None for line in steps}
    assert any(line.startswith(("val 1/100", "validating 1/100")) and "9:43:20 left" in line for line in live)
    # One line at a time, and nothing of a longer one left behind.
    assert all(sum("━" in line or "╸" in line for line in state) <= 1 for state in seen)


def test_a_terminal_that_can_do_nothing_gets_plain_lines(tmp_path: Path) -> None:
    code = "import os; os.environ['TERM'] = 'dumb'\nfrom archdsl.train.progress import display\nshown = display(3)\nshown.phase('tracing')\nshown.close()"
    lines, _ = in_terminal([sys.executable, "-c", code], 80, tmp_path)
    assert lines == ["phase=tracing"]
