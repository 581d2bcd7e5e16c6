"""Expressions -> the code that Python's engine makes of them, when the package is built or installed."""

from contextlib import suppress
from importlib import import_module
from pkgutil import walk_packages

from archdsl.patterns import SAID, VERSION, Code, code_of

# What reads and checks a spec or a document: there a command waits for expressions.
PACKAGES = (
    *("claims", "detect", "forms", "graph", "lang", "ledger", "lower", "native", "ops", "pipeline"),
    *("problems", "resolve", "solve", "syntax", "table", "text", "why"),
)


def codes() -> dict[tuple[str, int], Code]:
    """Return the code of each expression of the packages, by its text and flags, in order."""
    for name in PACKAGES:
        package = import_module(f"archdsl.{name}")
        for module in walk_packages(package.__path__, f"{package.__name__}."):
            with suppress(ImportError):  # what it needs is not there where the package is built
                import_module(module.name)
    return {each: code_of(*each) for each in sorted(SAID)}


def module_text(found: dict[tuple[str, int], Code]) -> str:
    """Write codes as a Python module, which is what a wheel carries."""
    header = '"""Generated from the expressions of archdsl; never edited, never committed."""'
    lines = (
        f"    {said!r}: (VERSION, {', '.join(map(repr, rest))}),\n" for said, (_, *rest) in found.items()
    )
    return f"{header}\n\nVERSION = {VERSION!r}\nCODES = {{\n{''.join(lines)}}}\n"
