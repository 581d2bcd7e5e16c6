"""Figure -> DOT text, for Graphviz' `dot` to lay out.

Every box has the size its text needs (see `metrics`), so the layout does not depend on the fonts of the machine. The
layers of a group share one width and every shortcut runs through a node of its own beside them, which keeps arcs
smooth; half ranks let that node stand midway. The order of the edges sets left and right.
"""

from typing import NamedTuple

from archdsl.figure import labels
from archdsl.figure.labels import POINTS, quoted
from archdsl.figure.model import Arc, Capsule, Figure, Group, Join, Split, Step, figure
from archdsl.figure.pills import Pill
from archdsl.figure.theme import FONT, palette
from archdsl.ir.graph import Graph

_CAPSULE_WIDTH, _CAPSULE_HEIGHT = 68, 22
_JOIN = 18


class _Ends(NamedTuple):
    """The nodes at which edges reach and leave a step, and the cluster (or none) whose border cuts them."""

    entry: str
    exit: str
    cluster: str
    bare: bool = False  # whether an edge ends here without an arrow head


def figure_dot(graph: Graph, theme: str = "light", file: str = "") -> str:
    """Write the block-level figure of a network as DOT; `auto` gives the same text as `light`."""
    return write(figure(graph, file), theme)


def write(model: Figure, theme: str = "light") -> str:
    """Write a figure as DOT."""
    writer = _Writer(theme)
    writer.figure(model)
    return "\n".join(writer.lines) + "\n"


class _Writer:
    """Collects lines, and numbers nodes and clusters in the order they are written."""

    def __init__(self, theme: str) -> None:
        self.colours = palette(theme)
        self.lines: list[str] = []
        self.nodes = 0
        self.clusters = 0

    def figure(self, model: Figure) -> None:
        c = self.colours
        self.lines += [
            f"digraph {quoted(model.title)} {{",
            f'  graph [bgcolor="{c.paper}" compound=true ordering=out ranksep=0.14 nodesep=0.2 pad=0.3 margin=0 labelloc=t labeljust=l',
            f"    fontname={FONT} label=<{labels.title(model, c)}>]",
            f'  node [shape=none fixedsize=true margin=0 fontname={FONT} fontsize=12 fontcolor="{c.ink}" color="{c.muted}"]',
            f'  edge [color="{c.muted}" arrowsize=0.7 weight=2000 minlen=2]',
        ]
        ends = [self._step(step, 0, "  ") for step in model.steps]
        for tail, head, shape in zip(ends, ends[1:], model.shapes[1:], strict=False):
            self._edge(tail, head, "  ", shape)
        self.lines.append("}")

    def _node(self, pad: str, **attributes: object) -> str:
        name = f"n{self.nodes}"
        self.nodes += 1
        self.lines.append(f"{pad}{name} [" + " ".join(f"{key}={value}" for key, value in attributes.items()) + "]")
        return name

    def _step(self, step: Step, column: float, pad: str) -> _Ends:
        """Write a step; a pill is centred in a box as wide as its column."""
        c = self.colours
        match step:
            case Group():
                return self._group(step, pad)
            case Pill():
                width, height = max(column, labels.pill_width(step)), labels.HEIGHT
                box = {"label": f"<{labels.pill(step, c)}>", "tooltip": quoted(step.tooltip)}
            case Capsule(text):
                width, height = _CAPSULE_WIDTH, _CAPSULE_HEIGHT
                box = {"label": quoted(text), "shape": "box", "style": "rounded", "color": f'"{c.ink}"', "tooltip": quoted(text)}
            case Split():
                width = height = 5
                box = {"label": '""', "shape": "circle", "style": "filled", "fillcolor": f'"{c.muted}"', "tooltip": '"split"'}
            case Join(symbol):
                width, height = (_JOIN, _JOIN) if len(symbol) == 1 else (labels.join_width(symbol), _JOIN)
                shape, style = ("circle", "filled") if len(symbol) == 1 else ("box", '"rounded,filled"')
                box = {"label": f"<<b>{labels.html(symbol)}</b>>", "shape": shape, "style": style, "tooltip": '"join"'}
                box |= {"fillcolor": f'"{c.join}"', "color": f'"{c.ink}"'}
        name = self._node(pad, group="trunk", width=f"{width / POINTS:.3f}", height=f"{height / POINTS:.3f}", **box)
        return _Ends(name, name, "", isinstance(step, Split))

    def _group(self, group: Group, pad: str) -> _Ends:
        c = self.colours
        cluster = f"cluster{self.clusters}"
        self.clusters += 1
        nested = len(pad) > 2
        inner = pad + "  "
        self.lines += [
            f"{pad}subgraph {cluster} {{",
            f'{inner}graph [style="rounded,filled" fillcolor="{c.frame if nested else c.card}" color="{c.border}" margin=12',
            f"{inner}  tooltip={quoted(group.tooltip)} label=<{labels.header(group, c)}>]",
        ]
        pills = [labels.pill_width(step) for step in group.steps if isinstance(step, Pill)]
        # Beside arcs all boxes are as wide as the widest pill; without them, as wide as the header, to stand below its middle.
        column = max(pills, default=0) if group.arcs else labels.header_width(group)
        ends = [self._step(step, column, inner) for step in group.steps]
        sides = [self._side(arc, inner) for arc in group.arcs]
        for at, tail in enumerate(ends):
            leaving = [(arc, side) for arc, side in zip(group.arcs, sides, strict=True) if arc.start == at]
            for arc, side in leaving:
                if arc.pill is None:
                    self._arc(arc, tail, side, ends[arc.end], inner)
            if at + 1 < len(ends):
                self._edge(tail, ends[at + 1], inner)
            for arc, side in leaving:
                if arc.pill is not None:
                    self._arc(arc, tail, side, ends[arc.end], inner)
        self.lines.append(f"{pad}}}")
        return _Ends(ends[0].entry, ends[-1].exit, cluster)

    def _side(self, arc: Arc, pad: str) -> str:
        """Write the node that a shortcut runs through: its pill, or the word that stands in the line."""
        width, height = labels.side_size(arc)
        tooltip = arc.pill.tooltip if arc.pill else " ".join(arc.label)
        label = f"<{labels.side(arc, self.colours)}>"
        return self._node(pad, width=f"{width / POINTS:.3f}", height=f"{height / POINTS:.3f}", label=label, tooltip=quoted(tooltip))

    def _arc(self, arc: Arc, tail: _Ends, side: str, head: _Ends, pad: str) -> None:
        """Write a shortcut: out of the trunk, down through its node, back in; heavy edges keep the way down straight."""
        compass = "w" if arc.pill is None else "e"
        style = f'color="{self.colours.accent}" penwidth=1.4' + (" style=dashed" if arc.pill else "")
        ranks = 2 * (arc.end - arc.start)
        if ranks < 4:
            self.lines += [
                f"{pad}{tail.exit}:{compass} -> {side}:n [{style} weight=400 arrowhead=none minlen=1]",
                f"{pad}{side}:s -> {head.entry}:{compass} [{style} weight=400 minlen=1]",
            ]
            return
        # A corner is a dot as wide as the line, so that the two edges that meet there look like one.
        corner = {"shape": "point", "width": 0.02, "penwidth": 0, "color": f'"{self.colours.accent}"', "tooltip": '"shortcut"'}
        top, bottom = self._node(pad, **corner), self._node(pad, **corner)
        self.lines += [
            f"{pad}{tail.exit}:{compass} -> {top}:n [{style} weight=1 arrowhead=none minlen=1]",
            f"{pad}{top} -> {side}:n [{style} weight=400 arrowhead=none tailclip=false minlen={ranks // 2 - 1}]",
            f"{pad}{side}:s -> {bottom} [{style} weight=400 arrowhead=none headclip=false minlen={ranks - ranks // 2 - 1}]",
            f"{pad}{bottom}:s -> {head.entry}:{compass} [{style} weight=1 minlen=1]",
        ]

    def _edge(self, tail: _Ends, head: _Ends, pad: str, shape: str = "") -> None:
        """Write an edge of the trunk; a shape stands beside a flat node halfway, which costs no room for a label."""
        leave = [f"ltail={tail.cluster}"] if tail.cluster else []
        reach = [f"lhead={head.cluster}"] if head.cluster else []
        reach += ["arrowhead=none"] if head.bare and not head.cluster else []
        if shape:
            width = labels.beside_width(shape) / POINTS
            label = f"<{labels.beside(shape, self.colours)}>"
            middle = self._node(pad, group="trunk", width=f"{width:.3f}", height=0.01, label=label, tooltip=quoted(shape))
            self.lines.append(f"{pad}{tail.exit} -> {middle} [{' '.join([*leave, 'arrowhead=none headclip=false minlen=1'])}]")
            self.lines.append(f"{pad}{middle} -> {head.entry} [{' '.join([*reach, 'tailclip=false minlen=2'])}]")
            return
        suffix = f" [{' '.join(leave + reach)}]" if leave + reach else ""
        self.lines.append(f"{pad}{tail.exit} -> {head.entry}{suffix}")
