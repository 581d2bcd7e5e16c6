"""The specs that come with archdsl, by name: `papers/resnet` is ResNet as its paper prints it.

An installed package has a copy of them in this folder, a checkout has them in `specs/`.
"""

import os

_HERE = os.path.dirname(__file__)
_CHECKOUT = os.path.join(os.path.dirname(os.path.dirname(_HERE)), "specs")


def folder() -> str:
    """Return the folder of the specs."""
    copied = os.path.exists(os.path.join(_HERE, "table1.arch"))
    return _HERE if copied else _CHECKOUT


def names() -> tuple[str, ...]:
    """List the specs by name, in the order of the alphabet; documents in other forms keep their endings."""
    root = folder()
    paths = [
        os.path.relpath(os.path.join(place, file), root)
        for place, _, files in os.walk(root)
        for file in files
    ]
    return tuple(sorted(path.replace(os.sep, "/").removesuffix(".arch") for path in paths if _is_spec(path)))


def find(name: str) -> str | None:
    """Return the path of the spec of a name, None where there is none such; `specs/` before it and its ending
    may stand there."""
    parts = [part for part in name.replace("\\", "/").removeprefix("specs/").split("/") if part != "."]
    if "" in parts or ".." in parts:  # a path from the root, out of the folder, or of a folder
        return None
    own = os.path.join(folder(), *parts)
    if os.path.isfile(own) and _is_spec(own):
        return own
    return f"{own}.arch" if os.path.isfile(f"{own}.arch") else None


def _is_spec(file: str) -> bool:
    return not file.endswith((".py", ".pyc", ".json"))
