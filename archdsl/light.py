"""What modules of the check path take from `typing` and `importlib`, without loading them: that costs a third
of a bare Python start.

A type checker reads the real names. At runtime a `NamedTuple` is the same tuple with named fields, made in a
tenth of the time.
"""

import sys

TYPE_CHECKING = False
# From then on annotations are no longer in the class's namespace.
if TYPE_CHECKING or sys.version_info >= (
    3,
    14,
):
    from importlib import import_module
    from typing import Any, Final, Literal, NamedTuple, TypeVar, Union, cast
else:
    from operator import itemgetter
    from types import FunctionType

    try:
        from collections import _tuplegetter  # in C, and private: other Pythons may have none
    except ImportError:

        def _tuplegetter(at, doc):
            return property(itemgetter(at), doc=doc)

    class _Said:
        """What annotations say with words in brackets, for type checkers only."""

        def __class_getitem__(cls, said):
            return object

    Any = object
    Final = Literal = Union = _Said
    _new = tuple.__new__
    # One function per number of fields, compiled with this module; a class gets its own names of the
    # arguments.
    _TEMPLATES = (
        lambda _cls: _new(_cls, ()),
        lambda _cls, a: _new(_cls, (a,)),
        lambda _cls, a, b: _new(_cls, (a, b)),
        lambda _cls, a, b, c: _new(_cls, (a, b, c)),
        lambda _cls, a, b, c, d: _new(_cls, (a, b, c, d)),
        lambda _cls, a, b, c, d, e: _new(_cls, (a, b, c, d, e)),
        lambda _cls, a, b, c, d, e, f: _new(_cls, (a, b, c, d, e, f)),
        lambda _cls, a, b, c, d, e, f, g: _new(_cls, (a, b, c, d, e, f, g)),
        lambda _cls, a, b, c, d, e, f, g, h: _new(_cls, (a, b, c, d, e, f, g, h)),
        lambda _cls, a, b, c, d, e, f, g, h, i: _new(_cls, (a, b, c, d, e, f, g, h, i)),
        lambda _cls, a, b, c, d, e, f, g, h, i, j: _new(_cls, (a, b, c, d, e, f, g, h, i, j)),
    )
    _GETTERS = tuple(_tuplegetter(at, "") for at in range(40))

    def _template(count):
        if count < len(_TEMPLATES):
            return _TEMPLATES[count]
        names = ", ".join(f"f{at}" for at in range(count))
        return eval(f"lambda _cls, {names}: _new(_cls, ({names}))", {"_new": _new})

    class _Record(tuple):
        __slots__ = ()
        _make = classmethod(_new)

        def _replace(self, /, **changed):
            values = map(changed.pop, self._fields, self)
            made = _new(type(self), values)
            if changed:
                raise ValueError(f"Got unexpected field names: {list(changed)!r}")
            return made

        def _asdict(self):
            return dict(zip(self._fields, self, strict=True))

        def __repr__(self):
            fields = (f"{name}={value!r}" for name, value in zip(self._fields, self, strict=True))
            return f"{type(self).__name__}({', '.join(fields)})"

        def __getnewargs__(self):
            return tuple(self)

    class _Recorded(type):
        """Makes of a class body with annotated fields a tuple class, as `typing.NamedTuple` does."""

        def __new__(cls, name, bases, body):
            if not bases:
                return super().__new__(cls, name, bases, body)
            fields = tuple(body.get("__annotations__", ()))
            defaults = {field: body.pop(field) for field in fields if field in body}
            code = _template(len(fields)).__code__.replace(
                co_varnames=("_cls", *fields), co_qualname=f"{name}.__new__"
            )
            made = FunctionType(code, globals(), "__new__", tuple(defaults.values()))
            body.update(zip(fields, _GETTERS[: len(fields)], strict=True))
            body |= {
                "__slots__": (),
                "__new__": made,
                "_fields": fields,
                "__match_args__": fields,
                "_field_defaults": defaults,
            }
            return type(name, (_Record,), body)

    class NamedTuple(metaclass=_Recorded):
        """The base that `_Recorded` replaces."""

    def TypeVar(name):  # noqa: N802
        return object

    def import_module(name):
        __import__(name)
        return sys.modules[name]

    def cast(kind, value):
        return value


__all__ = [
    "TYPE_CHECKING",
    "Any",
    "Final",
    "Literal",
    "NamedTuple",
    "TypeVar",
    "Union",
    "cast",
    "import_module",
]
