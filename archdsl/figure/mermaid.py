"""Figure -> Mermaid text, which documents and web pages draw by themselves."""

from collections.abc import Sequence
from itertools import pairwise

from archdsl.figure.parts import Capsule, Column, Figure, Fork, Group, Join, Paper, Split, Step, Web
from archdsl.figure.pills import Pill

# Entities in Mermaid's own way of writing; everything that could end a label or start markup is one.
_ENTITIES = {ord(char): f"#{ord(char)};" for char in '#"<>&;`[](){}|\\\n'}

Ends = tuple[list[str], list[str]]


def mermaid(model: Figure | Paper) -> str:
    """Write a figure as a Mermaid flowchart."""
    writer = _Writer()
    if isinstance(model, Paper):
        writer.paper(model)
    else:
        writer.figure(model)
    return "\n".join(writer.lines) + "\n"


def text(value: str) -> str:
    """Quote a text for a label."""
    return '"' + value.translate(_ENTITIES) + '"'


class _Writer:
    def __init__(self) -> None:
        self.lines = ["flowchart TB"]
        self.nodes = 0
        self.taps: dict[int, str] = {}
        self.heads: dict[int, str] = {}

    def figure(self, model: Figure) -> None:
        ends = [self._step(step, "  ") for step in model.steps]
        for at, (tail, head) in enumerate(pairwise(ends), 1):
            if at not in model.loose:
                self._link(tail[1], head[0], model.shapes[at])
        for far in model.far:
            # Of repeats drawn as one, only the first is there to lead to.
            heads = (
                ends[far.step][0] if far.step >= 0 else [self.heads[far.end]] if far.end in self.heads else []
            )
            self._link([self.taps[far.start]], heads, far.label)
        for side in model.sides:
            beside = [self._step(step, "  ") for step in side.steps]
            self._link([self.taps[side.start]], beside[0][0])
            self._chain(beside)
        for group in model.insets:
            self._step(group, "  ")

    def paper(self, model: Paper) -> None:
        self.lines[0] = "flowchart LR"
        names = []
        for glyph in model.glyphs:
            repeats = f" {glyph.badge}" if glyph.badge else ""
            names.append(self._node(f"[{text(f'{glyph.name}{repeats} {glyph.shape}')}]", "  "))
        for at, (tail, head) in enumerate(pairwise(names), 1):
            if at not in model.loose:
                self._link([tail], [head], model.strides[at])
        for low, high in model.far:
            self._link([names[low]], [names[high]], model.glyphs[low].shape)
        for side in model.sides:
            beside = [self._node(f"[{text(f'{glyph.name} {glyph.shape}')}]", "  ") for glyph in side.glyphs]
            start = next((names[at] for at, one in enumerate(model.glyphs) if one.name == side.start), "")
            self._chain([([name], [name]) for name in ([start] if start else []) + beside])
        for group in model.insets:
            self._step(group, "  ")

    def _node(self, shape: str, pad: str) -> str:
        name = f"n{self.nodes}"
        self.nodes += 1
        self.lines.append(f"{pad}{name}{shape}")
        return name

    def _step(self, step: Step, pad: str) -> Ends:
        match step:
            case Group():
                return self._group(step, pad)
            case Fork(branches):
                return self._fork(branches, pad)
            case Web():
                return self._web(step, pad)
            case Pill():
                name = self._node(f"[{text(_said(step))}]", pad)
                self.heads[step.mark] = name
            case Capsule(word):
                name = self._node(f"([{text(word)}])", pad)
            case Split(mark):
                name = self._node("(( ))", pad)
                self.taps[mark] = name
            case Join(symbol, mark):
                name = self._node(f"(({text(symbol)}))", pad)
                self.heads[mark] = name
        return [name], [name]

    def _group(self, group: Group, pad: str) -> Ends:
        badge = f"×{group.repeats}" if group.repeats > 1 else ""
        facts = [
            group.title,
            badge,
            group.kind,
            group.detail,
            *group.lines,
            *(meter.text for meter in group.meters),
        ]
        label = text(" · ".join(fact for fact in facts if fact) or " ")
        if not group.steps:
            name = self._node(f"[{label}]", pad)
            return [name], [name]
        self.lines.append(f"{pad}subgraph g{self.nodes}[{label}]")
        ends = self._column(Column(group.steps, group.arcs), pad + "  ")
        self.lines.append(f"{pad}end")
        return ends

    def _column(self, column: Column, pad: str) -> Ends:
        ends = [self._step(step, pad) for step in column.steps]
        self._chain(ends)
        for arc in column.arcs:
            names = [self._node(f"[{text(_said(pill))}]", pad) for pill in arc.pills]
            chain = [ends[arc.start], *(([name], [name]) for name in names), ends[arc.end]]
            for at, (tail, head) in enumerate(pairwise(chain)):
                self._link(
                    tail[1],
                    head[0],
                    " ".join(arc.label) if not at else "",
                    dashed=arc.kind == "shortcut" and bool(names),
                )
        return ends[0][0], ends[-1][1]

    def _fork(self, branches: Sequence[Column], pad: str) -> Ends:
        ends = [
            self._column(branch, pad) if branch.steps else self._step(Capsule("identity"), pad)
            for branch in branches
        ]
        return [name for first, _ in ends for name in first], [name for _, last in ends for name in last]

    def _web(self, web: Web, pad: str) -> Ends:
        ends = [self._step(step, pad) for step in web.steps]
        for tail, head in web.edges:
            if tail >= 0 and head < len(ends):
                self._link(ends[tail][1], ends[head][0])
        first = [name for tail, head in web.edges if tail < 0 for name in ends[head][0]]
        return first, [name for tail, head in web.edges if head == len(ends) for name in ends[tail][1]]

    def _chain(self, ends: Sequence[Ends]) -> None:
        for tail, head in pairwise(ends):
            self._link(tail[1], head[0])

    def _link(
        self, tails: Sequence[str], heads: Sequence[str], label: str = "", *, dashed: bool = False
    ) -> None:
        arrow = ("-.->" if dashed else "-->") + (f"|{text(label)}|" if label else "")
        self.lines += [f"  {tail} {arrow} {head}" for tail in tails for head in heads]


def _said(pill: Pill) -> str:
    return " · ".join(f"{cell.text}{cell.detail} {cell.note}".strip() for cell in pill.cells)
