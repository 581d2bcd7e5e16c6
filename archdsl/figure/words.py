"""A figure -> the same network in words, for who cannot see it."""

from collections.abc import Iterable

from archdsl.figure.parts import Capsule, Figure, Fork, Glyph, Group, Join, Paper, Step, Web
from archdsl.figure.pills import Pill

_MOST = 60  # steps that are told one by one


def described(model: Figure | Paper) -> str:
    """Describe a figure from its input to its output, a step after the other; what stands beside the trunk
    comes last."""
    said = [*map(_glyph, model.glyphs)] if isinstance(model, Paper) else [*_trunk(model)]
    more = [f"and {len(said) - _MOST} more steps"] if len(said) > _MOST else []
    facts = model.subtitle.replace("\n", ", ")
    return f"{model.title}: {facts}. In order: {'; '.join([*said[:_MOST], *more])}."


def _trunk(model: Figure) -> Iterable[str]:
    for step, shape in zip(model.steps, model.shapes, strict=True):
        told = _step(step)
        if shape:
            yield f"a map of {shape}"
        if told:
            yield told
    skips = len(model.far)
    if skips:
        yield f"{skips} connection{'s lead' if skips > 1 else ' leads'} past other steps"
    yield from (f"block {' '.join(filter(None, (group.kind, _group(group))))}" for group in model.insets)
    for side in model.sides:
        yield f"beside the trunk: {', '.join(filter(None, map(_step, side.steps)))}"


def _step(step: Step) -> str:
    match step:
        case Capsule(text):
            return text
        case Pill(cells):
            return ", ".join(f"{cell.text}{cell.detail}" for cell in cells)
        case Group():
            return _group(step)
        case Fork(branches):
            return f"{len(branches)} branches"
        case Join(symbol):
            return "concatenation" if symbol == "concat" else "sum" if symbol == "+" else symbol
        case Web(steps):
            return f"{len(steps)} connected steps"
    return ""


def _group(group: Group) -> str:
    repeats = f", {group.repeats} times" if group.repeats > 1 else ""
    inside = ", ".join(filter(None, map(_step, group.steps))) or ", ".join(group.lines)
    gives = f", giving {group.detail}" if group.detail else ""
    return f"{group.title}{repeats}{f' ({inside})' if inside else ''}{gives}"


def _glyph(glyph: Glyph) -> str:
    times = " and ".join(map(str, glyph.several or ((glyph.repeats,) if glyph.repeats > 1 else ())))
    layers = f" ({glyph.told})" if glyph.told else ""
    return f"{glyph.name}{f', {times} times' if times else ''}{layers}, giving {glyph.shape}"
