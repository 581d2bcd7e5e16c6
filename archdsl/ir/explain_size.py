"""Why a row does not reach its declared size: the evidence around it, ranked, as one diagnostic."""

import re
from collections.abc import Callable
from types import MappingProxyType
from typing import NamedTuple

from archdsl.diagnostics import Diagnostic, Fix, Label
from archdsl.ir.follow import Names, Size, follow, spatial
from archdsl.ir.graph import Shape
from archdsl.ir.mend import distance, ends, input_fix, input_for, resized
from archdsl.ir.quote import layer_text
from archdsl.ir.solve import reachable, solve
from archdsl.ir.specs import BlockSpec, LayerSpec, Spec, UseSpec
from archdsl.ir.strides import at, place_block_strides, sites, with_stride
from archdsl.ops import OPS
from archdsl.problems import shapes
from archdsl.problems.base import replace, size_text
from archdsl.source import Source, Span
from archdsl.syntax.ast import Row

_MAX_STEPS = 6


class Miss(NamedTuple):
    """A row that misses its size: what arrives, from where, what was declared, and whether the next row could take a size.

    `input_span` is where the network's input is set, for the row that reads it.
    """

    row: Row
    label: str
    specs: tuple[Spec, ...]
    incoming: Shape
    arrives: Span | None
    target: Size
    next_takes: Callable[[Size], bool] | None
    next_label: str
    names: Names = MappingProxyType({})
    input_span: Span | None = None


def explain(source: Source, miss: Miss, stride_in: str) -> tuple[Diagnostic, Size]:
    """Give the diagnostic, and the size that the check goes on with."""
    size = spatial(miss.incoming, len(miss.target))
    shape = (*size, miss.incoming[-1])
    found_ends = sorted(ends(miss.specs, shape, miss.names), key=lambda end: distance(end[1], miss.target))
    mode, computed = found_ends[0] if found_ends else ("same", None)
    free = bool(sites(miss.specs, stride_in))
    grows = all(t >= n for t, n in zip(miss.target, size, strict=True))
    # What is printed decides the size where nothing is left open, or where it changes the size already.
    padded = follow(miss.specs, shape, "same", miss.names)
    fixed = computed is not None and (grows or not free or (padded is not None and padded[:-1] != size))
    options = [size for _, size in found_ends] if fixed else reachable(miss.specs, shape, stride_in, miss.names)
    nearest = sorted(options, key=lambda option: distance(option, miss.target))[:3]
    instead = nearest[0] if nearest else None
    agreeing = [option for option in nearest if miss.next_takes and miss.next_takes(option)]
    declared_fits = bool(miss.next_takes and miss.next_takes(miss.target))
    still = fixed and not grows and not _printed_strides(miss.specs)  # nothing in the row could make the map smaller
    fixes, notes = _mend(source, miss, stride_in, agreeing, declared_fits, None if still and not agreeing else instead)
    if still and not agreeing and not fixes:
        notes.append(f"no layer here takes a stride: a row that takes {size_text(size)} to {size_text(miss.target)} is missing")
    labels = _labels(source, miss, size, computed if grows else None)
    if fixed and computed:
        chain = chain_text(source, miss.specs, miss.incoming, mode)
        found = shapes.wrong_size(source, miss.label, miss.target, computed, miss.row.size_span, labels, chain, notes, fixes)
    else:
        found = shapes.unreachable(source, miss.label, miss.target, size, miss.row.size_span, labels, nearest, notes, fixes)
    return found, miss.target if declared_fits or not agreeing else agreeing[0]


def _mend(
    source: Source, miss: Miss, stride_in: str, agreeing: list[Size], declared_fits: bool, instead: Size | None
) -> tuple[tuple[Fix, ...], list[str]]:
    """Rank the hypotheses: a misplaced stride where the next row wants the declared size, else a wrong declared size."""
    notes = []
    if agreeing and not declared_fits:
        notes.append(f"{miss.next_label} agrees with {size_text(agreeing[0])}, so the declared size is likely wrong")
    elif declared_fits and not agreeing:
        notes.append(f"{miss.next_label} agrees with {size_text(miss.target)}, so the declared size is likely right")
    stride = None if agreeing and not declared_fits else _stride_fix(source, miss, stride_in)
    other = _input_fix(source, miss)
    found = tuple(fix for fix in (stride, other) if fix)
    better = agreeing[0] if agreeing else instead
    if better is None or (declared_fits and not agreeing):
        return found, notes
    text = resized(source, miss.row.size_span, better, int(miss.row.channels_first))
    return (*found, replace(f"declare the size that the row computes, {size_text(better)}", miss.row.size_span, text)), notes


def _input_fix(source: Source, miss: Miss) -> Fix | None:
    """Offer the input that the first row of strided windows was printed for."""
    strided = any(max(at(miss.specs, path).stride or (1,)) > 1 for path, _ in _printed_strides(miss.specs))
    n = input_for(miss.specs, miss.incoming, miss.target, miss.names) if miss.input_span and strided else None
    return input_fix(source, miss.input_span, miss.target, n) if n and miss.input_span else None


def _stride_fix(source: Source, miss: Miss, stride_in: str) -> Fix | None:
    """Find the one printed stride whose change would reach the declared size."""
    size = spatial(miss.incoming, len(miss.target))
    shape = (*size, miss.incoming[-1])
    for path, span in _printed_strides(miss.specs):
        for value in (1, 2, 4):
            changed = with_stride(miss.specs, path, (value,) * len(size))
            if at(miss.specs, path).stride != at(changed, path).stride and solve(changed, shape, miss.target, stride_in, miss.names):
                text = re.sub(r"\d+", str(value), source.clean[span.start : span.end])
                return replace(f"change the stride to {value}", span, text)
    return None


def _printed_strides(specs: tuple[Spec, ...], prefix: tuple[int, ...] = ()) -> list[tuple[tuple[int, ...], Span]]:
    found: list[tuple[tuple[int, ...], Span]] = []
    for index, spec in enumerate(specs):
        if isinstance(spec, BlockSpec):
            found += _printed_strides(spec.items, (*prefix, index))
        elif isinstance(spec, LayerSpec | UseSpec) and "stride" in spec.places:
            found.append(((*prefix, index), spec.places["stride"]))
    return found


def _labels(source: Source, miss: Miss, size: Size, computed: Size | None) -> list[Label]:
    labels = [Label(miss.arrives, f"{miss.label} receives {size_text(miss.incoming)} from here")] if miss.arrives else []
    strides = [place for place in _printed_strides(miss.specs) if max(at(miss.specs, place[0]).stride or (1,)) > 1]
    if computed and not strides:
        effect = f"this takes {size_text(size)} to {size_text(computed)}"
        what = effect if computed != size else f"nothing in here enlarges {size_text(size)}"
        return [*labels, Label(miss.row.text_span, what)]
    return labels + [Label(span, _effect(at(miss.specs, path), size)) for path, span in strides[:1]]


def _effect(spec: LayerSpec | UseSpec, size: Size) -> str:
    way = "up" if isinstance(spec, LayerSpec) and OPS[spec.op].grows else "down"
    return f"this stride takes {size_text(size)} {way}"


def chain_text(source: Source, specs: tuple[Spec, ...], shape: Shape, mode: str = "same") -> str:
    """Write what happens to a shape, layer by layer, in the first repeat of each bracket."""
    steps, repeats = [size_text(shape)], list[int]()
    for spec in _first_repeat(place_block_strides(specs, "first-spatial"), repeats)[:_MAX_STEPS]:
        end = follow((spec,), (*spatial(shape, len(shape) - 1), shape[-1]), mode)
        if end is None:
            break
        shape = end
        steps.append(f"-[{_step_text(source, spec)}]-> {size_text(shape)}")
    most = max(repeats, default=1)
    return " ".join(steps) + (f"  (block 1 of {most})" if most > 1 else "")


def _step_text(source: Source, spec: LayerSpec | UseSpec) -> str:
    """Quote a layer with the stride that it got from elsewhere: solved, or said after its bracket."""
    text = layer_text(source, spec)
    stride = max(spec.stride or (1,))
    place = spec.places.get("stride")
    printed = place is not None and spec.span.start <= place.start < spec.span.end
    return f"{text} /{stride}" if stride > 1 and not printed else text


def _first_repeat(specs: tuple[Spec, ...], repeats: list[int]) -> list[LayerSpec | UseSpec]:
    layers: list[LayerSpec | UseSpec] = []
    for spec in specs:
        if isinstance(spec, BlockSpec):
            repeats.append(spec.repeat)
            layers += _first_repeat(spec.items, repeats)
        elif isinstance(spec, LayerSpec | UseSpec):
            layers.append(spec)
    return layers
