"""A value as it was written: in a file, on the command line, in a configuration."""

from typing import Any, NamedTuple, get_origin

from archdsl.recipe.recipe import KEYS
from archdsl.source import Source, Span


class Entry(NamedTuple):
    """`name` and `value` with their places in `source`; `whole` is what a fix takes away to be rid of the
    entry."""

    name: str
    value: Any
    source: Source
    name_span: Span
    span: Span
    whole: Span


OPTIONS = {
    "rate": "--lr",
    "epochs": "--epochs",
    "batch_size": "--batch-size",
    "seed": "--seed",
    "precision": "--precision",
}


def from_option(name: str, text: str) -> Entry:
    """Make the entry of an option of the command line with its value, like `--lr 0.1`."""
    option = OPTIONS[name]
    line = f"{option} {text}"
    source, span = Source("command line", line), Span(len(option) + 1, len(line))
    return Entry(name, _value(text), source, Span(0, len(option)), span, Span(0, len(line)))


def from_set(text: str) -> Entry:
    """Make the entry of `--set name=value`; without a value, its value is None."""
    lead = len("--set ")
    name, equals, value = text.partition("=")
    line = f"--set {text}"
    after = lead + len(name) + len(equals)
    span = Span(after, len(line)) if equals and value else Span(lead, len(line))
    source = Source("command line", line)
    meant = _listed(name.strip(), _value(value)) if equals else None
    return Entry(name.strip(), meant, source, Span(lead, lead + len(name)), span, Span(0, len(line)))


def _listed(name: str, value: Any) -> Any:
    """Return a lone value as a list where the key takes one."""
    takes_list = name in KEYS and get_origin(KEYS[name].hint) is tuple
    return [value] if takes_list and not isinstance(value, list) else value


def _value(text: str) -> Any:
    """Read a value as TOML; what is none is a text, with commas a list."""
    import tomllib

    try:
        return tomllib.loads(f"value = {text}")["value"] if "\n" not in text else text
    except tomllib.TOMLDecodeError:
        return [_value(part.strip()) for part in text.split(",")] if "," in text else _number(text)


def _number(text: str) -> float | str:
    """Read a number that TOML would write otherwise, like `.1`."""
    try:
        return float(text)
    except ValueError:
        return text
