"""A file on this machine -> its page: a server for one reader, on the loopback interface only."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock
from typing import Any
from urllib.parse import parse_qs, urlsplit

from archdsl.browser.answers import answer_json
from archdsl.browser.assets import PAGE, asset
from archdsl.browser.guard import HEADERS, LOOPBACK, Guard, new_token
from archdsl.browser.watched import Watched, as_message
from archdsl.pipeline import MAX_BYTES

_WAIT = 20.0  # seconds that a request for a change is held
_JSON = "application/json"
_SLOW = 60  # seconds after which a connection that says nothing is closed
_one_at_a_time = Lock()


class Server(ThreadingHTTPServer):
    """Serves the page of a file at `address`, a URL that nobody can guess."""

    daemon_threads = True

    def __init__(self, watched: Watched, options: dict[str, Any], port: int = 0) -> None:
        super().__init__((LOOPBACK, port), _Handler)
        self.watched = watched
        self.options = options
        self.guard = Guard(new_token(), self.server_address[1])

    @property
    def address(self) -> str:
        """Return the URL of the page."""
        return f"http://{LOOPBACK}:{self.guard.port}/{self.guard.token}/{PAGE}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Pass over a reader who left."""


class _Handler(BaseHTTPRequestHandler):
    server: Server
    timeout = _SLOW
    server_version, sys_version = "archdsl", ""

    def do_GET(self) -> None:
        """Answer with a file of the page, or with the document."""
        path = self._path()
        if path is None:
            return
        parts = urlsplit(path)
        if parts.path == "document":
            known = parse_qs(parts.query).get("known", [""])[0]
            state = self.server.watched.changed(known, _WAIT)
            self._send(200, json.dumps(as_message(state, known, self.server.options)).encode(), _JSON)
            return
        found = asset(parts.path)
        if found is None:
            self._refuse(404, "there is no such page")
        else:
            self._send(200, *found)

    def do_POST(self) -> None:
        """Answer a message of the page."""
        path = self._path()
        if path is None:
            return
        size = self.headers.get("Content-Length", "")
        if path != "ask" or self.headers.get("Content-Type") != _JSON or not size.isdigit():
            self._refuse(400, "this is no message of the page")
        elif int(size) > 2 * MAX_BYTES:
            self._refuse(413, "the message is too large")
        else:
            message = self.rfile.read(int(size)).decode(errors="replace")
            with _one_at_a_time:
                said = answer_json(message)
            self._send(200, said.encode(errors="replace"), _JSON)

    def _path(self) -> str | None:
        """Return what is asked for; refuse, and give None, where it is not our page that asks."""
        path = self.server.guard.path(self.path)
        if path is None or not self.server.guard.admits(self.headers.get):
            self._refuse(403, "open the address that archdsl serve printed")
            return None
        return path

    def _refuse(self, code: int, message: str) -> None:
        self._send(code, message.encode(), "text/plain; charset=utf-8")

    def _send(self, code: int, content: bytes, kind: str) -> None:
        self.send_response(code)
        for name, value in {**HEADERS, "Content-Type": kind, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing of requests: their paths hold the token."""
