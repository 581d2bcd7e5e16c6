"""Headers with more than one meaning -> the role that the cells below them have: sizes, windows or counts."""

import re

from archdsl.table.operators import NUMBERED
from archdsl.table.roles import CLAIMS, IGNORE, SIZE, UNREAD, header_words, holds_layers, holds_network

_WINDOW = re.compile(r"\(?\s*(\d+)(?:\s*[x×,]\s*(\d+)){1,2}\s*\)?(?:\s*,?\s*(?:/|stride)\s*\d+)?(?:\s*\(x\s*\d+\))?", re.IGNORECASE)
_WINDOW_IN = re.compile(r"\d\s*[x×]\s*\d")
_STRIDED = re.compile(r"\d\s*[x×]\s*\d+\s*,?\s*(?:/|stride)\s*\d")
_FILTER = re.compile(r"(\d+)\s*[x×]\s*(\d+)\s*[x×]\s*(\d+)(?:\s*[x×]\s*(\d+))?")
_WHOLE = re.compile(r"global|classifier", re.IGNORECASE)
_COUNT = re.compile(r"\d[\d,]{0,30}")
_NUMBERED = re.compile(r"[A-Za-z][A-Za-z ./-]*?[\s_-]?(?:\d+(?:[._-](?:\d+|x))*[a-z]?)?(?:\s*\(.*\))?")
_NIL = ("", "-", "–", "—", "/", "n/a", "N/A", "none", "None")
_FLAG = re.compile(r"yes|no|true|false|[yn✓✔☑√✗✘×+]|none|w/o?|with|without", re.IGNORECASE)
_EXACT = re.compile(r"out(?:put)?(?: feature)?(?: map)?(?: size| shape| dimensions?)?")
_LARGEST = 15  # side of a window
Columns = list[list[str]]


def decide(headers: tuple[str, ...], roles: list[str | None], columns: Columns) -> list[str | None]:
    """Give each column the role that its cells agree with, where its header leaves several."""
    filled = [[cell for cell in column if cell not in _NIL] for column in columns]
    found = list(roles)
    for rule in (_names, _swapped, _inputs, _indices, _originals, _sizes, _windows, _filters, _counts, _flags):
        rule(headers, found, filled)
    return found


def _indices(headers: tuple[str, ...], roles: list[str | None], columns: Columns) -> None:
    """Row numbers are no names where another column has those."""
    named = [i for i, role in enumerate(roles) if role == "name" and columns[i] and all(map(_NUMBERED.fullmatch, columns[i]))]
    for i, cells in enumerate(columns):
        numbers = [int(cell.rstrip(".")) for cell in cells if cell.rstrip(".").isdigit()]
        corner = roles[i] is None and not header_words(headers[i]) and i == 0
        rising = len(numbers) == len(cells) > 1 and numbers == sorted(numbers) and numbers[0] < 2
        if (roles[i] == "name" or corner) and rising and any(other != i for other in named):
            roles[i] = IGNORE


def _names(headers: tuple[str, ...], roles: list[str | None], columns: Columns) -> None:
    """A first column of `conv1`, `Pooling`, `Conv2_x` beside layers with windows has the names, whatever stands above it."""
    del headers
    beside = [cells for role, cells in zip(roles[1:], columns[1:], strict=True) if role in (None, "structure")]
    layers = any(2 * sum(bool(_WINDOW_IN.search(cell)) for cell in cells) > len(cells) for cells in beside)
    if "name" not in roles and roles[0] in (None, "structure") and columns[0] and layers and all(map(_NUMBERED.fullmatch, columns[0])):
        roles[0] = "name"


def _swapped(headers: tuple[str, ...], roles: list[str | None], columns: Columns) -> None:
    """`Block | Layers`: the one that holds the layers is the structure, whichever is called so; `conv1` is a name."""
    del headers
    layers = [[cell for cell in cells if not NUMBERED.fullmatch(cell)] for cells in columns]
    named = next((i for i, role in enumerate(roles) if role == "name" and holds_layers(layers[i])), None)
    said = [i for i, role in enumerate(roles) if role == "structure"]
    if named is not None and len(said) == 1 and columns[said[0]] and not any(holds_layers([cell]) for cell in columns[said[0]]):
        roles[named], roles[said[0]] = "structure", "name"


def _inputs(headers: tuple[str, ...], roles: list[str | None], columns: Columns) -> None:
    """A column `Input` that names rows has no sizes: wiring is said by names in the structure."""
    del headers
    for i, cells in enumerate(columns):
        if roles[i] == "input" and cells and not any(cell[0].isdigit() or SIZE.match(cell) for cell in cells):
            roles[i] = UNREAD


def _originals(headers: tuple[str, ...], roles: list[str | None], columns: Columns) -> None:
    """`Output size (original)` beside several networks is that of one of them."""
    several = sum(role in (None, "structure") and holds_network(cells, True) for role, cells in zip(roles, columns, strict=True)) > 1
    for i, role in enumerate(roles):
        if role == "size" and several and "original" in headers[i].lower():
            roles[i] = "ratio"


def _sizes(headers: tuple[str, ...], roles: list[str | None], columns: Columns) -> None:
    """Of several columns of sizes one is the output's; others hold windows or counts."""
    sizes = [i for i, role in enumerate(roles) if role == "size"]
    kinds = {i: _kind(columns[i]) for i in sizes}
    mapped = [i for i in sizes if kinds[i] == "sizes"] or [i for i in sizes if kinds[i] == "windows" and _exact(headers[i])]
    if len(sizes) > 1 and mapped:
        kept = next((i for i in mapped if _exact(headers[i])), mapped[0])
        for i in sizes:
            if i != kept and kinds[i] == "windows":
                roles[i] = "fused"
            elif i != kept and kinds[i] == "counts" and "channels" not in roles:
                roles[i] = "channels"
    for i in sizes:
        # Layers of which the channels are printed need a window: `Size` is it where nothing else is.
        vague = header_words(headers[i]) in ("size", "dimensions", "dimension", "shape") and not {"fused", "filter"} & set(roles)
        elsewhere = any(SIZE.search(cell) for j, column in enumerate(columns) if j != i for cell in column)
        windows = kinds[i] == "windows" or _kind(columns[i][1:]) == "windows"  # the first one may be the input's size
        if roles[i] == "size" and vague and windows and (_strided(columns[i]) or ("channels" in roles and not elsewhere)):
            roles[i] = "fused"


def _exact(header: str) -> bool:
    return _EXACT.fullmatch(header_words(header)) is not None


def _kind(cells: list[str]) -> str:
    """Tell windows (`3×3 / 2`), counts (`64`) and sizes apart; windows are small."""
    if cells and all(map(_COUNT.fullmatch, cells)):
        return "counts"
    windows = [match for cell in cells if (match := _WINDOW.fullmatch(cell))]
    small = [match for match in windows if max(int(side) for side in match.groups() if side) <= _LARGEST]
    others = sum(bool(_WHOLE.match(cell) or _COUNT.fullmatch(cell)) for cell in cells)  # `Global`, and the units of a dense layer
    if len(small) > others and len(small) + others == len(cells):
        return "windows"
    return "sizes" if any(SIZE.match(cell) for cell in cells) or windows else ""


def _strided(cells: list[str]) -> bool:
    return any(_STRIDED.search(cell) for cell in cells)


def _windows(headers: tuple[str, ...], roles: list[str | None], columns: Columns) -> None:
    """`Filters` may hold windows, `Filter` how many there are."""
    del headers
    for i, cells in enumerate(columns):
        if roles[i] == "channels" and _kind(cells) == "windows" and "fused" not in roles:
            roles[i] = "fused"
        elif roles[i] == "fused" and _kind(cells) == "counts" and "channels" not in roles:
            others = [j for j, role in enumerate(roles) if role == "fused" and j != i and _kind(columns[j]) == "windows"]
            roles[i] = "channels" if others else "fused"


def _filters(headers: tuple[str, ...], roles: list[str | None], columns: Columns) -> None:
    """A window with the number of channels behind it is a filter's shape."""
    del headers
    for i, cells in enumerate(columns):
        shapes = [[int(side) for side in match.groups() if side] for cell in cells if (match := _FILTER.fullmatch(cell))]
        deep = any(len(shape) == 4 for shape in shapes) or any(shape[-1] > _LARGEST for shape in shapes)
        if roles[i] in ("fused", "channels") and deep and all(shape[0] <= _LARGEST for shape in shapes):
            roles[i] = "filter"


def _counts(headers: tuple[str, ...], roles: list[str | None], columns: Columns) -> None:
    """`Depth` may be the number of channels: no layer of a table is 16 deep."""
    del headers
    for i, cells in enumerate(columns):
        counts = [int(cell.replace(",", "")) for cell in cells if _COUNT.fullmatch(cell)]
        if roles[i] == "depth" and len(counts) == len(cells) and max(counts, default=0) > 15 and "channels" not in roles:
            roles[i] = "channels"


def _flags(headers: tuple[str, ...], roles: list[str | None], columns: Columns) -> None:
    """A column of biases may count them; layers under the header of a count are layers."""
    del headers
    for i, cells in enumerate(columns):
        if (roles[i] == "bias" and not all(map(_FLAG.fullmatch, cells))) or (roles[i] in CLAIMS and holds_layers(cells)):
            roles[i] = None
