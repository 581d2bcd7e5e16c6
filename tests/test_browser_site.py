"""The static page: built once, then used in Chromium as a reader would, with Python in the page."""

import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from pages import PHONE, chromium, opened
from test_browser_answers import NOTEBOOK

import archdsl
from archdsl.figure.draw import render

ROOT = Path(__file__).parent.parent
SITE = ROOT / "site"
READY = 60_000  # milliseconds until Python runs in the page, on a slow machine
SVG = "{http://www.w3.org/2000/svg}"


class _Quiet(SimpleHTTPRequestHandler):
    extensions_map = SimpleHTTPRequestHandler.extensions_map | {
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
    }

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


def installed() -> bool:
    """Return whether the packages are those of the lock file: an older checkout's may lie there."""
    package = "node_modules/pyodide"
    manifest = SITE / package / "package.json"
    lock = json.loads((SITE / "package-lock.json").read_text(encoding="utf-8"))
    return (
        manifest.exists()
        and json.loads(manifest.read_text())["version"] == lock["packages"][package]["version"]
    )


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    if shutil.which("npm") is None:
        pytest.skip("npm is not installed (Debian: apt-get install npm)")
    command = [str(SITE / "build"), *(["--no-install"] if installed() else [])]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env=_environment(), timeout=300
    )
    if done.returncode and "npm error network" in done.stderr:
        pytest.skip("the npm registry cannot be reached")
    assert done.returncode == 0, done.stderr
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(SITE / "dist"))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()
        thread.join()


def _environment() -> dict[str, str]:
    import os

    return dict(os.environ) | {"PYTHON": sys.executable}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as started:
        yield started


def ready(page: Any) -> None:
    page.locator("#figure svg").wait_for(timeout=READY)


def paste(page: Any, text: str) -> None:
    """Select all in the editor and paste another text over it."""
    page.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.locator(".cm-content").evaluate(
        """(editor, text) => {
            const clipboardData = new DataTransfer();
            clipboardData.setData("text/plain", text);
            editor.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
        }""",
        text,
    )


def type_over(page: Any, old: str, new: str) -> None:
    """Type a word over the first one that stands so in the row of Conv3-x."""
    row = page.locator(".cm-line", has_text="Conv3-x")
    row.click()
    page.keyboard.press("Home")
    for _ in range(row.inner_text().rindex(old)):
        page.keyboard.press("ArrowRight")
    for _ in old:
        page.keyboard.press("Shift+ArrowRight")
    page.keyboard.type(new)


def test_the_lock_file_names_the_public_registry() -> None:
    lines = (SITE / "package-lock.json").read_text(encoding="utf-8").splitlines()
    resolved = [line for line in lines if '"resolved":' in line]
    assert resolved
    assert all('"https://registry.npmjs.org/' in line for line in resolved)


def test_a_reader_breaks_a_row_and_mends_it_by_the_button(site: str, browser: Any) -> None:
    with opened(browser, site) as (page, watch):
        ready(page)
        assert page.locator("#state").inner_text() == "1 network, no problems"
        assert "9,910,474" in page.locator("#panel-counts").inner_text()
        type_over(page, "8x8", "9x9")
        page.locator("#problems strong.error", has_text="E0302").wait_for()
        assert page.locator(".cm-lintRange-error").inner_text() == "9x9"
        page.locator("#figure.broken").wait_for()
        page.locator("button.fix").first.click()
        page.locator("#figure:not(.broken) svg").wait_for()
        assert page.locator("#state").inner_text() == "1 network, no problems"
        assert "8x8     [1x1,64" in page.locator(".cm-content").inner_text()
        type_over(page, "x3", "x7")
        page.locator("#figure svg text", has_text="×7").first.wait_for()
        page.get_by_role("tab", name="Keras").click()
        page.locator("#panel-keras code", has_text="def build").wait_for()
        assert all(url.startswith((site, "blob:", "data:")) for url in watch.requests)


def test_the_figure_is_the_one_that_the_command_draws(site: str, browser: Any) -> None:
    with opened(browser, site) as (page, _):
        ready(page)
        with page.expect_download() as saved:
            page.locator("#save-svg").click()
        drawn = ElementTree.parse(saved.value.path()).getroot()
        network = archdsl.load(str(ROOT / "specs/table2.arch")).network()
        own = ElementTree.fromstring(render(network, "svg", "light"))
        assert [one.text for one in drawn.iter(f"{SVG}text")] == [one.text for one in own.iter(f"{SVG}text")]
        assert [one.text for one in drawn.iter(f"{SVG}title")] == [
            one.text for one in own.iter(f"{SVG}title")
        ]
        assert _size(drawn) == pytest.approx(_size(own), rel=0.02)
        _saves_the_others(page)
        for axis in ("x", "y"):  # the two engines round in their own ways
            assert _places(drawn, axis) == pytest.approx(_places(own, axis), abs=4)


def _size(svg: ElementTree.Element) -> list[float]:
    return [float(part) for part in svg.attrib["viewBox"].split()[2:]]


def _places(svg: ElementTree.Element, axis: str) -> list[float]:
    return [float(text.attrib[axis]) for text in svg.iter(f"{SVG}text")]


def _saves_the_others(page: Any) -> None:
    with page.expect_download() as saved:
        page.locator("#save-png").click()
    assert Path(saved.value.path()).read_bytes().startswith(b"\x89PNG\r\n")
    assert saved.value.suggested_filename == "table2.png"
    page.get_by_role("tab", name="Keras").click()
    page.locator("#panel-keras code", has_text="def build").wait_for()
    with page.expect_download() as saved:
        page.locator("#save-keras").click()
    assert saved.value.suggested_filename == "table2.py"
    compile(Path(saved.value.path()).read_text(encoding="utf-8"), "table2.py", "exec")


def test_a_link_carries_the_table(site: str, browser: Any) -> None:
    text = "input 8x8x3\nconv1 8x8 3x3, 4  # ünïcödé 𝄞\nfc 10\n"
    with opened(browser, site) as (page, _):
        ready(page)
        paste(page, text)
        page.locator("#panel-counts", has_text="conv1").wait_for()
        page.locator("#share").click()
        page.wait_for_url("**/#s=*")
        link = page.url
    with opened(browser, link) as (page, watch):
        ready(page)
        assert "ünïcödé 𝄞" in page.locator(".cm-content").inner_text()
        assert page.locator("#state").inner_text().startswith("1 network")
        assert not [url for url in watch.requests if "#" in url and not url.startswith(link)]


def test_a_link_that_carries_nothing(site: str, browser: Any) -> None:
    with opened(browser, f"{site}#s=nonsense!") as (page, _):
        ready(page)
        assert page.locator("#figure svg text", has_text="table2.arch").count() == 1


def test_files_are_dropped(site: str, browser: Any, tmp_path: Path) -> None:
    with opened(browser, site) as (page, _):
        ready(page)
        _drop(page, ROOT / "specs/papers/forms/resnet.tex")
        page.locator("#which").wait_for()
        assert page.locator("#network option").count() > 2
        page.locator("#network").select_option(index=1)
        page.locator("#panel-counts caption", has_text="34").wait_for()
        notebook = tmp_path / "network.ipynb"
        notebook.write_text(NOTEBOOK, encoding="utf-8")
        _drop(page, notebook)
        page.locator("#state", has_text="1 network, no problems").wait_for()
        assert "314" in page.locator("#panel-counts").inner_text()
        page.locator("#file").set_input_files(str(ROOT / "README.md"))
        page.locator(".cm-content", has_text="Architecture tables as programs").wait_for()
        page.locator("#figure svg").wait_for()


def _drop(page: Any, path: Path) -> None:
    transfer = page.evaluate_handle(
        """([name, text]) => {
            const transfer = new DataTransfer();
            transfer.items.add(new File([text], name));
            return transfer;
        }""",
        [path.name, path.read_text(encoding="utf-8")],
    )
    page.dispatch_event("body", "drop", {"dataTransfer": transfer})


def test_by_keyboard_and_on_a_phone_in_the_dark(site: str, browser: Any) -> None:
    with opened(browser, site, viewport=PHONE, color_scheme="dark", has_touch=True) as (page, _):
        ready(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(13, 17, 23)"
        page.get_by_role("tab", name="Counts").focus()
        page.keyboard.press("ArrowRight")
        assert page.get_by_role("tab", name="Keras").get_attribute("aria-selected") == "true"
        unnamed = page.locator("button, input, select").evaluate_all(
            "all => all.filter(one => !(one.textContent.trim() || one.ariaLabel || one.labels?.length)).map(one => one.id)"
        )
        assert set(unnamed) <= {"file"}
