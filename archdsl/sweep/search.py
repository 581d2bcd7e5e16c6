"""The trials of a sweep, one after another: each a run in a folder of its own, by the same function as
`archdsl train`."""

import gc
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from archdsl.recipe import Recipe
from archdsl.sweep.results import Result, best, comma_separated, markdown, table
from archdsl.sweep.space import Over
from archdsl.sweep.study import RUN, SETS, WHY, Study
from archdsl.train.errors import RunError
from archdsl.train.folder import RunFolder
from archdsl.train.plan import Outcome, Plan
from archdsl.train.progress import Display

TABLE, CELLS, BEST = "results.md", "results.csv", "best.toml"


class Search:
    """Runs trials of `plan` with other recipes; `recipe_of` makes the recipe of what a trial has set, `shown`
    a display for it."""

    def __init__(
        self,
        plan: Plan,
        folder: RunFolder,
        study: Study,
        overs: Sequence[Over],
        recipe_of: Callable[[Sequence[str]], Recipe],
        shown: Callable[[int], Display],
    ) -> None:
        self.plan, self.folder, self.study, self.overs = plan, folder, study, overs
        self.recipe_of, self.shown = recipe_of, shown

    def go(self, trials: int) -> bool:
        """Run trials until `trials` have ended, those first that were begun before; return whether a signal
        stopped it."""
        waiting = self.study.unfinished()
        while waiting or len(self.study.finished) < trials:
            trial = waiting.pop(0) if waiting else self.study.begin(self.overs, self.plan.recipe.as_dict())
            if self._trial(trial, trials):
                return True
            self.write()
        return False

    def _trial(self, trial: Any, trials: int) -> bool:
        sets = trial.user_attrs[SETS]
        recipe = self.recipe_of(sets)
        display = self.shown(recipe.epochs)
        display.note(f"trial {trial.number + 1} of {trials}: {' '.join(sets)}")
        outcome = self._run(trial, replace(self.plan, recipe=recipe), display)
        if outcome.interrupted:
            return True
        found = best(outcome.rows)
        diverged = "diverged" if outcome.diverged else "no epoch was validated"
        self.study.finish(trial.number, found[0] if found and not outcome.diverged else None, diverged)
        return False

    def _run(self, trial: Any, plan: Plan, display: Display) -> Outcome:
        """Run a trial, or go on with its run where a killed sweep left it."""
        from archdsl.backends.quiet import import_keras
        from archdsl.train.log import loggers
        from archdsl.train.run import run

        plan, folder, begun, ended = self._opened(trial, plan)
        if ended:
            return ended
        try:
            return run(plan, folder, display, loggers(), begun)
        finally:
            folder.close()
            import_keras().backend.clear_session()  # or the networks of all trials stay in memory
            gc.collect()

    def _opened(self, trial: Any, plan: Plan) -> tuple[Plan, RunFolder, Any, Outcome | None]:
        """Return what a trial runs or goes on with, and in which folder; an outcome where its run had
        ended."""
        from archdsl.train.resume import resume

        if RUN in trial.user_attrs:
            folder = RunFolder(str(self.folder / trial.user_attrs[RUN]))
            state, rows = folder.status().get("state"), tuple(folder.rows())
            if state in ("finished", "diverged"):
                return plan, folder, None, Outcome(diverged="" if state == "finished" else state, rows=rows)
            try:
                resumed = resume(str(folder.path))
                return resumed.plan, resumed.folder, resumed.begun, None
            except RunError:  # killed before it had written what it needs to go on
                pass
        folder = self._free(trial.number)
        folder.create()
        self.study.keep(trial.number, RUN, folder.path.name)
        return plan, folder, None, None

    def _free(self, number: int) -> RunFolder:
        name, attempt = f"trial-{number + 1}", 1
        while (self.folder / (name if attempt == 1 else f"{name}-{attempt}")).exists():
            attempt += 1
        return RunFolder(str(self.folder / (name if attempt == 1 else f"{name}-{attempt}")))

    def results(self) -> list[Result]:
        """Return the trials that ended, the best ones first."""
        return [self._result(trial) for trial in self.study.finished]

    def _result(self, trial: Any) -> Result:
        attributes = trial.user_attrs
        rows = RunFolder(str(self.folder / attributes[RUN])).rows() if RUN in attributes else []
        found = best(rows)
        sets = tuple((key, value) for key, _, value in (text.partition("=") for text in attributes[SETS]))
        return Result(
            trial.number + 1,
            sets,
            trial.value,
            attributes.get(WHY, ""),
            found[1] if found else None,
            len(rows),
        )

    def cells(self) -> list[list[str]]:
        """Return the table of results."""
        return table(self.results(), [over.key for over in self.overs])

    def write(self) -> None:
        """Write the table of results, and the recipe of the best trial."""
        cells, ended = self.cells(), self.study.finished
        self.folder.write_text(TABLE, markdown(cells))
        self.folder.write_text(CELLS, comma_separated(cells))
        if ended and ended[0].value is not None:
            recipe = self.recipe_of(ended[0].user_attrs[SETS])
            head = (
                f"# The best of {len(ended)} trials: trial {ended[0].number + 1}, accuracy "
                f"{ended[0].value:.4f} (validation).\n"
            )
            self.folder.write_text(BEST, head + recipe.toml())
