"""Steps -> the boxes of their nodes: size, label, colours; and where the trunk runs between branches."""

from collections.abc import Sequence

from archdsl.figure import labels
from archdsl.figure.extent import CAPSULE_HEIGHT, CAPSULE_WIDTH, DOT, JOIN, column_width, step_size
from archdsl.figure.labels import quoted
from archdsl.figure.parts import Capsule, Column, Fork, Group, Join, Split, Web
from archdsl.figure.pills import Pill
from archdsl.figure.theme import Palette

Box = tuple[float, float, dict[str, str]]


def step_box(step: Pill | Capsule | Split | Join, c: Palette, column: float, *, stacked: bool) -> Box:
    """Return width, height and attributes of a step's node; a pill is centred in a box as wide as its
    column."""
    match step:
        case Pill():
            width, height = step_size(step, stacked=stacked)
            label = labels.stacked(step, c) if stacked else labels.pill(step, c)
            return max(column, width), height, {"label": f"<{label}>", "tooltip": quoted(step.tooltip)}
        case Capsule(text):
            box = {
                "label": quoted(text),
                "shape": "box",
                "style": "rounded",
                "color": f'"{c.ink}"',
                "tooltip": quoted(text),
            }
            return CAPSULE_WIDTH, CAPSULE_HEIGHT, box
        case Split():
            box = {
                "label": '""',
                "shape": "circle",
                "style": "filled",
                "fillcolor": f'"{c.muted}"',
                "tooltip": '"split"',
            }
            return DOT, DOT, box
        case Join(symbol):
            width, height = step_size(step)
            sign = len(symbol) == 1
            text = (
                f"<b>{labels.html(symbol)}</b>"
                if sign
                else f'<font point-size="11">{labels.html(symbol)}</font>'
            )
            box = {"label": f"<{text}>", "shape": "circle" if sign else "box"}
            box |= {"style": "filled" if sign else '"rounded,filled"', "tooltip": '"join"'}
            return width, height, box | {"fillcolor": f'"{c.join}"', "color": f'"{c.ink}"'}


def turn_box(number: str, c: Palette) -> Box:
    """Return width, height and attributes of the circle that ends a column or a band, or begins the next
    one."""
    text = f"<{labels.port(number, JOIN, c)}>"
    box = {
        "label": text,
        "shape": "circle",
        "style": "filled",
        "fillcolor": f'"{c.join}"',
        "color": f'"{c.muted}"',
    }
    return JOIN, JOIN, box | {"tooltip": quoted(f"goes on at the next {number}")}


def card_box(group: Group, c: Palette, least: float) -> Box:
    """Return width, height and attributes of a card that has a head alone."""
    width, height = labels.card_size(group)
    width = max(width, least)
    fill, line = (c.fault_card, c.fault) if group.faulty else (c.card, c.border)
    box = {"shape": "box", "style": '"rounded,filled"', "fillcolor": f'"{fill}"', "color": f'"{line}"'}
    box |= {"penwidth": "2"} if group.faulty else {}
    return (
        width,
        height,
        box | {"label": f"<{labels.card(group, c, width)}>", "tooltip": quoted(group.tooltip)},
    )


def spine(branches: Sequence[Column]) -> float:
    """Return where the trunk runs: through the branch of a number, or between two (`1.5`), so that the sides
    weigh alike."""
    widths = [column_width(branch) for branch in branches]
    inner = [
        number
        for number, branch in enumerate(branches)
        if not any(isinstance(step, Fork | Web) for step in branch.steps)
    ]
    places = [float(number) for number in inner] + [number - 0.5 for number in range(1, len(branches))]
    return min(places or [0.0], key=lambda place: _imbalance(widths, place))


def _imbalance(widths: Sequence[float], place: float) -> float:
    left = sum(width for number, width in enumerate(widths) if number < place)
    right = sum(width for number, width in enumerate(widths) if number > place)
    return abs(left - right)
