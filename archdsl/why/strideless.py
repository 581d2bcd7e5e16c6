"""A row whose map is to shrink, and whose block has no parameter for a stride -> edits that give it one."""

from archdsl.diagnostics import Edit, Fix
from archdsl.ops import OPS
from archdsl.resolve.specs import BlockSpec, Spec, UseSpec
from archdsl.source import Source, Span
from archdsl.syntax.ast import BlockDef, Layer, Wire


def block_of(source: Source, specs: tuple[Spec, ...]) -> BlockDef | None:
    """Return the only block that a row uses, once or repeated, where it is one of this file and takes no
    stride; None elsewhere."""
    only = specs[0] if len(specs) == 1 else None
    if isinstance(only, BlockSpec):
        return block_of(source, only.items)
    if not isinstance(only, UseSpec) or only.template.stride_parameter:
        return None
    return only.template.block if only.template.block.source is source else None


def stride_fix(source: Source, block: BlockDef) -> Fix | None:
    """Give a block the parameter `s=1`, and its first window that stride; None where more has to
    change: branches, a sum with the input, a parameter of that name."""
    if block.merge or any(one.name == "s" for one in block.parameters):
        return None
    items = [item for step in block.steps for item in step.items]
    if any(isinstance(item, Wire) for item in items):
        return None
    layers = [item for item in items if isinstance(item, Layer) and OPS[item.op].takes_stride]
    first = next((layer for layer in layers if _is_wide(layer)), layers[0] if layers else None)
    head = _parameter(source, block)
    if first is None or head is None or any(option.key == "stride" for option in first.options):
        return None
    end = Span(first.span.end, first.span.end)
    return Fix(f"give `{block.name}` a stride: `s=1`, and `/s` behind its window", (head, Edit(end, ", /s")))


def _parameter(source: Source, block: BlockDef) -> Edit | None:
    """Return the edit that adds `s=1` to the parameters of a block, with parentheses where it has none."""
    start = block.span.end
    line = source.clean[start : (source.clean.find("\n", start) + 1 or len(source.clean) + 1) - 1]
    if not line.lstrip().startswith("("):
        return Edit(Span(start, start), "(s=1)")
    at = start + line.find(")")
    return Edit(Span(at, at), ", s=1" if block.parameters else "s=1") if ")" in line else None


def _is_wide(layer: Layer) -> bool:
    """Return whether a layer has a window larger than 1x1, as far as it is printed in numbers."""
    kernel = next((option.value for option in layer.options if option.key == "kernel"), ())
    sides = kernel if type(kernel) is tuple else (kernel,)
    return any(getattr(side, "value", 2) != 1 for side in sides)
