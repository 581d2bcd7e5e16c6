"""The sweep: what `--over` says, trials as runs, going on after a kill, the table and the best recipe."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from commands import archdsl

from archdsl.sweep.results import Result, best, comma_separated, markdown, table, text
from archdsl.sweep.space import Over, SweepError, chosen, parse, parse_all

SPEC = "input 16x16x3\nclasses 10\nstyle resnet\nc1 16x16 3x3, 8\n 1x1 average pool, 10-d fc, softmax\n"


@pytest.mark.parametrize(
    ("written", "over"),
    [
        ("rate=log:0.01..0.3", Over("rate", (), 0.01, 0.3, None, True, False)),
        ("batch_size=16..64/16", Over("batch_size", (), 16, 64, 16, False, True)),
        ("momentum = 0.5..0.9", Over("momentum", (), 0.5, 0.9, None, False, False)),
        ("optimizer=sgd, adamw", Over("optimizer", ("sgd", "adamw"))),
        ("epochs=2..4", Over("epochs", (), 2, 4, None, False, True)),
        ("rate=1e-3..1e-1", Over("rate", (), 1e-3, 1e-1)),
    ],
)
def test_what_is_varied(written: str, over: Over) -> None:
    assert parse(written) == over


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("rate", "not of the form KEY=VALUES"),
        ("rate=0.1", "two or more different values"),
        ("rate=0.1,0.1", "two or more different values"),
        ("rate=0.3..0.1", "from a smaller to a larger"),
        ("rate=log:0..1", "begins above 0"),
        ("rate=a..b", "ends of a range are numbers"),
        ("rate=0.1..0.3/0.5", "not longer than the range"),
        ("rate=nan..1", "from a smaller to a larger"),
    ],
)
def test_what_cannot_be_varied(written: str, said: str) -> None:
    with pytest.raises(SweepError, match=said):
        parse(written)
    with pytest.raises(SweepError, match="rate twice"):
        parse_all(["rate=0.1,0.2", "rate=1..2"])


class FirstOrLow:
    """A trial that takes the first choice or the low end of everything."""

    def suggest_categorical(self, key: str, choices: list[str]) -> str:
        return choices[0]

    def suggest_float(self, key: str, low: float, high: float, **_: Any) -> float:
        return low

    def suggest_int(self, key: str, low: int, high: int, **_: Any) -> int:
        return low


def test_a_key_without_effect_is_not_varied() -> None:
    momentum = parse("momentum=0.123456..0.9")
    base = {"optimizer": "sgd"}
    assert chosen([momentum, parse("optimizer=sgd,adamw")], FirstOrLow(), base) == (
        "optimizer=sgd",
        "momentum=0.1235",
    )
    assert chosen([momentum, parse("optimizer=adamw,sgd")], FirstOrLow(), base) == ("optimizer=adamw",)
    assert chosen([parse("batch_size=16..64/16")], FirstOrLow(), base) == ("batch_size=16",)


def test_results() -> None:
    results = [Result(2, (("rate", "0.1"),), 0.5, "", 3, 4), Result(1, (("rate", "9"),), None, "diverged")]
    cells = table(results, ["rate", "momentum"])
    assert text(cells).splitlines()[1] == "    2   0.1                  0.5000    3/4"
    assert markdown(cells).splitlines()[2:] == ["| 2 | 0.1 |  | 0.5000 | 3/4 |", "| 1 | 9 |  | diverged |  |"]
    assert comma_separated(cells).splitlines()[0] == "trial,rate,momentum,val_accuracy,epoch"
    assert best(
        [
            {"epoch": 1, "val_accuracy": 0.5},
            {"epoch": 2, "val_accuracy": 0.7},
            {"epoch": 3, "val_accuracy": 0.7},
        ]
    ) == (0.7, 2)
    assert best([{"epoch": 1}]) is None


SWEEP = (
    "sweep",
    "net.arch",
    "--limit",
    "64",
    "--epochs",
    "1",
    "--over",
    "rate=log:0.01..0.3",
    "--over",
    "optimizer=sgd,adamw",
)


def test_another_sweep_is_told_by_the_keys_that_differ(tmp_path: Path) -> None:
    pytest.importorskip("optuna")
    from archdsl.sweep.study import Study

    definition = {"spec": "abc", "recipe": {"epochs": 1, "rate": 0.1}}
    Study(tmp_path, definition, 1)
    with pytest.raises(SweepError, match=r"another sweep \(recipe.epochs was 1\): repeat"):
        Study(tmp_path, definition | {"recipe": {"epochs": 2, "rate": 0.1}}, 1)


def test_a_killed_sweep_goes_on(tmp_path: Path) -> None:
    pytest.importorskip("optuna")
    (tmp_path / "net.arch").write_text(SPEC, encoding="utf-8")
    command = [sys.executable, "-m", "archdsl", *SWEEP, "--trials", "3", "--out", "out"]
    process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True, env=os.environ)
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("note: trial 2 of 3"):
            break
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)
    assert (tmp_path / "out/results.md").read_text().count("\n") == 3
    done = archdsl(*SWEEP, "--trials", "3", "--out", "out", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert "trial 1 of 3" not in done.stdout
    assert "trial 2 of 3" in done.stdout
    rows = (tmp_path / "out/results.md").read_text().splitlines()[2:]
    assert sorted(row.split()[1] for row in rows) == ["1", "2", "3"]
    accuracies = [float(row.split("|")[4]) for row in rows]
    assert accuracies == sorted(accuracies, reverse=True)
    assert "epochs = 1 " in (tmp_path / "out/best.toml").read_text()
    dry = archdsl(
        "train", "net.arch", "--recipe", "out/best.toml", "--limit", "64", "--dry-run", cwd=tmp_path
    )
    assert dry.returncode == 0, dry.stderr
    assert "recipe best: 1 epochs" in dry.stdout
    other = archdsl(*SWEEP, "--limit", "32", "--out", "out", cwd=tmp_path)
    assert other.returncode == 2
    assert "the folder holds another sweep (data was" in other.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--over", "rate"], "not of the form KEY=VALUES"),
        (["--over", "rat=0.1..0.2"], "rat"),
        (["--over", "momentum=0.5..1.5"], "momentum"),
        (["--over", "optimizer=sgd,magic"], "magic"),
        (["--over", "beta_1=0.5..0.9"], "beta_1"),
        (["--over", "rate=0.1..0.2", "--lr", "0.1"], "rate"),
    ],
)
def test_impossible_sweeps_are_told_before_anything_starts(
    words: list[str], said: str, tmp_path: Path, monkeypatch: Any, capsys: Any
) -> None:
    pytest.importorskip("optuna")
    from archdsl.cli.main import main

    monkeypatch.chdir(tmp_path)
    Path("net.arch").write_text(SPEC, encoding="utf-8")
    assert main(["sweep", "net.arch", "--out", "out", *words]) == 2
    assert said in capsys.readouterr().err
    assert not Path("out").exists()


def test_optuna_that_is_not_installed_is_told(tmp_path: Path, monkeypatch: Any, capsys: Any) -> None:
    from archdsl.cli.main import main

    monkeypatch.setattr("archdsl.extras.find_spec", lambda name: None if name == "optuna" else name)
    assert main(["sweep", "net.arch", "--over", "rate=1..2", "--out", str(tmp_path / "out")]) == 3
    assert "optuna is not installed: pip install 'archdsl[sweep]'" in capsys.readouterr().err
