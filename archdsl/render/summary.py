"""A checked network -> the table a paper would print of it, with what was computed beside what was
declared."""

from archdsl.light import TYPE_CHECKING

if TYPE_CHECKING:
    from archdsl.network import Network, StageResult

_HEAD = ("stage", "declared", "computed", "blocks", "params", "MACs", "")


def size(shape: tuple[int, ...] | None) -> str:
    """Write a shape as `8x8x128`, nothing as `-`."""
    return "x".join(map(str, shape)) if shape else "-"


def amount(count: int) -> str:
    """Write a large count with three digits and its unit: `1.77 M`."""
    for unit, scale in (("G", 10**9), ("M", 10**6), ("k", 10**3)):
        if count >= scale:
            value = count / scale
            return (
                f"{value:.2f} {unit}"
                if value < 10
                else f"{value:.1f} {unit}"
                if value < 100
                else f"{value:.0f} {unit}"
            )
    return str(count)


def _size(shape: tuple[int, ...] | None, axes: tuple[str, ...]) -> str:
    """Write a shape in the letters of an input of open size."""
    if not shape or not any(axes):
        return size(shape)
    from archdsl.resolve.open_input import told

    return "x".join(told(shape, axes))


def _cells(stage: "StageResult", axes: tuple[str, ...]) -> tuple[str, ...]:
    mark = "✓" if stage.declared else ""
    blocks = f"x{stage.blocks}" if stage.blocks else "-"
    axes = axes if len(stage.computed) > 1 else ()
    sizes = _size(stage.declared, axes), _size(stage.computed, axes)
    return stage.name, *sizes, blocks, f"{stage.params.trainable:,}", amount(stage.macs), mark


def text(network: "Network", explain: bool = False) -> str:
    """Write the table of a network; with `explain`, each inferred fact under it, and why."""
    axes = network.settings.open_axes
    rows = [_HEAD, *(_cells(stage, axes) for stage in network.stages)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(_HEAD))]
    lines = [f"{network.name}  {_inputs(network, axes)}, style {network.graph.style}", ""]
    lines += ["  ".join(_aligned(row, widths)).rstrip() for row in rows]
    lines += ["", totals(network)]
    if explain:
        lines += ["", *explained(network)]
    if network.printed is not None:
        from archdsl.render.ledger import told

        lines += ["", *told(network.printed)]
    return "\n".join(map(_printable, lines))


def _inputs(network: "Network", axes: tuple[str, ...]) -> str:
    """Write the input, or all of them with their names."""
    if len(network.graph.inputs) == 1:
        return f"input {_size(network.input, axes)}"
    several = (f"{name} {_size(shape, axes)}" for name, shape in network.inputs.items())
    return f"inputs {', '.join(several)}"


def _printable(line: str) -> str:
    """Return a line without characters that a terminal would obey; most have none, and load nothing for
    it."""
    if line.isprintable():
        return line
    from archdsl.render.glyphs import plain

    return plain(line)


def _aligned(row: tuple[str, ...], widths: list[int]) -> list[str]:
    return [
        cell.rjust(width) if 3 <= i <= 5 else cell.ljust(width)
        for i, (cell, width) in enumerate(zip(row, widths, strict=True))
    ]


def totals(network: "Network") -> str:
    """Write the counts of the whole network in one line."""
    counts = network.counts
    plural = "" if counts.projections == 1 else "s"
    extra = f" (+{counts.projections} projection{plural})" if counts.projections else ""
    parameters = f"trainable {counts.trainable:,}   total {counts.total:,}"
    return f"{parameters}   MACs {amount(counts.macs)}   depth {counts.depth} weighted layers{extra}"


def line(network: "Network", path: str) -> str:
    """Write a network in one line, as one of many."""
    counts = network.counts
    stages = len(network.stages)
    named = _printable(f"{path}: {network.name}")
    return (
        f"{named}  {counts.total:,} parameters  {amount(counts.macs)} MACs  {stages} "
        f"stage{'' if stages == 1 else 's'}"
    )


def explained(network: "Network") -> list[str]:
    """List what the table leaves open and how it was settled."""
    from archdsl.claims.claims import other_meaning

    facts = [
        ("(all)", *found)
        for claim in network.settings.claims
        if (found := other_meaning(claim, network.counts))
    ]
    facts += [(stage.name, fact.fact, fact.because) for stage in network.stages for fact in stage.inferred]
    if network.settings.style_because:
        facts.insert(0, ("(all)", f"style {network.graph.style}", network.settings.style_because))
    if network.settings.input_because:
        facts.insert(
            0, ("(all)", f"input {'x'.join(map(str, network.input))}", network.settings.input_because)
        )
    if not facts:
        return ["inferred: nothing, the table says it all"]
    widths = [max(len(fact[i]) for fact in facts) for i in range(2)]
    return ["inferred:"] + [
        f"  {stage.ljust(widths[0])}  {fact.ljust(widths[1])}  because {because}"
        for stage, fact, because in facts
    ]


def html(network: "Network") -> str:
    """Write the table of a network as HTML, for a notebook."""
    from html import escape

    axes = network.settings.open_axes
    head = "".join(f"<th>{name}</th>" for name in _HEAD)
    rows = (_cells(stage, axes) for stage in network.stages)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    return f"{table}<p>{escape(totals(network))}</p>"
