"""Expressions and options -> numbers, checked against their range."""

import math
from collections.abc import Mapping

from archdsl.diagnostics import Diagnostic, Reporter
from archdsl.light import Any
from archdsl.ops.arithmetic import FUNCTIONS, power
from archdsl.problems import names
from archdsl.source import Source, Span
from archdsl.syntax.ast import BinOp, BlockDef, Call, Expr, Name, Num

# Beyond this a value is out of every range; products of such numbers would only cost time.
_ABSURD = 10**18


def uses(part: tuple[Any, ...], name: str) -> bool:
    """Return whether arithmetic in a part of a table uses a name; in a block that has a parameter of that
    name it is that one."""
    parts, seen = [part], set()
    for one in parts:  # which grows
        if isinstance(one, Name):
            if one.id == name:
                return True
        elif not (id(one) in seen or _hides(one, name)):  # a block may be used by many
            seen.add(id(one))
            parts += [inner for inner in one if isinstance(inner, tuple) and type(inner) is not Span]
    return False


def _hides(part: tuple[Any, ...], name: str) -> bool:
    return isinstance(part, BlockDef) and any(one.name == name for one in part.parameters)


class Evaluator:
    """Evaluates expressions with the values of the parameters; a fault is reported and gives None."""

    def __init__(self, source: Source, reporter: Reporter, values: Mapping[str, Any]) -> None:
        self.source = source
        self.reporter = reporter
        self.values = values

    def number(self, expr: Expr) -> int | float | None:
        """Return the value of an expression that must be a number."""
        value = self.value(expr)
        if value is None or isinstance(value, int | float):
            return value
        self.reporter.add(names.not_a_number(self.source, expr.span, value))
        return None

    def value(self, expr: Expr) -> Any:
        """Return the value of an expression: a number, or whatever a parameter stands for."""
        match expr:
            case Num():
                return expr.value
            case Name():
                if expr.id in self.values:
                    return self.values[expr.id]
                self.reporter.add(self._undefined(expr))
                return None
            case Call():
                return self._call(expr)
            case BinOp():
                left, right = self.number(expr.left), self.number(expr.right)
                return None if left is None or right is None else self._apply(expr, left, right)

    def _undefined(self, name: Name) -> Diagnostic:
        """Say that a name has no value; that of a block (`n × Block (64)`) has none either."""
        from archdsl.lang.own_blocks import is_own_block

        if is_own_block(name.id, self.values):
            return names.own_block(self.source, name.span, name.id)
        return names.undefined_parameter(self.source, name.span, name.id, self.values)

    def _apply(self, expr: BinOp, left: int | float, right: int | float) -> int | float | None:
        if not (abs(left) <= _ABSURD and abs(right) <= _ABSURD):
            return math.inf
        match expr.op:
            case "+":
                return left + right
            case "-":
                return left - right
            case "*" | "x":
                return left * right
            case "^":
                return power(left, right)
        if right == 0:
            self.reporter.add(names.division_by_zero(self.source, expr.span, expr.right.span))
            return None
        quotient = left / right
        return int(quotient) if quotient == int(quotient) else quotient

    def _call(self, call: Call) -> int | float | None:
        """Evaluate a function of arithmetic."""
        known = FUNCTIONS.get(call.name)
        if known is None:
            self.reporter.add(names.undefined_parameter(self.source, call.span, call.name, FUNCTIONS))
            return None
        low, high, function = known
        values = [self.number(argument.value) for argument in call.args]
        named = any(argument.key for argument in call.args)
        if named or not low <= len(values) <= high:
            self.reporter.add(
                names.bad_call(self.source, call.span, call.name, low, high, len(values), named)
            )
            return None
        if None in values or any(not abs(value) <= _ABSURD for value in values if value is not None):
            return None if None in values else math.inf
        return function(*values)

    def finite(
        self, expr: Expr, what: str, span: Span, low: int | None = None, high: int | None = None
    ) -> int | float | None:
        """Return a number that is not endless, nor larger than anything a table prints."""
        value = self.number(expr)
        if value is None or abs(value) <= _ABSURD:
            return value
        self.reporter.add(names.out_of_range(self.source, span, what, "that large", low, high))
        return None

    def whole(self, expr: Expr, what: str, low: int, high: int, span: Span) -> int | None:
        """Return a whole number between two bounds."""
        value = self.finite(expr, what, span, low, high)
        if value is None:
            return None
        if value != int(value):
            self.reporter.add(names.not_a_whole_number(self.source, span, what, value))
            return None
        if not low <= value <= high:
            self.reporter.add(names.out_of_range(self.source, span, what, int(value), low, high))
            return None
        return int(value)
