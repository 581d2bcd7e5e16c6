"""The parameters that a variant of a table sets -> their values."""

from collections.abc import Set

from archdsl.diagnostics import Reporter
from archdsl.problems import preamble
from archdsl.resolve.conventions import CONVENTIONS, FACTS
from archdsl.resolve.evaluate import Evaluator
from archdsl.source import Source
from archdsl.syntax.ast import Setting
from archdsl.syntax.parse import parse_value


def bound_values(
    source: Source, reporter: Reporter, bindings: tuple[Setting, ...], known: Set[str]
) -> dict[str, int | float]:
    """Evaluate what a variant sets; a name that is no parameter is reported."""
    bound: dict[str, int | float] = {}
    for setting in bindings:
        if setting.key not in known:
            keys = (*known, *CONVENTIONS, *FACTS)
            reporter.add(preamble.unknown_setting(source, setting.key_span, setting.key, keys))
            continue
        value = parse_value(source, reporter, "expression", setting.value, setting.value_span.start)
        number = None if value is None else Evaluator(source, reporter, bound).number(value)
        if number is not None:
            bound[setting.key] = number
    return bound
