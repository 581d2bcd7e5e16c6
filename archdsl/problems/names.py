"""E02: messages about names, settings, parameters and numbers."""

from collections.abc import Iterable, Mapping, Sequence

from archdsl.diagnostics import Diagnostic, Label
from archdsl.problems.base import error, guessed, listed, nearest, replace, short
from archdsl.source import Source, Span


def own_block(source: Source, span: Span, name: str) -> Diagnostic:
    """E0204: a block of the network's own, of which the file prints the name alone."""
    return error(
        "E0204",
        f"`{short(name)}` is a block that is not defined here",
        source,
        span,
        "the table does not say what it computes",
        help=f"define it above the table: `block {short(name)}(c)`, and its layers below that, indented, one in a line; "
        "in a document, in a comment that begins with `archdsl:`",
    )


def undefined_parameter(source: Source, span: Span, name: str, known: Iterable[str]) -> Diagnostic:
    """E0203: a name in arithmetic that no `param` line defines."""
    guess = guessed(name, known, span) or {
        "help": f"define it: `param {short(name)} = 2`, or on the command line with `-D {short(name)}=2`"
    }
    return error(
        "E0203", f"undefined parameter `{short(name)}`", source, span, "no `param` line defines it", **guess
    )


def unknown_word(source: Source, span: Span, word: str, known: Mapping[str, object]) -> Diagnostic:
    """E0204: a word of a structure cell that names nothing; `known` are the words with their meanings."""
    close = list({str(known[guess]): guess for guess in reversed(nearest(word, known))}.values())[::-1]
    close = close or nearest(
        word, [part for phrase in known if " " in phrase for part in phrase.split(" ") if len(part) > 3], 1
    )
    help_text = (
        f"did you mean {listed(close)}?"
        if close
        else "`archdsl explain` lists all layers and blocks; define your own with `block NAME(…)`"
    )
    fixes = (replace(f"write `{close[0]}`", span, close[0], sure=len(close) == 1),) if close else ()
    label = "not a layer, an option or a parameter"
    return error("E0204", f"unknown layer `{short(word)}`", source, span, label, help=help_text, fixes=fixes)


def sign_of_sum(source: Source, sign: Span, span: Span, name: str, behind: bool) -> Diagnostic:
    """E0204: a value behind a plus, `behind` other layers or at the start of a line."""
    text = f"add {name}"
    start = len(source.clean[: sign.start].rstrip()) if behind else sign.start
    return error(
        "E0204",
        f"`{short(name)}` is a value, not a layer",
        source,
        span,
        "`+` joins layers, one after the other",
        help=f"write `{text}` to add it",
        fixes=(replace(f"write `{text}`", Span(start, span.end), f"; {text}" if behind else text, True),),
    )


def name_or_units(source: Source, span: Span, word: str, layer: str, number: str) -> Diagnostic:
    """E0204: `fc128`, which may be the 128 units of a layer or its name."""
    return error(
        "E0204",
        f"`{short(word)}` may be a layer's name or its units",
        source,
        span,
        "one of two meanings",
        help=f"write `{layer} {number}` for {short(number)} units",
        fixes=(replace(f"write `{layer} {number}`", span, f"{layer} {number}"),),
    )


def unsaid(source: Source, span: Span, phrase: str, why: str) -> Diagnostic:
    """E0233: something that tables print, and that the language has no word for."""
    return error(
        "E0233", f"`{short(phrase)}` is not part of the language", source, span, "no such layer", help=why
    )


def unknown_option(
    source: Source, span: Span, key: str, owner: str, takes: Iterable[str], known: Iterable[str]
) -> Diagnostic:
    """E0204: `key=value` with a key that names nothing; `owner` is what the cell speaks of."""
    takes = tuple(takes)
    guess = guessed(key, (*takes, *known), span)
    notes = (f"{owner} takes: {', '.join(takes)}",) if takes else ()
    label = f"not a property of {owner}" if owner else "not a property of a layer"
    if not owner and not guess:
        guess["help"] = f"to name a value, write `{short(key)}:` at the start of a line in a block"
    return error("E0204", f"unknown option `{short(key)}`", source, span, label, notes=notes, **guess)


def missing(source: Source, span: Span, what: str, layer: str, example: str) -> Diagnostic:
    """E0206: a layer lacks what it cannot do without."""
    return error(
        "E0206",
        f"`{short(layer)}` has no {what}",
        source,
        span,
        f"how many {what}?" if what.endswith("s") else f"which {what}?",
        help=f"add it, like `{example}`"
        + ("; the last layer takes them from `classes`" if what == "units" else ""),
    )


def uncounted_kernel(
    source: Source, span: Span, layer: str, several: Sequence[str] = (), what: str = "parameters"
) -> Diagnostic:
    """E0206: a convolution without a kernel, where the parameters or the size of its row (`what`) are those of no
    kernel, or of several."""
    why = (
        f"the kernels {listed(several, 'and')} give the printed {what}"
        if several
        else f"no kernel gives the printed {what}"
    )
    other = (
        ""
        if several
        else "; if the layer does not follow the row above it, say what it follows with `from NAME`"
    )
    fixes = [replace(f"use {one}", span, f"{one} {layer}") for one in several if "," not in one]
    help_ = f"add it, like `{several[0] if several else '3x3'} {layer}`{other}"
    return error("E0206", f"`{short(layer)}` has no kernel", source, span, why, help=help_, fixes=fixes)


def out_of_range(
    source: Source, span: Span, what: str, value: object, low: object, high: object
) -> Diagnostic:
    """E0207: a number that is zero, negative or absurd."""
    shown = f"{value:,}" if isinstance(value, (int, float)) else value
    return error("E0207", f"{what} cannot be {shown}", source, span, _bounds(low, high))


def _bounds(low: object, high: object) -> str:
    if low is None:
        return "no layer takes such a number"
    if high is None:
        return f"must be at least {low}"
    return f"must be from {low} to {high:,}" if isinstance(high, int) else f"must be from {low} to {high}"


def groups_do_not_divide_output(source: Source, span: Span, groups: int, outgoing: int) -> Diagnostic:
    """E0208, where a fault before this layer leaves its input channels unknown."""
    return error(
        "E0208",
        f"{groups} groups do not divide {outgoing} channels",
        source,
        span,
        f"does not divide the output channels {outgoing}",
    )


def groups_do_not_divide(source: Source, span: Span, groups: int, incoming: int, outgoing: int) -> Diagnostic:
    """E0208: the groups divide one of the channel counts unevenly."""
    odd = [
        f"{name} {count}"
        for name, count in (("input channels", incoming), ("output channels", outgoing))
        if count % groups
    ]
    fitting = [
        str(n) for n in range(1, min(incoming, outgoing) + 1) if incoming % n == 0 and outgoing % n == 0
    ]
    return error(
        "E0208",
        f"{groups} groups do not divide {incoming} -> {outgoing} channels",
        source,
        span,
        f"does not divide the {' nor the '.join(odd)}",
        notes=(f"groups that divide both: {', '.join(fitting[-8:])}",),
    )


def given_twice(source: Source, span: Span, key: str, first: Span) -> Diagnostic:
    """E0209: one property of a layer, given twice."""
    return error(
        "E0209",
        f"{key} given twice",
        source,
        span,
        "the second one",
        Label(first, "the first one"),
        help="separate two layers by `;`, or remove one value",
    )


def option_not_taken(source: Source, span: Span, key: str, layer: str, takes: Iterable[str]) -> Diagnostic:
    """E0210: an option that means nothing for its layer."""
    options = ", ".join(takes)
    return error(
        "E0210",
        f"{layer} takes no {key}",
        source,
        span,
        f"not a property of {layer}",
        notes=(f"{layer} takes: {options}" if options else f"{layer} takes no options",),
        help=_instead(short(source.clean[span.start : span.end]), layer)
        if key in ("channels", "units")
        else "",
    )


def _instead(number: str, layer: str) -> str:
    """Say what a number may have been meant for."""
    if layer.endswith("pool") and number in "123456789":
        return f"write `{number}x{number}` for a window, `/{number}` for a stride"
    if layer == "a bracket":
        return f"write `x{number}` for a repeat, `/{number}` for a stride"
    helps = {
        "activation": f"units belong to a dense layer: `fc {number}, softmax`",
        "scale": f"a constant factor is `rescale {number}`",
    }
    return helps.get(layer, "")


def belongs_to_nothing(source: Source, span: Span, text: str) -> Diagnostic:
    """E0211: an option or number before any layer."""
    return error("E0211", f"`{short(text)}` belongs to no layer", source, span, "no layer or block before it")


def duplicate_stage(source: Source, span: Span, name: str, first: Span) -> Diagnostic:
    """E0212: two rows of one name."""
    return error(
        "E0212",
        f"two rows are named `{short(name)}`",
        source,
        span,
        "the second one",
        Label(first, "the first one"),
        help="layers are named after their row; give each row its own name",
    )


def not_a_whole_number(source: Source, span: Span, what: str, value: object) -> Diagnostic:
    """E0214: arithmetic that gives no whole number."""
    shown = round(value, 6) if isinstance(value, float) else value
    literal = source.clean[span.start : span.end].endswith(str(shown))
    label = "not a whole number" if literal else "the result is not a whole number"
    return error("E0214", f"{what} must be a whole number, but this is {shown}", source, span, label)


def unknown_in_layer(source: Source, span: Span, name: str, known: Mapping[str, object]) -> Diagnostic:
    """E0203: a name in the declaration of a layer that is no axis and no parameter of it."""
    close = nearest(name, known)
    hint = f"did you mean {listed(close)}?" if close else f"there are: {', '.join(known)}"
    return error(
        "E0203", f"undefined parameter `{short(name)}`", source, span, "no axis and no parameter", help=hint
    )


def division_by_zero(source: Source, span: Span, divisor: Span) -> Diagnostic:
    """E0214: arithmetic that divides by zero."""
    return error("E0214", "division by zero", source, divisor, "is 0", Label(span, "this has no value"))


def too_large(source: Source, span: Span, what: str, value: int, limit: int) -> Diagnostic:
    """E0216: a repeat, or a network, beyond what is ever built."""
    return error("E0216", f"{what} {value:,} is too many", source, span, f"the limit is {limit:,}")


def not_a_number(source: Source, span: Span, value: object) -> Diagnostic:
    """E0214: arithmetic with a parameter that stands for a word or a kernel."""
    shown = "x".join(map(str, value)) if isinstance(value, tuple) else value
    said = short(source.clean[span.start : span.end])
    help_text = (
        f"a kernel needs its name: `kernel={said}`"
        if isinstance(value, tuple)
        else f"a word needs its name: `activation={said}`"
    )
    return error("E0214", "a number is needed here", source, span, f"this is `{shown}`", help=help_text)


def bad_call(
    source: Source, span: Span, name: str, low: int, high: int, given: int, named: bool
) -> Diagnostic:
    """E0219: a function of arithmetic with the wrong number of arguments, or with named ones."""
    many = f"{low}" if low == high else f"{low} or {high}" if high < 10 else f"at least {low}"
    label = "its arguments have no names" if named else f"{given or 'none'} given"
    return error("E0219", f"`{name}` takes {many} number{'s' * (many != '1')}", source, span, label)
