"""The files of the page, by their path below the package: those that are named here, and no other."""

from importlib.resources import files
from typing import NamedTuple

from archdsl.figure.page.colours import switched

_TYPES = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
}
_FOLDERS = ("browser/page", "figure/page")
PAGE = "browser/page/index.html"
_COLOURS = "browser/page/colours.css"


class Asset(NamedTuple):
    """The content of a file and its type."""

    content: bytes
    type: str


def asset(path: str) -> Asset | None:
    """Return a file of the page; None where it has none of that name."""
    folder, _, name = path.rpartition("/")
    ending = name.rpartition(".")[2]
    if path == _COLOURS:
        return Asset(switched().encode(), _TYPES["css"])
    if folder not in _FOLDERS or ending not in _TYPES:
        return None
    found = files("archdsl").joinpath(*folder.split("/"), name)
    return Asset(found.read_bytes(), _TYPES[ending]) if found.is_file() else None
