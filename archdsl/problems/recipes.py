"""E05: messages about recipes, how a network is trained."""

from __future__ import annotations

from collections.abc import Iterable

from archdsl.diagnostics import Diagnostic, Edit, Fix, Label
from archdsl.light import TYPE_CHECKING, Any
from archdsl.problems.base import about_file, error, listed, nearest, replace, short
from archdsl.source import Source, Span

if TYPE_CHECKING:
    from archdsl.recipe.entry import Entry

_LIST = "`archdsl recipe --keys` lists the keys"


def unknown_recipe(name: str, known: Iterable[str]) -> Diagnostic:
    """E0501: a recipe that is neither built in nor a file."""
    source = Source("command line", f"--recipe {name}")
    span = Span(len("--recipe "), len(source.text))
    close = nearest(name, known)
    notes = (f"recipes: {', '.join(known)}; a file of your own ends in `.toml`",)
    fixes = (replace(f"write `{close[0]}`", span, close[0]),) if close else ()
    return error(
        "E0501",
        f"no recipe is called `{short(name)}`",
        source,
        span,
        "not a recipe",
        notes=notes,
        fixes=fixes,
    )


def unknown_base(entry: Entry, known: Iterable[str]) -> Diagnostic:
    """E0501: a base that is not a built-in recipe."""
    name = str(entry.value)
    close = nearest(name, known) or ["modern"]
    fix = replace(f'write `"{close[0]}"`', entry.span, f'"{close[0]}"')
    notes = (f"recipes: {', '.join(known)}",)
    message = f"no recipe is called `{short(name)}`"
    return error(
        "E0501", message, entry.source, entry.span, "not a built-in recipe", notes=notes, fixes=(fix,)
    )


def no_toml(source: Source, span: Span, meant: str) -> Diagnostic:
    """E0502: a line that is not TOML; `meant` is the nearest line that is."""
    fixes = (replace(f"write `{meant}`", span, meant),) if meant else ()
    help_text = (
        "" if meant else "write `key = value`; put text in quotes, a list in `[…]`, a comment after `#`"
    )
    return error(
        "E0502", "this line is not valid TOML", source, span, "cannot be read", help=help_text, fixes=fixes
    )


def table(source: Source, span: Span, whole: Span) -> Diagnostic:
    """E0502: a heading `[table]`."""
    fix = replace("remove the heading", whole, "")
    return error("E0502", "a recipe has no tables", source, span, "recipe keys need no heading", fixes=(fix,))


def no_recipe(source: Source) -> Diagnostic:
    """E0502: a configuration without a valid recipe."""
    return about_file(
        "E0502",
        "the configuration holds no recipe",
        source,
        "its `recipe` has no name and keys; it was damaged or edited",
    )


def unknown_key(entry: Entry, known: Iterable[str]) -> Diagnostic:
    """E0503: a key that recipes do not have."""
    close = nearest(entry.name.replace("-", "_"), known) or [
        key for key in known if key == entry.name.replace("-", "_")
    ]
    fixes = (replace(f"write `{close[0]}`", entry.name_span, close[0]),) if close else ()
    help_text = f"did you mean {listed(close)}?" if close else _LIST
    return error(
        "E0503",
        f"unknown key `{short(entry.name)}`",
        entry.source,
        entry.name_span,
        "not a key of a recipe",
        help=help_text,
        fixes=fixes,
    )


def wrong_type(entry: Entry, wanted: str, found: str, meant: str) -> Diagnostic:
    """E0504: a value of another type; `meant` is what it may be meant as."""
    if entry.value is None:
        return error(
            "E0504",
            f"`{short(entry.name)}` has no value",
            entry.source,
            entry.span,
            f"write `{entry.name}=…`: {wanted}",
        )
    fixes = (replace(f"write `{meant}`", entry.span, meant),) if meant else ()
    return error(
        "E0504", f"`{entry.name}` must be {wanted}", entry.source, entry.span, f"this is {found}", fixes=fixes
    )


def no_choice(entry: Entry, word: str, known: tuple[str, ...]) -> Diagnostic:
    """E0504: a word that is none of those to choose from."""
    close = [choice for choice in known if choice == word.lower()] or nearest(word, known)
    span = _part(entry, word)
    fixes = (replace(f"write `{close[0]}`", span, close[0]),) if close else ()
    message = f"`{entry.name}` cannot be `{short(word)}`"
    return error(
        "E0504",
        message,
        entry.source,
        span,
        "not one of its choices",
        notes=(f"choices: {', '.join(known)}",),
        fixes=fixes,
    )


def out_of_range(entry: Entry, wanted: str, meant: str) -> Diagnostic:
    """E0505: a number that the key does not allow."""
    fix = replace(f"write `{meant}`", entry.span, meant)
    return error(
        "E0505", f"`{entry.name}` must be {wanted}", entry.source, entry.span, "out of range", fixes=(fix,)
    )


def missing(source: Source, name: str, doc: str, value: str, cause: Entry | None) -> Diagnostic:
    """E0506: a key that a recipe must have; `cause` is the entry that asks for it."""
    message = f"the recipe has no `{name}`"
    if not source.text or not value:
        base = 'write it, or `base = "modern"` for all that is missing'
        return about_file("E0506", message, source, f"{name}: {doc}; {base}")
    end = len(source.text.rstrip())
    command = source.path == "command line"
    text = f" --set {name}={value.replace(' ', '')}" if command else f"\n{name} = {value}"
    fix = Fix(f"add `{text.strip()}`", (Edit(Span(end, end), text),))
    if cause:
        return error(
            "E0506",
            message,
            source,
            cause.span,
            f"asks for `{name}`",
            notes=(f"{name}: {doc}",),
            fixes=(fix,),
        )
    last = source.text.rstrip().rfind("\n") + 1
    return error(
        "E0506",
        message,
        source,
        Span(last, end),
        f"`{name}` is missing",
        notes=(f"{name}: {doc}",),
        fixes=(fix,),
    )


def other_version(source: Source, version: Any, known: int, entry: Entry | None) -> Diagnostic:
    """E0507: a recipe that another version of archdsl wrote."""
    said = "no version" if version is None else f"version {short(str(version))}"
    message = f"the recipe has {said}, but this archdsl reads version {known}"
    if entry is None:
        return about_file(
            "E0507",
            message,
            source,
            "it was written by another version of archdsl; repeat the run, or use that version",
        )
    fix = replace(
        f"write `{known}`, if its keys are those of `archdsl recipe --keys`", entry.span, str(known)
    )
    return error("E0507", message, source, entry.span, "of another version of archdsl", fixes=(fix,))


def twice(entry: Entry, before: Entry) -> Diagnostic:
    """E0508: a key that is set twice."""
    message = f"`{entry.name}` is set twice"
    first = (Label(before.name_span, "first here"),) if before.source is entry.source else ()
    notes = () if first else (f"first: {before.source.text}",)
    fix = replace("remove the second", entry.whole, "")
    return error("E0508", message, entry.source, entry.name_span, "again", *first, notes=notes, fixes=(fix,))


def without_effect(entry: Entry, condition: str) -> Diagnostic:
    """E0509: a key that has no effect beside the others."""
    message = f"`{entry.name}` has no effect here: it needs {condition}"
    fix = replace("remove it", entry.whole, "")
    return error("E0509", message, entry.source, entry.name_span, "has no effect", fixes=(fix,))


def unknown_row(entry: Entry, name: str, rows: Iterable[str]) -> Diagnostic:
    """E0510: a row to freeze that the table does not have."""
    rows = tuple(rows)
    close = [row for row in rows if row.lower() == name.lower()] or nearest(name, rows)
    span = _part(entry, name)
    fixes = (replace(f"write `{close[0]}`", span, close[0]),) if close else ()
    return error(
        "E0510",
        f"the table has no row `{short(name)}`",
        entry.source,
        span,
        "no such row",
        notes=(f"rows: {', '.join(rows)}",),
        fixes=fixes,
    )


def nothing_left(entry: Entry) -> Diagnostic:
    """E0510: every row is frozen."""
    return error(
        "E0510",
        "every row with weights is frozen",
        entry.source,
        entry.span,
        "nothing is left to train",
        help="leave a row with weights out of `frozen`",
    )


def weights_of_classes(entry: Entry, count: int, classes: int) -> Diagnostic:
    """E0510: weights for another number of classes."""
    message = f"`class_weights` has {count} numbers, but the network has {classes} classes"
    return error(
        "E0510",
        message,
        entry.source,
        entry.span,
        "expected one number per class",
        help='`"balanced"` computes them from the data',
    )


def no_weights(entry: Entry, reason: str) -> Diagnostic:
    """E0510: weights to start from that do not exist."""
    message = f"cannot start from the weights `{short(str(entry.value), 60)}`"
    fix = replace("remove it to start from new weights", entry.whole, "")
    return error("E0510", message, entry.source, entry.span, reason, fixes=(fix,))


def _part(entry: Entry, word: str) -> Span:
    """Return the place of a word within a value."""
    at = entry.source.text.find(word, entry.span.start, entry.span.end)
    return Span(at, at + len(word)) if at >= 0 and word else entry.span
