"""What goes wrong with data: one sentence for the user, or a package that is not installed."""

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


def reason(error: OSError) -> str:
    """Say what the system refused, in lower case."""
    return (error.strerror or str(error) or "unknown error").lower()
