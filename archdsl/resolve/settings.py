"""The settings of a table, its style and the command line -> one resolved set of conventions."""

from collections.abc import Iterator, Mapping

from archdsl.diagnostics import Reporter
from archdsl.light import NamedTuple
from archdsl.patterns import pattern
from archdsl.problems import preamble
from archdsl.resolve.conventions import CONVENTIONS, FACTORS, FACTS, allowed, expected, normal
from archdsl.resolve.evaluate import Evaluator, uses
from archdsl.resolve.input_shape import Entry, InputReader, spatial_axes
from archdsl.resolve.styles import Style, style_parameters, style_settings
from archdsl.source import Source, Span
from archdsl.syntax.ast import Claim, Name, Ref, Setting, Table, Variant
from archdsl.syntax.names import Blocks, compact, own_parameters
from archdsl.syntax.parse import parse_value
from archdsl.syntax.slug import slug

# What tables call the axes of an input, by how many numbers it has, its channels among them.
_LETTERS = {2: ("TL",), 3: ("H", "W"), 4: ("TD", "H", "W")}
_LISTED = pattern(r"[^\s,](?:[^,]*[^\s,])?")
_CLAIMS = {"params": "params", "macs": "macs", "flops": "macs", "depth": "depth"}


class Overrides(NamedTuple):
    """What the command line or the caller sets; it wins over the file. `variant` names one network of a
    table."""

    define: Mapping[str, float] = {}
    style: str | None = None
    input: str | None = None
    variant: str | None = None


class Settings(NamedTuple):
    """The resolved settings: `style_because` says why, where no setting names the style; `input_because` what
    was assumed of it."""

    name: str
    input: tuple[int, ...]
    classes: int | None
    classes_span: Span
    style: str
    style_because: str
    conventions: dict[str, str]
    values: dict[str, int | float]
    places: dict[str, Span]
    blocks: Blocks = Blocks()
    variant: str = ""
    claims: tuple[Claim, ...] = ()
    printed_input: tuple[int, ...] = ()
    rank: int = 0
    input_because: str = ""
    input_given: bool = False  # by the caller
    open_axes: tuple[str, ...] = ()  # letters of an input of open size
    defaults: Mapping[str, int | float] = {}  # of parameters that blocks have: what a column's header says
    input_name: str = ""
    inputs: tuple[Entry, ...] = ()
    outputs: tuple[Ref, ...] = ()


def _refs(setting: Setting | None) -> tuple[Ref, ...]:
    """Return the names that the value of `outputs` lists, each with its place."""
    if setting is None:
        return ()
    start = setting.value_span.start
    words = _LISTED.finditer(setting.value)
    return tuple(Ref(word[0], Span(start + word.start(), start + word.end())) for word in words)


def _claims(given: Mapping[str, Setting]) -> Iterator[Claim]:
    """Yield the counts that settings print."""
    for key, what in _CLAIMS.items():
        if key in given:
            yield Claim(what, given[key].value, given[key].value_span)


def is_key(word: str) -> bool:
    """Return whether a word begins a settings line."""
    return word in CONVENTIONS or word in FACTS


def looks_like_key(word: str) -> bool:
    """Return whether a word is a likely misspelling of a setting."""
    if len(word) < 4:
        return False
    from difflib import get_close_matches

    return bool(get_close_matches(word, (*CONVENTIONS, *FACTS), 1, 0.75))


def _is_column(variant: Variant, table: Table) -> bool:
    """Recognise the line that adds settings to a column from one that makes a network of its own."""
    return not variant.base and compact(variant.name) == compact(table.column)


class Resolver:
    """Resolves the settings of one table; `style` is the one that was chosen before its cells were parsed."""

    def __init__(
        self, source: Source, reporter: Reporter, overrides: Overrides, style: Style, blocks: Blocks
    ) -> None:
        self.source = source
        self.reporter = reporter
        self.overrides = overrides
        self.style = style
        self.blocks = blocks
        self.defaults: dict[str, int | float] = {}

    def resolve(self, table: Table, variant: Variant | None = None) -> Settings:
        """Return the settings of a table, or of one variant of it, reporting unknown, repeated and impossible
        ones."""
        told = variant.settings if variant else ()
        own = {setting.key: setting for setting in told if is_key(setting.key.lower())}
        given = self._given(table.settings) | self._given(tuple(own.values()))
        values = self._parameters(table, tuple(setting for setting in told if setting.key not in own))
        classes, classes_span = self._classes(given, values)
        if classes is not None:
            values.setdefault("classes", classes)
        conventions = self._conventions(given, values)
        name = given["name"].value if "name" in given else table.name
        called = (variant.name if variant else "") or table.column
        reader = InputReader(self.source, self.reporter, self.overrides.input)
        shape, entries = self._inputs(reader, given, table, values)
        return Settings(
            f"{name}:{called}" if called else name,
            shape,
            classes,
            classes_span,
            self.style.name,
            self.style.because,
            conventions,
            values,
            {key: setting.value_span for key, setting in given.items()},
            self.blocks,
            called,
            (*_claims(given), *(table.claims if variant is None or _is_column(variant, table) else ())),
            self._printed_input(table, variant, values),
            max(spatial_axes(one, table.rows) for one in (shape, *(entry.shape for entry in entries))),
            reader.assumed,
            self.overrides.input is not None,
            reader.open_axes,
            self.defaults,
            slug(table.input_name),
            entries,
            _refs(given.get("outputs")),
        )

    def _conventions(self, given: dict[str, Setting], values: dict[str, int | float]) -> dict[str, str]:
        """Return all conventions: the defaults, the style's, those that are set; the last one wins."""
        conventions = {key: convention.default for key, convention in CONVENTIONS.items()}
        styled = style_settings(self.style.name)
        conventions |= {key: normal(key, value) for key, value in styled.items() if key in CONVENTIONS}
        for key, setting in given.items():
            if key in CONVENTIONS:
                conventions[key] = self._convention(setting, values) or conventions[key]
        self._downsampling(conventions, given)
        return conventions

    def _inputs(
        self, reader: InputReader, given: dict[str, Setting], table: Table, values: dict[str, int | float]
    ) -> tuple[tuple[int, ...], tuple[Entry, ...]]:
        """Return the shape of the first input, and the further inputs; sizes may be in letters of the
        first."""
        shape = reader.first(given.get("input"), table, values)
        entries = tuple(
            Entry(
                slug(one.key), reader.read(self.source, one.value, one.value_span.start, values), one.key_span
            )
            for one in table.inputs
        )
        for letters, axis in zip(_LETTERS.get(len(shape), ()), shape, strict=False):
            for letter in letters:
                values.setdefault(letter, axis)  # sizes such as `H/2 x W/2`
        return shape, entries

    def _printed_input(
        self, table: Table, variant: Variant | None, values: dict[str, int | float]
    ) -> tuple[int, ...]:
        """Return the input that the printed sizes are for, where a variant or the caller has another one."""
        file = next((setting for setting in table.settings if setting.key == "input" and setting.value), None)
        changed = self.overrides.input is not None or (
            variant and any(setting.key == "input" for setting in variant.settings)
        )
        if not changed:
            return ()
        quiet = InputReader(self.source, Reporter(), None)
        shape = quiet.first(file, table, dict(values))
        return () if quiet.open_axes else shape

    def _downsampling(self, conventions: dict[str, str], given: dict[str, Setting]) -> None:
        name = conventions["downsampling"]
        if name != "stride" and self.blocks.get(name) is None:
            setting = given.get("downsampling")
            span = setting.value_span if setting else Span(0, 0)
            self.reporter.add(
                preamble.bad_value(self.source, span, "downsampling", name, "`stride` or the name of a block")
            )
            conventions["downsampling"] = "stride"

    def _given(self, settings: tuple[Setting, ...]) -> dict[str, Setting]:
        given: dict[str, Setting] = {}
        for setting in settings:
            if not is_key(setting.key):
                self.reporter.add(
                    preamble.unknown_setting(
                        self.source, setting.key_span, setting.key, (*CONVENTIONS, *FACTS)
                    )
                )
            elif not setting.value:
                self.reporter.add(
                    preamble.bad_setting_line(
                        self.source, setting.key_span, setting.key, "it on the same line"
                    )
                )
            elif setting.key in given:
                self.reporter.add(
                    preamble.duplicate_setting(
                        self.source, setting.key_span, setting.key, given[setting.key].key_span
                    )
                )
            else:
                given[setting.key] = setting
        return given

    def _parameters(self, table: Table, bindings: tuple[Setting, ...]) -> dict[str, int | float]:
        """Evaluate the parameters: the style's, the file's, a variant's, the command line's; the last one
        wins."""
        values: dict[str, int | float] = {}
        inherited = style_parameters(self.style.name)
        for parameter in inherited:
            own = Evaluator(Source(f"{self.style.name}.arch", ""), self.reporter, values)
            values[parameter.name] = own.number(parameter.value) or 0
        known = {parameter.name for parameter in (*inherited, *table.parameters)}
        inside = {parameter.name for parameter in own_parameters(self.blocks, self.source)} - known
        bound: dict[str, int | float] = {}
        if bindings:
            from archdsl.resolve.bindings import bound_values

            bound = bound_values(self.source, self.reporter, bindings, known | inside)
        self.defaults = {name: bound.pop(name) for name in inside & bound.keys()}
        evaluator = Evaluator(self.source, self.reporter, values)
        for parameter in table.parameters:
            value = self.overrides.define.get(parameter.name, bound.get(parameter.name))
            evaluated = evaluator.number(parameter.value) if value is None else value
            values[parameter.name] = 1 if evaluated is None else evaluated
        for name, value in {**bound, **self.overrides.define}.items():
            if name in known:
                values[name] = value
            elif name in self.overrides.define:
                self._given_name(name, table, values)
        return values

    def _given_name(self, name: str, table: Table, values: dict[str, int | float]) -> None:
        """Define a name that no `param` line does, where the table uses it or leaves it open for a block;
        report it where nothing does."""
        broken = any(row.items is None for row in table.rows)  # what such a row uses is not known
        blocks = tuple(self.blocks.own.values())
        if broken or uses((table.rows, table.parameters, blocks), name):
            values[name] = self.overrides.define[name]
            return
        from archdsl.resolve.defined import block_with, is_open

        block = block_with(blocks, self.source, name)
        if block and is_open((table.rows, blocks), self.source, name):
            self.defaults[name] = self.overrides.define[name]
        elif block:
            self.reporter.add(preamble.parameter_of_a_block(self.source, name, block.name))
        else:
            self.reporter.add(
                preamble.unknown_parameter_given(self.source, name, values, (*CONVENTIONS, *FACTS))
            )

    def _classes(self, given: dict[str, Setting], values: dict[str, int | float]) -> tuple[int | None, Span]:
        setting = given.get("classes")
        if setting is None:
            return None, Span(0, 0)
        value = parse_value(self.source, self.reporter, "expression", setting.value, setting.value_span.start)
        if value is None:
            return None, setting.value_span
        if isinstance(value, Name) and value.id not in values:
            self.reporter.add(
                preamble.bad_value(
                    self.source, setting.value_span, "classes", value.id, "a number, like `10`"
                )
            )
            return None, setting.value_span
        evaluator = Evaluator(self.source, self.reporter, values)
        return evaluator.whole(value, "classes", 1, 1_000_000, setting.value_span), setting.value_span

    def _convention(self, setting: Setting, values: dict[str, int | float]) -> str | None:
        value = normal(setting.key, setting.value)
        if setting.key in FACTORS and value in values:
            value = str(values[value])
        if allowed(setting.key, value):
            return value
        known = expected(setting.key)
        own = [word for word in known if allowed(setting.key, word)]
        self.reporter.add(
            preamble.bad_value(
                self.source, setting.value_span, setting.key, setting.value, ", ".join(known), own
            )
        )
        return None
