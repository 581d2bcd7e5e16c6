"""Messages about settings, parameters and variants: what stands above the rows, and on the command line."""

from collections.abc import Iterable, Sequence

from archdsl.diagnostics import Diagnostic, Edit, Fix, Label
from archdsl.light import Final
from archdsl.problems.base import about_file, error, guessed, listed, nearest, replace, short
from archdsl.source import Source, Span


def unknown_setting(source: Source, span: Span, key: str, known: Iterable[str]) -> Diagnostic:
    """E0201: a setting that does not exist."""
    return error(
        "E0201", f"unknown setting `{short(key)}`", source, span, "not a setting", **guessed(key, known, span)
    )


def unknown_style(
    source: Source, span: Span, style: str, known: Iterable[str], meant: Sequence[str]
) -> Diagnostic:
    """E0202: a style that does not exist; `meant` are the styles that fit the network which the word names."""
    known = tuple(known)
    offered = (
        {
            "help": f"its tables use the style {listed(meant)}",
            "fixes": (replace(f"write `{meant[0]}`", span, meant[0]),),
        }
        if meant
        else {}
    )
    return error(
        "E0202",
        f"unknown style `{short(style)}`",
        source,
        span,
        "not a style",
        notes=(f"styles: {', '.join(known)}",),
        **(guessed(style, known, span) or offered),
    )


def bad_value(
    source: Source, span: Span, key: str, value: str, allowed: str, known: Iterable[str] = ()
) -> Diagnostic:
    """E0205: a setting or option cannot have this value; `span` may hold its key before it."""
    if source.clean[span.start : span.end].lower().endswith(value.lower()):
        span = Span(span.end - len(value), span.end)
    return error(
        "E0205",
        f"`{key}` cannot be `{short(value)}`",
        source,
        span,
        f"expected {allowed}",
        **guessed(value, known, span),
    )


def duplicate_setting(source: Source, span: Span, key: str, first: Span) -> Diagnostic:
    """E0213: a setting or parameter that is given twice."""
    return error(
        "E0213",
        f"`{short(key)}` is set twice",
        source,
        span,
        "the second one",
        Label(first, "the first one"),
        help="keep one of them"
        + ("; give several inputs names, like `input left: 8x8x1`" if key == "input" else ""),
    )


_IMAGE: Final = 3  # axes of the shape of an image, with its channels
_AXES: Final = {
    1: "so many values or tokens",
    2: "length x channels",
    _IMAGE: "height x width x channels",
    4: "depth x height x width x channels",
}


def no_input(
    source: Source,
    span: Span,
    fitting: Sequence[tuple[int, ...]] = (),
    example: tuple[int, ...] | None = None,
) -> Diagnostic:
    """E0215: the shape of the input is not given; `fitting` are the shapes with which all printed numbers agree,
    `example` is one for the printed sizes."""
    shown = "x".join(map(str, example or (32, 32, 3)))
    sizes = [f"--input {'x'.join(map(str, shape))}" for shape in fitting]
    fits = f"all printed sizes and counts agree with {listed(sizes, 'or')}" if sizes else ""
    axes = _AXES[len(example or ()) or _IMAGE]
    return error(
        "E0215",
        "the input size is not given",
        source,
        span,
        "the first row needs it",
        help=fits or f"add a line like `input {shown}` ({axes}), or pass `--input {shown}`",
    )


def no_channels(source: Source, span: Span, text: str) -> Diagnostic:
    """E0125: the input is a map of two axes that prints no channels."""
    tuple_ = text[:1] in ("(", "[")
    end = len(text.rstrip(" )]")) if tuple_ else len(text)
    sign = ", " if tuple_ else "×" if "×" in text else "x"
    grey, colour = (f"{text[:end]}{sign}{count}{text[end:]}" for count in (1, 3))
    place = Span(span.start + end, span.start + end)
    return error(
        "E0125",
        "the input has no channels",
        source,
        span,
        f"height x width x channels: `{colour}` for colour images, `{grey}` for grey ones",
        help=f"did you mean `{colour}`?",
        fixes=(Fix(f"write `{colour}`", (Edit(place, f"{sign}3"),), "machine-applicable"),),
    )


def unsuited_input(
    source: Source, span: Span, name: str, given: Sequence[int], fitting: Sequence[tuple[int, ...]]
) -> Diagnostic:
    """E0306: the input that the caller gives is not that of a table; `fitting` are inputs with which all printed
    numbers agree."""
    said = [f"--input {'x'.join(map(str, shape))}" for shape in fitting]
    return error(
        "E0306",
        f"`--input {'x'.join(map(str, given))}` does not suit `{short(name)}`",
        source,
        span,
        "cannot have this size under that input",
        help=f"all printed sizes and counts agree with {listed(said, 'or')}; where other tables of the file have another input, give both: `--input {'x'.join(map(str, given))},{name}={'x'.join(map(str, fitting[0]))}`",
    )


def unknown_parameter_given(
    source: Source, name: str, known: Iterable[str], settings: Iterable[str]
) -> Diagnostic:
    """E0217: `-D name=value` for a parameter that the spec does not have; `settings` are names of other lines."""
    close = nearest(name, known)
    if name in settings:
        return about_file(
            "E0217",
            f"`-D {short(name)}`: `{short(name)}` is a setting, not a parameter",
            source,
            "`-D` only sets parameters, which `param` lines define",
            f"change the line `{short(name)} …` in the spec, or add `param n = …` and `{short(name)} n`",
        )
    return about_file(
        "E0217",
        f"`-D {short(name)}`: the spec has no parameter `{short(name)}`",
        source,
        "no `param` line defines it",
        f"did you mean {listed(close)}?" if close else f"its parameters: {', '.join(known) or 'none'}",
    )


def parameter_of_a_block(source: Source, name: str, block: str) -> Diagnostic:
    """E0217: `-D name=value` for a parameter of a block that each row gives its own value, or the stride of its row."""
    name, block = short(name), short(block)
    return about_file(
        "E0217",
        f"`-D {name}`: `{name}` is a parameter of the block `{block}`, and the rows that use it say its value",
        source,
        "`-D` sets parameters that `param` lines define, or that a use of a block leaves open",
        f"add a line `param {name} = …`, and write `{block}({name})` in the rows that take it",
    )


def bad_setting_line(source: Source, span: Span, key: str, expected: str) -> Diagnostic:
    """E0218: a setting without the value it needs."""
    return error("E0218", f"`{short(key)}` needs a value", source, span, f"expected {expected}")


def variant_of_nothing(source: Source, span: Span, base: str, known: list[str]) -> Diagnostic:
    """E0220: a `variant` line of a network that the table does not have."""
    return error(
        "E0220",
        f"the table has no network `{short(base)}`",
        source,
        span,
        "no such network",
        notes=[f"its networks: {listed(known, 'and')}"] if known else (),
        help="`variant NAME of OTHER: key=value` derives a network from another one; `variant COLUMN: key=value` adds settings to the network of a column",
    )
