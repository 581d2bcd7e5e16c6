"""Optuna's study of a sweep: in an SQLite file of the sweep's folder, so that a killed sweep goes on where it
was."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from archdsl.sweep.space import Over, SweepError, chosen

FILE = "sweep.db"
# What is kept with a trial: its `--set`s, the folder of its run, why it has no value.
SETS, RUN, WHY = "sets", "run", "why"


class Study:
    """The trials of a sweep; `definition` says what makes two sweeps the same one."""

    def __init__(self, folder: Path, definition: dict[str, Any], seed: int) -> None:
        import optuna

        optuna.logging.set_verbosity(optuna.logging.ERROR)
        url = f"sqlite:///{(folder / FILE).resolve()}"
        try:
            self.study = optuna.create_study(
                storage=url, study_name="sweep", direction="maximize", load_if_exists=True
            )
            self._same(json.loads(json.dumps(definition)))
            done = len(self.study.trials)
        except Exception as error:
            if isinstance(error, SweepError):
                raise
            raise SweepError(
                f"{folder / FILE} is damaged or of another version: {str(error).splitlines()[0]}"
            ) from None
        # Going on does not repeat what was taken: the seed counts the trials that there are.
        self.study.sampler = optuna.samplers.TPESampler(seed=seed + done, n_startup_trials=8)

    def _same(self, definition: dict[str, Any]) -> None:
        before = self.study.user_attrs.get("definition")
        if before is None:
            self.study.set_user_attr("definition", definition)
        elif before != definition:
            was = ", ".join(
                f"{key} was {json.dumps(old)}"
                for part in definition
                for key, old in _differing(part, before.get(part), definition[part])
            )
            raise SweepError(
                f"the folder holds another sweep ({was}): repeat that one, or choose another folder with "
                f"--out"
            )

    def unfinished(self) -> list[Any]:
        """Return the trials that a killed sweep had begun; those that had not got as far as a recipe are
        given up."""
        import optuna

        running = [trial for trial in self.study.trials if trial.state == optuna.trial.TrialState.RUNNING]
        for trial in running:
            if SETS not in trial.user_attrs:
                self.study.tell(trial.number, state=optuna.trial.TrialState.FAIL)
        return [trial for trial in running if SETS in trial.user_attrs]

    def begin(self, overs: Sequence[Over], base: dict[str, Any]) -> Any:
        """Begin a trial: choose its values, and keep them before anything is done."""
        trial = self.study.ask()
        sets = chosen(overs, trial, base)
        trial.set_user_attr(SETS, list(sets))
        return self.study.trials[trial.number]

    def finish(self, number: int, value: float | None, why: str = "") -> None:
        """End a trial with its value; without one (diverged), the sampler takes it for worse than all that
        have one."""
        import optuna

        if value is None:
            self.keep(number, WHY, why)
            self.study.tell(number, state=optuna.trial.TrialState.PRUNED)
        else:
            self.study.tell(number, value)

    def keep(self, number: int, key: str, value: str) -> None:
        """Keep a text with a trial, one that another process began too."""
        import optuna

        optuna.trial.Trial(self.study, self.study.trials[number]._trial_id).set_user_attr(key, value)

    @property
    def finished(self) -> list[Any]:
        """Return the trials that ended, the best ones first."""
        ended = [
            trial for trial in self.study.trials if trial.state.is_finished() and SETS in trial.user_attrs
        ]
        return sorted(
            ended, key=lambda trial: (-(trial.value if trial.value is not None else -1.0), trial.number)
        )


def _differing(key: str, before: Any, now: Any) -> Iterator[tuple[str, Any]]:
    """Name the keys in which two definitions differ, with what they were."""
    if before == now:
        return
    if isinstance(before, dict) and isinstance(now, dict):
        for part in {**before, **now}:
            yield from _differing(f"{key}.{part}", before.get(part), now.get(part))
    else:
        yield key, before
