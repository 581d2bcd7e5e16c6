"""Pages in headless Chromium, by Playwright: what tests of pages share."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}


@contextmanager
def chromium() -> Iterator[Any]:
    """Start a browser, or skip the test with what is missing."""
    api = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed: pip install '.[dev]'"
    )
    if CHROMIUM is None:
        pytest.skip("chromium is not installed (Debian: apt-get install chromium)")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


class Watch:
    """What a page asked for and said, from its beginning."""

    def __init__(self, page: Any) -> None:
        self.requests: list[str] = []
        self.said: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda message: self.said.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: self.said.append(f"pageerror: {error}"))

    @property
    def wrong(self) -> list[str]:
        """List errors and warnings: what a content security policy forbids is among them."""
        return [text for text in self.said if text.startswith(("error", "warning", "pageerror"))]


@contextmanager
def opened(browser: Any, address: str, **context: Any) -> Iterator[tuple[Any, Watch]]:
    """Open a page in a context of its own; at the end nothing may have gone wrong in it."""
    own = browser.new_context(**{"viewport": DESKTOP, **context})
    page = own.new_page()
    page.set_default_timeout(20_000)
    watch = Watch(page)
    page.goto(address)
    try:
        yield page, watch
        assert not watch.wrong, watch.wrong
    finally:
        own.close()
