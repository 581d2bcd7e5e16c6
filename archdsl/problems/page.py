"""The pages that explain the problems, one for each code."""

import os

_FOLDER = os.path.join(os.path.dirname(__file__), "pages")


def codes() -> tuple[str, ...]:
    """List the problem codes."""
    return tuple(sorted(name[:-3] for name in os.listdir(_FOLDER) if name.endswith(".md")))


def text(code: str) -> str:
    """Return the page of a code."""
    with open(os.path.join(_FOLDER, f"{code}.md"), encoding="utf-8") as file:
        return file.read()


def title(code: str) -> str:
    """Return what the problem of a code is, in a line."""
    with open(os.path.join(_FOLDER, f"{code}.md"), encoding="utf-8") as file:
        return file.readline().partition(": ")[2].strip()
