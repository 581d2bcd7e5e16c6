"""A run that was interrupted, killed or damaged goes on to the same weights, to the bit, as one that was not."""

import os
import signal
from pathlib import Path

import pytest
import runs


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("whole") / "run"
    assert not runs.train(path).interrupted
    return path


def stop() -> None:
    os.kill(os.getpid(), signal.SIGTERM)


@pytest.mark.parametrize("step", [1, 5, 7])
def test_an_interrupted_run_goes_on_as_if_nothing_had_been(step: int, whole: Path, tmp_path: Path) -> None:
    path = tmp_path / "run"
    assert runs.train(path, runs.Script({step: stop})).interrupted
    outcome, notes = runs.go_on(path)
    assert not outcome.interrupted
    assert not notes
    runs.same(whole, path)
