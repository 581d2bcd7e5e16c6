"""Steps of a function -> its statements: uses of one block that follow each other are a loop; and the
variables that hold their values."""

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from archdsl.backends.blocks import Step
from archdsl.backends.body import variable

OUT = -1


class Statement(NamedTuple):
    """The step `first`, or a loop over the steps `[first, stop)`, whose names have the numbers from `number`
    on at `{i}` of `name`.

    `moves` say for each input of the function what it gets in the next turn: what was made (OUT), or what
    another input was in this one.
    """

    first: int
    stop: int
    name: str = ""
    number: int = 0
    moves: tuple[int, ...] = ()


class Body(NamedTuple):
    """`variables` have the name of each step's value, `states` those of a loop's inputs, by its first step;
    what it makes is called as its path is until it is over."""

    statements: list[Statement]
    variables: dict[int, str]
    states: dict[int, tuple[str, ...]]


def statements(steps: list[Step], same: Callable[[Step, Step], bool]) -> list[Statement]:
    """Return steps as statements; `same` tells whether two are used alike but for their names and inputs."""
    found: list[Statement] = []
    at = 0
    while at < len(steps):
        loop = _loop(steps, at, same)
        found.append(loop or Statement(at, at + 1))
        at = found[-1].stop
    return found


def _loop(steps: list[Step], at: int, same: Callable[[Step, Step], bool]) -> Statement | None:
    first = steps[at]
    stop = at + 1
    moves: tuple[int, ...] = ()
    while first.function and stop < len(steps) and same(steps[stop - 1], steps[stop]):
        found = _moves(steps, stop)
        number = _counted(first.name, steps[stop].name, stop - at)
        if OUT not in found or not number or (moves and found != moves):
            break
        moves, counted, stop = found, number, stop + 1
    if stop == at + 1 or _read_later(steps, at, stop, moves):
        return None
    return Statement(at, stop, *counted, moves)


def _read_later(steps: list[Step], first: int, stop: int, moves: tuple[int, ...]) -> bool:
    """Return whether a value within a loop is read behind it that no input has then."""
    kept = {stop - 1, *_state(steps, Statement(first, stop, moves=moves))}
    return any(first <= i < stop and i not in kept for step in steps[stop:] for i in step.inputs)


def _moves(steps: list[Step], at: int) -> tuple[int, ...]:
    """Return what each input of a step was for the step before: its value (OUT), or one of its inputs; empty
    where one was neither."""
    before, inputs = steps[at - 1].inputs, steps[at].inputs
    if len(before) != len(inputs) or any(i != at - 1 and i not in before for i in inputs):
        return ()
    return tuple(OUT if i == at - 1 else before.index(i) for i in inputs)


def _counted(first: str, name: str, turn: int) -> tuple[str, int] | None:
    """Return a name with `{i}` where two differ, and the number of the first; None where they differ by more
    than a number that counts turns."""
    words, others = re.split(r"(\d+)", first), re.split(r"(\d+)", name)
    places = [i for i, pair in enumerate(zip(words, others, strict=False)) if pair[0] != pair[1]]
    if len(words) != len(others) or len(places) != 1 or places[0] % 2 == 0:
        return None
    place = places[0]
    if str(int(words[place])) != words[place] or int(others[place]) != int(words[place]) + turn:
        return None
    return "".join([*words[:place], "{i}", *words[place + 1 :]]), int(words[place])


def _state(steps: list[Step], loop: Statement) -> tuple[int, ...]:
    """Return the values that the inputs of a loop have when it is over."""
    state = steps[loop.first].inputs
    for i in range(loop.first, loop.stop):
        state = tuple(i if move == OUT else state[move] for move in loop.moves)
    return state


def body(
    steps: list[Step],
    made: list[Statement],
    outputs: tuple[int, ...],
    reserved: Mapping[int, str],
    start: str,
) -> Body:
    """Name the value of each statement: `x` along the main path, `shortcut` beside it, its own name where it
    is read later; no variable has a name of `reserved`. Steps without inputs are called `start`, if it is
    said."""
    last = _last_uses(steps, made, outputs)
    variables: dict[int, str] = {}
    states: dict[int, tuple[str, ...]] = {}
    for k, one in enumerate(made):
        step = steps[one.stop - 1]
        if start and not step.inputs:
            variables[one.first] = start
            continue
        following = (j for j in range(k + 1, len(made)) if _path(steps, made[j]) == _path(steps, one))
        late = last.get(one.stop - 1, -1) > next(following, len(made)) or not step.inputs
        own = re.sub(r"[^A-Za-z0-9]+", "_", one.name.replace("{i}", "") or step.name).strip("_")
        name = variable(own, {**reserved, **_negative(variables)}) if late else _path(steps, one)
        if one.stop - one.first > 1:
            states[one.first] = _names(steps, one, _path(steps, one), variables, last, k)
            variables |= {
                i: held
                for i, held in zip(_state(steps, one), states[one.first], strict=True)
                if i >= one.first
            }
        variables[one.stop - 1] = name
    return Body(made, variables, states)


def _negative(variables: dict[int, str]) -> dict[int, str]:
    return {-1 - i: name for i, name in variables.items()}


def _path(steps: list[Step], one: Statement) -> str:
    """Return the common name of values on the path of a statement: `x`, unless it is beside the main one."""
    branch = steps[one.stop - 1].branch
    return "x" if branch == "main" or all(step.branch == branch for step in steps) else "shortcut"


def _last_uses(steps: list[Step], made: list[Statement], outputs: tuple[int, ...]) -> dict[int, int]:
    """Return the last statement that reads each value; what a loop reads in each turn is read behind it."""
    last: dict[int, int] = {}
    for k, one in enumerate(made):
        kept = {steps[one.first].inputs[s] for s, move in enumerate(one.moves) if move == s}
        for step in steps[one.first : one.stop]:
            last |= {i: k + (i in kept) for i in step.inputs}
    return last | dict.fromkeys(outputs, len(made))


def _names(
    steps: list[Step], loop: Statement, name: str, variables: dict[int, str], last: dict[int, int], at: int
) -> tuple[str, ...]:
    """Name the inputs of a loop while it runs."""
    live = {i: held for i, held in variables.items() if last.get(i, -1) > at}
    names: list[str] = []
    for slot, move in enumerate(loop.moves):
        if move == OUT:
            names.append(name)
        elif move == slot:
            names.append(variables.get(steps[loop.first].inputs[slot], ""))
        else:
            names.append(variable("previous", {**live, **_negative(dict(enumerate(names)))}))
    return tuple(names)
