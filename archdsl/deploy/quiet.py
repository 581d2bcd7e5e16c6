"""Converters talk a lot, on standard output too."""

from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from io import StringIO

from archdsl.backends.quiet import held_back


@contextmanager
def quiet() -> Iterator[None]:
    """Hold back what converters print, also where they fail: what they raise says it."""
    failed: Exception | None = None
    with redirect_stdout(StringIO()), held_back():
        try:
            yield
        except Exception as error:
            failed = error
    if failed:
        raise failed
