"""What goes wrong with data: one sentence for the user, or a package that is not installed."""

import re
from collections.abc import Iterator
from contextlib import contextmanager


class DataError(Exception):
    """The data cannot be used; the message is one sentence for the user."""


class MissingPackage(DataError):
    """A package of an extra is not installed; the message has the command that installs it."""


@contextmanager
def needs(extra: str) -> Iterator[None]:
    """Turn the failing import of a package of an extra into a MissingPackage."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise MissingPackage(f"{error.name} is not installed: pip install 'archdsl[{extra}]'") from None


def said(error: BaseException) -> DataError | None:
    """Return the DataError that was raised while a batch was read, out of TensorFlow's error about it; None
    where there was none."""
    found = re.search(r"DataError: (.+)", str(error))
    return DataError(found[1].strip()) if found else None


def reason(error: OSError) -> str:
    """Say what the system refused, in lower case."""
    return (error.strerror or str(error) or "unknown error").lower()
