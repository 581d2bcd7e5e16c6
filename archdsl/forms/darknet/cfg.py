"""A `.cfg` file of Darknet -> a table.

[net]                 [convolutional]
height=416            batch_normalize=1
width=416             filters=32
channels=3            size=3
                      pad=1
"""

import re
from collections.abc import Iterator

from archdsl.forms.darknet.steps import Step, said, table
from archdsl.lang.darknet import ACTIVATIONS, HEADS, SECTIONS
from archdsl.light import NamedTuple
from archdsl.patterns import pattern
from archdsl.problems import summaries as problems
from archdsl.source import Source, Span
from archdsl.text.grid import Cell, GridSetting, Sheet

_SECTION = pattern(r"^[ \t]*\[[ \t]*(\w+)[ \t]*\]", re.MULTILINE)
_OPTION = pattern(r"^[ \t]*(\w+)[ \t]*=[ \t]*([^\n#;]*)", re.MULTILINE)
_NETWORK = pattern(r"^[ \t]*\[(?:net|network)\]", re.MULTILINE)
_LAYER = pattern(r"^[ \t]*\[(?:convolutional|conv|connected|conn)\]", re.MULTILINE)


class Section(NamedTuple):
    """A section: its name, and its options with their places."""

    kind: Cell
    options: dict[str, Cell]

    @property
    def name(self) -> str:
        """Return what kind of layer it is."""
        return SECTIONS.get(self.kind.text.lower(), self.kind.text.lower())

    def whole(self, key: str, default: int = 0) -> int:
        """Return an option that is a number."""
        text = self.options[key].text.strip() if key in self.options else ""
        return int(text) if re.fullmatch(r"-?\d{1,7}", text) else default

    def word(self, key: str, default: str = "") -> str:
        """Return an option that is a word."""
        return self.options[key].text.strip().lower() if key in self.options else default


def is_cfg(text: str) -> bool:
    """Return whether a text has the sections of a network and of a layer."""
    return _NETWORK.search(text) is not None and _LAYER.search(text) is not None


def read_cfg(source: Source) -> tuple[Sheet, ...]:
    """Return the network of a text."""
    net, *layers = _sections(source.clean)
    sheet = Sheet("", (), 1, Span(net.kind.start, net.kind.start + len(net.kind.text)))
    steps = [_step(section, number) for number, section in enumerate(layers)]
    unknown = [section.kind for section, step in zip(layers, steps, strict=True) if step is None]
    if unknown:
        return (
            sheet._replace(
                problems=(problems.unknown_classes(source, [cell.text for cell in unknown], unknown[0].span),)
            ),
        )
    settings = [GridSetting(said("style", net.kind), said("as-printed", net.kind))]
    sides = [net.options[key] for key in ("height", "width", "channels") if key in net.options]
    if len(sides) == 3:
        settings.append(
            GridSetting(
                said("input", sides[0]), said("x".join(side.text.strip() for side in sides), sides[0])
            )
        )
    return (sheet._replace(rows=table([step for step in steps if step], net.kind), settings=tuple(settings)),)


def _sections(text: str) -> Iterator[Section]:
    matches = list(_SECTION.finditer(text))
    start = next(
        index
        for index, match in enumerate(matches)
        if SECTIONS.get(match[1].lower(), match[1].lower()) == "net"
    )
    for match, after in zip(matches[start:], [*matches[start + 1 :], None], strict=True):
        stop = after.start() if after else len(text)
        options = {
            found[1].lower(): Cell(found[2].rstrip(), found.start(2))
            for found in _OPTION.finditer(text, match.end(), stop)
        }
        yield Section(Cell(match[1], match.start(1)), options)


def _step(section: Section, number: int) -> Step | None:
    """Return the layer of a section; None for one that is not known, or whose activation is not."""
    activation = ACTIVATIONS.get(
        section.word("activation", "logistic" if section.name == "convolutional" else "linear")
    )
    size = Cell("", section.kind.start)
    match section.name:
        case _ if section.name in HEADS:
            return Step(section.kind, "", size)
        case "shortcut" | "route":
            key = "from" if section.name == "shortcut" else "layers"
            takes = tuple(
                n if n >= 0 else number + n for n in map(int, re.findall(r"-?\d{1,4}", section.word(key)))
            )
            before = bool(takes) and min(takes) >= 0 and max(takes) < number
            if not before or "groups" in section.options or activation is None:
                return None
            shortcut = section.name == "shortcut"
            return Step(
                section.kind,
                activation,
                size,
                (number - 1, *takes) if shortcut else takes,
                "add" if shortcut else "concat",
            )
        case "crop" if {"crop_height", "crop_width"} <= set(section.options):
            sides = section.options["crop_height"], section.options["crop_width"]
            return Step(section.kind, "crop", said("x".join(side.text.strip() for side in sides), sides[0]))
    words = _words(section)
    return (
        Step(section.kind, "; ".join(filter(None, (words, activation))), size)
        if words and activation is not None
        else None
    )


def _words(section: Section) -> str:
    """Return the words of a layer with one input."""
    stride, kernel = section.whole("stride", 1), section.whole("size", 1)
    norm = "; BN" if section.whole("batch_normalize") else ""
    bias = ", no bias" if norm else ""
    match section.name:
        case "convolutional":
            padding = kernel // 2 if section.whole("pad") else section.whole("padding")
            padding *= section.whole("dilation", 1)  # as Darknet does
            more = [
                f"{key}={section.whole(key)}" for key in ("groups", "dilation") if section.whole(key, 1) > 1
            ]
            said = f"{kernel}x{kernel} conv, {section.whole('filters', 1)}, stride {stride}, pad {padding}"
            return ", ".join((said, *more)) + bias + norm
        case "connected":
            return f"fc, {section.whole('output', 1)}{bias}{norm}"
        case "maxpool":
            return (
                f"{section.whole('size', stride)}x{section.whole('size', stride)} max pool, stride "
                f"{stride}, same"
            )
        case "reorg":
            return f"space to depth {section.whole('stride', 2)}"
        case "upsample":
            return f"upsample, stride {section.whole('stride', 2)}"
        case "avgpool":
            return "global average pool"
        case "dropout" | "softmax":
            return section.name
    return ""
