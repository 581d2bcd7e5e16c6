"""Downloads from a server that stalls, truncates, corrupts and refuses: the file that comes out is whole, or there is none."""

import gzip
import hashlib
import re
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from archdsl.data.download import Patience, fetch
from archdsl.data.faults import DataError

CONTENT = np.random.default_rng(1).bytes(300_000)
MD5 = hashlib.md5(CONTENT).hexdigest()
QUICK = Patience(silence=0.4, tries=6, pause=0.01)


@contextmanager
def server(*faults: str, contents: dict[str, bytes] | None = None) -> Iterator[tuple[str, list[Any]]]:
    """Serve CONTENT (or other contents by path) on loopback; each request meets the next fault, and those after the last none. Give its address and what was asked."""
    left = list(faults)
    asked: list[Any] = []
    stop = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            fault = left.pop(0) if left else ""
            wanted = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
            whole = (contents or {}).get(self.path, CONTENT)
            begin = int(wanted[1]) if wanted and fault != "no ranges" else 0
            asked.append(begin)
            if fault.isdecimal():
                return self.send_error(int(fault))
            if begin >= len(whole):
                return self.send_error(416)
            data = whole[begin:]
            self.send_response(206 if begin else 200)
            if fault != "no length":
                self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            if fault == "corrupts":
                data = data[:500] + b"\0" * 500 + data[1000:]
            elif fault in ("truncates", "stalls", "no ranges"):
                data = data[: len(data) // 2]
            self.wfile.write(data)
            if fault == "stalls":
                self.wfile.flush()
                stop.wait(10)
            return None

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.server_address[1]}", asked
        finally:
            stop.set()
            listening.shutdown()
            thread.join(5)


def idx_files() -> dict[str, bytes]:
    """Stand-ins for the four files of MNIST."""
    found = {}
    for part, count in (("train", 50), ("t10k", 10)):
        labels = np.arange(count, dtype=np.uint8) % 10
        found[f"{part}-images-idx3-ubyte.gz"] = gzip.compress(
            struct.pack(">4B3I", 0, 0, 8, 3, count, 28, 28) + bytes(count * 784)
        )
        found[f"{part}-labels-idx1-ubyte.gz"] = gzip.compress(
            struct.pack(">4BI", 0, 0, 8, 1, count) + labels.tobytes()
        )
    return found


def download(folder: Path, address: str, **options: Any) -> Path:
    options = {"archives": {"a.bin": MD5}, "patience": QUICK} | options
    return Path(fetch("cifar10", str(folder), address, lambda *_: None, **options)) / "a.bin"


@pytest.mark.parametrize(
    ("faults", "begins"),
    [
        ((), [0]),
        (("truncates",), [0, 150_000]),
        (("stalls",), [0, 150_000]),
        (("truncates", "truncates"), [0, 150_000, 225_000]),
        (("corrupts",), [0, 0]),
        (("503", "429"), [0, 0, 0]),
        (("truncates", "no ranges"), [0, 0, 150_000]),
        (("truncates", "corrupts"), [0, 150_000, 0]),
        (("no length",), [0]),
    ],
    ids=lambda value: "-".join(value) if value and isinstance(value[0], str) else "",
)
def test_a_bad_server_gives_a_whole_file(faults: tuple[str, ...], begins: list[int], tmp_path: Path) -> None:
    with server(*faults) as (address, asked):
        path = download(tmp_path, address)
        assert path.read_bytes() == CONTENT
        assert asked == begins
        download(tmp_path, address)
        assert asked == begins  # what is there is not asked for again
    assert sorted(p.name for p in path.parent.iterdir()) == [".lock", "a.bin"]


@pytest.mark.parametrize(
    ("fault", "words"), [("corrupts", "another checksum"), ("404", "404"), ("stalls", "timed out")]
)
def test_a_server_that_never_gives_it_is_told(fault: str, words: str, tmp_path: Path) -> None:
    with server(*[fault] * 9) as (address, _), pytest.raises(DataError, match=words) as told:
        download(tmp_path, address, patience=QUICK._replace(tries=3, silence=0.2))
    assert "--from DIR" in str(told.value)
    assert not (tmp_path / "cifar10/a.bin").exists()


def test_no_server_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot download"):
        download(tmp_path, "http://127.0.0.1:1", patience=QUICK._replace(tries=2))


def test_a_second_call_goes_on_where_the_first_gave_up(tmp_path: Path) -> None:
    with server("truncates") as (address, asked):
        with pytest.raises(DataError, match="connection ended"):
            download(tmp_path, address, patience=QUICK._replace(tries=1))
        assert download(tmp_path, address).read_bytes() == CONTENT
        assert asked == [0, 150_000]


def test_mnist_from_a_server_to_records(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("google_crc32c")
    from archdsl.cli.main import main
    from archdsl.data import idx

    contents = {f"/{name}": data for name, data in idx_files().items()}
    for name, data in contents.items():
        monkeypatch.setitem(idx.MD5["mnist"], name[1:], hashlib.md5(data).hexdigest())
    with server(contents=contents) as (address, asked):
        words = [
            "data",
            "mnist",
            "--mirror",
            address,
            "--cache",
            str(tmp_path / "cache"),
            "--out",
            str(tmp_path / "out"),
        ]
        assert main(words) == 0
        assert len(asked) == 4
    assert main(["data", "verify", str(tmp_path / "out")]) == 0
    shown = capsys.readouterr().out
    assert "downloading done" in shown and "60 records" in shown


def test_a_damaged_file_in_the_cache_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "cifar10").mkdir()
    (tmp_path / "cifar10/a.bin").write_bytes(CONTENT[:-1] + b"x")
    with server() as (address, asked):
        assert download(tmp_path, address).read_bytes() == CONTENT
        assert asked == [0]
