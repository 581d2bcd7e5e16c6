"""Which style a table is read by: the one that is set, or the one that its own words point to; what a style
holds."""

import re
from collections.abc import Iterator

from archdsl.diagnostics import Reporter
from archdsl.lang.vocabulary import longest
from archdsl.light import NamedTuple
from archdsl.ops import OPS
from archdsl.patterns import pattern
from archdsl.problems import preamble
from archdsl.resolve.conventions import styles
from archdsl.source import Source, Span
from archdsl.syntax import library
from archdsl.syntax.ast import Block, BlockDef, Item, Layer, Parameter, Reading, Row, Use, Wire
from archdsl.syntax.names import LONGEST, compact
from archdsl.text.grid import Grid

_WORD = pattern(r"[A-Za-z][A-Za-z0-9]*(?:[- ]?[A-Za-z][A-Za-z0-9]*)*")


OF_OUTPUTS = ("softmax", "log_softmax", "sigmoid", "tanh")


class Style(NamedTuple):
    """A style by name; `because` says why, where no setting names it."""

    name: str
    because: str


def choose(source: Source, reporter: Reporter, grid: Grid, given: str | None) -> Style | None:
    """Choose the style of a table: the caller's, the file's, or the one that its words point to; None where
    none do."""
    known = styles()
    setting = next((setting for setting in grid.settings if setting.key.text.lower() == "style"), None)
    if given is not None:
        word, place, span = given.lower(), Source("--style", given), Span(0, len(given))
    elif setting is not None and setting.value.text.strip():
        word, place, span = setting.value.text.strip().lower(), source, setting.value.span
    else:
        return recognise(grid)
    if word in known:
        return Style(word, "")
    reporter.add(preamble.unknown_style(place, span, word, known, _of_network(word)))
    return recognise(grid)


def _of_network(word: str) -> list[str]:
    """Find the styles whose comments say that they are those of a network: `vgg16`."""
    name = re.match(r"[a-z]{3,}", word)
    pattern = re.compile(rf"^#.*\b{name[0]}", re.IGNORECASE | re.MULTILINE) if name else None
    return [style for style in styles() if pattern and pattern.search(library.text(style))]


def recognise(grid: Grid) -> Style | None:
    """Recognise the style by its blocks, or by the words that it lists under `recognise`."""
    structures = [part.structure.text for row in grid.rows for part in row.parts]
    # A name beside layers is any word (`Bottleneck`); alone it may be the block of its row.
    operators = [*structures, *(row.name.text for row in grid.rows if not row.structure.text.strip(" -–—"))]
    texts = [*structures, *(row.name.text for row in grid.rows)]
    index = library.index()
    own = {compact(re.split(r"[(=]| also ", block.head.text)[0]) for block in grid.blocks}
    for text in operators:
        for word in _words(text):
            if word in index and word not in own and not index[word].startswith("_") and not longest([word]):
                return Style(index[word], f"no style is set, and the table says `{text.strip()[:30]}`")
    for name, marks in _marks().items():
        hit = next((text for text in texts if any(mark in _spaced(text) for mark in marks)), None)
        if hit is not None:
            return Style(name, f"no style is set, and the table says `{hit.strip()[:30]}`")
    return None


def by_rows(rows: tuple[Row, ...]) -> Style:
    """Choose between a residual network, whose brackets hold two layers or more, a U-Net, whose decoder joins
    what its encoder gave, and a plain stack: with activations in rows of their own it has no others."""
    for row in rows:
        if any(isinstance(item, Block) and _layers(item.items) > 1 for item in row.items or ()):
            joint = _decoder(rows)
            if joint:
                return Style("u-net", f"no style is set, and {joint} joins an earlier map to an enlarged one")
            return Style(
                "resnet", f"no style is set, and {row.name or 'a row'} has a bracket of several layers"
            )
    if word := _alone(rows):
        return Style("as-printed", f"no style is set, and {word} stands in a row of its own")
    return Style("plain", "no style is set, and no bracket holds several layers")


def _decoder(rows: tuple[Row, ...]) -> str:
    """Name the first row that concatenates another value behind an enlarged map; empty where none does."""
    grown = False
    for row in rows:
        for item in _flat(row.items or ()):
            grown = grown or (isinstance(item, Layer) and OPS[item.op].grows)
            if grown and isinstance(item, Wire) and item.kind == "concat" and item.refs:
                return row.name or "a row"
    return ""


def _flat(items: tuple[Item, ...]) -> Iterator[Item]:
    """Yield all layers and wires of a row, those in brackets and in the blocks of its text, too."""
    for item in items:
        if isinstance(item, Block):
            yield from _flat(item.items)
        elif isinstance(item, Use):
            yield from (inner for step in item.block.steps for inner in _flat(step.items))
        else:
            yield item


def _alone(rows: tuple[Row, ...]) -> str:
    """Return the first activation that is all of a row behind a layer, or all beside a norm; one of an
    output, like softmax, has to have a layer behind it, too."""
    weighted = [at for at, row in enumerate(rows) if _layers(row.items or ())]
    for at, row in enumerate(rows):
        item = row.items[-1] if row.items else None
        if not isinstance(item, Layer) or OPS[item.op].family != "activation" or not is_apart(row):
            continue
        word = next((str(one.value) for one in item.options if one.key == "function"), item.op)
        end = weighted[-1:] if word in OF_OUTPUTS else [len(rows)]
        if weighted and weighted[0] < at < end[0]:
            return word.replace("_", " ")
    return ""


def is_apart(row: Row) -> bool:
    """Return whether all of a row are norms and activations."""
    return bool(row.items) and all(isinstance(item, Layer) and of_layer(item) for item in row.items or ())


def of_layer(layer: Layer) -> str:
    """Return the option of a layer that says what this one is: `norm` or `activation`, empty for any other
    layer."""
    op = OPS[layer.op]
    return "norm" if op.norm else "activation" if op.family == "activation" else ""


def _layers(items: tuple[Item, ...]) -> int:
    return sum(
        _layers(item.items) * (1 if item.repeat is None else 2)
        if isinstance(item, Block)
        else isinstance(item, Layer) and OPS[item.op].weighted
        for item in items
    )


def _spaced(text: str) -> str:
    return re.sub(r"\s*([x×])\s*", "x", re.sub(r"\s+", " ", text.lower()))


def _words(text: str) -> list[str]:
    """List the phrases that a text has between its marks, and what each begins with: `MBConv6 k3x3` begins
    with a block."""
    found = []
    for match in _WORD.finditer(text):
        parts = re.split("[- ]", match[0])
        for end in range(min(len(parts), LONGEST), 0, -1):
            word = compact("".join(parts[:end]))
            found += [word, word.rstrip("0123456789")]
    return found


_MARKS: dict[str, tuple[str, ...]] = {}


def _marks() -> dict[str, tuple[str, ...]]:
    """Return the words that the styles of the library are recognised by."""
    if not _MARKS:
        for name in library.names():
            line = re.search(r"^recognise\s+(.*)$", library.text(name), re.MULTILINE)
            if line:
                _MARKS[name] = tuple(word.strip() for word in line[1].lower().split(",") if word.strip())
    return _MARKS


def _lineage(name: str) -> list[str]:
    """List a style and those that it is based on, most basic first."""
    chain = [name]
    while (parent := library.load(chain[0]).settings.get("style")) and parent not in chain:
        chain.insert(0, parent)
    return chain


def style_settings(name: str) -> dict[str, str]:
    """Return the settings of a style, those of its base included."""
    found: dict[str, str] = {}
    for one in _lineage(name):
        found |= library.load(one).settings
    return found


def style_parameters(name: str) -> tuple[Parameter, ...]:
    """Return the parameters of a style."""
    return tuple(parameter for one in _lineage(name) for parameter in library.load(one).parameters)


def style_readings(name: str, grid: Grid) -> tuple[Reading, ...]:
    """Return the readings of a style that a table may need, its own before those of its base."""
    text = "\n".join(part.structure.text for row in grid.rows for part in row.parts)
    return tuple(reading for one in reversed(_lineage(name)) for reading in library.load(one).readings(text))


def style_blocks(name: str) -> dict[str, BlockDef]:
    """Return the blocks of a style."""
    return {key: block for one in _lineage(name) for key, block in library.load(one).blocks.items()}
