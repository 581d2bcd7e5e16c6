"""Columns -> roles: the best assignment by what their headers say and what their cells look like.

The score of a role is 1.25 times the strength of the header's word plus the mean fit of the cells; all
columns are assigned at once, because a table has one name, one output size and one input size.
"""

from math import prod

from archdsl.lang.profiles import FITS, HEADER, OWN
from archdsl.light import NamedTuple
from archdsl.patterns import pattern
from archdsl.table.kinds import LARGEST, kinds
from archdsl.table.roles import IGNORE, UNREAD

Cells = list[frozenset[str]]
ALONE = ("name", "size", "input", "ratio")  # one column of a table has such a role
SAID = 100.0  # the strength of a role that a setting says
_PASSED = {"index": IGNORE, "values": IGNORE, "reach": IGNORE}
_MANY = ("", "structure", UNREAD, IGNORE, "params", "macs")
_BEAM = 24  # assignments that are kept while columns are gone through
_SAID_OF = {"inside", "option", "arrow", "stated"}  # numbers of a layer in words
_STRIDES = 2  # repeats go beyond what strides do
_KINDS = 200  # so many cells say what a column is
_NUMBER = pattern(r"\d{1,9}")


class Choice(NamedTuple):
    """The role of a column: its score, how strongly the header says it, and how many of the cells look like
    it."""

    role: str
    score: float
    header: float
    fitting: int
    cells: int

    def __str__(self) -> str:
        """Say it as data: `stride`: its header, and 9 of 9 cells."""
        said = ["its header"] * (self.header > 0) + [f"{self.fitting} of {self.cells} cells"] * (
            self.cells > 0
        )
        return f"`{self.role}`: {', and '.join(said)}" if said else f"`{self.role}`"


def assign(strengths: list[dict[str, float]], columns: list[list[str]], corner: bool) -> list[Choice]:
    """Return all columns their roles at once."""
    cells = [[found for text in column[:_KINDS] if (found := kinds(text))] for column in columns]
    cells = [_related(index, columns, cells) for index in range(len(columns))]
    beam: list[tuple[float, tuple[Choice, ...]]] = [(0.0, ())]
    for index, said in enumerate(strengths):
        options = _options(said, cells[index], index == 0, corner)
        grown = [
            (score + one.score + _beside(one, kept), (*kept, one))
            for score, kept in beam
            for one in options
            if _free(one, kept)
        ]
        beam = sorted(grown, key=lambda pair: -pair[0])[:_BEAM]
    best = max(beam, key=lambda pair: pair[0] + _together(pair[1], cells))[1]
    return [one._replace(role=_PASSED.get(one.role, one.role)) for one in best]


def _options(said: dict[str, float], cells: Cells, first: bool, corner: bool) -> list[Choice]:
    """List the roles that a column may have, the best first; every column may have none of the list."""
    roles = dict(said) or {"structure": 0.0}
    found = [_choice(role, strength, cells) for role, strength in roles.items()]
    if "structure" not in roles:
        found.append(_choice("structure", 0.0, cells))
    if not said and _maps(cells):
        found.append(_choice("size", 0.0, cells))
    if not said and all("times" in cell for cell in cells):
        found.append(_choice("repeat", 0.0, cells))
    if first and not said:
        found.append(_choice("name", OWN / HEADER if corner else 0.0, cells))
    none = UNREAD if any(role in ALONE for role, strength in said.items() if strength == 1) else ""
    return [*found, Choice(none, 0.0 if 1 in said.values() else OWN, 0.0, 0, len(cells))]


def _choice(role: str, strength: float, cells: Cells) -> Choice:
    fits = FITS.get(role, {})
    each = [max((fits[kind] for kind in cell if kind in fits), default=0.0) for cell in cells]
    mean = sum(each) / len(each) if each else 0.0
    return Choice(role, HEADER * strength + mean, strength, sum(fit > 0 for fit in each), len(each))


def _free(one: Choice, kept: tuple[Choice, ...]) -> bool:
    """Return whether no other column has the role that only one has."""
    return one.role not in ALONE or all(other.role != one.role for other in kept)


def _beside(one: Choice, kept: tuple[Choice, ...]) -> float:
    """Weigh a role that another column has: one of the two has another one, if its header has a second
    meaning."""
    if one.role in _MANY or all(other.role != one.role for other in kept):
        return 0.0
    return (
        -0.6 if one.header < 1 or any(other.role == one.role and other.header < 1 for other in kept) else 0.0
    )


def _together(roles: tuple[Choice, ...], cells: list[Cells]) -> float:
    """Weigh what roles of other columns say of a role."""
    had = {one.role for one in roles}
    structures = [index for index, one in enumerate(roles) if one.role == "structure"]
    said = [index for index in structures if roles[index].header]
    total = 0.0
    for index, one in enumerate(roles):
        if one.role == "index" and "name" not in had:
            total -= 2.0
        elif one.role == "structure" and one.header and _is_kind(index, said, cells):
            total -= 2.5
        elif one.role == "structure" and one.header and "name" not in had:
            total -= one.header < 1 or len(said) > 1  # a name that says its layer is both
        elif one.role == "name" and one.header == 1 and _numbers(cells[index]):
            total -= len(said) > 0  # the layers stand in the other column
        elif one.role == "name" and not one.header:
            total -= not any(_numbers(cells[other]) for other in structures)
        elif one.role == "fused" and one.header < 1 and "channels" not in had:
            total -= 1.5 * (not any("strided" in cell for cell in cells[index]))
        elif one.role == "details":
            layers = structures or [i for i, other in enumerate(roles) if other.role == "name"]
            others = (own for other, own in enumerate(cells) if other != index)
            windowed = any("complete" in cell for own in others for cell in own)
            remarks = not structures or (_details(cells[index]) and not windowed)
            total += 0.6 if remarks and any(_operators(cells[i]) for i in layers) else -2.0
        elif one.role == "ratio" and one.header < 1:
            total += 0.6 * (len(structures) > 1)
    return total + _ends(roles, cells, structures)


def _ends(roles: tuple[Choice, ...], cells: list[Cells], structures: list[int]) -> float:
    """Weigh whether `Input` and `Output` are sizes, as windows need channels, a second column of windows, and
    layers that are names."""
    had = {one.role for one in roles}
    total = 0.0
    for index, one in enumerate(roles):
        if one.role == "structure" and not (index or one.header) and not _numbers(cells[index]):
            total -= any(_numbers(cells[other]) for other in structures)  # what the rows are called
        elif one.role == "repeat" and not one.header:
            total -= _counted(roles, cells)
        elif one.role == "size" and "fused" in had and "channels" not in had:
            total -= 0.6 * (_counts(cells[index]) and all(_operators(cells[other]) for other in structures))
        elif one.role == "fused" and sum(other.role == "fused" for other in roles) > 1:
            total -= 0.6 * all("growing" in cell for cell in cells[index])  # that of all layers before, too
        elif one.role == "input" and "size" not in had:
            total -= 0.6 * any(other.role == "channels" and other.header < 1 for other in roles)
    return total


def _counted(roles: tuple[Choice, ...], cells: list[Cells]) -> bool:
    """Return whether several columns without a known header count: how often each network has a row."""
    own = [found for found, one in zip(cells, roles, strict=True) if not one.header and found]
    return any(sum(all(kind in cell for cell in found) for found in own) > 1 for kind in ("small", "times"))


def _maps(cells: Cells) -> bool:
    """Return whether most cells of a column are sizes that are too large for windows, whatever its header."""
    return 2 * sum("size" in cell and "window" not in cell for cell in cells) > len(cells)


def _counts(cells: Cells) -> bool:
    """Return whether all cells of a column are numbers alone."""
    return all("count" in cell for cell in cells)


def _operators(cells: Cells) -> bool:
    """Return whether most cells of a column name a layer."""
    return 2 * sum(bool(cell & {"operator", "layers", "called"}) for cell in cells) > len(cells)


def _details(cells: Cells) -> bool:
    """Return whether most cells of a column say numbers of a layer in words: `1x1 stride`, `Kernel=3`."""
    filled = [cell for cell in cells if cell]
    return bool(filled) and 2 * sum(bool(cell & _SAID_OF) for cell in filled) > len(filled)


def _is_kind(index: int, structures: list[int], cells: list[Cells]) -> bool:
    """Return whether a column says in words what another one says with numbers: `Residual` beside `[3x3, 16;
    3x3, 16]`."""
    return not _numbers(cells[index]) and any(_numbers(cells[other]) for other in structures)


def _numbers(cells: Cells) -> bool:
    """Return whether most cells of a column print a number of a layer."""
    return 2 * sum(bool(cell & {"inside", "window", "list", "numeral"}) for cell in cells) > len(cells)


def _related(index: int, columns: list[list[str]], cells: list[Cells]) -> Cells:
    """Add what a column's cells are next to each other, and next to another column."""
    texts = [text for text in columns[index][:_KINDS] if kinds(text)]
    numbers = [int(text.rstrip(".")) for text in texts if text.rstrip(".").isdecimal() and len(text) < 10]
    if len(numbers) == len(texts) > 1 and numbers == sorted(numbers) and numbers[0] < 2:
        return [cell | {"rising"} for cell in cells[index]]
    if numbers and any(_products(columns[index], other) for i, other in enumerate(columns) if i != index):
        return [(cell - {"count"}) | {"product"} for cell in cells[index]]
    if len(numbers) == len(texts) > 2 and numbers == sorted(numbers) and numbers[0] < numbers[-1]:
        return [cell | {"growing"} for cell in cells[index]]
    if len(numbers) == len(texts) > 2 and min(numbers) == 1 and _STRIDES < max(numbers) <= LARGEST:
        return [cell | {"times"} for cell in cells[index]]
    return cells[index]


def _products(counts: list[str], sizes: list[str]) -> bool:
    """Return whether one column counts the values of the maps that the other prints."""
    pairs = [
        (count, _NUMBER.findall(size))
        for count, size in zip(counts, sizes, strict=True)
        if kinds(count) and "size" in kinds(size)
    ]
    return len(pairs) > 1 and all(
        count.replace(",", "") == str(prod(map(int, sides))) for count, sides in pairs
    )
