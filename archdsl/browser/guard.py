"""Who may ask the local server: the page that it served, on this machine, with the token of this run.

Any page of the web may send requests to a port of the reader's machine, and a name may be made to lead
there (DNS rebinding). So a request counts only with the token in its path, a `Host` that is this machine,
and, where the browser says from where it comes, our own origin.
"""

from collections.abc import Callable
from hmac import compare_digest
from secrets import token_urlsafe
from typing import NamedTuple

LOOPBACK = "127.0.0.1"
_NAMES = (LOOPBACK, "localhost")
_SITES = ("same-origin", "none")  # `none`: the reader typed the address

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; "
        "img-src 'self' blob: data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Guard(NamedTuple):
    """The secret of a run, and the port that it is served at."""

    token: str
    port: int

    def path(self, address: str) -> str | None:
        """Return what stands behind the token in the path of a request; None where the token is wrong."""
        token, _, rest = address.removeprefix("/").partition("/")
        return rest if compare_digest(token.encode(), self.token.encode()) else None

    def admits(self, said: Callable[[str, str], str]) -> bool:
        """Return whether a request comes from this machine's own page; `said` gives a header, or what stands
        for one that is not there."""
        hosts = [f"{name}:{self.port}" for name in _NAMES]
        origins = [f"http://{host}" for host in hosts]
        same_site = said("Sec-Fetch-Site", "none") in _SITES
        return said("Host", "") in hosts and said("Origin", origins[0]) in origins and same_site


def new_token() -> str:
    """Make the secret of a run."""
    return token_urlsafe(24)
