"""The official archives, downloaded once: goes on where it broke off (Range), tries again, compares the
checksum."""

import hashlib
import http.client
import os
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import urlsplit

from archdsl.data import cifar10, cifar100, files, idx
from archdsl.data.faults import DataError

Tell = Callable[..., None]
_BLOCK = 2**16
_TORONTO = ("https://www.cs.toronto.edu/~kriz/", "https://cave.cs.toronto.edu/kriz/")
SERVERS = {
    "cifar10": _TORONTO,
    "cifar100": _TORONTO,
    "mnist": (
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
    ),
    "fashion-mnist": ("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",),
}
# The binary versions: nothing is unpickled.
ARCHIVES = {
    "cifar10": {name: md5 for name, md5 in cifar10.ARCHIVES.items() if "binary" in name},
    "cifar100": {name: md5 for name, md5 in cifar100.ARCHIVES.items() if "binary" in name},
    "mnist": idx.MD5["mnist"],
    "fashion-mnist": idx.MD5["fashion-mnist"],
}


class Patience(NamedTuple):
    """Seconds that a server may be silent, tries for each file, and seconds before the second try (twice as
    many before each next)."""

    silence: float = 30.0
    tries: int = 6
    pause: float = 1.0


class _Broken(Exception):
    """A try that failed in a way that another may not."""


def fetch(
    name: str,
    cache: str | None,
    mirror: str | None,
    tell: Tell,
    archives: dict[str, str] | None = None,
    patience: Patience = Patience(),  # noqa: B008 - immutable
) -> str:
    """Download the archives of a data set that are not there yet; give their folder. Raise DataError where
    that fails."""
    if mirror and urlsplit(mirror).scheme not in ("http", "https", "ftp", "file"):
        raise DataError(f"`{mirror}` is no address of a server: write it like https://host/folder/")
    folder = os.path.join(cache or _cache(), name)
    try:
        os.makedirs(folder, exist_ok=True)
        with files.alone(folder):
            for file, md5 in (ARCHIVES[name] if archives is None else archives).items():
                path = os.path.join(folder, file)
                if not (os.path.isfile(path) and _md5(path) == md5):
                    _file(path, [server + file for server in _servers(name, mirror)], md5, tell, patience)
    except OSError as error:
        raise DataError(f"cannot download to {folder}: {(error.strerror or str(error)).lower()}") from None
    return folder


def _servers(name: str, mirror: str | None) -> tuple[str, ...]:
    return (mirror.rstrip("/") + "/",) if mirror else SERVERS[name]


def _cache() -> str:
    home = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(home, "archdsl")


def _file(path: str, addresses: list[str], md5: str, tell: Tell, patience: Patience) -> None:
    """Download one file, from the servers in turn."""
    part, reason = path + ".part", ""
    for number in range(patience.tries):
        address = addresses[number % len(addresses)]
        if number >= len(addresses):
            time.sleep(patience.pause * 2 ** (number - len(addresses)))
        try:
            _try(part, address, tell, patience.silence)
            if _md5(part) == md5:
                os.replace(part, path)
                return
            os.remove(part)
            reason = f"{address} gave a file with another checksum than {md5}"
        except _Broken as error:
            reason = f"{address}: {error}"
    raise DataError(
        f"cannot download {os.path.basename(path)} in {patience.tries} tries: {reason}; the same command "
        f"goes on from here, "
        "or put the file into a folder and say --from DIR"
    )


def _try(part: str, address: str, tell: Tell, silence: float) -> None:
    """Append what is missing of a file; raise _Broken where the server stops before its end."""
    have = os.path.getsize(part) if os.path.exists(part) else 0
    request = urllib.request.Request(address, headers={"Range": f"bytes={have}-"} if have else {})
    try:
        with urllib.request.urlopen(request, timeout=silence) as answer:
            begin = have if answer.status == http.HTTPStatus.PARTIAL_CONTENT else 0
            left = answer.headers.get("Content-Length")
            _save(answer, part, begin, None if left is None else begin + int(left), tell)
    except urllib.error.HTTPError as error:
        if error.code == http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            return  # all is there already, or too much: the checksum tells
        raise _Broken(f"the server says {error.code} {error.reason}") from None
    except (
        http.client.HTTPException,
        TimeoutError,
        ConnectionError,
        urllib.error.URLError,
        ValueError,
    ) as error:
        raise _Broken(str(getattr(error, "reason", "") or error or type(error).__name__).lower()) from None


def _save(answer: "http.client.HTTPResponse", part: str, begin: int, whole: int | None, tell: Tell) -> None:
    with open(part, "r+b" if begin else "wb") as file:
        file.seek(begin)
        tell(begin, whole)
        while block := answer.read1(_BLOCK):
            file.write(block)
            tell(len(block))
        if whole is not None and file.tell() < whole:
            raise _Broken(f"the connection ended after {file.tell():,} of {whole:,} bytes")


def _md5(path: str) -> str:
    digest = hashlib.md5(usedforsecurity=False)
    with open(path, "rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()
