"""E015, W015: messages about the summaries that frameworks print of a model."""

from collections.abc import Sequence

from archdsl.diagnostics import Diagnostic, Label
from archdsl.problems.base import error, listed, short
from archdsl.source import Source, Span


def _few(names: Sequence[str]) -> str:
    """List five names, and how many more there are."""
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return f"{listed(names[:5], 'and' if not more else '')}{more}"


def unknown_classes(source: Source, names: Sequence[str], span: Span, nested: bool = False) -> Diagnostic:
    """E0150: rows of a summary that are not layers but modules with layers of their own, or layers that the language lacks."""
    names = list(dict.fromkeys(map(short, names)))
    verb = "are not known layers" if len(names) > 1 else "is not a known layer"
    return error(
        "E0150",
        f"{_few(names)} {verb}",
        source,
        span,
        "a summary does not show what this computes",
        help="print the summary with `expand_nested=True`, so that the layers inside are rows of their own"
        if nested
        else "write the network as a table, with the layers that these rows stand for; a `params` line then checks the count",
    )


def unprinted_joins(source: Source, names: Sequence[str], span: Span) -> Diagnostic:
    """E0150: modules of a summary whose layers are printed but not how they are connected."""
    names = list(dict.fromkeys(map(short, names)))
    return error(
        "E0150",
        f"the summary does not show how {_few(names)} {'connect their' if len(names) > 1 else 'connects its'} layers",
        source,
        span,
        "its rows may form a chain or have a shortcut",
        help="write the network as a table, with a bracket or a block for each module; a `params` line then checks the count",
    )


def no_shapes(source: Source, span: Span) -> Diagnostic:
    """E0152: a summary without the shapes of its layers' outputs."""
    return error(
        "E0152",
        "this summary has no column of output shapes",
        source,
        span,
        "strides and padding cannot be solved without output shapes",
        help="print it with `Output Shape`: pass `input_size` to torchinfo, or build the Keras model first",
    )


def several_inputs(source: Source, names: Sequence[str], spans: Sequence[Span]) -> Diagnostic:
    """E0153: a model of several inputs."""
    return error(
        "E0153",
        f"this model has {len(names)} inputs, {listed(map(short, names[:5]), 'and')}",
        source,
        spans[1],
        "a second input",
        Label(spans[0], "the first one"),
        help="the summary does not show which row reads which input; print it with `Connected to`, as Keras does, or write a table with `input NAME: SHAPE` and `from NAME`",
    )


def applied_twice(source: Source, name: str, span: Span) -> Diagnostic:
    """E0154: a layer of a model that is applied to several values, with the same weights."""
    return error(
        "E0154",
        f"`{short(name)}` is applied more than once",
        source,
        span,
        "its weights are shared, and counted once",
        help="the summary does not show its second input; write the network as a table, with `reuse NAME` for each later use",
    )


def open_shape(source: Source, span: Span, name: str) -> Diagnostic:
    """E0155: a shape of a summary whose axes are not fixed."""
    return error(
        "E0155",
        f"the shape of `{short(name)}` is not fixed",
        source,
        span,
        "strides cannot be solved without sizes",
        help="build the model with the shape of an input, like `(224, 224, 3)` for an image or `(100,)` for a sequence, and print its summary again",
    )


def missing_row(source: Source, span: Span, name: str, taken: str) -> Diagnostic:
    """E0157: a row of a summary that takes one that the summary does not have."""
    return error(
        "E0157",
        f"the summary has no row `{short(taken)}`, which `{short(name)}` takes",
        source,
        span,
        "rows before this one are missing",
        help="print the whole summary; rows that were cut out cannot be known",
    )


def unprinted_step(source: Source, span: Span, name: str, values: int) -> Diagnostic:
    """E0156: a row of a summary that cannot take what the row above gives, nor anything else that is printed."""
    needs = f"takes {values:,} values, by its parameter count, but no row above gives as many"
    return error(
        "E0156",
        f"`{short(name)}` {needs if values else 'cannot follow the row above: its map is larger'}",
        source,
        span,
        "a step before this row is not printed",
        help="a summary lists modules, not the functions between them; write the network as a table with that step, such as a join or a pool",
    )


def unprinted_steps(source: Source, span: Span, steps: Sequence[tuple[str, str, str]]) -> Diagnostic:
    """W0153: steps that the code of a model takes between two rows of its summary: for each the row, and the layer before
    it or the row that it takes."""
    notes = [
        f"`{short(row)}` is read {f'behind a `{layer}`' if layer else f'as a branch from `{short(other)}`'}"
        for row, layer, other in steps[:5]
    ]
    notes += [f"and {len(steps) - 5} more"] if len(steps) > 5 else []
    found = error(
        "W0153",
        "the summary does not print all steps between its rows",
        source,
        span,
        "does not take what the row above gives",
        notes=notes,
        help="counts and sizes agree with this reading; functions that the code calls, activations, too, are not printed: compare with the code, or write the network as a table",
    )
    return found._replace(severity="warning")


def unprinted_function(source: Source, span: Span) -> Diagnostic:
    """W0202: an activation in a model's summary, which does not print its function."""
    found = error(
        "W0202",
        "the summary does not show which activation this is",
        source,
        span,
        "read as relu, as are others like it",
        help="sizes and counts do not depend on it; a name such as `act1_relu (Activation)` tells which one",
    )
    return found._replace(severity="warning")


def nothing_printed(source: Source, span: Span, name: str) -> Diagnostic:
    """W0207: a row that has no weights and keeps the shape, of an unknown class."""
    found = error(
        "W0207",
        f"the table does not show what `{short(name)}` computes",
        source,
        span,
        "no weights and the same shape: left out",
        help="counts and sizes are right; if the network needs this row, write it as a layer in a table",
    )
    return found._replace(severity="warning")


def code_before(source: Source, span: Span, name: str) -> Diagnostic:
    """W0207: code before a network's first weights that changes the shape."""
    found = error(
        "W0207",
        f"the summary does not show what `{short(name)}` computes",
        source,
        span,
        "the network is read from behind this row, whose output is its input",
        help="counts and sizes are right; what is done before this row is left out",
    )
    return found._replace(severity="warning")


def of_another_summary(source: Source, span: Span, name: str, layers: Span) -> Diagnostic:
    """W0154: a model inside of a summary whose layers are those of another summary in the document."""
    found = error(
        "W0154",
        f"the layers of `{short(name)}` are taken from another summary of this document",
        source,
        span,
        "as many parameters, the same output",
        Label(layers, "its layers"),
        help="if this is another model, print its own layers: `summary(expand_nested=True)`",
    )
    return found._replace(severity="warning")


def unprinted_norms(source: Source, span: Span) -> Diagnostic:
    """W0152: a log of Darknet, which prints neither norms nor activations."""
    found = error(
        "W0152",
        "a Darknet log prints neither norms nor activations",
        source,
        span,
        "the layers are read without them",
        help="multiply-adds and sizes are right; for parameters and a model to train, check the network's `.cfg` file",
    )
    return found._replace(severity="warning")


def unprinted_window(source: Source, span: Span, name: str, words: str) -> Diagnostic:
    """W0150: a pool of a summary, which prints no window, where that is not the usual one of 2."""
    found = error(
        "W0150",
        f"the summary does not show the window of `{short(name)}`",
        source,
        span,
        f"read as `{words}`, which gives the printed size",
        help="counts do not depend on it; if the window is different, write the row as a layer in a table",
    )
    return found._replace(severity="warning")


def other_kernel(source: Source, span: Span, layer: str, taken: str, others: Sequence[str]) -> Diagnostic:
    """W0151: a kernel that was counted with a bias, where another without one has as many parameters."""
    found = error(
        "W0151",
        f"two kernels give the parameter count of `{short(layer)}`",
        source,
        span,
        f"read as {taken}; or {listed(others)}",
        help=f"if it is the other one, write the kernel before the layer, like `{others[0].split(',')[0]} {layer}`",
    )
    return found._replace(severity="warning")
