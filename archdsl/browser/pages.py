"""The code of a problem -> the page that explains it."""

import re
from importlib.resources import files

from archdsl.browser.refusal import Refusal

_CODE = re.compile(r"[EW]\d{4}")


def page(code: str) -> str:
    """Return the page of a problem as Markdown; raise Refusal where there is none."""
    path = files("archdsl.problems").joinpath("pages", f"{code}.md")
    if not _CODE.fullmatch(code) or not path.is_file():
        raise Refusal(f"there is no problem `{code}`")
    return path.read_text(encoding="utf-8")
