"""A document of the page -> its compilation; the last one is kept, for the figure and the views of it."""

from functools import lru_cache
from typing import Any, NamedTuple

from archdsl.browser.refusal import Refusal
from archdsl.network import Network, Spec
from archdsl.pipeline import MAX_BYTES, Compilation, compile_source
from archdsl.resolve.settings import Overrides
from archdsl.source import Source


class _Asked(NamedTuple):
    """A document as it is read; empty words are not said."""

    name: str
    text: str
    input: str = ""
    style: str = ""
    variant: str = ""
    define: tuple[tuple[str, float], ...] = ()


def compiled(document: dict[str, Any]) -> Compilation:
    """Compile a document; raise Refusal where it is too large."""
    name, text, shape, style, variant = (
        str(document.get(key) or "") for key in ("name", "text", "input", "style", "variant")
    )
    define = tuple((document.get("define") or {}).items())
    return _compiled(_Asked(name, text, shape.strip(), style.strip(), variant.strip(), define))


@lru_cache(maxsize=2)
def _compiled(asked: _Asked) -> Compilation:
    if len(asked.text.encode(errors="replace")) > MAX_BYTES:
        raise Refusal(f"the text has more than {MAX_BYTES // 1_000_000} million bytes")
    said = Overrides(dict(asked.define), asked.style or None, asked.input or None, asked.variant or None)
    return compile_source(Source(asked.name, asked.text), said)


def network(message: dict[str, Any]) -> Network:
    """Return the network that a message is about, by its number; raise Refusal where there is none."""
    found = compiled(message["document"])
    networks = Spec(found).networks
    if found.failed or not networks:
        raise Refusal("the table has errors; fix them first" if found.failed else "there is no network")
    return networks[min(int(message.get("network", 0)), len(networks) - 1)]
