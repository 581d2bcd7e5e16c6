"""The values of a cell's options: numbers evaluated, words checked against what a setting can be."""

import re
from collections.abc import Mapping

from archdsl.diagnostics import Reporter
from archdsl.light import Any
from archdsl.problems import names, preamble
from archdsl.resolve.conventions import CONVENTIONS, allowed, normal
from archdsl.resolve.evaluate import Evaluator
from archdsl.resolve.settings import Settings
from archdsl.resolve.specs import Padding
from archdsl.source import Source
from archdsl.syntax.ast import Expr, Name, Option

MAX_CHANNELS = 1_000_000
MAX_WINDOW = 1_000


class OptionReader:
    """Evaluates options with the parameters in force; `rank` is the number of spatial axes."""

    def __init__(
        self, source: Source, reporter: Reporter, settings: Settings, values: Mapping[str, Any] | None
    ) -> None:
        self.source = source
        self.reporter = reporter
        self.settings = settings
        self.rank = settings.rank
        self.evaluator = Evaluator(source, reporter, settings.values if values is None else values)

    def word(self, option: Option | None, key: str) -> str | None:
        """Return an option that is a word of a setting; None where it is none."""
        if option is None:
            return None
        text = option.value if isinstance(option.value, str) else self._word_text(option)
        value = normal(key, text)
        if allowed(key, value):
            return value
        self.reporter.add(
            preamble.bad_value(
                self.source,
                option.span,
                key,
                text,
                ", ".join(CONVENTIONS[key].values),
                CONVENTIONS[key].values,
            )
        )
        return None

    def _word_text(self, option: Option) -> str:
        value = option.value
        if isinstance(value, Name) and value.id in self.evaluator.values:
            found = self.evaluator.values[value.id]
            return {0: "no", 1: "yes"}.get(found, str(found)) if isinstance(found, int) else str(found)
        return self.source.clean[option.span.start : option.span.end]

    def axes(self, option: Option | None, what: str) -> tuple[int, ...] | None:
        """Return a number for each axis; one number stands for all of them."""
        if option is None:
            return None
        if isinstance(option.value, str):
            self.reporter.add(preamble.bad_value(self.source, option.span, what, option.value, "a number"))
            return None
        many = type(option.value) is tuple
        exprs: tuple[Expr, ...] = option.value if many else (option.value,)  # type: ignore[assignment]
        if isinstance(exprs[0], Name) and isinstance(self.evaluator.values.get(exprs[0].id), tuple):
            found: tuple[int, ...] = self.evaluator.values[exprs[0].id]
            return found
        values = [self.evaluator.whole(expr, f"the {what}", 1, MAX_WINDOW, option.span) for expr in exprs]
        if None in values:
            return None
        # `4 × 1`, of a map that is one axis and one wide.
        if self.rank == 1 and len(values) == 2 and 1 in values:
            values = [max(value for value in values if value)]
        return tuple(values) if many else (values[0],) * self.rank  # type: ignore[return-value, arg-type]

    def count(self, option: Option | None, what: str) -> int | None:
        """Return a positive whole number."""
        return None if option is None else self.whole(option, 1, MAX_CHANNELS, what)

    def whole(self, option: Option, low: int, high: int, what: str = "") -> int | None:
        """Return an option that must be one whole number."""
        if isinstance(option.value, (str, tuple)) and not hasattr(option.value, "span"):
            self.reporter.add(
                preamble.bad_value(
                    self.source, option.span, what or option.key, self.text(option), "one number"
                )
            )
            return None
        return self.evaluator.whole(option.value, what or f"the {option.key}", low, high, option.span)  # type: ignore[arg-type]

    def text(self, option: Option) -> str:
        """Quote the value of an option as it is printed."""
        return re.sub(r"^\w+\s*[=:]\s*", "", self.source.clean[option.span.start : option.span.end])

    def rate(self, option: Option | None) -> float:
        """Return the rate of a dropout, a half where none is printed."""
        if option is None:
            return 0.5
        value = self.evaluator.number(option.value)  # type: ignore[arg-type]
        if value is not None and not 0 <= value < 1:
            self.reporter.add(
                names.out_of_range(self.source, option.span, "a dropout rate", value, 0, "below 1")
            )
        return 0.5 if value is None else float(value)

    def padding(self, option: Option | None) -> Padding:
        """Return `same`, `valid`, or zeros for each axis."""
        if option is None:
            return None
        if isinstance(option.value, str):
            if option.value in ("same", "valid", "causal"):
                return option.value
            self.reporter.add(
                preamble.bad_value(
                    self.source,
                    option.span,
                    "padding",
                    option.value,
                    "same, valid, causal or a number",
                    ("same", "valid", "causal"),
                )
            )
            return None
        many = type(option.value) is tuple
        exprs: tuple[Expr, ...] = option.value if many else (option.value,) * self.rank  # type: ignore[assignment]
        values = [self.evaluator.whole(expr, "padding", 0, MAX_WINDOW, option.span) for expr in exprs]
        return None if None in values else tuple(values)  # type: ignore[arg-type]
