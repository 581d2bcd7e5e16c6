"""A path, with an optional `#table`, -> compilation: reads the file within its limits, tells what cannot be read."""

import errno
import os
import stat
import sys

from archdsl.diagnostics import Diagnostic
from archdsl.pipeline import MAX_BYTES, Compilation, compile_source
from archdsl.problems import syntax
from archdsl.resolve.settings import Overrides
from archdsl.source import Source


def compile_path(path: str, overrides: Overrides = Overrides(), table: str | None = None) -> Compilation:  # noqa: B008 - immutable
    """Compile the tables of a file (`-`: standard input; `FILE#name`: one of them)."""
    path, named = divided(path)
    source, problem = read_source(path)
    if problem:
        return Compilation(source, (), (problem,))
    return compile_source(source, overrides, table or named)


def divided(path: str) -> tuple[str, str | None]:
    """Divide `FILE#table` into its parts; a file that is really called so has no second."""
    if os.path.exists(path) or "#" not in path:
        return path, None
    file, _, table = path.rpartition("#")
    if not os.path.exists(file):  # `#` is more likely to stand in the name of a table than in that of its file
        file, _, table = path.partition("#")
    return file, table


# Endings of files in which tables are looked for below a directory.
ENDINGS = ("arch", "md", "tex", "html", "rst", "csv", "tsv", "ipynb")


def files_below(folder: str) -> list[str]:
    """List the files below a directory that may hold tables, in the order of their paths; hidden ones are left out."""
    found = []
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [os.path.join(place, name) for name in names if _may_hold(name)]
    return sorted(found, key=lambda path: path.split(os.sep))


def _may_hold(name: str) -> bool:
    return not name.startswith(".") and name.rpartition(".")[2].lower() in ENDINGS


def read_source(path: str) -> tuple[Source, Diagnostic | None]:
    """Read a text, or say why that cannot be."""
    shown = "<stdin>" if path == "-" else path
    empty = Source(shown, "")
    try:
        data = _read(path)
    except OSError as error:
        reason = "it is a directory" if os.path.isdir(path) else (error.strerror or "unknown error").lower()
        return empty, syntax.unreadable(empty, reason)
    except ValueError:
        return empty, syntax.unreadable(empty, "its name holds a null character")
    if len(data) > MAX_BYTES:
        size = len(data) if path == "-" else os.path.getsize(path)
        return empty, syntax.file_too_large(empty, max(size, len(data)), MAX_BYTES)
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"  # as Windows' programs mark it
    if b"\0" in data and encoding == "utf-8":
        return empty, syntax.not_text(empty, data.index(b"\0"))
    try:
        return Source(shown, data.decode(encoding)), None
    except UnicodeDecodeError as error:
        return empty, syntax.not_text(empty, error.start)


def _read(path: str) -> bytes:
    if path == "-":
        if sys.stdin is None:
            raise OSError(errno.EBADF, "it is closed")
        return sys.stdin.buffer.read(MAX_BYTES + 1)
    if not path.startswith("/dev/") and os.path.exists(path) and stat.S_ISFIFO(os.stat(path).st_mode):
        raise OSError(errno.EINVAL, "it is a named pipe; pipe into `-`, the standard input")  # it might never end
    with open(path, "rb") as file:
        return file.read(MAX_BYTES + 1)
