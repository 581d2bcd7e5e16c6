"""Columns of steps -> DOT: steps below each other, arcs past them, branches side by side, cards around
them."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from archdsl.figure import boxes, labels
from archdsl.figure.canvas import Canvas
from archdsl.figure.canvas import Side as ArcSide
from archdsl.figure.labels import POINTS, quoted
from archdsl.figure.parts import Arc, Capsule, Column, Fork, Group, Join, Split, Step, Web
from archdsl.figure.pills import Pill
from archdsl.figure.theme import palette


class Ends(NamedTuple):
    """The nodes at which edges reach and leave a step, and the cluster (or none) whose border cuts them.

    A fork has its branches' ends instead; `spine` is the place among them where the trunk runs.
    """

    entry: str
    exit: str
    cluster: str
    bare: bool = False  # whether an edge ends here without an arrow head
    entries: "tuple[Ends, ...]" = ()
    exits: "tuple[Ends, ...]" = ()
    spine: float = 0
    row: tuple[str, ...] = ()  # what stands side by side at the top
    alone: str = ""  # the only end of a web


class ColumnWriter(Canvas):
    """Writes steps and arcs, and numbers clusters in the order they are written."""

    def __init__(self, theme: str, *, headed: bool = True, tagged: bool = False) -> None:
        super().__init__(palette(theme), tagged=tagged)
        self.headed = headed
        self.clusters = 0
        self.columns = 0
        self.group = "trunk"  # nodes of one group stand straight below each other
        self.stacked = False
        self.card_width = 0.0
        self.taps: dict[int, str] = {}
        self.heads: dict[int, str] = {}

    def step(self, step: Step, column: float, pad: str) -> Ends:
        """Write a step; a pill is centred in a box as wide as its column."""
        match step:
            case Group():
                return (
                    self.cluster(step, pad)
                    if step.steps
                    else self._tagged(step, boxes.card_box(step, self.colours, self.card_width), pad)
                )
            case Fork(branches):
                return self._fork(branches, pad)
            case Web():
                return self._web(step, pad)
        box = boxes.step_box(step, self.colours, column, stacked=self.stacked)
        ends = self._tagged(step, box, pad)
        if isinstance(step, Split):
            self.taps[step.mark] = ends.entry
        elif isinstance(step, Pill | Join):
            self.heads[step.mark] = ends.entry
        return ends._replace(bare=isinstance(step, Split))

    def _tagged(self, step: Step, box: boxes.Box, pad: str) -> Ends:
        width, height, attributes = box
        size = {"width": f"{width / POINTS:.3f}", "height": f"{height / POINTS:.3f}"}
        name = self.node(pad, group=self.group, **size, **attributes, **self.tag(step))
        return Ends(name, name, "")

    def cluster(self, group: Group, pad: str) -> Ends:
        """Write a group as a cluster."""
        c = self.colours
        cluster = f"cluster{self.clusters}"
        self.clusters += 1
        nested = len(pad) > 2
        inner = pad + "  "
        self.lines += [
            f"{pad}subgraph {cluster} {{",
            (
                f'{inner}graph [style="rounded,filled" fillcolor="{c.frame if nested else c.card}" '
                f'color="{c.border}" margin=12'
            ),
            "".join(f"{inner}  {key}={value}\n" for key, value in self.tag(group).items())
            + f"{inner}  tooltip={quoted(group.tooltip)} label=<{labels.header(group, c)}>]",
        ]
        pills = [labels.pill_width(step) for step in group.steps if isinstance(step, Pill)]
        # Beside arcs all boxes are as wide as the widest pill; without them, as wide as the header, to stand
        # below its middle.
        column = max(pills, default=0) if group.arcs else labels.header_width(group)
        ends = self.column(Column(group.steps, group.arcs), column, inner)
        self.lines.append(f"{pad}}}")
        return Ends(ends[0].entry, ends[-1].exit, cluster)

    def column(self, column: Column, width: float, pad: str) -> list[Ends]:
        """Write steps below each other, with their arcs."""
        steps, arcs = column
        ends = [self.step(step, width, pad) for step in steps]
        mixed = any(isinstance(step, Fork | Web) for step in steps) or any(arc.kind == "gate" for arc in arcs)
        sides = [self.side(arc, pad, mixed=mixed) for arc in arcs]
        past = self._order(column, ends, sides, pad)
        for at, tail in enumerate(ends):
            leaving = [(arc, side) for arc, side in zip(arcs, sides, strict=True) if arc.start == at]
            for arc, side in leaving:
                if not arc.pills:
                    self._arc(arc, steps, tail, side, ends[arc.end], pad)
            if at in past:
                self._through(tail, past[at], ends[at + 1], pad)
            elif at + 1 < len(ends):
                self.edge(tail, ends[at + 1], pad, spine=ends[at + 2].entry if at + 2 < len(ends) else "")
            for arc, side in leaving:
                if arc.pills:
                    self._arc(arc, steps, tail, side, ends[arc.end], pad)
        return ends

    def _order(
        self, column: Column, ends: Sequence[Ends], sides: Sequence[ArcSide], pad: str
    ) -> dict[int, str]:
        """Fix the order from left to right where the trunk is not alone: at the top of forks and beside
        gates.

        Give the dots that stand in the trunk beside gates, by the step above them.
        """
        rows: dict[int, list[str]] = {at: list(end.row) for at, end in enumerate(ends) if end.row}
        past: dict[int, str] = {}
        for arc, side in zip(column.arcs, sides, strict=True):
            if arc.kind == "gate" and arc.start + 1 not in rows:
                if arc.end == arc.start + 1:
                    past[arc.start] = self.dot(pad, self.colours.muted, "trunk")
                beside = past.get(arc.start, "" if ends[arc.start + 1].cluster else ends[arc.start + 1].entry)
                if beside:
                    rows[arc.start + 1] = [beside, side.first]
        for at, row in rows.items():
            for arc, side in zip(column.arcs, sides, strict=True):
                if arc.start < at <= arc.end - (at - 1 not in past) and side.first not in row:
                    name = side.last if not side.stops else self.dot(pad, self.colours.accent)
                    side.stops.append(name)
                    row.insert(len(row) if arc.pills else 0, name)
            self.row(pad, row)
        return past

    def _through(self, tail: Ends, dot: str, head: Ends, pad: str) -> None:
        self.link(pad, tail.exit, dot, ["arrowhead=none headclip=false minlen=1"], 1)
        self.link(pad, dot, head.entry, ["tailclip=false minlen=1"], 1)

    def _fork(self, branches: Sequence[Column], pad: str) -> Ends:
        """Write branches side by side; each is a group of nodes of its own, but for one that the trunk runs
        through."""
        spine = boxes.spine(branches)
        group, stacked = self.group, self.stacked
        self.stacked = True
        first, last = [], []
        row = []
        for number, branch in enumerate(branches):
            if spine == number - 0.5:
                row.append(self._hidden(pad))
            self.columns += 1
            self.group = group if number == spine else f"c{self.columns}"
            ends = self.column(branch, 0, pad) if branch.steps else [self._passed(pad)]
            start, end = self._outside(ends[0], ends[-1], pad)
            first.append(start)
            last.append(end)
            row.append(first[-1].entry)
        self.group, self.stacked = group, stacked
        return Ends(
            first[0].entry,
            last[0].exit,
            "",
            entries=tuple(first),
            exits=tuple(last),
            spine=spine,
            row=tuple(row),
        )

    def _outside(self, first: Ends, last: Ends, pad: str) -> tuple[Ends, Ends]:
        """Lead in and out of clusters by dots above and below: Graphviz does not survive ranks that reach
        into clusters, nor edges that cut a cluster's corner."""
        start, end = first, last
        if first.cluster:
            dot = self.dot(pad, self.colours.muted, "branch")
            start = Ends(dot, dot, "", bare=True)
            self.edge(start, first, pad)
        if last.cluster:
            dot = self.dot(pad, self.colours.muted, "branch")
            end = Ends(dot, dot, "", bare=True)
            self.edge(last, end, pad)
        return start, end

    def _hidden(self, pad: str) -> str:
        """Write a node that is not drawn, which holds the place of the trunk."""
        return self.node(pad, group="trunk", shape="point", width=0.02, style="invis")

    def _passed(self, pad: str) -> Ends:
        """Write the word that stands for a branch without layers."""
        arc = Arc(0, 0, ("identity",), ())
        name = self.side(arc, pad).first
        return Ends(name, name, "", bare=True)

    def _web(self, web: Web, pad: str) -> Ends:
        group, stacked = self.group, self.stacked
        self.stacked = True
        ends = []
        for number, step in enumerate(web.steps):
            self.columns += 1
            last_of = all(head == len(web.steps) for tail, head in web.edges if tail == number)
            self.group = group if last_of else f"c{self.columns}"
            written = self.step(step, 0, pad)
            start, end = self._outside(written, written, pad)
            ends.append(
                written._replace(entry=start.entry, exit=end.exit, cluster="") if written.cluster else written
            )
        self.group, self.stacked = group, stacked
        starts = [end.entry for end, step in zip(ends, web.steps, strict=True) if isinstance(step, Capsule)]
        middle = self._hidden(pad) if starts else ""
        if middle:
            self.row(pad, [starts[0], middle, *starts[1:]])
        for tail, head in web.edges:
            if tail >= 0 and head < len(ends):
                self.edge(ends[tail], ends[head], pad, weight=10)
        first = tuple(ends[head] for tail, head in web.edges if tail < 0)
        last = tuple(ends[tail] for tail, head in web.edges if head == len(ends))
        alone = last[0].exit if len(last) == 1 else ""
        return Ends(middle or ends[0].entry, ends[-1].exit, "", False, first, last, -1, (), alone)

    def side(self, arc: Arc, pad: str, *, mixed: bool = False) -> ArcSide:
        """Write the nodes that a shortcut runs through, its pills or the word that stands in the line; give
        the ends."""
        names = []
        for pill in arc.pills[:-1]:
            width, height = labels.pill_width(pill) / POINTS, labels.HEIGHT / POINTS
            label = f"<{labels.pill(pill, self.colours)}>"
            names.append(
                self.node(
                    pad,
                    width=f"{width:.3f}",
                    height=f"{height:.3f}",
                    label=label,
                    tooltip=quoted(pill.tooltip),
                    **self.tag(pill),
                )
            )
        width, height = labels.side_size(arc)
        tooltip = arc.pills[-1].tooltip if arc.pills else " ".join(arc.label)
        label = f"<{labels.side(arc, self.colours)}>"
        sizes = {"width": f"{width / POINTS:.3f}", "height": f"{height / POINTS:.3f}"}
        tag = self.tag(arc.pills[-1]) if arc.pills else {}
        names.append(self.node(pad, **sizes, label=label, tooltip=quoted(tooltip), **tag))
        for tail, head in pairwise(names):
            self.link(pad, tail, head, [f'color="{self.colours.accent}" penwidth=1.4 weight=400'])
        return ArcSide(names[0], names[-1], [], mixed)

    def _arc(self, arc: Arc, steps: Sequence[Step], tail: Ends, side: ArcSide, head: Ends, pad: str) -> None:
        """Write a shortcut: out of the trunk, down through its nodes, back in; heavy edges keep the way down
        straight."""
        compass = "w" if not arc.pills else "e"
        style = f'color="{self.colours.accent}" penwidth=1.4' + (
            " style=dashed" if arc.pills and arc.kind != "gate" else ""
        )
        out, into = f"{tail.exit}:{compass}", f"{head.entry}:{compass}"
        if side.mixed and arc.kind != "gate":
            self.arc(pad, out, side, into, style)
            return
        ranks = 2 * (arc.end - arc.start)
        if ranks < 4 and arc.kind != "gate":
            self.lines += [
                f"{pad}{out} -> {side.first}:n [{style} weight=400 arrowhead=none minlen=1]",
                f"{pad}{side.last}:s -> {into} [{style} weight=400 minlen=1]",
            ]
            return
        top, bottom = self.dot(pad, self.colours.accent), self.dot(pad, self.colours.accent)
        down, up = (1, 1) if arc.kind == "gate" else (ranks // 2 - 1, ranks - ranks // 2 - 1)
        self.link(pad, out, f"{top}:n", [f"{style} weight=1 arrowhead=none minlen=1"], 1)
        self.link(
            pad,
            top,
            f"{side.first}:n",
            [f"{style} weight=400 arrowhead=none tailclip=false minlen={down}"],
            down,
        )
        self.link(
            pad,
            f"{side.last}:s",
            bottom,
            [f"{style} weight=400 arrowhead=none headclip=false minlen={up}"],
            up,
        )
        self.link(pad, f"{bottom}:s", into, [f"{style} weight=1 minlen=1"], 1)

    def edge(
        self,
        tail: Ends,
        head: Ends,
        pad: str,
        shape: str = "",
        *,
        loose: bool = False,
        weight: int = 0,
        spine: str = "",
    ) -> None:
        """Write an edge of the trunk; a shape stands beside a flat node halfway, which costs no room for a
        label."""
        if head.entries or tail.exits:
            self._fan(tail, head, pad, spine)
            return
        leave = [f"ltail={tail.cluster}"] if tail.cluster else []
        reach = [f"lhead={head.cluster}"] if head.cluster else []
        reach += ["arrowhead=none"] if head.bare and not head.cluster else []
        reach += ["style=invis"] if loose else []
        reach += [f"weight={weight}"] if weight else []
        if shape and not loose:
            width = labels.beside_width(shape) / POINTS
            label = f"<{labels.beside(shape, self.colours)}>"
            middle = self.node(
                pad, group=self.group, width=f"{width:.3f}", height=0.01, label=label, tooltip=quoted(shape)
            )
            light = f" weight={weight}" if weight else ""
            self.link(pad, tail.exit, middle, [*leave, f"arrowhead=none headclip=false minlen=1{light}"], 1)
            self.link(pad, middle, head.entry, [*reach, "tailclip=false minlen=2"])
            return
        self.link(pad, tail.exit, head.entry, leave + reach)

    def _fan(self, tail: Ends, head: Ends, pad: str, spine: str) -> None:
        """Write the edges into the branches of a fork, or out of them."""
        pairs = [(out, into) for out in tail.exits or (tail,) for into in head.entries or (head,)]
        middle = head.spine if head.entries else tail.spine
        if head.alone or (head.entries and not head.row and spine):
            self.link(pad, tail.exit, head.alone or spine, ["style=invis"])
        for number, (out, into) in enumerate(pairs):
            if head.row and spine and middle == number - 0.5:
                hidden = head.row[number]
                self.link(pad, tail.exit, hidden, ["style=invis"])
                self.link(pad, hidden, spine, ["style=invis"])
            if number == middle:
                self.edge(out, into, pad)
                continue
            self.edge(out, into, pad, weight=20 if head.entries else 10)
