"""The reference of the Python API, out of signatures and docstrings."""

import inspect
import re
from collections.abc import Iterator
from typing import Any

import archdsl

# Before anything else is imported: `archdsl.train` is a package too, which takes the function's place.
_FUNCTIONS = {name: one for name, one in vars(archdsl).items() if inspect.isfunction(one)}
# A class with more fields has a page of its own.
_MOST_FIELDS = 14
_NO_QUOTES = str.maketrans("", "", "'\"")


def api() -> str:
    """Write the reference of all public names: functions, then classes."""
    public = [(name, _FUNCTIONS.get(name) or getattr(archdsl, name)) for name in archdsl.__all__]
    functions = [_function(name, one) for name, one in public if inspect.isfunction(one)]
    errors = [_class(name, one) for name, one in public if _is_error(one)]
    results = [_class(name, one) for name, one in public if inspect.isclass(one) and not _is_error(one)]
    modules = [_module(name, one) for name, one in public if inspect.ismodule(one)]
    parts = {"Functions": functions, "Results": results, "Errors": errors, "Modules": modules}
    return "\n\n".join(f"## {title}\n\n" + "\n\n".join(texts) for title, texts in parts.items())


def _is_error(one: Any) -> bool:
    return inspect.isclass(one) and issubclass(one, BaseException)


def _function(name: str, function: Any, prefix: str = "archdsl.", level: str = "###") -> str:
    return f"{level} `{prefix}{name}`\n\n```text\n{name}{_signature(function)}\n```\n\n{_prose(function)}"


def _signature(function: Any) -> str:
    """Write a signature, a line for each parameter where it is long."""
    signature = inspect.signature(function)
    parameters = [one for one in signature.parameters.values() if one.name != "self"]
    shown = [_parameter(one) for one in parameters]
    keyword = next((at for at, one in enumerate(parameters) if one.kind is one.KEYWORD_ONLY), None)
    if keyword is not None:
        shown.insert(keyword, "*")
    returned = (
        "" if signature.return_annotation in (None, "None") else f" -> {_type(signature.return_annotation)}"
    )
    short = f"({', '.join(shown)}){returned}"
    return short if len(short) < 90 else "(\n" + "".join(f"    {one},\n" for one in shown) + f"){returned}"


def _parameter(one: inspect.Parameter) -> str:
    star = {one.VAR_KEYWORD: "**", one.VAR_POSITIONAL: "*"}.get(one.kind, "")
    default = "" if one.default is one.empty else f" = {one.default!r}"
    return f"{star}{one.name}: {_type(one.annotation)}{default}"


def _type(annotation: Any) -> str:
    if annotation is object:
        return "Any"
    text = annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
    return re.sub(r"\b(?:collections\.abc|typing|archdsl(?:\.[a-z_]+)+)\.", "", text).translate(_NO_QUOTES)


def _prose(one: Any) -> str:
    """Return a docstring as Markdown: its indented lines stay a block of code."""
    return inspect.getdoc(one) or ""


def _class(name: str, one: Any) -> str:
    """Write a class: what it is, its fields, properties and methods."""
    text = [f"### `archdsl.{name}`", _prose(one)]
    members = list(_members(one))
    if members:
        text.append("\n".join(members))
    return "\n\n".join(text)


def _members(one: Any) -> Iterator[str]:
    fields = {
        name: _type(kind) for name, kind in vars(one).get("__annotations__", {}).items() if name[0] != "_"
    }
    if 0 < len(fields) <= _MOST_FIELDS:
        shown = (name if kind == "Any" else f"{name}: {kind}" for name, kind in fields.items())
        yield "- fields: " + ", ".join(f"`{field}`" for field in shown)
    for name, member in vars(one).items():
        if name.startswith("_") or not inspect.getdoc(member):
            continue
        if isinstance(member, property):
            yield f"- `.{name}`: {_line(member)}"
        elif inspect.isfunction(member):
            yield f"- `.{name}{_signature(member)}`: {_line(member)}"


def _line(one: Any) -> str:
    return " ".join(_prose(one).split())


def _module(name: str, module: Any) -> str:
    functions = [
        one
        for key, one in vars(module).items()
        if inspect.isfunction(one) and one.__module__ == module.__name__
    ]
    texts = [
        _function(one.__name__, one, f"archdsl.{name}.", "####")
        for one in functions
        if one.__name__[0] != "_"
    ]
    return "\n\n".join([f"### `archdsl.{name}`", _prose(module), *texts])
