"""Expressions and options -> numbers, checked against their range."""

import math
from collections.abc import Mapping

from archdsl.diagnostics import Reporter
from archdsl.problems import names
from archdsl.source import Source, Span
from archdsl.syntax.ast import BinOp, Expr, Name, Num

# Beyond this a value is out of every range; products of such numbers would only cost time.
_ABSURD = 10**18


class Evaluator:
    """Evaluates expressions with the values of the parameters; a fault is reported and gives None."""

    def __init__(self, source: Source, reporter: Reporter, values: Mapping[str, int | float]) -> None:
        self.source = source
        self.reporter = reporter
        self.values = values

    def number(self, expr: Expr) -> int | float | None:
        """Give the value of an expression."""
        match expr:
            case Num():
                return expr.value
            case Name():
                if expr.id in self.values:
                    return self.values[expr.id]
                self.reporter.add(names.undefined_parameter(self.source, expr.span, expr.id, self.values))
                return None
            case BinOp():
                left, right = self.number(expr.left), self.number(expr.right)
                return None if left is None or right is None else self._apply(expr, left, right)

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
        if right == 0:
            self.reporter.add(names.division_by_zero(self.source, expr.span, expr.right.span))
            return None
        quotient = left / right
        return int(quotient) if quotient == int(quotient) else quotient

    def whole(self, expr: Expr, what: str, low: int, high: int, span: Span) -> int | None:
        """Give a whole number between two bounds."""
        value = self.number(expr)
        if value is None:
            return None
        if not abs(value) <= _ABSURD:
            self.reporter.add(names.out_of_range(self.source, span, what, "that large", low, high))
            return None
        if value != int(value):
            self.reporter.add(names.not_a_whole_number(self.source, span, what, value))
            return None
        if not low <= value <= high:
            self.reporter.add(names.out_of_range(self.source, span, what, int(value), low, high))
            return None
        return int(value)
