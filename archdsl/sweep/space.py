"""`--over rate=log:0.01..0.3` -> a range or choices of a recipe's key, and what a trial takes of it."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

_RANGE = re.compile(r"(?P<log>log:)?(?P<low>[^,:]+?)\.\.(?P<high>[^,/]+)(?:/(?P<step>[^,/]+))?")
_WHOLE = re.compile(r"[+-]?\d+")


class SweepError(Exception):
    """The sweep cannot be done as it was asked for; the message is one sentence for the user."""


class Over(NamedTuple):
    """What a key is tried with: `choices` as they are written, or numbers from `low` to `high`, in steps, or
    spread evenly by their logarithm."""

    key: str
    choices: tuple[str, ...] = ()
    low: float = 0.0
    high: float = 0.0
    step: float | None = None
    log: bool = False
    whole: bool = False

    def text(self, trial: Any) -> str:
        """Let an Optuna trial take a value; write it as `--set` has it, a number with four digits."""
        if self.choices:
            return str(trial.suggest_categorical(self.key, list(self.choices)))
        if self.whole:
            return str(
                trial.suggest_int(
                    self.key, int(self.low), int(self.high), step=int(self.step or 1), log=self.log
                )
            )
        return f"{trial.suggest_float(self.key, self.low, self.high, step=self.step, log=self.log):.4g}"

    def ends(self) -> tuple[str, ...]:
        """Write the values that must be allowed for all of them to be."""
        return self.choices or tuple(
            str(int(end)) if self.whole else f"{end:.4g}" for end in (self.low, self.high)
        )


def parse(text: str) -> Over:
    """Read what `--over` says; raise SweepError where it says nothing that could be tried."""
    key, _, values = (part.strip() for part in text.partition("="))
    if not key or not values:
        raise SweepError(
            f"`--over {text}` is not of the form KEY=VALUES, like rate=log:0.01..0.3 or optimizer=sgd,adamw"
        )
    found = _RANGE.fullmatch(values)
    if found:
        return _range(key, text, found)
    choices = tuple(choice.strip() for choice in values.split(","))
    if len(choices) < 2 or not all(choices) or len(set(choices)) < len(choices):
        raise SweepError(
            f"`--over {text}` needs two or more different values, like {key}=A,B, or a range, like "
            f"{key}=LOW..HIGH"
        )
    return Over(key, choices)


def _range(key: str, text: str, found: "re.Match[str]") -> Over:
    written = [found[name] for name in ("low", "high", "step") if found[name]]
    try:
        low, high, *step = map(float, written)
    except ValueError:
        raise SweepError(f"`--over {text}`: the ends of a range are numbers, like {key}=0.01..0.3") from None
    if not low < high < float("inf"):
        raise SweepError(f"`--over {text}`: a range goes from a smaller to a larger number")
    if found["log"] and (low <= 0 or step):
        raise SweepError(f"`--over {text}`: a range by logarithms begins above 0 and has no steps")
    if step and not 0 < step[0] <= high - low:
        raise SweepError(f"`--over {text}`: the step is above 0 and not longer than the range")
    return Over(
        key, (), low, high, step[0] if step else None, bool(found["log"]), all(map(_WHOLE.fullmatch, written))
    )


def parse_all(texts: Sequence[str]) -> tuple[Over, ...]:
    """Read every `--over`; each key stands in one of them."""
    overs = tuple(map(parse, texts))
    keys = [over.key for over in overs]
    for key in keys:
        if keys.count(key) > 1:
            raise SweepError(f"`--over` has {key} twice: give all its values at once")
    return overs


def chosen(overs: Sequence[Over], trial: Any, base: Mapping[str, Any]) -> tuple[str, ...]:
    """Let a trial take a value of every key that has an effect beside what it took before; give them as
    `--set` has them.

    `base` are the values of the recipe that is varied. A key that others depend on (`optimizer`) is taken
    first.
    """
    from archdsl.recipe.recipe import KEYS

    taken: dict[str, Any] = dict(base)
    sets = []
    for over in _ordered(overs):
        if KEYS[over.key].applies(taken):
            text = over.text(trial)
            taken[over.key] = text if over.choices else float(text)
            sets.append(f"{over.key}={text}")
    return tuple(sets)


def _ordered(overs: Sequence[Over]) -> list[Over]:
    from archdsl.recipe.recipe import KEYS

    return sorted(overs, key=lambda over: KEYS[over.key].when is not None)


def check(recipe_of: Callable[[Sequence[str]], Any], overs: Sequence[Over]) -> None:
    """Make recipes with the ends of every range and all choices; raise what `recipe_of` raises for one that
    cannot be.

    A key that has an effect only beside some choice of another (momentum beside sgd) is tried beside that.
    """
    from archdsl.recipe.recipe import KEYS

    by_key = {over.key: over for over in overs}
    for over in overs:
        when = KEYS[over.key].when if over.key in KEYS else None
        needed = (
            [text for text in by_key[when[0]].choices if text in when[1]]
            if when and when[0] in by_key
            else []
        )
        beside = [f"{when[0]}={needed[0]}"] if when and needed else []
        for end in over.ends():
            recipe_of([*beside, f"{over.key}={end}"])
