"""Two stages -> what differs in them, layer by layer, each difference told once for all the repeats it is
in."""

from collections.abc import Mapping, Sequence

from archdsl.compare.align import align
from archdsl.compare.layers import Layer, Repeat, Section
from archdsl.compare.result import Change
from archdsl.ops import OPS

_FAMILY, _OP = 0.2, 0.5  # what a shared family and a shared op are worth
_INCIDENTAL = (
    "stride",
    "padding",
    "initializer",
    "order",
    "norm",
    "norm-epsilon",
    "norm-momentum",
    "activation",
    "reads",
    "bias",
)


def changes(a: Sequence[Section], b: Sequence[Section]) -> tuple[Change, ...]:
    """List the differences between the layers of two stages."""
    found: list[Change] = []
    for i, j in align(a, b, _section_similarity):
        if i is not None and j is not None:
            found += _section(a[i], b[j])
        elif i is not None:
            found += _alone(a[i], first=True)
        elif j is not None:
            found += _alone(b[j], first=False)
    return tuple(found)


def _section_similarity(a: Section, b: Section) -> float:
    if a == b:
        return 1
    return (0.5 if a.bracket == b.bracket else 0.2) + 0.4 * repeat_similarity(a.repeats[0], b.repeats[0])


def repeat_similarity(a: Repeat, b: Repeat) -> float:
    """Return how much two repeats have in common, from 0 to 1, by the layers of their main paths."""
    one, other = a.paths["main"], b.paths["main"]
    if not one or not other:
        return 0
    width = max(len(one), len(other))
    return sum(similarity(x, y) for x, y in zip(one, other, strict=False)) / width


def similarity(a: Layer, b: Layer) -> float:
    """Return how much two layers have in common, from 0 to 1.

    What differs between the repeats of one bracket or goes with a style hardly counts, so that all repeats
    are aligned alike.
    """
    if a.op != b.op:
        return _FAMILY if a.op in OPS and b.op in OPS and OPS[a.op].family == OPS[b.op].family else 0
    if a.properties == b.properties:
        return 1
    keys = [key for key in a.properties.keys() | b.properties.keys() if key not in _INCIDENTAL]
    alike = sum(a.properties.get(key) == b.properties.get(key) for key in keys) / len(keys) if keys else 1
    return _OP + (1 - _OP) * 0.95 * alike


def _alone(section: Section, first: bool) -> list[Change]:
    blocks = tuple(range(1, len(section.repeats) + 1)) if section.bracket else ()
    return [
        _missing(layer, number, first, "main", blocks)
        for number, layer in enumerate(section.repeats[0].paths["main"], 1)
    ]


def _section(a: Section, b: Section) -> list[Change]:
    found: list[Change] = []
    counts = len(a.repeats), len(b.repeats)
    if counts[0] != counts[1]:
        found.append(Change("repeats", f"x{counts[0]}", f"x{counts[1]}"))
    where: dict[Change, list[int]] = {}
    for block, (one, other) in enumerate(zip(a.repeats, b.repeats, strict=False), 1):
        for change in _repeat(one, other):
            where.setdefault(change, []).append(block)
    bracket = a.bracket or b.bracket
    found += [change._replace(blocks=tuple(blocks) if bracket else ()) for change, blocks in where.items()]
    return found


def _repeat(a: Repeat, b: Repeat) -> list[Change]:
    found: list[Change] = []
    for path in dict.fromkeys((*a.paths, *b.paths)):
        one, other = a.paths.get(path, ()), b.paths.get(path, ())
        if path == "shortcut":
            found += _shortcut(one, other)
            continue
        # Where only one block is residual, its sum is no news.
        if "shortcut" not in a.paths.keys() & b.paths.keys():
            one, other = (tuple(layer for layer in layers if layer.op != "add") for layers in (one, other))
        found += _path(one, other, path)
    return found


def _shortcut(a: tuple[Layer, ...], b: tuple[Layer, ...]) -> list[Change]:
    """Compare shortcuts: as a whole where they are of different kinds, else layer by layer."""
    if [layer.op for layer in a] == [layer.op for layer in b]:
        return _path(a, b, "shortcut")
    return [Change("shortcut", _joined(a), _joined(b), path="shortcut")]


def _joined(layers: tuple[Layer, ...]) -> str:
    return "; ".join(map(str, layers)) or "none"


def _path(a: tuple[Layer, ...], b: tuple[Layer, ...], path: str) -> list[Change]:
    found: list[Change] = []
    for i, j in align(a, b, similarity):
        if i is not None and j is not None:
            numbers = i + 1, j + 1
            found += [Change(what, x, y, path=path, layers=numbers) for what, x, y in _properties(a[i], b[j])]
        elif i is not None:
            found.append(_missing(a[i], i + 1, True, path))
        elif j is not None:
            found.append(_missing(b[j], j + 1, False, path))
    return found


def _missing(layer: Layer, number: int, first: bool, path: str, blocks: tuple[int, ...] = ()) -> Change:
    texts = (str(layer), "") if first else ("", str(layer))
    return Change("layer", *texts, blocks, path, (number, None) if first else (None, number))


def _properties(a: Layer, b: Layer) -> list[tuple[str, str, str]]:
    if a.op != b.op:
        return [("layer", str(a), str(b))]
    keys = dict.fromkeys((*a.properties, *b.properties))
    differing = [key for key in keys if a.properties.get(key) != b.properties.get(key)]
    return [
        (key, _shown(a.properties, key), _shown(b.properties, key))
        for key in differing
        if not _implied(a, b, key)
    ]


def _shown(properties: Mapping[str, str], key: str) -> str:
    return properties.get(key, "conv-norm-activation" if key == "order" else "none")


def _implied(a: Layer, b: Layer, key: str) -> bool:
    """Leave out what goes without saying: how a norm is set where only one layer has one of its kind."""
    return key.startswith("norm-") and a.properties.get("norm") != b.properties.get("norm")
