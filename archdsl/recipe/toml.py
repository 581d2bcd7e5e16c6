"""The text of a recipe -> its entries with their places; a line that is no TOML is told, and the rest is read
on."""

import re
import tomllib
from collections.abc import Iterator
from typing import Any

from archdsl.diagnostics import Diagnostic
from archdsl.problems import recipes as problems
from archdsl.recipe.entry import Entry
from archdsl.recipe.kinds import Unfit, converted
from archdsl.recipe.recipe import KEYS
from archdsl.source import Source, Span

_KEY = r"[ \t]*(\"[^\"\n]*\"|'[^'\n]*'|[\w.-]+)[ \t]*"
_TRUTH = {"yes": "true", "on": "true", "no": "false", "off": "false"}
_LONGEST = 200  # lines of one value


def entries(source: Source) -> tuple[list[Entry], list[Diagnostic]]:
    """Read the entries of a recipe."""
    found: list[Entry] = []
    faults: list[Diagnostic] = []
    for statement in _statements(source):
        try:
            values = tomllib.loads(_text(source, statement))
        except (tomllib.TOMLDecodeError, RecursionError):
            faults.append(_broken(source, statement))
            continue
        if not _text(source, statement).lstrip().startswith("["):
            found += [_entry(source, statement, name, value) for name, value in values.items()]
        elif values:
            faults.append(problems.table(source, _trimmed(source, statement), statement))
    return found, faults


def _text(source: Source, span: Span) -> str:
    return source.text[span.start : span.end]


def _trimmed(source: Source, span: Span) -> Span:
    text = _text(source, span)
    return Span(span.start + len(text) - len(text.lstrip()), span.start + len(text.rstrip()))


def _statements(source: Source) -> Iterator[Span]:
    """Divide a text into statements: a line, with those below it that its value goes on in."""
    starts = [*source.starts, len(source.text)]
    at = 0
    while at < len(starts) - 1:
        last = at + 1
        if _opens(source.text[starts[at] : starts[last]]):
            last = _end(source, starts, at)
        yield Span(starts[at], starts[last])
        at = last


def _opens(line: str) -> bool:
    _, equals, value = line.partition("=")
    return bool(equals) and any(mark in value for mark in ("[", '"""', "'''", "{"))


def _end(source: Source, starts: list[int], at: int) -> int:
    """Return the first line behind a value that begins in line `at`; the next one where it never ends."""
    for last in range(at + 1, min(at + _LONGEST, len(starts))):
        try:
            tomllib.loads(source.text[starts[at] : starts[last]])
            return last
        except (tomllib.TOMLDecodeError, RecursionError):
            continue
    return at + 1


def _entry(source: Source, statement: Span, name: str, value: Any) -> Entry:
    text = _text(source, statement)
    key = re.match(_KEY, text)
    assert key is not None
    start, end = statement.start + text.index("=") + 1, statement.end
    if not isinstance(value, dict):
        end = start + _length(source.text[start:end], value)
    name_span = Span(statement.start + key.start(1), statement.start + key.end(1))
    return Entry(name, value, source, name_span, _trimmed(source, Span(start, end)), statement)


def _length(text: str, value: Any) -> int:
    """Measure a value without the comment behind it."""
    for mark in re.finditer("#", text):
        try:
            if tomllib.loads(f"value ={text[: mark.start()]}") == {"value": value}:
                return mark.start()
        except tomllib.TOMLDecodeError:
            continue
    return len(text)


def _broken(source: Source, statement: Span) -> Diagnostic:
    """Recognise a line that is no TOML, with the nearest line that is, where there is one."""
    line = _trimmed(source, statement)
    match = re.match(_KEY + r"(=|:|[ \t])[ \t]*([^#\n]*?)[ \t]*(?:#.*)?$", _text(source, line))
    if match is None or match[1] not in KEYS:
        return problems.no_toml(source, line, "")
    meant = next((value for value in _readings(match[3]) if _fits(match[1], value)), "")
    return problems.no_toml(source, line, meant and f"{match[1]} = {meant}")


def _readings(text: str) -> Iterator[str]:
    """List what a value may be meant as."""
    word = text.strip("\"'“”‘’`")
    yield from (text, _TRUTH.get(word.lower(), word.lower()), f'"{word}"', f'"{word.lower()}"', f'["{word}"]')
    yield from (text.replace(",", "."), re.sub(r"^\.", "0.", text), f"{text}0", f"[{text}]", f"{text}]")


def _fits(name: str, text: str) -> bool:
    try:
        value = converted(KEYS[name].hint, tomllib.loads(f"value = {text}")["value"])
    except (tomllib.TOMLDecodeError, Unfit):
        return False
    return not isinstance(value, int | float) or KEYS[name].bounds.allow(value)
