"""Why a row does not reach its declared size: the evidence around it, ranked, as one diagnostic."""

import re

from archdsl.diagnostics import Diagnostic, Fix, Label
from archdsl.graph.graph import Shape
from archdsl.problems import sizing
from archdsl.problems.base import replace, size_text
from archdsl.resolve.specs import BlockSpec, LayerSpec, Spec, UseSpec, op_of
from archdsl.solve.follow import follow, last_channels
from archdsl.solve.layer_shape import Size
from archdsl.solve.solve import Sized, solve
from archdsl.solve.strides import at, place_block_strides, with_stride
from archdsl.source import Source, Span
from archdsl.why.evidence import Evidence, Miss, weigh
from archdsl.why.mend import input_fix, input_for, resized
from archdsl.why.strideless import block_of, stride_fix
from archdsl.why.unprinted import padding_fix, unprinted_stride

_MAX_STEPS = 6


def explain(source: Source, miss: Miss, stride_in: str) -> tuple[Diagnostic, Size, Size | None]:
    """Return the diagnostic, the size that the check goes on with, and the one that the row before must have
    had, if it is blamed."""
    evidence = weigh(miss, stride_in)
    size = miss.size
    if evidence.blamed and miss.before:
        return _blame(source, miss, miss.before, evidence.before), miss.target, evidence.before[0]
    fixes, notes = _mend(source, miss, stride_in, evidence)
    labels = _labels(miss, size, evidence.computed if evidence.grows else None)
    if evidence.fixed and evidence.computed:
        chain = chain_text(source, miss.specs, miss.incoming, evidence.mode)
        found = sizing.wrong_size(
            source,
            miss.label,
            miss.target,
            evidence.computed,
            miss.row.size_span,
            labels,
            chain,
            notes,
            fixes,
        )
    else:
        open_ = unprinted_stride(source, miss, stride_in)
        printed = (open_.stride, open_.gaps) if open_ else None
        fixes = (open_.fix, *fixes) if open_ and open_.fix and not evidence.is_misprint else fixes
        nearest = evidence.options[:3]
        found = sizing.unreachable(
            source, miss.label, miss.target, size, miss.row.size_span, labels, nearest, notes, fixes, printed
        )
    return found, evidence.going_on(miss.target), None


def _blame(source: Source, miss: Miss, before: Sized, sizes: list[Size]) -> Diagnostic:
    """Say that the size printed before is the one that is wrong."""
    fixes = tuple(_upstream_fix(source, before, size) for size in sizes[:2])
    name = before.row.name or before.row.text or "the row before"
    place = before.row.size_span
    return sizing.upstream_size(
        source, name, before.target, place, miss.label, miss.target, miss.row.size_span, sizes[0], fixes
    )


def _upstream_fix(source: Source, before: Sized, size: Size) -> Fix:
    place = before.row.size_span
    name = f" for {before.row.name}" if before.row.name else " in the row before"
    return replace(
        f"declare {size_text(size)}{name}",
        place,
        resized(source, place, size, int(before.row.channels_first)),
    )


def _mend(
    source: Source, miss: Miss, stride_in: str, evidence: Evidence
) -> tuple[tuple[Fix, ...], list[str]]:
    """Rank the hypotheses: a misplaced stride where the next row wants the declared size, else a wrong
    declared size."""
    notes = []
    agreeing, declared_fits = evidence.agreeing, evidence.declared_fits
    if evidence.is_misprint:
        notes.append(
            f"{miss.next_label} agrees with {size_text(agreeing[0])}, so the declared size is likely wrong"
        )
    elif declared_fits and not agreeing:
        notes.append(
            f"{miss.next_label} agrees with {size_text(miss.target)}, so the declared size is likely right"
        )
    stride = None if evidence.is_misprint else _stride_fix(source, miss, stride_in)
    padding = None if evidence.is_misprint else padding_fix(source, miss)
    block = block_of(source, miss.specs) if _still(miss, evidence) else None
    given = stride_fix(source, block) if block else None
    if block and not given:
        notes.append(sizing.takes_no_stride(block.name))
    found = [fix for fix in (stride, given, _input_fix(source, miss), padding) if fix]
    better = next(iter(agreeing or evidence.options), None)
    if better is None or (not agreeing and (declared_fits or _still(miss, evidence))):
        if not (found or block) and _still(miss, evidence):
            change = f"{size_text(miss.size)} to {size_text(miss.target)}"
            notes.append(f"no layer here can take a stride; a row that takes {change} is missing")
        return tuple(found), notes
    found.append(_size_fix(source, miss, evidence, better))
    if miss.before and evidence.before:
        found.append(_upstream_fix(source, miss.before, evidence.before[0]))
    return tuple(found), notes


def _still(miss: Miss, evidence: Evidence) -> bool:
    """Return whether nothing in the row makes the map smaller, where half of it or less is declared."""
    size = miss.size
    halved = all(2 * t <= n + 1 for t, n in zip(miss.target, size, strict=False))
    return evidence.fixed and evidence.computed == size and halved and not _printed_strides(miss.specs)


def _size_fix(source: Source, miss: Miss, evidence: Evidence, better: Size) -> Fix:
    computes = evidence.fixed and better == evidence.computed
    title = (
        f"declare the size that the row computes, {size_text(better)}"
        if computes
        else f"declare {size_text(better)}, which the row can reach"
    )
    place, row = miss.row.size_span, miss.row
    return replace(
        title,
        place,
        resized(source, place, (*better, *_printed_channels(source, miss)), int(row.channels_first)),
    )


def _printed_channels(source: Source, miss: Miss) -> Size:
    """Return the channels that the row computes, where its size prints channels, last and without powers."""
    row = miss.row
    text = source.text[row.size_span.start : row.size_span.end]
    powers = "²" in text or "^" in text
    if powers or row.channels_first or row.size is None or len(row.size) != len(miss.target) + 1:
        return ()
    channels = last_channels(miss.specs, miss.incoming)
    return (channels,) if channels else ()


def _input_fix(source: Source, miss: Miss) -> Fix | None:
    """Offer the input that the first row of strided windows was printed for."""
    strided = any(max(at(miss.specs, path).stride or (1,)) > 1 for path, _ in _printed_strides(miss.specs))
    n = input_for(miss.specs, miss.incoming, miss.target, miss.names) if miss.input_span and strided else None
    return input_fix(source, miss.input_span, miss.target, n) if n and miss.input_span else None


def _stride_fix(source: Source, miss: Miss, stride_in: str) -> Fix | None:
    """Find the one printed stride whose change would reach the declared size."""
    for path, span in _printed_strides(miss.specs):
        for value in (1, 2, 4):
            changed = with_stride(miss.specs, path, (value,) * len(miss.target))
            if at(miss.specs, path).stride == at(changed, path).stride:
                continue
            if solve(changed, miss.incoming, miss.target, stride_in, miss.names):
                text = re.sub(r"\d+", str(value), source.clean[span.start : span.end])
                return replace(f"change the stride to {value}", span, text)
    return None


def _printed_strides(
    specs: tuple[Spec, ...], prefix: tuple[int, ...] = ()
) -> list[tuple[tuple[int, ...], Span]]:
    found: list[tuple[tuple[int, ...], Span]] = []
    for index, spec in enumerate(specs):
        if isinstance(spec, BlockSpec):
            found += _printed_strides(spec.items, (*prefix, index))
        elif isinstance(spec, LayerSpec | UseSpec) and "stride" in spec.places:
            found.append(((*prefix, index), spec.places["stride"]))
    return found


def _labels(miss: Miss, size: Size, computed: Size | None) -> list[Label]:
    labels = (
        [Label(miss.arrives, f"{miss.label} receives {size_text(miss.incoming)} from here")]
        if miss.arrives
        else []
    )
    strides = [
        place for place in _printed_strides(miss.specs) if max(at(miss.specs, place[0]).stride or (1,)) > 1
    ]
    if computed and not strides:
        effect = f"this takes {size_text(size)} to {size_text(computed)}"
        what = effect if computed != size else f"nothing in here enlarges {size_text(size)}"
        return [*labels, Label(miss.row.text_span, what)]
    return labels + [Label(span, _effect(at(miss.specs, path), size)) for path, span in strides[:1]]


def _effect(spec: LayerSpec | UseSpec, size: Size) -> str:
    way = "up" if op_of(spec).grows else "down"
    return f"this stride takes {size_text(size)} {way}"


def chain_text(source: Source, specs: tuple[Spec, ...], shape: Shape, mode: str = "same") -> str:
    """Write what happens to a shape, layer by layer, in the first repeat of each bracket."""
    steps, repeats = [size_text(shape)], list[int]()
    for spec in _first_repeat(place_block_strides(specs, "first-spatial"), repeats)[:_MAX_STEPS]:
        end = follow((spec,), shape, mode)
        if end is None:
            break
        shape = end
        steps.append(f"-[{_step_text(source, spec)}]-> {size_text(shape)}")
    most = max(repeats, default=1)
    return " ".join(steps) + (f"  (block 1 of {most})" if most > 1 else "")


def _step_text(source: Source, spec: LayerSpec | UseSpec) -> str:
    """Quote a layer with the stride that it got from elsewhere: solved, or said after its bracket."""
    text = source.quoted(spec.span)
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
