"""Compilations -> test results in the form of JUnit, which CI servers show: a case for each network and
problem."""

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from archdsl.diagnostics import Diagnostic
from archdsl.pipeline import Compilation
from archdsl.render.glyphs import plain
from archdsl.render.text import render


def document(results: Sequence[Compilation], strict: bool = False) -> str:
    """Write the results; with `strict`, warnings are failures too."""
    suites = [_suite(result, strict) for result in results]
    cases, failures = sum(cases for _, cases, _ in suites), sum(failed for _, _, failed in suites)
    head = f'<testsuites name="archdsl" tests="{cases}" failures="{failures}" errors="0">'
    return "\n".join(
        ['<?xml version="1.0" encoding="UTF-8"?>', head, *(text for text, _, _ in suites), "</testsuites>\n"]
    )


def _suite(result: Compilation, strict: bool) -> tuple[str, int, int]:
    """Write the cases of a file; give also how many they are, and how many of them failed."""
    failed = [one for one in result.diagnostics if strict or one.severity == "error"]
    cases = [*_cases(result, failed)]
    counts = f'tests="{len(cases)}" failures="{len(failed)}" errors="0"'
    head = f"  <testsuite name={_attribute(result.source.path)} {counts}>"
    return "\n".join([head, *cases, "  </testsuite>"]), len(cases), len(failed)


def _cases(result: Compilation, failed: Sequence[Diagnostic]) -> Iterator[str]:
    path = result.source.path
    for one in result.diagnostics:
        text = escape("\n".join(map(plain, render(one).splitlines())))
        said = (
            f"<failure type={_attribute(one.code)} message={_attribute(one.message)}>{text}</failure>"
            if one in failed
            else f"<system-out>{text}</system-out>"
        )
        yield _case(path, f"{one.code} in line {one.line}", one.line, said)
    for compiled in result.compiled:
        if compiled.graph is not None:
            line = result.source.position(compiled.table.span.start)[0]
            yield _case(path, compiled.settings.name, line, "")


def _case(path: str, name: str, line: int, inside: str) -> str:
    place = f'file={_attribute(path)} line="{line}"'
    head = f"    <testcase classname={_attribute(path)} name={_attribute(name)} {place}"
    return f"{head}>{inside}</testcase>" if inside else f"{head}/>"


def _attribute(text: str) -> str:
    return quoteattr(plain(text))
