"""The settings of a table, its style and the command line -> one resolved set of conventions."""

from collections.abc import Mapping
from typing import NamedTuple

from archdsl.diagnostics import Reporter
from archdsl.ir.conventions import CONVENTIONS, FACTS, allowed, normal, style_text, styles
from archdsl.ir.evaluate import Evaluator
from archdsl.problems import names, syntax
from archdsl.readers.native import NativeReader
from archdsl.source import Source, Span
from archdsl.syntax.ast import Block, Expr, Item, Parameter, Row, Setting, Table
from archdsl.syntax.parse import parse_value

MAX_SIZE = 65_536
WEIGHTED = ("conv", "depthwise", "dense")


class Overrides(NamedTuple):
    """What the command line or the caller sets; it wins over the file."""

    define: Mapping[str, int] = {}
    style: str | None = None
    input: str | None = None


class Settings(NamedTuple):
    """The resolved settings: `style_because` says why, where no setting names the style."""

    name: str
    input: tuple[int, ...]
    classes: int | None
    classes_span: Span
    style: str
    style_because: str
    conventions: dict[str, str]
    values: dict[str, int | float]
    places: dict[str, Span]


def is_key(word: str) -> bool:
    """Tell whether a word begins a settings line."""
    return word in CONVENTIONS or word in FACTS


def looks_like_key(word: str) -> bool:
    """Tell whether a word is a likely misspelling of a setting."""
    if len(word) < 4:
        return False
    from difflib import get_close_matches

    return bool(get_close_matches(word, (*CONVENTIONS, *FACTS), 1, 0.75))


class Resolver:
    """Resolves the settings of one table."""

    def __init__(self, source: Source, reporter: Reporter, overrides: Overrides) -> None:
        self.source = source
        self.reporter = reporter
        self.overrides = overrides

    def resolve(self, table: Table) -> Settings:
        """Give the settings of a table, reporting unknown, repeated and impossible ones."""
        given = self._given(table.settings)
        values = self._parameters(table.parameters)
        classes, classes_span = self._classes(given, values)
        if classes is not None:
            values.setdefault("classes", classes)
        style, because = self._style(given, table.rows)
        conventions = {key: convention.default for key, convention in CONVENTIONS.items()} | read_style(style)
        for key, setting in given.items():
            if key in CONVENTIONS:
                conventions[key] = self._convention(setting) or conventions[key]
        places = {key: setting.value_span for key, setting in given.items()}
        name = given["name"].value if "name" in given else table.name
        return Settings(name, self._input(given, table, values), classes, classes_span, style, because, conventions, values, places)

    def _given(self, settings: tuple[Setting, ...]) -> dict[str, Setting]:
        given: dict[str, Setting] = {}
        for setting in settings:
            if not is_key(setting.key):
                self.reporter.add(names.unknown_setting(self.source, setting.key_span, setting.key, (*CONVENTIONS, *FACTS)))
            elif not setting.value:
                self.reporter.add(names.bad_setting_line(self.source, setting.key_span, setting.key, "it on the same line"))
            elif setting.key in given:
                self.reporter.add(names.duplicate_setting(self.source, setting.key_span, setting.key, given[setting.key].key_span))
            else:
                given[setting.key] = setting
        return given

    def _parameters(self, parameters: tuple[Parameter, ...]) -> dict[str, int | float]:
        values: dict[str, int | float] = {}
        evaluator = Evaluator(self.source, self.reporter, values)
        for parameter in parameters:
            value = self.overrides.define.get(parameter.name)
            known = evaluator.number(parameter.value) if value is None else value
            values[parameter.name] = 1 if known is None else known
        for name in self.overrides.define:
            if name not in values:
                self.reporter.add(names.unknown_parameter_given(self.source, name, values))
        return values

    def _classes(self, given: dict[str, Setting], values: dict[str, int | float]) -> tuple[int | None, Span]:
        setting = given.get("classes")
        if setting is None:
            return None, Span(0, 0)
        value = parse_value(self.source, self.reporter, "expression", setting.value, setting.value_span.start)
        if value is None:
            return None, setting.value_span
        evaluator = Evaluator(self.source, self.reporter, values)
        return evaluator.whole(value, "classes", 1, 1_000_000, setting.value_span), setting.value_span

    def _input(self, given: dict[str, Setting], table: Table, values: dict[str, int | float]) -> tuple[int, ...]:
        source, text, start = self.source, "", 0
        if self.overrides.input is not None:
            source = Source("--input", self.overrides.input)
            text = source.clean
        elif "input" in given:
            text, start = given["input"].value, given["input"].value_span.start
        else:
            place = next((row.size_span if row.size else row.span for row in table.rows), table.span)
            self.reporter.add(names.no_input(self.source, place))
            return ()
        parsed: tuple[Expr, ...] | None = parse_value(source, Reporter(), "size", text, start)
        if parsed is None:
            self.reporter.add(syntax.not_a_size(source, Span(start, start + len(text)), text))
            return ()
        evaluator = Evaluator(source, self.reporter, values)
        shape = tuple(evaluator.whole(axis, "the input size", 1, MAX_SIZE, axis.span) for axis in parsed)
        return () if None in shape else shape  # type: ignore[return-value]

    def _style(self, given: dict[str, Setting], rows: tuple[Row, ...]) -> tuple[str, str]:
        known = styles()
        setting = given.get("style")
        if self.overrides.style is not None:
            style = self.overrides.style.lower()
            source, span = Source("--style", self.overrides.style), Span(0, len(self.overrides.style))
        elif setting is not None:
            style, source, span = setting.value.lower(), self.source, setting.value_span
        else:
            return recognise(rows)
        if style in known:
            return style, ""
        self.reporter.add(names.unknown_style(source, span, style, known))
        return recognise(rows)

    def _convention(self, setting: Setting) -> str | None:
        value = normal(setting.key, setting.value)
        if allowed(setting.key, value):
            return value
        values = CONVENTIONS[setting.key].values
        self.reporter.add(
            names.bad_value(
                self.source, setting.value_span, setting.key, setting.value, ", ".join(values) or "a number from 0 to 1", values
            )
        )
        return None


def recognise(rows: tuple[Row, ...]) -> tuple[str, str]:
    """Choose the style of a table that names none: residual where a bracket holds two layers or more."""
    for row in rows:
        if any(isinstance(item, Block) and _layers(item.items) > 1 for item in row.items or ()):
            return "resnet", f"no style is set, and {row.name or 'a row'} has a bracket of several layers"
    return "plain", "no style is set, and no bracket holds several layers"


def _layers(items: tuple[Item, ...]) -> int:
    return sum(_layers(item.items) if isinstance(item, Block) else item.op in WEIGHTED for item in items)


def read_style(style: str) -> dict[str, str]:
    """Read a style of the package as settings."""
    source = Source(f"{style}.arch", style_text(style))
    grids = NativeReader(source, is_key, lambda word: False, lambda word: False).read(style, 0).grids
    return {setting.key.text: setting.value.text.strip() for setting in grids[0].settings}


__all__ = ["Overrides", "Resolver", "Settings", "is_key", "looks_like_key", "read_style", "recognise"]
