"""A row that misses its size -> the stride or padding that it does not print, or prints otherwise, and with
which it would reach it."""

from collections.abc import Iterator

from archdsl.diagnostics import Edit, Fix
from archdsl.light import NamedTuple
from archdsl.ops import OPS
from archdsl.resolve.specs import BlockSpec, LayerSpec, Spec
from archdsl.solve.follow import follow, spatial
from archdsl.solve.solve import modes
from archdsl.solve.strides import Path, at, covers, replaced, sites, with_strides
from archdsl.source import Source, Span
from archdsl.why.evidence import Miss

_LARGEST = 16  # no stride that a table leaves out is larger


class Unprinted(NamedTuple):
    """A stride that would reach the size, whether its windows leave gaps, and the edit that prints it."""

    stride: int
    gaps: bool
    fix: Fix | None


def unprinted_stride(source: Source, miss: Miss, stride_in: str) -> Unprinted | None:
    """Find the smallest stride that would reach the size: one is solved only where tables leave it out."""
    for site in sites(miss.specs, stride_in):
        for stride in range(2, _LARGEST + 1):
            strided = with_strides(miss.specs, site, (stride,) * len(miss.target), stride_in)
            if any(_reaches(miss, strided, mode) for mode in modes(miss.specs)):
                gaps = not covers(strided, site, miss.incoming)
                return Unprinted(
                    stride, gaps, _printed(source, miss.specs, site, f" /{stride}", f"stride {stride}")
                )
    return None


def padding_fix(source: Source, miss: Miss) -> Fix | None:
    """Offer the padding that reaches the size: `same` for a printed `valid`, a number for a layer that prints
    none."""
    for path, spec in _windows(miss.specs):
        if spec.padding == "valid" and _reaches(
            miss, replaced(miss.specs, path, spec._replace(padding="same")), "same"
        ):
            return _same(source, spec)
    for path, spec in _windows(miss.specs):
        for zeros in range(1, max(spec.kernel or (1,))) if spec.padding is None and len(path) == 1 else ():
            if _reaches(
                miss, replaced(miss.specs, path, spec._replace(padding=(zeros,) * len(miss.target))), "same"
            ):
                return _printed(source, miss.specs, path, f", pad {zeros}", f"pad {zeros}")
    return None


def _reaches(miss: Miss, specs: tuple[Spec, ...], mode: str) -> bool:
    end = follow(specs, miss.incoming, mode, miss.names)
    return end is not None and spatial(end, len(miss.target)) == miss.target


def _windows(specs: tuple[Spec, ...], before: Path = ()) -> Iterator[tuple[Path, LayerSpec]]:
    for index, spec in enumerate(specs):
        if isinstance(spec, BlockSpec):
            yield from _windows(spec.items, (*before, index))
        elif isinstance(spec, LayerSpec) and OPS[spec.op].has_window:
            yield (*before, index), spec


def _same(source: Source, spec: LayerSpec) -> Fix | None:
    place = spec.places.get("padding")
    text = source.clean[place.start : place.end] if place else ""
    return (
        Fix("pad it: `same`", (Edit(place, text.replace("valid", "same")),))
        if place and "valid" in text
        else None
    )


def _printed(source: Source, specs: tuple[Spec, ...], path: Path, text: str, what: str) -> Fix | None:
    """Print something behind a layer; None behind a call, whose arguments have an order of their own, or
    beside columns."""
    spec = at(specs, path)
    quoted = source.quoted(spec.span)
    end = Span(spec.span.end, spec.span.end)
    columns = any(not spec.span.start <= place.start < spec.span.end for place in spec.places.values())
    return (
        None
        if quoted.endswith(")") or columns
        else Fix(f"print {what} if it is meant: `{quoted}{text}`", (Edit(end, text),))
    )
