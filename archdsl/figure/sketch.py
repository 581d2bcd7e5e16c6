"""The rows of a broken table -> Figure: sound rows as cards, faulty ones in red with what is declared and
computed."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from archdsl.figure.metrics import shorten
from archdsl.figure.parts import Capsule, Figure, Group, Meter, Step
from archdsl.figure.pills import amount, shape_label
from archdsl.graph.graph import Shape, SketchStage

_NAME_LIMIT, _TITLE_LIMIT, _TEXT_LIMIT = 32, 48, 72
_LINES = 8


Said = Mapping[int, Sequence[str]]  # what is told of the row in a line of the table


def sketch(
    title: str,
    stages: Sequence[SketchStage],
    file: str = "",
    fault: str = "",
    said: Said = MappingProxyType({}),
    level: str = "block",
) -> Figure:
    """Model the figure of a broken table; `fault` says what is wrong, such as `1 error: E0301 at
    net.arch:7:10`. Levels `stage` and `paper` leave out what sound rows print, `layer` gives each layer of
    theirs a line of its own."""
    whole = sum(stage.params for stage in stages)
    cards: list[Step] = [
        _card(stage, whole, said.get(stage.line, ()), level)._replace(rows=(row,))
        for row, stage in enumerate(stages)
    ]
    steps = (Capsule("input"), *cards, Capsule("output"))
    facts = [f"{len(stages)} row{'s' * (len(stages) != 1)}", *([shorten(file, _TITLE_LIMIT)] if file else [])]
    if any(stage.faulty for stage in stages):
        facts.append("sizes after a fault are assumed")
    return Figure(
        shorten(title, _TITLE_LIMIT) or "network",
        " · ".join(facts),
        steps,
        ("",) * len(steps),
        fault=shorten(fault, 2 * _TITLE_LIMIT),
    )


def _printed(stage: SketchStage, name: str, level: str) -> tuple[str, ...]:
    """Return what a card tells of the text of a sound row."""
    if level in ("stage", "paper"):
        return ()
    layers = stage.text.split(";") if level == "layer" else [stage.text]
    lines = [shorten(layer.strip(), _TEXT_LIMIT) for layer in layers]
    told = lines if len(lines) <= _LINES else [*lines[: _LINES - 1], f"… {lines[-1]}"]
    return tuple(told) if told not in ([name], [""]) else ()


def _card(stage: SketchStage, whole: int, said: Sequence[str], level: str) -> Group:
    name = shorten(stage.label, _NAME_LIMIT) or shorten(stage.text, _NAME_LIMIT) or "row"
    shape = stage.computed or stage.declared
    tooltip = f"{name}, line {stage.line}: {shorten(stage.text, 200)}"
    if not stage.faulty:
        meters = (
            (Meter(f"{amount(stage.params)} params", stage.params / max(1, whole)),) if stage.params else ()
        )
        return Group(name, 1, _said(shape), meters, (), (), tooltip, lines=_printed(stage, name, level))
    texts = (stage.text, *said)
    lines = (
        _verdict(stage),
        *(line for text in texts for line in _wrapped(shorten(text, _TEXT_LIMIT * _LINES))),
    )
    return Group(name, 1, f"line {stage.line}", (), (), (), tooltip, lines=lines, faulty=True)


def _verdict(stage: SketchStage) -> str:
    if stage.computed is None:
        return f"declared {_said(stage.declared)}, not computed" if stage.declared else "not computed"
    return f"declared {_said(stage.declared)}, computed {_said(stage.computed)}"


def _said(shape: Shape | None) -> str:
    return shape_label(shape) if shape else ""


def _wrapped(text: str) -> list[str]:
    """Break a text into lines, at spaces where there are some."""
    lines: list[str] = []
    while text:
        cut = text.rfind(" ", 0, _TEXT_LIMIT + 1) if len(text) > _TEXT_LIMIT else len(text)
        cut = cut if cut > 0 else _TEXT_LIMIT
        lines.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    return lines
