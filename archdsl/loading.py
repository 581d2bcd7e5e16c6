"""A path, with an optional `#table`, -> compilation: reads the file within its limits, tells what cannot be
read."""

import errno
import os
import stat
import sys

from archdsl.diagnostics import Diagnostic
from archdsl.pipeline import MAX_BYTES, Compilation, compile_source
from archdsl.problems import files
from archdsl.resolve.settings import Overrides
from archdsl.source import Source


def compile_path(
    path: str,
    overrides: Overrides = Overrides(),  # noqa: B008 - immutable
    table: str | None = None,
    printed: bool = False,
) -> Compilation:
    """Compile the tables of a file (`-`: standard input; `FILE#name`: one of them); with `printed`, each
    keeps what was taken from it."""
    path, named = divided(path)
    source, problem = read_source(path, guess=True)
    if problem and problem.severity == "error":
        return Compilation(source, (), (problem,))
    found = compile_source(source, overrides, table or named, printed)
    return (
        found._replace(diagnostics=(problem._replace(source=source), *found.diagnostics))
        if problem
        else found
    )


def divided(path: str) -> tuple[str, str | None]:
    """Divide `FILE#table` into its parts; a file that is really called so has no second.

    Where there is no such file, a spec that comes along and is called so is given: `papers/resnet`.
    """
    if os.path.exists(path) or path == "-":
        return path, None
    file, table = path, None
    if "#" in path:
        file, _, table = path.rpartition("#")
        # `#` is more likely to stand in the name of a table than in that of its file.
        if not os.path.exists(file):
            file, _, table = path.partition("#")
    return file if os.path.exists(file) else _that_comes_along(file), table


def _that_comes_along(name: str) -> str:
    from archdsl.specs import find

    return find(name) or name


# Endings of files in which tables are looked for below a directory.
ENDINGS = ("arch", "md", "tex", "html", "rst", "csv", "tsv", "ipynb")


def files_below(folder: str) -> list[str]:
    """List the files below a directory that may hold tables, in the order of their paths; hidden ones are
    left out."""
    found = []
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [os.path.join(place, name) for name in names if _may_hold(name)]
    return sorted(found, key=lambda path: path.split(os.sep))


def _may_hold(name: str) -> bool:
    return not name.startswith(".") and name.rpartition(".")[2].lower() in ENDINGS


def read_source(path: str, guess: bool = False) -> tuple[Source, Diagnostic | None]:
    """Read a text, or say why that cannot be; `guess`: a text that is not UTF-8 is read by a fixed rule, with
    a warning."""
    shown = "<stdin>" if path == "-" else path
    empty = Source(shown, "")
    try:
        data = _read(path)
    except OSError as error:
        reason = "it is a directory" if os.path.isdir(path) else (error.strerror or "unknown error").lower()
        meant = _meant(path) if isinstance(error, FileNotFoundError) else ""
        return empty, files.unreadable(empty, reason + meant)
    except ValueError:
        return empty, files.unreadable(empty, "its name holds a null character")
    if len(data) > MAX_BYTES:
        size = len(data) if path == "-" else os.path.getsize(path)
        return empty, files.file_too_large(empty, max(size, len(data)), MAX_BYTES)
    try:
        if b"\0" not in data:
            return Source(shown, data.decode()), None
    except UnicodeDecodeError:
        pass
    return _foreign(shown, data, guess)


def _meant(path: str) -> str:
    """Name the spec that comes along and is called nearly so."""
    from archdsl.problems.base import nearest
    from archdsl.specs import names

    close = nearest(path.removeprefix("specs/").removesuffix(".arch"), names(), 1)
    return f"; did you mean `{close[0]}`, which comes along?" if close else ""


def _foreign(shown: str, data: bytes, guess: bool) -> tuple[Source, Diagnostic | None]:
    """Read bytes that are not UTF-8."""
    from archdsl.text.decode import decode

    found = decode(data)
    empty = Source(shown, "")
    if found.text is None or (found.encoding and not guess):
        return empty, files.not_text(empty, found.wrong, found.encoding)
    source = Source(shown, found.text)
    return source, files.other_encoding(source, found.encoding) if found.encoding else None


def _read(path: str) -> bytes:
    if path == "-":
        if sys.stdin is None:
            raise OSError(errno.EBADF, "it is closed")
        return sys.stdin.buffer.read(MAX_BYTES + 1)
    if not path.startswith("/dev/") and os.path.exists(path) and stat.S_ISFIFO(os.stat(path).st_mode):
        # It might never end.
        raise OSError(errno.EINVAL, "it is a named pipe; pipe into `-`, the standard input")
    with open(path, "rb") as file:
        return file.read(MAX_BYTES + 1)
