"""Size and start of the static page: `site/build && python benchmarks/browser.py [TIMES]`.

Megabytes of its files, as they are and as a server that compresses sends them; then seconds from the address to
the figure of the first example in headless Chromium: cold (a new browser, nothing cached) and warm (loaded again
in the same browser), medians. Everything is served from this machine, so a real network comes on top.
"""

import gzip
import shutil
import statistics
import sys
import threading
import time
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

DIST = Path(__file__).parent.parent / "site" / "dist"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


class _Quiet(SimpleHTTPRequestHandler):
    extensions_map = SimpleHTTPRequestHandler.extensions_map | {
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
    }

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


def sizes() -> tuple[float, float]:
    """Return the megabytes of the files of the page, as they are and compressed by gzip."""
    texts = [path.read_bytes() for path in DIST.rglob("*") if path.is_file()]
    return sum(map(len, texts)) / 1e6, sum(len(gzip.compress(text, 9)) for text in texts) / 1e6


def opened(page: Any, address: str) -> float:
    """Return the seconds from the address to the figure."""
    start = time.perf_counter()
    page.goto(address)
    page.locator("#figure svg").wait_for(timeout=120_000)
    return time.perf_counter() - start


def starts(playwright: Any, address: str) -> tuple[float, float]:
    """Return the seconds of a cold and of a warm start in a browser of its own."""
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
    try:
        page = browser.new_context().new_page()
        return opened(page, address), opened(page, address)
    finally:
        browser.close()


def main() -> None:
    """Print the size of the page and its starts."""
    from playwright.sync_api import sync_playwright

    times = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    plain, compressed = sizes()
    print(f"site/dist: {plain:.1f} MB, {compressed:.1f} MB compressed by gzip")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(DIST))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with sync_playwright() as playwright:
            address = f"http://127.0.0.1:{server.server_address[1]}/"
            taken = [starts(playwright, address) for _ in range(times)]
        server.shutdown()
    cold, warm = (statistics.median(one) for one in zip(*taken, strict=True))
    print(f"to the first figure: cold {cold:.2f} s, warm {warm:.2f} s (medians of {times})")


if __name__ == "__main__":
    main()
