"""`archdsl serve`: who is let in, what is answered, and the page in a browser."""

import http.client
import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pages import chromium, opened

from archdsl.browser.server import Server
from archdsl.browser.watched import Watched
from archdsl.cli.main import main

ROOT = Path(__file__).parent.parent
TABLE2 = (ROOT / "specs/table2.arch").read_text(encoding="utf-8")
BROKEN = TABLE2.replace("8x8     [1x1,64", "9x9     [1x1,64")


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    path = tmp_path / "net.arch"
    path.write_text(TABLE2, encoding="utf-8")
    return path


@pytest.fixture
def server(spec: Path) -> Iterator[Server]:
    with Server(Watched(str(spec)), {"input": None}) as served:
        thread = threading.Thread(target=served.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield served
        served.shutdown()
        thread.join()


def request(
    server: Server, path: str, body: object = None, headers: dict[str, str] | None = None, token: str = ""
) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.guard.port, timeout=10)
    kind = {"Content-Type": "application/json"} if body is not None else {}
    data = json.dumps(body) if body is not None else None
    method = "POST" if data else "GET"
    connection.request(method, f"/{token or server.guard.token}/{path}", data, kind | (headers or {}))
    response = connection.getresponse()
    found = response.status, response.read()
    connection.close()
    return found


def test_it_listens_on_this_machine_alone(server: Server) -> None:
    assert server.server_address[0] == "127.0.0.1"
    assert len(server.guard.token) >= 32


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "evil.example:80"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_strangers_are_refused(server: Server, headers: dict[str, str]) -> None:
    assert request(server, "document", headers=headers)[0] == 403
    assert request(server, "ask", {"do": "views"}, headers)[0] == 403


def test_a_wrong_token_is_refused(server: Server) -> None:
    assert request(server, "document", token="a" * 32)[0] == 403
    assert request(server, "browser/page/index.html", token="%C3%A4")[0] == 403


def test_our_own_page_is_let_in(server: Server) -> None:
    own = f"http://127.0.0.1:{server.guard.port}"
    assert request(server, "ask", {"do": "views"}, {"Origin": own, "Sec-Fetch-Site": "same-origin"})[0] == 200
    assert request(server, "document", headers={"Host": f"localhost:{server.guard.port}"})[0] == 200


@pytest.mark.parametrize(
    "path",
    [
        "",
        "browser/page/",
        "browser/page/../answers.py",
        "browser/page/..%2fanswers.py",
        "browser/answers.py",
        "figure/page/facts.py",
        "../../etc/passwd",
        "browser/page//etc/passwd.css",
        "browser/page/none.js",
    ],
)
def test_only_files_of_the_page_are_served(server: Server, path: str) -> None:
    assert request(server, path)[0] == 404


def test_files_come_with_a_strict_policy(server: Server) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.guard.port, timeout=10)
    connection.request("GET", f"/{server.guard.token}/browser/page/index.html")
    response = connection.getresponse()
    assert response.status == 200
    assert response.headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self';")
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert response.headers["Cache-Control"] == "no-store"
    connection.close()


def test_what_is_no_message_is_refused(server: Server) -> None:
    assert request(server, "ask", {"do": "views"}, {"Content-Type": "text/plain"})[0] == 400
    assert request(server, "elsewhere", {"do": "views"})[0] == 400
    assert request(server, "ask", {"do": "views"}, {"Content-Length": "99999999"})[0] == 413


def test_the_document_and_its_changes(server: Server, spec: Path) -> None:
    first = json.loads(request(server, "document")[1])
    assert (first["name"], first["text"]) == ("net.arch", TABLE2)
    spec.write_text(BROKEN, encoding="utf-8")
    second = json.loads(request(server, f"document?known={first['version']}")[1])
    assert second["text"] == BROKEN
    spec.unlink()
    third = json.loads(request(server, "document")[1])
    assert third["text"] == BROKEN  # an editor may have it away while it saves
    said = json.loads(request(server, "ask", {"do": "check", "document": third})[1])
    assert said["failed"]


# Where a shell starts the tests in the background, a child that is not told otherwise ignores SIGINT.
_SIGNALS = [signal.SIGTERM] + [signal.SIGINT] * (signal.getsignal(signal.SIGINT) is not signal.SIG_IGN)


@pytest.mark.parametrize("number", _SIGNALS)
def test_the_command(spec: Path, number: signal.Signals) -> None:
    command = [sys.executable, "-m", "archdsl", "serve", str(spec), "--no-open"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        assert process.stdout
        address = process.stdout.readline().strip()
        assert address.startswith("http://127.0.0.1:")
        assert "follows its changes" in process.stdout.readline()
        process.send_signal(number)
        try:
            assert process.wait(30) == 0
        finally:
            process.kill()
        assert process.stderr
        assert process.stderr.read() == ""


def test_what_cannot_be_served(
    tmp_path: Path, server: Server, spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["serve", str(tmp_path / "none.arch"), "--no-open"]) == 2
    assert "none.arch" in capsys.readouterr().err
    assert main(["serve", str(spec), "--no-open", "--port", str(server.guard.port)]) == 2
    assert f"cannot listen on port {server.guard.port}" in capsys.readouterr().err


# In a browser -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as started:
        yield started


def test_the_page_follows_the_file(browser: Any, server: Server, spec: Path) -> None:
    with opened(browser, server.address) as (page, watch):
        page.locator("#figure svg").wait_for()
        assert page.locator("#state").inner_text() == "1 network, no problems"
        assert "9,910,474" in page.locator("#panel-counts").inner_text()
        spec.write_text(BROKEN, encoding="utf-8")
        page.locator("#problems strong.error").wait_for()
        assert "E0302" in page.locator("#problems").inner_text()
        assert page.locator("#problems .help").all_inner_texts() == [
            "help: declare 8x8, which the row can reach"
        ]
        assert page.locator(".sheet u.error").inner_text() == "9x9"
        page.locator("#figure.broken").wait_for()
        spec.write_text(TABLE2.replace("[3x3,512; 3x3,512] x2", "[3x3,512; 3x3,512] x3"), encoding="utf-8")
        page.locator("#figure:not(.broken) svg", has_text="×3").first.wait_for()
        page.get_by_role("tab", name="Keras").click()
        page.locator("#panel-keras code", has_text="def build").wait_for()
        page.locator("#figure text", has_text="Conv4-x").click()
        assert page.locator("#told h3").count() == 1
        assert all(url.startswith(server.address.partition("browser/")[0]) for url in watch.requests)
