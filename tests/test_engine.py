"""`--backend auto`: the fastest of the backends by timed steps, told and remembered."""

from pathlib import Path

import pytest
import runs

from archdsl.train import engine
from archdsl.train.trial import Trial


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


def timed(seconds: dict[str, dict[str, float]], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Let backends have these times; give the list of those that are asked."""
    asked: list[str] = []

    def tried(trial: Trial, name: str, tell: object) -> dict[str, float]:
        asked.append(name)
        return seconds[name]

    monkeypatch.setattr(engine, "find_spec", lambda name: name in seconds)
    monkeypatch.setattr(engine, "_tried", tried)
    monkeypatch.setattr(engine, "LEAST_WORK", 0)
    return asked


def test_the_fastest_is_taken_told_and_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = runs.plan()
    asked = timed({"tensorflow": {"float32": 0.3}, "jax": {"float32": 0.2}, "torch": {}}, monkeypatch)
    told: list[str] = []
    assert engine.chosen(plan, told.append) == "jax"
    assert told == ["backend jax: 1.50 times as fast as tensorflow (timed 3 steps of each, or remembered)"]
    assert engine.chosen(plan, told.append) == "jax"
    assert asked == ["tensorflow", "jax", "torch", "torch"]  # what failed is tried again


def test_nothing_is_timed_where_it_cannot_pay(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = timed({"tensorflow": {"float32": 0.3}, "jax": {"float32": 0.2}}, monkeypatch)
    told: list[str] = []
    work = 3 * runs.plan().network.macs * 160 * 3
    monkeypatch.setattr(engine, "LEAST_WORK", work + 1)
    assert engine.chosen(runs.plan(), told.append) == "tensorflow"
    assert not asked and "too short" in told[0]
    monkeypatch.setattr(engine, "LEAST_WORK", work)
    assert engine.chosen(runs.plan(), told.append) == "jax"


def test_the_only_one_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    timed({"tensorflow": {"float32": 0.3}}, monkeypatch)
    told: list[str] = []
    assert engine.chosen(runs.plan(), told.append) == "tensorflow"
    assert told == ["backend tensorflow: no other is installed"]


def test_steps_are_timed_in_a_process_of_their_own() -> None:
    told: list[str] = []
    found = engine._tried(Trial(runs.plan().network.graph, 8, ("float32",), 2), "tensorflow", told.append)
    assert found.keys() == {"float32"} and found["float32"] > 0
    assert not told


def test_a_backend_that_cannot_train_is_told() -> None:
    told: list[str] = []
    assert engine._tried(Trial(runs.plan().network.graph, 8, ("float32",), 2), "nothing", told.append) == {}
    assert told == ["backend nothing: not timed, it cannot train this network here"]
