"""Figure and facts -> one self-contained HTML file.

A browser that obeys its content security policy loads nothing and runs nothing but the script that stands in
the file, whatever a name in a table tries.
"""

import json
import re
from base64 import b64encode
from hashlib import sha256
from html import escape
from importlib.resources import files

from archdsl.figure.page.colours import style
from archdsl.figure.page.facts import Facts

# In this order, so that each finds those that it takes from before it.
_SCRIPTS = ("camera", "parts", "card", "lines", "search", "viewer", "page")
_IMPORT = re.compile(r"^import .*\n", re.MULTILINE)
_EXPORT = re.compile(r"^export ", re.MULTILINE)


def document(svg: str, title: str, subtitle: str, facts: Facts, theme: str) -> str:
    """Return the page of a figure; `svg` is drawn in the theme, `auto` in the light one."""
    css, script = style(theme) + _asset("page.css"), bundle()
    return _asset("page.html").format(
        theme=theme,
        policy=_policy(css, script),
        title=escape(title),
        subtitle=escape(subtitle),
        style=css,
        svg=svg,
        file=escape(facts["source"]["file"] or "Table"),
        facts=_data(facts),
        script=script,
    )


def bundle() -> str:
    """Return the modules of the page as one script."""
    modules = (_asset(f"{name}.js") for name in _SCRIPTS)
    return "".join(_EXPORT.sub("", _IMPORT.sub("", module)) for module in modules)


def _asset(name: str) -> str:
    return files("archdsl.figure.page").joinpath(name).read_text(encoding="utf-8")


def _data(facts: Facts) -> str:
    """Write data so that no text in it ends the element around it."""
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def _policy(css: str, script: str) -> str:
    return (
        f"default-src 'none'; style-src '{_digest(css)}'; script-src '{_digest(script)}'; "
        f"base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return "sha256-" + b64encode(sha256(text.encode()).digest()).decode()
