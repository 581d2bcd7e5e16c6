"""Figure -> DOT text, for Graphviz' `dot` to lay out.

Every box has the size its text needs (see `metrics`), so the layout does not depend on the fonts of the
machine. The layers of a group share one width and every shortcut runs through a node of its own beside them,
which keeps arcs smooth; half ranks let that node stand midway. The order of the edges sets left and right.
Branches side by side leave room for the trunk: an edge that is not drawn holds its two ends above each other.
"""

from collections.abc import Sequence
from itertools import pairwise

from archdsl.figure import boxes, labels
from archdsl.figure.columns import ColumnWriter, Ends
from archdsl.figure.labels import POINTS, quoted
from archdsl.figure.ladder.beside import write_beside
from archdsl.figure.ladder.straight import crossed, write_straight
from archdsl.figure.ladder.write import write_ladder
from archdsl.figure.model import figure
from archdsl.figure.parts import Arc, Far, Figure, Group, Side
from archdsl.figure.sheet import PAD
from archdsl.figure.theme import FONT
from archdsl.figure.wrap import BETWEEN
from archdsl.graph.graph import Graph


def figure_dot(graph: Graph, theme: str = "light", file: str = "", level: str = "block") -> str:
    """Write the figure of a network as DOT; `auto` gives the same text as `light`."""
    return write(figure(graph, file, level), theme)


def write(model: Figure, theme: str = "light", *, headed: bool = True, tagged: bool = False) -> str:
    """Write a figure as DOT, without its title where it is not `headed`; `tagged` names rows and layers as
    classes of the SVG's elements."""
    if model.cells:
        return write_ladder(model, theme, headed=headed, tagged=tagged)
    if model.insets:
        return write_beside(model, theme, headed=headed, tagged=tagged)
    if crossed(model):
        return write_straight(model, theme, headed=headed, tagged=tagged)
    writer = Writer(theme, headed=headed, tagged=tagged)
    writer.figure(model)
    return writer.text()


class Writer(ColumnWriter):
    """Writes whole figures."""

    def figure(self, model: Figure) -> None:
        """Write a whole figure."""
        self.begin(model)
        cards = [
            labels.card_size(step)[0] for step in model.steps if isinstance(step, Group) and not step.steps
        ]
        self.card_width = max(cards, default=0)
        tops = self._tops(model) if model.breaks else []
        ends = [*tops[:1], *(self.step(step, 0, "  ") for step in model.steps[len(tops[:1]) :])]
        for at, (tail, head, shape) in enumerate(zip(ends, ends[1:], model.shapes[1:], strict=False), 1):
            number = model.breaks.index(at) + 1 if at in model.breaks else 0
            if number:
                below = self.turn(number)
                self.edge(tail, Ends(below, below, ""), "  ")
            self.edge(tops[number] if number else tail, head, "  ", shape, loose=at in model.loose)
        for far in model.far:
            self._far(far, ends)
        for side in model.sides:
            self._beside(side)
        self.lines.append("}")

    def begin(self, model: Figure) -> None:
        """Write the head: title and defaults."""
        c = self.colours
        self.lines += [
            f"digraph {quoted(model.title)} {{",
            (
                f'  graph [bgcolor="{c.paper}" compound=true ordering=out ranksep=0.14 nodesep=0.2 pad={PAD} '
                f"margin=0 labelloc=t labeljust=l"
            ),
            f"    fontname={FONT} label={f'<{labels.title(model, c)}>' if self.headed else quoted('')}]",
            (
                f'  node [shape=none fixedsize=true margin=0 fontname={FONT} fontsize=12 fontcolor="{c.ink}" '
                f'color="{c.muted}"]'
            ),
            f'  edge [color="{c.muted}" arrowsize=0.7 weight=2000 minlen=2]',
        ]

    def _tops(self, model: Figure) -> list[Ends]:
        """Write what each column begins with: Graphviz sets columns in the order of their first clusters."""
        self.lines.append(f'  graph [pack={BETWEEN} packmode="array_ti{len(model.breaks) + 1}"]')
        tops = []
        for number in range(len(model.breaks) + 1):
            self.lines += [
                f"  subgraph cluster{self.clusters} {{",
                '    graph [style=invis margin=0 label="" tooltip="column"]',
            ]
            self.clusters += 1
            name = self.turn(number, "    ") if number else ""
            tops.append(Ends(name, name, "") if name else self.step(model.steps[0], 0, "    "))
            self.lines.append("  }")
        return tops

    def turn(self, number: int, pad: str = "  ") -> str:
        """Write the numbered circle that a column (or a band) ends in, and the next one begins with."""
        width, height, box = boxes.turn_box(str(number), self.colours)
        return self.node(
            pad, group="trunk", width=f"{width / POINTS:.3f}", height=f"{height / POINTS:.3f}", **box
        )

    def _far(self, far: Far, ends: Sequence[Ends]) -> None:
        """Write an edge past other steps, on the right, with the shape that it carries."""
        head = ends[far.step] if far.step >= 0 else Ends(self.heads.get(far.end, ""), "", "")
        tail = self.taps.get(far.start)
        if tail and head.entry:
            side = self.side(Arc(0, 0, (far.label,), ()), "  ", mixed=True)
            style = f'color="{self.colours.accent}" penwidth=1.4'
            self.arc("  ", f"{tail}:e", side, f"{head.entry}:e", style, low=False)

    def _beside(self, side: Side) -> None:
        """Write steps that leave the trunk to the right."""
        self.columns += 1
        self.group = f"c{self.columns}"
        ends = [self.step(step, 0, "  ") for step in side.steps]
        self.link("  ", f"{self.taps[side.start]}:e", f"{ends[0].entry}:n", ["weight=1"])
        for tail, head in pairwise(ends):
            self.edge(tail, head, "  ")
        self.group = "trunk"
